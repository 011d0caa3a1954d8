"""Lists of numbers as nearly all answers are, read without asking what else they may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import prod
from typing import Any, Final, TypeAlias

from gradcalc.check.answers.build import flat, matrix, shared
from gradcalc.check.answers.model import Numbers
from gradcalc.check.answers.numerals import Numeral, numeral, whole
from gradcalc.formula.table import Axis, Shape
from gradcalc.problem.document import spellings
from gradcalc.program.problem import Path

NUMBERS: Final = frozenset((int, float))
MOST: Final = 1_000
"""Longer lists are read with every question asked, which takes little beside their numbers."""
_SMALL: Final = 64
"""Lists of so many numbers are remembered: a class has the same ones on its sheets."""

Texts: TypeAlias = tuple[str, ...]


def plain(value: Any, written: Mapping[Path, str], path: Path, axis: Axis, shape: Shape) -> Numbers | None:
    """The numbers of a list, or of rows of one length, of which each entry is a number to YAML; None of all else.

    They are those that `layouts.numbers` gives, and not to be changed; twice as many as the `shape` has may be halves
    of decimal commas.
    """
    if type(value) is not list or not 0 < len(value) <= MOST:
        return None
    if type(value[0]) is not list:
        texts = _texts(value, written, path) if NUMBERS.issuperset(map(type, value)) else None
        return None if texts is None or len(value) == 2 * prod(shape) else _row(value, texts, axis)
    width = len(value[0])
    if not 0 < width <= MOST or len(value) * width == 2 * prod(shape):
        return None
    if not all(type(row) is list and len(row) == width and NUMBERS.issuperset(map(type, row)) for row in value):
        return None
    rows = [texts for i, row in enumerate(value) if (texts := _texts(row, written, (*path, i))) is not None]
    return _rows(value, rows) if len(rows) == len(value) else None


def spelled(row: Sequence[Any], texts: Texts) -> list[Numeral]:
    """The numbers of a list that holds nothing else, by their spellings."""
    return [numeral(text) or whole(item) for text, item in zip(texts, row, strict=True)]


def _texts(values: Sequence[Any], written: Mapping[Path, str], path: Path) -> Texts | None:
    """How the numbers of a list are written; as Python writes them where they come without a text, as from JSON."""
    return tuple(map(repr, values)) if isinstance(written, dict) and not written else spellings(written, path)


def _row(values: Sequence[Any], texts: Texts, axis: Axis) -> Numbers:
    return _usual_row(tuple(values), texts, axis) if len(texts) <= _SMALL else flat(spelled(values, texts), axis)


def _rows(values: Sequence[Sequence[Any]], texts: Sequence[Texts]) -> Numbers:
    if len(texts) * len(texts[0]) <= _SMALL:
        return _usual_rows(tuple(map(tuple, values)), tuple(texts))
    return matrix([*map(spelled, values, texts)])


@lru_cache(maxsize=2048)
def _usual_row(values: Sequence[Any], texts: Texts, axis: Axis) -> Numbers:
    return shared(flat(spelled(values, texts), axis))


@lru_cache(maxsize=2048)
def _usual_rows(values: Sequence[Sequence[Any]], texts: Sequence[Texts]) -> Numbers:
    return shared(matrix([*map(spelled, values, texts)]))
