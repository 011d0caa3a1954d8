"""Every line of a derivation is equal to the one before, at random instances of every problem that comes along."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from gradcalc.formula.evaluate import evaluate
from gradcalc.formula.expr import ONE, Name
from gradcalc.formula.receiving import held
from gradcalc.formula.write import code
from gradcalc.problem.bundled import bundled_names
from gradcalc.problem.load import load
from gradcalc.program.build import build
from gradcalc.program.derivation.lines import worked_out
from gradcalc.program.derivation.ways import Ways
from gradcalc.program.instances import instances
from problems import column, matrix, problem

FEW = 12
"""So many quantities of a problem are tried, of long sequences the first and the last ones."""


def solvable(name):
    problem = load(name)
    return problem.form != "claims" and problem.has_gradients and not problem.has_given_gradients


def values_of(problem, program, rule):
    """An instance: the values of all names, and of those that were made for the derivation."""
    (values,) = instances(problem, 1, seed=7, program=program)
    values = dict(values)
    for equation in rule.forward:
        if equation.name not in values:
            values[equation.name] = np.broadcast_to(
                evaluate(equation.expr, values, problem.axis), rule.shapes.known[equation.name]
            )
    return values


def standing_still(expr, values, axis):
    """The formula with a name for the value of what stands under a `stop_gradient`."""

    def hold(inner):
        values[f"still {code(inner)}"] = evaluate(inner, values, axis)
        return Name(f"still {code(inner)}")

    return held(expr, hold)


def downstream(rule, name, value, values):
    """What the gradients start from, weighted, with another value of one quantity."""
    moved = {**values, name: value}
    changed = {name}
    for equation in rule.forward:
        if equation.name != name and not changed.isdisjoint(equation.uses):
            expr = standing_still(equation.expr, values, rule.problem.axis)
            moved[equation.name] = evaluate(expr, {**values, **moved}, rule.problem.axis)
            changed.add(equation.name)
    starts = rule.start.items()
    return sum(np.sum(moved[end] * (1.0 if g == ONE else values[f"d{end}"])) for end, g in starts)


def by_differences(function, at):
    """The gradient of a function of an array by central differences."""
    found = np.zeros(at.shape)
    for place in np.ndindex(at.shape):
        step = np.zeros(at.shape)
        step[place] = h = 1e-6 * max(1.0, abs(float(at[place])))
        found[place] = (function(at + step) - function(at - step)) / (2 * h)
    return found


def values_and_slopes(problem, program, rule):
    """An instance with its gradients, which are taken by differences."""
    values = values_of(problem, program, rule)
    given = {f"d{name}" for name in problem.upstream}
    slopes = {}
    for quantity in rule.totals:
        slopes[quantity] = by_differences(
            lambda value, q=quantity: downstream(rule, q, value, values), values[quantity]
        )
    values |= {f"d{quantity}": slope for quantity, slope in slopes.items() if f"d{quantity}" not in given}
    return values, slopes


def by_paths(rule, name, users, values, slopes):
    """What the chain rule says: the gradients on what uses a quantity, each by that equation's own derivative."""
    found = np.zeros(values[name].shape)
    for user in users:
        equation = next(eq for eq in rule.forward if eq.name == user)
        expr = standing_still(equation.expr, values, rule.problem.axis)
        weight = values.get(f"d{user}", np.ones(()))

        def through(value, expr=expr, weight=weight):
            return np.sum(evaluate(expr, {**values, name: value}, rule.problem.axis) * weight)

        found = found + by_differences(through, values[name])
    return found


def tried(names):
    return names if len(names) <= FEW else [*names[: FEW // 2], *names[-FEW // 2 :]]


@pytest.mark.parametrize("name", [name for name in bundled_names() if solvable(name)])
def test_every_line_is_the_gradient(name):
    problem = load(name)
    program = build(problem)
    ways = Ways(problem, program.shapes)
    values, slopes = values_and_slopes(problem, program, ways.rule)
    mine = tried([*ways.rule.totals])
    for way in (*(each for quantity in mine for each in ways.to(quantity)), *ways.to_all(mine)):
        for line in way.lines:
            if line.by == "chain":
                got = by_paths(ways.rule, way.of, line.names, values, slopes)
            else:
                got = evaluate(worked_out(line.expr), values, problem.axis)
            assert got == pytest.approx(slopes[way.of], rel=1e-4, abs=1e-6), (way.of, line)


BATCH = load("cross-entropy-batch")


def lines_of(quantity, given=BATCH, depth=math.inf):
    way = Ways(given, build(given).shapes).to(quantity, depth)[-1]
    return [code(line.expr) for line in way.lines]


def test_the_way_of_the_issue():
    assert lines_of("W1") == [
        "dloss/da1 * da1/dW1",
        "x.T @ da1",
        "x.T @ (dh1 * sigmoid'(a1))",
        "x.T @ (dh1 * h1 * (1 - h1))",
        "x.T @ ((da2 @ W2.T) * h1 * (1 - h1))",
        "x.T @ (((yhat - y) @ W2.T) * h1 * (1 - h1))",
    ]


def test_depth_bounds_how_far_gradients_are_replaced():
    assert lines_of("W1", depth=0) == lines_of("W1")[:2]
    assert lines_of("W1", depth=1) == lines_of("W1")[:4]


def test_a_pair_is_told_by_both_functions_first():
    assert lines_of("a2") == [
        "dloss/dyhat * dyhat/da2",
        "yhat * (dyhat - inner(dyhat, yhat))",
        "yhat * (-y / yhat - inner(-y / yhat, yhat))",
        "yhat - y",
    ]


def test_what_needs_several_rules_gets_names_that_go_again():
    given = problem({"loss": "sum((X @ w - t) ** 2)"}, parameters={"w": column(1, 2)}, inputs={"X": matrix([[1, 2]])})
    given = replace(given, targets={"t": column(3)})
    (way,) = Ways(given, build(given).shapes).to("w")
    assert [(line.by, code(line.expr)) for line in way.lines] == [
        ("chain", "dloss/du1 * du1/dw"),
        ("function", "X.T @ du1"),
        ("function", "2 * (X.T @ u1)"),
        ("restored", "2 * (X.T @ (X @ w - t))"),
    ]


def test_a_sum_over_paths_keeps_what_is_a_sum_itself():
    ways = Ways(load("griewank"), build(load("griewank")).shapes)
    way = ways.to("x1")[-1]
    assert (code(way.lines[-1].expr), way.kept) == ("dv1 / x2", ("dv1",))
    assert ways.to("v4")[-1].lines[0].names == ("v6", "v5")


def test_a_quantity_on_which_nothing_depends():
    (way,) = Ways(load("cs231n-l2"), build(load("cs231n-l2")).shapes).to("x")
    assert [line.by for line in way.lines] == ["nothing"]
