"""The published numbers of problems with an index, worked out once more in plain NumPy, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import pytest

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.problem.load import load
from gradcalc.program.solve import solve

Values = dict[str, Any]
GATES: Final = "aifo"


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def lstm() -> Values:
    """Gomez's cell: two steps forward, the deltas of its gates back through time, one step of gradient descent."""
    w = {"a": [0.45, 0.25], "i": [0.95, 0.8], "f": [0.7, 0.45], "o": [0.6, 0.4]}
    u, b = dict(zip(GATES, [0.15, 0.8, 0.1, 0.25], strict=True)), dict(zip(GATES, [0.2, 0.65, 0.15, 0.1], strict=True))
    x, y = np.array([[1, 2], [0.5, 3]]), [0.5, 1.25]
    found: Values = {"forward.out[-1]": 0.0, "forward.state[-1]": 0.0}
    for t in (0, 1):
        sums = {gate: np.dot(w[gate], x[t]) + u[gate] * found[f"forward.out[{t - 1}]"] + b[gate] for gate in GATES}
        found |= {f"forward.{gate}[{t}]": sigmoid(sums[gate]) for gate in "ifo"}
        found[f"forward.a[{t}]"] = np.tanh(sums["a"])
        a, i, f, o = (found[f"forward.{gate}[{t}]"] for gate in GATES)
        found[f"forward.state[{t}]"] = a * i + f * found[f"forward.state[{t - 1}]"]
        found[f"forward.out[{t}]"] = np.tanh(found[f"forward.state[{t}]"]) * o
    d_w, d_u, d_b = ({gate: np.zeros(size) for gate in GATES} for size in (2, (), ()))
    next_out = next_state = forget = 0.0
    for t in (1, 0):
        a, i, f, o = (found[f"forward.{gate}[{t}]"] for gate in GATES)
        out, state = found[f"forward.out[{t}]"], found[f"forward.state[{t}]"]
        d_out = out - y[t] + next_out
        d_state = d_out * o * (1 - np.tanh(state) ** 2) + next_state * forget
        deltas = {
            "a": d_state * i * (1 - a**2),
            "i": d_state * a * i * (1 - i),
            "f": d_state * found[f"forward.state[{t - 1}]"] * f * (1 - f),
            "o": d_out * np.tanh(state) * o * (1 - o),
        }
        for gate, delta in deltas.items():
            d_w[gate] = d_w[gate] + delta * x[t]
            d_u[gate] = d_u[gate] + delta * found[f"forward.out[{t - 1}]"]
            d_b[gate] = d_b[gate] + delta
        next_out, next_state, forget = sum(u[gate] * delta for gate, delta in deltas.items()), d_state, f
    for letter, before, change in (("W", w, d_w), ("U", u, d_u), ("b", b, d_b)):
        found |= {f"updated.{letter}{gate}": np.asarray(before[gate]) - 0.1 * change[gate] for gate in GATES}
    return found


def two_steps() -> Values:
    h1 = np.tanh(0.5)
    a2 = 0.5 * 2 + 0.1 * h1
    h2 = np.tanh(a2)
    losses = [(2 * h1 - 1) ** 2 / 2, (2 * h2 - 2) ** 2 / 2]
    d_h2 = 2 * (2 * h2 - 2)
    d_a2 = d_h2 * (1 - h2**2)
    forward = {"a[2]": a2, "h[1]": h1, "h[2]": h2, "yhat[1]": 2 * h1, "yhat[2]": 2 * h2}
    forward |= {"L[1]": losses[0], "L[2]": losses[1]}
    return {
        **{f"forward.{name}": value for name, value in forward.items()},
        "loss": sum(losses),
        **{"gradients.yhat[2]": 2 * h2 - 2, "gradients.h[2]": d_h2, "gradients.a[2]": d_a2},
        **{"gradients.Wx from a[2]": d_a2 * 2, "gradients.Wh from a[2]": d_a2 * h1},
    }


def mazur() -> Values:
    """Columns: the article's two layers, one after the other."""
    w1, w2 = np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]])
    x, y = np.array([0.05, 0.1]), np.array([0.01, 0.99])
    net1 = w1 @ x + 0.35
    out1 = sigmoid(net1)
    net2 = w2 @ out1 + 0.6
    out2 = sigmoid(net2)
    d_net2 = (out2 - y) * out2 * (1 - out2)
    d_out1 = w2.T @ d_net2
    d_w1, d_w2 = np.outer(d_out1 * out1 * (1 - out1), x), np.outer(d_net2, out1)
    forward = {"net[1]": net1, "out[1]": out1, "net[2]": net2, "out[2]": out2}
    gradients = {"out[2]": out2 - y, "net[2]": d_net2, "out[1]": d_out1, "W[1]": d_w1, "W[2]": d_w2}
    return {
        **{f"forward.{name}": value for name, value in forward.items()},
        "loss": sum((out2 - y) ** 2) / 2,
        **{f"gradients.{name}": value for name, value in gradients.items()},
        **{"updated.W[1]": w1 - 0.5 * d_w1, "updated.W[2]": w2 - 0.5 * d_w2},
    }


WORKED_OUT: Final[Mapping[str, Callable[[], Values]]] = {
    "gomez-lstm": lstm,
    "prachub-bptt": two_steps,
    "mazur-once": mazur,
}
ROUNDED: Final = {"gomez-lstm": 0.51e-5, "prachub-bptt": 0.51e-4, "mazur-once": 5.1e-9}


@pytest.mark.parametrize("name", WORKED_OUT)
def test_the_published_numbers_follow_from_the_definitions(name: str) -> None:
    problem, right = load(name), WORKED_OUT[name]()
    held = 0
    for section, printed in problem.expected.items():
        for quantity, value in printed.items() if isinstance(printed, dict) else [("", printed)]:
            label = f"{section}.{quantity}" if quantity else section
            room = 5.1e-5 if label == "forward.state[1]" else ROUNDED[name]  # which is printed with four decimals
            numbers = np.array(value, dtype=float)
            given = ~np.isnan(numbers)
            np.testing.assert_allclose(numbers[given], np.asarray(right[label])[given], 0, room, err_msg=label)
            held += 1
    assert held >= 10


@pytest.mark.parametrize("name", WORKED_OUT)
def test_the_problem_itself_gives_the_same(name: str) -> None:
    """To all digits, not only to those that are printed."""
    solution = solve(load(name))
    plain = {label: np.asarray(value).tolist() for label, value in WORKED_OUT[name]().items() if "[-1]" not in label}
    sheet: dict[str, Any] = {}
    for label, value in plain.items():
        section, _, quantity = label.partition(".")
        if quantity:
            sheet.setdefault(section, {})[quantity] = value
        else:
            sheet[section] = value
    verdicts = mark(solution, sheet_from_data(sheet, solution)).verdicts
    assert {each.verdict for each in verdicts if each.verdict != "missing"} == {"correct"}
