r"""Habits of write-ups: update rules for any parameter, y[m] of the one sample, \phi(z) for \phi where it is used."""

from __future__ import annotations

import pytest

from gradcalc.check.marking.mark import mark
from gradcalc.check.writeup.read import answers_in, sheet_of
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

NETWORK = r"""
inputs: [0.8, -0.4, 0.5]
targets: [1, 0]
layers:
  - {weights: [[0.5, -0.3], [0.25, 0.75], [0.1, 0.9]], biases: [0.1, -0.2], activation: sigmoid}
  - {weights: [[0.4, -0.6], [0.7, 0.2]], biases: [0.3, 0.1], activation: softmax}
loss: half_squared_error
lr: 0.5
symbols: {W1: W_1, b1: b_1, W2: W_2, b2: b_2, h1: h, yhat: '\hat{y}', loss: J, lr: \eta}
"""
SOLUTION = solve(loads(NETWORK), check=False)


def verdicts(*equations: str) -> list[tuple[str, str]]:
    text = "\n\n".join(f"$$ {each} $$" for each in equations)
    marks = mark(SOLUTION, sheet_of(answers_in(text, "homework.tex"), SOLUTION))
    every = [line for verdict in marks.verdicts for line in verdict.lines]
    found = [("not read" if line.verdict == "unreadable" else line.verdict, line.message) for line in every]
    return found + [("not read", each.reason) for each in marks.unread]


@pytest.mark.parametrize(
    "rule",
    [
        r"W = W - \eta \nabla W",
        r"W := W - \eta * \nabla W",
        r"\theta \leftarrow \theta - \eta \frac{\partial J}{\partial \theta}",
        r"\theta \leftarrow \theta - 0.5 \nabla_\theta J",
        r"W^{(l)} = W^{(l)} - \eta \frac{\partial J}{\partial W^{(l)}}",
        r"w_{ij} = w_{ij} - \eta \frac{\partial J}{\partial w_{ij}}",
        r"w^{new} = w^{old} - \eta \nabla w",
        r"w_{t+1} = w_t - \eta \nabla w_t",
    ],
)
def test_an_update_rule_for_any_parameter_is_right(rule):
    assert verdicts(rule) == [("correct", "right")]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (r"W = W + \eta \nabla W", "plus stands where minus belongs"),
        (r"w_{t+1} = w_t + \eta \nabla w_t", "plus stands where minus belongs"),
        (r"\theta \leftarrow \eta \nabla \theta - \theta", "the whole has the wrong sign"),
        (r"\theta \leftarrow \theta - \nabla \theta", ""),
        (r"\theta \leftarrow \theta - 0.05 \nabla \theta", ""),
    ],
)
def test_another_rule_is_wrong(rule, said):
    ((word, message),) = verdicts(rule)
    assert word == "wrong"
    assert said in message


def test_what_is_no_rule_is_not_marked():
    assert [word for word, _ in verdicts(r"Q = \eta Q", r"W = W - 1", r"\Delta \theta = \theta")] == ["not read"] * 3


RIGHT = [
    r"\nabla \hat{y} = -(y[m] - \hat{y}[m])",
    r"\nabla \hat{y} = \hat{y}^{(m)} - y^{(m)}",
    r"\nabla \hat{y} = \frac{\partial J(y[m], \hat{y}[m])}{\partial \hat{y}[m]} = \hat{y}[m] - y[m]",
    r"\nabla \hat{y} = \frac{1}{2} \frac{\partial (y[m] - \hat{y}[m])^T (y[m] - \hat{y}[m])}{\partial \hat{y}[m]}",
    r"\frac{1}{2} (y[m] - \hat{y}[m])^T (y[m] - \hat{y}[m]) = \frac{1}{2} \sum_{i=1}^{2} (\hat{y}_i - y_i)^2",
    r"\nabla \hat{y}[m] = \hat{y}[m] - y[m]",
    r"\nabla h = \frac{\partial softmax(z)}{\partial h} \nabla \hat{y}",
    r"h = \sigma(z)",
]


@pytest.mark.parametrize("equation", RIGHT)
def test_a_right_line_is_right(equation):
    found = verdicts(equation)
    assert {word for word, _ in found} == {"correct"}, found


@pytest.mark.parametrize(
    "equation",
    [
        r"\nabla \hat{y} = y[m] - \hat{y}[m]",
        r"\nabla \hat{y} = 2(\hat{y}[m] - y[m])",
        r"\nabla \hat{y}[m] = y[m] - \hat{y}[m]",
        r"(y[m] - \hat{y}[m])^T (y[m] - \hat{y}[m]) = \frac{1}{2} \sum_{i=1}^{2} (\hat{y}_i - y_i)^2",
    ],
)
def test_a_spoilt_line_is_wrong(equation):
    assert [word for word, _ in verdicts(equation)] == ["wrong"]


def test_an_index_of_the_left_side_is_no_sample():
    """The entry m of a gradient is no whole vector."""
    assert verdicts(r"\nabla \hat{y}[m] = \hat{y} - y")[0][0] != "correct"


@pytest.mark.parametrize(
    "equation", [r"\nabla h = \frac{\partial softmax(z)}{\partial h} \hat{y}", r"\hat{y} = \sigma(z)"]
)
def test_a_letter_of_ones_own_makes_no_line_wrong(equation):
    """Many write a softmax as σ."""
    assert [word for word, _ in verdicts(equation)] == ["not read"]


LETTERS = r"""
inputs: vector(N)
layers:
  - {weights: N×M, biases: vector(M), activation: sigmoid}
  - {weights: M×K, biases: vector(K), activation: softmax}
upstream: vector(K)
symbols: {x: x, W1: V, b1: V_0, W2: W, b2: W_0, h1: h, yhat: '\hat{y}', softmax: '\sigma_K'}
"""


def in_letters(*equations: str) -> list[str]:
    solution = solve(loads(LETTERS), check=False)
    text = "\n\n".join(f"$$ {each} $$" for each in equations)
    marks = mark(solution, sheet_of(answers_in(text, "homework.tex"), solution))
    return [line.verdict for verdict in marks.verdicts for line in verdict.lines] + ["not read" for _ in marks.unread]


@pytest.mark.parametrize(
    "equation",
    [
        r"h_k = \sigma(V_k^T x + V_0)",
        r"h_k = \sigma(V_k^T x + V_{0,k})",
        r"h_k = \sigma(\sum_{i=1}^N V_{ik} x_i + V_0[k])",
        r"\hat{y}_k = \sigma_K(W_k^T h + W_0)",
        r"\hat{y}_k = \sigma_K(W_k^T h + W_{0,k})",
        r"\hat{y}_k = \frac{\exp(W_k^T h + W_{0,k})}{\sum_j \exp(W_j^T h + W_{0,j})}",
        r"1 - \hat{y}_k = 1 - \sigma_K(\sum_i W_{ik} h_i + W_{0,k})",
    ],
)
def test_a_unit_is_its_entry(equation):
    assert in_letters(equation) == ["correct"]


@pytest.mark.parametrize(
    "equation",
    [
        r"h_k = \sigma(V_k^T x - V_0)",
        r"h_k = \sigma(V_k^T x)",
        r"\hat{y}_k = \sigma_K(W_k^T h - W_0)",
        r"\hat{y}_k = \sigma_K(W_k^T h)",
        r"\hat{y}_k = \frac{\exp(W_k^T h + W_{0,k})}{\sum_j \exp(W_j^T h - W_{0,j})}",
    ],
)
def test_a_unit_that_is_another_is_wrong(equation):
    assert in_letters(equation) == ["wrong"]


GATES = """
inputs: {x: -1.5}
parameters: {w: 2}
equations: {z: w * x, m: -z, e: exp(m), t: e + 1, f: 1 / t}
of: f
"""


def test_an_e_that_is_raised_may_be_eulers_number_though_the_problem_has_another():
    """By NumPy 1 / (1 + exp(3)) is 0.047426."""
    solution = solve(loads(GATES), check=False)

    def found(equation: str) -> list[str]:
        marks = mark(solution, sheet_of(answers_in(f"$$ {equation} $$", "homework.tex"), solution))
        return [line.verdict for verdict in marks.verdicts for line in verdict.lines]

    assert found(r"f = \frac{1}{1 + e^{-wx}} = \frac{1}{1 + e^{3}} = 0.0474") == ["correct"] * 3
    assert found(r"f = \frac{1}{1 + e} = 0.0474") == ["correct"] * 2
    assert found(r"f = \frac{1}{1 + e^{-3}} = 0.9526")[0] == "wrong"
