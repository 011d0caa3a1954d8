"""Wrong answers that no wrong equation explains: two exchanged, another quantity's, digits or signs out of place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from math import prod

import numpy as np

from gradcalc.check.answers.compare import FLOAT, HALF_UNIT, Mask, Tolerance, asked_unit, laid_out, reshaped, same_as
from gradcalc.check.answers.model import Numbers
from gradcalc.check.ledger import Ledger
from gradcalc.check.mistakes.penalties import of_penalties
from gradcalc.check.mistakes.quotients import difference_quotient
from gradcalc.check.wording import formula, shown, spots
from gradcalc.formula.arrays import Array, every, some
from gradcalc.formula.expr import Name, Num, mul
from gradcalc.program.sections import Quantity

SHIFTS = (-3, -2, -1, 1, 2, 3)
SURE = 1e-4
"""So seldom may entries agree by chance on a factor, of which there is any."""


class Slips:
    """Looks for an answer's numbers in other places of the solution, or in another order."""

    def __init__(
        self, ledger: Ledger, known: Mapping[str, Quantity], answers: Mapping[str, Numbers], tolerance: Tolerance
    ) -> None:
        self.ledger, self.known, self.answers, self.tolerance = ledger, known, answers, tolerance
        self.names = list(known)
        self.place = {name: place for place, name in enumerate(known)}
        self.kept_up = 0
        """How many of the ledger's changes are in `first`."""

    @cached_property
    def first(self) -> Array:
        """The first entry of each quantity, by which nearly all are told from given numbers at once."""
        self.kept_up = len(self.ledger.changes)
        return np.array([_first(self.ledger.exact[name]) for name in self.known])

    def swapped(self, quantity: Quantity, numbers: Numbers, right: Array) -> Iterator[tuple[str, str]]:
        """The answers that stand in each other's place with this one: name, and message."""
        for other in self.others(quantity, numbers, right):
            theirs = self.answers.get(other.equation)
            back = None if theirs is None else laid_out(theirs, right.shape)
            if back is not None and every(same_as(back, right, self.tolerance)):
                yield other.equation, f"this is {shown(other.label)}, and that is this: the two answers are exchanged"

    def others(self, quantity: Quantity, numbers: Numbers, right: Array) -> Iterator[Quantity]:
        """The quantities of the same section whose value these numbers are, where that isn't the right one too."""
        for other in self.near(numbers):
            value = self.ledger.exact[other.equation]
            if other.equation == quantity.equation or not _comparable(other, quantity) or _is_same(value, right):
                continue
            placed = laid_out(numbers, np.shape(value)) if some(value) else None
            if placed is not None and every(same_as(placed, value, self.tolerance)):
                yield other

    def near(self, numbers: Numbers) -> Iterator[Quantity]:
        """The quantities whose first entry is about the first of these numbers."""
        first = self.first
        for name in self.ledger.changes[self.kept_up :]:
            if name in self.place:
                first[self.place[name]] = _first(self.ledger.exact[name])
        self.kept_up = len(self.ledger.changes)
        unit = np.maximum(asked_unit(numbers, self.tolerance.digits), numbers.unit).flat[0]
        with np.errstate(invalid="ignore"):
            off = np.abs(first - numbers.values.flat[0]) - 2.0 * FLOAT * np.abs(first)
        return (self.known[self.names[place]] for place in np.flatnonzero(off <= HALF_UNIT * unit))

    def accidents(self, quantity: Quantity, numbers: Numbers, right: Array, fine: Mask) -> Iterator[tuple[str, str]]:
        """Id and message of a slip of the pen."""
        other = next(self.others(quantity, numbers, right), None)
        placed = laid_out(numbers, right.shape)
        if other is not None:
            yield "other-quantity", f"this is {shown(other.label)}, which belongs to another answer"
        elif placed is not None and not every(fine):
            if self.same(placed, -right, ~fine):
                whole = "the number is right, but its sign is turned"
                yield "sign-flipped", f"at {spots(~fine)} the sign is turned" if some(fine) else whole
            elif self.has_digits(placed.values, right, ~fine) and self.is_shifted(placed, right, ~fine):
                yield "decimal-point-misplaced", "the digits are right, but the decimal point is in the wrong place"
            elif right.size > 1 and self.same_in_another_order(placed, right):
                yield "entries-exchanged", "these are the right numbers, in another order"
            elif quantity.section == "gradients":
                yield from self.penalized(quantity, placed) or self.quotients(quantity, placed, right, ~fine)

    def penalized(self, quantity: Quantity, placed: Numbers) -> list[tuple[str, str]]:
        """That a multiple of the parameter was added, the same in every entry: what a penalty does."""
        solution = self.ledger.solution
        equation, weight = solution.by_name[quantity.equation], solution.problem.parameters.get(quantity.name)
        if weight is None or any(True for _ in of_penalties(equation, solution)):
            return []
        unit = np.maximum(asked_unit(placed, self.tolerance.digits), placed.unit)
        factor = multiple(placed.values - self.ledger.followed_exactly(equation), weight, HALF_UNIT * unit)
        if factor is None:
            return []
        added = formula(mul(Num(float(f"{factor:.3g}")), Name(quantity.name)), solution)
        return [("penalty-not-asked", f"{added} is added, as a penalty adds it, and this loss has none")]

    def quotients(self, quantity: Quantity, placed: Numbers, right: Array, wrong: Mask) -> Iterator[tuple[str, str]]:
        """That the numbers are those of a difference quotient."""
        found = difference_quotient(quantity.name, placed, right, wrong, self.ledger.solution, self.tolerance)
        if found:
            yield "difference-quotient", f"these are the numbers of {found}: near the gradient, and not the gradient"

    def same(self, numbers: Numbers, value: Array, where: Mask) -> bool:
        """Whether the numbers are this value as far as they were written, at the entries `where`."""
        return every(same_as(numbers, value, self.tolerance)[where])

    def is_shifted(self, numbers: Numbers, right: Array, where: Mask) -> bool:
        """Whether the numbers are right at those entries but for the decimal point, by up to three places."""
        moved = (shifted(numbers, by) for by in SHIFTS)
        return any(self.same(each, right, where) for each in moved if every(np.isfinite([each.values, each.unit])))

    def has_digits(self, given: Array, right: Array, where: Mask) -> bool:
        """Whether there are digits enough to tell that only the point is wrong; a zero has none."""
        largest = np.max(np.abs(right[where]), initial=0.0)
        return bool(every(given[where]) and largest >= 20 * 10.0**-self.tolerance.digits)

    def same_in_another_order(self, numbers: Numbers, right: Array) -> bool:
        """Whether the numbers are the right ones, put in other places."""
        if self.same(numbers, right, np.ones(right.shape, dtype=np.bool_)):
            return False
        order = np.argsort(numbers.values, axis=None, kind="stable")
        flat = reshaped(numbers, (numbers.values.size,))
        values, unit, scientific = flat.values[order], flat.unit[order], flat.scientific[order]
        ordered = replace(flat, values=values, unit=unit, scientific=scientific, given=None)
        return every(same_as(ordered, np.sort(right, axis=None), self.tolerance))


def multiple(off: Array, weight: Array, room: Array) -> float | None:
    """The positive factor by which differences are this weight in every entry; None where they aren't, or by chance.

    One entry gives the factor; that each other one agrees with it within its `room` has the chance of that room.
    """
    factor = float(np.vdot(off, weight) / max(float(np.vdot(weight, weight)), 1e-300))
    if factor <= 0 or not every(np.abs(off - factor * weight) <= room + 1e-9 * np.abs(off)):
        return None
    sizes, rooms = np.abs(off).ravel().tolist(), room.ravel().tolist()
    told = {size: least / size for size, least in zip(sizes, rooms, strict=True) if size > least}
    return factor if len(told) > 1 and prod(sorted(told.values())[:-1]) <= SURE else None


def _first(value: Array) -> float:
    return float(np.asarray(value).flat[0]) if np.size(value) else np.nan


def _is_same(value: Array, right: Array) -> bool:
    """Whether two values are one, as the gradients of a bias and of its weighted sum are."""
    return np.size(value) == right.size and np.allclose(np.ravel(value), right.ravel(), rtol=FLOAT, atol=0.0)


def shifted(numbers: Numbers, by: int) -> Numbers:
    """The numbers with their decimal point moved."""
    with np.errstate(over="ignore"):
        return replace(numbers, values=numbers.values * 10.0**by, unit=numbers.unit * 10.0**by)


def _comparable(other: Quantity, quantity: Quantity) -> bool:
    """Whether one may be taken for the other; the loss for any value, as it has a section of its own."""
    return other.section == quantity.section or (quantity.section == "loss" and other.section in ("forward", "after"))
