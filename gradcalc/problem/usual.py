"""Read sheets as blank sheets lay them out, in a fraction of the time that YAML's events take.

Two levels of names, and behind each on its line a number, a list of numbers, a list of such lists, plain words, or
nothing. Of all else nothing is said: that is left to YAML. What is read here comes out as the events of the same text
make it, with the same places; tests hold the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from gradcalc.problem.document import Document, ListPlace, MapPlace, Place, packed
from gradcalc.problem.scalars import NotFinite, Scalar, resolve

LONGEST: Final = 100_000
"""Texts of more characters are left to YAML's events, where what is in them is counted."""
_USUAL: Final = 120
"""Lines are hardly ever longer."""
# No part gives back what it has taken, so that each line is gone over once or twice, whatever it is.
_NUMBER: Final = r"[-+]?+(?:[0-9]{1,20}+(?:\.[0-9]{0,20}+)?+|\.[0-9]{1,20}+)(?:[eE][-+]?+[0-9]{1,9}+)?+"
_ROW: Final = rf"\[ *+{_NUMBER}(?: *+, *+{_NUMBER})*+ *+\]"
_ROWS: Final = rf"\[ *+{_ROW}(?: *+, *+{_ROW})*+ *+\]"
_WORDS: Final = r"[A-Za-z](?:[-A-Za-z0-9_.@*+/()^']| (?![ #\n]))*+"
_ENTRY: Final = (
    rf"(?P<key>[A-Za-z_][A-Za-z0-9_]{{0,99}}+):"
    rf"(?: ++(?:(?P<row>{_ROW})|(?P<rows>{_ROWS})|(?P<scalar>{_NUMBER}|{_WORDS})))?+(?= *+\n| ++#)"
)
_LINE: Final = re.compile(rf"( *+)(?:{_ENTRY})?+ *+(?:#[^\n\r\x85\u2028\u2029\ufeff]*+)?+\n")
_FIND_ROWS: Final = re.compile(_ROW)
_FIND_NUMBERS: Final = re.compile(_NUMBER)


def usual(path: str, text: str) -> Document | None:
    """The document of a text in the usual form; None of any other, and of one with a fault."""
    if len(text) > LONGEST:
        return None
    try:
        return _Reader().document(path, text)
    except (_Unusual, NotFinite):
        return None


class _Unusual(Exception):
    """The text isn't in the usual form."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A list of numbers: how they are written, and their places, all counted from the start of the line."""

    start: int
    values: Sequence[Any]
    places: Sequence[int]
    texts: tuple[str, ...]

    def put(self, offset: int) -> tuple[list[Any], ListPlace]:
        """Its numbers, and where they stand on a line that starts there."""
        shift = packed(offset, offset)
        places: list[Place] = [place + shift for place in self.places]
        return [*self.values], ListPlace(self.start + offset, places, self.texts)


@dataclass(frozen=True, slots=True)
class _Line:
    """A name and what stands behind it: a scalar with its place, or rows in brackets; within further ones at `outer`.

    All places are counted from the start of the line.
    """

    key: str
    indent: int
    scalar: Scalar = None
    place: int = 0
    rows: Sequence[_Row] = ()
    outer: int | None = None
    is_open: bool = False
    """Whether nothing stands behind the name, so that names further in may follow."""

    def put(self, offset: int) -> tuple[Any, Place]:
        """What stands behind the name, and where, on a line that starts there."""
        if not self.rows:
            return self.scalar, self.place + packed(offset, offset)
        if self.outer is None:
            return self.rows[0].put(offset)
        each = [row.put(offset) for row in self.rows]
        return [values for values, _ in each], ListPlace(self.outer + offset, [place for _, place in each])


def _read(text: str) -> _Line | None:
    """A line; None of one without a name. Raises _Unusual, NotFinite."""
    line = _LINE.match(f"{text}\n")
    if line is None:
        raise _Unusual
    key, indent, kind = line["key"], len(line[1]), line.lastgroup
    if key is None:
        return None
    if resolve(key) != key:
        raise _Unusual
    if kind == "row":
        return _Line(key, indent, rows=(_row(text, *line.span("row")),))
    if kind == "rows":
        rows = tuple(_row(text, *found.span()) for found in _FIND_ROWS.finditer(text, *line.span("rows")))
        return _Line(key, indent, rows=rows, outer=line.start("rows"))
    if kind == "scalar":
        return _Line(key, indent, resolve(line["scalar"]), packed(*line.span("scalar")))
    end = line.end("key") + 1
    return _Line(key, indent, place=packed(end, end), is_open=True)


_remembered = lru_cache(maxsize=2048)(_read)
"""The same: the sheets of a class have the same lines on them."""


def _row(text: str, start: int, end: int) -> _Row:
    found = [*_FIND_NUMBERS.finditer(text, start, end)]
    texts = tuple(each[0] for each in found)
    return _Row(start, [resolve(each) for each in texts], [packed(*each.span()) for each in found], texts)


class _Reader:
    """Goes through a text, line by line."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.root: MapPlace | None = None
        self.open = ""
        """The name in the outer level that had nothing behind it, as long as names further in may follow."""
        self.inner: tuple[int, dict[str, Any], MapPlace] | None = None
        """How far in these names stand, and what they have."""

    def document(self, path: str, text: str) -> Document:
        """The document. Raises _Unusual, NotFinite."""
        offset = 0
        for text_of_line in text.split("\n"):
            line = _remembered(text_of_line) if len(text_of_line) <= _USUAL else _read(text_of_line)
            if line is not None:
                self.entry(line, offset)
            offset += len(text_of_line) + 1
        if self.root is None:
            raise _Unusual
        return Document(path, text, self.data, self.root)

    def entry(self, line: _Line, offset: int) -> None:
        """Put the name of a line, and what stands behind it, where it belongs."""
        key, start = line.key, line.indent + offset
        if not line.indent:
            self.root = self.root or MapPlace(start)
            self.inner, data, places = None, self.data, self.root
            self.open = key if line.is_open else ""
        elif self.inner is None:
            data, places = self.begun(line.indent, start)
        else:
            further_in, data, places = self.inner
            if line.indent != further_in:
                raise _Unusual
        if key in data:
            raise _Unusual
        places.keys[key] = start
        data[key], places.items[key] = line.put(offset)

    def begun(self, indent: int, start: int) -> tuple[dict[str, Any], MapPlace]:
        """What the open name holds: a mapping that starts here."""
        if not self.open or self.root is None:
            raise _Unusual
        self.inner = indent, {}, MapPlace(start)
        self.data[self.open], self.root.items[self.open] = self.inner[1:]
        return self.inner[1:]
