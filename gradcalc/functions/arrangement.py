"""The same entries arranged otherwise: put together, in another shape, or those below the diagonal alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from gradcalc.formula.index import ALL, ALONE, FIRST, PASSED_ON, Along, params_of
from gradcalc.formula.shapes import IMAGE, MATRIX, counted, given_sizes, like_second, same, spell
from gradcalc.formula.table import AXIS, SIZES, Axis, Function, Mistake, Shape, ShapeMismatch, register


def _together(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    along = params[AXIS]
    if along not in (0, 1):
        raise ShapeMismatch("axis must be 0 (one below the other) or 1 (side by side)")
    shapes = [shape or (1, 1) for shape in args]
    across = 1 - int(along)
    for shape in shapes[1:]:
        if shape[across] != shapes[0][across]:
            how, what = ("one below the other", "column") if along == 0 else ("side by side", "row")
            sizes = " and ".join(counted(each[across], what) for each in (shapes[0], shape))
            other = f"axis={across} puts them {'side by side' if along == 0 else 'one below the other'}"
            hint = f"; {other}" if shape[int(along)] == shapes[0][int(along)] else ""
            raise ShapeMismatch(f"{spell(shapes[0])} and {spell(shape)} don't fit {how}: {sizes}{hint}")
    total = sum(shape[int(along)] for shape in shapes)
    return (total, shapes[0][1]) if along == 0 else (shapes[0][0], total)


def _own_part(args: Sequence[Shape], position: int, params: Mapping[str, float]) -> Mapping[str, float]:
    """Where an argument lies in the whole, as the parameters of `part`."""
    axis = int(params[AXIS])
    shapes = [shape or (1, 1) for shape in args]
    before = sum(shape[axis] for shape in shapes[:position])
    mine = Along(before + 1, before + shapes[position][axis] if args[position] else ALONE)
    if shapes[0][1 - axis] == 1:
        return {**dict(FIRST), **dict(params_of((mine,)))}
    return {**dict(FIRST), **dict(params_of((mine, ALL) if axis == 0 else (ALL, mine)))}


def _concat(*parts: Any, axis: float) -> Any:
    return np.concatenate([np.atleast_2d(part) for part in parts], axis=int(axis))


def _reshaped(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    count = prod(args[0])
    sizes = given_sizes(params)
    if any(size != int(size) or (size < 1 and size != -1) for size in sizes):
        raise ShapeMismatch("rows and columns are whole numbers from 1, or one of them is -1: what is left")
    left = count // abs(prod(map(int, sizes)))
    shape = tuple(left if size == -1 else int(size) for size in sizes)
    if prod(shape) != count:
        wanted = "×".join("?" if size == -1 else f"{int(size)}" for size in sizes)
        raise ShapeMismatch(
            f"{spell(args[0])} can't be {wanted}: it has {count:,} {'entry' if count == 1 else 'entries'}"
        )
    return shape


def _flat_shape(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    if len(args[0]) <= MATRIX:
        return prod(args[0]), 1
    features = prod(args[0][-IMAGE:])
    samples = prod(args[0]) // features
    return (features, samples) if axis is Axis.COLUMNS else (samples, features)


def _flattened(a: Any, axis: Axis) -> Any:
    """A column; of images one for each, or a row where samples are rows."""
    if np.ndim(a) <= MATRIX:
        return np.reshape(a, (-1, 1))
    rows = np.reshape(a, (-1, prod(np.shape(a)[-IMAGE:])))
    return rows.T if axis == Axis.COLUMNS else rows


def _unflattened(v: Any, a: Any, axis: Axis) -> Any:
    turned = np.ndim(a) > IMAGE and axis == Axis.COLUMNS
    return np.reshape(v.T if turned else v, np.shape(a))[()]


register(
    Function(
        name="concat",
        args=("a", "b"),
        params={"axis": 0},
        aliases=("concatenate",),
        summary="one below the other, or with axis=1 side by side; each receives its own part of the gradient",
        gradient={"a": f"part(g, {PASSED_ON})", "b": f"part(g, {PASSED_ON})"},
        value=_concat,
        shape=_together,
        moves=True,
        variadic=True,
        lies=_own_part,
        group="matrix",
    )
)

register(
    Function(
        name="reshape",
        args=("a",),
        params=dict(zip(SIZES, (-1.0, 1.0, 0.0, 0.0), strict=True)),
        summary="the entries row by row in rows and columns, with four sizes in images; -1 is what is left",
        gradient={"a": "reshape_like(g, a)"},
        value=lambda a, **sizes: np.reshape(a, tuple(map(int, given_sizes(sizes)))),
        shape=_reshaped,
        images=True,
        moves=True,
        group="matrix",
        mistakes=(Mistake("entries-exchanged", "unvec(vec(g), a)", "the entries go back row by row", "a"),),
    )
)

register(
    Function(
        name="reshape_like",
        args=("v", "a"),
        summary="the entries of v row by row in the shape of a",
        gradient={"v": "reshape_like(g, v)"},
        stops=("a",),
        value=lambda v, a: np.reshape(v, np.shape(a))[()],
        shape=like_second,
        images=True,
        moves=True,
        group="matrix",
    )
)

register(
    Function(
        name="unflatten",
        args=("v", "a"),
        summary="the entries of v row by row in the shape of a; each column (or row) in an image of its own",
        gradient={"v": "reshape_like(flatten(g), v)"},
        stops=("a",),
        value=_unflattened,
        shape=like_second,
        by_layout=True,
        images=True,
        moves=True,
        group="matrix",
    )
)

register(
    Function(
        name="flatten",
        args=("a",),
        aliases=("ravel",),
        summary="the rows of a matrix, one after the other in one column (vec takes the columns); each image by itself",
        definition="vec(a.T)",
        gradient={"a": "unflatten(g, a)"},
        value=_flattened,
        shape=_flat_shape,
        by_layout=True,
        images=True,
        moves=True,
        group="matrix",
        mistakes=(
            Mistake("entries-exchanged", "unvec(g, a)", "the entries go back row by row, as they came", "a"),
            Mistake("entries-exchanged", "vec(a)", "flatten goes row by row, vec column by column"),
        ),
    )
)

register(
    Function(
        name="tril",
        args=("a",),
        summary="the lower triangle with the diagonal, 0 above it",
        gradient={"a": "tril(g)"},
        value=lambda a: np.tril(a) if np.ndim(a) else a,
        shape=same,
        moves=True,
        group="matrix",
        mistakes=(Mistake("mask-left-out", "g", "above the diagonal nothing is passed on", "a"),),
    )
)
