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


HW3 = {"x": X, "y": Y, "W1": W1, "b1": B1, "W2": W2, "b2": B2}


def worked(mistake=None, given=HW3):
    """Every quantity by its label, for the problem's numbers or others in a 2-2-2 network."""
    x, y, W1, b1, W2, b2 = (given[name] for name in ("x", "y", "W1", "b1", "W2", "b2"))
    values = forward(x, y, W1, b1, W2, b2)
    h1, yhat = values["h1"], values["yhat"]
    dyhat = (2 if mistake == "half" else 1) * (yhat - y)
    jacobian = np.diag(yhat) - np.outer(yhat, yhat)
    if mistake == "diagonal":
        jacobian = np.diag(yhat * (1 - yhat))
    da2 = yhat - y if mistake == "shortcut" else jacobian @ dyhat
    dW2, db2 = np.outer(h1, da2), da2
    back = {"transposed": W2.T, "updated": W2 - RATE * dW2}.get(mistake, W2)
    dh1 = back @ da2
    slope = {"no slope": 1.0, "slope of h": sigma(h1) * (1 - sigma(h1))}.get(mistake, h1 * (1 - h1))
    da1 = dh1 * slope
    gradients = {
        "yhat": dyhat,
        "a2": da2,
        "W2": dW2,
        "b2": db2,
        "h1": dh1,
        "a1": da1,
        "W1": np.outer(x, da1),
        "b1": da1,
    }
    gradients["x"] = W1 @ da1
    sign = 1 if mistake == "ascent" else -1
    new = {name: given[name] + sign * RATE * gradients[name] for name in ("W1", "b1", "W2", "b2")}
    found = {("loss" if name == "loss" else f"forward.{name}"): value for name, value in values.items()}
    found |= {f"gradients.{name}": value for name, value in gradients.items()}
    found |= {f"updated.{name}": value for name, value in new.items()}
    return found | {f"after.{name}": value for name, value in after(new, x, y).items()}


def forward(x, y, W1, b1, W2, b2):
    a1 = W1.T @ x + b1
    h1 = sigma(a1)
    a2 = W2.T @ h1 + b2
    yhat = softmax(a2)
    return {"a1": a1, "h1": h1, "a2": a2, "yhat": yhat, "loss": np.sum((yhat - y) ** 2) / 2}


def after(new, x=X, y=Y):
    return forward(x, y, new["W1"], new["b1"], new["W2"], new["b2"])
