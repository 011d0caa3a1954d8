"""Comparisons: 1 where one holds, else 0; they choose, and pass no gradient on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcalc.formula.shapes import broadcast
from gradcalc.formula.table import Function, Infix, register


def _comparison(name: str, holds: Callable[[Any, Any], Any], summary: str, infix: Infix) -> Function:
    """The entry of a comparison, which jumps where both sides are equal."""
    return Function(
        name=name,
        args=("a", "b"),
        summary=summary,
        no_gradient="it is 1 or 0, and passes nothing on",
        stops=("a", "b"),
        value=lambda a, b: holds(a, b).astype(np.float64),
        shape=broadcast,
        elementwise=True,
        kinks=("a - b",),
        group="choice",
        infix=infix,
    )


register(_comparison("greater", np.greater, "1 where a > b, else 0", Infix(0, ">", ">", ">")))
register(_comparison("less", np.less, "1 where a < b, else 0", Infix(0, "<", "<", "<")))
register(_comparison("greater_equal", np.greater_equal, "1 where a is b or more, else 0", Infix(0, ">=", "≥", r"\ge")))
register(_comparison("less_equal", np.less_equal, "1 where a is b or less, else 0", Infix(0, "<=", "≤", r"\le")))
register(_comparison("equal", np.equal, "1 where a is b, else 0", Infix(0, "==", "==", "=")))
register(_comparison("not_equal", np.not_equal, "1 where a isn't b, else 0", Infix(0, "!=", "≠", r"\ne")))
