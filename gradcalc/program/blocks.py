"""Jacobians by name, whole or in blocks: `yhat/a2`, `yhat[k]/W2[:,i]`, `p[i]/z[j] where i != j`.

A key with letters means a block for each choice of them; together they are one matrix.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final

from gradcalc.formula.expr import Apply, Expr, Name, call
from gradcalc.formula.index import ALL, Along, params_of
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.spelling import NAME
from gradcalc.formula.table import Axis, Shape
from gradcalc.program.derivatives import GRAD, JACOBIAN
from gradcalc.program.inlined import Inlined
from gradcalc.program.solution import Solution

MOST_BLOCKS: Final = 2_000
_PART: Final = re.compile(r":|[1-9]\d{0,8}|[^\W\d]\w*")
_SIDE: Final = re.compile(r"\s*(?P<name>[^\[\]/]+?)\s*(?:\[(?P<index>[^\[\]]+)\])?\s*")
_CONDITION: Final = re.compile(r"\s*(\w+)\s*(!=|≠|==|=)\s*(\w+)\s*")


@dataclass(frozen=True, slots=True)
class Side:
    """What is differentiated, or by what: a quantity, or a part of it by letters, numbers and colons."""

    name: str
    parts: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As it is written."""
        return f"{self.name}[{','.join(self.parts)}]" if self.parts else self.name

    def ranges(self, shape: Shape) -> dict[str, int]:
        """How far each letter counts; nothing where the index doesn't belong to such a shape."""
        sizes = (max(shape),) if shape and len(self.parts) == 1 and 1 in shape else shape
        if len(sizes) != len(self.parts):
            return {}
        return {part: size for part, size in zip(self.parts, sizes, strict=True) if NAME.fullmatch(part)}

    def at(self, numbers: Mapping[str, int]) -> Expr:
        """The quantity, or the part of it where letters are these numbers."""
        along = tuple(_along(str(numbers.get(part, part))) for part in self.parts)
        return Apply("part", (Name(self.name),), params_of(along)) if along else Name(self.name)


@dataclass(frozen=True, slots=True)
class Blocks:
    """A key: both sides, and a condition between two letters."""

    of: Side
    by: Side
    condition: tuple[str, bool, str] | None = None
    """Two letters, and whether they are to be equal."""

    @property
    def text(self) -> str:
        """As it is written."""
        if self.condition is None:
            return f"{self.of.text}/{self.by.text}"
        one, equal, other = self.condition
        return f"{self.of.text}/{self.by.text} where {one} {'==' if equal else '!='} {other}"

    @property
    def letters(self) -> tuple[str, ...]:
        """Its letters, each once."""
        every = (part for part in (*self.of.parts, *self.by.parts) if NAME.fullmatch(part))
        return tuple(dict.fromkeys(every))

    def choices(self, shapes: Mapping[str, Shape]) -> list[dict[str, int]]:
        """All numbers of its letters; none where an index doesn't belong to its quantity, or there are too many."""
        of, by = self.of.ranges(shapes[self.of.name]), self.by.ranges(shapes[self.by.name])
        ranges = {letter: min(each[letter] for each in (of, by) if letter in each) for letter in {**of, **by}}
        if {*ranges} != {*self.letters} or prod(ranges.values()) > MOST_BLOCKS:
            return []
        every = (
            dict(zip(ranges, numbers, strict=True)) for numbers in product(*(range(1, n + 1) for n in ranges.values()))
        )
        return [numbers for numbers in every if self._holds(numbers)]

    def _holds(self, numbers: Mapping[str, int]) -> bool:
        if self.condition is None:
            return True
        one, equal, other = self.condition
        values = [numbers.get(each, int(each) if each.isdecimal() else -1) for each in (one, other)]
        return (values[0] == values[1]) is equal


def blocks_of(text: str, meant: Callable[[str], str | None]) -> Blocks | None:
    """The Jacobian that a key names; None of any other text. `meant` finds the quantity of a name."""
    pair, _, condition = text.partition(" where ")
    sides = [_side(each, meant) for each in pair.split("/")]
    found = _CONDITION.fullmatch(condition) if condition else None
    if len(sides) != 2 or (condition and found is None):
        return None
    of, by = sides
    if of is None or by is None:
        return None
    return Blocks(of, by, (found[1], found[2] in ("==", "="), found[3]) if found else None)


def _side(text: str, meant: Callable[[str], str | None]) -> Side | None:
    bare = re.sub(r"^\s*(?:∂|\\partial\b)\s*", "", text)
    whole = meant(bare.strip())
    if whole is not None:
        return Side(whole)
    found = _SIDE.fullmatch(bare)
    name = meant(found["name"]) if found is not None else None
    if found is None or name is None or found["index"] is None:
        return None
    parts = tuple(part.strip() for part in found["index"].split(","))
    return Side(name, parts) if len(parts) <= 2 and all(map(_PART.fullmatch, parts)) else None


def _along(part: str) -> Along:
    return ALL if part == ":" else Along(int(part))


def rules(blocks: Blocks, solution: Solution) -> Iterator[Expr]:
    """The rule of each block, over the names of the solution.

    Of one number it is the gradient, in the shape of what it is taken by. Raises DerivativeError, NoGradientError and
    ShapeError.
    """
    inlined = Inlined(solution)
    for numbers in blocks.choices(solution.shapes):
        of, by = blocks.of.at(numbers), blocks.by.at(numbers)
        one = prod(shape_of(of, solution.shapes, solution.problem.axis)) == 1
        yield inlined.plain(Apply(GRAD if one else JACOBIAN, (of, by)))


def together(each: Sequence[Expr], wanted: Shape, shapes: Mapping[str, Shape], axis: Axis) -> Expr:
    """Blocks in one matrix: columns side by side, anything else one below another; transposed where they are.

    `wanted` is the shape of a right block. Raises ShapeError, KeyError.
    """
    if len(each) == 1:
        return each[0]
    side_by_side = len(wanted) == 2 and wanted[1] == 1 < wanted[0]
    turned = wanted[::-1] != wanted == shape_of(each[0], shapes, axis)[::-1]
    return call("concat", *each, axis=float(side_by_side is not turned))
