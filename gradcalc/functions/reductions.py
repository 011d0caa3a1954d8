"""From many numbers to few: sums, means, inner products; and the counts that go with them.

`np.add.reduce` is `np.sum` without its wrapper, which takes longer than the sum of a small matrix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcalc.formula.shapes import each_sample, reduced, same, scalar
from gradcalc.formula.table import Axis, Function, Mistake, Shape, ShapeMismatch, register


def _sum(a: Any, axis: float) -> Any:
    if axis < 0 or a.ndim == 0:
        return np.add.reduce(a, axis=None)
    return np.add.reduce(a, axis=int(axis), keepdims=True)


def total_each_sample(terms: Any, axis: Axis) -> Any:
    """The sum over each sample; a scalar where there is only one sample."""
    if terms.ndim == 0:
        return terms
    totals = np.add.reduce(terms, axis=axis, keepdims=True)
    return totals[0, 0] if totals.size == 1 else totals


def _inner(u: Any, v: Any, axis: Axis) -> Any:
    return total_each_sample(u * v, axis)


def _number(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    return ()


def _given_size(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    for name, value in params.items():
        if value < 1 or value != int(value):
            raise ShapeMismatch(f"{name} must be a whole number from 1")
    return int(params["rows"]), int(params["columns"])


register(
    Function(
        name="sum",
        args=("a",),
        params={"axis": -1},
        value=_sum,
        summary="the sum of all entries; with axis=0 or axis=1 along the rows or the columns",
        group="reduction",
        shape=reduced,
        gradient={"a": "g"},
        aliases=("Σ",),
        latex=r"\operatorname{sum}\left({a}\right)",
    )
)

register(
    Function(
        name="mean",
        args=("a",),
        value=lambda a: np.add.reduce(a, axis=None) / a.size,
        summary="the mean of all entries",
        definition="sum(a) / size(a)",
        group="reduction",
        shape=scalar,
        gradient={"a": "g / size(a)"},
        mistakes=(
            Mistake("sum-not-mean", "g", "each entry counts with 1/n in a mean: the divisor is left out", "a"),
            Mistake("sum-not-mean", "sum(a)", "the sum is given in place of the mean"),
        ),
    )
)

register(
    Function(
        name="inner",
        args=("u", "v"),
        value=_inner,
        summary="the inner product of each sample of u with that of v",
        group="reduction",
        per_sample=True,
        shape=each_sample,
        gradient={"u": "g * v", "v": "g * u"},
        unicode="⟨{u}, {v}⟩",
        latex=r"\left\langle {u}, {v} \right\rangle",
    )
)

register(
    Function(
        name="size",
        args=("a",),
        value=lambda a: np.float64(np.size(a)),
        summary="how many entries a has",
        group="count",
        shape=_number,
        no_gradient="it counts",
    )
)

register(
    Function(
        name="features",
        args=("a",),
        value=lambda a, axis: np.float64(np.shape(a)[axis] if np.ndim(a) else 1),
        summary="how many entries a sample of a has",
        group="count",
        per_sample=True,
        shape=_number,
        no_gradient="it counts",
    )
)

register(
    Function(
        name="ones_like",
        args=("a",),
        value=np.ones_like,
        summary="ones in the shape of a",
        group="count",
        shape=same,
        elementwise=True,
        no_gradient="it is constant",
    )
)

register(
    Function(
        name="ones",
        args=(),
        params={"rows": 1, "columns": 1},
        value=lambda rows, columns: np.ones((int(rows), int(columns))),
        summary="ones, rows by columns",
        group="count",
        shape=_given_size,
        no_gradient="it is constant",
    )
)
