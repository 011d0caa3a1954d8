"""Largest entries, and the losses that ask for a margin between scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcalc.formula.shapes import each_sample, each_sample_of_classes, same
from gradcalc.formula.table import Axis, Function, Mistake, register
from gradcalc.functions.samples import total_each_sample


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


def _last_nonzero(a: Any) -> Any:
    if a.ndim == 0:
        return a
    later = np.cumsum((a != 0)[::-1], axis=0)[::-1]
    return np.where(later == 1, a, 0.0)


def _next_class(y: Any, by: float, axis: Axis) -> Any:
    return y if y.ndim == 0 else np.roll(y, int(by), axis=axis)


def _only(a: Any, place: float, axis: Axis) -> Any:
    if a.ndim == 0:
        return a
    places = np.expand_dims(np.arange(1, a.shape[axis] + 1), 1 - axis)
    return np.where(places == int(place), a, 0.0)


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
        name="max",
        args=("a",),
        summary="each sample's largest entry",
        gradient={"a": "g * largest(a)"},
        value=_max,
        shape=each_sample,
        per_sample=True,
        kinks=("lead(a)",),
        group="margin",
        latex=r"\max\left({a}\right)",
    )
)

register(
    Function(
        name="argmax",
        args=("a",),
        summary="the place of each sample's largest entry, counted from 0 as classes are",
        no_gradient="it is flat wherever its derivative exists, so it passes no gradient on",
        value=_argmax,
        shape=each_sample,
        per_sample=True,
        group="margin",
        latex=r"\operatorname{argmax}\left({a}\right)",
    )
)

register(
    Function(
        name="largest",
        args=("a",),
        summary="1 at each sample's largest entry (the first, in a tie), else 0",
        no_gradient="it is flat wherever its derivative exists, so it passes no gradient on",
        value=_largest,
        shape=same,
        per_sample=True,
        group="margin",
    )
)

register(
    Function(
        name="last_nonzero",
        args=("a",),
        summary="the last entry of each column that isn't 0, the others as 0 (what = keeps where += belongs)",
        no_gradient="it tells what is kept where each use overwrites the one before",
        value=_last_nonzero,
        shape=same,
        group="margin",
    )
)

register(
    Function(
        name="next_class",
        args=("y",),
        params={"by": 1.0},
        summary="each sample's entries moved on, the last to the front (classes counted from 1 where it is from 0)",
        no_gradient="it tells what becomes of classes that are counted wrongly",
        value=_next_class,
        shape=same,
        per_sample=True,
        group="margin",
    )
)

register(
    Function(
        name="only",
        args=("a",),
        params={"place": 1.0},
        summary="each sample's entry at one place, counted from 1, and 0 in the place of the others",
        no_gradient="it tells what is kept of a gradient where all of it belongs",
        value=_only,
        shape=same,
        per_sample=True,
        group="margin",
    )
)

register(
    Function(
        name="lead",
        args=("a",),
        summary="by how much each sample's largest entry leads the second",
        no_gradient="it tells how far a tie is",
        value=_lead,
        shape=each_sample,
        per_sample=True,
        group="margin",
    )
)

register(
    Function(
        name="hinge",
        args=("yhat", "y"),
        aliases=("hinge_loss",),
        summary="how far y ŷ stays below a margin of 1, for labels y = ±1",
        definition="inner(maximum(0, 1 - y * yhat), 1)",
        gradient={"yhat": "-g * y * step(1 - y * yhat)", "y": "-g * yhat * step(1 - y * yhat)"},
        source="Cortes & Vapnik, Support-vector networks (1995)",
        value=_hinge,
        shape=each_sample,
        per_sample=True,
        kinks=("1 - y * yhat",),
        domain={"y": "sign"},
        role="loss",
        mistakes=(
            Mistake("margin-ignored", "-g * y", "beyond the margin (y ŷ > 1) the loss is flat", "yhat"),
            Mistake("sign-flipped", "g * y * step(1 - y * yhat)", "the minus before y is left out", "yhat"),
            Mistake("margin-left-out", "inner(maximum(0, -y * yhat), 1)", "the margin of 1 is left out"),
        ),
    )
)

register(
    Function(
        name="perceptron_loss",
        args=("yhat", "y"),
        summary="how far y ŷ stays below 0, for labels y = ±1; at 0 its gradient is that of a mistake",
        definition="inner(maximum(0, -y * yhat), 1)",
        gradient={"yhat": "-g * y * (1 - step(y * yhat))", "y": "-g * yhat * (1 - step(y * yhat))"},
        source="Rosenblatt, The perceptron (1958); Bishop, Pattern Recognition and Machine Learning, eq. 4.54",
        value=lambda yhat, y, axis: total_each_sample(np.maximum(-y * yhat, 0.0), axis),
        shape=each_sample,
        per_sample=True,
        kinks=("y * yhat",),
        domain={"y": "sign"},
        role="loss",
        mistakes=(Mistake("sign-flipped", "g * y * (1 - step(y * yhat))", "the minus before y is left out", "yhat"),),
    )
)

register(
    Function(
        name="multiclass_hinge",
        args=("yhat", "y"),
        aliases=("crammer_singer",),
        summary="the largest over all classes of [class is wrong] + its score - the right class's score",
        definition="max(yhat + 1 - y - inner(yhat, y))",
        gradient={"yhat": "g * (largest(yhat + 1 - y) - y)"},
        source="Crammer & Singer, On the algorithmic implementation of multiclass kernel-based vector machines (2001)",
        value=_multiclass_hinge,
        shape=each_sample_of_classes,
        per_sample=True,
        kinks=("lead(yhat + 1 - y)",),
        domain={"y": "one_hot"},
        role="loss",
        mistakes=(
            Mistake(
                "margin-ignored", "g * (largest(yhat) - y)", "the margin of 1 for wrong classes is left out", "yhat"
            ),
            Mistake("sign-flipped", "g * (y - largest(yhat + 1 - y))", "the sign is turned", "yhat"),
        ),
    )
)

register(
    Function(
        name="multiclass_hinge_sum",
        args=("yhat", "y"),
        params={"delta": 1.0},
        aliases=("weston_watkins",),
        summary="the sum over the wrong classes of max(0, score - right class's score + delta)",
        definition="inner(1 - y, maximum(0, yhat - inner(yhat, y) + delta))",
        gradient={
            "yhat": "g * ((1 - y) * step(yhat - inner(yhat, y) + delta)"
            " - y * inner(1 - y, step(yhat - inner(yhat, y) + delta)))"
        },
        source="Weston & Watkins, Support vector machines for multi-class pattern recognition (1999)",
        value=_weston_watkins,
        shape=each_sample_of_classes,
        per_sample=True,
        kinks=("yhat - inner(yhat, y) + delta",),
        domain={"y": "one_hot"},
        role="loss",
        mistakes=(
            Mistake(
                "right-class-left-out",
                "g * (1 - y) * step(yhat - inner(yhat, y) + delta)",
                "the right class gets minus the number of classes inside the margin: that is left out",
                "yhat",
            ),
            Mistake(
                "margins-not-counted",
                "g * ((1 - y) * step(yhat - inner(yhat, y) + delta) - y)",
                "the right class gets minus the number of classes inside the margin, not −1",
                "yhat",
            ),
            Mistake(
                "margin-left-out",
                "inner(1 - y, maximum(0, yhat - inner(yhat, y)))",
                "the margin of {delta} is left out",
            ),
            Mistake(
                "right-class-counted",
                "inner(1, maximum(0, yhat - inner(yhat, y) + delta))",
                "the sum is over the wrong classes alone: the right class, whose margin is {delta}, was counted too",
            ),
        ),
    )
)
