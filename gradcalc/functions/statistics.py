"""How far numbers spread: variance and standard deviation."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcalc.formula.shapes import reduced
from gradcalc.formula.table import Function, Mistake, register


def _var(a: Any, axis: float) -> Any:
    if axis < 0 or np.ndim(a) == 0:
        return np.var(a)
    return np.var(a, axis=int(axis), keepdims=True)


_RULE = "g * 2 * (a - mean(a, axis=axis)) / size(a, axis=axis)"
_SQUARES = "sum((a - mean(a, axis=axis)) ** 2, axis=axis)"

register(
    Function(
        name="var",
        args=("a",),
        params={"axis": -1},
        summary="the variance of all entries, by n; with axis=0 or axis=1 along the rows or the columns",
        definition="mean((a - mean(a, axis=axis)) ** 2, axis=axis)",
        gradient={"a": _RULE},
        source="Ioffe & Szegedy, Batch normalization (2015), Algorithm 1",
        value=_var,
        shape=reduced,
        images=True,
        group="reduction",
        mistakes=(
            Mistake("factor-of-two", "g * (a - mean(a, axis=axis)) / size(a, axis=axis)", "the 2 is left out", "a"),
            Mistake("sum-not-mean", "g * 2 * (a - mean(a, axis=axis))", "the mean's divisor is left out", "a"),
            Mistake("sum-not-mean", _SQUARES, "the sum is given in place of the mean"),
            Mistake("n-minus-one", f"{_SQUARES} / (size(a, axis=axis) - 1)", "the variance is by n here, not by n − 1"),
        ),
    )
)

register(
    Function(
        name="std",
        args=("a",),
        params={"axis": -1},
        summary="the standard deviation, by n; with axis=0 or axis=1 along the rows or the columns",
        definition="sqrt(var(a, axis=axis))",
        gradient={"a": "g * (a - mean(a, axis=axis)) / (size(a, axis=axis) * out)"},
        value=lambda a, axis: np.sqrt(_var(a, axis)),
        shape=reduced,
        images=True,
        kinks=("std(a, axis=axis)",),
        group="reduction",
        mistakes=(
            Mistake("derivative-left-out", _RULE, "this is the gradient of the variance: the root's is left out", "a"),
            Mistake(
                "n-minus-one",
                f"sqrt({_SQUARES} / (size(a, axis=axis) - 1))",
                "the standard deviation is by n here, not by n − 1",
            ),
        ),
    )
)
