"""Numbers and matrices in MathML, and as short text for diagrams and labels."""

from __future__ import annotations

from collections.abc import Sequence

from gradcalc.formula.arrays import Array, Mask
from gradcalc.formula.shapes import spell
from gradcalc.formula.table import Axis
from gradcalc.report.html.markup import tag
from gradcalc.report.html.mathml import Markup, element, number_markup, number_parts
from gradcalc.report.html.tex import fenced
from gradcalc.report.images import is_image
from gradcalc.report.numbers import MISSING, WRONG, aligned, bracketed, entries, is_single, marked
from gradcalc.report.parts import part
from gradcalc.report.terminal.matrices import MAX_ROWS

MAX_COLUMNS = 16
_KEPT = 4


def is_elided(array: Array) -> bool:
    """Whether a part of a value is left out."""
    return array.ndim > 0 and (array.shape[-2] > MAX_ROWS or array.shape[-1] > MAX_COLUMNS)


def drawn(
    array: Array,
    digits: int,
    exact: bool = False,
    wrong: Mask | None = None,
    *,
    full: bool = False,
    seen: Mask | None = None,
) -> Markup:
    """A number or a matrix, wrong entries marked; rows and columns left out where there are too many.

    Not those with entries that are wrong or to be `seen`, and with `full` none.
    """
    if is_single(array):
        number = entries(array, digits, exact)[0][0]
        return element(number_markup(number), "negative" if number.startswith("-") else "number")
    most = array.shape if full else (MAX_ROWS, MAX_COLUMNS)
    kept = part(array.shape, most, (_KEPT, _KEPT), wrong if seen is None else seen)
    cells = kept.dotted(entries(kept.of(array), digits, exact), "⋯", "⋮", "⋱")
    bad = [[False] * len(row) for row in cells] if wrong is None else kept.dotted(kept.of(wrong), False, False, False)
    columns = [
        [_entry(cell, short, mark) for cell, short, mark in zip(column, lacking(column), marks, strict=True)]
        for column, marks in zip(zip(*cells, strict=True), zip(*bad, strict=True), strict=True)
    ]
    body = "".join(tag("mtr", *row) for row in zip(*columns, strict=True))
    return element(fenced(tag("mtable", body), "[", "]"))


def lacking(column: Sequence[str]) -> list[str]:
    """By what classes numbers keep free the room of the decimals that they lack: `lack4`, `point4` without a point."""
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
        return tag("mtd", *_cell(text), class_=short or None)
    sign = tag("mpadded", tag("mtext", WRONG), width="0")
    return tag("mtd", *_cell(text), sign, class_=f"bad {short}".strip())


def _cell(text: str) -> list[str]:
    if text == MISSING:
        return [tag("mtext", text)]
    return [tag("mo", text, stretchy="false")] if text in "⋯⋮⋱" else number_parts(text)


def spoken(array: Array, digits: int, axis: Axis, exact: bool = False, wrong: Mask | None = None) -> str:
    """`0.3927`, `[0.6267, 0.3733]`, `[[3, 6], [4, 5]]`; of what is large, its shape."""
    if is_image(array):
        return f"images, {spell(array.shape)}"
    if is_elided(array):
        return f"a matrix of {array.shape[0]} by {array.shape[1]}"
    return bracketed(marked(entries(array, digits, exact), wrong), array.shape, axis)


def boxed(array: Array, digits: int, exact: bool = False, most: tuple[int, int] = (4, 4)) -> list[str]:
    """A small value as lines of text; a larger one as its shape."""
    if is_single(array):
        return [entries(array, digits, exact)[0][0]]
    if is_image(array) or array.shape[0] > most[0] or array.shape[1] > most[1]:
        return [spell(array.shape)]
    return _aligned(entries(array, digits, exact))


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"[{'  '.join(row)}]" for row in rows]
