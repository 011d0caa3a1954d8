"""micrograd, one object for each number; exp, which it lacks, is added as its lessons show."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from typing import Any

from micrograd.engine import Value

from benchmarks.peers import Gradients

PARAMETERS = ("W1", "b1", "W2", "b2")


def exp(value: Any) -> Any:
    """The exponential, with its gradient."""
    out = Value(math.exp(value.data), (value,), "exp")

    def backward() -> None:
        value.grad += out.data * out.grad

    out._backward = backward
    return out


def sigmoid(value: Any) -> Any:
    """The logistic function."""
    return 1.0 / (1.0 + exp(-value))


def hw3(given: dict[str, Any]) -> Callable[[], Gradients]:
    """Sigmoid, softmax, half the squared error; micrograd makes its graph anew for each gradient."""
    lists = {name: value.tolist() for name, value in given.items()}

    def gradients() -> Gradients:
        parameters = {name: [[Value(v) for v in row] for row in lists[name]] for name in PARAMETERS}
        loss = _loss([row[0] for row in lists["x"]], [row[0] for row in lists["y"]], **parameters)
        loss.backward()
        found = {f"d{name}": [[v.grad for v in row] for row in rows] for name, rows in parameters.items()}
        return {"loss": loss.data} | found

    return gradients


def _loss(x: list[float], y: list[float], W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
    h1 = [sigmoid(a) for a in _layer(W1, x, b1)]
    e = [exp(a) for a in _layer(W2, h1, b2)]
    total = sum(e[1:], e[0])
    squares = [(each / total - target) ** 2 for each, target in zip(e, y, strict=True)]
    return 0.5 * sum(squares[1:], squares[0])


def _layer(W: Any, inputs: list[Any], b: Any) -> list[Any]:
    return [sum((W[i][k] * v for i, v in enumerate(inputs)), b[k][0]) for k in range(len(b))]


def graph(
    inputs: Mapping[str, float],
    targets: Mapping[str, float],
    weights: Mapping[str, Mapping[str, float]],
    biases: Mapping[str, float],
) -> Gradients:
    """Sigmoid vertices in the order given, half the squared error of the targets; gradients by edge and vertex."""
    sys.setrecursionlimit(1_000_000)  # micrograd's backward pass calls itself along the longest path
    w = {(u, v): Value(value) for v, edges in weights.items() for u, value in edges.items()}
    b = {v: Value(value) for v, value in biases.items()}
    out: dict[str, Any] = dict(inputs)
    for vertex, edges in weights.items():
        out[vertex] = sigmoid(sum((w[u, vertex] * out[u] for u in edges), b[vertex]))
    loss = Value(0.0)
    for vertex, target in targets.items():
        loss = loss + (out[vertex] - target) ** 2 * 0.5
    loss.backward()
    found = {f"dw_{u}_{v}": value.grad for (u, v), value in w.items()}
    return found | {f"db_{v}": value.grad for v, value in b.items()}
