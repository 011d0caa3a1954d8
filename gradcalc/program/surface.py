"""What a problem differentiates, over two entries of its parameters: heights on a grid around the way of a descent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradcalc.errors import UsageError
from gradcalc.formula.arrays import Array
from gradcalc.formula.compile import compile_formulas
from gradcalc.program.batches import all_of
from gradcalc.program.descent import Descent
from gradcalc.program.designation import Designation, designated, position
from gradcalc.program.problem import Problem
from gradcalc.program.quantities import of_parameters

POINTS = 61
"""How many points the grid has along each axis."""
_MARGIN = 0.3
"""How far the grid reaches beyond the way, at each side, as a part of what it spans."""


@dataclass(frozen=True, eq=False)
class Surface:
    """Heights over a grid: `heights[i, j]` at `(across[j], up[i])`. `of` is what is differentiated.

    `names` are the two entries, `alone` whether they are all that the parameters have; else everything else is as it
    is after the last step. `way` has their values after so many steps as the descent wrote down, the start first.
    """

    of: str
    names: tuple[str, str]
    across: Array
    up: Array
    heights: Array
    way: tuple[tuple[float, ...], tuple[float, ...]]
    alone: bool


def entries(problem: Problem, written: tuple[str, str]) -> tuple[Designation, Designation]:
    """Two different entries of parameters. Raises UsageError for anything else."""
    shapes = {name: np.shape(value) for name, value in problem.parameters.items()}
    one, other = (designated(text, of_parameters(problem), shapes) for text in written)
    for found, text in ((one, written[0]), (other, written[1])):
        if not found.entry:
            raise UsageError(f"{text} has several entries: name one, such as {found.name}[1,1]")
    if one.entry == other.entry:
        raise UsageError(f"contour lines are drawn over two entries, and {one.entry} is named twice")
    if problem.objective is None:
        raise UsageError("there is no loss whose contour lines could be drawn")
    return one, other


def surface(descent: Descent, written: tuple[str, str]) -> Surface:
    """The surface around the way of a descent, which must have watched both entries. Raises UsageError."""
    problem = descent.problem
    found = entries(problem, written)
    columns = descent.curve.columns[found[0].entry], descent.curve.columns[found[1].entry]
    across, up = map(_around, columns)
    heights = _heights(all_of(descent.next), found, across, up)
    alone = sum(value.size for value in problem.parameters.values()) == 2
    names = found[0].entry, found[1].entry
    return Surface(problem.objective or "", names, across, up, heights, columns, alone)


def _around(numbers: tuple[float, ...]) -> Array:
    finite = [number for number in numbers if np.isfinite(number)] or [0.0]
    low, high = min(finite), max(finite)
    room = _MARGIN * (high - low) if high > low else 0.5 * abs(low) or 0.5
    return np.linspace(low - room, high + room, POINTS)


def _heights(problem: Problem, found: tuple[Designation, Designation], across: Array, up: Array) -> Array:
    formulas = [(equation.name, equation.expr) for equation in problem.forward]
    compiled = compile_formulas(formulas, problem.given, problem.axis, [problem.objective or ""])
    given = dict(problem.given)

    def height(x: float, y: float) -> float:
        moved = _with(given, found[0], x)
        return float(np.asarray(*compiled(_with(moved, found[1], y)).values()).item())

    return np.array([[height(float(x), float(y)) for x in across] for y in up])


def _with(given: Mapping[str, Array], found: Designation, number: float) -> dict[str, Array]:
    """The values with a number in the place of an entry."""
    value = np.array(given[found.name])
    value[position(found.index, found.shape) if found.shape else ()] = number
    return {**given, found.name: value[()]}
