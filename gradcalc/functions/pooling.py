"""Pooling: one number for each window of an image, and what the image receives back.

Windows of `size` rows and columns lie `stride` apart; where they overlap, a pixel receives from each. Over a vector,
they move along it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcalc.formula.shapes import spell
from gradcalc.formula.table import IMAGES, Axis, Function, Mistake, Shape, ShapeMismatch, register
from gradcalc.functions.image_entries import of_largest, of_mean, of_picked, of_shared_out, of_unpooled
from gradcalc.functions.windows import places, view, whole, windows_of

_SOURCE = "Dumoulin & Visin, A guide to convolution arithmetic for deep learning (2016), chapter 3"
_WINDOWS = {"size": 2.0, "stride": 2.0}
_SAME = "size=size, stride=stride"
_OVERLAP = "where windows overlap, a pixel receives from each: they are added, the last doesn't replace them"


def _pooled_shape(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    shape = args[0] or (1, 1)
    whole("size", params["size"], 1)
    whole("stride", params["stride"], 1)
    windows, strides = windows_of(shape, params["size"], params["stride"])
    sides = zip(shape[-2:], windows, strides, ("row", "column"), strict=True)
    return *shape[:-2], *(places(size, window, stride, 0, what) for size, window, stride, what in sides)


def _received_shape(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    value = _pooled_shape(args[1:], params, axis)
    if args[0] != value:
        raise ShapeMismatch(
            f"{spell(args[0])} is no gradient of what pooling makes of {spell(args[1])}, {spell(value)}"
        )
    return args[1]


def _picked_shape(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    if args[0] != args[1]:
        raise ShapeMismatch(f"{spell(args[0])} and {spell(args[1])} don't fit together")
    return _pooled_shape(args[1:], params, axis)


def _windows(x: Any, size: float, stride: float) -> Any:
    """The entries of every window in one row: …×OH×OW×size²."""
    x = np.atleast_2d(x)
    (rows, columns), (down, across) = windows_of(x.shape, size, stride)
    found = view(x, (rows, columns), (down, across))
    return found.reshape(*found.shape[:-2], -1)


def _places(x: Any, size: float, stride: float) -> Any:
    """Where the largest entry of each window (the first, in a tie) stands in x, counted through."""
    numbers = np.arange(np.size(x)).reshape(np.shape(np.atleast_2d(x)))
    largest = np.argmax(_windows(x, size, stride), axis=-1)[..., None]
    return np.take_along_axis(_windows(numbers, size, stride), largest, axis=-1)[..., 0]


def _max_pool(x: Any, size: float, stride: float) -> Any:
    return np.max(_windows(x, size, stride), axis=-1)


def _max_unpool(v: Any, x: Any, size: float, stride: float, last: float) -> Any:
    where, received = _places(x, size, stride).reshape(-1), np.reshape(v, -1)
    if not last:
        return np.reshape(np.bincount(where, weights=received, minlength=np.size(x)), np.shape(x))
    into = np.zeros(np.size(x))
    into[where] = received
    return into.reshape(np.shape(x))


def _at_max(u: Any, x: Any, size: float, stride: float) -> Any:
    return np.reshape(u, -1)[_places(x, size, stride)]


def _avg_unpool(v: Any, x: Any, size: float, stride: float, last: float) -> Any:
    shape = np.shape(np.atleast_2d(x))
    (rows, columns), (down, across) = windows_of(shape, size, stride)
    each, into = np.asarray(v) / (rows * columns), np.zeros(shape)
    height, width = down * (each.shape[-2] - 1) + 1, across * (each.shape[-1] - 1) + 1
    for i, j in ((i, j) for i in reversed(range(rows)) for j in reversed(range(columns))):
        there = into[..., i : i + height : down, j : j + width : across]
        there[...] = each if last else there + each
    return into.reshape(np.shape(x))


def _lead(x: Any, size: float, stride: float) -> Any:
    windows = np.sort(_windows(x, size, stride), axis=-1)
    return windows[..., -1] - windows[..., -2] if windows.shape[-1] > 1 else np.full(windows.shape[:-1], np.inf)


register(
    Function(
        name="max_pool",
        args=("x",),
        params=_WINDOWS,
        summary="the largest number of each window",
        gradient={"x": f"max_unpool(g, x, {_SAME})"},
        source=_SOURCE,
        value=_max_pool,
        shape=_pooled_shape,
        entry=of_largest,
        images=True,
        kinks=(f"pool_lead(x, {_SAME})",),
        group=IMAGES,
        mistakes=(
            Mistake(
                "pool-to-all",
                f"size ** 2 * avg_unpool(g, x, {_SAME})",
                "of each window the largest entry alone receives the gradient, not all of them",
                "x",
            ),
            Mistake(
                "pool-shared-out",
                f"avg_unpool(g, x, {_SAME})",
                "of each window the largest entry receives the whole gradient: it isn't shared out, as by a mean",
                "x",
            ),
            Mistake(
                "pool-to-wrong-place",
                f"max_unpool(g, 0 * x, {_SAME})",
                "the gradient goes to each window's largest entry, not to its first",
                "x",
            ),
            Mistake(
                "pool-to-wrong-place",
                f"max_unpool(g, -x, {_SAME})",
                "the gradient goes to each window's largest entry, not to its smallest",
                "x",
            ),
            Mistake("overlap-overwritten", f"max_unpool(g, x, {_SAME}, last=1)", _OVERLAP, "x"),
            Mistake(
                "other-pool",
                f"avg_pool(x, {_SAME})",
                "this is the mean of each window, and its largest number is asked for",
            ),
            Mistake(
                "other-pool",
                f"-max_pool(-x, {_SAME})",
                "this is the smallest number of each window, and its largest is asked for",
            ),
        ),
    )
)

register(
    Function(
        name="avg_pool",
        args=("x",),
        params=_WINDOWS,
        aliases=("mean_pool",),
        summary="the mean of each window",
        gradient={"x": f"avg_unpool(g, x, {_SAME})"},
        source=_SOURCE,
        value=lambda x, size, stride: np.mean(_windows(x, size, stride), axis=-1),
        shape=_pooled_shape,
        entry=of_mean,
        images=True,
        group=IMAGES,
        mistakes=(
            Mistake(
                "pool-size-left-out",
                f"size ** 2 * avg_unpool(g, x, {_SAME})",
                "a mean over a window passes on 1/size² to each entry: the divisor is left out",
                "x",
            ),
            Mistake(
                "pool-size-left-out",
                f"size * avg_unpool(g, x, {_SAME})",
                "a window has size² entries: a mean divides by them all, not by its size",
                "x",
            ),
            Mistake("overlap-overwritten", f"avg_unpool(g, x, {_SAME}, last=1)", _OVERLAP, "x"),
            Mistake(
                "pool-to-max",
                f"max_unpool(g, x, {_SAME})",
                "every entry of a window has a part in its mean, and receives; not the largest alone",
                "x",
            ),
            Mistake(
                "sum-not-mean",
                f"size ** 2 * avg_pool(x, {_SAME})",
                "the sum of each window is given in place of the mean",
            ),
            Mistake(
                "other-pool",
                f"max_pool(x, {_SAME})",
                "this is the largest number of each window, and the mean is asked for",
            ),
        ),
    )
)

register(
    Function(
        name="max_unpool",
        args=("v", "x"),
        params={**_WINDOWS, "last": 0.0},
        summary="v put where each window has its largest entry and added where windows overlap",
        gradient={"v": f"at_max(g, x, {_SAME})"},
        stops=("x",),
        source=_SOURCE,
        value=_max_unpool,
        shape=_received_shape,
        entry=of_unpooled,
        images=True,
        group=IMAGES,
    )
)

register(
    Function(
        name="at_max",
        args=("u", "x"),
        params=_WINDOWS,
        summary="the entry of u where each window of x has its largest",
        gradient={"u": f"max_unpool(g, x, {_SAME})"},
        stops=("x",),
        value=_at_max,
        shape=_picked_shape,
        entry=of_picked,
        images=True,
        group=IMAGES,
    )
)

register(
    Function(
        name="avg_unpool",
        args=("v", "x"),
        params={**_WINDOWS, "last": 0.0},
        summary="v shared out over each window of x and added where windows overlap",
        gradient={"v": f"avg_pool(g, {_SAME})"},
        stops=("x",),
        source=_SOURCE,
        value=_avg_unpool,
        shape=_received_shape,
        entry=of_shared_out,
        images=True,
        group=IMAGES,
    )
)

register(
    Function(
        name="pool_lead",
        args=("x",),
        params=_WINDOWS,
        summary="by how much each window's largest entry leads the second",
        no_gradient="it tells how far a tie is",
        value=_lead,
        shape=_pooled_shape,
        images=True,
        group=IMAGES,
    )
)
