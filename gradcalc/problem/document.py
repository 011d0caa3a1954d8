"""What was read from a file: its data as plain dicts and lists, and the place and spelling of every value."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from gradcalc.errors import Fault, Span
from gradcalc.problem.offsets import offset_in_file
from gradcalc.program.problem import Path

if TYPE_CHECKING:
    from gradcalc.problem.stored import Stored

_BREAK = re.compile(r"\r\n|\r|\n")
BITS: Final = 32
_LOW: Final = (1 << BITS) - 1


class Unreadable:
    """Stands in the data for a value that couldn't be read, whose fault is reported already."""

    def __repr__(self) -> str:
        return "UNREADABLE"


UNREADABLE: Final = Unreadable()


def is_read(value: object) -> bool:
    """Whether a value could be read."""
    return value is not UNREADABLE


@dataclass(slots=True)
class ListPlace:
    """Where a list starts, and the places of its items; how they are written, where that is at hand."""

    start: int
    items: list[Place] = field(default_factory=list)
    texts: tuple[str, ...] | None = field(default=None, compare=False, repr=False)


@dataclass(slots=True)
class MapPlace:
    """Where a mapping starts, where each key starts, and the places of the values."""

    start: int
    keys: dict[str, int] = field(default_factory=dict)
    items: dict[str, Place] = field(default_factory=dict)


Place: TypeAlias = int | ListPlace | MapPlace
"""Offsets into the text; a scalar's start and end are packed into one integer, as there may be many."""


def packed(start: int, end: int) -> int:
    """A scalar's place, from the offsets of its start and end."""
    return start << BITS | end


def unpacked(place: int) -> tuple[int, int]:
    """The offsets of a scalar's start and end."""
    return place >> BITS, place & _LOW


@dataclass
class Document:
    """Data beside a tree of places in the same form; `faults` is what was wrong so far."""

    path: str
    text: str
    data: Any = None
    root: Place = 0
    faults: list[Fault] = field(default_factory=list)
    original: str = ""
    """The text as it is in the file, if quotes were put into it before it was read."""
    folder: FilePath | None = None
    """Where the file lies; None for a text and for standard input."""
    stored: dict[Path, Stored] = field(default_factory=dict)
    """The numbers of files beside it, by the path at which `data` has them."""
    written_out: Any = None
    """What `over` has put in the place of lines with an index, once it has."""

    def span(self, *path: str | int) -> Span:
        """The place of a value (its key, where the value is empty), or of the nearest value above it."""
        key, place = self._find(path)
        if isinstance(place, int):
            start, end = unpacked(place)
            return self.at(start if end > start or key is None else key)
        return self.at(place.start)

    def key_span(self, *path: str | int) -> Span:
        """The place of the key that ends the path; of the value, where that is an item of a list."""
        key, _ = self._find(path)
        return self.span(*path) if key is None else self.at(key)

    def written(self, *path: str | int) -> str:
        """A scalar as it is written in the file, with its quotes. Raises KeyError where there is none."""
        file = self.file_at(path)
        if file is not None:
            return self.stored[file].written(path[len(file) :])
        place = self.place(path)
        if not isinstance(place, int):
            raise KeyError(path)
        start, end = unpacked(place)
        return self.text[start:end]

    def written_items(self, path: Path) -> tuple[str, ...] | None:
        """The items of a list of scalars as they are written; None of anything else, or where another file has them."""
        place = None if self.stored else self.place(path)
        if not isinstance(place, ListPlace):
            return None
        if place.texts is not None:
            return place.texts
        text, found = self.text, []
        for item in place.items:
            if not isinstance(item, int):
                return None
            found.append(text[item >> BITS : item & _LOW])
        return tuple(found)

    def file_at(self, path: Path) -> Path | None:
        """Where the file is named that a value stands in; None for one that stands in the document itself."""
        if not self.stored:
            return None
        return next((path[:end] for end in range(len(path) + 1) if path[:end] in self.stored), None)

    def value(self, *path: str | int) -> Any:
        """The plain value at `path`; None if there is none."""
        value = self.data
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def inside(self, offset: int, *path: str | int) -> Span:
        """The place of a character of a text value; of another value, or where there is none, as `span`."""
        value, (_, place) = self.value(*path), self._find(path)
        if not isinstance(value, str) or not isinstance(place, int):
            return self.span(*path)
        start, end = unpacked(place)
        return self.at(start + offset_in_file(self.text[start:end], value, offset))

    def at(self, offset: int) -> Span:
        """The place of a character of the file, from its offset."""
        line = bisect_right(self._lines, offset)
        column = offset - self._lines[line - 1] + 1
        # Quotes make a line longer; where it ended, its last character is the place.
        ends = len(self._original[line - 1]) + 1 if line <= len(self._original) else column
        return Span(self.path, line, min(column, ends))

    @cached_property
    def _original(self) -> list[str]:
        return self.original.split("\n") if self.original else []

    def place(self, path: Path) -> Place:
        """The place of exactly that value. Raises KeyError where there is none."""
        place: Any = self.root
        for step in path:
            try:
                place = place.items[step]
            except (AttributeError, IndexError, KeyError, TypeError):  # a scalar has no items
                raise KeyError(path) from None
        return place  # type: ignore[no-any-return]

    def paths(self) -> Iterator[Path]:
        """The paths of all values, in the order of the file."""
        todo: list[tuple[Path, Place]] = [((), self.root)]
        while todo:
            path, place = todo.pop()
            yield path
            if isinstance(place, ListPlace):
                todo.extend([((*path, i), item) for i, item in enumerate(place.items)][::-1])
            elif isinstance(place, MapPlace):
                todo.extend([((*path, key), item) for key, item in place.items.items()][::-1])

    def _find(self, path: Path) -> tuple[int | None, Place]:
        """The offset of the last key on the path, if it leads to a map's value, and the place there."""
        key: int | None = None
        place = self.root
        for step in path:
            if isinstance(place, MapPlace) and step in place.items:
                key, place = place.keys[str(step)], place.items[str(step)]
            elif isinstance(place, ListPlace) and isinstance(step, int) and 0 <= step < len(place.items):
                key, place = None, place.items[step]
            else:
                break
        return key, place

    @cached_property
    def _lines(self) -> array[int]:
        return array("I", chain([0], (found.end() for found in _BREAK.finditer(self.text))))


class Places(Mapping[Path, Span]):
    """A document's places as a mapping from path to span; each is worked out when it is asked for."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def __getitem__(self, path: Path) -> Span:
        self._document.place(self._document.file_at(path) or path)
        return self._document.span(*path)

    def __iter__(self) -> Iterator[Path]:
        return self._document.paths()

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Spellings(Mapping[Path, str]):
    """A document's scalars as they are written, by path; those of other files can be asked for, and aren't listed."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def __getitem__(self, path: Path) -> str:
        return self._document.written(*path)

    def of_list(self, path: Path) -> tuple[str, ...] | None:
        """Those of all items of a list of scalars, in order; None of anything else, or where another file has them."""
        return self._document.written_items(path)

    def __iter__(self) -> Iterator[Path]:
        document = self._document
        return (
            path
            for path in document.paths()
            if document.file_at(path) is None and isinstance(document.place(path), int)
        )

    def __len__(self) -> int:
        return sum(1 for _ in self)


def spellings(written: Mapping[Path, str], path: Path) -> tuple[str, ...] | None:
    """How the items of a list are written, where they are scalars of one document; looked up at once, as most are."""
    return written.of_list(path) if isinstance(written, Spellings) else None


def describe(path: Path) -> str:
    """A path as people read it, with lists counted from 1: `layers[2].weights`."""
    shown = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path)
    return shown.removeprefix(".") or "the file"
