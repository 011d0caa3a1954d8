"""What is taken where a condition holds, and what no gradient is passed on through."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcalc.formula.shapes import broadcast, same
from gradcalc.formula.table import Function, Mistake, register


def _where(c: Any, a: Any, b: Any) -> Any:
    chosen: Any = np.where(np.not_equal(c, 0.0), a, b)
    return chosen[()]


register(
    Function(
        name="where",
        args=("c", "a", "b"),
        summary="a where c isn't 0, else b",
        gradient={"a": "where(c, g, 0)", "b": "where(c, 0, g)"},
        stops=("c",),
        value=_where,
        shape=broadcast,
        elementwise=True,
        domain={"c": "bit"},
        group="choice",
        mistakes=(
            Mistake("mask-left-out", "g", "where the condition doesn't hold, {a} receives nothing", "a"),
            Mistake("mask-left-out", "g", "where the condition holds, {b} receives nothing", "b"),
            Mistake("parts-exchanged", "where(c, 0, g)", "{a} receives the gradient where the condition holds", "a"),
            Mistake("parts-exchanged", "where(c, g, 0)", "{b} receives the gradient where it doesn't hold", "b"),
            Mistake("mask-left-out", "a", "the condition is left out: {a} is taken where it doesn't hold, too"),
            Mistake("parts-exchanged", "where(c, b, a)", "the first value is taken where the condition holds"),
        ),
    )
)

register(
    Function(
        name="stop_gradient",
        args=("a",),
        aliases=("detach",),
        summary="the value itself, as a constant for the way back",
        no_gradient="it is there to pass nothing on",
        stops=("a",),
        value=lambda a: a,
        shape=same,
        elementwise=True,
        group="choice",
        latex=r"\operatorname{sg}\left({a}\right)",
    )
)
