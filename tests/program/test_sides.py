"""Instances on both sides of what formulas switch at, however far from 0 that is."""

import numpy as np
import pytest

from gradcalc.formula.kinks import switches
from gradcalc.formula.parse import parse
from gradcalc.problem.load import loads
from gradcalc.program.build import build
from gradcalc.program.instances import Drawer, instances
from gradcalc.program.sides import Sides, relevant

PROBLEM = (
    "inputs: {x: 3, z: [1, -2]}\nparameters: {v: 1}\nequations:\n  s: sigmoid(x)\n  f: x * v + sum(z) + s\nof: f\n"
)


def reached(text):
    problem = loads(PROBLEM)
    program = build(problem)
    base = list(instances(problem, program=program))
    found = Sides(Drawer(problem), program).reach(relevant(switches(parse(text))), base)
    return base, found


@pytest.mark.parametrize("limit", [0, 1, -2, 10, 100, -100, 1000, 5000])
@pytest.mark.parametrize(
    "text", ["maximum(x - {}, 0)", "relu(x - {})", "abs(x - {})", "minimum(z, {})", "step({} - z)"]
)
def test_both_sides_are_reached(text, limit):
    base, found = reached(text.format(limit))
    values = [np.ravel(each["z" if "z" in text else "x"]) for each in (*base, *found.instances)]
    assert any((value > limit).any() for value in values)
    assert any((value < limit).any() for value in values)
    assert not found.missed


@pytest.mark.parametrize(("low", "high"), [(0.5, 0.6), (50, 50.1), (-3.01, -3)])
def test_a_narrow_window_is_reached(low, high):
    base, found = reached(f"step(x - {low}) * step({high} - x)")
    assert any(low < values["x"] < high for values in (*base, *found.instances))


def test_both_regimes_of_a_parameter_are_reached():
    base, found = reached("huber(x, v, delta=3)")
    errors = [abs(values["x"] - values["v"]) for values in (*base, *found.instances)]
    assert min(errors) < 3 < max(errors)


@pytest.mark.parametrize("text", ["relu(s - 2)", "maximum(s, -1)"])
def test_a_side_that_is_never_reached_is_said(text):
    _, found = reached(text)
    assert len(found.missed) == 1


def test_what_follows_from_an_instance_is_worked_out():
    _, found = reached("relu(x - 100)")
    for values in found.instances:
        assert values["f"] == pytest.approx(values["x"] * values["v"] + values["z"].sum() + values["s"])
