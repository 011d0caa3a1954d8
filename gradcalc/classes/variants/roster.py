"""The students of a class: from a CSV, as a gradebook exports it."""

from __future__ import annotations

import csv
from typing import Final

from gradcalc.classes.tables import STUDENT, TableText, delimiter_of
from gradcalc.errors import UsageError
from gradcalc.words import known, near

MOST: Final = 100_000


def students(path: str, column: str = "") -> list[str]:
    """The students in a CSV file, each once, in its order. Raises UsageError."""
    rows = _rows(path)
    head = [name.strip() for name in rows[0]] if rows else []
    at = head.index(_owner(path, head, column)) if head else 0
    found = [row[at].strip() for row in rows[1:] if len(row) > at and row[at].strip()]
    if not found:
        raise UsageError(f"'{path}' names no student: it takes a row with names of columns, then a row a student")
    return _each_once(path, found)


def numbered(count: int) -> list[str]:
    """So many students without names: `001`, `002`."""
    if not 1 <= count <= MOST:
        raise UsageError(f"--count {count}: from 1 to {MOST:,} variants")
    width = max(3, len(str(count)))
    return [f"{number:0{width}}" for number in range(1, count + 1)]


def _rows(path: str) -> list[list[str]]:
    try:
        table = TableText(path)
        with table.opened() as file:
            text = file.read(64 * 1024 * 1024)
        rows = csv.reader(text.splitlines(keepends=True), delimiter=delimiter_of(table.head), strict=True)
        return [row for row in rows if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"'{path}' can't be read as CSV: {error}") from None


def _owner(path: str, head: list[str], column: str) -> str:
    if column:
        if column not in head:
            raise UsageError(f"--student {column}: {path} has no such column{near(column, head)}")
        return column
    lower = {name.lower(): name for name in head}
    found = next((lower[each] for each in STUDENT if each in lower), "")
    if not found:
        raise UsageError(f"{path}: which column says who it is? Name it by --student (there are {known(head)})")
    return found


def _each_once(path: str, found: list[str]) -> list[str]:
    if len(found) > MOST:
        raise UsageError(f"{path}: more than {MOST:,} students")
    folded: dict[str, str] = {}
    for student in found:
        other = folded.setdefault(student.casefold(), student)
        if other != student:
            raise UsageError(f"{path}: '{other}' and '{student}' would be one file on some machines")
    return [*dict.fromkeys(found)]
