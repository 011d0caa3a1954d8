"""Comparisons: 1 where one holds, else 0; they choose, and pass no gradient on."""

from __future__ import annotations

import numpy as np

from gradcalc.formula.shapes import broadcast
from gradcalc.formula.table import Function, Infix, register

_CHOOSES = "it is 1 or 0, and passes nothing on"

register(
    Function(
        name="greater",
        args=("a", "b"),
        summary="1 where a > b, else 0",
        no_gradient=_CHOOSES,
        stops=("a", "b"),
        value=lambda a, b: np.greater(a, b).astype(np.float64),
        shape=broadcast,
        elementwise=True,
        kinks=("a - b",),
        group="choice",
        infix=Infix(0, ">", ">", ">"),
    )
)

register(
    Function(
        name="less",
        args=("a", "b"),
        summary="1 where a < b, else 0",
        no_gradient=_CHOOSES,
        stops=("a", "b"),
        value=lambda a, b: np.less(a, b).astype(np.float64),
        shape=broadcast,
        elementwise=True,
        kinks=("a - b",),
        group="choice",
        infix=Infix(0, "<", "<", "<"),
    )
)

register(
    Function(
        name="greater_equal",
        args=("a", "b"),
        summary="1 where a is b or more, else 0",
        no_gradient=_CHOOSES,
        stops=("a", "b"),
        value=lambda a, b: np.greater_equal(a, b).astype(np.float64),
        shape=broadcast,
        elementwise=True,
        kinks=("a - b",),
        group="choice",
        infix=Infix(0, ">=", "≥", r"\ge"),
    )
)

register(
    Function(
        name="less_equal",
        args=("a", "b"),
        summary="1 where a is b or less, else 0",
        no_gradient=_CHOOSES,
        stops=("a", "b"),
        value=lambda a, b: np.less_equal(a, b).astype(np.float64),
        shape=broadcast,
        elementwise=True,
        kinks=("a - b",),
        group="choice",
        infix=Infix(0, "<=", "≤", r"\le"),
    )
)

register(
    Function(
        name="equal",
        args=("a", "b"),
        summary="1 where a is b, else 0",
        no_gradient=_CHOOSES,
        stops=("a", "b"),
        value=lambda a, b: np.equal(a, b).astype(np.float64),
        shape=broadcast,
        elementwise=True,
        kinks=("a - b",),
        group="choice",
        infix=Infix(0, "==", "==", "="),
    )
)

register(
    Function(
        name="not_equal",
        args=("a", "b"),
        summary="1 where a isn't b, else 0",
        no_gradient=_CHOOSES,
        stops=("a", "b"),
        value=lambda a, b: np.not_equal(a, b).astype(np.float64),
        shape=broadcast,
        elementwise=True,
        kinks=("a - b",),
        group="choice",
        infix=Infix(0, "!=", "≠", r"\ne"),
    )
)
