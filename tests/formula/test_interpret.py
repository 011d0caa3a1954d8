"""A program that is run value by value gives what the compiled one gives, and computes as little."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shaped import SHAPES, shaped, values

from gradcalc import load
from gradcalc.formula import compile as compiling
from gradcalc.formula.compile import LONG, compile_formulas
from gradcalc.formula.parse import parse
from gradcalc.formula.shapes import same
from gradcalc.formula.table import Axis, Function
from gradcalc.problem.bundled import bundled_names, bundled_path
from gradcalc.program.build import build


@pytest.fixture
def all_long(monkeypatch):
    """Every program is run value by value."""
    monkeypatch.setattr(compiling, "LONG", -1)


def both(formulas, given_values, axis=Axis.COLUMNS, outputs=None):
    compiled = compile_formulas(formulas, given_values, axis, outputs)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(compiling, "LONG", -1)
        interpreted = compile_formulas(formulas, given_values, axis, outputs)
    assert compiled.source
    assert not interpreted.source
    return compiled(given_values), interpreted(given_values)


@given(st.data(), st.sampled_from(sorted(set(SHAPES.values()))), st.sampled_from([0, 1]), st.integers(0, 3))
def test_any_formula(data, shape, axis, depth):
    expr = data.draw(shaped(shape, depth, axis))
    compiled, interpreted = both([("f", expr)], values(2), Axis(axis))
    assert np.shape(interpreted["f"]) == np.shape(compiled["f"])
    np.testing.assert_allclose(interpreted["f"], compiled["f"], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", bundled_names())
def test_every_problem(name):
    problem = load(bundled_path(name))
    program = build(problem)
    given_values = {name: value[()] for name, value in problem.given.items()}
    compiled, interpreted = both([(eq.name, eq.expr) for eq in program.equations], given_values, problem.axis)
    assert interpreted.keys() == compiled.keys()
    for name, value in compiled.items():
        np.testing.assert_allclose(interpreted[name], value, rtol=1e-12, atol=1e-300, err_msg=name)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 ** 0.5", math.sqrt(2)),
        ("1 / (x - x)", math.inf),
        ("exp(1000 * x)", math.inf),
        ("0 / (x - x)", math.nan),
        ("sum(ones(rows=2, columns=3)) * x", 6.0),
        ("leaky_relu(-x, alpha=0.25)", -0.25),
        ("1 / (-0.0 * x)", -math.inf),
        ("x", 1.0),
        ("3", 3.0),
    ],
)
def test_numbers_of_all_kinds(text, value, all_long):
    compiled = compile_formulas([("f", parse(text))], ["x"])
    assert not compiled.source
    np.testing.assert_equal(float(compiled({"x": np.float64(1.0)})["f"]), value)


def test_what_nobody_asks_for_is_not_computed_and_the_rest_once(all_long, table):
    calls = []
    table(Function(name="seen", args=("a",), value=lambda a: calls.append(a) or a, summary="", shape=same))
    formulas = [("f", parse("seen(x) + seen(x) * 2")), ("unused", parse("seen(x + 1)")), ("h", parse("seen(f)"))]
    found = compile_formulas(formulas, ["x"], outputs=["h"])({"x": np.float64(1.0)})
    assert calls == [1.0, 3.0]
    assert found == {"h": 3.0}


def test_a_program_is_run_twice_with_other_values(all_long):
    compiled = compile_formulas([("f", parse("x * y + 1"))], ["x", "y"])
    assert compiled({"x": np.float64(2), "y": np.float64(3)}) == {"f": 7.0}
    assert compiled({"x": np.float64(-1), "y": np.float64(3)}) == {"f": -2.0}


def test_long_programs_are_run_so():
    lines = [("f0", parse("x + 1")), *((f"f{i}", parse(f"f{i - 1} * 0.5 + x")) for i in range(1, LONG // 2 + 2))]
    compiled = compile_formulas(lines, ["x"], outputs=[lines[-1][0]])
    assert not compiled.source
    assert compiled({"x": np.float64(1.0)}) == {lines[-1][0]: 2.0}
