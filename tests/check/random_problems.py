"""Random problems of every kind, as homework has them: networks, graphs, equations, numbers with one decimal."""

from __future__ import annotations

import numpy as np
import yaml

from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

NOTATIONS = ("W.T @ x + b", "W @ x + b", "x @ W + b")
ENDINGS = (
    ("softmax", "half_squared_error"),
    ("softmax", "cross_entropy"),
    ("sigmoid", "binary_cross_entropy"),
    ("sigmoid", "half_squared_error"),
    ("identity", "half_squared_error"),
    ("identity", "squared_error"),
    ("identity", "mean_squared_error"),
    ("tanh", "half_squared_error"),
    ("relu", "squared_error"),
)


def numbers(random, *shape, spread=1.5):
    """Numbers with one decimal, none of them 0."""
    found = np.round(random.uniform(-spread, spread, shape), 1)
    return np.where(found == 0, 0.3, found).tolist()


def layers(random):
    notation = NOTATIONS[random.integers(3)]
    rows = notation.startswith("x")
    depth = int(random.choice([1, 2, 3], p=[0.2, 0.55, 0.25]))
    sizes = random.integers(2, 4, depth + 1)
    samples = int(random.choice([1, 2, 3], p=[0.6, 0.2, 0.2]))
    activation, loss = ENDINGS[random.integers(len(ENDINGS))]
    hidden = str(random.choice(["sigmoid", "tanh", "relu"]))
    names = [hidden] * (depth - 1) + [activation]
    spread = float(random.choice([1.5, 4.0], p=[0.8, 0.2]))
    problem = {
        "notation": notation,
        "inputs": _samples(numbers(random, sizes[0], samples), rows),
        "targets": _samples(_targets(random, loss, sizes[-1], samples), rows),
        "layers": [_layer(random, names[k], sizes[k], sizes[k + 1], notation, spread) for k in range(depth)],
        "loss": loss,
        "lr": float(random.choice([0.1, 0.5, 1.0])),
    }
    if samples > 1:
        problem["reduction"] = str(random.choice(["sum", "mean"]))
    if random.random() < 0.15:
        problem["penalty"] = "0.05 * sum(W1 ** 2)"
    if random.random() < 0.1:
        problem["freeze"] = ["W1"]
    return problem


def _layer(random, activation, inputs, outputs, notation, spread):
    shape = (outputs, inputs) if notation.startswith("W @") else (inputs, outputs)
    layer = {"weights": numbers(random, *shape, spread=spread), "activation": activation}
    kind = random.random()
    if kind < 0.85:
        layer["biases"] = numbers(random, outputs) if kind < 0.7 else numbers(random, 1)[0]
    return layer


def _targets(random, loss, outputs, samples):
    if loss == "cross_entropy":
        return np.eye(outputs)[random.integers(outputs, size=samples)].T.tolist()
    if loss == "binary_cross_entropy":
        return random.integers(0, 2, (outputs, samples)).astype(float).tolist()
    return np.round(random.uniform(0, 1, (outputs, samples)), 1).tolist()


def _samples(columns, rows):
    matrix = np.array(columns)
    if matrix.shape[1] == 1:
        return matrix[:, 0].tolist()
    return (matrix.T if rows else matrix).tolist()


def vertices(random):
    inputs = {f"x{i}": numbers(random, 1)[0] for i in range(1, int(random.integers(2, 4)))}
    hidden = [f"h{i}" for i in range(1, int(random.integers(3, 5)))]
    output = ["o1", "o2"][: int(random.integers(1, 3))]
    activation = str(random.choice(["sigmoid", "tanh", "relu"]))
    graph, sources = {}, [*inputs]
    for name in hidden:
        graph[name] = _vertex(random, sources, activation)
        sources.append(name)
    for name in output:
        graph[name] = _vertex(random, [*hidden, *(inputs if random.random() < 0.3 else [])], "sigmoid")
    # What leads nowhere would have no gradient to speak of.
    targets = {name: float(random.integers(0, 2)) for name in output}
    loss = str(random.choice(["half_squared_error", "squared_error", "binary_cross_entropy"]))
    return {"inputs": inputs, "targets": targets, "vertices": graph, "loss": loss, "lr": 0.5}


def _vertex(random, sources, activation):
    count = min(len(sources), int(random.integers(2, 4)))
    chosen = [str(name) for name in random.choice(sources, size=count, replace=False)]
    weights = {name: numbers(random, 1)[0] for name in chosen}
    return {"weights": weights, "bias": numbers(random, 1)[0], "activation": activation}


EQUATIONS = (
    {"inputs": "xyz", "equations": {"q": "x + y", "f": "q * z"}, "of": "f"},
    {"inputs": "xyz", "equations": {"p": "x * y", "q": "exp(z)", "r": "p * q", "f": "r + x"}, "of": "f"},
    {"inputs": "xy", "equations": {"s": "sigmoid(x)", "t": "s + y ** 2", "f": "t * s"}, "of": "f"},
    {"inputs": "xyz", "equations": {"u": "x * y", "v": "tanh(u + z)", "f": "v ** 2 + u"}, "of": "f"},
    {"inputs": "xw", "parameters": "wb", "equations": {"a": "w * x + b", "h": "sigmoid(a)", "f": "(h - 1) ** 2 / 2"}},
    {"inputs": "xyz", "equations": {"m": "maximum(x, y)", "n": "m * z", "f": "n + m"}, "of": "f"},
    {"inputs": "xy", "equations": {"a": "x / (1 + exp(y))", "b": "sin(x)", "f": "a * b + a"}, "of": "f"},
)


def equations(random):
    if random.random() < 0.35:
        return _regression(random)
    form = EQUATIONS[random.integers(len(EQUATIONS))]
    parameters = form.get("parameters", "")
    problem = {
        "inputs": {name: numbers(random, 1, spread=3)[0] for name in form["inputs"] if name not in parameters},
        "equations": form["equations"],
        "of": "f",
    }
    if parameters:
        problem |= {"parameters": {name: numbers(random, 1)[0] for name in parameters}, "lr": 0.1}
    return problem


def _regression(random):
    samples, features = int(random.integers(2, 5)), int(random.integers(1, 4))
    reduction = str(random.choice(["sum", "mean"]))
    return {
        "inputs": {"X": numbers(random, samples, features, spread=3)},
        "targets": {"y": [[v] for v in numbers(random, samples, spread=3)]},
        "parameters": {"w": [[v] for v in numbers(random, features)], "b": numbers(random, 1)[0]},
        "equations": {"z": "X @ w + b", "e": "z - y", "f": f"{reduction}(e ** 2) / 2"},
        "of": "f",
        "lr": 0.1,
    }


def random_problem(random):
    """A solution of a random problem, and its text."""
    kind = random.choice(["layers", "layers", "layers", "vertices", "equations"])
    text = yaml.safe_dump({"layers": layers, "vertices": vertices, "equations": equations}[str(kind)](random))
    return solve(loads(text), check=False), text
