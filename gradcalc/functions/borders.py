"""Images with a border of zeros, without their border, and enlarged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcalc.formula.entries import Place, View, total_of
from gradcalc.formula.expr import Expr
from gradcalc.formula.shapes import counted, spell
from gradcalc.formula.table import IMAGES, Axis, Function, Mistake, Shape, ShapeMismatch, register
from gradcalc.functions.windows import padded, whole


def _padded_shape(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    shape, size = args[0] or (1, 1), whole("size", params["size"], 0)
    return *shape[:-2], shape[-2] + 2 * size, shape[-1] + 2 * size


def _bare_shape(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    shape, size = args[0] or (1, 1), whole("size", params["size"], 0)
    if 2 * size >= min(shape[-2:]):
        raise ShapeMismatch(f"{spell(shape)} has no border of {size} on all sides to take away")
    return *shape[:-2], shape[-2] - 2 * size, shape[-1] - 2 * size


def _unpad(a: Any, size: float) -> Any:
    border = int(size)
    a = np.atleast_2d(a)
    return a[..., border : a.shape[-2] - border, border : a.shape[-1] - border]


def _larger(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    shape, times = args[0] or (1, 1), whole("size", params["size"], 1)
    return *shape[:-2], shape[-2] * times, shape[-1] * times


def _smaller(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    shape, times = args[0] or (1, 1), whole("size", params["size"], 1)
    for count, what in zip(shape[-2:], ("row", "column"), strict=True):
        if count % times:
            raise ShapeMismatch(f"{counted(count, what)} can't be divided by {times}")
    return *shape[:-2], shape[-2] // times, shape[-1] // times


def _sum_pool(a: Any, size: float) -> Any:
    a, times = np.atleast_2d(a), int(size)
    *leading, rows, columns = a.shape
    return np.add.reduce(a.reshape(*leading, rows // times, times, columns // times, times), axis=(-3, -1))


def _window_sum(place: Place, args: Sequence[View], params: Mapping[str, float]) -> Expr:
    (a,), size = args, int(params["size"])
    *leading, i, j = place
    rows, columns = range(size * i, size * (i + 1)), range(size * j, size * (j + 1))
    return total_of(a.at(*leading, row, column) for row in rows for column in columns)


register(
    Function(
        name="pad",
        args=("a",),
        params={"size": 1.0},
        summary="images with a border of zeros of that size",
        gradient={"a": "unpad(g, size=size)"},
        value=lambda a, size: padded(np.atleast_2d(a), int(size), int(size)),
        shape=_padded_shape,
        images=True,
        moves=True,
        group=IMAGES,
    )
)

register(
    Function(
        name="unpad",
        args=("a",),
        params={"size": 1.0},
        summary="images without a border of that size",
        gradient={"a": "pad(g, size=size)"},
        value=_unpad,
        shape=_bare_shape,
        images=True,
        moves=True,
        group=IMAGES,
    )
)

register(
    Function(
        name="upsample",
        args=("a",),
        params={"size": 2.0},
        summary="images enlarged so many times: each pixel repeated down and across",
        gradient={"a": "sum_pool(g, size=size)"},
        value=lambda a, size: np.atleast_2d(a).repeat(int(size), axis=-2).repeat(int(size), axis=-1),
        shape=_larger,
        images=True,
        moves=True,
        group=IMAGES,
        mistakes=(
            Mistake(
                "mean-not-sum",
                "sum_pool(g, size=size) / size ** 2",
                "a pixel was repeated, so it receives the sum of what its copies receive, not the mean",
                "a",
            ),
        ),
    )
)

register(
    Function(
        name="sum_pool",
        args=("a",),
        params={"size": 2.0},
        summary="the sums of windows that lie side by side",
        gradient={"a": "upsample(g, size=size)"},
        value=_sum_pool,
        shape=_smaller,
        entry=_window_sum,
        images=True,
        group=IMAGES,
    )
)
