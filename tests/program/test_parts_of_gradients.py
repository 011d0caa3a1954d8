"""The part of a gradient that comes by one use: `W from h[2]`."""

from __future__ import annotations

import numpy as np
import pytest

from gradcalc import load, loads, solve
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.program.beside import with_further
from gradcalc.program.explain import explain
from gradcalc.program.further import PARTS, of_problem

RNN = """
over: {t: 3}
inputs:
  x[t]: [[1, 0], [0, 1], [1, 1]]
  h[0]: [0.5, -0.5]
targets:
  y[t]: [[1, 0], [0, 1], [1, 0]]
parameters:
  U: [[0.1, 0.2], [0.3, 0.4]]
  W: [[0.5, -0.5], [0.25, 0.5]]
  V: [[1, -1], [0.5, 0.5]]
equations:
  h[t]: tanh(U @ x[t] + W @ h[t-1])
  p[t]: softmax(V @ h[t])
  L[t]: cross_entropy(p[t], y[t])
loss: sum(L[t], t) + 0.1 * sum(W ** 2)
"""


@pytest.mark.parametrize("problem", [RNN, "hw3", "brownlee", "gomez-lstm", "mazur-once", "griewank"])
def test_the_parts_are_together_the_gradient(problem: str) -> None:
    solution = solve(loads(problem) if "\n" in problem else load(problem))
    parts = [each for each in of_problem(solution.problem) if each.section == PARTS]
    whole = with_further(solution, {each.equation for each in parts})
    by_name: dict[str, list[np.ndarray]] = {}
    for each in parts:
        if each.equation in whole.values:
            by_name.setdefault(each.of, []).append(whole.values[each.equation])
    assert by_name.keys() >= {*solution.problem.parameters}
    for name, values in by_name.items():
        np.testing.assert_allclose(sum(values), solution.gradients[name], rtol=1e-10, atol=1e-12, err_msg=name)


def test_a_part_by_hand() -> None:
    """dW from h[2] is δ₂ h₁ᵀ, with δ the gradient on what is under tanh."""
    solution = solve(loads(RNN))
    values = solution.values
    delta = values["dh[2]"] * (1 - values["h[2]"] ** 2)
    found = explain(solution, "W from h[2]")
    np.testing.assert_allclose(found.solution.values["dW from h[2]"], delta @ values["h[1]"].T, rtol=1e-12)
    assert explain(solution, "∇W from h[2]").quantity == "dW from h[2]"
    assert explain(solution, "W from h[2][2,1]").value == pytest.approx((delta @ values["h[1]"].T)[1, 0])


def test_parts_are_answered_and_used_in_formulas() -> None:
    solution = solve(loads(RNN))
    sheet = {
        "gradients": {
            "W from h[2]": "(dh[2] * (1 - h[2] ** 2)) @ h[1].T",
            "h[1] from h[2]": "W.T @ dh[2]",
            "W from loss": "0.2 * W",
            "W": "dW from h[1] + dW from h[2] + dW from h[3] + dW from loss",
        }
    }
    found = {each.quantity: each for each in mark(solution, sheet_from_data(sheet, solution)).verdicts}
    verdicts = {name: each.verdict for name, each in found.items() if each.verdict != "missing"}
    assert verdicts == {
        "gradients.W from h[2]": "correct",
        "gradients.h[1] from h[2]": "wrong",
        "gradients.W from loss": "correct",
        "gradients.W": "correct",
    }
    assert "1 - h[2]" in found["gradients.h[1] from h[2]"].message
