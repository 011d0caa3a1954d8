"""Set a table in LaTeX within a width: columns wrapped, type made smaller, or the table parted between columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from gradcalc.report.tex.metrics import width as measured

SIZES = (("", 1.0), (r"\small", 0.92), (r"\footnotesize", 0.83), (r"\scriptsize", 0.74))
_GAP = 1.1
"""Between columns, in em of the page's own type."""
_LEAST, _STEP = 5.0, 0.5
_LINES_ON_A_PAGE = 25
_READABLE = 10.0
_BOLD = 1.18
_SLACK = 0.2
_ENDLESS = 1000.0
_SPACE = re.compile(r"[ \n\t]+")
_FLUSH = r"\setlength{\LTleft}{0pt}"
_SPREAD = r"\renewcommand{\arraystretch}{1.2}"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: text, or how wide a formula is at most and at least; its LaTeX in so much room."""

    words: tuple[str | tuple[float, float], ...]
    fitted: Callable[[float], str]
    number: bool = False

    @property
    def natural(self) -> float:
        """How wide it is on one line, in em."""
        return sum(_text(word) if isinstance(word, str) else word[0] for word in self.words)

    @property
    def least(self) -> float:
        """The longest word, the widest part of a formula; and not so narrow that it can't be read."""
        texts = [part for word in self.words if isinstance(word, str) for part in _SPACE.split(word)]
        parts = [*map(_text, texts), *(word[1] for word in self.words if not isinstance(word, str))]
        return max([min(self.natural, _READABLE), *parts])


def _text(text: str) -> float:
    return measured(r"\text{" + "".join(c if c.isascii() and c not in "\\{}^_$%&#~" else "m" for c in text) + "}")


@dataclass(frozen=True, slots=True)
class _Column:
    """How wide a column is, in em, and whether its cells are wrapped there."""

    width: float
    wrapped: bool = False


def set_table(header: Sequence[str], rows: Sequence[Sequence[Cell]], width: float) -> str:
    """The table, in the largest type in which it fits; else in parts, each with the first column."""
    for command, scale in SIZES:
        columns = _columns(header, rows, (width - (_GAP + _SLACK) * len(header)) / scale)
        if columns is not None:
            return _written(header, rows, columns, command)
    if len(header) <= 2:
        return _written(header, rows, [_Column(width / 2, wrapped=True)] * len(header), SIZES[-1][0])
    half = (len(header) + 1) // 2
    left = set_table(header[:half], [row[:half] for row in rows], width)
    right = set_table([header[0], *header[half:]], [[row[0], *row[half:]] for row in rows], width)
    return left + "\n" + right


def _columns(header: Sequence[str], rows: Sequence[Sequence[Cell]], room: float) -> list[_Column] | None:
    """The columns as wide as they are, or the widest wrapped; None where they don't fit even so."""
    heads = [_BOLD * _text(head) for head in header]
    natural = [max([head, *(row[i].natural for row in rows)]) for i, head in enumerate(heads)]
    least = [max([_LEAST, head, *(row[i].least for row in rows)]) for i, head in enumerate(heads)]
    widths = list(natural)
    while sum(widths) > room:
        slack = [i for i, wide in enumerate(widths) if wide - _STEP >= least[i]]
        if not slack:
            return None
        widths[max(slack, key=widths.__getitem__)] -= _STEP
    return [_Column(wide, wrapped=wide < full) for wide, full in zip(widths, natural, strict=True)]


def _lines(rows: Sequence[Sequence[Cell]], columns: Sequence[_Column]) -> int:
    """How many lines of text the rows take."""
    return sum(
        max(ceil(cell.natural / column.width) for cell, column in zip(row, columns, strict=True)) for row in rows
    )


def _written(header: Sequence[str], rows: Sequence[Sequence[Cell]], columns: Sequence[_Column], command: str) -> str:
    """A table that ends a page where it must, if it has more rows than a page."""
    long = _lines(rows, columns) > _LINES_ON_A_PAGE
    if long:  # Columns of a known width: longtable would need several runs of TeX to find out.
        columns = [replace(column, wrapped=True) for column in columns]
    environment = "longtable" if long else "tabular"
    layout = "".join(_layout(column, [row[i] for row in rows]) for i, column in enumerate(columns))
    heads = " & ".join(head and rf"\textbf{{{head}}}" for head in header)
    lines = [rf"\begin{{{environment}}}{{@{{}}{layout}@{{}}}}", heads + r" \\ \hline" + r" \endhead" * long]
    lines += [_row(row, columns) for row in rows] + [rf"\end{{{environment}}}"]
    start, end = (f"{command}{_SPREAD}{_FLUSH}", "") if long else (rf"{command}{_SPREAD}\noindent", r"\par")
    return f"{{{start}\n{chr(10).join(lines)}{end}}}\n"


def _layout(column: _Column, cells: Sequence[Cell]) -> str:
    if column.wrapped:
        return rf">{{\raggedright\arraybackslash}}p{{{column.width + _SLACK:.1f}em}}"
    numbers = any(cell.number for cell in cells) and all(cell.number or not cell.words for cell in cells)
    return "r" if numbers else "l"


def _row(row: Sequence[Cell], columns: Sequence[_Column]) -> str:
    cells = [
        cell.fitted(column.width if column.wrapped else _ENDLESS) for cell, column in zip(row, columns, strict=True)
    ]
    return " & ".join(cells) + r" \\"
