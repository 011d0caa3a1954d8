"""What rounding on the way may have made of a value: what comes of the numbers as they were written, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from gradcalc.formula.arrays import Array, every, spread
from gradcalc.formula.evaluate import attempt, evaluate
from gradcalc.formula.expr import Apply, Expr, walk
from gradcalc.formula.shapes import MATRIX
from gradcalc.formula.table import Axis, Shape, lookup
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution

RUNS = 16
"""How often everything is worked out, each time with other numbers rounded."""
WIDENED = 1.5
"""So few runs don't meet the extremes: they may lie this many times as far out."""
_SMALL = 64
"""For answers of so many entries it is remembered what was drawn."""
MOST = 0.005
"""Near a kink or in saturation a rounding may move a value far, and to few places: between them only this part of it is
rounding's."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where a value may lie for who has rounded: at one of `points`, or by no more than `reach` around `middle`.

    `points` are several values along a first axis: at the first one all was rounded, at the others some. `middle` and
    `reach` have the shape of the value.
    """

    points: Array
    middle: Array
    reach: Array

    @property
    def most(self) -> Array:
        """The most that rounding has moved the value, entry by entry."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.abs(self.points - self.middle).max(axis=0))


class Rounding:
    """What roundings do to later values: everything is worked out again with some numbers rounded and some not.

    `own` has the values as they were written, `exact` as they were before; both may grow. A right answer was rounded
    by as much as it differs from the right value, so one that is exact by nothing. Only where it isn't known what was
    rounded, by up to half of its last digit. What wasn't answered counts as rounded to the digits asked for.
    """

    def __init__(self, solution: Solution, own: Mapping[str, Array], exact: Mapping[str, Array], digits: int) -> None:
        self.solution, self.own, self.exact = solution, own, exact
        self.digits = digits
        self.axis = solution.problem.axis
        self.equations = dict(solution.by_name)
        self._units: dict[str, Array | float] = {}
        self._runs: dict[str, Array] = {}
        self._last: tuple[Equation, Room] | None = None
        """The room that was asked for last, as it is asked for twice; None where values have changed since."""

    def answered(self, name: str, unit: Array | float) -> None:
        """An answer was given; `unit` is the size of its last digits where it isn't known what was rounded, else 0."""
        self._units[name] = unit
        self._runs.pop(name, None)
        self.moved()

    def reroute(self, equation: Equation) -> None:
        """Take another formula for a quantity."""
        self.equations[equation.name] = equation
        self._runs.pop(equation.name, None)
        self.moved()

    def forget(self) -> None:
        """Values have changed: work everything out anew."""
        self._runs.clear()
        self.moved()

    def moved(self) -> None:
        """What some values may be has changed."""
        self._last = None

    def of(self, equation: Equation) -> Room:
        """Where the value of an equation may lie."""
        if self._last is None or self._last[0] is not equation:
            self._last = equation, self._of(equation)
        return self._last[1]

    def _of(self, equation: Equation) -> Room:
        here = spread(evaluate(equation.expr, self.own, self.axis), self.solution.shapes[equation.name])
        points = self._followed(equation, here)
        low, high = np.minimum.reduce(points), np.maximum.reduce(points)
        with np.errstate(invalid="ignore"):
            middle = (low + high) / 2
            most = MOST * np.abs(middle) + 10.0**-self.digits
            return Room(points, middle, np.minimum(WIDENED * (high - low) / 2, most))

    def runs(self, name: str) -> Array:
        """A quantity's values with other roundings, along a first axis; in the first all is rounded."""
        for each in self._needed(name):
            self._runs[each] = self._run(each)
        return self._runs[name]

    def _needed(self, name: str) -> list[str]:
        """What must be worked out before, in order; no recursion, since networks may be deep."""
        if name in self._runs:
            return []
        needed, todo, place = {name}, [name], self.solution.place
        while todo:
            each = todo.pop()
            before = self.equations[each].uses if each in self.equations and each not in self._units else ()
            todo += [n for n in before if n not in needed and n not in self._runs]
            needed.update(before)
        return sorted(needed - self._runs.keys(), key=lambda n: place.get(n, -1))

    def _run(self, name: str) -> Array:
        own = self.own[name]
        if name in self._units:
            return self._answers(name)
        if name not in self.equations:
            return np.broadcast_to(own, (RUNS, *own.shape))
        found = self._followed(self.equations[name], own)
        return np.where(_along(_rounds(name), found), np.round(found, self.digits), found)

    def _answers(self, name: str) -> Array:
        """An answer as it was written, and in some runs as it was before."""
        own, exact, unit = self.own[name], self.exact[name], self._units[name]
        found = np.broadcast_to(own, (RUNS, *own.shape)).copy()
        kept, moved = _moved(name, own.shape) if own.size <= _SMALL else _drawn(name, own.shape)
        found[1:] = np.where(_along(kept, found), own, exact) + unit * moved
        return found

    def _followed(self, equation: Equation, otherwise: Array) -> Array:
        """What an equation comes to in every run, along a first axis; `otherwise` where it has no value."""
        runs = {name: self.runs(name) for name in equation.uses}
        if is_entry_by_entry(equation.expr):
            values = _at_once(equation.expr, runs, otherwise.shape, self.axis)
        else:
            each_run = ({name: values[run] for name, values in runs.items()} for run in range(RUNS))
            found = [attempt(equation.expr, values, self.axis) for values in each_run]
            values = np.array([otherwise if v is None else spread(v, otherwise.shape) for v in found])
        finite = np.asarray(np.isfinite(values).reshape(RUNS, -1).all(axis=1))
        return values if every(finite) else np.where(_along(finite, values), values, otherwise)


def is_entry_by_entry(expr: Expr) -> bool:
    """Whether each entry of a value comes of the same entries of what the formula uses."""
    return all(lookup(node.function).elementwise for node in walk(expr) if isinstance(node, Apply))


def _at_once(expr: Expr, runs: Mapping[str, Array], shape: Shape, axis: Axis) -> Array:
    """The values of a formula that goes entry by entry: all runs are worked out as one array."""
    # All have as many axes, a number stands for a matrix of one entry, so that the runs stay apart from the rows.
    axes = max([MATRIX, len(shape), *(values.ndim - 1 for values in runs.values())])
    values = {name: _with_axes(each, axes) for name, each in runs.items()}
    found = evaluate(expr, values, axis)
    return np.broadcast_to(found, (RUNS, *[1] * (axes - len(shape)), *shape)).reshape(RUNS, *shape)


def _with_axes(values: Array, axes: int) -> Array:
    return values.reshape(RUNS, *[1] * (axes + 1 - values.ndim), *values.shape[1:])


def _along(which: npt.NDArray[np.bool_], values: Array) -> npt.NDArray[np.bool_]:
    """One entry for each run, in a form that goes with the values of the runs."""
    return which.reshape(-1, *[1] * (values.ndim - 1))


@lru_cache(maxsize=1024)
def _rounds(name: str) -> npt.NDArray[np.bool_]:
    """The runs in which a quantity is rounded: a student rounds all its entries alike."""
    rounds = _random_of(name).random(RUNS) < 0.5
    rounds[0] = True
    return rounds


def _drawn(name: str, shape: Shape) -> tuple[npt.NDArray[np.bool_], Array]:
    """The runs after the first in which an answer is as it was written, and by what part of a unit each entry moves."""
    random = _random_of(name)
    return random.random(RUNS - 1) < 0.5, random.uniform(-0.5, 0.5, (RUNS - 1, *shape))


_moved = lru_cache(maxsize=1024)(_drawn)
"""The same, remembered for small shapes."""


def _random_of(name: str) -> np.random.Generator:
    """The same roundings whenever a sheet is marked."""
    return np.random.default_rng(crc32(name.encode()))
