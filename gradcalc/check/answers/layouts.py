"""Read numbers as they were laid out: one number, a flat list, rows, or text such as `[1 2; 3 4]`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from gradcalc.check.answers.model import Numbers
from gradcalc.check.answers.numerals import NotReadable, Numeral, numeral, whole
from gradcalc.formula.table import Axis
from gradcalc.problem.document import UNREADABLE
from gradcalc.program.problem import Path
from gradcalc.words import shorten

MAX_ENTRIES = 1_000_000
MAX_TEXT = 1_000_000
_BETWEEN_ROWS = re.compile(r"\]\s*[,;]?\s*\[")
_BREAKS = re.compile(r"[;\n]")
_GAPS = re.compile(r"\s*,\s*|\s+")

Rows: TypeAlias = Sequence[Sequence[Numeral]]
Refusal: TypeAlias = Callable[[Path], str]
"""Why the value at a path was refused when the file was read; empty if it isn't known."""


def numbers(value: Any, written: Mapping[Path, str], path: Path, axis: Axis, refusal: Refusal) -> Numbers | None:
    """The numbers of an answer; None where it is text that writes no numbers (a formula, then).

    `written` has the spelling of every scalar by path (missing ones are spelled as Python does). Raises NotReadable.
    """
    if isinstance(value, str):
        return _text(value, axis)
    if not isinstance(value, list):
        return scalar(_ArrayReader(written, refusal).one(value, path, ""))
    if not value:
        raise NotReadable("is an empty list: give at least one number")
    _refuse_many(sum(len(row) if isinstance(row, list) else 1 for row in value))
    if any(isinstance(row, list) for row in value):
        return matrix(_ArrayReader(written, refusal).rows(value, path))
    if any(isinstance(item, str) and _BREAKS.search(item) for item in value):
        return _text(", ".join(_spelled(item, written, (*path, i)) for i, item in enumerate(value)), axis, sure=True)
    return flat(_ArrayReader(written, refusal).row(value, path, ""), axis)


def scalar(number: Numeral) -> Numbers:
    """One number."""
    return Numbers(np.array(number.value), np.array(number.unit), np.array(number.scientific))


def flat(row: Sequence[Numeral], axis: Axis) -> Numbers:
    """A flat list: a column, or a row where samples are rows."""
    return _numbers([row], (len(row), 1) if axis is Axis.COLUMNS else (1, len(row)), flat=True)


def matrix(rows: Rows) -> Numbers:
    """Rows, all as long as the first. Raises NotReadable."""
    width = len(rows[0])
    for i, row in enumerate(rows, 1):
        if len(row) != width:
            raise NotReadable(f"row {i} has {_count(len(row))}, but row 1 has {width}: all rows must be equally long")
    return _numbers(rows, (len(rows), width), flat=False)


def _numbers(rows: Rows, shape: tuple[int, int], flat: bool) -> Numbers:
    every = [number for row in rows for number in row]
    return Numbers(
        np.array([number.value for number in every], dtype=np.float64).reshape(shape),
        np.array([number.unit for number in every], dtype=np.float64).reshape(shape),
        np.array([number.scientific for number in every], dtype=np.bool_).reshape(shape),
        flat,
    )


def _refuse_many(count: int) -> None:
    if count > MAX_ENTRIES:
        raise NotReadable(f"has {count:,} entries: at most {MAX_ENTRIES:,} are read")


class _ArrayReader:
    """Reads the entries of lists, and says which entry is none."""

    def __init__(self, written: Mapping[Path, str], refusal: Refusal) -> None:
        self.written = written
        self.refusal = refusal

    def rows(self, value: list[Any], path: Path) -> Rows:
        return [self.row(row, (*path, i), f" of row {i + 1}") for i, row in enumerate(value)]

    def row(self, row: Any, path: Path, where: str) -> list[Numeral]:
        if not isinstance(row, list):
            raise NotReadable(f"entry{where.replace(' of row', '')} is {_shown(row)} among rows: a row is a list")
        if not row:
            raise NotReadable(f"{where.removeprefix(' of ')} is empty: give at least one number")
        found = []
        for i, item in enumerate(row):
            name = f"entry {i + 1}{where} "
            spread = _spread(item)
            found += spread if spread else [self.one(item, (*path, i), name)]
        return found

    def one(self, item: Any, path: Path, name: str) -> Numeral:
        """One number; `name` is how a message calls it."""
        if type(item) in (int, float):
            text = self.written.get(path)
            return (numeral(text) if text else None) or whole(item)
        if isinstance(item, str):
            found = _with_name(name, item)
            if found is not None:
                return found
        if item is UNREADABLE:
            raise NotReadable(self.refusal(path) or f"{name}can't be read")
        raise NotReadable(f"{name}is {_shown(item)}: {_advice(item)}")


def _with_name(name: str, text: str) -> Numeral | None:
    try:
        return numeral(text)
    except NotReadable as error:
        raise NotReadable(f"{name}is not readable: {error.reason}") from None


def _spread(item: Any) -> list[Numeral]:
    """The numbers of text such as `1 2 3` (a list without commas); none if it isn't that."""
    if not isinstance(item, str) or " " not in item.strip():
        return []
    if len(item) <= 400 and numeral(item) is not None:
        return []
    found = [numeral(part) for part in item.split()]
    return [number for number in found if number is not None] if None not in found else []


def _text(text: str, axis: Axis, sure: bool = False) -> Numbers | None:
    """A number, or a list or matrix written in text; with `sure`, it can't be anything else."""
    one = numeral(text) if not sure else None
    if one is not None:
        return scalar(one)
    if len(text) > MAX_TEXT:
        raise NotReadable(f"is a text of {len(text):,} characters: at most {MAX_TEXT:,} are read")
    bare = text.strip()
    bracketed = bare.startswith("[") and bare.endswith("]")
    inside = bare[1:-1].strip() if bracketed else bare
    if not bracketed and not re.search("[,;]", bare):
        return None
    rows = [_split(row) for row in _parts(inside)]
    _refuse_many(sum(map(len, rows)))
    wrong = next((part for row in rows for part in row if _is_no_number(part)), None)
    if wrong is not None:
        if bracketed or sure:
            raise NotReadable(f"{shorten(repr(wrong))} is no number: a list or matrix holds numbers alone")
        return None
    found = [[number for part in row if (number := numeral(part))] for row in rows]
    if not found or not all(found):
        raise NotReadable("is an empty list: give at least one number")
    # One row without a sign that ends it is a list; `1; 2; 3` says that it is a column.
    return flat(found[0], axis) if len(found) == 1 and not inside.startswith("[") else matrix(found)


def _parts(inside: str) -> list[str]:
    if inside.startswith("["):
        return _BETWEEN_ROWS.split(inside.removeprefix("[").removesuffix("]"))
    return [part for part in _BREAKS.split(inside) if part.strip(" ,\t")]


def _split(row: str) -> list[str]:
    return [part for part in _GAPS.split(row.strip(" ,;\t\n")) if part]


def _is_no_number(part: str) -> bool:
    return numeral(part) is None


def _spelled(item: Any, written: Mapping[Path, str], path: Path) -> str:
    return item if isinstance(item, str) else written.get(path) or repr(item)


def _count(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"


def _shown(item: Any) -> str:
    if item is None:
        return "empty"
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, list | dict):
        return "a list" if isinstance(item, list) else "a mapping"
    return shorten(repr(item))


def _advice(item: Any) -> str:
    if item is None:
        return "give a number"
    if isinstance(item, list):
        return "a matrix is a list of rows, and a row a list of numbers"
    if isinstance(item, dict):
        return "give a number, a list, a list of rows, or a formula"
    return "a number is needed" if not isinstance(item, str) else "a list holds numbers alone"
