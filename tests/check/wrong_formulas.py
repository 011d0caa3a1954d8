"""Wrong formulas of the newer mistakes, written by hand, for random problems that have a place for them.

Each family makes a random problem, and says of each mistake which equation goes wrong and how; that is carried on in
plain NumPy. So nothing of what marking knows of mistakes is used.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import yaml
from by_hand import Stuck, run
from random_problems import numbers, vertices

from gradcalc.formula.parse import parse
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

SLOPE = {"sigmoid": "h1 * (1 - h1)", "tanh": "1 - h1 ** 2", "relu": "step(a1)"}
OUTPUTS = (
    ("softmax", "cross_entropy"),
    ("softmax", "half_squared_error"),
    ("sigmoid", "binary_cross_entropy"),
    ("sigmoid", "half_squared_error"),
)
CLIPS = ("maximum(yhat, 1e-07)", "maximum(yhat, 1e-08)", "yhat + 1e-07", "yhat + 1e-08")


def recurrent(random):
    """A tanh RNN: shared weights, so a sum over the steps."""
    steps = int(random.integers(2, 5))
    every = range(1, steps + 1)
    equations = {}
    for t in every:
        equations |= {f"s{t}": f"W @ x{t} + U @ h{t - 1} + b", f"h{t}": f"tanh(s{t})"}
    problem = {
        "inputs": {"h0": numbers(random, 2), **{f"x{t}": numbers(random, 2) for t in every}},
        "targets": {"y": numbers(random, 2)},
        "parameters": {"W": numbers(random, 2, 2), "U": numbers(random, 2, 2), "b": numbers(random, 2)},
        "equations": {**equations, "loss": f"half_squared_error(h{steps}, y)"},
        "of": "loss",
        "lr": 0.1,
    }
    parts = [f"ds{t} @ h{t - 1}.T" for t in reversed(every)]
    one = parts[random.integers(steps)]
    yield problem
    yield "only-one-use", {"dU": one}
    yield "counted-twice", {"dU": " + ".join([*parts, one])}
    yield "other-quantity-used", {"dU": " + ".join(f"ds{t} @ h{t}.T" for t in every)}
    if steps > 2:
        yield "contribution-left-out", {"dU": " + ".join(part for part in parts if part != one)}


def attention(random):
    """Scaled scores of one query, softmax, a weighted mean of the values."""
    size, count = int(random.integers(2, 5)), int(random.integers(2, 4))
    yield {
        "inputs": {
            "q": numbers(random, size),
            "K": numbers(random, count, size),
            "V": numbers(random, count, 2),
        },
        "targets": {"y": numbers(random, 2)},
        "equations": {
            "s": "K @ q",
            "z": f"s / sqrt({size})",
            "p": "softmax(z)",
            "o": "V.T @ p",
            "loss": "half_squared_error(o, y)",
        },
        "of": "loss",
    }
    yield "divisor-left-out", {"z": "s"}
    yield "multiplied-not-divided", {"z": f"s * sqrt({size})"}
    yield "softmax-inner-product-left-out", {"dz": "p * dp"}
    yield "output-not-loss", {"do": "ones_like(o)"}


def layer_norm(random):
    """Mean, variance, deviation, scale and shift."""
    size = int(random.integers(3, 6))
    yield {
        "inputs": {"x": numbers(random, size, spread=3)},
        "targets": {"y": numbers(random, size)},
        "parameters": {"g": numbers(random, size), "b": numbers(random, size)},
        "equations": {
            "mu": "mean(x)",
            "c": "x - mu",
            "var": "mean(c ** 2)",
            "sd": "sqrt(var + 0.01)",
            "n": "c / sd",
            "o": "g * n + b",
            "loss": "half_squared_error(o, y)",
        },
        "of": "loss",
        "lr": 0.1,
    }
    yield "n-minus-one", {"var": f"sum(c ** 2) / {size - 1}"}
    yield "root-left-out", {"sd": "var + 0.01"}
    yield "square-for-root", {"sd": "(var + 0.01) ** 2"}
    yield "divisor-left-out", {"n": "c"}
    yield "multiplied-not-divided", {"n": "c * sd"}
    yield "contribution-left-out", {"dc": "dn / sd"}
    yield "contribution-left-out", {"dx": "dc"}


def batch(random):
    """A network of two layers with a penalty on the first weights, and the mean over a batch."""
    output, loss = OUTPUTS[random.integers(len(OUTPUTS))]
    hidden = str(random.choice([*SLOPE]))
    samples = int(random.integers(2, 5))
    classes = np.eye(2)[random.integers(2, size=samples)]
    yield {
        "notation": "x @ W + b",
        "inputs": numbers(random, samples, 2),
        "targets": classes.tolist(),
        "layers": [
            {"weights": numbers(random, 2, 2), "biases": numbers(random, 2), "activation": hidden},
            {"weights": numbers(random, 2, 2), "biases": numbers(random, 2), "activation": output},
        ],
        "loss": loss,
        "reduction": "mean",
        "penalty": "0.05 * sum(W1 ** 2)",
        "lr": 0.5,
    }
    yield "summed-over-everything", {"db1": "sum(da1)"}
    yield "activation-on-gradient", {"da1": f"{hidden}(dh1)"}
    yield "upstream-left-out", {"da1": SLOPE[hidden]}
    yield f"{output}-twice", {"data_loss": f"mean({loss}({output}(yhat), y))"}
    yield "penalty-left-out", {"dW1": "x.T @ da1"}
    yield "penalty-left-out", {"loss": "data_loss"}
    yield "penalty-on-bias", {"db1": "sum(da1, axis=0) + 0.1 * b1"}
    scaled = random.choice([f"0.1 / {samples} * W1", f"0.1 * {samples} * W1", "0.05 * W1", "0.2 * W1"])
    yield "penalty-scaled", {"dW1": f"x.T @ da1 + {scaled}"}
    if loss == "half_squared_error":
        if output == "softmax":
            yield "softmax-inner-product-left-out", {"da2": "yhat * dyhat"}
        else:
            yield "output-not-loss", {"da2": "yhat * (1 - yhat)"}


def graph(random):
    """A random graph of vertices: the way back is a sum over edges, each by its weight."""
    problem = vertices(random)
    units = problem["vertices"]
    users: dict[str, list[str]] = {name: [] for name in units}
    for name in reversed(units):
        # What leads nowhere has no gradient.
        if users[name] or name in problem["targets"]:
            for source in units[name]["weights"]:
                users.setdefault(source, []).insert(0, name)
    hidden = {name: then for name, then in users.items() if then and name in units}
    yield problem
    for name, then in hidden.items():
        edges = [f"da_{other} * w_{name}_{other}" for other in then]
        yield "weights-left-out", {f"do_{name}": " + ".join(f"da_{other}" for other in then)}
        if len(edges) > 1:
            one = edges[random.integers(len(edges))]
            yield "contribution-left-out", {f"do_{name}": " + ".join(edge for edge in edges if edge != one)}
            yield "counted-twice", {f"do_{name}": " + ".join([*edges, one])}
        slope = SLOPE[units[name]["activation"]].replace("h1", f"o_{name}").replace("a1", f"a_{name}")
        yield "upstream-left-out", {f"da_{name}": slope}


def saturated(random):
    """A softmax that is nearly sure, and wrong: its logarithm is clipped."""
    weights = random.integers(4, 15, (2, 2)) * np.array([[-1, 1], [-1, 1]])
    yield {
        "inputs": [1.0, 1.0],
        "targets": [1, 0],
        "notation": "x @ W + b",
        "layers": [{"weights": weights.astype(float).tolist(), "activation": "softmax"}],
        "loss": "cross_entropy",
    }
    yield "logarithm-clipped", {"loss": f"cross_entropy({random.choice(CLIPS)}, y)"}


def quotients(random):
    """A network of two layers; the numbers of a difference quotient are to stand for a gradient."""
    loss = str(random.choice(["half_squared_error", "squared_error"]))
    yield {
        "notation": "x @ W + b",
        "inputs": numbers(random, 2),
        "targets": numbers(random, 2),
        "layers": [
            {"weights": numbers(random, 2, 2), "biases": numbers(random, 2), "activation": "tanh"},
            {"weights": numbers(random, 2, 2), "biases": numbers(random, 2), "activation": "sigmoid"},
        ],
        "loss": loss,
        "lr": 0.5,
    }
    yield "difference-quotient", {f"d{random.choice(['W1', 'b1', 'W2', 'b2'])}": None}


def quotient(random, solution, name):
    """The difference quotient for each entry of a given quantity: one-sided, or of a loss in float32."""
    step, single = [(0.1, False), (0.01, False), (1e-3, True), (1e-4, True)][random.integers(4)]
    given = {key: np.asarray(value, dtype=float) for key, value in solution.problem.given.items()}

    def loss(moved):
        problem = SimpleNamespace(given={**given, name: moved}, axis=solution.problem.axis)
        forward = [each for each in solution.equations if each.section == "forward"]
        value = run(SimpleNamespace(problem=problem, equations=forward, shapes=solution.shapes))["loss"]
        return np.float32(value) if single else value

    found = np.empty(given[name].shape)
    for index in np.ndindex(found.shape):
        up, down = given[name].copy(), given[name].copy()
        up[index] += step
        down[index] -= step if single else 0.0
        found[index] = (float(loss(up)) - float(loss(down))) / (2 * step if single else step)
    return found


FAMILIES = (recurrent, attention, layer_norm, batch, graph, saturated, quotients)
OFTEN = (0.2, 0.15, 0.2, 0.25, 0.14, 0.02, 0.04)


def wrong_formula(random):
    """A solution, and a mistake made in it: its id, where, and the values of who makes it. Raises Stuck."""
    family = FAMILIES[random.choice(len(FAMILIES), p=OFTEN)](random)
    solution = solve(loads(yaml.safe_dump(next(family))), check=False)
    mistakes = list(family)
    if not mistakes:
        raise Stuck("no place for a mistake")
    id, wrong = mistakes[random.integers(len(mistakes))]
    (name,) = wrong
    if wrong[name] is None:
        numbers = {name: quotient(random, solution, name.removeprefix("d"))}
        return solution, id, name, run(solution, numbers=numbers)
    return solution, id, name, run(solution, {name: parse(wrong[name])})
