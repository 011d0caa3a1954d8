r"""Derivations of softmax and of likelihoods as people write them: lists, indicators, cases, probabilities."""

from __future__ import annotations

import pytest
from handed_in import lines, verdicts

from tests.check.test_writeup_typesetting import NETWORK

SOFTMAX = r"""
inputs: {z: vector(K)}
targets: {y: "one_hot(K, at=k)"}
equations: {p: softmax(z), L: "cross_entropy(p, y)"}
loss: L
"""
LIKELIHOOD = r"""
inputs: {X: m×n}
targets: {y: binary(m)}
parameters: {w: n×1, b: scalar}
equations: {z: X @ w + b, p: sigmoid(z), L: -mean(y * log(p) + (1 - y) * log(1 - p))}
loss: L
"""


@pytest.mark.parametrize(
    ("right", "spoilt"),
    [
        (r"\frac{\partial L}{\partial z} = [p_1, \dots, p_k - 1, \dots, p_K]^T", ("p_k - 1", "p_k + 1")),
        (r"\frac{\partial L}{\partial z} = [p_1, \dots, p_k - 1, \dots, p_K]^T", ("p_k - 1", "p_k")),
        (
            r"\frac{\partial L}{\partial z} = \begin{bmatrix} p_1 \\ \vdots \\ p_k - 1 \\ \vdots \\ p_K \end{bmatrix}",
            ("p_k - 1", "1 - p_k"),
        ),
        (r"\frac{\partial L}{\partial p} = [0, \dots, 0, -\frac{1}{p_k}, 0, \dots, 0]^T", ("-", "")),
        (r"\frac{\partial L}{\partial p} = [0, \dots, -\frac{1}{p_k}, \dots, 0]^T", ("-", "")),
        (r"\frac{\partial L}{\partial z} = p - e_k", ("-", "+")),
        (r"\frac{\partial L}{\partial z} = p - \mathbf{e}_k", ("-", "+")),
        (r"\frac{\partial L}{\partial z_j} = p_j - \mathbb{1}\{j = k\}", ("=", r"\neq")),
        (r"\frac{\partial L}{\partial z_j} = p_j - \mathbb{I}(j = k)", ("j = k", r"j \neq k")),
        (r"\frac{\partial L}{\partial z_j} = p_j - 1\{y = j\}", ("-", "+")),
        (r"L = -\sum_j \mathbb{1}[y = j] \log p_j", ("y = j", r"y \neq j")),
        (
            r"\frac{\partial p_i}{\partial z_j} = \begin{dcases} p_i (1 - p_i) & i = j \\"
            r" -p_i p_j & i \neq j \end{dcases}",
            ("-p_i p_j", "p_i p_j"),
        ),
        (
            r"\frac{\partial p_i}{\partial z_j} = \left\{ \begin{array}{ll} p_i (1 - p_i) & \text{if } i = j \\"
            r" -p_i p_j & \text{otherwise} \end{array} \right.",
            ("1 - p_i", "1 + p_i"),
        ),
        (
            r"\frac{\partial p_i}{\partial z_j} = \left\{ \begin{aligned} &p_i (1 - p_i), && i = j \\"
            r" &-p_i p_j, && i \neq j \end{aligned} \right.",
            ("1 - p_i", "p_i"),
        ),
        (
            r"\frac{\partial L}{\partial z_j} ="
            r" -\sum_{\substack{i}} y_i \frac{1}{p_i} \frac{\partial p_i}{\partial z_j}",
            ("-", ""),
        ),
    ],
)
def test_lists_indicators_and_cases(right, spoilt, tmp_path):
    assert verdicts(SOFTMAX, right, tmp_path) == ["correct"]
    left, _, rest = right.partition(" = ")
    assert verdicts(SOFTMAX, f"{left} = {rest.replace(*spoilt, 1)}", tmp_path) == ["wrong"]


@pytest.mark.parametrize(
    ("problem", "right", "spoilt"),
    [
        (SOFTMAX, r"P(y = k \mid z) = p_k", ("= p_k", "= p_k^2")),
        (SOFTMAX, r"p(y = j | z) = \frac{e^{z_j}}{\sum_i e^{z_i}}", ("z_i}", "-z_i}")),
        (SOFTMAX, r"L = -\log P(Y = k | X)", ("-", "")),
        (SOFTMAX, r"L = -\sum_j 1\{y = j\} \log p(y = j | z)", ("-", "")),
        (NETWORK, r"P(y = 1 \mid x) = \hat y", (r"\hat y", r"1 - \hat y")),
        (NETWORK, r"P(y = 0 \mid x; \theta) = 1 - \sigma(z_2)", ("1 -", "")),
        (NETWORK, r"p(y | x) = \hat y^y (1 - \hat y)^{1 - y}", ("1 - y}", "y}")),
    ],
)
def test_a_probability_is_the_output_and_nothing_about_it_is_called_wrong(problem, right, spoilt, tmp_path):
    (first,) = lines(problem, f"$$ {right} $$", tmp_path)
    assert first[0] == "correct"
    left, _, rest = right.partition("= ")
    for spoilt_line in (right.replace(*spoilt, 1), f"{left} = 2 {rest}"):
        ((word, _),) = lines(problem, f"$$ {spoilt_line} $$", tmp_path)
        assert word.startswith("unread")


@pytest.mark.parametrize("event", [r"P(a \mid b)", r"p(y = 2)", r"P(x = 1 | y)", r"P(y = 3 \mid z) + P(w | z)"])
def test_other_probabilities_are_listed(event, tmp_path):
    assert [word for word, _ in lines(SOFTMAX, f"$$ p_k = {event} $$", tmp_path)] == ["unread"]


def test_a_likelihood_is_a_product(tmp_path):
    right = r"L = -\frac{1}{m} \log \prod_{i=1}^{m} p_i^{y_i} (1 - p_i)^{1 - y_i}"
    assert verdicts(LIKELIHOOD, right, tmp_path) == ["correct"]
    assert verdicts(LIKELIHOOD, right.replace("y_i} (1", "1 - y_i} (1"), tmp_path) == ["wrong"]
    log_likelihood = r"\ell(\theta) = \sum_{i=1}^{m} y_i \log p_i + (1 - y_i) \log(1 - p_i)"
    assert "wrong" not in verdicts(LIKELIHOOD, log_likelihood, tmp_path)


@pytest.mark.parametrize("entries", ["p_k - 1, p_k + 1", "p_k + 1, p_k - 1, p_k", r"p_j + 1, p_k - 1, p_m"])
def test_a_list_in_which_several_entries_are_others_is_not_read(entries, tmp_path):
    line = rf"$$ \frac{{\partial L}}{{\partial z}} = [p_1, \dots, {entries}, \dots, p_K]^T $$"
    assert [word for word, _ in lines(SOFTMAX, line, tmp_path)] == ["unread"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r"\frac{\partial p_i}{\partial z_j} = p_i (1 - p_i), \quad i = j", ["correct"]),
        (r"\frac{\partial p_i}{\partial z_j} = p_i (1 + p_i), \quad i = j", ["wrong"]),
        (r"\frac{\partial L}{\partial z} = p - y \text{ using the chain rule} = p - y", ["correct", "correct"]),
        (r"\frac{\partial L}{\partial z} = p - y \text{ using the chain rule} = p + y", ["correct", "wrong"]),
    ],
)
def test_what_is_said_in_a_row_hides_none_of_its_sides(line, words, tmp_path):
    assert [word for word, _ in lines(SOFTMAX, f"$$ {line} $$", tmp_path)] == words


NET = r"""
inputs: {net: vector(N)}
targets: {y: one_hot(N)}
equations: {a: softmax(net), J: -sum(y * log(a))}
of: J
"""
REGRESSION = r"""
over: {i: N}
inputs: {"x[i]": vector(d)}
targets: {"y[i]": one_hot(K)}
parameters: {W: K×d, b: vector(K), lam: scalar}
equations: {"p[i]": "softmax(W @ x[i] + b)"}
loss: -sum(sum(y[i] * log(p[i])), i) / N + lam * sum(W ** 2)
symbols: {loss: '\mathcal{L}', lam: '\lambda'}
"""


@pytest.mark.parametrize(
    ("right", "spoilt"),
    [
        (r"\frac{\partial a_k}{\partial net_i} = a_k (\delta_{ki} - a_i)", (r"\delta_{ki}", r"\delta_i")),
        (r"\frac{\partial a_k}{\partial net_i} = a_k (\delta_{ki} - a_i)", ("- a_i", "- a_k a_i")),
        (r"\sum_k y_k \delta_{ki} = y_i", ("= y_i", "= 2 y_i")),
        (r"\sum_k a_k \delta_{ki} = a_i", ("= a_i", "= y_i")),
        (r"J = \ln \sum_{k=1}^N e^{net_{k}} - \sum_j y_j net_{j}", ("net_{j}", "a_{j}")),
        (r"J = \sum_{j=1}^N y_j (\ln \sum_{k=1}^N e^{net_{k}} - net_{j})", ("- net", "+ net")),
        (
            r"\delta_j = \sum_k \frac{\partial J}{\partial a_k} \frac{\partial a_k}{\partial net_j}",
            ("net_j}", "net_j} a_k"),
        ),
    ],
)
def test_delta_is_the_error_with_one_index_and_kroneckers_with_two(right, spoilt, tmp_path):
    said = r"$$ \delta_i = \frac{\partial J}{\partial net_i} = a_i - y_i $$"
    assert [word for word, _ in lines(NET, f"{said}\n$$ {right} $$", tmp_path)] == ["correct"] * 2
    assert right.replace(*spoilt) != right
    found = lines(NET, f"{said}\n$$ {right.replace(*spoilt)} $$", tmp_path)
    assert sorted(word for word, _ in found) == ["correct", "wrong"]


@pytest.mark.parametrize(
    ("right", "spoilt"),
    [
        (r"\frac{1}{N} \sum_{i=1}^N (P(y_i = k \mid x_i) - \mathbb{1}[y_i = k]) x_i + 2 \lambda w_k", ("2 ", "")),
        (r"-\frac{1}{N} \sum_i (\mathbb{1}[y_i = k] - p(y_i = k \mid x_i; W)) x_i + 2 \lambda w_k", ("] - p", "] + p")),
        (r"\frac{1}{N} \sum_i (p_{ik} - y_{ik}) x_i + 2 \lambda w_k", (" - ", " + ")),
    ],
)
def test_probabilities_of_a_sample_s_class(right, spoilt, tmp_path):
    left = r"\frac{\partial \mathcal{L}}{\partial w_k} = "
    assert verdicts(REGRESSION, left + right, tmp_path) == ["correct"]
    assert right.replace(*spoilt) != right
    assert "correct" not in verdicts(REGRESSION, left + right.replace(*spoilt), tmp_path)
