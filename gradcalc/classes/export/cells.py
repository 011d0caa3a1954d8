"""Text that strangers wrote, in a cell of a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import TypeAlias

from gradcalc.words import visible

Cell: TypeAlias = str | float | None
_FORMULA = ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the start of a formula, in the width of East Asian writing too."""


def plain(text: str) -> str:
    """Text on one line that no spreadsheet takes for a formula: one that could be taken so gets a `'` before it."""
    line = visible(" ".join(text.split()))
    return f"'{line}" if text.startswith(_FORMULA) or line.startswith(_FORMULA) else line


def shown(value: float) -> str:
    """Points, without more decimals than say something."""
    return f"{round(value, 4):.12g}"


def written(rows: Iterable[Sequence[Cell]]) -> str:
    """Rows as CSV (RFC 4180, with lines ended by a line feed); None is an empty cell."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return text.getvalue()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    return plain(value) if isinstance(value, str) else shown(value)
