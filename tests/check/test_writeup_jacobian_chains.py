r"""Chains of Jacobians as notes on recurrent networks write them: `\prod`, dots, powers of a matrix, `|_{(t)}`.

By the chain rule ∂h_t/∂h_k = ∏ ∂h_i/∂h_{i−1} for i from t down to k+1; each is diag(1 − h_i²) W for h = tanh, and W for
the identity (Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks, section 2).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from handed_in import lines, verdicts

from gradcalc.check.answers.multiplying import in_other_order
from gradcalc.errors import FormulaError
from gradcalc.formula.evaluate import evaluate
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis

TANH = r"""
over: {t: T}
inputs: {"x[t]": vector(d), "h[0]": vector(n)}
targets: {"y[t]": one_hot(K)}
parameters: {W_hh: n×n, W_xh: n×d, V: K×n}
equations:
  Wc[t]: W_hh
  z[t]: Wc[t] @ h[t-1] + W_xh @ x[t]
  h[t]: tanh(z[t])
  L[t]: cross_entropy(softmax(V @ h[t]), y[t])
loss: sum(L[t], t)
symbols: {W_hh: 'W_{hh}', "Wc[t]": 'W_{hh}^{(t)}', W_xh: 'W_{xh}', "h[t]": h_t, "z[t]": z_t, "L[t]": L_t, loss: L}
"""
LINEAR = TANH.replace("tanh(z[t])", "z[t]")
WHOLE = r"\frac{\partial h_t}{\partial h_k} = "
LINK = r"\frac{\partial h_{%s}}{\partial h_{%s}}"
FIRST, SECOND, LAST = (LINK % each for each in (("t", "t-1"), ("t-1", "t-2"), ("k+1", "k")))

RIGHT = [
    WHOLE + r"\prod_{i=k+1}^{t} \frac{\partial h_i}{\partial h_{i-1}}",
    WHOLE + r"\prod_{j=k}^{t-1} \frac{\partial h_{j+1}}{\partial h_j}",
    WHOLE + r"\prod_{i=k+1}^{t} \text{diag}(1 - h_i^2) W_{hh}",
    WHOLE + rf"{FIRST} \cdot {SECOND} \cdot \ldots \cdot {LAST}",
    WHOLE + rf"{FIRST} \cdots {LAST}",
    r"\frac{\partial L_t}{\partial h_k} = \frac{\partial L_t}{\partial h_t}"
    r" \prod_{i=k+1}^t \frac{\partial h_i}{\partial h_{i-1}}",
    r"\frac{\partial L_t}{\partial W_{hh}} = \sum_{k=1}^t \frac{\partial L_t}{\partial h_t}"
    r" \left(\prod_{i=k+1}^t \frac{\partial h_i}{\partial h_{i-1}}\right) \frac{\partial h_k}{\partial W_{hh}}",
    r"\frac{\partial L_t}{\partial W_{hh}} = \sum_{k=1}^t \frac{\partial L_t}{\partial h_t}"
    r" \prod_{i=k+1}^t \frac{\partial h_i}{\partial h_{i-1}} \frac{\partial h_k}{\partial W_{hh}}",
]  # fmt: skip
WRONG = [
    WHOLE + r"\prod_{i=k}^{t} \frac{\partial h_i}{\partial h_{i-1}}",
    WHOLE + r"\sum_{i=k+1}^{t} \frac{\partial h_i}{\partial h_{i-1}}",
    WHOLE + r"\prod_{i=k+1}^{t} \text{diag}(1 - h_{i-1}^2) W_{hh}",
    WHOLE + r"\prod_{i=k+1}^{t} \text{diag}(h_i^2) W_{hh}",
    WHOLE + r"\prod_{i=k+1}^{t} \text{diag}(1 - h_i^2)",
    WHOLE + r"W_{hh}^{t-k}",
]


@pytest.mark.parametrize("line", RIGHT)
def test_a_product_over_steps_is_right_in_either_order(line: str, tmp_path: Path) -> None:
    assert verdicts(TANH, line, tmp_path) == ["correct"]


@pytest.mark.parametrize("line", WRONG)
def test_a_spoilt_product_is_wrong(line: str, tmp_path: Path) -> None:
    assert verdicts(TANH, line, tmp_path) == ["wrong"]


def test_rows_and_columns_of_every_factor_may_be_exchanged(tmp_path: Path) -> None:
    line = WHOLE + r"\prod_{i=k+1}^{t} W_{hh}^T \text{diag}(1 - h_i^2)"
    assert verdicts(TANH, line, tmp_path)[0] in ("correct", "imprecise")


@pytest.mark.parametrize(
    ("power", "verdict"), [("t-k", "correct"), ("t", "wrong"), ("t-k+1", "wrong"), ("k-t", "wrong")]
)
def test_a_matrix_to_a_letter_is_multiplied_by_itself(power: str, verdict: str, tmp_path: Path) -> None:
    assert verdicts(LINEAR, rf"{WHOLE} W_{{hh}}^{{{power}}}", tmp_path) == [verdict]
    assert verdicts(LINEAR, rf"{WHOLE} (W_{{hh}})^{{{power}}}", tmp_path) == [verdict]


TWICE = WHOLE + rf"\frac{{1}}{{2}} {RIGHT[2].removeprefix(WHOLE)} + \frac{{1}}{{2}} {RIGHT[2].removeprefix(WHOLE)}"


def test_dots_join_links_of_one_family_alone(tmp_path: Path) -> None:
    """Between ∂h_{k+2}/∂h_{k+1} and ∂z_{k+1}/∂h_k the slope of tanh at z_{k+1} is missing."""
    assert verdicts(TANH, WHOLE + FIRST + r" \cdots \frac{\partial z_{k+1}}{\partial h_k}", tmp_path) == []


SCALAR = """
over: {t: T}
inputs: {"x[t]": scalar, "h[0]": scalar}
parameters: {w: scalar}
equations: {"h[t]": "w * h[t-1] + x[t]"}
loss: sum(h[t], t)
"""


def test_several_products_are_turned_together(tmp_path: Path) -> None:
    assert verdicts(TANH, TWICE, tmp_path) == ["correct"]
    assert verdicts(TANH, TWICE.replace("+ \\frac{1}{2}", "+"), tmp_path) == ["wrong"]


def test_a_number_to_a_letter_is_no_product_of_matrices(tmp_path: Path) -> None:
    assert verdicts(SCALAR, WHOLE + "w^{t-k}", tmp_path) == ["correct"]
    assert verdicts(SCALAR, WHOLE + "w^{t-k+1}", tmp_path) == ["wrong"]


PART = [
    r"\left. \frac{\partial L_t}{\partial W_{hh}} \right|_{(i)}",
    r"\frac{\partial L_t}{\partial W_{hh}} \Big|_{(i)}",
    r"\frac{\partial L_t}{\partial W_{hh}} \mid_{i}",
]


@pytest.mark.parametrize("part", PART)
def test_what_comes_by_one_step_is_by_its_copy(part: str, tmp_path: Path) -> None:
    assert verdicts(TANH, rf"\frac{{\partial L_t}}{{\partial W_{{hh}}}} = \sum_{{i=1}}^t {part}", tmp_path) == [
        "correct"
    ]
    one = part.replace("(i)", "(t)").replace("{i}", "{t}")
    by_hand = r"= \frac{\partial L_t}{\partial z_t} h_{t-1}^T"
    assert verdicts(TANH, f"{one} {by_hand}", tmp_path) == ["correct"]
    assert verdicts(TANH, f"{one} {by_hand.replace('t-1', 't')}", tmp_path) == ["wrong"]


def test_without_copies_what_comes_by_one_step_isnt_marked(tmp_path: Path) -> None:
    problem = (
        TANH.replace("Wc[t] @", "W_hh @").replace("  Wc[t]: W_hh\n", "").replace("\"Wc[t]\": 'W_{hh}^{(t)}', ", "")
    )
    left = r"\left. \frac{\partial L_t}{\partial W_{hh}} \right|_{(t-1)}"
    ((verdict, said),) = lines(problem, f"$$ {left} = \\frac{{\\partial L_t}}{{\\partial h_t}} h_t^T $$", tmp_path)
    assert (verdict, "no copy for each step" in said) == ("unread", True)


def test_matrices_are_multiplied_over_an_index_from_the_left() -> None:
    values = {"A": np.random.default_rng(0).standard_normal((3, 3))}
    text = "matprod(A + i * eye(3), i, 1, 3, 3)"
    one, two, three = (values["A"] + i * np.eye(3) for i in (1, 2, 3))
    assert np.allclose(evaluate(parse(text), values, Axis.COLUMNS), one @ two @ three)
    assert np.allclose(evaluate(parse(in_other_order(text) or ""), values, Axis.COLUMNS), three @ two @ one)
    assert np.allclose(evaluate(parse("matprod(A, i, 2, 1, 3)"), values, Axis.COLUMNS), np.eye(3))
    assert in_other_order("A @ A") is None
    with pytest.raises(FormulaError, match="which are n×n"):
        parse("matprod(A, i, 1, 3)")


NOW = r"\frac{\partial^+ h_t}{\partial W_{hh}}"
WITHIN = rf"\frac{{\partial h_t}}{{\partial W_{{hh}}}} = {NOW} + \frac{{\partial h_t}}{{\partial h_{{t-1}}}}"


def test_a_derivative_with_a_plus_is_what_comes_at_its_own_step(tmp_path: Path) -> None:
    """Werbos' ordered derivatives, the other way round: ∂⁺ holds all that comes by the steps before."""
    right = rf"{WITHIN} \frac{{\partial h_{{t-1}}}}{{\partial W_{{hh}}}}"
    assert verdicts(TANH, right, tmp_path) == ["correct"]
    assert verdicts(TANH, right.replace("^+", ""), tmp_path) == ["wrong"]
    every = rf"\frac{{\partial h_T}}{{\partial W_{{hh}}}} = \sum_{{t=1}}^T \frac{{\partial h_T}}{{\partial h_t}} {NOW}"
    assert verdicts(TANH, every, tmp_path) == ["correct"]
    assert verdicts(TANH, every.replace("t=1", "t=2"), tmp_path) == ["wrong"]


THIRD = r"\frac{\partial L_3}{\partial V} = (p_3 - y_3) h_3^T"
CHAIN = r"\frac{\partial L_3}{\partial W_{hh}} = \sum_{k=1}^3 \frac{\partial L_3}{\partial h_3}"
CHAIN += r" \frac{\partial h_3}{\partial h_k} \frac{\partial h_k}{\partial W_{hh}}"
THREE = TANH.replace(
    "  L[t]: cross_entropy(softmax(V @ h[t]), y[t])", "  p[t]: softmax(V @ h[t])\n  L[t]: -sum(y[t] * log(p[t]))"
)
THREE = THREE.replace("symbols: {", 'symbols: {"p[t]": p_t, "y[t]": y_t, ')


@pytest.mark.parametrize(
    ("right", "spoilt"), [(THIRD, THIRD.replace("h_3^T", "h_2^T")), (CHAIN, CHAIN.replace("=1", "=2"))]
)
def test_a_line_about_the_third_step_is_tried_where_there_is_one(right: str, spoilt: str, tmp_path: Path) -> None:
    assert verdicts(THREE, right, tmp_path) == ["correct"]
    assert verdicts(THREE, spoilt, tmp_path) == ["wrong"]


DELTAS = r"""
$$ \delta^y_t = \frac{\partial L_t}{\partial o_t} = p_t - y_t $$
$$ \delta_t = \frac{\partial L}{\partial z_t} $$
$$ \delta_t = (V^T \delta^y_t + W_{hh}^T \delta_{t+1}) \odot (1 - h_t^2) $$
$$ \frac{\partial L}{\partial V} = \sum_t \delta^y_t h_t^T $$
"""


def test_a_delta_with_a_letter_above_is_another_than_without(tmp_path: Path) -> None:
    problem = THREE.replace("softmax(V @ h[t])", "softmax(o[t])").replace("  p[t]", "  o[t]: V @ h[t]\n  p[t]", 1)
    problem = problem.replace("symbols: {", 'symbols: {"o[t]": o_t, ')
    assert [word for word, _ in lines(problem, DELTAS, tmp_path)] == ["correct"] * 3
    spoilt = DELTAS.replace(r"h_t^T $$", r"h_{t-1}^T $$").replace("V^T", "-V^T")
    assert sorted(word for word, _ in lines(problem, spoilt, tmp_path)) == ["correct", "wrong", "wrong"]


COLUMNS = """
notation: W @ x + b
inputs: {x: vector(Dx)}
targets: {y: one_hot(Dy)}
layers:
  - {weights: H×Dx, biases: vector(H), activation: sigmoid}
  - {weights: Dy×H, biases: vector(Dy), activation: softmax}
loss: cross_entropy
"""
AS_ROWS = [  # in the numerator layout ∂J/∂z is a row: ∂J/∂z W is the transpose of Wᵀ ∂J/∂z
    (r"\frac{\partial J}{\partial x} = \frac{\partial J}{\partial z_1} W_1", ["imprecise"]),
    (r"\frac{\partial J}{\partial h_1} = \frac{\partial J}{\partial z_2} W_2", ["imprecise"]),
    (
        r"\frac{\partial J}{\partial x} = \frac{\partial J}{\partial z_1} \frac{\partial z_1}{\partial x}"
        r" = \frac{\partial J}{\partial z_1} W_1",
        ["correct", "imprecise"],
    ),
    (r"\frac{\partial J}{\partial x} = W_1^T \frac{\partial J}{\partial z_1}", ["correct"]),
    (r"\frac{\partial J}{\partial x} = W_1 \frac{\partial J}{\partial z_1}", ["wrong"]),
    (r"\frac{\partial J}{\partial x} = \frac{\partial J}{\partial z_1} W_1^T", ["wrong"]),
    (r"\frac{\partial J}{\partial x} = -\frac{\partial J}{\partial z_1} W_1", ["wrong"]),
    (r"\frac{\partial J}{\partial x} = \frac{\partial J}{\partial h_1} W_1", ["wrong"]),
    (r"\frac{\partial J}{\partial h_1} = \frac{\partial J}{\partial z_2} W_1", ["wrong"]),
]


@pytest.mark.parametrize("square", [False, True], ids=["of several sizes", "square"])
@pytest.mark.parametrize(("tex", "words"), AS_ROWS, ids=range(len(AS_ROWS)))
def test_a_gradient_as_a_row_beside_columns(tex, words, square, tmp_path):
    sizes = {"H×Dx": "n×n", "Dy×H": "Dy×n", "vector(H)": "vector(n)", "vector(Dx)": "vector(n)"}
    problem = COLUMNS
    for old, new in sizes.items() if square else ():
        problem = problem.replace(old, new)
    assert verdicts(problem, tex, tmp_path) == words
