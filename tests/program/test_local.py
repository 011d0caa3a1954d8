"""A rule worked out once for the shapes that it meets gives what it gives when it's worked out anew."""

from __future__ import annotations

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st
from shaped import SHAPES, shaped

from gradcalc import load, loads
from gradcalc.formula.expr import Name
from gradcalc.formula.table import Axis
from gradcalc.problem.bundled import bundled_names, bundled_path
from gradcalc.program.derive import backward
from gradcalc.program.local import Locals
from gradcalc.program.problem import Equation
from gradcalc.program.solve import build

UNEQUAL = """
inputs: {x: [1, 2]}
parameters: {u: [[1, 2], [3, 4]], c: [1, 2]}
equations:
  s: x * x + x * c
  t: (u * c) * (u * x) / (u * u)
  p: leaky_relu(s, alpha=0.1) + leaky_relu(c, alpha=0.2) + leaky_relu(x)
  h: sum(u + c)
  k: u + c
  f: h * h + sum(k * k) + sum(t) + sum(p) + sum(u * 2) + norm(s) * norm(c)
of: f
"""
"""Equal names, numbers, parameters, shapes that stretch, a narrow upstream gradient and a full one: where
a pattern might be taken for another."""


def anew(monkeypatch):
    monkeypatch.setattr(Locals, "worked_out", lambda self, local, put: local.worked_out(put, self.shapes))


@pytest.mark.parametrize("name", bundled_names())
def test_every_problem(name, monkeypatch):
    problem = load(bundled_path(name))
    once = build(problem).equations
    anew(monkeypatch)
    assert build(problem).equations == once


def test_places_that_look_alike(monkeypatch):
    problem = loads(UNEQUAL)
    once = build(problem).equations
    anew(monkeypatch)
    assert build(problem).equations == once


@examples(st.data(), st.sampled_from(sorted(set(SHAPES.values()))), st.sampled_from([0, 1]))
def test_any_formula(data, shape, axis):
    forward = [Equation("forward", "f", data.draw(shaped(shape, 3, axis)))]
    shapes = {**SHAPES, "f": shape}
    start = {"f": Name("df")}
    given = {**shapes, "df": shape}
    once = backward(forward, start, tuple(SHAPES), given, Axis(axis))
    with pytest.MonkeyPatch.context() as monkeypatch:
        anew(monkeypatch)
        assert backward(forward, start, tuple(SHAPES), given, Axis(axis)) == once
