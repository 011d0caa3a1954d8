"""How far another program's numbers may lie from these: by what float64 loses in this problem's conditioning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from gradcalc.check.answers.compare import Mask
from gradcalc.formula.arrays import Array
from gradcalc.program.batches import of_step
from gradcalc.program.jolted import followed, jolted
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution
from gradcalc.program.walk import State, Walk

NEARLY_FULL = 14
"""A number with so many significant digits is one that a program printed, whole or nearly so."""
MOST = 1e-6
"""A larger part of a value is never put down to rounding."""
RUNS = 8
MOST_STEPS = 30_000
"""Over long ways there are fewer runs: these many steps in all, or three."""
WIDENED = 2.0
"""So few runs don't meet the extremes."""
EPSILON = float(np.finfo(np.float64).eps)


def is_printed(value: Array, unit: Array) -> Mask:
    """For each number, whether it has about all digits of float64; `unit` is the size of its last digit (0: exact)."""
    # Units are powers of ten that float64 doesn't have exactly.
    return np.asarray((unit > 0) & (unit <= np.abs(value) * 10.0 ** (1 - NEARLY_FULL) * (1 + 1e-9)))


class Rounding:
    """What float64 may do to the quantities of a problem's steps; the way to a step is gone once for all of them."""

    def __init__(self, first: Problem) -> None:
        self.first = first
        self._starts: dict[int, tuple[Mapping[str, Array], ...]] = {}

    def explains(self, off: Array, name: str, solution: Solution, step: int) -> Mask:
        """For each entry of a quantity, whether to be so far off may be float64's doing; `solution` is of that step."""
        may_be = np.isfinite(off) & (off <= MOST * np.max(np.abs(solution.values[name]), initial=0.0))
        if may_be.any():  # to find out takes several times as long as the solution
            may_be &= off <= self.room(name, solution, step)
        return np.asarray(may_be)

    def room(self, name: str, solution: Solution, step: int) -> Array:
        """For each entry of a quantity, how far float64 may have moved it on the way."""
        right = solution.values[name]
        most = EPSILON * np.abs(right)
        for run, given in enumerate(self.starts(step)):
            moved = _moved(name, solution, given, np.random.default_rng(run))
            if moved is not None and np.isfinite(moved).all():
                most = np.maximum(most, WIDENED * np.abs(moved - right))
        return most

    def starts(self, step: int) -> tuple[Mapping[str, Array], ...]:
        """What a step starts from, for each run: what the steps before it handed on was moved at each."""
        if step not in self._starts:
            given = of_step(self.first, self.first.first_step).given
            self._starts[step] = (given,) * RUNS if step == 1 else tuple(self._after(step - 1))
        return self._starts[step]

    def _after(self, steps: int) -> Iterator[Mapping[str, Array]]:
        walk = Walk(self.first)
        for run in range(max(3, min(RUNS, MOST_STEPS // steps))):
            random, state = np.random.default_rng(run), walk.start
            for _ in range(steps):
                state = _jolted_state(walk.take(state).state, random)
            yield of_step(walk.standing(state), state.k).given


def _jolted_state(state: State, random: np.random.Generator) -> State:
    return replace(state, carried={name: _jolted(value, random) for name, value in state.carried.items()})


def _jolted(value: Array, random: np.random.Generator) -> Array:
    return jolted(value, random, EPSILON)


def _moved(name: str, solution: Solution, given: Mapping[str, Array], random: np.random.Generator) -> Array | None:
    """The quantity with every quantity on the way moved by about a unit in its last place."""
    on_the_way = followed(solution, given, random, EPSILON)
    return next((value for moved, value in on_the_way if moved == name), None)
