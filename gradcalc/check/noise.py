"""How far rounding may have moved a value: every answer before it was rounded, and perhaps what lies between."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradcalc.check.evaluate import evaluate
from gradcalc.formula.expr import Expr, names
from gradcalc.program.problem import Array
from gradcalc.program.solve import Solution

MANY = 64
"""Beyond so many entries, rounding is followed along random signs in place of one entry at a time."""
SIGNS = 8
COARSE = 0.01
"""Answers with few digits count as rounded by no more than this part of themselves."""


class Noise:
    """First-order bounds for each entry, from the size of the last digit of what stands before.

    `own` has the values; it may grow. What wasn't answered counts as rounded to the digits asked for.
    """

    def __init__(self, solution: Solution, own: Mapping[str, Array], digits: int) -> None:
        self.solution, self.own = solution, own
        self.asked = 10.0**-digits
        self.expr = {equation.name: equation.expr for equation in solution.equations}
        self.place = {name: i for i, name in enumerate(self.expr)}
        self._units: dict[str, Array] = {}
        self._bounds: dict[str, Array] = {}

    def answered(self, name: str, unit: Array) -> None:
        """An answer was given, with last digits of that size."""
        self._units[name] = unit
        self._bounds.pop(name, None)

    def forget(self) -> None:
        """Values have changed: work the bounds out anew."""
        self._bounds.clear()

    def of(self, name: str) -> Array:
        """The bound for a quantity: half a unit where it was answered, else what comes from before and half a unit."""
        for each in self._needed(name):
            self._bounds[each] = self._bound(each)
        return self._bounds[name]

    def _needed(self, name: str) -> list[str]:
        """What must be worked out for a bound, in order; no recursion, since networks may be deep."""
        needed, todo = {name: None}, [name]
        while todo:
            expr = self.expr.get(each := todo.pop())
            before = () if expr is None or each in self._units else names(expr)
            todo += [n for n in before if n not in needed and n not in self._bounds]
            needed.update(dict.fromkeys(before))
        return sorted(needed.keys() - self._bounds.keys(), key=lambda n: self.place.get(n, -1))

    def _bound(self, name: str) -> Array:
        if name in self._units:
            most = np.maximum(self.asked, COARSE * np.abs(self.own[name]))
            return np.asarray(0.5 * np.minimum(self._units[name], most))
        if name not in self.expr:
            return np.zeros(())
        return np.asarray(self.of_formula(self.expr[name]) + 0.5 * self.asked)

    def of_formula(self, expr: Expr) -> Array:
        """The bound for the value of a formula."""
        axis = self.solution.problem.axis
        here = evaluate(expr, self.own, axis)
        total = np.zeros(here.shape)
        for name in names(expr):
            noise = np.broadcast_to(self.of(name), np.shape(self.own[name]))
            if noise.any():
                total = total + self._moved(expr, name, noise, here)
        return np.asarray(np.where(np.isfinite(total), total, 0.0))

    def _moved(self, expr: Expr, name: str, noise: Array, here: Array) -> Array:
        """How much the value of a formula moves when the entries of one name move by their noise."""
        axis, start = self.solution.problem.axis, self.own[name]

        def moved(change: Array) -> Array:
            both = [evaluate(expr, {**self.own, name: start + sign * change}, axis) - here for sign in (1.0, -1.0)]
            return np.asarray(np.max(np.abs(both), axis=0))

        if noise.size <= MANY:
            changes = np.eye(noise.size) * noise.ravel()
            return np.asarray(np.sum([moved(change.reshape(noise.shape)) for change in changes], axis=0))
        random = np.random.default_rng(0)
        signs = [random.choice([-1.0, 1.0], noise.shape) for _ in range(SIGNS)]
        return np.asarray(2.0 * np.max([moved(sign * noise) for sign in signs], axis=0))
