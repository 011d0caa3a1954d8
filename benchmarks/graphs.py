"""Graphs of single units: a thousand vertices from text to gradients, and how the time grows with the edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import gradcalc
from benchmarks.agreement import agree
from benchmarks.peers import Gradients, peers
from benchmarks.table import Row, rows
from benchmarks.timing import Timing, Work, in_turns
from gradcalc.program.solve import build

ROUNDS = 5
EDGES_PER_VERTEX = 10
INPUTS = 10
PEER = "micrograd"
LINEAR = 1.3
"""From 1,000 to 20,000 edges the time for one edge may grow by this factor."""


@dataclass(frozen=True)
class Graph:
    """Sigmoid vertices in order, each with edges from some before it; the last is compared with its target."""

    inputs: dict[str, float]
    targets: dict[str, float]
    weights: dict[str, dict[str, float]]
    biases: dict[str, float]

    def yaml(self) -> str:
        """The problem file."""
        lines = [f"inputs: {_flow(self.inputs)}", f"targets: {_flow(self.targets)}", "vertices:"]
        for vertex, edges in self.weights.items():
            lines.append(f"  {vertex}: {{weights: {_flow(edges)}, bias: {self.biases[vertex]}, activation: sigmoid}}")
        return "\n".join([*lines, "loss: half_squared_error", ""])


def _flow(values: dict[str, float]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in values.items()) + "}"


def random_graph(edges: int) -> Graph:
    """A graph with this many edges, ten to a vertex, that all lead to the last vertex."""
    random = np.random.default_rng(edges)
    vertices = [f"v{i}" for i in range(edges // EDGES_PER_VERTEX)]
    inputs = {f"x{i}": round(float(random.normal()), 4) for i in range(INPUTS)}
    names, weights = list(inputs), {}
    for vertex in vertices:
        before = [names[-1], *(names[i] for i in random.choice(len(names) - 1, EDGES_PER_VERTEX - 1, replace=False))]
        weights[vertex] = {name: round(float(random.normal() / 3), 4) for name in before}
        names.append(vertex)
    biases = {vertex: round(float(random.normal()), 4) for vertex in vertices}
    return Graph(inputs, {vertices[-1]: 1.0}, weights, biases)


def measure(rounds: int = ROUNDS) -> Iterator[Row]:
    """From text to gradients, without the check against differences; then the growth from 1,000 edges to 20,000."""
    graph = random_graph(10_000)
    ours = _whole(graph)
    ways: dict[str, Work] = {"gradcalc": ours}
    if (found := peers("micrograd_scalar").get("micrograd_scalar")) is not None:
        ways[PEER] = _micrograd(found.graph, graph)
        agree(PEER, ours(), ways[PEER]())  # type: ignore[arg-type]
    yield from rows("graph of 1,000 vertices, 10,000 edges, whole", in_turns(ways, rounds), {PEER: 2.0})
    yield _growth(in_turns({"20,000": _whole(random_graph(20_000)), "1,000": _whole(random_graph(1_000))}, rounds))


def _growth(timing: Timing) -> Row:
    many, few = timing.seconds["20,000"] / 20_000, timing.seconds["1,000"] / 1_000
    ratio = timing.ratios["1,000"] / 20
    return Row("the same, for one edge of 20,000", "for one edge of 1,000", many, few, ratio, LINEAR)


def _whole(graph: Graph) -> Callable[[], Gradients]:
    text = graph.yaml()
    wanted = [f"dw_{u}_{v}" for v, edges in graph.weights.items() for u in edges]
    wanted += [f"db_{v}" for v in graph.biases]

    def work() -> Gradients:
        problem = gradcalc.loads(text)
        values = build(problem).run(problem.given)
        return {name: values[name] for name in wanted}

    return work


def _micrograd(gradients: Callable[..., Gradients], graph: Graph) -> Callable[[], Any]:
    return lambda: gradients(graph.inputs, graph.targets, graph.weights, graph.biases)
