"""Read numbers as they were laid out: one number, a flat list, rows, or text such as `[1 2; 3 4]`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from math import prod
from typing import Any, TypeAlias

from gradcalc.check.answers.build import Rows, flat, matrix, scalar
from gradcalc.check.answers.compare import reshaped, transposed
from gradcalc.check.answers.model import Numbers
from gradcalc.check.answers.numerals import NotReadable, Numeral, numeral, whole
from gradcalc.check.answers.pasted import Pasted, unwrapped
from gradcalc.check.answers.plain import NUMBERS, spelled
from gradcalc.formula.shapes import MATRIX
from gradcalc.formula.table import Axis, Shape
from gradcalc.problem.constants import Constants, NotConstant
from gradcalc.problem.document import UNREADABLE, spellings
from gradcalc.program.problem import Path
from gradcalc.words import shorten

MAX_ENTRIES = 1_000_000
MAX_TEXT = 1_000_000
_BETWEEN_ROWS = re.compile(r"\]\s*[,;]?\s*\[")
_BREAKS = re.compile(r"[;\n]")
_GAPS = re.compile(r"\s*,\s*|\s+")
_WHOLE = re.compile(r"[-+−–]?[0-9]{1,300}")
PRINTED = 1e-4
"""A program that writes `1.` shows at least four decimals, and leaves out the zeros at the end."""

Refusal: TypeAlias = Callable[[Path], str]
"""Why the value at a path was refused when the file was read; empty if it isn't known."""


def numbers(
    value: Any,
    written: Mapping[Path, str],
    path: Path,
    axis: Axis,
    refusal: Refusal,
    shape: Shape | None = None,
    constants: Constants | None = None,
) -> Numbers | None:
    """The numbers of an answer; None where it is text that writes no numbers (a formula, then).

    `written` has the spelling of every scalar by path (missing ones are spelled as Python does). `shape` is that of
    the right value: `0,98 0,5` is two numbers where two are asked for. With `constants`, entries of lists may be
    constant formulas. Raises NotReadable.
    """
    if isinstance(value, str):
        return _text(_as_laid_out(value, written.get(path, "")), axis, shape)
    if not isinstance(value, list):
        return scalar(_ArrayReader(written, refusal, constants).one(value, path, ""))
    if not value:
        raise NotReadable("is an empty list: give at least one number")
    depth = _depth(value) if shape and len(shape) > MATRIX else 0
    if depth > MATRIX:
        return _images(value, path, depth, _ArrayReader(written, refusal, constants))
    _refuse_many(sum(len(row) if isinstance(row, list) else 1 for row in value))
    if shape and _may_be_halves(value, shape):
        with_points = _with_points(_tokens(value, written, path), shape, axis, least=2)
        if with_points is not None:
            return with_points
    kinds = set(map(type, value))
    if any(issubclass(kind, list) for kind in kinds):
        return matrix(_ArrayReader(written, refusal, constants).rows(value, path))
    if any(isinstance(item, str) and _BREAKS.search(item) for item in value):
        text = ", ".join(_spelled(item, written, (*path, i)) for i, item in enumerate(value))
        return _text(text, axis, shape, sure=True)
    return flat(_ArrayReader(written, refusal, constants).row(value, path, ""), axis)


def _depth(value: Any) -> int:
    """How many lists stand in each other, by the first entry of each."""
    return 1 + _depth(value[0]) if isinstance(value, list) and value else 0


def _images(value: list[Any], path: Path, depth: int, reader: _ArrayReader) -> Numbers:
    """Lists of rows in lists, each as long as its first neighbour. Raises NotReadable."""
    rows, sizes = [(value, path)], []
    for _ in range(depth - 1):
        sizes.append(len(rows[0][0]))
        if any(not isinstance(row, list) or len(row) != sizes[-1] for row, _ in rows):
            raise NotReadable(f"isn't a list of {sizes[-1]} at each place: images are lists of lists of rows")
        _refuse_many(len(rows) * sizes[-1])
        rows = [(inner, (*at, i)) for row, at in rows for i, inner in enumerate(row)]
    found = matrix([reader.row(row, at, f" of row {i}") for i, (row, at) in enumerate(rows, 1)])
    return reshaped(found, (*sizes, found.values.shape[1]))


def _printed_images(text: str, shape: Shape) -> Numbers | None:
    """Images as programs print them, in as many brackets as they have axes; None of anything else."""
    bare = re.sub(r"\s+", "", text)
    if len(shape) <= MATRIX or not bare.startswith("[" * len(shape)) or bare.startswith("[" * (len(shape) + 1)):
        return None
    parts = _split(re.sub(r"[\[\]]+", " ", text))
    found = [number for part in parts if (number := numeral(part))]
    if len(found) < len(parts) or len(found) != prod(shape):
        return None
    return reshaped(matrix(_as_printed([found], [parts], unwrapped(""))), shape)


def _refuse_many(count: int) -> None:
    if count > MAX_ENTRIES:
        raise NotReadable(f"has {count:,} entries: at most {MAX_ENTRIES:,} are read")


class _ArrayReader:
    """Reads the entries of lists, and says which entry is none."""

    def __init__(self, written: Mapping[Path, str], refusal: Refusal, constants: Constants | None) -> None:
        self.written = written
        self.refusal = refusal
        self.constants = constants

    def rows(self, value: list[Any], path: Path) -> Rows:
        return [self.row(row, (*path, i), f" of row {i + 1}") for i, row in enumerate(value)]

    def row(self, row: Any, path: Path, where: str) -> list[Numeral]:
        if not isinstance(row, list):
            raise NotReadable(f"entry{where.replace(' of row', '')} is {_shown(row)} among rows: a row is a list")
        if not row:
            raise NotReadable(f"{where.removeprefix(' of ')} is empty: give at least one number")
        texts = spellings(self.written, path) if NUMBERS.issuperset(map(type, row)) else None
        if texts is not None:
            return spelled(row, texts)
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
            found = _with_name(name, item) or self.constant(item)
            if found is not None:
                return found
        if item is UNREADABLE:
            raise NotReadable(self.refusal(path) or f"{name}can't be read")
        raise NotReadable(f"{name}is {_shown(item)}: {_advice(item)}")

    def constant(self, text: str) -> Numeral | None:
        """What a formula comes to, exactly; None where it is none, or none may stand here."""
        try:
            value = None if self.constants is None else self.constants.value(text, Axis.COLUMNS)
        except NotConstant:
            return None
        return None if value is None or value.size != 1 else Numeral(value.item(), 0.0)


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


def _as_laid_out(text: str, spelling: str) -> str:
    """Text with its lines as they stand in the file: YAML makes one line of those without `|` before them."""
    if "\n" not in spelling or "\n" in text or spelling[0] in "|>":
        return text
    return spelling[1:-1].replace("''", "'") if spelling[0] in "\"'" else spelling


def _text(text: str, axis: Axis, shape: Shape | None, sure: bool = False) -> Numbers | None:
    """A number, or a list or matrix written in text; with `sure`, it can't be anything else."""
    if len(text) > MAX_TEXT:
        raise NotReadable(f"is a text of {len(text):,} characters: at most {MAX_TEXT:,} are read")
    pasted = unwrapped(text)
    images = None if shape is None else _printed_images(pasted.text, shape)
    if images is not None:
        return images
    bare = pasted.text.strip()
    bracketed = bare.startswith("[") and bare.endswith("]")
    inside = bare[1:-1].strip() if bracketed else bare
    rows = [_split(row) for row in _parts(inside)] if bracketed or _is_list(bare) else []
    with_points = _with_points(rows, shape, axis)
    if with_points is not None:
        return with_points
    one = numeral(text) or numeral(bare) if not sure else None
    if one is not None:
        return scalar(one)
    if not rows:
        _refuse_nothing(bracketed)
        return None
    _refuse_many(sum(map(len, rows)))
    wrong = next((part for row in rows for part in row if _is_no_number(part)), None)
    if wrong is not None:
        if bracketed or sure:
            raise NotReadable(f"{shorten(repr(wrong))} is no number: a list or matrix holds numbers alone")
        return None
    found = _as_printed([[number for part in row if (number := numeral(part))] for row in rows], rows, pasted)
    if not all(found):
        raise NotReadable("is an empty list: give at least one number")
    # One row without a sign that ends it is a list; `1; 2; 3` says that it is a column.
    if inside.startswith("[") or (len(found) > 1 and not _is_wrapped_list(found, inside, shape)):
        return transposed(matrix(found)) if pasted.turned else matrix(found)
    return flat([number for row in found for number in row], axis)


def _refuse_nothing(bracketed: bool) -> None:
    if bracketed:
        raise NotReadable("is an empty list: give at least one number")


def _is_list(text: str) -> bool:
    """Whether text without brackets may be a list: by its commas, or by numbers alone (`1 -2` is a difference)."""
    parts = text.split()
    return bool(re.search("[,;]", text)) or (
        len(parts) > 1
        and ("\n" in text or not any(part[0] in "+-−–" for part in parts[1:]))
        and not any(map(_is_no_number, parts))
    )


def _is_wrapped_list(rows: Rows, inside: str, shape: Shape | None) -> bool:
    """Whether lines are those of one long list, as NumPy breaks it: a vector is asked for, and they aren't rows."""
    is_vector = shape is not None and 1 in shape and prod(shape) == sum(map(len, rows))
    return is_vector and ";" not in inside and max(map(len, rows)) > 1


def _as_printed(rows: Rows, parts: Sequence[Sequence[str]], pasted: Pasted) -> Rows:
    """Numbers of an array that a program printed: zeros at the end are left out, so all have the smallest unit."""
    dots = any(part.endswith(".") for row in parts for part in row)
    every = [number for row in rows for number in row]
    if not (dots or pasted.printed) or any(number.scientific for number in every):
        return rows
    least = min([number.unit for number in every], default=0.0)
    return [[replace(number, unit=min(least, PRINTED) if dots else least) for number in row] for row in rows]


def _tokens(value: Sequence[Any], written: Mapping[Path, str], path: Path) -> list[list[str]]:
    """The entries of a list, or of its rows, as they are written."""
    rows = [(row, (*path, i)) for i, row in enumerate(value)] if isinstance(value[0], list) else [(value, path)]
    texts = [
        ",".join(_spelled(item, written, (*at, i)) for i, item in enumerate(row)) if isinstance(row, list) else "?"
        for row, at in rows
    ]
    return [_split(part) for text in texts for part in _BREAKS.split(text)]


def _may_be_halves(value: Sequence[Any], shape: Shape) -> bool:
    """Whether there may be twice as many numbers as are asked for, which is known where each is one by itself."""
    items = [*chain.from_iterable(value)] if set(map(type, value)) == {list} else value
    return len(items) == 2 * prod(shape) or not NUMBERS.issuperset(map(type, items))


def _with_points(rows: Sequence[Sequence[str]], shape: Shape | None, axis: Axis, least: int = 1) -> Numbers | None:
    """Numbers with decimal commas: twice as many as asked for, each second one the decimals of the one before.

    `least` is how many decimals there must be: of a list nobody knows whether a space stood behind its commas.
    """
    every = [part for row in rows for part in row]
    if shape is None or len(every) != 2 * prod(shape) or any(len(row) % 2 for row in rows):
        return None
    if not all(_WHOLE.fullmatch(part) for part in every) or not all(
        part.isdecimal() and len(part) >= least for part in every[1::2]
    ):
        return None
    points = [[f"{a}.{b}" for a, b in zip(row[::2], row[1::2], strict=True)] for row in rows]
    found = [[number for part in row if (number := numeral(part))] for row in points]
    remark = f"decimal commas were read as points: write {points[0][0]}"
    one_row = flat(found[0], axis) if len(found) == 1 else matrix(found)
    return replace(scalar(found[0][0]) if not shape else one_row, remark=remark)


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
