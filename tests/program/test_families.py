"""Equations of all vertices of a graph as one line each: recurrences that hold at any graph."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from gradcalc.cli import app


def rules(text: str, folder) -> dict[str, str]:
    """The equations that `solve` tells, by name."""
    path = folder / "graph.yaml"
    path.write_text(text)
    found = CliRunner().invoke(app, ["solve", str(path), "--format", "json"])
    assert found.exit_code == 0, found.output
    return {each["name"]: each["formula"] for each in json.loads(found.output)["equations"]}


SIGMOID = """
over: {u: V, v: V}
inputs: {"x[v]": scalar}
parameters: {"w[u,v]": edge}
equations:
  a[v]: x[v] + sum(w[u,v] * o[u], u)
  o[v]: sigmoid(a[v])
  yhat: o[V]
of: yhat
"""
SKIPPING = """
over: {i: M, j: M}
inputs: {"x[j]": scalar, "s[j]": scalar}
parameters: {"k[i,j]": edge}
equations:
  z[j]: x[j] + s[j] * sum(k[i,j] * tanh(z[i]), i)
  L: z[M] ** 2
of: L
"""


def test_the_recurrence_of_backpropagation(tmp_path) -> None:
    found = rules(SIGMOID, tmp_path)
    assert found["a[v]"] == "x[v] + sum(w[u,v] * o[u], u)"
    assert found["do[v]"] == "sum(da[u] * w[v,u], u)"
    assert found["da[v]"] == "do[v] * o[v] * (1 - o[v])"
    assert found["dw[u,v]"] == "da[v] * o[u]"
    assert found["do[V]"] == "1"
    assert not any(char.isdecimal() for name in found for char in name)


def test_vertices_may_be_counted_by_a_number(tmp_path) -> None:
    found = rules(SIGMOID.replace("V", "6"), tmp_path)
    assert found["do[v]"] == "sum(da[u] * w[v,u], u)"
    assert found["yhat"] == "o[6]"


def test_the_recurrence_is_told_where_the_last_vertex_but_one_has_a_line_of_its_own(tmp_path) -> None:
    found = rules(SIGMOID.replace("V", "6").replace("yhat: o[6]", "yhat: o[6] * o[5]"), tmp_path)
    assert found["do[v]"] == "sum(da[u] * w[v,u], u)"
    assert found["do[5]"] == "o[6] + da[6] * w[5,6]"
    assert found["do[6]"] == "o[5]"


def test_a_recurrence_in_other_letters_is_what_differences_say(tmp_path) -> None:
    """Its sum is worked out here by loops, on a graph of this test's own."""
    rule = rules(SKIPPING, tmp_path)["dz[j]"]
    random = np.random.default_rng(3)
    count = 6
    edges = [(i, j) for j in range(1, count + 1) for i in range(1, j)]
    k = {(i, j): random.normal() for i, j in edges if random.random() < 0.6 or j == i + 1}
    x, s = random.normal(size=count + 1), random.normal(size=count + 1)

    def loss(bump: dict[int, float]) -> tuple[float, dict[int, float]]:
        z: dict[int, float] = {}
        for j in range(1, count + 1):
            z[j] = x[j] + bump.get(j, 0) + s[j] * sum(k[i, j] * np.tanh(z[i]) for i in range(1, j) if (i, j) in k)
        return z[count] ** 2, z

    _, z = loss({})
    dz = {count: 2 * z[count]}
    for j in range(count - 1, 0, -1):
        terms = ((i, k[j, i]) for i in range(j + 1, count + 1) if (j, i) in k)
        scope = {"tanh": np.tanh}
        body = rule.removeprefix("sum(").rpartition(", i)")[0]
        assert rule.startswith("sum(")
        dz[j] = sum(eval(_at(body, i, j), scope, {"dz": dz, "s": s, "z": z, "k": k}) for i, _ in terms)
        up, down = (loss({j: step})[0] for step in (1e-6, -1e-6))
        assert dz[j] == pytest.approx((up - down) / 2e-6, abs=1e-7)


def _at(body: str, i: int, j: int) -> str:
    return body.replace("[i]", f"[{i}]").replace("[j,i]", f"[{j},{i}]").replace("[j]", f"[{j}]")
