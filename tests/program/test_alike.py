"""What is taken over from an equation that differs in names alone is what comes of working it out."""

from __future__ import annotations

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st
from shaped import SHAPES, shaped

from gradcalc import load, loads
from gradcalc.formula.expr import Name, substitute
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis
from gradcalc.problem.bundled import bundled_names, bundled_path
from gradcalc.program import derive
from gradcalc.program.alike import Memory, pattern
from gradcalc.program.build import build
from gradcalc.program.derive import backward
from gradcalc.program.problem import Equation

LOOK_ALIKE = """
inputs: {x: [1, 2], z: [2, 1]}
targets: {y: [0, 1]}
parameters: {u: [[1, 2], [3, 4]], c: [1, 2], s: 3}
equations:
  same_names: x * x
  other_names: x * c
  not_active: x * y
  other_shape: u * c
  a_number: x * s
  first: leaky_relu(x, alpha=0.1)
  second: leaky_relu(c, alpha=0.2)
  third: x * 2
  fourth: c * 3
  column: x + c
  stretched: u + c
  shortened: softmax(x)
  shortened_loss: cross_entropy(shortened, y)
  not_to_be_shortened: softmax(c)
  not_shortened: c / sum(c)
  not_shortened_loss: cross_entropy(not_shortened, y)
  named: sum(softmax(softmax(tanh(x) * c)) * z)
  named_too: sum(softmax(softmax(tanh(c) * x)) * x)
  f: >
    sum(same_names) + sum(other_names ** 2) + sum(not_active) + sum(other_shape) + sum(a_number) + sum(first)
    + sum(second) + sum(third) + sum(fourth) + sum(column * c) + sum(stretched) + shortened_loss + not_shortened_loss
    + named + named_too + sum(not_to_be_shortened * z)
of: f
"""
"""Equations that must not be taken for each other: each stands beside one that it resembles."""


def anew(monkeypatch):
    monkeypatch.setattr(Memory, "received", lambda memory, equation, upstream, work: work(equation, upstream))


@pytest.mark.parametrize("name", bundled_names())
def test_every_problem(name, monkeypatch):
    problem = load(bundled_path(name))
    found = build(problem).equations
    anew(monkeypatch)
    assert build(problem).equations == found


def test_what_looks_alike(monkeypatch):
    problem = loads(LOOK_ALIKE)
    found = build(problem).equations
    anew(monkeypatch)
    assert build(problem).equations == found


def test_few_are_worked_out(monkeypatch):
    """Of equations that differ in names alone, the first."""
    worked_out = []
    passed_on = derive._ChainRule.passed_on
    monkeypatch.setattr(derive._ChainRule, "passed_on", lambda *args: worked_out.append(args) or passed_on(*args))
    lines = "\n".join(f"  v{i}: w{i} * v{i - 1} + b" for i in range(1, 30))
    weights = ", ".join(f"w{i}: 0.5" for i in range(1, 30))
    build(loads(f"inputs: {{v0: 1}}\nparameters: {{{weights}, b: 1}}\nequations:\n{lines}\nof: v29"))
    assert len(worked_out) == 2  # the one whose upstream gradient is 1, and one of the others


@examples(st.data(), st.sampled_from(sorted(set(SHAPES.values()))), st.sampled_from([0, 1]))
def test_any_formula_twice(data, shape, axis):
    """A formula, and the same with two names of one shape exchanged."""
    expr = data.draw(shaped(shape, 3, axis))
    exchanged = substitute(expr, {a: Name(b) for a, b in ("st", "ts", "uv", "vu", "AB", "BA")})
    forward = [Equation("forward", "f", expr), Equation("forward", "h", exchanged)]
    start = {"f": Name("df"), "h": Name("dh")}
    shapes = {**SHAPES, "f": shape, "h": shape, "df": shape, "dh": shape}
    found = backward(forward, start, tuple(SHAPES), shapes, Axis(axis))
    with pytest.MonkeyPatch.context() as monkeypatch:
        anew(monkeypatch)
        assert backward(forward, start, tuple(SHAPES), shapes, Axis(axis)) == found


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("a * b + a", "x * y + x", True),
        ("a * b + a", "x * y + y", False),
        ("a * b", "x * x", False),
        ("a * 2", "x * 2", True),
        ("a * 2", "x * 3", False),
        ("a / 0.0", "a / -0.0", False),
        ("sum(a, axis=0)", "sum(x, axis=1)", False),
        ("sin(a)", "cos(a)", False),
    ],
)
def test_pattern(one, other, alike):
    first, second = (pattern(eq.expr, eq.uses) for eq in (Equation("forward", "f", parse(t)) for t in (one, other)))
    assert (first == second) is alike
