"""Formulas with numbers put in, `0.5 * (0.6267 - 0)**2`: right as far as numbers say that were rounded before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np

from gradcalc.check.answers.compare import FLOAT, HALF_UNIT
from gradcalc.check.answers.model import Numbers
from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Apply, Expr, Name, Num, transform, walk

ROUNDED: Final = "its numbers are rounded so far that it can't be said whether this is right"
MOST_NUMBERS: Final = 200
"""So many numbers in one formula are moved, one by one."""
_FEW: Final = 2
"""A number of fewer decimals is seldom a rounding."""
_SLACK: Final = 1.05
"""What moves of numbers do together, beyond what each does alone."""
_CUT: Final = 1.5
"""How many units of its last digit a number may be off that was cut off, or rounded before."""
_ARRANGE: Final = ("concat", "neg", "transpose")
"""What numbers are laid out by that are the result."""

Evaluate = Callable[[Mapping[str, Array]], Array | None]
"""Works a formula out at values of some more names; None where it can't be."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The value of a formula, and how far it may be off in each entry because of its numbers.

    `sure` is that where each number is a known value, rounded; `most` where numbers were cut off.
    """

    value: Array
    sure: Array
    most: Array

    @property
    def turned(self) -> Reach:
        """The same with rows and columns exchanged."""
        return Reach(self.value.T, self.sure.T, self.most.T)

    def numbers(self, room: Array) -> Numbers:
        """The value as numbers with that much room."""
        return Numbers(self.value, 2 * room, np.zeros(np.shape(room), dtype=np.bool_), computed=True)


class PutIn:
    """Finds how far numbers may be off that were put into formulas, by what they may be roundings of."""

    def __init__(self, values: Iterable[Array]) -> None:
        every = [np.ravel(np.abs(value)) for value in values]
        self.known: Array = np.unique(np.concatenate(every)) if every else np.zeros(0)

    def away(self, number: Num) -> Array:
        """How far the values are away of which a number may be a rounding."""
        size, room = abs(number.value), HALF_UNIT * unit_of(number)
        first, last = np.searchsorted(self.known, (size - room, size + room))
        return np.abs(self.known[first:last] - size)

    def has_values(self, formula: Expr) -> bool:
        """Whether a number in a formula is a value, rounded."""
        return any(decimals(each) >= _FEW and self.away(each).size for each in with_names(formula)[1].values())

    def off(self, number: Num, finest: int) -> tuple[float, float]:
        """How far a number may be off, surely and at most: not where it is whole, or a value as it stands.

        `finest` is how many decimals there are beside it: among numbers that are much finer none is rounded to few.
        """
        places, size, away = decimals(number), abs(number.value), self.away(number)
        furthest = float(np.max(away)) if away.size else HALF_UNIT * unit_of(number)
        if size == 1 / 2:
            return 0.0, 0.0
        if bool((away <= FLOAT * max(1.0, size)).any()):
            return 0.0, 0.0 if finest >= places + _FEW else furthest
        return furthest if places >= _FEW else 0.0, _CUT * unit_of(number)

    def reach(self, formula: Expr, put: Mapping[str, Num], evaluate: Evaluate) -> Reach | None:
        """What a formula comes to, and how far off; None where it can't be worked out.

        `evaluate` works out `with_names(formula)`, which puts names in the place of the numbers `put`.
        """
        base = {name: np.asarray(number.value, dtype=np.float64) for name, number in put.items()}
        value = evaluate(base) if len(put) <= MOST_NUMBERS else None
        if value is None:
            return None
        if is_result(formula):
            zeros = evaluate(dict.fromkeys(put, np.zeros(())))
            units = evaluate({name: np.asarray(unit_of(each)) for name, each in put.items()})
            if zeros is None or units is None:
                return None
            room = np.abs(units - zeros)
            return Reach(value, HALF_UNIT * room, _CUT * room)
        finest = max(map(decimals, put.values()), default=0)
        sure, most = np.zeros(value.shape), np.full(value.shape, 1e-12)
        for name, number in put.items():
            for room, off in zip((sure, most), self.off(number, finest), strict=True):
                room += np.max(
                    [value * 0.0, *(abs(each - value) for each in _moved(evaluate, base, name, off))], axis=0
                )
        return Reach(value, _SLACK * sure, _SLACK * np.maximum(sure, most))


def _moved(evaluate: Evaluate, values: Mapping[str, Array], name: str, off: float) -> Iterator[Array]:
    """The values of a formula where one of its numbers is that much larger, and smaller."""
    for sign in (1.0, -1.0) if off else ():
        found = evaluate({**values, name: np.asarray(values[name] + sign * off)})
        if found is not None:
            yield found


def with_names(formula: Expr, prefix: str = "number") -> tuple[Expr, dict[str, Num]]:
    """The formula with a name in the place of each number that isn't whole, and these numbers."""
    put: dict[str, Num] = {}

    def one(node: Expr) -> Expr:
        if not isinstance(node, Num) or not decimals(node):
            return node
        name = f"{prefix}{len(put) + 1}"
        put[name] = node
        return Name(name)

    return transform(formula, one), put


def is_result(formula: Expr | None) -> bool:
    """Whether a formula is a number, or numbers in a list or a matrix: what was worked out, not what was put in."""
    return formula is not None and all(
        isinstance(node, Num) or (isinstance(node, Apply) and node.function in _ARRANGE) for node in walk(formula)
    )


def has_numbers(formula: Expr) -> bool:
    """Whether numbers that aren't whole stand in a formula."""
    return any(isinstance(node, Num) and decimals(node) > 0 for node in walk(formula))


def unit_of(number: Num) -> float:
    """The size of a number's last digit."""
    return float(10.0 ** -decimals(number))


def decimals(number: Num) -> int:
    """How many decimals a number was typed with, or has as it is written most shortly."""
    if number.decimals is not None:
        return number.decimals
    exponent = Decimal(repr(number.value)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
