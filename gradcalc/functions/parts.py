"""Entries and parts by their index, written `x[2]`, `W[1,2]`, `W[:,1]`, and the gradient put back into the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from gradcalc.formula.index import FIRST, PASSED_ON, part_shape, region
from gradcalc.formula.shapes import spell
from gradcalc.formula.table import Axis, Function, Shape, ShapeMismatch, register

_FIRST = dict(FIRST)


def _part_shape(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    return part_shape(args[0], params)


def _place_shape(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    part = part_shape(args[1], params)
    if args[0] not in ((), part):
        raise ShapeMismatch(f"{spell(args[0])} doesn't fit into this part, which is {spell(part)}")
    return args[1]


@lru_cache(maxsize=4096)
def _taken(shape: Shape, index: tuple[tuple[str, float], ...]) -> tuple[Shape, tuple[slice, ...]]:
    """The shape of a part, and where it lies: worked out once, since of a sequence each step takes the same parts."""
    params = dict(index)
    return part_shape(shape, params), region(shape, params)


def _part(a: Any, **params: float) -> Any:
    try:
        shape, where = _taken(a.shape, tuple(params.items()))
    except ShapeMismatch as mismatch:  # in a formula whose shapes weren't looked at
        raise IndexError(mismatch.why) from None
    return a[where] if shape else a[where].reshape(())[()]


def _place(g: Any, a: Any, **params: float) -> Any:
    whole = np.zeros(np.shape(a))
    _, where = _taken(whole.shape, tuple(params.items()))
    whole[where] = g
    return whole


register(
    Function(
        name="part",
        args=("a",),
        params=_FIRST,
        summary="an entry or a part, written a[2], a[1,2], a[:,1], a[2:4]: counted from 1, both ends included",
        gradient={"a": f"place(g, a, {PASSED_ON})"},
        value=_part,
        shape=_part_shape,
        images=True,
        group="operator",
    )
)

register(
    Function(
        name="place",
        args=("g", "a"),
        params=_FIRST,
        summary="zeros in the shape of a, but g in the place of the part, written place(g, a[2])",
        gradient={"g": f"part(g, {PASSED_ON})"},
        stops=("a",),
        value=_place,
        shape=_place_shape,
        images=True,
        group="entry",
    )
)
