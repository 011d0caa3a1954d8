"""Derivations by differentials: along a random change of one quantity, every line is what the loss changes by."""

from __future__ import annotations

import numpy as np
import pytest
from derivations import TRIED, downstream_values, made, tried, values_and_slopes
from slow import sampled

from gradcalc.formula.evaluate import evaluate
from gradcalc.formula.write import code
from gradcalc.problem.load import load
from gradcalc.program.build import build
from gradcalc.program.derivation.differentials import ByDifferentials
from gradcalc.program.derivation.lines import worked_out

STEP = 1e-6


def changes(rule, name, change, values):
    """What every quantity changes by where one is moved along a direction, by central differences; and the changes."""
    up, down = (downstream_values(rule, name, values[name] + step * change, values) for step in (STEP, -STEP))
    return {f"d({each})": (up[each] - down[each]) / (2 * STEP) for each in up}


@pytest.mark.parametrize("name", [*TRIED[:2], *sampled(TRIED[2:], 2)])
def test_every_line_is_the_change_of_the_loss(name):
    problem = made(name)
    program = build(problem)
    by = ByDifferentials(problem, program.shapes)
    values, slopes = values_and_slopes(problem, program, by.rule)
    random = np.random.default_rng(11)
    mine = tried([*by.rule.totals])
    for way in (*(each for quantity in mine for each in by.to(quantity)), *by.to_all(mine)):
        change = random.standard_normal(values[way.of].shape)
        moved = values | changes(by.rule, way.of, change, values)
        due = float(np.sum(slopes[way.of] * change))
        assert evaluate(worked_out(way.left), moved, problem.axis) == pytest.approx(due, rel=1e-4, abs=1e-5)
        for line in way.lines:
            got = evaluate(worked_out(line.expr), moved, problem.axis)
            assert np.sum(got) == pytest.approx(due, rel=1e-4, abs=1e-5), (way.of, code(line.expr))


def test_traces_are_rotated_until_the_change_stands_alone():
    problem = load("cross-entropy-batch")
    by = ByDifferentials(problem, build(problem).shapes)
    (way,) = by.to("h1")
    assert [code(line.expr) for line in way.lines][3:] == [
        "sum((yhat - y) * d(a2))",
        "sum((yhat - y) * (d(h1) @ W2))",
        "trace((yhat - y).T @ d(h1) @ W2)",
        "trace(W2 @ (yhat - y).T @ d(h1))",
        "sum(((yhat - y) @ W2.T) * d(h1))",
    ]
    assert code(way.left) == "d(loss)"


def test_a_long_gradient_is_named_before_it_goes_on():
    problem = load("hw3")
    (way,) = ByDifferentials(problem, build(problem).shapes).to("h1")
    (named,) = (line for line in way.lines if line.by == "named")
    assert code(named.expr) == "sum(da2 * d(a2))"
    assert way.lines[-1].by == "put"
