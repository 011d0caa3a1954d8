r"""Numbers and matrices in TeX: `bmatrix`, in blocks of columns where one line can't hold it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gradcalc.formula.arrays import Array, Mask
from gradcalc.report.numbers import MISSING, entries, is_single
from gradcalc.report.parts import part
from gradcalc.report.terminal.matrices import MAX_ROWS
from gradcalc.report.tex.metrics import THIN, width
from gradcalc.report.tex.tokens import SEAM, Token, Tokens, atom, closing, opening

MAX_COLUMNS = 40
"""More than the terminal can show of anything; then as many are kept at both ends as it shows."""
_KEPT_ROWS, _KEPT_COLUMNS = 4, 8
_GAP = 1.0
_RED = r"\textcolor{red}"
"""Of a wrong entry, which has a cross as well."""
_BRACKETS = {1: 0.9, 2: 1.2}
_TALL_BRACKETS = 1.4
SCIENTIFIC = re.compile(r"(?<![\w.])(-?\d(?:\.\d+)?e-?\d+)(?![\w.]\w)")
"""A number such as `5.4e-11` in a sentence."""
_NOT_FINITE = {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\mathrm{nan}", MISSING: r"\mathrm{null}"}


def number(text: str) -> str:
    r"""A number as TeX has it: `1.2e-7` is `1.2 \times 10^{-7}`."""
    mantissa, _, exponent = _NOT_FINITE.get(text, text).partition("e")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}" if exponent else mantissa


def is_elided(array: Array) -> bool:
    """Whether a part of a value is left out."""
    return array.ndim > 0 and (array.shape[0] > MAX_ROWS or array.shape[1] > MAX_COLUMNS)


def drawn(
    array: Array,
    digits: int,
    exact: bool = False,
    wrong: Mask | None = None,
    *,
    full: bool = False,
    seen: Mask | None = None,
) -> Tokens:
    """A number or a matrix, wrong entries marked; rows and columns left out where there are too many.

    Not those with entries that are wrong or to be `seen`, and with `full` none.
    """
    if is_single(array):
        tex = number(entries(array, digits, exact)[0][0])
        return (Token(tex, width(tex), "number"),)
    if 0 in array.shape:
        return (atom("[]"),)
    most = array.shape if full else (MAX_ROWS, MAX_COLUMNS)
    kept = part(array.shape, most, (_KEPT_ROWS, _KEPT_COLUMNS), wrong if seen is None else seen)
    cells = [[number(cell) for cell in row] for row in entries(kept.of(array), digits, exact)]
    if wrong is not None:
        cells = [
            [rf"{_RED}{{{cell}{{}}^{{\times}}}}" if bad else cell for cell, bad in zip(row, bads, strict=True)]
            for row, bads in zip(cells, kept.of(wrong), strict=True)
        ]
    return (_matrix(kept.dotted(cells, r"\cdots", r"\vdots", r"\ddots")),)


def _matrix(cells: Sequence[Sequence[str]]) -> Token:
    columns = list(zip(*cells, strict=True))
    widths = [max(width(cell.removeprefix(_RED)) for cell in column) for column in columns]
    rows = len(cells)
    whole = sum(widths) + _GAP * (len(widths) - 1) + _BRACKETS.get(rows, _TALL_BRACKETS)
    shown = Token(_grid("bmatrix", cells), whole + 2 * THIN, rows=max(rows, 2))
    return replace(shown, divided=lambda room: _blocks(cells, widths, room)) if len(widths) > 1 else shown


def _grid(environment: str, cells: Sequence[Sequence[str]]) -> str:
    body = r" \\ ".join(" & ".join(row) for row in cells)
    return rf"\begin{{{environment}}} {body} \end{{{environment}}}"


def _blocks(cells: Sequence[Sequence[str]], widths: Sequence[float], room: float) -> Tokens:
    """The same matrix in blocks of columns between one pair of brackets, each as wide as `room` at most."""
    count = next((n for n in range(1, len(widths)) if _widest(widths, n) <= room - _TALL_BRACKETS), len(widths))
    parts: list[Token] = []
    for block in _shared(range(len(widths)), count):
        inner = sum(widths[i] + _GAP for i in block)
        grid = _grid("matrix", [[row[i] for i in block] for row in cells])
        parts += [*([SEAM] if parts else []), Token(grid, inner, rows=max(len(cells), 2))]
    return (opening("["), *parts, closing("]"))


def _widest(widths: Sequence[float], count: int) -> float:
    return max(sum(widths[i] + _GAP for i in block) for block in _shared(range(len(widths)), count))


def _shared(columns: range, count: int) -> list[range]:
    """The columns in so many blocks, all of one size but perhaps the last."""
    size = -(-len(columns) // count)
    return [columns[start : start + size] for start in range(0, len(columns), size)]
