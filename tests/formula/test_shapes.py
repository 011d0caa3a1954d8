"""Shapes of formulas, and what is said where they don't fit."""

from __future__ import annotations

import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st
from shaped import SHAPES, shaped, values

from gradcalc.formula.faults import ShapeError
from gradcalc.formula.parse import parse
from gradcalc.formula.shapes import MAX_ENTRIES, counted, shape_of, spell
from gradcalc.formula.table import Axis

NAMES = {
    "s": (),
    "q": (1, 1),
    "u": (2, 1),
    "w": (3, 1),
    "r": (1, 3),
    "p": (1, 2),
    "A": (2, 3),
    "C": (3, 2),
    "S": (2, 2),
    "long": (6, 1),
    "big": (2000, 1),
}


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("3", ()),
        ("s + 1", ()),
        ("s * A", (2, 3)),
        ("A - q", (2, 3)),
        ("q + s", (1, 1)),
        ("A + u", (2, 3)),
        ("A + r", (2, 3)),
        ("u + A + r", (2, 3)),
        ("u + r + A", (2, 3)),  # a sum is looked at as a whole
        ("A / u * r", (2, 3)),
        ("A ** 2", (2, 3)),
        ("A.T", (3, 2)),
        ("s.T", ()),
        ("(u + r * A).T", (3, 2)),
        ("A @ C", (2, 2)),
        ("A @ w", (2, 1)),
        ("p @ u", (1, 1)),
        ("u @ r", (2, 3)),
        ("A.T @ u + w", (3, 1)),
        ("sigmoid(A)", (2, 3)),
        ("maximum(A, 0)", (2, 3)),
        ("maximum(A, u)", (2, 3)),
        ("sum(A)", ()),
        ("sum(A, axis=0)", (1, 3)),
        ("sum(A, axis=1)", (2, 1)),
        ("sum(s, axis=1)", ()),
        ("mean(A)", ()),
        ("size(A)", ()),
        ("ones_like(A)", (2, 3)),
        ("ones(rows=4, columns=2)", (4, 2)),
        ("ones()", (1, 1)),
    ],
)
def test_shape(text, shape):
    assert shape_of(parse(text), NAMES) == shape


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("softmax(A)", (2, 3), (2, 3)),
        ("log_softmax(u)", (2, 1), (2, 1)),
        ("inner(A, A)", (1, 3), (2, 1)),
        ("inner(u, u)", (), (2, 1)),
        ("inner(r, r)", (1, 3), ()),
        ("inner(A, u)", (1, 3), (2, 1)),
        ("inner(A, 1)", (1, 3), (2, 1)),
        ("inner(s, s)", (), ()),
        ("cross_entropy(u, u)", (), (2, 1)),
        ("half_squared_error(A, A)", (1, 3), (2, 1)),
        ("half_squared_error(A, r)", (1, 3), (2, 1)),
        ("features(A)", (), ()),
        ("huber(q, s)", (), ()),
    ],
)
def test_shape_of_each_sample(text, columns, rows):
    assert shape_of(parse(text), NAMES, Axis.COLUMNS) == columns
    assert shape_of(parse(text), NAMES, Axis.ROWS) == rows


@pytest.mark.parametrize(
    ("text", "part", "said"),
    [
        ("u + w", "u + w", ["2×1", "3×1"]),
        ("A + C", "A + C", ["2×3", "3×2"]),
        ("A * w", "A * w", ["2×3", "3×1"]),
        ("u + r", "u + r", ["2×1", "1×3"]),
        ("u * p", "u * p", ["2×1", "1×2"]),  # a column and a row of one length: a lost transpose
        ("u - r + s", "u - r + s", ["2×1", "1×3"]),
        ("long + A", "long + A", ["6×1", "2×3"]),
        ("A * sigmoid(s + u * r)", "u * r", ["2×1", "1×3"]),
        ("A @ A", "A @ A", ["2×3", "3 columns", "2 rows"]),
        ("1 + A.T @ w", "A.T @ w", ["3×2", "3×1", "2 columns", "3 rows"]),
        ("s @ A", "s @ A", ["a number", "'*'"]),
        ("A @ 2", "A @ 2", ["a number"]),
        ("sum(u + r)", "u + r", ["2×1", "1×3"]),
        ("mean(u) * (A + C)", "A + C", ["2×3", "3×2"]),
        ("inner(A, C)", "inner(A, C)", ["2×3", "3×2"]),
        ("dot(u, w)", "dot(u, w)", ["2×1", "3×1"]),
        ("outer(u, 2)", "outer(u, 2)", ["a number"]),
        ("maximum(u, w)", "maximum(u, w)", ["2×1", "3×1"]),
        ("cross_entropy(u, w)", "cross_entropy(u, w)", ["2×1", "3×1"]),
        ("sum(A, axis=2)", "sum(A, axis=2)", ["axis", "0", "1"]),
        ("sum(A, axis=-3)", "sum(A, axis=-3)", ["axis", "0", "1"]),
        ("softmax(A, axis=2)", "softmax(A, axis=2)", ["axis", "0", "1"]),
        ("sum(A, axis=0.5)", "sum(A, axis=0.5)", ["axis", "0", "1"]),
        ("ones(rows=0)", "ones(rows=0)", ["rows", "whole number"]),
        ("ones(columns=2.5)", "ones(columns=2.5)", ["columns", "whole number"]),
        ("ones(rows=-3)", "ones(rows=-3)", ["rows", "whole number"]),
        ("ones(rows=1e9, columns=1e9)", "ones(rows=1000000000, columns=1000000000)", [f"{MAX_ENTRIES:,}"]),
        ("sum(big @ big.T @ big @ big.T)", None, None),
        ("sum(kron(big, kron(big, big)))", "kron(big, kron(big, big))", ["too large"]),
    ],
)
def test_what_does_not_fit(text, part, said):
    if part is None:
        assert shape_of(parse(text), NAMES) == ()
        return
    with pytest.raises(ShapeError) as caught:
        shape_of(parse(text), NAMES)
    assert caught.value.part == part
    assert all(word in caught.value.message for word in said), caught.value.message
    assert str(caught.value) == f"{caught.value.message} in {part}"


def test_an_unknown_name():
    with pytest.raises(KeyError, match="nobody"):
        shape_of(parse("s + nobody"), NAMES)


@pytest.mark.parametrize(
    ("count", "thing", "said"),
    [(1, "row", "1 row"), (2, "row", "2 rows"), (0, "entry", "0 entries"), (1, "index", "1 index")],
)
def test_counted(count, thing, said):
    assert counted(count, thing) == said


def test_what_is_added_at_indices_is_one_sample_for_each_of_them():
    with pytest.raises(ShapeError, match="2×3 is not one sample for each of 4 indices"):
        shape_of(parse("add_at(g, n, t)"), {"g": (2, 3), "n": (1, 4), "t": (2, 5)})


def test_spell():
    assert [spell(()), spell((2, 3)), spell((1, 1))] == ["a number", "2×3", "1×1"]


@given(st.data(), st.sampled_from(sorted(set(SHAPES.values()))), st.sampled_from([0, 1]), st.integers(0, 3))
def test_the_shape_is_that_of_the_value(data, shape, axis, depth):
    expr = data.draw(shaped(shape, depth, axis))
    assert shape_of(expr, SHAPES, Axis(axis)) == shape
    assert reference.evaluate(expr, values(0), axis).shape == shape
