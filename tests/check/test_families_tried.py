"""Equations between members of families are tried at every member there is, in problems of several counts."""

from __future__ import annotations

from functools import cache

import pytest

from gradcalc import loads
from gradcalc.check.marking.statements import Statements
from gradcalc.problem.sizes import at_sizes
from gradcalc.program.letters import smallest

VERTEX = """
over: {u: U, c: C}
inputs: {"o[u]": scalar}
parameters: {"w[u]": vector(k), "q[c]": vector(K), "rest[c]": vector(K)}
equations:
  a_v: sum(w[u] * o[u], u)
  o_v: softmax_weighted_sum(a_v)
  a[c]: q[c] * o_v + rest[c]
upstream: {"a[c]": vector(K)}
"""
STEPS = """
over: {t: T}
inputs: {"x[t]": scalar, "h[0]": scalar}
parameters: {u: scalar, w: scalar}
equations:
  h[t]: tanh(u * x[t] + w * h[t-1])
loss: sum(h[t] ** 2, t)
"""


@cache
def statements(text: str) -> Statements:
    problem = loads(text)
    assert problem.letters is not None
    return Statements([at_sizes(problem, sizes, seed) for seed, sizes in enumerate(smallest(problem.letters))])


RIGHT = [
    (VERTEX, "a_v[i]", "sum(w[u][i] * o[u], u)"),
    (VERTEX, "a_v[i]", "sum(w[s][i] * o[s], s)"),  # any letter counts the members
    (VERTEX, "da_v[i]", "sum(sum(da[c][j] * q[c][j] * grad(o_v, a_v[i]), j), c)"),
    (VERTEX, "dw[u][i]", "da_v[i] * o[u]"),
    (VERTEX, "grad(a[c][j], o_v)", "q[c][j]"),
    (STEPS, "grad(h[t], h[t-1])", "(1 - h[t] ** 2) * w"),
    (STEPS, "dw", "sum(grad(loss, h[t]) * (1 - h[t] ** 2) * h[t-1], t)"),
]
WRONG = [
    (VERTEX, "a_v[i]", "sum(w[u][i], u)"),
    (VERTEX, "da_v[i]", "sum(sum(da[c][j] * grad(o_v, a_v[i]), j), c)"),
    (VERTEX, "da_v[i]", "sum(sum(da[c][j] * q[c][j] * grad(o_v, a_v[i]), j, 1, U), c)"),
    (VERTEX, "dw[u][i]", "da_v[i] * w[u][i]"),
    (STEPS, "grad(h[t], h[t-1])", "1 - h[t] ** 2"),
    (STEPS, "grad(h[t], h[t-1])", "1.0001 * (1 - h[t] ** 2) * w"),
    (STEPS, "grad(h[t], h[s])", "2 * grad(h[t], h[s])"),  # both are 0 for s > t, which tells nothing
]


@pytest.mark.parametrize(("problem", "left", "right"), RIGHT)
def test_what_holds_for_every_member_is_right(problem: str, left: str, right: str) -> None:
    assert [each.verdict for each in statements(problem).lines((left, right))] == ["correct"]


@pytest.mark.parametrize(("problem", "left", "right"), WRONG)
def test_what_fails_for_one_is_wrong(problem: str, left: str, right: str) -> None:
    assert [each.verdict for each in statements(problem).lines((left, right))] == ["wrong"]


@pytest.mark.parametrize(("limit", "said"), [("U", "goes to U"), ("1", "goes to 1")])
def test_a_sum_that_ends_elsewhere_than_its_entries_is_told_so(limit: str, said: str) -> None:
    right = f"sum(sum(da[c][j] * q[c][j] * grad(o_v, a_v[i]), j, 1, {limit}), c)"
    (tried,) = statements(VERTEX).lines(("da_v[i]", right))
    assert tried.verdict == "wrong"
    assert said in tried.said
    assert "j is an index of has K entries" in tried.said


def test_a_member_that_is_nowhere_is_no_verdict() -> None:
    (tried,) = statements(STEPS).lines(("h[t]", "h[t+9]"))
    assert tried.verdict == "unreadable"
