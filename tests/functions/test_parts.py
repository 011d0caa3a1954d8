"""Entries and parts: what an index takes, what comes back to the whole, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st

from gradcalc import loads, solve
from gradcalc.errors import InputError
from gradcalc.formula.evaluate import evaluate
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis
from gradcalc.formula.write import code

W = np.arange(1.0, 13.0).reshape(3, 4)
X = np.array([[10.0], [20.0], [30.0], [40.0]])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x[2]", 20.0),
        ("x[2:3]", [[20], [30]]),
        ("x[3:]", [[30], [40]]),
        ("x[:2]", [[10], [20]]),
        ("x[:]", X),
        ("x[2,1]", 20.0),
        ("x.T[2]", 20.0),
        ("x.T[2:3]", [[20, 30]]),
        ("W[1,2]", 2.0),
        ("W[:,1]", [[1], [5], [9]]),
        ("W[2,:]", [[5, 6, 7, 8]]),
        ("W[2:3,4]", [[8], [12]]),
        ("W[2:3,2:3]", [[6, 7], [10, 11]]),
        ("(W @ x)[1]", 300.0),
        ("W[2,:][3]", 7.0),
        ("sum(x[k] * W[1,k], k, 1, 3)", 10 + 40 + 90),
        ("prod(x[k], k, 1, 2)", 200.0),
        ("mean(x[k], k, 2, 3)", 25.0),
        ("sum(sum(W[i,j], j, 1, i), i, 1, 3)", 1 + 5 + 6 + 9 + 10 + 11),
        ("sum(x[k + 1] - x[k], k, 1, 3)", 30.0),
        ("sum(k * x[1], k, 2, 1)", 0.0),
        ("prod(k * x[1], k, 2, 1)", 1.0),
        ("place(7, x[2])", [[0], [7], [0], [0]]),
        ("place(x[1:3], W[:,4])", [[0, 0, 0, 10], [0, 0, 0, 20], [0, 0, 0, 30]]),
    ],
)
def test_what_an_index_takes(text: str, value: object) -> None:
    found = evaluate(parse(text), {"x": X, "W": W}, Axis.COLUMNS)
    assert found.shape == np.shape(value)
    np.testing.assert_array_equal(found, np.asarray(value, dtype=float))


@pytest.mark.parametrize(
    ("formula", "column", "said"),
    [
        ("x[4]", 6, "there is no such part: entries are 1 to 3 in x[4]"),
        ("W[3,1]", 6, "there is no such part: rows are 1 to 2, columns 1 to 3 in W[3,1]"),
        ("2 * W[1,2:4]", 10, "there is no such part: rows are 1 to 2, columns 1 to 3 in W[1,2:4]"),
        ("W[2]", 6, "a matrix of 2×3 has rows and columns: write [2,1], or [2,:] for a row in W[2]"),
        ("s[1]", 6, "a number has no entries in s[1]"),
        ("x[0]", 8, "entries are counted from 1: there is none with index 0"),
        ("x[-1]", 8, "entries are counted from 1: there is none with index -1"),
        ("x[3:2]", 10, "this range ends at 2, before it starts at 3"),
        ("x[k]", 8, "the index 'k' stands for no number here"),
        ("x[1,1,1,1,1]", 6, "an index is one number, or a row and a column: x[2], W[1,2]; of images up to four"),
        ("x[1:3:2]", 12, "a range has a first and a last number: 2:4"),
        ("np.exp(x)[1]", 6, "NumPy counts entries from 0, formulas here from 1: write this without NumPy's names"),
        ("sum(x[1], k)", 16, "how far does 'k' count? Write sum(x[k], k, 1, 3)"),
        ("sum(x[k], k, 1)", 6, "a sum over an index has four arguments, or two: sum(x[k], k, 1, 3)"),
        ("sum(x[k], k, 1, s)", 22, "the index 's' stands for no number here"),
        ("sum(x[1], k, 1, 10 ** 9)", 22, "write whole numbers from where to where k counts: sum(x[k], k, 1, 3)"),
        ("sum(x[1], k, 1, 1000000)", 6, "a sum over an index has at most 20,000 terms"),
        ("sum(sum(x[1], k, 1, 9999), i, 1, 9999)", 10, "this has more than 20,000 terms"),
        ("prod(x[1], k, 1, 91)", 6, "this has more than 90 factors"),
    ],
)
def test_what_is_refused(formula: str, column: int, said: str) -> None:
    with pytest.raises(InputError) as caught:
        loads(f"inputs: {{x: [1, 2, 3], W: [[1, 2, 3], [4, 5, 6]], s: 2}}\nequations:\n  a: {formula}\n")
    (fault,) = caught.value.faults
    assert (fault.span.line, fault.span.column) == (3, column)
    assert fault.message == f"equations.a: {said}"


ENTRIES = st.tuples(st.integers(1, 3), st.integers(1, 4)).map(lambda at: f"W[{at[0]},{at[1]}]")
ROWS = st.integers(1, 3).map(lambda i: f"sum(tanh(W[{i},:]) * x.T)")
COLUMNS = st.tuples(st.integers(1, 4), st.integers(1, 2)).map(
    lambda at: f"sum(W[{at[1]}:,{at[0]}] * sin(W)[{at[1]}:3,1])"
)
OF_X = st.integers(1, 3).map(lambda i: f"sum(x[{i}:{i + 1}] ** 2) * x[{i}]")


@given(st.lists(ENTRIES | ROWS | COLUMNS | OF_X, min_size=1, max_size=4), st.integers(0, 99))
def test_gradients_of_parts_agree_with_differences(terms: list[str], seed: int) -> None:
    random = np.random.default_rng(seed)
    values = {"x": random.uniform(-1, 1, (4, 1)), "W": random.uniform(-1, 1, (3, 4))}
    rows = {name: value.tolist() for name, value in values.items()}
    formula = " + ".join(f"sigmoid({term})" for term in terms)
    solution = solve(loads(f"inputs: {rows}\nequations: {{a: '{formula}'}}\nof: a"))
    for name in ("x", "W"):
        true = reference.differences(lambda moved: float(evaluate(parse(formula), moved, Axis.COLUMNS)), values, name)
        np.testing.assert_allclose(solution.gradients[name], true, atol=1e-8)


def test_an_entry_used_twice_receives_both() -> None:
    solution = solve(loads("inputs: {x: [3, 5]}\nequations: {a: 'x[2] * x[2] + x[1]'}\nof: a"))
    assert solution.gradients["x"].tolist() == [[1], [10]]
    shown = {eq.name: code(eq.expr) for eq in solution.equations}
    assert shown["dx"].count("place(") >= 2


def test_the_second_derivative_of_parts_is_there() -> None:
    """`place` has a gradient too: here that of the first gradient's own equation."""
    given = "inputs: {g: 2}\ntargets: {x: [3, 5]}\n"
    problem = loads(f"{given}equations: {{a: 'sum(place(g ** 2, x[2]) * x)'}}\nof: a")
    assert solve(problem).gradients["g"] == 2 * 2 * 5
