"""Turn numbers, lists and lists of lists from a file into arrays, naming every entry that is wrong."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.table import Axis
from gradcalc.problem.document import UNREADABLE
from gradcalc.program.problem import Path
from gradcalc.words import shorten

Wrong: TypeAlias = list[tuple[Path, str]]
"""What is wrong: the path inside the value, and the message."""

_NUMBERS = {int, float}
_NOT_FINITE = {"nan", "inf", "infinity"}


class NotAnArray(Exception):
    """What makes a value no array; empty where that was reported already."""

    def __init__(self, wrong: Wrong) -> None:
        self.wrong = wrong
        super().__init__("; ".join(message for _, message in wrong))


def array(value: Any, axis: Axis = Axis.COLUMNS) -> Array:
    """The float64 array that a number, a flat list or a list of rows stands for.

    A number has shape (), a flat list of n numbers n×1, or 1×n where samples are rows. Raises NotAnArray.
    """
    if not isinstance(value, list):
        return np.array(_number(value))
    if not value:
        raise NotAnArray([((), "is empty: give at least one number")])
    if any(isinstance(row, list) for row in value):
        return _matrix(value)
    _refuse(_wrong_numbers(value))
    flat = np.array(value, dtype=np.float64)
    return flat[:, None] if axis is Axis.COLUMNS else flat[None, :]


def _matrix(rows: list[Any]) -> Array:
    wrong: Wrong = []
    for i, row in enumerate(rows):
        wrong.extend(((i, *path), message) for path, message in _wrong_row(row, rows))
    _refuse(wrong)
    return np.array(rows, dtype=np.float64)


def _wrong_row(row: Any, rows: list[Any]) -> Wrong:
    if row is UNREADABLE:
        return [((), "")]
    if not isinstance(row, list):
        return [((), "is one number among rows: every row of a matrix is a list")]
    width = next(len(r) for r in rows if isinstance(r, list))
    if not row:
        return [((), "is an empty row: give at least one number")]
    if len(row) != width:
        numbers = "1 number" if len(row) == 1 else f"{len(row)} numbers"
        return [((), f"has {numbers}, but the first row has {width}: all rows must be equally long")]
    return _wrong_numbers(row)


def _wrong_numbers(numbers: list[Any]) -> Wrong:
    if set(map(type, numbers)) <= _NUMBERS:
        return []
    found = (((i,), _why_no_number(entry)) for i, entry in enumerate(numbers) if type(entry) not in _NUMBERS)
    return list(found)


def _number(value: Any) -> float:
    if type(value) not in _NUMBERS:
        _refuse([((), _why_no_number(value))])
    return float(value)


def _refuse(wrong: Wrong) -> None:
    if wrong:
        raise NotAnArray([(path, message) for path, message in wrong if message])


def _why_no_number(entry: Any) -> str:
    """Why an entry is no number, as the end of a sentence that starts with the entry's place."""
    if entry is UNREADABLE:
        return ""
    if isinstance(entry, bool):
        return f"is {str(entry).lower()}, not a number: write 1 for true and 0 for false"
    if isinstance(entry, list):
        return "is a list too deep: a matrix is a list of rows, and a row a list of numbers"
    if isinstance(entry, dict):
        return "is a mapping: a number is needed here"
    return f"is {shorten(repr(entry))}, which is text, not a number{_hint(str(entry))}"


def _hint(text: str) -> str:
    plain = text.strip().lower()
    if plain.lstrip("+-.") in _NOT_FINITE:
        return ": write a finite number"
    if "−" in text or "–" in text:
        return ": write the minus sign as -"
    if " " in plain and _is_number(plain.split()[0]):
        return ": put commas between the numbers"
    if plain.count("/") == 1 and all(map(_is_number, plain.split("/"))):
        return ": write it as a decimal fraction"
    if "_" in text and _is_number(text.replace("_", "")):
        return ": write it without underscores"
    return ": take the quotes away" if _is_number(plain) else ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
