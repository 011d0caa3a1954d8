"""Read sheets as blank sheets lay them out, in a fraction of the time that YAML's events take.

Two levels of names, and behind each on its line a number, a list of numbers, a list of such lists, plain words, or
nothing. Of all else nothing is said: that is left to YAML. What is read here comes out as the events of the same text
make it, with the same places; tests hold the two against each other.
"""

from __future__ import annotations

import re
from typing import Any, Final

from gradcalc.problem.document import BITS, Document, ListPlace, MapPlace, Place, packed
from gradcalc.problem.scalars import NotFinite, resolve

LONGEST: Final = 100_000
"""Texts of more characters are left to YAML's events, where what is in them is counted."""
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
        return _Reader(text if text.endswith("\n") else f"{text}\n").document(path, text)
    except (_Unusual, NotFinite):
        return None


class _Unusual(Exception):
    """The text isn't in the usual form."""


class _Reader:
    """Goes through a text that ends with a line end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.data: dict[str, Any] = {}
        self.root: MapPlace | None = None
        self.open = ""
        """The name in the outer level that had nothing behind it, as long as names further in may follow."""
        self.inner: tuple[int, dict[str, Any], MapPlace] | None = None
        """How far in these names stand, and what they have."""

    def document(self, path: str, text: str) -> Document:
        """The document. Raises _Unusual, NotFinite."""
        at, end, match = 0, len(self.text), _LINE.match
        while at < end:
            line = match(self.text, at)
            if line is None:
                raise _Unusual
            if line.lastgroup is not None:
                self.entry(line)
            at = line.end()
        if self.root is None:
            raise _Unusual
        return Document(path, text, self.data, self.root)

    def entry(self, line: re.Match[str]) -> None:
        """Put the name of a line, and what stands behind it, where it belongs."""
        key, start, kind = line["key"], line.start("key"), line.lastgroup
        indent = start - line.start()
        if not indent:
            self.root = self.root or MapPlace(start)
            self.inner, data, places = None, self.data, self.root
            self.open = key if kind == "key" else ""
        elif self.inner is None:
            data, places = self.begun(indent, start)
        else:
            further_in, data, places = self.inner
            if indent != further_in:
                raise _Unusual
        if key in data or resolve(key) != key:
            raise _Unusual
        places.keys[key] = start
        if kind == "row":
            data[key], places.items[key] = self.row(*line.span("row"))
        elif kind == "scalar":
            data[key], places.items[key] = resolve(line["scalar"]), packed(*line.span("scalar"))
        elif kind == "key":
            end = line.end("key") + 1
            data[key], places.items[key] = None, packed(end, end)
        else:
            rows = [self.row(*found.span()) for found in _FIND_ROWS.finditer(self.text, *line.span("rows"))]
            data[key] = [row for row, _ in rows]
            places.items[key] = ListPlace(line.start("rows"), [place for _, place in rows])

    def begun(self, indent: int, start: int) -> tuple[dict[str, Any], MapPlace]:
        """What the open name holds: a mapping that starts here."""
        if not self.open or self.root is None:
            raise _Unusual
        self.inner = indent, {}, MapPlace(start)
        self.data[self.open], self.root.items[self.open] = self.inner[1:]
        return self.inner[1:]

    def row(self, start: int, end: int) -> tuple[list[Any], ListPlace]:
        """A list of numbers."""
        values: list[Any] = []
        places: list[Place] = []
        for found in _FIND_NUMBERS.finditer(self.text, start, end):
            values.append(resolve(found[0]))
            places.append(found.start() << BITS | found.end())
        return values, ListPlace(start, places)
