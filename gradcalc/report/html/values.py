"""Numbers and matrices in MathML, and as short text for diagrams and labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcalc.formula.arrays import Array, Mask
from gradcalc.formula.table import Axis
from gradcalc.report.html.markup import tag
from gradcalc.report.html.mathml import Markup, element, number_markup
from gradcalc.report.html.tex import fenced
from gradcalc.report.numbers import MISSING, WRONG, aligned, bracketed, ends, entries, is_single, marked
from gradcalc.report.terminal.matrices import MAX_ROWS

MAX_COLUMNS = 16
_KEPT = 4


def is_elided(array: Array) -> bool:
    """Whether a part of a value is left out."""
    return array.ndim > 0 and (array.shape[0] > MAX_ROWS or array.shape[1] > MAX_COLUMNS)


def drawn(array: Array, digits: int, exact: bool = False, wrong: Mask | None = None, *, full: bool = False) -> Markup:
    """A number or a matrix, wrong entries marked; its middle rows and columns left out where there are too many.

    With `full`, nothing is left out.
    """
    cells = entries(array, digits, exact) if full else _cells(array, digits, exact)
    if is_single(array):
        return element(number_markup(cells[0][0]), "negative" if cells[0][0].startswith("-") else "number")
    bad = np.zeros((len(cells), len(cells[0])), dtype=np.bool_) if wrong is None else wrong if full else _dotted(wrong)
    columns = [
        [_entry(cell, short, mark) for cell, short, mark in zip(column, _short(column), marks, strict=True)]
        for column, marks in zip(zip(*cells, strict=True), bad.T, strict=True)
    ]
    body = "".join(tag("mtr", *row) for row in zip(*columns, strict=True))
    return element(fenced(tag("mtable", body), "[", "]"))


def _short(column: Sequence[str]) -> list[str]:
    """By what class a number keeps free the room of the decimals that it lacks: `lack4`, `point4` without its point."""
    texts = [cell.rpartition("e")[0] or cell for cell in column]
    if any("e" in cell for cell in column):
        return ["" for _ in column]
    padded = aligned(texts)
    lacking = [len(cell) - len(cell.rstrip()) for cell in padded]
    return [
        "" if not lack else f"lack{lack}" if "." in text else f"point{lack - 1}"
        for lack, text in zip(lacking, texts, strict=True)
    ]


def _entry(text: str, short: str, wrong: bool) -> str:
    """A cell; a wrong one with its sign and a class for its colour."""
    if not wrong:
        return tag("mtd", _cell(text), class_=short or None)
    sign = tag("mpadded", tag("mtext", WRONG), width="0")
    return tag("mtd", tag("mrow", _cell(text), sign), class_=f"bad {short}".strip())


def _cell(text: str) -> str:
    if text == MISSING:
        return tag("mtext", text)
    return tag("mo", text, stretchy="false") if text in "⋯⋮⋱" else number_markup(text)


def _cells(array: Array, digits: int, exact: bool) -> list[list[str]]:
    cells = entries(_ends(array), digits, exact)
    if array.ndim and array.shape[1] > MAX_COLUMNS:
        cells = [[*row[:_KEPT], "⋯", *row[_KEPT:]] for row in cells]
    if array.ndim and array.shape[0] > MAX_ROWS:
        cells = [*cells[:_KEPT], ["⋱" if cell == "⋯" else "⋮" for cell in cells[0]], *cells[_KEPT:]]
    return cells


def _dotted(wrong: Mask) -> Mask:
    """The same with dots in between, which are never wrong."""
    kept: Mask = _ends(wrong)
    for axis, most in ((0, MAX_ROWS), (1, MAX_COLUMNS)):
        if wrong.shape[axis] > most:
            kept = np.insert(kept, _KEPT, False, axis)
    return kept


def _ends(array: Any) -> Any:
    """The first and the last rows and columns of what is too large."""
    for axis, most in ((0, MAX_ROWS), (1, MAX_COLUMNS)):
        if array.ndim and array.shape[axis] > most:
            array = ends(array, _KEPT, axis)
    return array


def spoken(array: Array, digits: int, axis: Axis, exact: bool = False, wrong: Mask | None = None) -> str:
    """`0.3927`, `[0.6267, 0.3733]`, `[[3, 6], [4, 5]]`; of what is large, its shape."""
    if is_elided(array):
        return f"a matrix of {array.shape[0]} by {array.shape[1]}"
    return bracketed(marked(entries(array, digits, exact), wrong), array.shape, axis)


def boxed(array: Array, digits: int, exact: bool = False, most: tuple[int, int] = (4, 4)) -> list[str]:
    """A small value as lines of text; a larger one as its shape."""
    if array.ndim == 0:
        return [entries(array, digits, exact)[0][0]]
    if array.shape[0] > most[0] or array.shape[1] > most[1]:
        return [f"{array.shape[0]}×{array.shape[1]}"]
    return _aligned(entries(array, digits, exact))


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"[{'  '.join(row)}]" for row in rows]
