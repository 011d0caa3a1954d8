"""Every line of a derivation is equal to the one before, at random instances of every problem that comes along."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from derivations import TRIED, by_paths, made, tried, values_and_slopes

from gradcalc.formula.evaluate import evaluate
from gradcalc.formula.write import code
from gradcalc.problem.load import load
from gradcalc.program.build import build
from gradcalc.program.derivation.lines import worked_out
from gradcalc.program.derivation.ways import Ways
from problems import column, matrix, problem


@pytest.mark.parametrize("name", TRIED)
def test_every_line_is_the_gradient(name):
    problem = made(name)
    program = build(problem)
    ways = Ways(problem, program.shapes)
    values, slopes = values_and_slopes(problem, program, ways.rule)
    mine = tried([*ways.rule.totals])
    for way in (*(each for quantity in mine for each in ways.to(quantity)), *ways.to_all(mine)):
        for line in way.lines:
            if line.by == "chain":
                got = by_paths(ways.rule, way.of, line.names, values)
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
