"""Formulas with numbers put in, `0.5 * (0.6267 - 0)**2`: right as far as numbers say that were rounded before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

import numpy as np

from gradcalc.check.answers.compare import FLOAT, HALF_UNIT
from gradcalc.check.answers.model import Numbers
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.expr import Expr, Name, Num, names, transform, walk
from gradcalc.formula.table import Axis
from gradcalc.program.solution import Solution

MOST_NUMBERS: Final = 200
"""So many numbers in one formula are moved, one by one."""
_FEW: Final = 2
"""Beside names a number of so few decimals is meant as it stands: a slope of 0.01, a rate of 0.1."""
_SLACK: Final = 1.05
"""What moves of numbers do together, beyond what each does alone."""
_CUT: Final = 1.5
"""How many units of its last digit a number may be off that was cut off, or rounded before."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The value of a formula, and how far it may be off in each entry because of its numbers.

    `sure` is that where each number is a value of the solution, rounded; `most` where numbers were cut off.
    """

    value: Array
    sure: Array
    most: Array

    def numbers(self, room: Array) -> Numbers:
        """The value as numbers with that much room."""
        return Numbers(self.value, 2 * room, np.zeros(np.shape(room), dtype=np.bool_), computed=True)


class PutIn:
    """Finds how far numbers may be off that were put into formulas, by what they may be roundings of."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution

    @cached_property
    def known(self) -> Array:
        """All values of the solution without their signs, in order."""
        every = [np.ravel(np.abs(value)) for value in self.solution.values.values()]
        return np.unique(np.concatenate(every)) if every else np.zeros(0)

    def off(self, number: float, beside_names: bool) -> tuple[float, float]:
        """How far a number may be off, surely and at most: not where it is whole, or a value as it stands."""
        places = decimals(number)
        unit = 10.0**-places
        near = self.near(number, HALF_UNIT * unit)
        exact = abs(number) == 1 / 2 or (beside_names and places <= _FEW)
        if not places or exact or any(np.abs(near - abs(number)) <= FLOAT * max(1.0, abs(number))):
            return 0.0, 0.0
        furthest = float(np.max(np.abs(near - abs(number)))) if near.size and places >= _FEW else HALF_UNIT * unit
        return furthest, _CUT * unit

    def near(self, number: float, room: float) -> Array:
        """The values that are so near to a number."""
        first, last = np.searchsorted(self.known, (abs(number) - room, abs(number) + room))
        return self.known[first:last]

    def reach(self, formula: Expr, values: Mapping[str, Array], axis: Axis) -> Reach | None:
        """What a formula comes to, and how far off; None where it can't be worked out."""
        value = attempt(formula, values, axis)
        moved, put = with_names(formula)
        if value is None or len(put) > MOST_NUMBERS:
            return None
        beside_names = bool(names(formula))
        sure, most = np.zeros(value.shape), np.full(value.shape, 1e-12)
        base = {**values, **{name: np.asarray(number, dtype=np.float64) for name, number in put.items()}}
        for name, number in put.items():
            for room, off in zip((sure, most), self.off(number, beside_names), strict=True):
                room += np.max(
                    [value * 0.0, *(abs(each - value) for each in _moved(moved, base, name, off, axis))], axis=0
                )
        return Reach(value, _SLACK * sure, _SLACK * np.maximum(sure, most))


def _moved(formula: Expr, values: Mapping[str, Array], name: str, off: float, axis: Axis) -> Iterator[Array]:
    """The values of a formula where one of its numbers is that much larger, and smaller."""
    for sign in (1.0, -1.0) if off else ():
        found = attempt(formula, {**values, name: np.asarray(values[name] + sign * off)}, axis)
        if found is not None:
            yield found


def with_names(formula: Expr) -> tuple[Expr, dict[str, float]]:
    """The formula with a name in the place of each number that isn't whole, and these numbers."""
    put: dict[str, float] = {}

    def one(node: Expr) -> Expr:
        if not isinstance(node, Num) or not decimals(node.value):
            return node
        name = f"number {len(put) + 1}"
        put[name] = node.value
        return Name(name)

    return transform(formula, one), put


def has_numbers(formula: Expr) -> bool:
    """Whether numbers that aren't whole stand in a formula."""
    return any(isinstance(node, Num) and decimals(node.value) > 0 for node in walk(formula))


def decimals(number: float) -> int:
    """How many decimals a number has as it is written most shortly."""
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
