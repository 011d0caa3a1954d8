"""The 2-2-2 worked example of HW 3, problem 2: each number of its equations (12) to (34)."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from gradcalc.program.solve import solve
from problems import column, matrix, problem, texts

LINES = {
    "a1": "W1.T @ x + b1",
    "h1": "sigmoid(a1)",
    "a2": "W2.T @ h1 + b2",
    "yhat": "softmax(a2)",
    "loss": "half_squared_error(yhat, y)",
}
HW3 = problem(
    LINES,
    inputs={"x": column(1, 0)},
    targets={"y": column(0, 1)},
    parameters={
        "W1": matrix([[3, 6], [4, 5]]),
        "b1": column(1, -6),
        "W2": matrix([[2, 3], [4, 3]]),
        "b2": column(-1, -2),
    },
    lr=0.5,
)
CASE_2 = replace(HW3, frozen=frozenset({"W1", "b1"}))


@cache
def solved(case: int):
    return solve(HW3 if case == 1 else CASE_2)


PRINTED = [
    ("12", 1, "values.x", column(1, 0)),
    ("12", 1, "values.W1", matrix([[3, 6], [4, 5]])),
    ("12", 1, "values.b1", column(1, -6)),
    ("13-14", 1, "values.a1", column(4, 0)),
    ("14", 1, "forward.h1", [["0.982"], ["0.5"]]),
    ("16", 1, "forward.yhat", [["0.6267"], ["0.3733"]]),
    ("17", 1, "gradients.yhat", [["0.6267"], ["-0.6267"]]),
    ("19", 1, "gradients.W2", [["0.2880", "-0.2880"], ["0.1466", "-0.1466"]]),
    ("20", 1, "gradients.b2", [["0.2932"], ["-0.2932"]]),
    ("21", 1, "gradients.h1", [["-0.2932"], ["0.2932"]]),
    ("22", 1, "gradients.W1", [["-0.0052", "0.0733"], ["0", "0"]]),
    ("23", 1, "gradients.b1", [["-0.0052"], ["0.0733"]]),
    ("25", 1, "updated.W2", [["1.8560", "3.1440"], ["3.9267", "3.0733"]]),
    ("26", 1, "updated.b2", [["-1.1466"], ["-1.8534"]]),
    ("27", 1, "updated.W1", [["3.0026", "5.9633"], ["4", "5"]]),
    ("28", 1, "updated.b1", [["1.0026"], ["-6.0367"]]),
    ("29", 1, "after.h1", [["0.9821"], ["0.4817"]]),
    ("30", 1, "after.yhat", [["0.4633"], ["0.5367"]]),
    ("31", 1, "forward.loss", "0.3927"),
    ("32", 1, "after.loss", "0.2146"),
    ("33", 2, "after.yhat", [["0.4672"], ["0.5328"]]),
    ("34", 2, "after.loss", "0.2183"),
    ("34 before", 2, "forward.loss", "0.3927"),
    ("33 hidden", 2, "after.h1", [["0.982"], ["0.5"]]),
]


def quantity(case: int, path: str) -> np.ndarray:
    section, name = path.split(".")
    return getattr(solved(case), section)[name]


@pytest.mark.parametrize(("equation", "case", "path", "printed"), PRINTED, ids=[f"({p[0]})-{p[2]}" for p in PRINTED])
def test_printed(equation, case, path, printed):
    """To the last digit that the solution prints."""
    value = quantity(case, path)
    written = np.array(printed)
    assert value.shape == written.shape
    if written.dtype.kind != "U":
        np.testing.assert_array_equal(value, written)
        return
    for entry, text in zip(value.flat, written.flat, strict=True):
        decimals = len(text.partition(".")[2])
        half = 0.5 * 10.0**-decimals if decimals else 1e-12
        assert abs(entry - float(text)) <= half * (1 + 1e-9), (equation, text, entry)


MORE_DIGITS = [
    ("forward.h1", column(0.98201, 0.5)),
    ("forward.yhat", column(0.62668, 0.37332)),
    ("forward.loss", 0.39272),
    ("gradients.yhat", column(0.62668, -0.62668)),
    ("gradients.W2", matrix([[0.28795, -0.28795], [0.14661, -0.14661]])),
    ("gradients.b2", column(0.29323, -0.29323)),
    ("gradients.h1", column(-0.29323, 0.29323)),
    ("gradients.W1", matrix([[-0.00518, 0.07331], [0, 0]])),
    ("updated.W2", matrix([[1.85602, 3.14398], [3.92669, 3.07331]])),
    ("updated.W1", matrix([[3.00259, 5.96335], [4, 5]])),
]


@pytest.mark.parametrize(("path", "value"), MORE_DIGITS, ids=[path for path, _ in MORE_DIGITS])
def test_five_digits(path, value):
    np.testing.assert_allclose(quantity(1, path), value, rtol=0, atol=5.001e-6)


def test_the_gradient_of_softmax_as_the_solution_sums_it():
    """Equation (21), with the true ŷ: column W₂ₖ weighted by ŷₖ(W₂ₖ - Σ ŷⱼ W₂ⱼ), times ∇ŷₖ."""
    s = solved(1)
    yhat, g, W2 = s.forward["yhat"], s.gradients["yhat"], s.values["W2"]
    total = sum(yhat[k] * (W2[:, [k]] - W2 @ yhat) * g[k] for k in range(2))
    np.testing.assert_allclose(s.gradients["h1"], total, rtol=1e-12)


def test_equation_24_is_the_update_rule():
    assert texts(HW3, "update") == {f"{n}_new": f"{n} - lr * d{n}" for n in ("W1", "b1", "W2", "b2")}
    assert texts(CASE_2, "update") == {
        "W1_new": "W1",
        "b1_new": "b1",
        "W2_new": "W2 - lr * dW2",
        "b2_new": "b2 - lr * db2",
    }


def test_the_rules_are_the_textbook_s():
    assert texts(HW3) == {
        "dyhat": "yhat - y",
        "da2": "yhat * (dyhat - inner(dyhat, yhat))",
        "dW2": "h1 @ da2.T",
        "db2": "da2",
        "dh1": "W2 @ da2",
        "da1": "dh1 * h1 * (1 - h1)",
        "dW1": "x @ da1.T",
        "db1": "da1",
        "dx": "W1 @ da1",
    }
    assert texts(HW3, "after") == {
        "a1_new": "W1_new.T @ x + b1_new",
        "h1_new": "sigmoid(a1_new)",
        "a2_new": "W2_new.T @ h1_new + b2_new",
        "yhat_new": "softmax(a2_new)",
        "loss_new": "half_squared_error(yhat_new, y)",
    }


def test_case_2_keeps_the_first_layer():
    s = solved(2)
    for name in ("W1", "b1"):
        np.testing.assert_array_equal(s.updated[name], s.values[name])
        np.testing.assert_array_equal(s.gradients[name], solved(1).gradients[name])
    np.testing.assert_array_equal(s.after["h1"], s.forward["h1"])
    np.testing.assert_array_equal(s.updated["W2"], solved(1).updated["W2"])


@pytest.mark.parametrize("case", [1, 2])
def test_it_is_verified(case):
    verification = solved(case).verification
    assert verification.max_relative_error < 1e-9
    assert verification.kinks == ()
    assert (verification.moved, verification.finite_only) == ("every entry", False)
    assert solved(case).warnings == ()


def test_the_loss_goes_down():
    assert solved(1).loss_after < solved(2).loss_after < solved(1).loss


# The same network in the other notations: weights transposed as needed, each with its own rules.

W_X = {**LINES, "a1": "W1 @ x + b1", "a2": "W2 @ h1 + b2"}
X_W = {**LINES, "a1": "x @ W1 + b1", "a2": "h1 @ W2 + b2"}


def test_w_times_x():
    given = {name: value.T if name.startswith("W") else value for name, value in HW3.parameters.items()}
    same = problem(W_X, inputs=HW3.inputs, targets=HW3.targets, parameters=given, lr=0.5)
    rules = texts(same)
    assert (rules["dW2"], rules["dh1"], rules["dW1"]) == ("da2 @ h1.T", "W2.T @ da2", "da1 @ x.T")
    assert (rules["db2"], rules["dx"]) == ("da2", "W1.T @ da1")
    compare(solve(same), lambda name, value: value.T if name.startswith("W") else value)


def test_x_times_w():
    from gradcalc.formula.table import Axis

    given = {name: value if name.startswith("W") else value.T for name, value in HW3.parameters.items()}
    inputs, targets = ({n: v.T for n, v in part.items()} for part in (HW3.inputs, HW3.targets))
    same = problem(X_W, inputs=inputs, targets=targets, parameters=given, lr=0.5, axis=Axis.ROWS)
    rules = texts(same)
    assert (rules["dW2"], rules["dh1"], rules["dW1"]) == ("h1.T @ da2", "da2 @ W2.T", "x.T @ da1")
    assert (rules["db2"], rules["dx"]) == ("da2", "da1 @ W1.T")
    compare(solve(same), lambda name, value: value if name.startswith("W") else value.T)


def compare(other, turned):
    for section in ("forward", "gradients", "updated", "after"):
        mine, theirs = getattr(solved(1), section), getattr(other, section)
        assert mine.keys() == theirs.keys()
        for name, value in mine.items():
            np.testing.assert_allclose(theirs[name], turned(name, value), rtol=1e-12, err_msg=f"{section}.{name}")
