"""Entries picked out: the largest of each sample, the last, one alone; wrong formulas are written with some of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcalc.formula.shapes import each_sample, same
from gradcalc.formula.table import Axis, Function, register
from gradcalc.functions.samples import largest_each_sample, one_each_sample


def _argmax(a: Any, axis: Axis) -> Any:
    return 0.0 * a if a.ndim == 0 else one_each_sample(np.argmax(a, axis=axis, keepdims=True).astype(np.float64))


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
    return one_each_sample(top - second)


register(
    Function(
        name="max",
        args=("a",),
        summary="each sample's largest entry",
        gradient={"a": "g * largest(a)"},
        value=largest_each_sample,
        shape=each_sample,
        per_sample=True,
        kinks=("lead(a)",),
        group="entry",
        latex=r"\max\left({a}\right)",
    )
)

register(
    Function(
        name="min",
        args=("a",),
        summary="each sample's smallest entry",
        definition="-max(-a)",
        gradient={"a": "g * largest(-a)"},
        value=lambda a, axis: -largest_each_sample(-a, axis),
        shape=each_sample,
        per_sample=True,
        kinks=("lead(-a)",),
        group="entry",
        latex=r"\min\left({a}\right)",
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
        group="entry",
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
        group="entry",
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
        group="entry",
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
        group="entry",
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
        group="entry",
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
        group="entry",
    )
)
