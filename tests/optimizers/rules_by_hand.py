"""Every rule written out in NumPy from its source, line by line; it shares nothing with gradcalc.

Each takes a parameter, the gradients of the steps, the learning rate and the rule's parameters, and gives the parameter
after each step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np


def sgd(theta, gradients, lr):
    for g in gradients:
        theta = theta - lr * g
        yield theta


def momentum(theta, gradients, lr, beta):
    v = np.zeros_like(theta)
    for g in gradients:
        v = beta * v + g
        theta = theta - lr * v
        yield theta


def momentum_velocity(theta, gradients, lr, beta):
    v = np.zeros_like(theta)
    for g in gradients:
        v = beta * v - lr * g
        theta = theta + v
        yield theta


def momentum_average(theta, gradients, lr, beta):
    v = np.zeros_like(theta)
    for g in gradients:
        v = beta * v + (1 - beta) * g
        theta = theta - lr * v
        yield theta


def nesterov(theta, gradients, lr, beta):
    v = np.zeros_like(theta)
    for g in gradients:
        v = beta * v + g
        theta = theta - lr * (g + beta * v)
        yield theta


def adagrad(theta, gradients, lr, epsilon):
    for k in range(1, len(gradients) + 1):
        squares = sum(g**2 for g in gradients[:k])
        theta = theta - lr * gradients[k - 1] / (np.sqrt(squares) + epsilon)
        yield theta


def rmsprop(theta, gradients, lr, beta, epsilon):
    for k in range(1, len(gradients) + 1):
        average = averaged([g**2 for g in gradients[:k]], beta)
        theta = theta - lr * gradients[k - 1] / (np.sqrt(average) + epsilon)
        yield theta


def adadelta(theta, gradients, lr, rho, epsilon):
    changes = []
    for k in range(1, len(gradients) + 1):
        past = averaged([change**2 for change in changes], rho) if changes else 0 * theta
        here = averaged([g**2 for g in gradients[:k]], rho)
        changes.append(gradients[k - 1] * np.sqrt(past + epsilon) / np.sqrt(here + epsilon))
        theta = theta - lr * changes[-1]
        yield theta


def averaged(values: list[np.ndarray], beta: float) -> np.ndarray:
    """The average as one sum: (1 - beta) times each value, by how old it is."""
    return sum((1 - beta) * beta ** (len(values) - 1 - i) * value for i, value in enumerate(values))


def corrected(values: list[np.ndarray], beta: float) -> np.ndarray:
    """The average with weights that sum to 1: what the correction of the bias comes to."""
    weights = np.array([beta ** (len(values) - 1 - i) for i in range(len(values))])
    return sum(w * value for w, value in zip(weights / weights.sum(), values, strict=True))


def adam(theta, gradients, lr, beta1, beta2, epsilon, weight_decay=0.0):
    for k in range(1, len(gradients) + 1):
        m, v = corrected(gradients[:k], beta1), corrected([g**2 for g in gradients[:k]], beta2)
        theta = theta - lr * m / (np.sqrt(v) + epsilon) - lr * weight_decay * theta
        yield theta


adamw = adam


def nadam(theta, gradients, lr, beta1, beta2, epsilon):
    for k in range(1, len(gradients) + 1):
        g = gradients[k - 1]
        ahead = beta1 * averaged(gradients[:k], beta1) / (1 - beta1 ** (k + 1)) + (1 - beta1) * g / (1 - beta1**k)
        theta = theta - lr * ahead / (np.sqrt(corrected([g**2 for g in gradients[:k]], beta2)) + epsilon)
        yield theta


def nadam_schedule(theta, gradients, lr, beta1, beta2, epsilon, psi):
    mus = [beta1 * (1 - 0.5 * 0.96 ** (psi * k)) for k in range(1, len(gradients) + 2)]
    for k in range(1, len(gradients) + 1):
        g, m = gradients[k - 1], averaged(gradients[:k], beta1)
        so_far, with_next = np.prod(mus[:k]), np.prod(mus[: k + 1])
        ahead = mus[k] * m / (1 - with_next) + (1 - mus[k - 1]) * g / (1 - so_far)
        theta = theta - lr * ahead / (np.sqrt(corrected([g**2 for g in gradients[:k]], beta2)) + epsilon)
        yield theta


def amsgrad(theta, gradients, lr, beta1, beta2, epsilon):
    for k in range(1, len(gradients) + 1):
        largest = np.max([averaged([g**2 for g in gradients[:j]], beta2) for j in range(1, k + 1)], axis=0)
        step = corrected(gradients[:k], beta1) / (np.sqrt(largest / (1 - beta2**k)) + epsilon)
        theta = theta - lr * step
        yield theta


def adamax(theta, gradients, lr, beta1, beta2, epsilon):
    for k in range(1, len(gradients) + 1):
        sizes = [beta2 ** (k - j) * (np.abs(gradients[j - 1]) + epsilon) for j in range(1, k + 1)]
        theta = theta - lr * corrected(gradients[:k], beta1) / np.max(sizes, axis=0)
        yield theta


perceptron = sgd

RULES: dict[str, Callable[..., Iterator[np.ndarray]]] = {
    each.__name__: each
    for each in (
        *(momentum, momentum_velocity, momentum_average, nesterov, adagrad, rmsprop, adadelta, adam),
        *(nadam, nadam_schedule, amsgrad, adamax),
    )
} | {"sgd": sgd, "adamw": adamw, "perceptron": perceptron}


def course(
    name: str, theta: np.ndarray, gradients: Iterable[np.ndarray], lr: float, **params: float
) -> list[np.ndarray]:
    """The parameter after each step."""
    return list(RULES[name](theta, [*gradients], lr, **params))
