"""The published numbers of problems with many steps, worked out once more from the definitions, in plain NumPy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import numpy as np
import pytest

from gradcalc.problem.load import load
from gradcalc.program.problem import Path, Problem

Values: TypeAlias = Iterator[tuple[tuple[int, str, str], Any]]
"""Values, each after the number of its step, its section and its name."""


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def descent_of_u_v() -> Values:
    u = v = 1.0
    for step in range(1, 11):
        inner = u * np.exp(v) - 2 * v * np.exp(-u)
        yield (step, "forward", "E"), inner**2
        u, v = (
            u - 0.1 * 2 * inner * (np.exp(v) + 2 * v * np.exp(-u)),
            v - 0.1 * 2 * inner * (u * np.exp(v) - 2 * np.exp(-u)),
        )
        yield (step, "updated", "u"), u
        yield (step, "updated", "v"), v
        error = (u * np.exp(v) - 2 * v * np.exp(-u)) ** 2
        yield (step, "after", "E"), error
        assert (error < 1e-14) == (step == 10)
    yield (1, "made", ""), 10


def coordinates() -> Values:
    u = v = 1.0
    for step in range(1, 16):
        u -= 0.1 * 2 * (u * np.exp(v) - 2 * v * np.exp(-u)) * (np.exp(v) + 2 * v * np.exp(-u))
        v -= 0.1 * 2 * (u * np.exp(v) - 2 * v * np.exp(-u)) * (u * np.exp(v) - 2 * np.exp(-u))
        yield (step, "updated", "u"), u
        yield (step, "updated", "v"), v
        yield (step, "after", "E"), (u * np.exp(v) - 2 * v * np.exp(-u)) ** 2


def negnevitsky() -> Values:
    x, hidden, output = (
        np.array([1, 1, -1]),
        np.array([[0.5, 0.9], [0.4, 1.0], [0.8, -0.1]]),
        np.array([-1.2, 1.1, 0.3]),
    )
    h = np.append(sigmoid(x @ hidden), -1)
    y = sigmoid(h @ output)
    delta = y * (1 - y) * (0 - y)
    deltas = h[:2] * (1 - h[:2]) * delta * output[:2]
    changes = {f"w_x{(i + 1) % 3}_v{j + 3}": 0.1 * x[i] * deltas[j] for i in range(3) for j in range(2)}
    changes |= {name: 0.1 * h[i] * delta for i, name in enumerate(("w_v3_v5", "w_v4_v5", "w_x0_v5"))}
    old = {f"w_x{(i + 1) % 3}_v{j + 3}": hidden[i, j] for i in range(3) for j in range(2)}
    old |= dict(zip(("w_v3_v5", "w_v4_v5", "w_x0_v5"), output, strict=True))
    for name, change in changes.items():
        yield (1, "changes", name), change
        yield (1, "updated", name), old[name] + change
    yield from (((1, "forward", f"o_v{i}"), value) for i, value in enumerate((*h[:2], y), 3))
    yield from (((1, "deltas", f"v{i}"), value) for i, value in enumerate((*deltas, delta), 3))
    yield (1, "gradients", "o_v5"), y - 0


def neuron(w: float, b: float) -> Values:
    for step in range(1, 301):
        a = sigmoid(w + b)
        yield (step, "forward", "yhat"), a
        w, b = w - 0.15 * a * a * (1 - a), b - 0.15 * a * a * (1 - a)
        yield (step, "updated", "W1"), w
        yield (step, "updated", "b1"), b
        yield (step, "after", "yhat"), sigmoid(w + b)


def mazur(steps: int, *, biases: bool, sequential: bool = False) -> Values:
    x, t = np.array([0.05, 0.1]), np.array([0.01, 0.99])
    W1, W2 = np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]])
    b1, b2 = np.full(2, 0.35), np.full(2, 0.6)
    h = sigmoid(W1 @ x + b1)
    y = sigmoid(W2 @ h + b2)
    for step in range(1, steps + 1):
        yield (step, "loss", ""), np.sum((y - t) ** 2) / 2
        output = (y - t) * y * (1 - y)
        W2_new = W2 - 0.5 * np.outer(output, h)
        hidden = ((W2_new if sequential else W2).T @ output) * h * (1 - h)
        W2, W1 = W2_new, W1 - 0.5 * np.outer(hidden, x)
        if biases:
            b1, b2 = b1 - 0.5 * hidden, b2 - 0.5 * output
        h = sigmoid(W1 @ x + b1)
        y = sigmoid(W2 @ h + b2)
        yield (step, "after", "yhat"), y
        yield (step, "after", "loss"), np.sum((y - t) ** 2) / 2


def xor() -> Values:
    hidden, output = np.full((3, 2), 0.6), np.full(3, 0.6)
    for step in range(1, 9):
        a, b = divmod((step - 1) % 4, 2)
        x = np.array([-1.0, a, b])
        h = np.append(-1.0, sigmoid(x @ hidden))
        y = sigmoid(h @ output)
        delta = (y - (a ^ b)) * y * (1 - y)
        back = output[1:] * delta * h[1:] * (1 - h[1:])
        output, hidden = output - 0.1 * delta * h, hidden - 0.1 * np.outer(x, back)
        yield (step, "updated", "W1"), hidden[1:]
        yield (step, "updated", "theta1"), hidden[0]
        yield (step, "updated", "W2"), output[1:]
        yield (step, "updated", "theta2"), output[0]


def adam() -> Values:
    w, m, v = np.array([-5.0, -2.0]), np.zeros(2), np.zeros(2)
    for step in (1, 2):
        g = np.array([0.2, 4.0]) * w
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = w - 0.2 * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-6)
        for i, name in enumerate(("w1", "w2")):
            yield (step, "gradients", name), g[i]
            yield (step, "updated", name), w[i]
            yield (step, "state", f"m.{name}"), m[i]
            yield (step, "state", f"v.{name}"), v[i]
            yield (step, "state", f"m_hat.{name}"), m[i] / (1 - 0.9**step)
            yield (step, "state", f"v_hat.{name}"), v[i] / (1 - 0.999**step)


def momentum(
    names: tuple[str, ...],
    start: list[float],
    slope: list[float],
    move: Callable[[Any, Any, Any], tuple[Any, Any]],
    steps: int,
) -> Values:
    w, v = np.array(start), np.zeros(len(start))
    for step in range(1, steps + 1):
        before, g = w, np.array(slope) * w
        w, v = move(w, v, g)
        for i, name in enumerate(names):
            yield (step, "gradients", name), g[i]
            yield (step, "changes", name), w[i] - before[i]
            yield (step, "updated", name), w[i]
            yield (step, "state", f"v.{name}"), v[i]


def average(w: Any, v: Any, g: Any) -> tuple[Any, Any]:
    v = 0.5 * v + 0.5 * g
    return w - 0.6 * v, v


def total(w: Any, v: Any, g: Any) -> tuple[Any, Any]:
    v = 0.5 * v + g
    return w - 0.6 * v, v


def change(w: Any, v: Any, g: Any) -> tuple[Any, Any]:
    v = 0.1 * v - 0.8 * g
    return w + v, v


def perceptron() -> Values:
    w = np.zeros(3)
    for step in range(1, 17):
        a, b = divmod((step - 1) % 4, 2)
        x = np.array([a, b, -1.0])
        yield (step, "forward", "s"), w @ x
        w = w + 0.5 * ((a | b) - (w @ x >= 0)) * x
        yield (step, "updated", "w"), w


def changes_of_patterns() -> Values:
    w = np.ones(4)
    for step, (pattern, target) in enumerate(zip(("1011", "1101", "1011", "0111"), (0, 0, 1, 1), strict=True), 1):
        x = np.array([*map(int, pattern)])
        yield (step, "forward", "net"), w @ x
        change = (target - (w @ x > 0)) * x
        w = w + change
        yield (step, "changes", "w"), change
        yield (step, "updated", "w"), w


WORKED_OUT: Final[Mapping[str, Callable[[], Values]]] = {
    "lfd-descent": descent_of_u_v,
    "nielsen-learning": lambda: neuron(0.6, 0.9),
    "nielsen-saturated": lambda: neuron(2.0, 2.0),
    "mazur-10000": lambda: mazur(10_000, biases=False),
    "mazur-biases": lambda: mazur(10_000, biases=True),
    "mazur-sequential": lambda: mazur(10_000, biases=False, sequential=True),
    "lfd-coordinates": coordinates,
    "negnevitsky": negnevitsky,
    "xor-online": xor,
    "aio-adam": adam,
    "aio-momentum": lambda: momentum(("w1", "w2"), [-5, -2], [0.2, 4], average, 30),
    "d2l-momentum": lambda: momentum(("x1", "x2"), [-5, -2], [0.2, 4], total, 20),
    "willamette-momentum": lambda: momentum(("w",), [10], [2], change, 3),
    "cornell-perceptron": perceptron,
    "byu-perceptron": changes_of_patterns,
}


def printed(problem: Problem) -> Iterator[tuple[tuple[int, str, str], Path, str]]:
    """Every number of `expected`: what it is of, where it stands in its value, and how it is written."""
    steps = problem.expected.get("table", {}).get("step", [])
    for path, text in problem.written.items():
        if path[0] != "expected" or path[1:3] == ("table", "step"):
            continue
        step, rest = (int(path[2]), path[3:]) if path[1] == "steps" else (1, path[1:])
        if path[1] == "table":
            step, rest = steps[int(path[3])], (*str(path[2]).split("."), *path[4:])
        section = str(rest[0])
        names = {"loss": 0, "state": 2}.get(section, 1)
        yield (step, section, ".".join(map(str, rest[1 : names + 1]))), rest[names + 1 :], text


def room(text: str) -> float:
    """Half a unit of the last digit; of a number that a program printed whole a part of it, as float64 lost some."""
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2]) - int(exponent or 0)
    significant = len(re.sub(r"\D", "", mantissa).lstrip("0"))
    return abs(float(text)) * 1e-6 if significant >= 14 else 0.5001 * 10.0**-decimals


@pytest.mark.parametrize("name", WORKED_OUT)
def test_the_published_numbers_follow_from_the_definitions(name: str) -> None:
    problem, right = load(name), dict(WORKED_OUT[name]())
    held = 0
    for quantity, place, text in printed(problem):
        value = np.asarray(right[quantity])
        entry = value[tuple(place)] if value.ndim else value
        assert float(entry) == pytest.approx(float(text), abs=room(text)), (quantity, place, text)
        held += 1
    assert held >= 2


def test_what_mazur_s_article_prints_of_both_orders() -> None:
    """Its outputs after 10,000 steps, and 0.291027924 after one, take the new output weights on the way back."""
    one_after_the_other = dict(mazur(10_000, biases=False, sequential=True))
    assert one_after_the_other[1, "after", "loss"] == pytest.approx(0.291027924, abs=5e-10)
    assert one_after_the_other[10_000, "after", "yhat"] == pytest.approx([0.015912196, 0.984065734], abs=5e-10)
    assert one_after_the_other[10_000, "after", "loss"] == pytest.approx(0.000035085, abs=5e-10)
    at_once = dict(mazur(10_000, biases=False))
    assert at_once[10_000, "loss", ""] == pytest.approx(0.0000351085, abs=5e-11)
