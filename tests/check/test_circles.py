"""A formula rests on what is known without it: a sheet that goes in a circle has answered nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcalc.check.answers.circles import circular
from gradcalc.check.answers.read import sheet_from_document
from gradcalc.check.marking.mark import mark
from gradcalc.problem.load import load, loads
from gradcalc.problem.source import read_text
from gradcalc.program.solve import solve

CASE2 = solve(load("hw3-case2"), check=False)
SUM = solve(loads("inputs: {x: 3, y: 4, z: 5}\nequations: {f: x + y + z}\nof: f\n"), check=False)


def verdicts(text, solution):
    marks = mark(solution, sheet_from_document(read_text(text, lenient=True), solution))
    return {verdict.quantity: verdict.verdict for verdict in marks.verdicts}


@pytest.mark.parametrize(
    ("text", "solution"),
    [
        ("forward: {a1: a1_new, h1: h1_new}\nafter: {a1: a1, h1: h1}\n", CASE2),
        ("forward: {a1: a1_new}\n", CASE2),
        ("gradients: {x: dy, y: dx}\n", SUM),
        ("gradients: {x: dz, y: dx, z: dy}\n", SUM),
        ("gradients: {x: 1 * dy}\n", SUM),
        ("gradients: {x: dx}\n", SUM),
    ],
)
def test_nothing_is_earned_by_a_circle_or_by_what_comes_later(text, solution):
    assert set(verdicts(text, solution).values()) == {"unreadable"}


@pytest.mark.parametrize(
    ("text", "solution"),
    [
        ("gradients: {W1: x @ db1.T, b1: da1}\n", CASE2),  # db1 comes later, but it is on the sheet
        ("gradients: {x: dy, y: 1}\n", SUM),
        ("gradients: {x: 1, y: dx, z: dy}\n", SUM),
        ("gradients: {y: dx}\n", SUM),
        ("after: {a1: a1, h1: h1}\n", CASE2),  # the first layer is frozen
    ],
)
def test_earlier_quantities_and_those_on_the_sheet_may_be_used(text, solution):
    assert set(verdicts(text, solution).values()) == {"correct"}


def test_what_rests_on_a_circle_without_being_in_it_is_read():
    found = verdicts("gradients: {x: dy, y: dx, z: dy}\n", SUM)
    assert found == {"gradients.x": "unreadable", "gradients.y": "unreadable", "gradients.z": "correct"}


@given(st.dictionaries(st.integers(0, 9).map(str), st.sets(st.integers(0, 12).map(str)), max_size=10))
def test_circles_are_those_that_lead_back(uses):
    leads = {(name, other) for name, used in uses.items() for other in used if other in uses}
    for _ in uses:  # the transitive closure, step by step
        leads |= {(a, c) for a, b in leads for d, c in leads if b == d}
    expected = {n: {m for m in uses if (n, m) in leads and (m, n) in leads} for n in uses if (n, n) in leads}
    assert circular(uses) == expected
