"""Answers in part: `null` for what isn't given, one entry (`W1[1,2]`), a row or a column (`x[2,:]`), some (`h1[2:3]`).

Of images fewer indices than there are axes stand for what is left: `x[1,2]` of four axes is a matrix. Indices count
from 1, and of a range both ends belong to it, as reports print them.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from gradcalc.check.answers.compare import Mask, laid_out
from gradcalc.check.answers.model import Numbers
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.formula.shapes import MATRIX, spell
from gradcalc.formula.table import Shape
from gradcalc.problem.gaps import filled, spread
from gradcalc.program.designation import entries_said
from gradcalc.program.problem import Path
from gradcalc.words import shorten

Region: TypeAlias = tuple[slice, ...]
"""The rows and the columns of a part; of a number's only entry nothing."""

_RANGE = re.compile(r"\s*(\d{1,9})?\s*(:)?\s*(\d{1,9})?\s*")


def has_gaps(value: Any) -> bool:
    """Whether something is left out of a list, of its rows, or of lists of rows."""
    items = value if isinstance(value, list) else []
    return any(item is None or has_gaps(item) for item in items)


def without_gaps(value: list[Any], written: Mapping[Path, str], at: Path) -> tuple[list[Any], Mapping[Path, str], Mask]:
    """A list with zeros for what is left out, how its numbers are written, and what is given, entry by entry."""
    whole = spread(value)
    left_out = [(*at, *place) for place, item in _entries(whole) if item is None]
    given = np.array([item is not None for _, item in _entries(whole)], dtype=np.bool_)
    return filled(whole), ChainMap(dict.fromkeys(left_out, "0"), written), given  # type: ignore[arg-type]


def _entries(value: list[Any]) -> Iterator[tuple[Path, Any]]:
    for i, item in enumerate(value):
        if isinstance(item, list):
            yield from (((i, *place), inner) for place, inner in _entries(item))
        else:
            yield (i,), item


def with_gaps(numbers: Numbers, given: Mask) -> Numbers:
    """Numbers of which some weren't given. Raises NotReadable."""
    if given.size != numbers.values.size:
        raise NotReadable("an entry is left out of a list whose numbers can't be told apart: put commas between them")
    return replace(numbers, given=given.reshape(numbers.values.shape))


def region(text: str, name: str, shape: Shape) -> Region:
    """What an index such as `1,2`, `2,:` or `2:3` stands for in a quantity of that shape. Raises NotReadable."""
    if not shape:
        raise NotReadable(f"{name} is a number, it has no entries: write {name}")
    parts = text.split(",")
    if len(parts) == 1 and 1 in shape:
        parts = [":", *parts] if shape[0] == 1 else [*parts, ":"]
    if len(shape) > MATRIX and 1 <= len(shape) - len(parts) <= MATRIX:
        parts += [":"] * (len(shape) - len(parts))
    wrong = f"there is no {name}[{shorten(text)}]: {entries_said(name, shape)}"
    if len(parts) != len(shape):
        raise NotReadable(wrong)
    return tuple(_slice(part, size, wrong) for part, size in zip(parts, shape, strict=True))


def _slice(part: str, size: int, wrong: str) -> slice:
    found = _RANGE.fullmatch(part)
    if found is None or not part.strip():
        raise NotReadable(wrong)
    first, colon, last = found.groups()
    start, end = int(first or 1), int(last or (size if colon else first))
    if not 1 <= start <= end <= size:
        raise NotReadable(wrong)
    return slice(start - 1, end)


class Parts:
    """Puts together what is given of one quantity."""

    def __init__(self, shape: Shape) -> None:
        self.values, self.unit = np.zeros(shape), np.zeros(shape)
        self.scientific, self.given = (np.zeros(shape, dtype=np.bool_) for _ in range(2))

    def shape(self, region: Region) -> Shape:
        """The shape of a part: a number for a single entry, a matrix for one of an image's."""
        part = self.values[region]
        while part.ndim > MATRIX and len(part) == 1:
            part = part[0]
        return () if part.size == 1 else part.shape

    def put(self, region: Region, numbers: Numbers, name: str) -> None:
        """Enter the numbers of a part. Raises NotReadable where they don't fit, or one is there already."""
        shape = self.shape(region)
        placed = laid_out(numbers, shape)
        if placed is None:
            raise NotReadable(f"{name} is {spell(shape)}, and this is {spell(np.shape(numbers.values))}")
        given = np.ones(shape, dtype=np.bool_) if placed.given is None else placed.given
        if self.given[region][given.reshape(self.given[region].shape)].any():
            raise NotReadable(f"{name} is answered already, or a part of it")
        into = np.zeros_like(self.given)
        into[region] = given.reshape(into[region].shape)
        self.values[into], self.unit[into] = placed.values[given], placed.unit[given]
        self.scientific[into] = placed.scientific[given]
        self.given |= into

    @property
    def numbers(self) -> Numbers:
        """All that was given."""
        given = None if self.given.all() else self.given
        return Numbers(self.values, self.unit, self.scientific, given=given)
