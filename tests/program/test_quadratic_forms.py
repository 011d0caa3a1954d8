"""Quadratic forms, squares of norms, and a loss that is a matrix of one entry: as a textbook writes them."""

from __future__ import annotations

import numpy as np
import pytest

from gradcalc import loads
from gradcalc.check.answers.blank import blank_sheet, filled_sheet
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.formula.parse import parse
from gradcalc.formula.simplify import simplify
from gradcalc.formula.write import code
from gradcalc.program.solve import solve

FORM = "inputs: {A: [[2, 1], [0, 3]], w: [1, -1]}\nequations: {q: w.T @ A @ w}\nof: q\n"
SQUARES = """
inputs: {w: [1, -1], X: [[1, 2], [3, 4], [5, 6]], t: [1, 2, 3]}
equations: {L: (X @ w - t).T @ (X @ w - t)}
of: L
"""


def rules(text: str) -> dict[str, str]:
    solution = solve(loads(text))
    assert solution.verification.max_relative_error < 1e-9
    return {equation.name: code(equation.expr) for equation in solution.equations}


def test_a_quadratic_form_has_the_gradient_of_the_cookbook():
    """Petersen & Pedersen, The Matrix Cookbook (2012), eq. 81 and 70."""
    found = rules(FORM)
    assert found["dw"] == "(A + A.T) @ w"
    assert found["dA"] == "w @ w.T"


def test_least_squares_has_the_gradient_of_the_cookbook():
    """Eq. 84, with W the identity."""
    assert rules(SQUARES)["dw"] == "2 * (X.T @ (X @ w - t))"


@pytest.mark.parametrize("loss", ["e.T @ e / 2", "0.5 * e.T @ e", "sum(e.T @ e) / 2"])
def test_there_are_no_sums_of_ones(loss):
    found = rules(SQUARES.replace("L: (X @ w - t).T @ (X @ w - t)", f"e: X @ w - t, L: {loss}"))
    assert all("ones(" not in rule for rule in found.values())
    assert found["de"] == "e"


@pytest.mark.parametrize(
    ("formula", "simple"),
    [
        ("A.T @ v + A @ v", "(A + A.T) @ v"),
        ("A @ v + b + A.T @ v", "(A + A.T) @ v + b"),
        ("0.5 * (A.T @ v) + 0.5 * (A @ v)", "0.5 * ((A + A.T) @ v)"),
        ("A @ v - A.T @ v", "A @ v - A.T @ v"),
        ("A @ v + A.T @ u", "A @ v + A.T @ u"),
        ("A @ v + B @ v", "A @ v + B @ v"),
    ],
)
def test_a_matrix_and_its_transpose_are_put_together(formula, simple):
    assert code(simplify(parse(formula))) == simple
    random = np.random.default_rng(0)
    values = {"A": random.normal(size=(2, 2)), "B": random.normal(size=(2, 2))}
    values |= {name: random.normal(size=(2, 1)) for name in "uvb"}
    np.testing.assert_allclose(*(eval(text, {}, values) for text in (formula, simple)), rtol=1e-12)


@pytest.mark.parametrize("equations", ["f: norm(w) ** 2", "f: 0.5 * norm(w) ** 2 + sum(w)", "f: norm(A @ w) ** 2"])
def test_the_square_of_a_norm_is_smooth_at_zero(equations):
    solution = solve(loads(f"inputs: {{w: [0, 0], A: [[1, 2], [3, 4]]}}\nequations: {{{equations}}}\nof: f\n"))
    assert solution.loss == 0
    assert solution.gradients["w"].ravel().tolist() == ([1, 1] if "sum" in equations else [0, 0])
    assert solution.warnings == (() if "A" in equations else ("A is given, but no equation uses it",))
    assert solution.verification.on_kinks == ()


def test_a_norm_itself_has_a_kink_at_zero():
    solution = solve(loads("inputs: {w: [0, 0]}\nequations: {f: norm(w)}\nof: f\n"))
    assert solution.verification.kinks == ("norm in f",)


def test_a_loss_of_one_entry_is_a_number_on_paper():
    solution = solve(loads(FORM))
    assert "q:   # a number" in blank_sheet(solution)
    assert "q: 4.0000" in filled_sheet(solution)
    for answer in (4, [4], [[4]], "w.T @ A @ w"):
        (verdict,) = mark(solution, sheet_from_data({"loss": answer}, solution)).verdicts
        assert verdict.verdict == "correct"
