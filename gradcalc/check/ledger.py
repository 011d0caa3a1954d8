"""The student's own values: what each quantity comes to on the answers that were given before it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from gradcalc.formula.compile import Compiled, compile_formulas
from gradcalc.formula.expr import Expr, names
from gradcalc.formula.table import Axis
from gradcalc.program.problem import Array, Equation
from gradcalc.program.solve import Solution

MANY = 64
"""Beyond so many entries, rounding is followed along random signs in place of one entry at a time."""
NOISE_CAP = 0.05


@lru_cache(maxsize=8192)
def _compiled(expr: Expr, axis: Axis) -> Compiled:
    return compile_formulas([("value", expr)], names(expr), axis)


def evaluate(expr: Expr, values: Mapping[str, Array], axis: Axis) -> Array:
    """The value of one formula, compiled once."""
    compiled = _compiled(expr, axis)
    return np.asarray(compiled({name: values[name][()] for name in compiled.inputs})["value"], dtype=np.float64)


class Ledger:
    """Follows the equations with the student's answers in the place of the right values.

    `own` has a value for each name met so far: the answer where one was given that can carry, else what the
    equation gives on the values before it. `origin` tells from which wrong answer a value comes, if from one.
    """

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self.axis = solution.problem.axis
        self.own: dict[str, Array] = dict(solution.problem.given)
        self.origin: dict[str, str] = {}
        self.answered: set[str] = set()
        self.expr = {equation.name: equation.expr for equation in solution.equations}
        self._unit: dict[str, Array] = {}
        self._noise: dict[str, Array] = {}

    def follow(self, equation: Equation) -> Array:
        """What the equation gives on the values so far, in the shape of the right value."""
        value = evaluate(equation.expr, self.own, self.axis)
        return np.broadcast_to(value, self.solution.shapes[equation.name])

    def take(self, name: str, value: Array, unit: Array, origin: str | None) -> None:
        """Go on with an answer; `origin` names the wrong answer that it is or comes from."""
        self.answered.add(name)
        self.own[name] = value
        self._unit[name] = unit
        if origin is not None:
            self.origin[name] = origin

    def leave(self, equation: Equation, value: Array) -> None:
        """Go on with what the equation gives, where no usable answer is there."""
        self.own[equation.name] = value
        origin = self.origin_of(equation.expr)
        if origin is not None:
            self.origin[equation.name] = origin

    def origin_of(self, expr: Expr) -> str | None:
        """From which wrong answer the value of a formula comes."""
        return next((self.origin[name] for name in names(expr) if name in self.origin), None)

    def can_carry(self, value: Array, right: Array) -> bool:
        """Whether later answers may rest on an answer: not if it is no numbers, or zeros that make all easy."""
        return bool(np.isfinite(value).all() and (value.any() or not right.any()))

    def noise(self, name: str) -> Array:
        """How far rounding of the answers before it may have moved a value (a first-order bound, an entry each)."""
        if name not in self._noise:
            self._noise[name] = 0.5 * self._unit[name] if name in self._unit else self.noise_of(self.expr.get(name))
        return self._noise[name]

    def noise_of(self, expr: Expr | None) -> Array:
        """The same for the value of a formula, never more than 5% of it."""
        if expr is None:
            return np.zeros(())
        here = evaluate(expr, self.own, self.axis)
        total = np.zeros(np.shape(here))
        for name in names(expr):
            noise = np.broadcast_to(self.noise(name), np.shape(self.own[name]))
            if noise.any():
                total = total + self._moved(expr, name, noise, here)
        return np.minimum(total, NOISE_CAP * np.abs(here) + 1e-3)

    def _moved(self, expr: Expr, name: str, noise: Array, here: Array) -> Array:
        """How much the value of a formula moves when the entries of one name move by their noise."""
        start = self.own[name]

        def moved(change: Array) -> Array:
            return np.abs(evaluate(expr, {**self.own, name: start + change}, self.axis) - here)

        if noise.size <= MANY:
            changes = np.eye(noise.size) * noise.ravel()
            return np.asarray(np.sum([moved(change.reshape(noise.shape)) for change in changes], axis=0))
        random = np.random.default_rng(0)
        signs = [random.choice([-1.0, 1.0], noise.shape) for _ in range(8)]
        return np.asarray(2.0 * np.max([moved(sign * noise) for sign in signs], axis=0))
