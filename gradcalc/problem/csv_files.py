"""Read numbers between commas, perhaps under a line of names, as spreadsheets and `numpy.savetxt` write them."""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias

from gradcalc.errors import InputError
from gradcalc.formula.shapes import counted
from gradcalc.problem.reading import decode
from gradcalc.problem.scalars import NotFinite, resolve
from gradcalc.problem.stored import MOST_ENTRIES, NotStored, Stored, inside, no_such
from gradcalc.words import shorten

_NAME: Final = re.compile(r"(?!(?:nan|inf|infinity)$)[^\W\d].*", re.IGNORECASE)
Line: TypeAlias = tuple[int, list[str]]
"""The number of a line, and its cells."""


def csv(content: bytes, name: str | None) -> Stored:
    """All rows, or the column of that name as a flat list; a single row is a flat list too. Raises NotStored.

    Empty lines and those that start with `#` are passed over.
    """
    lines = list(enumerate(_text(content).splitlines(), 1))
    rows = [(number, _cells(line)) for number, line in lines if line.strip() and line.lstrip()[0] != "#"]
    names = rows.pop(0)[1] if rows and all(map(_NAME.fullmatch, rows[0][1])) else []
    column = None if name is None else _column(name, names)
    _refuse_size(rows)
    numbers = [_numbers(row, len(names or rows[0][1])) for row in rows]
    texts = [cells for _, cells in rows]
    if column is not None:
        return _stored([row[column] for row in numbers], [row[column] for row in texts])
    return _stored(numbers[0], texts[0]) if len(rows) == 1 else _stored(numbers, texts)


def _text(content: bytes) -> str:
    try:
        return decode(content, "").removeprefix("\ufeff")
    except InputError as error:
        raise NotStored(f"can't be read: {error.faults[0].message}") from None


def _stored(data: Any, texts: Any) -> Stored:
    return Stored(data, lambda path: str(inside(texts, path)))


def _cells(line: str) -> list[str]:
    return [cell.strip().strip('"').strip() for cell in line.split(",")]


def _column(name: str, names: list[str]) -> int:
    if not names:
        raise NotStored("has no line of names over its numbers: leave 'name' out", of_name=True)
    if name not in names:
        raise no_such("column", name, names)
    return names.index(name)


def _refuse_size(rows: list[Line]) -> None:
    if not rows:
        raise NotStored("holds no numbers")
    entries = sum(len(cells) for _, cells in rows)
    if entries > MOST_ENTRIES:
        raise NotStored(f"holds {entries:,} numbers: a problem takes at most {MOST_ENTRIES:,} from files")


def _numbers(row: Line, width: int) -> list[Any]:
    line, cells = row
    if len(cells) != width:
        raise NotStored(f"has {counted(len(cells), 'number')} in line {line}, where {width} are needed")
    wrong = next((cell for cell in cells if not _is_number(cell)), None)
    if wrong is not None:
        semicolons = ": commas stand between numbers, and points in them" if ";" in wrong else ""
        raise NotStored(f"has {shorten(repr(wrong))} in line {line}, which is no number{semicolons}")
    return [resolve(cell) for cell in cells]


def _is_number(cell: str) -> bool:
    try:
        return type(resolve(cell)) in (int, float)
    except NotFinite:
        return False
