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
    if type(value) is not list or not 0 < len(value) <= MOST:
        return None
    if type(value[0]) is not list:
        row = spelled(value, spellings(written, path)) if NUMBERS.issuperset(map(type, value)) else None
        return None if row is None or len(row) == 2 * prod(shape) else flat(row, axis)
    width = len(value[0])
    if not 0 < width <= MOST or len(value) * width == 2 * prod(shape):
        return None
    if not all(type(row) is list and len(row) == width and NUMBERS.issuperset(map(type, row)) for row in value):
        return None
    texts = (spellings(written, (*path, i)) for i in range(len(value)))
    found = [spelled(row, each) for row, each in zip(value, texts, strict=True)]
    return None if None in found else matrix([row for row in found if row])


def spelled(row: list[Any], texts: list[str] | None) -> list[Numeral] | None:
    """The numbers of a list that holds nothing else, by their spellings; None where these aren't at hand."""
    return None if texts is None else [numeral(text) or whole(item) for text, item in zip(texts, row, strict=True)]
