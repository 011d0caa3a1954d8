"""What rounding on the way may have made of a value: what comes of the numbers as they were written, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import attempt, evaluate
from gradcalc.formula.expr import Expr, names
from gradcalc.program.solve import Solution

RUNS = 16
"""How often everything is worked out, each time with other numbers rounded."""
WIDENED = 1.5
"""So few runs don't meet the extremes: they may lie this many times as far out."""
MOST = 0.005
"""Near a kink or in saturation a rounding may move a value far, and to few places: between them only this part of it is
rounding's."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where a value may lie for who has rounded: at one of `points`, or by no more than `reach` around `middle`.

    At the first point all was rounded, at the others some. All have the shape of the value.
    """

    points: tuple[Array, ...]
    middle: Array
    reach: Array

    @property
    def most(self) -> Array:
        """The most that rounding has moved the value, entry by entry."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.abs(np.array(self.points) - self.middle).max(axis=0))


class Rounding:
    """What roundings do to later values: everything is worked out again with some numbers rounded and some not.

    `own` has the values as they were written, `exact` as they were before; both may grow. A right answer was rounded
    by as much as it differs from the right value, so one that is exact by nothing. Only where it isn't known what was
    rounded, by up to half of its last digit. What wasn't answered counts as rounded to the digits asked for.
    """

    def __init__(self, solution: Solution, own: Mapping[str, Array], exact: Mapping[str, Array], digits: int) -> None:
        self.solution, self.own, self.exact = solution, own, exact
        self.digits = digits
        self.expr = {equation.name: equation.expr for equation in solution.equations}
        self.place = {name: i for i, name in enumerate(self.expr)}
        self._units: dict[str, Array] = {}
        self._runs: dict[str, list[Array]] = {}

    def answered(self, name: str, unit: Array) -> None:
        """An answer was given; `unit` is the size of its last digits where it isn't known what was rounded, else 0."""
        self._units[name] = unit
        self._runs.pop(name, None)

    def reroute(self, name: str, expr: Expr) -> None:
        """Take another formula for a quantity."""
        self.expr[name] = expr
        self._runs.pop(name, None)

    def forget(self) -> None:
        """Values have changed: work everything out anew."""
        self._runs.clear()

    def of(self, expr: Expr) -> Room:
        """Where the value of a formula may lie."""
        axis = self.solution.problem.axis
        here = evaluate(expr, self.own, axis)
        runs = {name: self.runs(name) for name in names(expr)}
        tried = (attempt(expr, {name: values[run] for name, values in runs.items()}, axis) for run in range(RUNS))
        found = [here if value is None else value for value in tried]
        low, high = np.minimum.reduce(found), np.maximum.reduce(found)
        with np.errstate(invalid="ignore"):
            middle = (low + high) / 2
            most = MOST * np.abs(middle) + 10.0**-self.digits
            return Room(tuple(found), middle, np.minimum(WIDENED * (high - low) / 2, most))

    def runs(self, name: str) -> list[Array]:
        """A quantity's values with other roundings; in the first all is rounded."""
        for each in self._needed(name):
            self._runs[each] = self._run(each)
        return self._runs[name]

    def _needed(self, name: str) -> list[str]:
        """What must be worked out before, in order; no recursion, since networks may be deep."""
        needed, todo = {name}, [name]
        while todo:
            each = todo.pop()
            before = names(self.expr[each]) if each in self.expr and each not in self._units else ()
            todo += [n for n in before if n not in needed and n not in self._runs]
            needed.update(before)
        return sorted(needed - self._runs.keys(), key=lambda n: self.place.get(n, -1))

    def _run(self, name: str) -> list[Array]:
        if name in self._units:
            return self._answers(name)
        if name not in self.expr:
            return [self.own[name]] * RUNS
        axis, expr = self.solution.problem.axis, self.expr[name]
        before = {n: self._runs[n] for n in names(expr)}
        values = (attempt(expr, {n: run[i] for n, run in before.items()}, axis) for i in range(RUNS))
        found = [self.own[name] if value is None else value for value in values]
        # A student rounds all entries of a quantity alike.
        rounds = random_of(name).random(RUNS) < 0.5
        rounds[0] = True
        return [np.round(value, self.digits) if r else value for value, r in zip(found, rounds, strict=True)]

    def _answers(self, name: str) -> list[Array]:
        """An answer as it was written, and in some runs as it was before."""
        own, exact, unit = self.own[name], self.exact[name], self._units[name]
        random = random_of(name)
        kept = random.random(RUNS - 1) < 0.5
        moved = unit * random.uniform(-0.5, 0.5, (RUNS - 1, *own.shape))
        return [own, *((own if k else exact) + m for k, m in zip(kept, moved, strict=True))]


def random_of(name: str) -> np.random.Generator:
    """The same roundings whenever a sheet is marked."""
    return np.random.default_rng(crc32(name.encode()))
