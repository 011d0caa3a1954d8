"""What is looked at on the way of a descent: the sides of a condition, and quantities that are written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradcalc.errors import UsageError
from gradcalc.formula.entries import entry_name, positions
from gradcalc.formula.expr import Expr, Name, substitute
from gradcalc.formula.shapes import shape_of, spell
from gradcalc.formula.table import Shape
from gradcalc.formula.write import code
from gradcalc.program.designation import Designation, position
from gradcalc.program.quantities import Quantities
from gradcalc.program.until import FORM, Condition
from gradcalc.words import shorten


def settled(found: Condition, known: Quantities, shapes: Mapping[str, Shape]) -> Condition:
    """The condition over the names that equations have. Raises UsageError for an unknown name, or a matrix."""
    means = {}
    for name in found.uses:
        quantity = known.alone(name)
        if quantity is None:
            raise UsageError(f"until: there is no quantity '{shorten(name)}'{known.near(name)}")
        if quantity.section in ("updated", "after"):
            raise UsageError(f"until: it is looked at before each step: write {quantity.name}, not {shorten(name)}")
        if quantity.equation not in shapes:
            raise UsageError(f"until: {quantity.label} can't be had in this problem")
        means[name] = Name(quantity.equation)
    left, right = (substitute(side, means) for side in (found.left, found.right))
    _refuse_matrices((left, right), shapes)
    return replace(found, left=left, right=right)


def _refuse_matrices(sides: Iterable[Expr], shapes: Mapping[str, Shape]) -> None:
    for side in sides:
        shape = shape_of(side, shapes)
        if shape not in ((), (1, 1)):
            raise UsageError(f"until: {FORM}, but a side, {code(side)}, is {spell(shape)}: take its sum")


@dataclass(frozen=True, eq=False)
class Curve:
    """Numbers that were written down of a descent: `steps` says after how many steps, `columns` has each by its name.

    The first row is the start, before any step.
    """

    steps: tuple[int, ...] = ()
    columns: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watched:
    """A quantity that is written down: all its entries, or one of them."""

    name: str
    places: tuple[tuple[str, tuple[int, ...]], ...]
    """Each entry by its name, and where it stands (counted from 0)."""

    def numbers(self, value: Any) -> Iterable[float]:
        """Its numbers, from the value of the whole quantity."""
        matrix = np.atleast_2d(value)
        return (float(matrix[place]) for _, place in self.places)


MOST_WATCHED = 100
"""A larger quantity is watched entry by entry, those that are named."""


def watched(found: Designation) -> Watched:
    """What to write down of a quantity or an entry. Raises UsageError for a quantity that is too large."""
    if found.index:
        return Watched(found.name, ((found.entry, position(found.index, found.shape)),))
    every = tuple((entry_name(found.name, found.shape, *place), place) for place in positions(found.shape))
    if len(every) > MOST_WATCHED:
        raise UsageError(
            f"{found.name} has {len(every):,} entries, too many to watch: name some, such as {every[0][0]}"
        )
    return Watched(found.name, every)


class Columns:
    """Writes down the numbers of what is watched, at the start, after every so many steps and at the end."""

    def __init__(self, watched: Sequence[Watched], every: int = 1) -> None:
        self.watched = tuple(watched)
        self.every = every
        self._rows: dict[int, tuple[float, ...]] = {}

    @property
    def looks(self) -> list[Expr]:
        """What has to be looked at."""
        return [Name(each.name) for each in self.watched]

    def add(self, made: int, looked: Sequence[Any], last: bool = False) -> None:
        """Note the values after so many steps."""
        if self.watched and (last or made % self.every == 0):
            pairs = zip(self.watched, looked, strict=True)
            self._rows[made] = tuple(number for each, value in pairs for number in each.numbers(value))

    @property
    def curve(self) -> Curve:
        """All that was noted."""
        names = [name for each in self.watched for name, _ in each.places]
        columns = zip(*self._rows.values(), strict=True) if self._rows else ()
        return Curve(tuple(self._rows), dict(zip(names, columns, strict=bool(self._rows))))
