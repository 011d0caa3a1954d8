"""Inverses, systems, determinants; matrices put together and reshaped: what they say where they can't be."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from gradcalc import loads
from gradcalc.errors import GradcalcError, InputError
from gradcalc.formula.cost import Cost
from gradcalc.formula.entries import entry
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis
from gradcalc.formula.write import code
from gradcalc.program.limits import cost
from gradcalc.program.problem import Equation
from gradcalc.program.solve import solve


def solved(inputs: str, equations: str):
    return solve(loads(f"inputs: {{{inputs}}}\nequations: {{{equations}}}\nof: f\n"))


def test_normal_equations_are_solved():
    """The line through (0, 1), (1, 3), (2, 5) is 1 + 2 x."""
    solution = solved("X: [[1, 0], [1, 1], [1, 2]], t: [1, 3, 5]", "w: 'solve(X.T @ X, X.T @ t)', f: 'w[2]'")
    np.testing.assert_allclose(solution.values["w"], [[1], [2]], rtol=1e-12)
    # The slope is the sum of (x - 1) t over that of (x - 1)².
    np.testing.assert_allclose(solution.gradients["t"], [[-0.5], [0], [0.5]], atol=1e-12)
    assert solution.verification.max_relative_error < 1e-7


def test_each_of_several_receives_its_own_rows():
    solution = solved("a: [1, 2], b: 3, c: [4, 5]", "v: 'concat(a, b, c)', f: 'sum(v * v * v)'")
    assert [code(solution.by_name[name].expr) for name in ("da", "db", "dc")] == ["dv[1:2]", "dv[3]", "dv[4:5]"]
    assert [solution.gradients[name].ravel().tolist() for name in "abc"] == [[3, 12], [27], [48, 75]]


def test_side_by_side_each_receives_its_columns():
    solution = solved("A: [[1, 2], [3, 4]], B: [[5], [6]]", "M: 'concat(A, B, axis=1)', f: 'sum(M ** 2)'")
    assert code(solution.by_name["dB"].expr) == "dM[:,3:3]"
    assert solution.gradients["A"].tolist() == [[2, 4], [6, 8]]


@pytest.mark.parametrize("of", ["inv(A)", "solve(A, b)", "A.T @ solve(A, b)"])
@pytest.mark.parametrize("A", ["[[1, 2], [2, 4]]", "[[0, 0], [0, 0]]", "[[0.1, 0.3], [0.2, 0.6]]"])
def test_a_singular_matrix_is_named_and_nothing_else_is_said(of, A):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        solution = solved(f"A: {A}, b: [1, 1]", f"v: '{of}', f: sum(v)")
    assert "v is not finite: the matrix is singular, so it has no inverse" in solution.warnings


def test_a_determinant_of_zero_has_its_value_and_says_why_the_rule_fails():
    solution = solved("A: [[1, 2], [2, 4]]", "f: det(A)")
    assert solution.loss == 0
    assert "dA is not finite: the matrix is singular, so it has no inverse" in solution.warnings


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("inv(B)", "a square matrix is needed, and this is 2×3"),
        ("det(s)", "a square matrix is needed, and this is a number"),
        ("solve(B, b)", "a square matrix is needed, and this is 2×3"),
        ("solve(A, B.T)", "2×2 and 3×2 don't fit: the right side has as many rows as the matrix, 2 rows"),
        ("concat(A, B)", "2×2 and 2×3 don't fit one below the other: 2 columns and 3 columns; axis=1 puts them side"),
        ("concat(A, B.T, axis=1)", "2×2 and 3×2 don't fit side by side: 2 rows and 3 rows; axis=0 puts them one below"),
        ("concat(A, A, axis=2)", "axis must be 0 (one below the other) or 1 (side by side)"),
        ("reshape(B, 4, 2)", "2×3 can't be 4×2: it has 6 entries"),
        ("reshape(B, 4, -1)", "2×3 can't be 4×?: it has 6 entries"),
        ("reshape(B, 0.5, 12)", "rows and columns are whole numbers from 1"),
        ("reshape(B, -1, -1)", "2×3 can't be ?×?: it has 6 entries"),
        ("eye(2.5)", "n must be a whole number from 1"),
    ],
)
def test_what_does_not_fit_is_one_message_with_its_place(formula, said):
    text = f"inputs: {{A: [[1, 2], [3, 4]], B: [[1, 2, 3], [4, 5, 6]], b: [1, 2], s: 2}}\nequations:\n  v: {formula}\n"
    with pytest.raises(InputError) as caught:
        loads(text)
    (line,) = str(caught.value).splitlines()
    assert line.startswith("<string>:3:6: equations.v: ")
    assert said in line


@pytest.mark.parametrize(
    "formula",
    ["eye(1000000000)", "eye(1e300)", "sum(eye(100000))", "reshape(x, 1000000000, 1)", "inv(eye(100000))"],
)
def test_nothing_huge_is_made(formula):
    with pytest.raises(GradcalcError, match=r"too large|can't be"):
        solve(loads(f"inputs: {{x: [1, 2]}}\nequations: {{f: 'sum({formula}) * x[1]'}}\nof: f"))


def test_what_takes_long_is_known_before():
    """A system of thousands of equations takes seconds; a short file that makes one is refused."""
    with pytest.raises(GradcalcError, match="too much to work out"):
        solve(loads("inputs: {x: [1, 2]}\nequations: {f: 'sum(inv(2 * eye(1400))) * x[1]'}\nof: f"))
    for name in ("inv(A)", "det(A)", "solve(A, b)"):
        found = Cost({"A": (50, 50), "b": (50, 1)}, Axis.COLUMNS)
        found.shape(parse(name))
        assert found.work >= 50**3
    together = Equation("forward", "y", parse(f"concat({', '.join(['x'] * 300)})"))
    assert cost([together], {"x": (1000, 1), "y": (300_000, 1)}, Axis.COLUMNS) > 300_000


def test_single_entries_are_those_that_were_moved():
    shapes = {"A": (2, 3), "B": (1, 3), "s": ()}

    def at(text, i, j):
        return code(entry(parse(text), (i, j), shapes))

    assert at("concat(A, B)", 2, 1) == "B[2]"
    assert at("concat(A.T, A.T, axis=1)", 2, 2) == "A[1,3]"
    assert at("reshape(A, 3, 2)", 1, 0) == "A[1,3]"
    assert at("flatten(A)", 3, 0) == "A[2,1]"
    assert at("vec(A)", 3, 0) == "A[2,2]"
    assert at("tril(A)", 0, 2) == "0"
    assert at("concat(s, s ** 2)", 1, 0) == "s ** 2"


def test_eye_and_reshape_are_typed_as_in_numpy():
    assert parse("eye(3)") == parse("eye(n=3)")
    assert parse("reshape(a, 2, -1)") == parse("reshape(a, rows=2, columns=-1)")
