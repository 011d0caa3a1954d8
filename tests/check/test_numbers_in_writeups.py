"""Numbers in write-ups: given values, numbers put in and rounded, results before and after the update.

All numbers are made here with NumPy, at four decimals.
"""

from __future__ import annotations

import numpy as np
import pytest

from gradcalc.check.marking.mark import mark
from gradcalc.check.writeup.read import answers_in, sheet_of
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

NETWORK = r"""
inputs: [0.8, -0.4]
targets: [1, 0]
layers:
  - {weights: [[0.5, -0.3], [0.25, 0.75]], biases: [0.1, -0.2], activation: sigmoid}
  - {weights: [[0.4, -0.6], [0.7, 0.2]], biases: [0.3, 0.1], activation: softmax}
loss: half_squared_error
lr: 0.5
notation: W.T @ x + b
symbols: {W1: W_1, b1: b_1, W2: W_2, b2: b_2, h1: h, yhat: '\hat{y}', loss: J, lr: \eta}
"""
SOLUTION = solve(loads(NETWORK), check=False)
X, Y, ETA = np.array([0.8, -0.4]), np.array([1.0, 0.0]), 0.5
W1, B1 = np.array([[0.5, -0.3], [0.25, 0.75]]), np.array([0.1, -0.2])
W2, B2 = np.array([[0.4, -0.6], [0.7, 0.2]]), np.array([0.3, 0.1])


def forward(w1, b1, w2, b2):
    h = 1 / (1 + np.exp(-(w1.T @ X + b1)))
    z = w2.T @ h + b2
    return h, np.exp(z) / np.exp(z).sum()


H, P = forward(W1, B1, W2, B2)
DP = P - Y
DA = P * (DP - P @ DP)
DW2, DH = np.outer(H, DA), W2 @ DA
DA1 = DH * H * (1 - H)
DW1 = np.outer(X, DA1)
NEW = (W1 - ETA * DW1, B1 - ETA * DA1, W2 - ETA * DW2, B2 - ETA * DA)
H_NEW, P_NEW = forward(*NEW)


def tex(value) -> str:
    """A matrix, a column or a number in TeX, at four decimals."""
    value = np.asarray(value)
    if not value.ndim:
        return f"{value:.4f}"
    rows = [" & ".join(f"{each:.4f}" for each in np.atleast_1d(row)) for row in value]
    return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}"


def verdicts(*equations: str) -> list[tuple[str, str]]:
    """The verdict on each line in the order of the file, and what is said."""
    text = "\n\n".join(f"$$ {each} $$" for each in equations)
    marks = mark(SOLUTION, sheet_of(answers_in(text, "homework.tex"), SOLUTION))
    found = [(line.place.line, i, line.verdict, line.message) for v in marks.verdicts for i, line in enumerate(v.lines)]
    found += [(each.place.line, i, "not read", each.reason) for i, each in enumerate(marks.unread)]
    return [(word, said) for _, _, word, said in sorted(found)]


def words(*equations: str) -> list[str]:
    return [word for word, _ in verdicts(*equations)]


HALVED = r"\frac{1}{2} (\hat{y} - y)^T (\hat{y} - y)"
RIGHT = [
    f"W_1 = {tex(W1)}",
    f"x = {tex(X)}",
    r"x = (0.8, -0.4)^T",
    r"\eta = 0.5",
    f"h = {tex(H)}",
    rf"\hat{{y}} = softmax({tex(W2.T)} {tex(H)} + {tex(B2)}) = {tex(P)}",
    rf"J = 0.5 * (({P[0]:.4f} - 1)^2 + ({P[1]:.4f} - 0)^2) = {tex(0.5 * DP @ DP)}",
    rf"\nabla \hat{{y}} = {tex(P)} - {tex(Y)} = {tex(DP)}",
    rf"{HALVED} = 0.5 (({P[0]:.4f} - 1)^2 + {P[1]:.4f}^2) = {tex(0.5 * DP @ DP)}",
    rf"\nabla W_2 = {tex(H)} {tex(DA[None, :])} = {tex(DW2)}",
    rf"\nabla h = {DA[0]:.4f} * {tex(W2[:, 0])} + {DA[1]:.4f} * {tex(W2[:, 1])} = {tex(DH)}",
    rf"\nabla W_1 = \left[ {DA1[0]:.4f} * {tex(X)} \quad {DA1[1]:.4f} * {tex(X)} \right] = {tex(DW1)}",
    rf"\hat{{y}}_1 (1 - \hat{{y}}_1) = {P[0]:.4f} * {P[1]:.4f} = {tex(P[0] * P[1])}",
    rf"h_1 (1 - h_1) = {H[0]:.4f} (1 - h_1) = {tex(H[0] * (1 - H[0]))}",
    rf"W_2 - \eta \nabla W_2 = {tex(W2)} - 0.5 * {tex(DW2)} = {tex(NEW[2])}",
    rf"W_{{2,new}} = W_2 - \eta \nabla W_2 = {tex(W2)} - 0.5 * {tex(DW2)} = {tex(NEW[2])}",
    rf"{HALVED} = {tex(0.5 * (P_NEW - Y) @ (P_NEW - Y))}",
    f"W_1 = {tex(NEW[0])}",
    rf"2 \cdot {P[0]:.4f} = {tex(2 * np.round(P[0], 4))}",
    rf"J = 0.5 * ({P[0]:.4f} - 1)^2 + {P[1]:.4f}^2) + 0",
    rf"J = 0.5 * ({P[0]:.4f} - 1)^2) + 0.5 * {P[1]:.4f}^2",
]


@pytest.mark.parametrize("equation", RIGHT)
def test_a_right_line_is_right(equation):
    found = verdicts(equation)
    assert {word for word, _ in found} == {"correct"}, found


SPOILT = [
    (rf"J = 0.5 * ({P[0]:.4f} - 1)^2 - {P[1]:.4f}^2) + 0", ""),
    (f"W_1 = {tex(W1 + np.diag([0, 0.1]))}", "the problem gives 0.75 at [2,2]"),
    (f"x = {tex(-X)}", "the problem gives 0.8 at [1,1] and -0.4 at [2,1]"),
    (r"\eta = 0.05", "the problem gives 0.5 here"),
    (rf"\hat{{y}} = softmax({tex(W2.T)} {tex(H)} - {tex(B2)})", ""),
    (rf"J = 0.5 * (({P[0]:.4f} - 1)^2 - {P[1]:.4f}^2)", ""),
    (rf"J = ({P[0]:.4f} - 1)^2 + {P[1]:.4f}^2", ""),
    (rf"\nabla \hat{{y}} = {tex(P)} + {tex(Y)}", ""),
    (rf"{HALVED} = {tex(0.5 * DP @ DP + 0.002)}", ""),
    (rf"\nabla W_2 = {tex(H)} {tex(-DA[None, :])}", ""),
    (rf"\nabla h = {DA[0]:.4f} * {tex(W2[:, 0])} - {DA[1]:.4f} * {tex(W2[:, 1])}", ""),
    (rf"\hat{{y}}_1 (1 - \hat{{y}}_1) = {P[0]:.4f} * {P[0]:.4f}", ""),
    (rf"h_1 (1 - h_1) = {tex(H[0] * (1 - H[0]) + 0.01)}", ""),
    (rf"W_{{2,new}} = {tex(W2)} + 0.5 * {tex(DW2)}", ""),
    (rf"2 \cdot {P[0]:.4f} = {tex(2 * P[0] + 0.01)}", ""),
]


@pytest.mark.parametrize(("equation", "said"), SPOILT)
def test_a_spoilt_line_is_wrong(equation, said):
    ((word, message),) = verdicts(equation)
    assert word == "wrong"
    assert said in message


def test_results_that_follow_from_a_wrong_line_are_carried():
    """The sum of squares without its half, and what that comes to."""
    whole = (P[0] - 1) ** 2 + P[1] ** 2
    assert words(rf"J = ({P[0]:.4f} - 1)^2 + {P[1]:.4f}^2 = {whole:.4f}") == ["wrong", "carried"]


def test_a_letter_that_means_something_else_here_is_not_called_wrong():
    """y for the output, though the problem has it for the target."""
    ((word, said),) = verdicts(f"y = {tex(P)}")
    assert (word, said) == ("not read", "the problem gives another y; this is what yhat comes to")


def test_a_given_matrix_may_be_written_transposed():
    assert words(f"W_1 = {tex(W1.T)}") == ["imprecise"]


def test_what_is_rounded_too_far_is_left_open():
    """0.6 and 0.4 for 0.6268 and 0.3732: nobody can say what was meant."""
    ((word, said),) = verdicts(rf"\hat{{y}}_1 \hat{{y}}_2 = {P[0]:.1f} * {P[1]:.1f}")
    assert word == "not read"
    assert "rounded so far" in said


@pytest.mark.parametrize(
    "equation",
    [
        # Off by 0.6 units of the last digit; nothing else is rounded.
        rf"h_1 (1 - h_1) = {np.floor(1e4 * (H[0] * (1 - H[0]) - 1e-5)) / 1e4:.4f}",
        # One digit more or less than what was rounded.
        rf"\hat{{y}}_1 (1 - \hat{{y}}_1) = {P[0]:.4f} * {P[1] - 0.0001:.4f}",
        rf"\hat{{y}}_1 (1 - \hat{{y}}_1) = {P[0] + 0.0001:.4f} * {P[1] + 0.0001:.4f}",
    ],
)
def test_what_is_off_by_more_than_a_rounding_is_not_right(equation):
    assert words(equation) == ["not read"]


def test_numbers_that_say_nothing_of_the_problem_are_not_marked():
    assert words("2 + 2 = 5", "3 * 4 = 12") == ["not read", "not read"]


def test_a_gradient_that_is_left_out_where_numbers_are_put_in_is_named():
    """As in the sum over the classes of what ŷ has to do with h, without what the loss has to do with ŷ."""
    mean = rf"({P[0]:.4f} * {tex(W2[:, 0])} + {P[1]:.4f} * {tex(W2[:, 1])})"
    parts = " + ".join(rf"{P[k]:.4f} * [{tex(W2[:, k])} - {mean}]" for k in (0, 1))
    rule = r"\sum_{k=1}^{2} \frac{\partial \hat{y}[k]}{\partial h} \nabla \hat{y}[k]"
    found = verdicts(rf"\nabla h = {rule} = {parts} = {tex(DH)}")
    assert found[1] == ("wrong", "∇yhat is left out"), found
    assert [word for word, _ in found] == ["correct", "wrong", "correct"]
    wrong = " - ".join(rf"{P[k]:.4f} * [{tex(W2[:, k])} - {mean}]" for k in (0, 1))
    ((_, _), (word, said)) = verdicts(rf"\nabla h = {rule} = {wrong}")
    assert word == "wrong"
    assert "left out" not in said  # nor is it the line with ones there
    whole = " + ".join(rf"{P[k]:.4f} * [{tex(W2[:, k])} - {mean}] * ({DP[k]:.4f})" for k in (0, 1))
    assert words(rf"\nabla h = {rule} = {whole} = {tex(DH)}") == ["correct"] * 3
