"""Backpropagation on any graph: recurrences and write-ups about them, on graphs that are drawn at random."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from gradcalc import load, loads, solve
from gradcalc.check.marking.statements import Statements
from gradcalc.check.marking.verdicts import Marks
from gradcalc.commands.check import Marking, marked
from gradcalc.errors import InputError
from gradcalc.problem.graphs import all_edges, random_edges
from gradcalc.problem.sizes import at_sizes
from gradcalc.program.letters import smallest

GRAPH = r"""
over: {u: V, v: V}
inputs: {"x[v]": scalar}
parameters: {"w[u,v]": edge}
equations:
  a[v]: x[v] + sum(w[u,v] * o[u], u)
  o[v]: sigmoid(a[v])
  yhat: o[V]
of: yhat
symbols: {"a[v]": 'a[v]', "o[v]": 'o[v]', "w[u,v]": 'w(u,v)', "da[v]": '\delta[v]', yhat: '\hat{y}', sigmoid: '\sigma'}
"""


def output(x: dict[int, float], w: dict[tuple[int, int], float]) -> float:
    """What the last vertex puts out, by loops over vertices and edges."""
    o: dict[int, float] = {}
    for v in sorted(x):
        energy = x[v] + sum(weight * o[u] for (u, end), weight in w.items() if end == v)
        o[v] = 1 / (1 + np.exp(-energy))
    return float(o[max(x)])


@pytest.mark.parametrize("seed", range(6))
def test_gradients_on_random_graphs_are_those_of_differences(seed: int) -> None:
    problem = at_sizes(loads(GRAPH), {"V": 4 + seed}, seed)
    values = {name: float(value) for name, value in problem.given.items()}
    x = {v: values[f"x[{v}]"] for v in range(1, 5 + seed)}
    edges = [tuple(map(int, name[2:-1].split(","))) for name in values if name.startswith("w[")]
    w = {(u, v): values[f"w[{u},{v}]"] for u, v in edges}
    solution = solve(problem)
    assert {*w} < all_edges(4 + seed)
    assert solution.values["yhat"] == pytest.approx(output(x, w), abs=1e-12)
    for u, v in w:
        up, down = (output(x, {**w, (u, v): w[u, v] + step}) for step in (1e-6, -1e-6))
        assert solution.values[f"dw[{u},{v}]"] == pytest.approx((up - down) / 2e-6, abs=1e-8)


@pytest.mark.parametrize("seed", range(20))
def test_every_vertex_of_a_random_graph_leads_on(seed: int) -> None:
    edges = random_edges(7, seed)
    assert edges == random_edges(7, seed) <= all_edges(7)
    assert {u for u, _ in edges} == {*range(1, 7)}
    assert {v for _, v in edges} == {*range(2, 8)}


def test_graphs_differ() -> None:
    assert len({random_edges(7, seed) for seed in range(20)}) > 15


@cache
def statements() -> Statements:
    problem = loads(GRAPH)
    assert problem.letters is not None
    return Statements([at_sizes(problem, sizes, seed) for seed, sizes in enumerate(smallest(problem.letters))])


SLOPE = "sigmoid(a[v]) * (1 - sigmoid(a[v]))"
RIGHT = [
    ("a[v]", "x[v] + sum(w[u,v] * o[u], u)"),
    ("da[v]", f"sum(w[v,u] * da[u], u) * {SLOPE}"),
    ("da[v]", "sum(grad(yhat, a[u]) * grad(a[u], o[v]) * grad(o[v], a[v]), u)"),  # along the edges
    ("do[v]", "sum(da[u] * w[v,u], u)"),
    ("dw[u,v]", "da[v] * o[u]"),
    ("grad(a[v], o[u])", "w[u,v]"),
]
WRONG = [
    ("a[v]", "x[v] + sum(w[v,u] * o[u], u)"),
    ("da[v]", f"sum(w[u,v] * da[u], u) * {SLOPE}"),  # the parents for the children
    ("da[v]", f"sum(da[u], u) * {SLOPE}"),
    ("da[v]", "sum(w[v,u] * da[u], u)"),
    ("da[v]", "sum(grad(yhat, a[u]) * grad(a[u], o[v]), u)"),
    ("dw[u,v]", "da[u] * o[v]"),
    ("da[v]", "where(v == 1, da[v], 2 * da[v])"),  # right at one vertex, and not but for the last
]


@pytest.mark.parametrize(("left", "right"), RIGHT)
def test_a_right_recurrence_is_right(left: str, right: str) -> None:
    assert [each.verdict for each in statements().lines((left, right))] == ["correct"]


@pytest.mark.parametrize(("left", "right"), WRONG)
def test_a_spoilt_recurrence_is_wrong(left: str, right: str) -> None:
    assert [each.verdict for each in statements().lines((left, right))] == ["wrong"]


def test_an_edge_joins_two_vertices() -> None:
    with pytest.raises(InputError, match=r"write two indices, as in w\[u,v\]"):
        loads('over: {v: V}\nparameters: {"w[v]": edge}\nequations: {"a[v]": "w[v] ** 2"}\n')


def in_writeup(problem: str, latex: str, folder) -> list[str]:
    """The verdicts on the lines of one display."""
    (folder / "problem.yaml").write_text(problem)
    (folder / "homework.md").write_text(f"$${latex}$$\n")
    marks: Marks = marked(load(str(folder / "problem.yaml")), str(folder / "homework.md"), Marking())[0]
    return [line.verdict for verdict in marks.verdicts for line in verdict.lines or (verdict,)]


WRITTEN = [
    (r"\delta[v] = \sum_{(v,w) \in E} \delta[w] w(v,w) \sigma'(a[v])", ["correct"]),
    (r"\delta[v] = \sigma'(a[v]) \sum_{k \in \text{children}(v)} w(v,k) \delta[k]", ["correct"]),
    (r"\delta[v] = \sigma'(a[v]) \sum_{k : (v,k) \in E} w(v,k) \delta[k]", ["correct"]),
    (
        r"\delta[v] = \sum_{(v,w) \in E} \frac{\partial \hat{y}}{\partial a[w]} \frac{\partial a[w]}{\partial o[v]}"
        r" \frac{\partial o[v]}{\partial a[v]} = \sum_{(v,w) \in E} \delta[w] w(v,w) o[v] (1 - o[v])",
        ["correct", "correct"],
    ),
    (r"\frac{\partial \hat{y}}{\partial w(u,v)} = \delta[v] o[u]", ["correct"]),
    (r"\delta[v] = \sigma'(a[v]) \sum_{v \to w} w(v,w) \delta[w]", ["correct"]),
    (r"\delta[v] = \sigma'(a[v]) \sum_{u \to v} w(u,v) \delta[u]", ["wrong"]),
    (r"a[v] = x[v] + \sum_{(u,v) \in E} w(u,v) o[u]", ["correct"]),
    (r"\delta[v] = \sum_{(v,w) \in E} \delta[w] \sigma'(a[v])", ["wrong"]),
    (r"\delta[v] = \sum_{(v,w) \in E} \delta[w] w(v,w)", ["wrong"]),
    (r"\delta[v] = \sum_{(u,v) \in E} \delta[u] w(u,v) \sigma'(a[v])", ["wrong"]),
    (r"\frac{\partial \hat{y}}{\partial w(u,v)} = \delta[u] o[v]", ["wrong"]),
    (
        r"\delta[v] = \sum_{(v,w) \in E} \delta[w] \sigma'(a[v]) = \sum_{(v,w) \in E} \sigma'(a[v]) \delta[w]",
        ["wrong", "carried"],
    ),
]


@pytest.mark.parametrize(("latex", "verdicts"), WRITTEN)
def test_write_ups_about_graphs(latex: str, verdicts: list[str], tmp_path) -> None:
    assert in_writeup(GRAPH, latex, tmp_path) == verdicts


VERTEX = r"""
over: {u: U, c: C}
inputs: {"o[u]": scalar}
parameters: {"w[u]": vector(k), "q[c]": vector(K), "rest[c]": vector(K)}
equations:
  a_v: sum(w[u] * o[u], u)
  o_v: softmax_weighted_sum(a_v)
  a[c]: q[c] * o_v + rest[c]
upstream: {"a[c]": vector(K)}
symbols: {K: 'm', da_v: '\delta_v', a_v: 'z_v', o_v: 'h_v', "o[u]": 'h_u', "w[u][i]": 'W_{u i}', "q[c][j]": 'W_{c j}',
  "da[c]": '\delta_c', "a[c]": 'z_c', softmax_weighted_sum: f}
"""
AT_VERTEX = [
    (r"f(z_v) = \frac{\sum_{j} (z_v)_j e^{(z_v)_j}}{\sum_j e^{(z_v)_j}}", ["correct"]),
    (r"(z_v)_i = \sum_{u \in \mathrm{pa}(v)} W_{u i} h_u", ["correct"]),
    (r"(\delta_v)_i = \sum_{c} \sum_{j=1}^{m} (\delta_c)_j W_{c j} f_i(z_v)", ["correct"]),
    (r"(\delta_v)_i = \sum_{c} \sum_{j=1}^{m} (\delta_c)_j f_i(z_v)", ["wrong"]),
    (r"f_i(z_v) = \frac{e^{(z_v)_i} (1 + (z_v)_i - f(z_v))}{\sum_j e^{(z_v)_j}}", ["correct"]),
    (r"f_i(z_v) = \frac{e^{(z_v)_i} ((z_v)_i - f(z_v))}{\sum_j e^{(z_v)_j}}", ["wrong"]),
    (r"\frac{\partial L}{W_{u i}} = (\delta_v)_i h_u", ["correct"]),  # a lost sign
    (r"\nabla_{h_v} \hat{y} = \sum_c \sum_j W_{c j} (\delta_c)_j", ["correct"]),
]


@pytest.mark.parametrize(("latex", "verdicts"), AT_VERTEX)
def test_write_ups_about_one_vertex(latex: str, verdicts: list[str], tmp_path) -> None:
    assert in_writeup(VERTEX, latex, tmp_path) == verdicts


def test_a_name_that_may_be_two_is_not_read(tmp_path) -> None:
    """With letters that are neither's, `W_{kl}` is a weight to the vertex or one from it."""
    assert in_writeup(VERTEX, r"(\delta_v)_l = \sum_k \delta_k W_{k l}", tmp_path) == []


LOST = [
    (
        GRAPH,
        r"\delta[v] = \sum_{(v,w) \in E} \delta[w] \sigma'(a[v])",
        "the factor w[v,w] is left out of the sum over w",
    ),
    (GRAPH, r"a[v] = x[v] + \sum_{(u,v) \in E} o[u]", "the factor w[u,v] is left out of the sum over u"),
    (GRAPH, r"\delta[v] = \sum_{(v,w) \in E} \delta[w] w(v,w)", "the derivative of o[v] by a[v] is left out"),
    (
        VERTEX,
        r"(\delta_v)_i = \sum_{c} \sum_j (\delta_c)_j f_i(z_v)",
        "the factor q[c][j] is left out of the sum over j",
    ),
    (VERTEX, r"(\delta_v)_i = \sum_{c} \sum_j (\delta_c)_j W_{c j}", "the derivative of o_v by a_v[i] is left out"),
    (GRAPH, r"\delta[v] = \sum_{(v,w) \in E} \delta[w]", "this isn't equal to da[v]"),
]


@pytest.mark.parametrize(("problem", "latex", "said"), LOST)
def test_a_lost_factor_has_a_name(problem: str, latex: str, said: str, tmp_path) -> None:
    (tmp_path / "problem.yaml").write_text(problem)
    (tmp_path / "homework.md").write_text(f"$${latex}$$\n")
    marks: Marks = marked(load(str(tmp_path / "problem.yaml")), str(tmp_path / "homework.md"), Marking())[0]
    (verdict,) = marks.verdicts
    assert verdict.verdict == "wrong"
    assert verdict.said == said


def on_sheet(sheet: str, folder) -> set[str]:
    """The verdicts on a sheet about any graph."""
    (folder / "problem.yaml").write_text(GRAPH)
    (folder / "sheet.yaml").write_text(sheet)
    marks: Marks = marked(load(str(folder / "problem.yaml")), str(folder / "sheet.yaml"), Marking())[0]
    return {each.verdict for each in marks.verdicts if each.answer is not None and each.verdict != "missing"}


def test_a_recurrence_on_a_sheet(tmp_path) -> None:
    """It is about all vertices but the last, from which nothing comes back."""
    right = "gradients: {'a[v]': \"sum(w[v,u] * da[u], u) * sigmoid'(a[v])\", 'w[u,v]': da[v] * o[u]}"
    assert on_sheet(right, tmp_path) == {"correct"}
    assert on_sheet('claims: ["dw[u,v] == da[v] * o[u]"]', tmp_path) == {"correct"}
    assert "wrong" in on_sheet("gradients: {'a[v]': \"sum(w[u,v] * da[u], u) * sigmoid'(a[v])\"}", tmp_path)
    assert on_sheet('claims: ["dw[u,v] == da[u] * o[v]"]', tmp_path) == {"wrong"}
