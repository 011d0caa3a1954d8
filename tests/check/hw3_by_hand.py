"""HW 3, problem 2 in plain NumPy, with a mistake at choice: what a student comes to who carries it on consistently."""

from __future__ import annotations

import numpy as np

X, Y, RATE = np.array([1.0, 0.0]), np.array([0.0, 1.0]), 0.5
W1, B1 = np.array([[3.0, 6.0], [4.0, 5.0]]), np.array([1.0, -6.0])
W2, B2 = np.array([[2.0, 3.0], [4.0, 3.0]]), np.array([-1.0, -2.0])


def sigma(a):
    return 1 / (1 + np.exp(-a))


def softmax(a):
    return np.exp(a) / np.exp(a).sum()


def worked(mistake=None):
    """Every quantity by its label."""
    a1 = W1.T @ X + B1
    h1 = sigma(a1)
    a2 = W2.T @ h1 + B2
    yhat = softmax(a2)
    dyhat = (2 if mistake == "half" else 1) * (yhat - Y)
    jacobian = np.diag(yhat) - np.outer(yhat, yhat)
    if mistake == "diagonal":
        jacobian = np.diag(yhat * (1 - yhat))
    da2 = yhat - Y if mistake == "shortcut" else jacobian @ dyhat
    dW2, db2 = np.outer(h1, da2), da2
    back = {"transposed": W2.T, "updated": W2 - RATE * dW2}.get(mistake, W2)
    dh1 = back @ da2
    slope = {"no slope": 1.0, "slope of h": sigma(h1) * (1 - sigma(h1))}.get(mistake, h1 * (1 - h1))
    da1 = dh1 * slope
    dW1, db1 = np.outer(X, da1), da1
    forward = {"forward.a1": a1, "forward.h1": h1, "forward.a2": a2, "forward.yhat": yhat}
    gradients = {"yhat": dyhat, "a2": da2, "W2": dW2, "b2": db2, "h1": dh1, "a1": da1, "W1": dW1, "b1": db1}
    gradients["x"] = W1 @ da1
    sign = 1 if mistake == "ascent" else -1
    new = {
        "W1": W1 + sign * RATE * dW1,
        "b1": B1 + sign * RATE * db1,
        "W2": W2 + sign * RATE * dW2,
        "b2": B2 + sign * RATE * db2,
    }
    found = forward | {"loss": np.sum((yhat - Y) ** 2) / 2}
    found |= {f"gradients.{name}": value for name, value in gradients.items()}
    found |= {f"updated.{name}": value for name, value in new.items()}
    return found | {f"after.{name}": value for name, value in after(new).items()}


def after(new):
    a1 = new["W1"].T @ X + new["b1"]
    h1 = sigma(a1)
    a2 = new["W2"].T @ h1 + new["b2"]
    yhat = softmax(a2)
    return {"a1": a1, "h1": h1, "a2": a2, "yhat": yhat, "loss": np.sum((yhat - Y) ** 2) / 2}


def label_order():
    return list(worked())
