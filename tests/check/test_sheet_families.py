"""Sheets about families: quantities, Jacobians and claims by letters of members, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

RECURRENT = """
over: {t: 3}
inputs:
  x[t]: [[1, -0.5], [0.3, 0.8], [-1, 0.4]]
  h[0]: [0.2, -0.1]
parameters: {W: [[0.5, -0.3], [0.2, 0.7]], U: [[0.4, -0.2], [0.1, 0.6]], v: [0.3, -0.5]}
equations:
  Wh[t]: W
  z[t]: Wh[t] @ h[t-1] + U @ x[t]
  h[t]: tanh(z[t])
  L[t]: (v.T @ h[t]) ** 2
loss: sum(L[t], t)
"""
SOLUTION = solve(loads(RECURRENT))


def verdicts(sheet: dict[str, object]) -> list[tuple[str, str]]:
    return [(v.quantity, v.verdict) for v in mark(SOLUTION, sheet_from_data(sheet, SOLUTION)).verdicts if v.answer]


def h(t: int) -> np.ndarray:
    return SOLUTION.values[f"h[{t}]"]


@pytest.mark.parametrize("letter", ["t", "k"])
def test_a_member_by_any_letter_is_answered_for_every_one(letter: str) -> None:
    found = verdicts({"forward": {f"h[{letter}]": f"tanh(Wh[{letter}] @ h[{letter}-1] + U @ x[{letter}])"}})
    assert found == [(f"forward.h[{t}]", "correct") for t in (1, 2, 3)]
    found = verdicts({"forward": {f"h[{letter}]": f"tanh(Wh[{letter}] @ h[{letter}-1])"}})
    assert found == [(f"forward.h[{t}]", "wrong") for t in (1, 2, 3)]


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        ("h[t]/h[t-1]", "diag(1 - h[t] ** 2) @ W", "W"),
        ("h[k]/h[k-1]", "diag(1 - h[k] ** 2) @ Wh[k]", "diag(1 - h[k-1] ** 2) @ Wh[k]"),
        ("h[k]/z[k]", "diag(1 - h[k] ** 2)", "diag(1 - z[k] ** 2)"),
        ("L[t]/h[t]", "2 * (v.T @ h[t]) * v", "2 * h[t]"),
    ],
)
def test_jacobians_between_members_by_letters(key: str, right: str, wrong: str) -> None:
    for text, word in ((right, "correct"), (wrong, "wrong")):
        found = verdicts({"jacobians": {key: text}})
        assert [each for _, each in found] == [word] * 3


def test_the_jacobian_called_right_is_that_of_numpy() -> None:
    for t in (1, 2, 3):
        numbers = (np.diag(1 - h(t).ravel() ** 2) @ SOLUTION.problem.given["W"]).tolist()
        assert verdicts({"jacobians": {f"h[{t}]/h[{t - 1}]": numbers}}) == [(f"jacobians.h[{t}]/h[{t - 1}]", "correct")]


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        ("h[t] == tanh(z[t])", "correct"),
        ("h[k] == tanh(z[k])", "correct"),
        ("h[t] == z[t]", "wrong"),
        ("loss == sum(L[t], t)", "correct"),
        ("loss == sum(L[t], t, 1, 2)", "wrong"),
        ("grad(L[t], Wh[k][i,j]) == grad(L[t], h[k][i]) * (1 - h[k][i] ** 2) * h[k-1][j]", "correct"),
        ("grad(L[t], Wh[k][i,j]) == grad(L[t], h[k][j]) * (1 - h[k][i] ** 2) * h[k-1][j]", "wrong"),
        ("where(t >= k, grad(L[t], h[k-1]), 0 * v) == W.T @ (grad(L[t], h[k]) * (1 - h[k] ** 2))", "correct"),
        ("grad(L[t], h[k-1]) == W.T @ (grad(L[t], h[k]) * (1 - h[k] ** 2))", "wrong"),
        ("h[t] == q[t]", "unreadable"),
    ],
)
def test_claims_are_tried_at_all_members(claim: str, word: str) -> None:
    (found,) = verdicts({"claims": [claim]})
    assert found[1] == word
