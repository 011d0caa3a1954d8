"""Largest entries, and the losses that ask for a margin between scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcalc.formula.shapes import each_sample, same
from gradcalc.formula.table import Axis, Function, Mistake, register
from gradcalc.functions.reductions import total_each_sample


def _each(values: Any) -> Any:
    """One number a sample; a scalar where there is only one."""
    return values[0, 0] if np.size(values) == 1 else values


def _max(a: Any, axis: Axis) -> Any:
    return a if a.ndim == 0 else _each(np.max(a, axis=axis, keepdims=True))


def _argmax(a: Any, axis: Axis) -> Any:
    return 0.0 * a if a.ndim == 0 else _each(np.argmax(a, axis=axis, keepdims=True).astype(np.float64))


def _largest(a: Any, axis: Axis) -> Any:
    if a.ndim == 0:
        return np.float64(1.0)
    places = np.expand_dims(np.arange(a.shape[axis]), 1 - axis)
    return (places == np.argmax(a, axis=axis, keepdims=True)).astype(np.float64)


def _lead(a: Any, axis: Axis) -> Any:
    if a.ndim == 0 or a.shape[axis] < 2:
        return np.float64(np.inf)
    ordered = np.sort(a, axis=axis)
    top, second = np.take(ordered, [-1], axis=axis), np.take(ordered, [-2], axis=axis)
    return _each(top - second)


def _hinge(yhat: Any, y: Any, axis: Axis) -> Any:
    return total_each_sample(np.maximum(1.0 - y * yhat, 0.0), axis)


def _multiclass_hinge(yhat: Any, y: Any, axis: Axis) -> Any:
    return _max(yhat + 1.0 - y - total_each_sample(yhat * y, axis), axis)


def _weston_watkins(yhat: Any, y: Any, delta: float, axis: Axis) -> Any:
    margins = np.maximum(yhat - total_each_sample(yhat * y, axis) + delta, 0.0)
    return total_each_sample((1.0 - y) * margins, axis)


register(
    Function(
        name="softmax_weighted_sum",
        args=("a",),
        value=lambda a, axis: _weighted(a, axis),
        summary="each sample's entries, averaged with their softmax as weights",
        definition="inner(softmax(a), a)",
        group="activation",
        per_sample=True,
        shape=each_sample,
        gradient={"a": "g * softmax(a) * (1 + a - out)"},
        mistakes=(
            Mistake(
                "softmax-not-differentiated",
                "g * softmax(a)",
                "the weights depend on a as well: the factor is softmax(a) ⊙ (1 + a − out)",
                "a",
            ),
        ),
        source="TTIC 31020, problem set 8, problem 8.1",
    )
)


def _weighted(a: Any, axis: Axis) -> Any:
    if a.ndim == 0:
        return a
    weights = np.exp(a - a.max(axis=axis, keepdims=True))
    return total_each_sample(weights / weights.sum(axis=axis, keepdims=True) * a, axis)


register(
    Function(
        name="max",
        args=("a",),
        value=_max,
        summary="each sample's largest entry",
        group="margin",
        per_sample=True,
        shape=each_sample,
        gradient={"a": "g * largest(a)"},
        kinks=("lead(a)",),
        latex=r"\max\left({a}\right)",
    )
)

register(
    Function(
        name="argmax",
        args=("a",),
        value=_argmax,
        summary="the place of each sample's largest entry, counted from 0 as classes are",
        group="margin",
        per_sample=True,
        shape=each_sample,
        no_gradient="it is flat wherever its derivative exists, so it passes no gradient on",
        latex=r"\operatorname{argmax}\left({a}\right)",
    )
)

register(
    Function(
        name="largest",
        args=("a",),
        value=_largest,
        summary="1 at each sample's largest entry (the first, in a tie), else 0",
        group="margin",
        per_sample=True,
        shape=same,
        no_gradient="it is flat wherever its derivative exists, so it passes no gradient on",
    )
)

register(
    Function(
        name="lead",
        args=("a",),
        value=_lead,
        summary="by how much each sample's largest entry leads the second",
        group="margin",
        per_sample=True,
        shape=each_sample,
        no_gradient="it tells how far a tie is",
    )
)

register(
    Function(
        name="hinge",
        args=("yhat", "y"),
        value=_hinge,
        summary="how far y ŷ stays below a margin of 1, for labels y = ±1",
        definition="inner(maximum(0, 1 - y * yhat), 1)",
        group="loss",
        per_sample=True,
        shape=each_sample,
        gradient={"yhat": "-g * y * step(1 - y * yhat)", "y": "-g * yhat * step(1 - y * yhat)"},
        kinks=("1 - y * yhat",),
        targets="sign",
        domain={"y": "sign"},
        aliases=("hinge_loss",),
        idioms={
            "torch": "torch.sum(torch.relu(1 - {y} * {yhat}){each})",
            "jax": "jnp.sum(jax.nn.relu(1 - {y} * {yhat}){each})",
        },
        mistakes=(
            Mistake("margin-ignored", "-g * y", "beyond the margin (y ŷ > 1) the loss is flat", "yhat"),
            Mistake("sign-flipped", "g * y * step(1 - y * yhat)", "the minus before y is left out", "yhat"),
            Mistake("margin-left-out", "inner(maximum(0, -y * yhat), 1)", "the margin of 1 is left out"),
        ),
        source="Cortes & Vapnik, Support-vector networks (1995)",
    )
)

register(
    Function(
        name="perceptron_loss",
        args=("yhat", "y"),
        value=lambda yhat, y, axis: total_each_sample(np.maximum(-y * yhat, 0.0), axis),
        summary="how far y ŷ stays below 0, for labels y = ±1; at 0 its gradient is that of a mistake",
        definition="inner(maximum(0, -y * yhat), 1)",
        group="loss",
        per_sample=True,
        shape=each_sample,
        gradient={"yhat": "-g * y * (1 - step(y * yhat))", "y": "-g * yhat * (1 - step(y * yhat))"},
        kinks=("y * yhat",),
        targets="sign",
        domain={"y": "sign"},
        mistakes=(Mistake("sign-flipped", "g * y * (1 - step(y * yhat))", "the minus before y is left out", "yhat"),),
        source="Rosenblatt, The perceptron (1958); Bishop, Pattern Recognition and Machine Learning, eq. 4.54",
    )
)

register(
    Function(
        name="multiclass_hinge",
        args=("yhat", "y"),
        value=_multiclass_hinge,
        summary="the largest over all classes of [class is wrong] + its score - the right class's score",
        definition="max(yhat + 1 - y - inner(yhat, y))",
        group="loss",
        per_sample=True,
        shape=each_sample,
        gradient={"yhat": "g * (largest(yhat + 1 - y) - y)"},
        kinks=("lead(yhat + 1 - y)",),
        targets="distribution",
        domain={"y": "one_hot"},
        aliases=("crammer_singer",),
        mistakes=(
            Mistake(
                "margin-ignored", "g * (largest(yhat) - y)", "the margin of 1 for wrong classes is left out", "yhat"
            ),
            Mistake("sign-flipped", "g * (y - largest(yhat + 1 - y))", "the sign is turned", "yhat"),
        ),
        source="Crammer & Singer, On the algorithmic implementation of multiclass kernel-based vector machines (2001)",
    )
)

register(
    Function(
        name="multiclass_hinge_sum",
        args=("yhat", "y"),
        params={"delta": 1.0},
        value=_weston_watkins,
        summary="the sum over the wrong classes of max(0, score - right class's score + delta)",
        definition="inner(1 - y, maximum(0, yhat - inner(yhat, y) + delta))",
        group="loss",
        per_sample=True,
        shape=each_sample,
        gradient={
            "yhat": "g * ((1 - y) * step(yhat - inner(yhat, y) + delta)"
            " - y * inner(1 - y, step(yhat - inner(yhat, y) + delta)))"
        },
        kinks=("yhat - inner(yhat, y) + delta",),
        targets="distribution",
        domain={"y": "one_hot"},
        aliases=("weston_watkins",),
        idioms={
            name: f"{m}.sum((1 - {{y}}) * {relu}({{yhat}} - {m}.sum({{yhat}} * {{y}}{{each}}) + {{delta}}){{each}})"
            for name, m, relu in (("torch", "torch", "torch.relu"), ("jax", "jnp", "jax.nn.relu"))
        },
        mistakes=(
            Mistake(
                "right-class-left-out",
                "g * (1 - y) * step(yhat - inner(yhat, y) + delta)",
                "the right class gets minus the number of classes inside the margin",
                "yhat",
            ),
        ),
        source="Weston & Watkins, Support vector machines for multi-class pattern recognition (1999)",
    )
)
