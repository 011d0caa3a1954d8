"""Wrong formulas in the layers of other kinds, written by hand: what students do in recurrent layers, normalisation,
dropout, embeddings and attention.

As in `wrong_formulas.py`, each family makes a random problem, and then says of each mistake which equation goes wrong
and how; that is carried on in plain NumPy.
"""

from __future__ import annotations

import yaml
from by_hand import run
from random_problems import numbers

from gradcalc.formula.parse import parse
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve


def sequence(random, layer, steps):
    """A recurrent layer with two units, and a linear layer with a squared error at each step."""
    return {
        "notation": "W @ x + b",
        "over": {"t": steps},
        "inputs": {"x[t]": numbers(random, steps, 2)},
        "targets": {"y[t]": numbers(random, steps, 2)},
        "layers": [layer, {"weights": numbers(random, 2, 2), "biases": numbers(random, 2)}],
        "loss": "half_squared_error",
        "reduction": "sum",
        "lr": 0.1,
    }


def gates(random, count):
    return {
        "Wx": numbers(random, 2 * count, 2),
        "Wh": numbers(random, 2 * count, 2),
        "b": numbers(random, 2 * count),
    }


def rnn(random):
    steps = int(random.integers(2, 5))
    yield sequence(random, {"rnn": gates(random, 1), "start": numbers(random, 2)}, steps)
    yield from through_time(random, steps)
    t = int(random.integers(1, steps + 1))
    yield "missing-activation-derivative", {f"da1[{t}]": f"dh1[{t}]"}
    yield "derivative-at-wrong-value", {f"da1[{t}]": f"dh1[{t}] * (1 - a1[{t}] ** 2)"}


def through_time(random, steps):
    """What is done wrong with the sum over the steps, and with the path from step to step."""
    every = [f"da1[{t}] @ h1[{t - 1}].T" for t in range(steps, 0, -1)]
    one, t = every[random.integers(steps)], int(random.integers(1, steps))
    yield "only-one-use", {"dWh1": every[0]}
    yield "counted-twice", {"dWh1": " + ".join([*every, one])}
    yield "other-quantity-used", {"dWh1": " + ".join(f"da1[{t}] @ h1[{t}].T" for t in range(steps, 0, -1))}
    yield "mean-not-sum", {"dWx1": f"({' + '.join(f'da1[{t}] @ x[{t}].T' for t in range(steps, 0, -1))}) / {steps}"}
    yield "contribution-left-out", {f"dh1[{t}]": f"W2.T @ da2[{t}]"}
    yield "contribution-left-out", {f"dh1[{t}]": f"Wh1.T @ da1[{t + 1}]"}
    yield "weights-transposed", {f"dh1[{t}]": f"W2.T @ da2[{t}] + Wh1 @ da1[{t + 1}]"}
    if steps > 2:
        yield "contribution-left-out", {"dWh1": " + ".join(every[:-1])}


def lstm(random):
    steps = int(random.integers(2, 4))
    order = "".join(random.permutation(list("ifog")))
    start = {"h": numbers(random, 2), "c": numbers(random, 2)}
    yield sequence(random, {"lstm": gates(random, 4), "order": order, "start": start}, steps)
    t, last = int(random.integers(1, steps)), int(random.integers(1, steps + 1))
    slope = f"dh1[{t}] * o1[{t}] * (1 - tanh(c1[{t}]) ** 2)"
    yield "contribution-left-out", {f"dc1[{t}]": slope}
    yield "contribution-left-out", {f"dc1[{t}]": f"dc1[{t + 1}] * f1[{t + 1}]"}
    yield "contribution-left-out", {f"dh1[{t}]": f"W2.T @ da2[{t}]"}
    yield "other-quantity-used", {f"dc1[{t}]": f"dc1[{t + 1}] * f1[{t}] + {slope}"}
    yield "other-quantity-used", {f"df1[{last}]": f"dc1[{last}] * c1[{last}]"}
    yield "other-quantity-used", {f"do1[{last}]": f"dh1[{last}] * c1[{last}]"}
    yield "missing-activation-derivative", {f"dc1[{steps}]": f"dh1[{steps}] * o1[{steps}]"}
    yield "activation-left-out", {f"h1[{last}]": f"o1[{last}] * c1[{last}]"}


def gru(random):
    steps = int(random.integers(2, 4))
    yield sequence(random, {"gru": gates(random, 3), "order": "rzn", "start": numbers(random, 2)}, steps)
    t, last = int(random.integers(1, steps)), int(random.integers(1, steps + 1))
    through = f"W2.T @ da2[{t}] + Wh1.T @ dah1[{t + 1}]"
    yield "contribution-left-out", {f"dh1[{t}]": through}
    yield "contribution-left-out", {f"dh1[{t}]": f"W2.T @ da2[{t}] + dh1[{t + 1}] * z1[{t + 1}]"}
    yield "parts-exchanged", {f"h1[{last}]": f"z1[{last}] * n1[{last}] + (1 - z1[{last}]) * h1[{last - 1}]"}
    yield "contribution-left-out", {f"dz1[{last}]": f"dh1[{last}] * h1[{last - 1}]"}
    yield "sign-flipped", {f"dz1[{last}]": f"dh1[{last}] * n1[{last}] + dh1[{last}] * h1[{last - 1}]"}


def batch_norm(random):
    yield from normalisation(random, "batch_norm")


def layer_norm(random):
    yield from normalisation(random, "layer_norm")


def normalisation(random, kind):
    """The mean and the variance of the hidden sums, over the samples or over the entries of each."""
    samples, entries = (int(n) for n in random.integers(3, 5, size=2))
    yield {
        "notation": "x @ W + b",
        "inputs": numbers(random, samples, 2),
        "targets": numbers(random, samples, entries),
        "layers": [
            {"weights": numbers(random, 2, entries)},
            {kind: {"gamma": numbers(random, entries), "beta": numbers(random, entries)}, "epsilon": 0.01},
        ],
        "loss": "half_squared_error",
        "reduction": "mean",
        "lr": 0.5,
    }
    axis, count = (0, samples) if kind == "batch_norm" else (1, entries)
    yield "n-minus-one", {"var2": f"sum((h1 - mu2) ** 2, axis={axis}) / {count - 1}"}
    yield "root-left-out", {"xhat2": "(h1 - mu2) / (var2 + 0.01)"}
    direct = "dxhat2 / sqrt(var2 + 0.01)"
    by_var = f"dvar2 * 2 * (h1 - mu2) / {count}"
    yield "contribution-left-out", {"dh1": direct}
    yield "contribution-left-out", {"dh1": f"{direct} + dmu2 / {count}"}
    yield "contribution-left-out", {"dh1": f"{direct} + {by_var}"}
    yield "upstream-left-out", {"dgamma2": "sum(xhat2, axis=0)"}
    yield "mean-not-sum", {"dgamma2": "mean(dyhat * xhat2, axis=0)"}
    yield "factor-left-out", {"dxhat2": "dyhat"}
    yield "sum-left-out", {"dbeta2": "dyhat"}


def dropout(random):
    samples = int(random.integers(2, 4))
    mask = random.integers(0, 2, (samples, 3)).astype(float)
    mask[0, :2] = 1, 0
    yield {
        "notation": "x @ W + b",
        "inputs": numbers(random, samples, 2),
        "targets": numbers(random, samples, 2),
        "layers": [
            {"weights": numbers(random, 2, 3), "activation": "tanh"},
            {"dropout": mask.tolist(), "keep": 0.5},
            {"weights": numbers(random, 3, 2)},
        ],
        "loss": "half_squared_error",
        "reduction": "mean",
        "lr": 0.5,
    }
    yield "mask-left-out", {"h2": "h1 / 0.5"}
    yield "divisor-left-out", {"h2": "h1 * mask2"}
    yield "multiplied-not-divided", {"h2": "h1 * mask2 * 0.5"}
    yield "factor-left-out", {"dh1": "dh2 / 0.5"}
    yield "divisor-left-out", {"dh1": "dh2 * mask2"}


def embedding(random):
    words = int(random.integers(3, 5))
    numbers_of_words = random.integers(1, words + 1, 4)
    numbers_of_words[:2] = numbers_of_words[2]
    yield {
        "notation": "x @ W + b",
        "inputs": numbers_of_words.tolist(),
        "targets": random.integers(0, 2, 4).tolist(),
        "layers": [
            {"embedding": numbers(random, words, 2)},
            {"weights": numbers(random, 2, 2), "activation": "softmax"},
        ],
        "loss": "cross_entropy",
        "reduction": "sum",
        "lr": 0.5,
    }
    yield "only-one-use", {"dE1": "put_at(dh1, x, E1)"}
    yield "mean-not-sum", {"dE1": "add_at(dh1, x, E1) / 4"}
    if numbers_of_words.max() < words:
        yield "counted-from-zero", {"h1": "lookup(E1, x + 1)"}


def attention(random):
    steps, heads = int(random.integers(2, 4)), int(random.integers(1, 3))
    width = 2 * heads
    yield {
        "notation": "x @ W + b",
        "inputs": numbers(random, steps, 2),
        "targets": numbers(random, steps, 2),
        "layers": [
            {
                "attention": {
                    "Wq": numbers(random, 2, width),
                    "Wk": numbers(random, 2, width),
                    "Wv": numbers(random, 2, width),
                    "Wo": numbers(random, width, 2),
                },
                "heads": heads,
                "causal": True,
            }
        ],
        "loss": "half_squared_error",
        "reduction": "mean",
        "lr": 0.1,
    }
    j = int(random.integers(1, heads + 1))
    head = f"[{j}]" if heads > 1 else ""
    part = f"[:,{2 * j - 1}:{2 * j}]" if heads > 1 else ""
    scores, p = f"scores1{head}", f"p1{head}"
    yield "divisor-left-out", {scores: f"q1{part} @ k1{part}.T"}
    yield "multiplied-not-divided", {scores: f"q1{part} @ k1{part}.T * sqrt(2)"}
    yield "mask-left-out", {p: f"softmax({scores}, axis=1)"}
    yield "softmax-over-samples", {p: f"softmax(where(mask1, {scores}, -1e9), axis=0)"}
    yield "softmax-jacobian-diagonal", {f"d{scores}": f"where(mask1, d{p} * {p} * (1 - {p}), 0)"}
    yield "softmax-inner-product-left-out", {f"d{scores}": f"where(mask1, d{p} * {p}, 0)"}
    if heads == 1:
        yield "divisor-left-out", {"dq1": "dscores1 @ k1"}
        yield "divisor-left-out", {"dk1": "dscores1.T @ q1"}
        yield "factor-transposed", {"dk1": "dscores1 @ q1 / sqrt(2)"}
        yield "factor-transposed", {"dv1": "p1 @ dz1"}


FAMILIES = (rnn, lstm, gru, batch_norm, layer_norm, dropout, embedding, attention)


def wrong_layer(random):
    """A solution, and a mistake made in it: its id, where, and the values of who makes it. Raises Stuck."""
    family = FAMILIES[random.integers(len(FAMILIES))](random)
    solution = solve(loads(yaml.safe_dump(next(family))), check=False)
    mistakes = list(family)
    id, wrong = mistakes[random.integers(len(mistakes))]
    ((name, formula),) = wrong.items()
    return solution, id, name, run(solution, {name: parse(formula, indices=solution.problem.indices)})
