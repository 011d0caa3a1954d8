r"""Notations that aren't the problem's own: bars and δ for gradients, updates of books, Greek indices, classes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from handed_in import LAYER, assert_each_is, lines, verdicts

NETWORK = r"""
inputs: {x: vector(n)}
targets: {y: vector(K)}
parameters: {W1: h×n, b1: vector(h), W2: K×h, b2: vector(K)}
equations:
  z1: W1 @ x + b1
  a1: sigmoid(z1)
  z2: W2 @ a1 + b2
  a2: sigmoid(z2)
  E: 1/2 * sum((a2 - y) ** 2)
of: E
"""
NEURON = r"""
inputs: {x: vector(n)}
targets: {y: scalar}
parameters: {w: vector(n), b: scalar}
equations:
  z: w.T @ x + b
  yhat: sigmoid(z)
  L: -(y * log(yhat) + (1 - y) * log(1 - yhat))
of: L
symbols: {yhat: '\hat{y}'}
"""
CLASSES = r"""
inputs: {x: vector(n)}
targets: {y: one_hot(K)}
parameters: {W: K×n}
equations:
  z: W @ x
  yhat: softmax(z)
  J: -sum(y * log(yhat))
of: J
symbols: {yhat: '\hat{y}'}
"""


def said(problem: str, displays: str, folder: Path, words: str = "") -> list[str]:
    """The verdicts on all displays of a write-up with some words before them; `unread` of what isn't read."""
    text = "\n\n".join([words, *(f"$$ {tex} $$" for tex in displays.strip().split(" ;; "))])
    return [word for word, _ in lines(problem, text, folder)]


BARS = r"\bar{a} = a - y ;; \bar{z} = \bar{a} \odot \sigma'(z) ;; "


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (r"\bar{W} = \bar{z} x^\top", "correct"),
        (r"\overline{\mathbf{W}} = \overline{\mathbf{z}} \mathbf{x}^\top", "correct"),
        (r"\bar{w}_{ij} = \bar{z}_i x_j", "correct"),
        (r"\bar W = \bar a x^\top", "wrong"),
        (r"\bar{w}_{ij} = \bar{z}_j x_i", "wrong"),
        (r"\bar{b} = \bar{z} \odot a", "wrong"),
    ],
)
def test_bars_are_gradients_where_that_makes_a_line_right(line, word, tmp_path):
    assert said(LAYER, BARS + line, tmp_path) == ["correct", "correct", word]


@pytest.mark.parametrize(
    "words", [r"We write $\bar{v}$ for $\partial L / \partial v$.", r"Let $\bar{v} = \frac{\partial L}{\partial v}$."]
)
def test_bars_are_gradients_where_the_words_say_so(words, tmp_path):
    assert said(LAYER, r"\bar{b} = (a - y) \odot a", tmp_path, words) == ["wrong"]
    assert "wrong" not in said(LAYER, r"\bar{b} = (a - y) \odot a", tmp_path)


def test_what_a_bar_means_is_no_equation_to_be_marked(tmp_path):
    told = r"\bar{v} = \frac{\partial L}{\partial v} ;; \bar{a} = a - y"
    assert said(LAYER, told, tmp_path) == ["correct"]


@pytest.mark.parametrize(
    "displays",
    [
        r"\bar{x} = \frac{1}{n} \sum_i x_i",
        r"\bar{z} = W \bar{x} + b",
        r"\bar{a} = a - y ;; \bar{x} = \frac{1}{n} \sum_i x_i",
    ],
)
def test_a_bar_may_be_that_of_a_mean(displays, tmp_path):
    assert "wrong" not in said(LAYER, displays, tmp_path)


def test_a_delta_before_a_name_is_the_gradient_on_it(tmp_path):
    right = r"\delta z = (a - y) \odot a \odot (1-a) ;; \delta W = \delta z \, x^T ;; \delta b = \delta z"
    assert said(LAYER, right, tmp_path) == ["correct"] * 3
    assert said(LAYER, right.replace(r"\delta z \, x^T", r"\delta b^T x"), tmp_path)[1] == "wrong"
    entry = r"\delta a = a - y ;; \delta z_i = \delta a_i a_i (1 - a_i) ;; \delta w_{ij} = \delta z_%s x_j"
    assert said(LAYER, entry % "i", tmp_path) == ["correct"] * 3
    assert said(LAYER, entry % "j", tmp_path) != ["correct"] * 3
    # A factor δ of one's own is none, and neither are differentials.
    assert said(LAYER, r"\delta = (a - y) \odot a \odot (1-a) ;; dW = \delta x^T", tmp_path) == ["correct"]
    differentials = r"\delta L = (a - y)^T \delta a ;; \delta a = a (1 - a) \delta z ;; \delta z = \delta W x"
    assert "wrong" not in said(LAYER, differentials, tmp_path)
    assert "wrong" not in said(LAYER, differentials.replace(r"\delta L", r"\delta \mathcal{L}"), tmp_path)


@pytest.mark.parametrize(
    "left", [r"\mathrm{grad}_W L", r"\operatorname{grad}_{W} L", r"grad_W", r"\frac{\delta L}{\delta W}"]
)
def test_other_signs_for_gradients(left, tmp_path):
    assert verdicts(LAYER, rf"{left} = ((a - y) \odot a \odot (1 - a)) x^T", tmp_path) == ["correct"]
    assert verdicts(LAYER, rf"{left} = ((a - y) \odot a) x^T", tmp_path) == ["wrong"]


@pytest.mark.parametrize("sign", ["-", "+"])
@pytest.mark.parametrize(
    "update",
    [
        r"w_j \leftarrow w_j %s \eta (\hat y - y) x_j",
        r"w_j := w_j %s \alpha (\hat y - y) x_j",
        r"w^{new} = w %s \eta (\hat y - y) x",
        r"w_{\text{new}} = w_{\text{old}} %s \eta (\hat y - y) x",
        r"w^{(t+1)} = w^{(t)} %s \eta (\hat y - y) x",
        r"\mathbf{w}_{t+1} = \mathbf{w}_t %s \eta_t (\hat y - y) \mathbf{x}",
        r"w(t+1) = w(t) %s \eta (\hat y - y) x",
        r"w_j^{k+1} = w_j^k %s \eta (\hat y - y) x_j",
        r"w_j' = w_j %s \eta (\hat y - y) x_j",
        r"w \leftarrow w %s \epsilon \frac{\partial L}{\partial w}",
        r"b \gets b %s \eta (\hat y - y)",
        r"\Delta w_j = %s \eta (\hat y - y) x_j",
        r"\theta^{(t+1)} = \theta^{(t)} %s \eta \nabla_\theta L",
    ],
)
def test_updates_of_books_are_those_of_the_problem(update, sign, tmp_path):
    assert verdicts(NEURON, update % sign, tmp_path) == ["correct" if sign == "-" else "wrong"]


def test_a_change_is_taken_from_the_old_value_where_the_write_up_does_so(tmp_path):
    change = r"\Delta w = \eta (\hat y - y) x"
    assert said(NEURON, change, tmp_path) == ["wrong"]
    assert said(NEURON, rf"{change} ;; w \leftarrow w - \Delta w", tmp_path) == ["correct", "correct"]
    assert said(NEURON, r"\Delta w = -\eta \hat y x ;; w \leftarrow w + \Delta w", tmp_path) == ["wrong", "correct"]


@pytest.mark.parametrize(
    "entry", [r"\frac{\partial E}{\partial w_{ij}^{(2)}} = %s", r"\Delta w^{(2)}_{ij} = -\eta \, %s"]
)
def test_a_small_letter_with_a_layer_and_two_indices_is_an_entry(entry, tmp_path):
    assert verdicts(NETWORK, entry % r"\delta_i^{(2)} a_j^{(1)}", tmp_path) == ["correct"]
    assert verdicts(NETWORK, entry % r"\delta_j^{(2)} a_i^{(1)}", tmp_path) == ["wrong"]


def test_greek_letters_may_be_indices(tmp_path):
    right = r"""
\frac{\partial J}{\partial W_{\mu\nu}} = (\hat y_\mu - y_\mu) x_\nu
\hat y_\alpha = \frac{e^{z_\alpha}}{\sum_\beta e^{z_\beta}}
\frac{\partial \hat y_\alpha}{\partial z_\beta} = \hat y_\alpha (\delta_{\alpha\beta} - \hat y_\beta)
"""
    assert_each_is("correct", CLASSES, right, tmp_path)
    wrong = r"""
\frac{\partial J}{\partial W_{\mu\nu}} = (\hat y_\nu - y_\nu) x_\mu
\frac{\partial J}{\partial z_\mu} = y_\mu - \hat y_\mu
\frac{\partial \hat y_\alpha}{\partial z_\beta} = \hat y_\alpha (\delta_{\alpha\beta} - \hat y_\alpha)
"""
    assert_each_is("wrong", CLASSES, wrong, tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        "where $k$ is the index of the correct class",
        "Let $k$ denote the true class.",
        "The target class is $k$.",
        "As $y$ is one-hot with $y_k = 1$,",
        "Since only the correct class k contributes,",
    ],
)
def test_words_say_which_letter_is_the_class(words, tmp_path):
    right = [r"J = -y_k \log \hat y_k", r"J = -\log \hat y_k = -z_k + \log \sum_j e^{z_j}"]
    wrong = [r"J = \log \hat y_k", r"J = -\log \hat y_k = z_k + \log \sum_j e^{z_j}"]
    assert {word for tex in right for word in said(CLASSES, tex, tmp_path, words)} == {"correct"}
    assert [said(CLASSES, tex, tmp_path, words)[-1] for tex in wrong] == ["wrong", "wrong"]


def test_without_words_a_letter_is_the_class_where_that_alone_is_right(tmp_path):
    assert said(CLASSES, r"J = -\log \hat y_k", tmp_path) == ["correct"]
    lost_sum = said(CLASSES, r"J = -y_k \log \hat y_k", tmp_path)
    assert lost_sum in (["unreadable"], ["unread"])
    both = "If k is the correct class, $\\frac{\\partial J}{\\partial z_k} = \\hat y_k - 1$. Otherwise"
    assert "wrong" not in said(CLASSES, r"\frac{\partial J}{\partial z_k} = \hat y_k", tmp_path, both)


def test_a_function_by_its_name_alone_is_its_value(tmp_path):
    right = r"""
\frac{\partial \sigma}{\partial w_j} = \sigma(z)(1 - \sigma(z)) x_j
\frac{\partial \sigma}{\partial b} = \sigma (1 - \sigma)
\frac{\partial L}{\partial \sigma} = -\frac{y}{\sigma} + \frac{1-y}{1-\sigma}
\frac{d\sigma}{dx} = \sigma(x)(1 - \sigma(x))
\frac{d\sigma}{dt} = \sigma(t)(1 - \sigma(t))
\frac{\partial \sigma(t)}{\partial t} = \sigma(t)(1 - \sigma(t))
"""
    assert_each_is("correct", NEURON, right, tmp_path)
    wrong = r"""
\frac{\partial \sigma}{\partial w_j} = \sigma(z)(1 - \sigma(z))
\frac{\partial \sigma}{\partial z} = \sigma (1 + \sigma)
\frac{d\sigma}{dx} = \sigma(x)(1 + \sigma(x))
\frac{d\sigma}{dt} = \sigma(t)(1 + \sigma(t))
"""
    assert_each_is("wrong", NEURON, wrong, tmp_path)
    assert "wrong" not in verdicts(NEURON, r"\frac{\partial \sigma}{\partial x} = \sigma(1 - \sigma)", tmp_path)


def test_a_second_derivative_has_two_primes(tmp_path):
    right = r"""
\sigma''(v) = \sigma(v)(1 - \sigma(v))(1 - 2\sigma(v))
\sigma''(z) = \sigma'(z) \odot (1 - 2 a)
"""
    assert_each_is("correct", LAYER, right, tmp_path)
    wrong = right.replace("- 2", "+ 2")
    assert_each_is("wrong", LAYER, wrong, tmp_path)


GAUSS = r"""
inputs: {x: vector(n)}
parameters: {mu: scalar, s: positive}
equations:
  L: n/2 * log(s) + sum((x - mu) ** 2) / (2*s)
of: L
symbols: {s: '\sigma^2', mu: '\mu'}
"""
BY_DEVIATION = r"""
inputs: {x: vector(n)}
parameters: {mu: scalar, sigma: positive}
equations:
  L: n * log(sigma) + sum((x - mu) ** 2) / (2*sigma**2)
of: L
symbols: {sigma: '\sigma', mu: '\mu'}
"""


@pytest.mark.parametrize("problem", [GAUSS, BY_DEVIATION], ids=["variance", "deviation"])
def test_a_derivative_by_a_square(problem, tmp_path):
    line = r"\frac{\partial L}{\partial \sigma^2} = \frac{n}{2\sigma^2} %s \frac{1}{2\sigma^4} \sum_i (x_i - \mu)^2"
    assert verdicts(problem, line % "-", tmp_path) == ["correct"]
    assert verdicts(problem, line % "+", tmp_path) == ["wrong"]


def test_a_second_derivative_is_none_by_a_square(tmp_path):
    given = "inputs: {x: scalar}\ntargets: {y: scalar}\nparameters: {w: scalar}"
    scalar = f"{given}\nequations: {{L: 1/2 * (w * x - y) ** 2}}\nof: L"
    assert verdicts(scalar, r"\frac{\partial^2 L}{\partial w^2} = x^2", tmp_path) == ["correct"]


def test_a_difference_that_is_0_everywhere_is_right_and_any_other_a_condition(tmp_path):
    assert said(CLASSES, r"\frac{\partial J}{\partial z} - (\hat y - y) = 0", tmp_path) == ["correct"]
    assert said(CLASSES, r"\sum_k \hat y_k - 1 = 0", tmp_path) == ["correct"]
    for condition in (r"\frac{\partial J}{\partial z} - (\hat y + y) = 0", r"\frac{\partial J}{\partial W} = 0"):
        assert said(CLASSES, condition, tmp_path) == ["unread"]


SAMPLES = r"""
over: {i: m}
inputs: {"x[i]": vector(n)}
targets: {"y[i]": bit}
parameters: {w: vector(n)}
equations:
  h[i]: sigmoid(w.T @ x[i])
  J: -1/m * sum(y[i] * log(h[i]) + (1 - y[i]) * log(1 - h[i]), i)
of: J
symbols: {"h[i]": 'h_i', "x[i]": 'x_i', "y[i]": 'y_i'}
"""


@pytest.mark.parametrize(
    "sum_of",
    [
        r"\sum_{x_i \in B} (h_i - y_i) x_i",
        r"\sum_{\text{batch}} (h_i - y_i) x_i",
        r"\sum_{(x,y) \in \mathcal{D}} (\sigma(w^T x) - y) x",
        r"\sum_{(x,y)} (\sigma(w^T x) - y) x",
    ],
)
def test_a_sum_may_go_over_a_set_of_samples(sum_of, tmp_path):
    line = rf"\nabla_w J = \frac{{1}}{{m}} {sum_of}"
    assert verdicts(SAMPLES, line, tmp_path) == ["correct"]
    assert verdicts(SAMPLES, line.replace(" - ", " + "), tmp_path) == ["wrong"]


@pytest.mark.parametrize("function", [r"f(x_i) = \sigma(w^T x_i)", r"f(x) = \frac{1}{1 + e^{-w^T x}}"])
def test_a_function_of_ones_own_is_what_the_write_up_says(function, tmp_path):
    line = r"\nabla_w J = \frac{1}{m} \sum_i (f(x_i) %s y_i) x_i"
    assert said(SAMPLES, f"{function} ;; {line % '-'}", tmp_path) == ["correct"]
    assert said(SAMPLES, f"{function} ;; {line % '+'}", tmp_path) == ["wrong"]
    assert "wrong" not in said(SAMPLES, line % "+", tmp_path)


def test_what_a_problem_calls_old_is_no_value_before_an_update(tmp_path):
    problem = r"""
inputs: {z_old: vector(n)}
parameters: {z: vector(n)}
equations:
  r: sum(z * z_old ** 2)
of: r
symbols: {z_old: 'z_{\mathrm{old}}'}
"""
    for right in (
        r"r = z^T (z_{\mathrm{old}} \odot z_{\text{old}})",
        r"\frac{\partial r}{\partial z} = z_{\mathrm{old}}^2",
    ):
        assert verdicts(problem, right, tmp_path) == ["correct"]
        assert verdicts(problem, re.sub(r"_(\{\\\w+\{old\}\}|\{old\})", "", right), tmp_path) == ["wrong"]


def test_an_update_goes_from_the_old_value_to_the_new_one(tmp_path):
    step = r"- \eta \frac{\partial L}{\partial w}"
    assert verdicts(NEURON, rf"w_{{new}} = w_{{old}} {step}", tmp_path) == ["correct"]
    for line in (rf"w_{{old}} = w_{{new}} {step}", rf"w_{{new}} = w_{{new}} {step}"):
        assert "correct" not in verdicts(NEURON, line, tmp_path)


def test_beside_a_delta_alone_one_before_a_name_is_a_gradient_on_the_left_side(tmp_path):
    given = r"\delta = (a - y) \odot a \odot (1-a) ;; \delta W = "
    assert said(LAYER, given + r"\delta x^T", tmp_path) == ["correct"]
    assert said(LAYER, given + r"2 \delta x^T", tmp_path) == ["wrong"]


@pytest.mark.parametrize(
    "words",
    ["Unless $i = j$,", "If not $i=j$,", "Except for $i=j$ we have", "For $i = j$ this is done above. What is left is"],
)
def test_a_case_that_words_leave_out_is_no_condition(words, tmp_path):
    line = r"\frac{\partial \hat y_i}{\partial z_j} = %s\hat y_i \hat y_j"
    assert "wrong" not in said(CLASSES, line % "-", tmp_path, words)
    assert "correct" not in said(CLASSES, line % "", tmp_path, words)
    for other in ("For $i = j$ we have", "No entry is left out. After that, for $i = j$,"):
        assert said(CLASSES, line % "-", tmp_path, other) == ["wrong"]
