"""PyTorch, eager, in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from benchmarks.peers import Gradients

PARAMETERS = ("W1", "b1", "W2", "b2")


def _tensors(given: dict[str, Any]) -> dict[str, Any]:
    return {name: torch.tensor(value, requires_grad=name in PARAMETERS) for name, value in given.items()}


def _gradients(loss: Callable[..., Any], given: dict[str, Any]) -> Callable[[], Gradients]:
    tensors = _tensors(given)
    parameters = [tensors[name] for name in PARAMETERS]

    def gradients() -> Gradients:
        value = loss(**tensors)
        found = torch.autograd.grad(value, parameters)
        return {"loss": value.detach()} | {f"d{name}": g for name, g in zip(PARAMETERS, found, strict=True)}

    return gradients


def hw3(given: dict[str, Any]) -> Callable[[], Gradients]:
    """Sigmoid, softmax, half the squared error, in columns."""

    def loss(x: Any, y: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
        h1 = torch.sigmoid(W1.T @ x + b1)
        yhat = torch.softmax(W2.T @ h1 + b2, dim=0)
        return ((yhat - y) ** 2).sum() / 2

    return _gradients(loss, given)


def classifier(given: dict[str, Any]) -> Callable[[], Gradients]:
    """ReLU, softmax, the mean cross-entropy of a batch, in rows."""

    def loss(x: Any, y: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
        return torch.nn.functional.cross_entropy(torch.relu(x @ W1 + b1) @ W2 + b2, y)

    return _gradients(loss, given)


def convolution(given: dict[str, Any]) -> Callable[[], Gradients]:
    """A convolution and its gradients, for a given gradient of its value."""
    x, W = (torch.tensor(given[name], requires_grad=True) for name in ("x", "W"))
    b = torch.tensor(given["b"][:, 0], requires_grad=True)
    above = torch.tensor(given["da"])

    def gradients() -> Gradients:
        a = torch.nn.functional.conv2d(x, W, b)
        found = torch.autograd.grad(a, (x, W, b), above)
        return {"a": a.detach(), **{f"d{name}": g for name, g in zip(("x", "W", "b"), found, strict=True)}}

    return gradients
