"""One entry of a formula, written as sums and products of entries, has the value of that entry."""

from __future__ import annotations

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st
from shaped import SHAPES, shaped, values

from gradcalc.formula.entries import entry, entry_name, positions, split_index
from gradcalc.formula.expr import names
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis
from gradcalc.formula.write import code


def entries_of(given_values):
    """The value of each entry by its name, `A[1,2]`."""
    found = {}
    for name, value in given_values.items():
        for i, j in positions(value.shape):
            found[entry_name(name, value.shape, i, j)] = np.asarray(value[i, j] if value.shape else value)
    return found


@given(st.data(), st.sampled_from(sorted(set(SHAPES.values()))), st.sampled_from([0, 1]), st.integers(0, 3))
def test_each_entry(data, shape, axis, depth):
    expr = data.draw(shaped(shape, depth, axis))
    given_values = values(4)
    seen = [1.0]
    whole = np.asarray(reference.evaluate(expr, given_values, axis, seen))
    single = entries_of(given_values)
    for i, j in positions(shape):
        formula = entry(expr, (i, j), SHAPES, Axis(axis))
        assert set(names(formula)) <= set(single)
        found = reference.evaluate(formula, single, axis)
        assert np.shape(found) == ()
        np.testing.assert_allclose(found, whole[i, j] if shape else whole, rtol=1e-8, atol=1e-10 * max(seen) ** 2)


@pytest.mark.parametrize(
    ("text", "at", "shown"),
    [
        ("A @ C", (0, 1), "A[1,1] * C[1,2] + A[1,2] * C[2,2] + A[1,3] * C[3,2]"),
        ("A.T @ u", (2, 0), "A[1,3] * u[1] + A[2,3] * u[2]"),
        ("u @ r", (1, 2), "u[2] * r[3]"),
        ("A + u + s", (1, 2), "A[2,3] + u[2] + s"),
        ("sigmoid(A)", (0, 0), "sigmoid(A[1,1])"),
        ("sum(r)", (0, 0), "r[1] + r[2] + r[3]"),
        ("inner(u, v)", (0, 0), "u[1] * v[1] + u[2] * v[2]"),
        ("inner(u, u)", (0, 0), "u[1] ** 2 + u[2] ** 2"),
    ],
)
def test_entries_as_text(text, at, shown):
    assert code(entry(parse(text), at, SHAPES)) == shown


def test_names():
    assert entry_name("W", (2, 2), 0, 1) == "W[1,2]"
    assert entry_name("h", (2, 1), 1, 0) == entry_name("h", (1, 2), 0, 1) == "h[2]"
    assert entry_name("loss", (), 0, 0) == "loss"
    assert split_index("W[1,2]") == ("W", (1, 2))
    assert split_index("h[12]") == ("h", (12,))
    assert split_index("loss") == ("loss", ())
