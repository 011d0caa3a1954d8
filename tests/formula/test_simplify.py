"""Simplifying keeps the value and the shape, and arrives at what a textbook prints."""

from __future__ import annotations

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st
from shaped import SHAPES, shaped, values

from gradcalc.formula.compile import compile_formulas
from gradcalc.formula.expr import Apply, Name, Num, walk
from gradcalc.formula.factors import flattened
from gradcalc.formula.parse import parse
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import Axis
from gradcalc.formula.write import code

TARGETS = st.sampled_from(sorted(set(SHAPES.values())))


def close(value, true, scale):
    assert np.shape(value) == np.shape(true)
    np.testing.assert_allclose(value, true, rtol=1e-9, atol=1e-11 * scale)


@given(st.data(), TARGETS, st.sampled_from([0, 1]), st.integers(0, 3))
def test_value_and_shape_stay(data, shape, axis, depth):
    expr = data.draw(shaped(shape, depth, axis))
    simple = simplify(expr)
    assert shape_of(expr, SHAPES, Axis(axis)) == shape
    assert shape_of(simple, SHAPES, Axis(axis)) == shape
    seen = [1.0]
    given_values = values(1)
    true = reference.evaluate(expr, given_values, axis, seen)
    value = compile_formulas([("f", simple)], SHAPES, Axis(axis))(given_values)["f"]
    close(value, np.broadcast_to(true, shape) if shape else true, max(seen) ** 2)


@given(st.data(), TARGETS, st.integers(0, 3))
def test_idempotent(data, shape, depth):
    simple = simplify(data.draw(shaped(shape, depth)))
    assert code(simplify(simple)) == code(simple)
    assert simplify(simple) == simple


@given(st.data(), TARGETS, st.integers(0, 3))
def test_no_name_is_written_more_often(data, shape, depth):
    expr = data.draw(shaped(shape, depth))

    def mentions(e):
        return sum(isinstance(node, Name) for node in walk(e))

    assert mentions(simplify(expr)) <= mentions(expr)


@given(st.data(), TARGETS, st.integers(0, 3))
def test_simple_formulas_read_back(data, shape, depth):
    simple = simplify(data.draw(shaped(shape, depth)))
    assert parse(code(simple)) == simple


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("1 * a", "a"),
        ("a * 1", "a"),
        ("a / 1", "a"),
        ("a ** 1", "a"),
        ("a + 0", "a"),
        ("identity(a)", "a"),
        ("-(-a)", "a"),
        ("-1 * a", "-a"),
        ("-(a - b)", "b - a"),
        ("a - (b - c)", "a + c - b"),
        ("-a + b", "b - a"),
        ("-a - b", "-a - b"),
        ("a + a", "2 * a"),
        ("a + b + a", "2 * a + b"),
        ("0.1 * a + 0.2 * a", "0.3 * a"),
        ("a - a", "0 * a"),
        ("a * b + a * b", "2 * a * b"),
        ("2 * a - 3 * a", "-a"),
        ("1 + a + 2", "3 + a"),
        ("a + 1", "a + 1"),
        ("1 + a - 1", "a"),
        ("1 - 1", "0"),
        ("b + 2 - b + 1", "0 * b + 3"),
        ("2 * 3 * a", "6 * a"),
        ("a * 2 * b", "2 * a * b"),
        ("2 * (0.05 * W)", "0.1 * W"),
        ("0.05 * (2 * W ** (2 - 1))", "0.1 * W"),
        ("2 * a / 2", "a"),
        ("2 * a / 4", "a / 2"),
        ("a / 2 / 3", "a / 6"),
        ("a / 3 + b / 3", "a / 3 + b / 3"),
        ("-a * -b", "a * b"),
        ("a * -b", "-a * b"),
        ("-(a * b)", "-a * b"),
        ("a / -b", "-a / b"),
        ("c - a * b", "c - a * b"),
        ("c + -a * b", "c - a * b"),
        ("(-y / yhat) * g", "-y / yhat * g"),
        ("A.T.T", "A"),
        ("(A @ B).T", "B.T @ A.T"),
        ("(da2 @ h1.T).T", "h1 @ da2.T"),
        ("(A.T @ B).T", "B.T @ A"),
        ("((A @ B) @ C).T", "C.T @ (B.T @ A.T)"),
        ("(-A).T", "-A.T"),
        ("(2 * A).T", "2 * A.T"),
        ("(A / 3).T", "A.T / 3"),
        ("3.0.T", "3"),
        ("-A @ B", "-A @ B"),
        ("A @ -B", "-A @ B"),
        ("-A @ -B", "A @ B"),
        ("(2 * A) @ B", "2 * (A @ B)"),
        ("A @ (B / 3)", "(A @ B) / 3"),
        ("(2 * A) @ (3 * B)", "6 * (A @ B)"),
        ("1 * (yhat - y)", "yhat - y"),
        ("1 * -(y - yhat)", "yhat - y"),
        ("1 * h * (1 - h)", "h * (1 - h)"),
        ("(1 * g) * (out * (1 - out))", "g * (out * (1 - out))"),
        ("1 / b * a", "a / b"),
        ("1 / b", "1 / b"),
        ("a * (1 / b)", "a / b"),
        ("a * (b * 2)", "2 * a * b"),
        ("a * (2 * b * c)", "2 * a * (b * c)"),
        ("a * (b / 3)", "a * b / 3"),
        ("2 * (a * b)", "2 * a * b"),
        ("a / (2 * b)", "a / (2 * b)"),
        ("(2 * a * b).T", "2 * (a * b).T"),
        ("(2 * a * b) @ c", "2 * ((a * b) @ c)"),
        ("-((a + b) * c)", "-(a + b) * c"),
        ("-((a - b) * c)", "(b - a) * c"),
        ("2 * 3", "6"),
        ("1 * yhat * (g - inner(g, yhat))", "yhat * (g - inner(g, yhat))"),
    ],
)
def test_textbook_forms(long, short):
    text = long.replace("3.0.T", "(3).T")
    assert code(simplify(parse(text))) == short


@pytest.mark.parametrize(
    ("nested", "flat"),
    [
        ("a * (b * c)", "a * b * c"),
        ("a * (b / c)", "a * b / c"),
        ("a * (b * (c * d))", "a * b * c * d"),
        ("a / (b * (c * d))", "a / (b * c * d)"),
        ("exp(a * (b * c))", "exp(a * b * c)"),
        ("a * (b + c * (d * a))", "a * (b + c * d * a)"),
        ("a / b * c", "a * c / b"),
        ("a / b * (c / d)", "a * c / b / d"),
    ],
)
def test_flattened(nested, flat):
    assert code(flattened(parse(nested))) == flat


def test_numbers_stay_finite():
    """A number that is too large for float64 can't be written, so such a product is left as it is."""
    for text in ("1e308 + 1e308 + a", "1e308 * 1e308 * a", "a / 1e-300 / 1e-300", "-1e308 - 1e308 - a"):
        assert parse(code(simplify(parse(text)))) == simplify(parse(text))


def test_zero_keeps_its_sign_and_place():
    assert simplify(parse("a * 0")) == Apply("mul", (Name("a"), Num(0.0)))
    assert simplify(parse("a / 0")) == Apply("div", (Name("a"), Num(0.0)))


@pytest.mark.parametrize("text", ["u * (r * A)", "u / A * r", "u * (A / r)", "r * (u + A)", "u * (r * (A * 2))"])
def test_no_column_meets_a_row(text):
    """A matrix between a column and a row keeps them apart: factors must not change places."""
    simple = simplify(parse(text))
    assert shape_of(simple, SHAPES) == (2, 3)


def test_a_long_sum():
    terms = tuple(Name(f"x{i % 7000}") for i in range(20_000))
    simple = simplify(Apply("add", terms))
    assert isinstance(simple, Apply)
    assert len(simple.args) == 7000
    assert simple.args[0] == parse("3 * x0")


def test_a_number_too_small_for_float64_is_not_made():
    """1e-200 · (1e-200 · a) is 1e-100 at a = 1e300; 1e-400 · a would be 0."""
    for text in ("1e-200 * (1e-200 * a)", "(a / 1e200) / 1e200", "(1e-200 * a).T * 1e-200"):
        found = compile_formulas([("f", simplify(parse(text)))], ["a"])({"a": np.float64(1e300)})["f"]
        np.testing.assert_allclose(found, 1e-100)


@pytest.mark.parametrize(("long", "short"), [("4.5 * a / 2", "4.5 * a / 2"), ("6 * a / 4", "3 * a / 2")])
def test_a_fraction_is_reduced_by_whole_numbers_alone(long, short):
    assert code(simplify(parse(long))) == short
