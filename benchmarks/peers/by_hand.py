"""NumPy, written by hand: what somebody who knows the formulas would type."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from benchmarks.peers import Gradients

Array = npt.NDArray[np.float64]


def hw3(given: dict[str, Array]) -> Callable[[], Gradients]:
    """Sigmoid, softmax, half the squared error, in columns."""
    x, y, W1, b1, W2, b2 = (given[name] for name in ("x", "y", "W1", "b1", "W2", "b2"))

    def gradients() -> Gradients:
        h1 = 1.0 / (1.0 + np.exp(-(W1.T @ x + b1)))
        a2 = W2.T @ h1 + b2
        e = np.exp(a2 - a2.max(axis=0, keepdims=True))
        yhat = e / e.sum(axis=0, keepdims=True)
        error = yhat - y
        loss = np.sum(error * error) / 2.0
        da2 = yhat * (error - np.sum(error * yhat))
        dW2 = h1 @ da2.T
        da1 = (W2 @ da2) * h1 * (1.0 - h1)
        dW1 = x @ da1.T
        return {"loss": loss, "dW1": dW1, "db1": da1, "dW2": dW2, "db2": da2}

    return gradients


def classifier(given: dict[str, Array]) -> Callable[[], Gradients]:
    """ReLU, softmax, the mean cross-entropy of a batch, in rows."""
    x, y, W1, b1, W2, b2 = (given[name] for name in ("x", "y", "W1", "b1", "W2", "b2"))

    def gradients() -> Gradients:
        a1 = x @ W1 + b1
        h1 = np.maximum(a1, 0.0)
        a2 = h1 @ W2 + b2
        shifted = a2 - a2.max(axis=1, keepdims=True)
        e = np.exp(shifted)
        total = e.sum(axis=1, keepdims=True)
        loss = -np.mean(np.sum(y * (shifted - np.log(total)), axis=1))
        da2 = (e / total - y) / len(x)
        dW2 = h1.T @ da2
        db2 = da2.sum(axis=0, keepdims=True)
        da1 = (da2 @ W2.T) * (a1 > 0)
        dW1 = x.T @ da1
        db1 = da1.sum(axis=0, keepdims=True)
        return {"loss": loss, "dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}

    return gradients
