"""Second derivatives, gradients of formulas and conditions in write-ups, in letters.

What is right is so by calculus: of J = ½ |X θ − y|² the gradient is Xᵀ(X θ − y), the Hessian XᵀX; of the likelihood
l of one sample the Hessian is −h (1 − h) x xᵀ. https://cs229.stanford.edu has both in its notes on regression.
"""

from __future__ import annotations

import handed_in
import pytest
from running import run

SQUARES = r"""
parameters: {theta: vector(n)}
inputs: {X: m×n}
targets: {y: vector(m)}
equations: {J: 0.5 * (X @ theta - y).T @ (X @ theta - y)}
of: J
symbols: {theta: '\theta'}
"""
LIKELIHOOD = r"""
parameters: {theta: vector(n)}
inputs: {x: vector(n)}
targets: {y: bit}
equations: {z: theta.T @ x, h: sigmoid(z), l: y * log(h) + (1 - y) * log(1 - h)}
of: l
symbols: {theta: '\theta', sigmoid: '\sigma'}
"""


@pytest.fixture
def verdicts(tmp_path):
    """The verdicts on the lines of one display."""
    return lambda problem, tex: handed_in.verdicts(problem, tex, tmp_path)


@pytest.mark.parametrize(
    ("tex", "verdict"),
    [
        (r"\nabla_\theta^2 J = X^T X", "correct"),
        (r"\nabla J(\theta) = X^T (X \theta - y)", "correct"),
        (r"\nabla J = X^T (X \theta - y)", "correct"),
        (r"\nabla J = X^T (X \theta + y)", "wrong"),
        (r"\nabla \mathcal{L}(\theta) = X^T (X \theta - y)", "correct"),
        (r"\nabla \mathcal{L}(\theta) = 2 X^T (X \theta - y)", "wrong"),
        (r"\Vert \nabla J(\theta) \Vert^2 = (X \theta - y)^T X X^T (X \theta - y)", "correct"),
        (r"\nabla^2 J(\theta) = X^T X", "correct"),
        (r"\nabla^2 J = 2 X^T X", "wrong"),
        (r"\nabla^2_\theta J(\theta) = X^\top X", "correct"),
        (r"\frac{\partial^2 J}{\partial \theta^2} = X^T X", "correct"),
        (r"\frac{\partial^2 J}{\partial \theta \partial \theta^T} = X^T X", "correct"),
        (r"\frac{\partial^2 J}{\partial \theta_i \partial \theta_j} = \sum_{k} X_{ki} X_{kj}", "correct"),
        (r"\nabla_\theta^2 J = 2 X^T X", "wrong"),
        (r"\nabla^2_\theta J = X^T (X \theta - y)", "unread"),
        (r"\frac{\partial^2 J}{\partial \theta_i \partial \theta_j} = \sum_{k} X_{ki} X_{ki}", "unread"),
        (r"\frac{\partial^2 J}{\partial \theta_i \partial \theta_j} = -\sum_{k} X_{ki} X_{kj}", "wrong"),
    ],
)
def test_second_derivatives_are_those_of_the_objective(verdicts, tex, verdict):
    assert (verdicts(SQUARES, tex) or ["unread"]) == [verdict]


@pytest.mark.parametrize(
    ("tex", "verdict"),
    [
        (r"\frac{\partial^2 l}{\partial \theta_i \partial \theta_j} = -h (1 - h) x_i x_j", "correct"),
        (r"\frac{\partial^2 l}{\partial \theta_i \partial \theta_j} = h (1 - h) x_i x_j", "wrong"),
        (r"\nabla^2_\theta l = -h (1 - h) x x^T", "correct"),
        (r"\nabla^2_\theta l = -h x x^T", "wrong"),
        (r"\frac{\partial^2 l}{\partial z^2} = -h (1 - h)", "correct"),
        (r"\frac{\partial^2 l}{\partial \theta_i^2} = -h (1 - h) x_i^2", "correct"),
        (r"\frac{\partial^2 l}{\partial \theta_i^2} = -h (1 - h) x_i", "wrong"),
    ],
)
def test_a_hessian_by_entries_or_whole(verdicts, tex, verdict):
    assert verdicts(LIKELIHOOD, tex) == [verdict]


@pytest.mark.parametrize(
    ("tex", "verdict"),
    [
        (r"\frac{1}{2} \nabla_\theta \left(\theta^T X^T X \theta - 2 y^T X \theta + y^T y\right)", "correct"),
        (r"\frac{1}{2} \nabla_\theta \mathrm{tr}\,\theta^T X^T X \theta - X^T y", "correct"),
        (r"\frac{1}{2} \nabla_\theta \left(\theta^T X^T X \theta - y^T X \theta\right)", "wrong"),
        (r"\nabla_\theta \mathrm{tr}\,\theta^T X^T X \theta - X^T y", "wrong"),
    ],
)
def test_the_gradient_of_a_formula_in_brackets_is_taken(verdicts, tex, verdict):
    assert verdicts(SQUARES, rf"\nabla_\theta J = {tex}") == [verdict]


@pytest.mark.parametrize(
    "tex", [r"\nabla_\theta J = 0", r"X^T X \theta = X^T y", r"X^T X \theta - X^T y = 0", r"J = \mathbf{0}"]
)
def test_a_condition_is_listed_and_never_wrong(verdicts, tex):
    assert verdicts(SQUARES, tex) == []


def test_a_gradient_that_is_set_to_zero_is_marked_before_that(verdicts):
    assert verdicts(SQUARES, r"\nabla_\theta J = X^T X \theta - X^T y = 0") == ["correct"]
    assert verdicts(SQUARES, r"\nabla_\theta J = X^T X \theta + X^T y = 0") == ["wrong"]
    assert verdicts(SQUARES, r"J = \frac{1}{2} (X\theta - y)^T (X\theta - y) + X \theta") != ["correct"]


def test_with_numbers_a_gradient_of_zero_is_an_answer(verdicts):
    numbers = "parameters: {w: 2}\ninputs: {x: 3}\nequations: {L: (w * x) ** 2}\nof: L\n"
    assert verdicts(numbers, r"\frac{\partial L}{\partial w} = 0") == ["wrong"]


def test_a_sign_of_definition_is_one_of_equality(verdicts):
    update = "parameters: {w: 2}\ninputs: {x: 3}\nequations: {L: (w * x) ** 2}\nof: L\nlr: 0.1\n"
    assert verdicts(update, r"w := w - 0.1 \frac{\partial L}{\partial w}") == ["correct"]
    assert verdicts(update, r"w \gets w + 0.1 \frac{\partial L}{\partial w}") == ["wrong"]


def test_a_report_names_the_whole_left_side(tmp_path):
    (tmp_path / "p.yaml").write_text(SQUARES)
    (tmp_path / "h.tex").write_text(r"$$ \frac{\partial J}{\partial \theta_j} = \sum_i X_{ij} (X\theta - y)_i $$")
    found = run("check", str(tmp_path / "p.yaml"), str(tmp_path / "h.tex"))
    assert r"✓ correct  \frac{\partial J}{\partial \theta_j}" in found.stdout


COURSE = r"""
notation: W @ x + b
inputs: n×m
targets: one_hot(K, m)
layers:
  - {weights: h×n, biases: h×1, activation: tanh}
  - {weights: K×h, biases: K×1, activation: softmax}
loss: cross_entropy
reduction: mean
symbols: {x: X, y: Y, W2: 'W^{[2]}', b2: 'b^{[2]}', a1: 'Z^{[1]}', a2: 'Z^{[2]}', yhat: 'A^{[2]}', tanh: 'g^{[1]}'}
"""


@pytest.mark.parametrize(
    ("tex", "verdict"),
    [
        (r"db^{[2]} = \text{np.sum}(dZ^{[2]}, axis=1, keepdims=True)", "correct"),
        (r"db^{[2]} = np.sum(dZ^{[2]}, axis=1, keepdims=True)", "correct"),
        (r"db^{[2]} = \text{np.mean}(dZ^{[2]}, axis=1, keepdims=True)", "wrong"),
        (r"dZ^{[1]} = W^{[2]T} dZ^{[2]} * g^{[1]'}(Z^{[1]})", "correct"),
        (r"dZ^{[1]} = W^{[2]T} dZ^{[2]} * g^{[1]\prime}(Z^{[1]})", "correct"),
        (r"dZ^{[1]} = W^{[2]T} dZ^{[2]} * g^{[1]}(Z^{[1]})", "wrong"),
    ],
)
def test_programs_and_primes_above_are_read(verdicts, tex, verdict):
    """As in Andrew Ng's course: https://www.deeplearning.ai, Neural Networks and Deep Learning, week 3."""
    assert verdicts(COURSE, tex) == [verdict]


RIDGE = r"""
parameters: {w: vector(d), b: scalar}
inputs: {X: n×d}
targets: {y: vector(n)}
equations: {yhat: X @ w + b, L: sum((yhat - y) ** 2)}
of: L
symbols: {yhat: '\hat{y}'}
"""


@pytest.mark.parametrize(
    ("tex", "verdict"),
    [
        (r"\nabla_w L = 2 X^\top (X w + b \mathbf{1} - y)", "correct"),
        (r"\frac{\partial L}{\partial b} = 2 \mathbf{1}^\top (\hat{y} - y)", "correct"),
        (r"\frac{\partial L}{\partial b} = 2 \cdot \mathbf{1}^T (\hat{y} - y)", "correct"),
        (r"\frac{\partial L}{\partial b} = \mathbf{1}^\top (\hat{y} - y)", "wrong"),
        (r"\nabla_w L = 2 X^\top (X w - b \mathbf{1} - y)", "wrong"),
    ],
)
def test_ones_in_a_font_of_their_own(verdicts, tex, verdict):
    assert verdicts(RIDGE, tex) == [verdict]


MARGINS = r"""
over: {i: n}
parameters: {w: vector(d)}
inputs: {"x[i]": vector(d)}
targets: {"y[i]": sign}
equations: {"m[i]": "y[i] * (w.T @ x[i])", "h[i]": "maximum(0, 1 - m[i])", L: "sum(h[i], i)"}
of: L
symbols: {"x[i]": x_i, "y[i]": y_i}
"""


@pytest.mark.parametrize(
    ("tex", "verdict"),
    [
        (r"\sum_{i : m_i < 1} y_i x_i", "correct"),
        (r"\sum_{i | y_i w^T x_i < 1} y_i x_i", "correct"),
        (r"\sum_{i=1}^n \mathbb{1}[m_i < 1] y_i x_i", "correct"),
        (r"\sum_{i : m_i > 1} y_i x_i", "wrong"),
        (r"\sum_{i} y_i x_i", "wrong"),
    ],
)
def test_a_sum_has_a_condition(verdicts, tex, verdict):
    """As of support vector machines: only samples within the margin count."""
    assert verdicts(MARGINS, rf"\frac{{\partial L}}{{\partial w}} = -{tex}") == [verdict]


LOGITS = "inputs: {z: scalar}\ntargets: {y: bit}\nequations: {L: softplus(z) - y * z}\nof: L\n"


@pytest.mark.parametrize(
    ("tex", "verdict"),
    [
        (r"\max(z, 0) - z y + \log(1 + e^{-|z|})", "correct"),
        (r"\max(z, 0) - z y + \log(1 + e^{|z|})", "wrong"),
        (r"\frac{|z| + z}{2} - z y + \log(1 + e^{-|z|})", "correct"),
    ],
)
def test_bars_are_the_absolute_value(verdicts, tex, verdict):
    """The stable form of https://www.tensorflow.org/api_docs/python/tf/nn/sigmoid_cross_entropy_with_logits."""
    assert verdicts(LOGITS, f"L = {tex}") == [verdict]


LOGISTIC = r"""
inputs: {x: vector(d)}
parameters: {theta: vector(d)}
equations: {z: theta.T @ x, J: log(1 + exp(z))}
of: J
symbols: {theta: '\theta'}
"""


def test_a_letter_for_the_hessian_has_its_entries(tmp_path):
    told = r"H = \nabla_\theta^2 J \qquad \\ H_{jk} = \frac{\partial^2 J}{\partial \theta_j \partial \theta_k} \\ "
    for factor, word in ((r"\sigma(z) (1 - \sigma(z))", "correct"), (r"\sigma(z)", "wrong")):
        found = handed_in.verdicts(LOGISTIC, rf"{told} H_{{jk}} = {factor} x_j x_k", tmp_path)
        assert found == ["correct", word]


BIASED = """
inputs: {x: vector(n)}
targets: {y: scalar}
parameters: {w: vector(n), b: scalar}
equations: {p: "dot(w, x) + b", L: (p - y) ** 2 / 2}
of: L
"""


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (r"\nabla L(w) = (p - y) x", "correct"),
        (r"\nabla L(w, b) = (p - y) x", "unread"),
        (r"w_i (y) = w_i y", "correct"),
        (r"w_i (y) = w_i", "wrong"),
        (r"\sum_{i'} \sum_{j'} w_{i'} x_{j'} = \sum_i w_i \sum_j x_j", "correct"),
        (r"\sum_{i'} \sum_{j'} w_{i'} x_{j'} = w^T x", "wrong"),
    ],
)
def test_brackets_and_primes_are_what_they_belong_to(line, word, tmp_path):
    """A gradient by two is that by neither; y is no argument of w; each primed letter counts by itself."""
    assert [found for found, _ in handed_in.lines(BIASED, f"$$ {line} $$", tmp_path)] == [word]
