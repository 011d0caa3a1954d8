"""What an update rule keeps from step to step: the shape of each line's value, and where it starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.table import Axis, Shape
from gradcalc.optimizers.rule import BY_NAME, CURVATURE, GRADIENT, PARAMETER, Rule


class LineMisfit(Exception):
    """A line that doesn't fit, for one parameter: in its parts, which `error` has, or in the shape that comes out.

    `shape` is that of a new parameter where it isn't the parameter's own; with neither, the shape never settles.
    """

    def __init__(self, line: str, parameter: str, error: ShapeError | None = None, shape: Shape | None = None) -> None:
        self.line, self.parameter, self.error, self.shape = line, parameter, error, shape
        super().__init__(line)


def state_shapes(rule: Rule, parameter: str, shapes: Mapping[str, Shape], axis: Axis) -> dict[str, Shape]:
    """The shape of every line's value for a parameter; `shapes` has those of the problem's quantities.

    What is remembered starts as one number, and takes the shape that its line gives it. Raises LineMisfit.
    """
    given: dict[str, Shape] = {**shapes, **dict.fromkeys(BY_NAME, ())}
    given[PARAMETER] = given[GRADIENT] = shapes[parameter]
    given[CURVATURE] = (prod(shapes[parameter]),) * 2 if prod(shapes[parameter]) > 1 else shapes[parameter]
    before: dict[str, Shape] = dict.fromkeys(rule.remembered, ())
    for _ in range(len(before) + 2):
        found = _lines(rule, parameter, given | before, axis)
        settled = all(found[line] == before[line] for line in before)
        before = {line: found[line] for line in before}
        if settled:
            break
    else:
        raise LineMisfit(next(iter(before)), parameter)
    if found[PARAMETER] not in ((), shapes[parameter]):
        raise LineMisfit(PARAMETER, parameter, shape=found[PARAMETER])
    return found


def _lines(rule: Rule, parameter: str, given: Mapping[str, Shape], axis: Axis) -> dict[str, Shape]:
    known, found = dict(given), dict[str, Shape]()
    for line, formula in rule.lines:
        try:
            found[line] = known[line] = shape_of(formula, known, axis)
        except ShapeError as error:
            raise LineMisfit(line, parameter, error) from None
    return found


def at_zero(
    rule: Rule, parameters: Iterable[str], shapes: Mapping[str, Shape], axis: Axis
) -> dict[str, dict[str, Array]]:
    """The state before the first step, float64 zeros by line and parameter. Raises LineMisfit."""
    of = {name: state_shapes(rule, name, shapes, axis) for name in parameters}
    return {line: {name: np.zeros(of[name][line]) for name in of} for line in rule.remembered}
