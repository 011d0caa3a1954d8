"""Refuse a problem whose values would fill the memory, or take minutes, before any of them is worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from gradcalc.formula.cost import Cost
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.table import Axis, Shape
from gradcalc.program.problem import Equation

LEAST_ENTRIES = 2_000_000
MORE_ENTRIES = 100
LEAST_WORK = 200_000_000
MORE_WORK = 20_000
"""A problem may have this many times the entries that it is given, and take so many multiplications for each."""


def refuse_too_much(forward: Sequence[Equation], given: int, shapes: Mapping[str, Shape], axis: Axis) -> None:
    """Raise ShapeError for entries or work beyond all proportion to the `given` numbers.

    Large data make a large problem; a short file that makes large matrices out of little is a slip.
    """
    total = _cost_of(forward, shapes, axis)
    entries = total.entries + sum(map(prod, shapes.values()))
    most = max(LEAST_ENTRIES, MORE_ENTRIES * given)
    if entries > most:
        worst = max(forward, key=lambda equation: _cost_of([equation], shapes, axis).entries)
        raise _too_much(worst, f"all values together have {entries:,} entries, and may have {most:,}")
    if total.work > max(LEAST_WORK, MORE_WORK * given):
        worst = max(forward, key=lambda equation: _cost_of([equation], shapes, axis).work)
        raise _too_much(worst, f"all equations together take {total.work:,.0f} multiplications")


def cost(forward: Sequence[Equation], shapes: Mapping[str, Shape], axis: Axis) -> float:
    """About how long a forward pass takes, in entries; NumPy makes many multiplications of matrices in that time.

    Raises ShapeError.
    """
    total = _cost_of(forward, shapes, axis)
    return total.entries + total.work / 50


def _cost_of(equations: Sequence[Equation], shapes: Mapping[str, Shape], axis: Axis) -> Cost:
    found = Cost(shapes, axis)
    for equation in equations:
        found.shape(equation.expr)
    return found


def _too_much(equation: Equation, why: str) -> ShapeError:
    return ShapeError(equation.expr, f"too much to work out: {why}, most of them", equation.name, kind="too much")
