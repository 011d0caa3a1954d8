"""Lists of numbers as nearly all answers are, read without asking what else they may be."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, Final

from gradcalc.check.answers.build import flat, matrix
from gradcalc.check.answers.model import Numbers
from gradcalc.check.answers.numerals import Numeral, numeral, whole
from gradcalc.formula.table import Axis, Shape
from gradcalc.problem.document import spellings
from gradcalc.program.problem import Path

NUMBERS: Final = frozenset((int, float))
MOST: Final = 1_000
"""Longer lists are read with every question asked, which takes little beside their numbers."""


def plain(value: Any, written: Mapping[Path, str], path: Path, axis: Axis, shape: Shape) -> Numbers | None:
    """The numbers of a list, or of rows of one length, of which each entry is a number to YAML; None of all else.

    They are those that `layouts.numbers` gives; twice as many as the `shape` has may be halves of decimal commas.
    """
    if type(value) is not list or not value:
        return None
    if type(value[0]) is list:
        rows = [_row(row, written, (*path, i)) for i, row in enumerate(value)]
        width = len(value[0])
        found = [row for row in rows if row is not None and len(row) == width]
        fits = len(found) == len(rows) and len(rows) * width != 2 * prod(shape)
        return matrix(found) if fits else None
    row = _row(value, written, path)
    return None if row is None or len(row) == 2 * prod(shape) else flat(row, axis)


def _row(row: Any, written: Mapping[Path, str], path: Path) -> list[Numeral] | None:
    if type(row) is not list or not 0 < len(row) <= MOST or not NUMBERS.issuperset(map(type, row)):
        return None
    return spelled(row, written, path)


def spelled(row: list[Any], written: Mapping[Path, str], path: Path) -> list[Numeral] | None:
    """The numbers of a list that holds nothing else, as they are written; None where that isn't at hand."""
    texts = spellings(written, path)
    return None if texts is None else [numeral(text) or whole(item) for text, item in zip(texts, row, strict=True)]
