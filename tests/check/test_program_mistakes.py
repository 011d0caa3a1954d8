"""Mistakes that programs make and sheets seldom: N − 1, a leak, a penalty that nobody asked for; in each convention."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from slow import mostly_slow
from test_programs import RIGHT, changed, marks_of

from gradcalc.check.mistakes.slips import multiple

MODULE = """
import numpy as np

def forward(x, params):
    a = x @ params["W1"] + params["b1"]
    h = np.maximum(a, 0)
    z = h @ params["W2"] + params["b2"]
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    return {"a1": a, "h1": h, "a2": z, "yhat": p}

def backward(x, y, params, cache):
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    a, h, p = cache["a1"], cache["h1"], cache["yhat"]
    N = len(x)
    d2 = (p - y) / N
    dW2 = h.T @ d2
    db2 = d2.sum(0)
    dh = d2 @ W2.T
    d1 = dh * (a > 0)
    return {"W1": x.T @ d1, "b1": d1.sum(0), "W2": dW2, "b2": db2}
"""
PROGRAMS = {
    "loss_and_grads": RIGHT,
    "backward": RIGHT.replace("def loss_and_grads", "def backward").replace("return loss, ", "return "),
    "module": MODULE,
}
LEAK = (("np.maximum(a, 0)", "np.where(a > 0, a, 0.01 * a)"), ("(a > 0)\n", "np.where(a > 0, 1, 0.01)\n"))
PENALTY = (("dW2 = h.T @ d2", "dW2 = h.T @ d2 + 0.1 * W2 / N"), ("x.T @ d1,", "x.T @ d1 + 0.1 * W1 / N,"))
MISTAKES = {
    "n-minus-one": ((("(p - y) / N", "(p - y) / (N - 1)"),), "gradients.W2", "gradients.a2"),
    "leak-added": (LEAK, "", "forward.h1"),
    "penalty-not-asked": (PENALTY, "gradients.W2", "gradients.W2"),
}


@pytest.mark.parametrize(
    ("mistake", "convention"), mostly_slow([(m, c) for m in MISTAKES for c in PROGRAMS], "loss_and_grads")
)
def test_the_mistake_is_named(tmp_path: Path, mistake: str, convention: str) -> None:
    source = PROGRAMS[convention]
    changes, first, at = MISTAKES[mistake]
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    marks = marks_of(tmp_path, source)
    assert marks.first is not None
    assert not first or marks.first.quantity == first
    assert [(each.id, each.at) for each in marks.first.mistakes] == [(mistake, at)]


@pytest.mark.parametrize(
    ("old", "new"),
    mostly_slow(
        [
            ("N = len(x)", "N = len(x) + 1"),
            ("dW2 = h.T @ d2", "dW2 = h.T @ d2 + 0.1"),
            ("dW2 = h.T @ d2", "dW2 = h.T @ d2 + 0.1 * np.sign(W2)"),
            ("dW2 = h.T @ d2", "dW2 = h.T @ d2 + 0.1 * W2 * W2"),
            ("dW2 = h.T @ d2", "dW2 = h.T @ d2 - 0.1 * W2"),
            ("np.maximum(a, 0)", "np.where(a > 0, a, 0.5 * a * a)"),
        ],
        "N = len(x) + 1",
    ),
)
def test_nothing_is_named_that_wasn_t_done(tmp_path: Path, old: str, new: str) -> None:
    marks = marks_of(tmp_path, changed((old, new)))
    assert not marks.passes
    assert [mistake.id for row in marks.rows for mistake in row.verdict.mistakes] == []


def test_a_multiple_of_the_weights() -> None:
    """Found where digits say so, and not where few or coarse entries would fit any."""
    by_chance = np.random.default_rng(2)
    weight = by_chance.uniform(-1, 1, (2, 3))
    room = np.full(weight.shape, 5e-5)
    assert multiple(0.1 * weight + by_chance.uniform(-4e-5, 4e-5, weight.shape), weight, room) == pytest.approx(
        0.1, abs=1e-4
    )
    assert multiple(-0.1 * weight, weight, room) is None
    assert multiple(by_chance.uniform(-0.1, 0.1, weight.shape), weight, room) is None
    assert multiple(0.1 * weight[:, :1], weight[:, :1], room[:, :1]) is None  # one digit of two says too little
    assert multiple(0.1 * weight, weight, room * 400) is None
    assert multiple(0.1 * np.ones((3, 3)), np.ones((3, 3)), np.full((3, 3), 1e-9)) is None
    assert multiple(np.zeros((2, 2)), np.ones((2, 2)), np.full((2, 2), 1e-9)) is None
    assert multiple(np.zeros((2, 2)), np.zeros((2, 2)), np.full((2, 2), 1e-9)) is None
