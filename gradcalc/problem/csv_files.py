"""Read numbers between commas, perhaps under a line of names, as spreadsheets and `numpy.savetxt` write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from typing import Any, Final, TypeAlias

from gradcalc.errors import InputError
from gradcalc.formula.shapes import counted
from gradcalc.problem.reading import decode
from gradcalc.problem.scalars import NotFinite, resolve
from gradcalc.problem.stored import MOST_ENTRIES, NotStored, Stored, inside, no_such
from gradcalc.program.problem import Path
from gradcalc.words import shorten

_NAME: Final = re.compile(r"(?!(?:nan|inf|infinity)$)[^\W\d].*", re.IGNORECASE)
Line: TypeAlias = tuple[int, str]
"""The number of a line, and its text."""


def csv(content: bytes, name: str | None) -> Stored:
    """All rows, or the column of that name as a flat list; a single row is a flat list too. Raises NotStored.

    Empty lines and those that start with `#` are passed over.
    """
    rows = _rows(_text(content))
    first = _cells(rows[0][1])
    names = first if all(map(_NAME.fullmatch, first)) else []
    del rows[: 1 if names else 0]
    column = None if name is None else _column(name, names)
    if not rows:
        raise NotStored("holds no numbers")

    asked = _Asked(rows, column)
    return Stored(asked.of([_numbers(row, len(first)) for row in rows]), asked.written)


@dataclass(frozen=True)
class _Asked:
    """What is asked for of a table: a column, or all. As problems are, it can be pickled."""

    lines: list[Line]
    column: int | None

    def of(self, table: list[list[Any]]) -> list[Any]:
        if self.column is not None:
            return [row[self.column] for row in table]
        return table[0] if len(table) == 1 else table

    @cached_property
    def texts(self) -> list[Any]:
        """The cells as they are written, which take much memory and which few ask for."""
        return self.of([_cells(line) for _, line in self.lines])

    def written(self, path: Path) -> str:
        return str(inside(self.texts, path))


def _text(content: bytes) -> str:
    try:
        return decode(content, "").removeprefix("\ufeff")
    except InputError as error:
        raise NotStored(f"can't be read: {error.faults[0].message}") from None


def _cells(line: str) -> list[str]:
    return [cell.strip().strip('"').strip() for cell in line.split(",")]


def _column(name: str, names: list[str]) -> int:
    if not names:
        raise NotStored("has no line of names over its numbers: leave 'name' out", of_name=True)
    if name not in names:
        raise no_such("column", name, names)
    return names.index(name)


def _rows(text: str) -> list[Line]:
    """The lines with something in them. Raises NotStored where there is nothing, or too much."""
    rows: list[Line] = []
    entries = 0
    for number, line in enumerate(StringIO(text, newline=None), 1):
        if line.strip() and line.lstrip()[0] != "#":
            rows.append((number, line))
            entries += line.count(",") + 1
        if entries > MOST_ENTRIES:
            raise NotStored(f"holds more than {MOST_ENTRIES:,} numbers: a problem takes at most so many from files")
    if not rows:
        raise NotStored("holds no numbers")
    return rows


def _numbers(row: Line, width: int) -> list[Any]:
    line, cells = row[0], _cells(row[1])
    if len(cells) != width:
        raise NotStored(f"has {counted(len(cells), 'number')} in line {line}, where {width} are needed")
    numbers = [*map(_number, cells)]
    if None in numbers:
        wrong = cells[numbers.index(None)]
        semicolons = ": commas stand between numbers, and points in them" if ";" in wrong else ""
        raise NotStored(f"has {shorten(repr(wrong))} in line {line}, which is no number{semicolons}")
    return numbers


def _number(cell: str) -> int | float | None:
    try:
        value = resolve(cell)
    except NotFinite:
        return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
