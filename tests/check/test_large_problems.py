"""Large problems solve: a graph of 1,000 vertices and 10,000 edges, and a chain of 5,000 equations."""

import math
import random

import pytest

from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

VERTICES, PARENTS = 1_000, 10


def graph(seed):
    """The vertices' parents with their weights: ten each, from anywhere before, half of them from nearby."""
    chosen = random.Random(seed)
    names, edges = [f"x{i}" for i in range(PARENTS)], {}
    for number in range(VERTICES):
        near = chosen.sample(names[-12:], 5) if len(names) > 12 else names[:5]
        far = chosen.sample([name for name in names if name not in near], PARENTS - 5)
        edges[f"v{number}"] = {parent: round(chosen.uniform(-1, 1), 3) for parent in [*near, *far]}
        names.append(f"v{number}")
    return edges


def as_problem(edges):
    lines = [f"inputs: {{{', '.join(f'x{i}: {i / 10}' for i in range(PARENTS))}}}", "targets: {v999: 1}", "vertices:"]
    for vertex, parents in edges.items():
        weights = ", ".join(f"{parent}: {weight}" for parent, weight in parents.items())
        lines.append(f"  {vertex}: {{weights: {{{weights}}}, bias: 0.1, activation: sigmoid}}")
    return "\n".join([*lines, "loss: half_squared_error", "lr: 0.5"])


def by_hand(edges):
    """Outputs and deltas as the recurrence has them: δ[v] = Σ δ[w] w(v,w) σ′(a[v])."""
    outputs = {f"x{i}": i / 10 for i in range(PARENTS)}
    for vertex, parents in edges.items():
        energy = 0.1 + sum(weight * outputs[parent] for parent, weight in parents.items())
        outputs[vertex] = 1 / (1 + math.exp(-energy))
    received = dict.fromkeys(outputs, 0.0)
    received["v999"] = outputs["v999"] - 1
    deltas = {}
    for vertex in reversed(edges):
        deltas[vertex] = received[vertex] * outputs[vertex] * (1 - outputs[vertex])
        for parent, weight in edges[vertex].items():
            received[parent] += deltas[vertex] * weight
    return outputs, deltas


def test_a_graph_of_a_thousand_vertices_and_ten_thousand_edges():
    edges = graph(3)
    assert sum(map(len, edges.values())) == 10_000
    solution = solve(loads(as_problem(edges)), check=False)
    outputs, deltas = by_hand(edges)
    for vertex in edges:
        assert float(solution.values[f"o_{vertex}"]) == pytest.approx(outputs[vertex], rel=1e-12)
    checked = 0
    for vertex, parents in edges.items():
        # Where nothing leads on to the output there is no delta to speak of.
        if deltas[vertex] == 0.0:
            continue
        assert float(solution.gradients[f"a_{vertex}"]) == pytest.approx(deltas[vertex], rel=1e-9, abs=1e-300)
        for parent, weight in parents.items():
            slope = deltas[vertex] * outputs[parent]
            assert float(solution.gradients[f"w_{parent}_{vertex}"]) == pytest.approx(slope, rel=1e-9, abs=1e-300)
            assert float(solution.updated[f"w_{parent}_{vertex}"]) == pytest.approx(weight - 0.5 * slope, rel=1e-12)
            checked += 1
    assert checked > 9_000
    assert float(solution.after["loss"]) < solution.loss


def test_a_chain_of_five_thousand_equations():
    lines = [f"  x{i}: tanh(x{i - 1}) + 0.5" for i in range(1, 5001)]
    solution = solve(loads("\n".join(["inputs: {x0: 0.3}", "equations:", *lines, "of: x5000"])), check=False)
    values = [0.3]
    for _ in range(5000):
        values.append(math.tanh(values[-1]) + 0.5)
    slope = 1.0
    for i in range(4999, 4899, -1):
        slope *= 1 - math.tanh(values[i]) ** 2
    assert float(solution.values["x5000"]) == pytest.approx(values[-1], rel=1e-12)
    assert float(solution.gradients["x4900"]) == pytest.approx(slope, rel=1e-9)
    assert float(solution.gradients["x0"]) == pytest.approx(0.0, abs=1e-300)


def test_a_chain_whose_slope_neither_grows_nor_fades():
    lines = [f"  x{i}: sin(x{i - 1}) + x{i - 1} - sin(x{i - 1})" for i in range(1, 5001)]
    solution = solve(loads("\n".join(["inputs: {x0: 0.3}", "equations:", *lines, "of: x5000"])), check=False)
    assert float(solution.values["x5000"]) == pytest.approx(0.3)
    assert float(solution.gradients["x0"]) == pytest.approx(1.0)
