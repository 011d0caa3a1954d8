"""Turn numbers, lists, rows and constant formulas from a file into arrays, naming every entry that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.shapes import MATRIX, counted, spell
from gradcalc.formula.table import Axis, Shape
from gradcalc.problem.document import UNREADABLE
from gradcalc.program.problem import Path
from gradcalc.words import shorten

if TYPE_CHECKING:
    from gradcalc.problem.constants import Constants


class Wrong(NamedTuple):
    """What is wrong with one entry: its path inside the value, a message, and of a formula at which character."""

    path: Path
    message: str
    at: int | None = None


Entries: TypeAlias = list[Any]

MOST_AXES: Final = 4
_TOO_DEEP: Final = (
    "is a list too deep: a matrix is a list of rows, and a row a list of numbers; images are at most N×C×H×W"
)
_NUMBERS = {int, float}
_RUN_TOGETHER = re.compile(r"[A-Z0-9][A-Za-z0-9_]*x[A-Z0-9][A-Za-z0-9_]*")
_NOT_FINITE = {"nan", "inf", "infinity"}


class NotAnArray(Exception):
    """What makes a value no array; empty where that was reported already."""

    def __init__(self, wrong: list[Wrong]) -> None:
        self.wrong = [each for each in wrong if each.message]
        super().__init__("; ".join(each.message for each in self.wrong))


def array(value: Any, axis: Axis, constants: Callable[[], Constants]) -> Array:
    """The float64 array that a number, a flat list, a list of rows or a constant formula stands for.

    A number has shape (), a flat list of n numbers n×1, or 1×n where samples are rows; lists of lists of rows are
    images. Entries of lists may be formulas for one number; `constants` gives what works out those of the file. Raises
    NotAnArray.
    """
    reader = _Reader(axis, constants)
    if isinstance(value, str):
        return reader.text(value, ())
    if not isinstance(value, list):
        return np.array(reader.number(value, ()))
    if not value:
        raise NotAnArray([Wrong((), "is empty: give at least one number")])
    if len(sizes := _sizes(value)) > MATRIX:
        return reader.images(value, sizes)
    if any(isinstance(row, list) for row in value):
        return reader.matrix(value)
    flat = np.array(reader.all_of(value, ()), dtype=np.float64)
    reader.refuse()
    return flat[:, None] if axis is Axis.COLUMNS else flat[None, :]


def in_shape(value: Array, wanted: Shape) -> Array | None:
    """The value in this shape, into which a number goes and a vector, standing or lying; None where it doesn't fit."""
    if value.size == prod(wanted) and (value.size == 1 or 1 in value.shape):
        return value.reshape(wanted)
    return value if value.shape == wanted else None


class _Reader:
    """Reads the entries of one value, and notes all that is wrong with them."""

    def __init__(self, axis: Axis, constants: Callable[[], Constants]) -> None:
        self.axis, self.constants = axis, constants
        self.wrong: list[Wrong] = []

    def refuse(self) -> None:
        if self.wrong:
            raise NotAnArray(self.wrong)

    def matrix(self, rows: Entries) -> Array:
        width = next(len(row) for row in rows if isinstance(row, list))
        read = [self.row(row, (i,), width) for i, row in enumerate(rows)]
        self.refuse()
        return np.array(read, dtype=np.float64)

    def images(self, lists: Entries, sizes: Shape) -> Array:
        """Lists within lists, down to rows, as many and as long as the first ones."""
        if len(sizes) > MOST_AXES:
            raise NotAnArray([Wrong((0,) * (MOST_AXES - 1), _TOO_DEEP)])
        flat = self.inner(lists, (), sizes)
        self.refuse()
        return np.array(flat, dtype=np.float64).reshape(sizes)

    def inner(self, lists: Any, path: Path, sizes: Shape) -> Entries:
        """All entries in one list."""
        if len(sizes) == 1:
            return self.row(lists, path, sizes[0])
        if lists is UNREADABLE:
            return []
        if not isinstance(lists, list) or len(lists) != sizes[0]:
            found = f"has {counted(len(lists), 'list')}" if isinstance(lists, list) else "is no list"
            self.wrong.append(Wrong(path, f"{found}, and the first one beside it has {counted(sizes[0], 'list')}"))
            return []
        return [each for i, one in enumerate(lists) for each in self.inner(one, (*path, i), sizes[1:])]

    def row(self, row: Any, path: Path, width: int) -> Entries:
        why = _why_no_row(row, width)
        if why is not None:
            self.wrong.append(Wrong(path, why))
            return []
        return self.all_of(row, path)

    def all_of(self, entries: Entries, path: Path) -> Entries:
        """The entries as numbers; 0, and a fault, for each that isn't one."""
        if set(map(type, entries)) <= _NUMBERS:
            return entries
        return [entry if type(entry) in _NUMBERS else self.noting(entry, (*path, i)) for i, entry in enumerate(entries)]

    def noting(self, entry: Any, path: Path) -> float:
        try:
            return self.number(entry, path)
        except NotAnArray as error:
            self.wrong += error.wrong
            return 0.0

    def number(self, entry: Any, path: Path) -> float:
        """One number. Raises NotAnArray."""
        if type(entry) in _NUMBERS:
            return float(entry)
        if not isinstance(entry, str):
            raise NotAnArray([Wrong(path, _why_no_number(entry))])
        found = self.text(entry, path)
        if found.size != 1:
            message = f"is {shorten(repr(entry))}, which is {spell(found.shape)}: an entry of a list is one number"
            raise NotAnArray([Wrong(path, message)])
        return float(found.item())

    def text(self, text: str, path: Path) -> Array:
        """What a constant formula comes to. Raises NotAnArray."""
        if _hint(text) or _is_word(text) or not text.strip():
            raise NotAnArray([Wrong(path, _why_no_number(text))])
        from gradcalc.problem.constants import NotConstant  # which few problems need

        try:
            return self.constants().value(text, self.axis)
        except NotConstant as error:
            cut_off = " (inside [ ], a formula with a comma must stand in quotes)" if path and _is_cut(text) else ""
            message = f"is {shorten(repr(text))}, which can't be worked out: {error.message}{cut_off}"
            raise NotAnArray([Wrong(path, message, error.at)]) from None


def _sizes(value: Any) -> Shape:
    """How many there are along each axis, by the first of each; a row of numbers and lists counts as a row."""
    sizes: list[int] = []
    inner = next((each for each in value if isinstance(each, list)), None)
    while isinstance(inner, list) and inner:
        sizes.append(len(inner))
        inner = inner[0] if all(isinstance(each, list) for each in inner) else None
    return len(value), *sizes


def _is_cut(text: str) -> bool:
    return text.count("(") != text.count(")")


def _why_no_row(row: Any, width: int) -> str | None:
    """Why something is no row of so many numbers; empty where that was reported already, None where it may be one."""
    if row is UNREADABLE:
        return ""
    if not isinstance(row, list):
        return "is one number among rows: every row of a matrix is a list"
    if not row:
        return "is an empty row: give at least one number"
    if len(row) != width:
        numbers = "1 number" if len(row) == 1 else f"{len(row)} numbers"
        return f"has {numbers}, but the first row has {width}: all rows must be equally long"
    return None


def _why_no_number(entry: Any) -> str:
    """Why an entry is no number, as the end of a sentence that starts with the entry's place."""
    if entry is UNREADABLE:
        return ""
    if isinstance(entry, bool):
        return f"is {str(entry).lower()}, not a number: write 1 for true and 0 for false"
    if isinstance(entry, list):
        return _TOO_DEEP
    if isinstance(entry, dict):
        return "is a mapping: a number is needed here"
    return f"is {shorten(repr(entry))}, which is text, not a number{_hint(str(entry))}"


def _hint(text: str) -> str:
    plain = text.strip().lower()
    if plain.lstrip("+-.") in _NOT_FINITE:
        return ": write a finite number"
    if "−" in text or "–" in text:
        return ": write the minus sign as -"
    if " " in plain and all(map(_is_number, plain.split())):
        return ": put commas between the numbers"
    if _has_decimal_comma(plain):
        return ": write a decimal point, or a list in [ ]"
    if _RUN_TOGETHER.fullmatch(text.strip()):
        return ": write a shape as D×H, or as D x H"
    if "_" in text and _is_number(text.replace("_", "")):
        return ": write it without underscores"
    return ": take the quotes away" if _is_number(plain) else ""


def _is_word(text: str) -> bool:
    """Whether a text is a word alone, which is no formula."""
    return text.isidentifier() and text not in ("pi", "π")


def _has_decimal_comma(text: str) -> bool:
    whole, comma, decimals = text.lstrip("+-").partition(",")
    return bool(comma) and whole.isdecimal() and decimals.isdecimal()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
