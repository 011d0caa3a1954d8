"""From many numbers to few: sums, means, inner products; and the counts that go with them.

`np.add.reduce` is `np.sum` without its wrapper, which takes longer than the sum of a small matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcalc.formula.shapes import MATRIX, each_sample, given_sizes, reduced, same
from gradcalc.formula.table import SIZES, Axis, Function, Mistake, Shape, ShapeMismatch, register
from gradcalc.functions.samples import sample_size, total_each_sample


def _sum(a: Any, axis: float) -> Any:
    if axis < 0 or a.ndim == 0:
        return np.add.reduce(a, axis=None)
    return np.add.reduce(a, axis=int(axis), keepdims=True)


def _mean(a: Any, axis: float) -> Any:
    return _sum(a, axis) / _size(a, axis)


def _size(a: Any, axis: float) -> Any:
    return np.float64(np.size(a) if axis < 0 or np.ndim(a) == 0 else np.shape(a)[int(axis)])


def _inner(u: Any, v: Any, axis: Axis) -> Any:
    return total_each_sample(u * v, axis)


def _number(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    return ()


def _given_size(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    for name, value in params.items():
        if (value < 1 or value != int(value)) and (value or name in SIZES[:MATRIX]):
            raise ShapeMismatch(f"{name} must be a whole number from 1")
    return _sizes(params)


def _sizes(params: Mapping[str, float]) -> Shape:
    return tuple(map(int, given_sizes(params)))


register(
    Function(
        name="sum",
        args=("a",),
        params={"axis": -1},
        aliases=("Σ",),
        summary="the sum of all entries; with axis=0 or axis=1 along the rows or the columns",
        gradient={"a": "g"},
        value=_sum,
        shape=reduced,
        images=True,
        group="reduction",
        latex=r"\operatorname{sum}\left({a}\right)",
    )
)

register(
    Function(
        name="mean",
        args=("a",),
        params={"axis": -1},
        summary="the mean of all entries; with axis=0 or axis=1 along the rows or the columns",
        definition="sum(a, axis=axis) / size(a, axis=axis)",
        gradient={"a": "g / size(a, axis=axis)"},
        value=_mean,
        shape=reduced,
        images=True,
        group="reduction",
        mistakes=(
            Mistake("sum-not-mean", "g", "each entry counts with 1/n in a mean: the divisor is left out", "a"),
            Mistake("sum-not-mean", "sum(a, axis=axis)", "the sum is given in place of the mean"),
        ),
    )
)

register(
    Function(
        name="inner",
        args=("u", "v"),
        summary="the inner product of each sample of u with that of v",
        gradient={"u": "g * v", "v": "g * u"},
        value=_inner,
        shape=each_sample,
        per_sample=True,
        images=True,
        group="reduction",
        unicode="⟨{u}, {v}⟩",
        latex=r"\left\langle {u}, {v} \right\rangle",
    )
)

register(
    Function(
        name="size",
        args=("a",),
        params={"axis": -1},
        summary="how many entries a has; with axis=0 or axis=1 how many rows or columns",
        no_gradient="it counts",
        value=_size,
        shape=_number,
        of_shapes=True,
        images=True,
        group="count",
    )
)

register(
    Function(
        name="features",
        args=("a",),
        summary="how many entries a sample of a has",
        no_gradient="it counts",
        value=lambda a, axis: np.float64(sample_size(np.shape(a), axis)),
        shape=_number,
        per_sample=True,
        of_shapes=True,
        images=True,
        group="count",
    )
)

register(
    Function(
        name="pi",
        args=(),
        aliases=("π",),
        summary="the ratio of a circle's circumference to its diameter",
        no_gradient="it is constant",
        value=lambda: np.float64(np.pi),
        shape=_number,
        of_shapes=True,
        group="count",
        unicode="π",
        latex=r"\pi",
    )
)

register(
    Function(
        name="ones_like",
        args=("a",),
        summary="ones in the shape of a",
        no_gradient="it is constant",
        value=np.ones_like,
        shape=same,
        elementwise=True,
        of_shapes=True,
        group="count",
    )
)


def _filled(name: str, fill: Callable[[Shape], Any]) -> Function:
    """The entry of a constant matrix of a given size; of one size it is a column."""
    return Function(
        name=name,
        args=(),
        params=dict(zip(SIZES, (1.0, 1.0, 0.0, 0.0), strict=True)),
        summary=f"{name}, rows by columns; with four sizes, images",
        no_gradient="it is constant",
        value=lambda **sizes: fill(_sizes(sizes)),
        shape=_given_size,
        of_shapes=True,
        group="count",
    )


register(_filled("ones", np.ones))
register(_filled("zeros", np.zeros))
