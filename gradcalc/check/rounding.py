"""How far rounding may have moved a value: every answer before it was rounded, and perhaps what lies between."""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import attempt, evaluate
from gradcalc.formula.expr import Expr, names
from gradcalc.program.solve import Solution

RUNS = 16
"""How often everything is worked out with other roundings."""
SAFETY = 2.0
"""Rounding may have moved a value by this many times the most that was met in so many runs."""
COARSE = 0.1
"""Answers with few digits count as rounded by no more than this part of themselves."""


class Noise:
    """What roundings do to later values: everything is worked out again with roundings at random.

    `own` has the values; it may grow. What wasn't answered counts as rounded to the digits asked for.
    """

    def __init__(self, solution: Solution, own: Mapping[str, Array], digits: int) -> None:
        self.solution, self.own = solution, own
        self.asked = 10.0**-digits
        self.expr = {equation.name: equation.expr for equation in solution.equations}
        self.place = {name: i for i, name in enumerate(self.expr)}
        self._units: dict[str, Array] = {}
        self._runs: dict[str, list[Array]] = {}

    def answered(self, name: str, unit: Array) -> None:
        """An answer was given, with last digits of that size."""
        self._units[name] = unit
        self._runs.pop(name, None)

    def forget(self) -> None:
        """Values have changed: work everything out anew."""
        self._runs.clear()

    def of(self, expr: Expr) -> Array:
        """How far the value of a formula may have been moved, for each entry."""
        axis = self.solution.problem.axis
        here = evaluate(expr, self.own, axis)
        runs = {name: self.runs(name) for name in names(expr)}
        most = np.zeros(here.shape)
        for run in range(RUNS):
            value = attempt(expr, {name: values[run] for name, values in runs.items()}, axis)
            if value is not None:
                most = np.maximum(most, np.abs(value - here))
        return SAFETY * most

    def runs(self, name: str) -> list[Array]:
        """A quantity's values with other roundings."""
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
            most = np.maximum(self.asked, COARSE * np.abs(self.own[name]))
            return self._rounded(name, [self.own[name]] * RUNS, np.minimum(self._units[name], most))
        if name not in self.expr:
            return [self.own[name]] * RUNS
        axis, expr = self.solution.problem.axis, self.expr[name]
        before = {n: self._runs[n] for n in names(expr)}
        values = (attempt(expr, {n: run[i] for n, run in before.items()}, axis) for i in range(RUNS))
        return self._rounded(name, [self.own[name] if value is None else value for value in values], self.asked)

    def _rounded(self, name: str, values: list[Array], unit: Array | float) -> list[Array]:
        """The values with roundings at random; the first as it comes out when it is rounded to the digits asked for."""
        # The same roundings whenever a sheet is marked.
        random = np.random.default_rng(crc32(name.encode()))
        shape = np.shape(self.own[name])
        first = self.own[name] if name in self._units else np.round(values[0] / self.asked) * self.asked
        others = (value + unit * random.uniform(-0.5, 0.5, shape) for value in values[1:])
        return [np.asarray(first), *(np.asarray(value) for value in others)]
