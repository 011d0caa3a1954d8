"""Build a Document from the events of YAML text, refusing what could mislead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NoReturn

import yaml

from gradcalc.errors import Fault, InputError, TooMuch
from gradcalc.problem.document import UNREADABLE, Document, ListPlace, MapPlace, Place, packed
from gradcalc.problem.nesting import MAX_DEPTH, TOO_DEEP, opened
from gradcalc.problem.reading import CONTROL
from gradcalc.problem.scalars import NotFinite, resolve
from gradcalc.words import shorten

MAX_VALUES: Final = 300_000
MAX_KEYS: Final = 75_000
MAX_FAULTS: Final = 100
MOST_BURIED: Final = 2_000
"""So many levels below the deepest are passed over; PyYAML's time for more grows with their square."""
NUMBERED: Final = (
    *("steps", "vertices", "inputs", "targets", "weights", "upstream"),
    *("forward", "losses", "deltas", "gradients", "changes", "updated", "after", "claims"),
)
"""What is by steps, samples or vertices, which may be called by whole numbers."""
_DROP: Final = object()
"""In place of a key that was refused: its value is read and dropped."""


class _Frame:
    """A list or mapping that is being read; `key` is the key whose value comes next."""

    __slots__ = ("data", "is_list", "items", "key", "place")

    def __init__(self, data: Any, place: ListPlace | MapPlace) -> None:
        self.data = data
        self.place = place
        self.items: Any = place.items
        self.is_list = isinstance(place, ListPlace)
        self.key: Any = None


class Builder:
    """Builds a document from events; knows which lists and mappings are open."""

    def __init__(self, document: Document, lenient: bool = False, flattened: frozenset[int] = frozenset()) -> None:
        self.document = document
        self.lenient = lenient
        self._flattened = flattened
        self._open: list[_Frame] = []
        self._values = 0
        self._keys = 0
        self._documents = 0
        self._buried = 0
        self._buried_at = 0
        self._last: Any = None

    def take_all(self, events: Iterator[Any]) -> Exception | None:
        """Take events to their end; returns what PyYAML raises where it can't go on."""
        take = _TAKE
        try:
            for event in events:
                self._last = event
                if self._buried:
                    self._pass_over(event)
                elif type(event) in take:
                    take[type(event)](self, event)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            return error
        return None

    @property
    def reached(self) -> tuple[int, int]:
        """How far the events went, and how many lists and mappings are open there; where one is too deep, its start."""
        if self._buried:
            return self._buried_at, MAX_DEPTH
        return (self._last.end_mark.index if self._last else 0), len(self._open)

    def too_deep(self, error: Exception) -> int | None:
        """Where a list or mapping that is too deep starts, if the text went on into one to the error.

        PyYAML looks ahead of the events, and some of its releases have a limit of their own.
        """
        if self._buried:
            return self._buried_at
        start, depth = self.reached
        mark = getattr(error, "problem_mark", None)
        ahead = opened(self.document.text, start, mark.index + 1) if mark else []
        return ahead[MAX_DEPTH - depth] if len(ahead) > MAX_DEPTH - depth else None

    def fault(self, offset: int, message: str, *, of_key: bool = False) -> None:
        """Note a fault and go on; after a hundred of them, raise InputError unless lenient."""
        faults = self.document.faults
        faults.append(Fault(self.document.at(offset), message, of_key))
        if len(faults) >= MAX_FAULTS and not self.lenient:
            raise InputError(faults)

    def stop(self, offset: int, message: str, kind: type[InputError] = InputError) -> NoReturn:
        """Raise all faults, with this one as the last: what follows can't be read."""
        before, last = self.document.faults[:MAX_FAULTS], Fault(self.document.at(offset), message)
        raise kind(before if last in before else [*before, last])

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self.stop(
                event.start_mark.index,
                "a second document starts here: put each problem into a file of its own",
            )

    def _start_list(self, event: Any) -> None:
        self._start(event, [], ListPlace)

    def _start_mapping(self, event: Any) -> None:
        self._start(event, {}, MapPlace)

    def _start(self, event: Any, data: Any, place: type[ListPlace] | type[MapPlace]) -> None:
        start = event.start_mark.index
        if len(self._open) >= MAX_DEPTH:
            self._bury(start)
            return
        self._refuse_properties(event)
        self._open.append(_Frame(data, place(start)))

    def _end(self, event: Any) -> None:
        frame = self._open.pop()
        self._put(frame.data, frame.place, frame.place.start)

    def _bury(self, start: int) -> None:
        if not self.lenient:
            self.stop(start, TOO_DEEP)
        self.fault(start, TOO_DEEP)
        self._buried, self._buried_at = 1, start

    def _pass_over(self, event: Any) -> None:
        """Drop what is too deep; UNREADABLE stands in its place."""
        if isinstance(event, yaml.CollectionStartEvent):
            self._buried += 1
            if self._buried > MOST_BURIED:
                self.stop(self._buried_at, f"more than {MOST_BURIED:,} levels of nesting: write this flatter")
        elif isinstance(event, yaml.CollectionEndEvent):
            self._buried -= 1
            if not self._buried:
                here = self._buried_at
                self._put(UNREADABLE, packed(here, here + 1), here)

    def _scalar(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        value: Any = event.value
        if start in self._flattened:
            self.fault(start, TOO_DEEP)
            value, end = UNREADABLE, start + 1
        elif self._refuse_properties(event):
            value = UNREADABLE
        elif not event.style:
            try:
                value = resolve(value)
            except NotFinite as error:
                self.fault(start, str(error))
                value = UNREADABLE
        elif CONTROL.search(value):
            self.fault(start, "an escape in this text stands for a control character: leave it out")
            value = UNREADABLE
        self._put(value, packed(start, end), start)

    def _refuse_properties(self, event: Any) -> bool:
        if event.anchor is None and event.tag is None:
            return False
        start = event.start_mark.index
        if event.anchor is not None:
            self.fault(start, f"anchor &{shorten(event.anchor)}: anchors are not used here; write the value alone")
        if event.tag is not None:
            self.fault(start, f"tag {_tag(event.tag)}: tags are not used here; write the value alone")
        return True

    def _alias(self, event: Any) -> None:
        start = event.start_mark.index
        self.fault(start, f"alias *{shorten(event.anchor)}: aliases are not used here; write the value out")
        self._put(UNREADABLE, packed(start, event.end_mark.index), start)

    def _put(self, value: Any, place: Place, start: int) -> None:
        """Put what was read where it belongs: the document, an open list, a mapping's key or value."""
        self._values += 1
        if self._values > MAX_VALUES:
            self.stop(start, f"more than {MAX_VALUES:,} values: a problem or a sheet is smaller than this", TooMuch)
        if not self._open:
            self.document.data, self.document.root = value, place
            return
        frame = self._open[-1]
        if frame.is_list:
            frame.data.append(value)
            frame.items.append(place)
        elif frame.key is None:
            frame.key = self._key(frame.place, value, start)
        else:
            if frame.key is not _DROP:
                frame.data[frame.key] = value
                frame.items[frame.key] = place
            frame.key = None

    def _key(self, place: Any, key: Any, start: int) -> Any:
        self._keys += 1
        if self._keys > MAX_KEYS:
            self.stop(start, f"more than {MAX_KEYS:,} keys: a problem or a sheet has fewer names than this", TooMuch)
        if type(key) is int and key >= 0 and self._is_numbered():
            key = str(key)
        problem = None if key is UNREADABLE else self._key_problem(place, key)
        if problem:
            self.fault(start, problem, of_key=True)
        if problem or key is UNREADABLE:
            return _DROP
        place.keys[key] = start
        return key

    def _is_numbered(self) -> bool:
        """Whether the mapping that is open may have whole numbers as keys."""
        above = self._open[-2] if len(self._open) > 1 else None
        return above is not None and above.key in NUMBERED

    def _key_problem(self, place: MapPlace, key: Any) -> str | None:
        if isinstance(key, list | dict):
            return "a key must be a name, not a list or a mapping"
        if not isinstance(key, str):
            return f"a key must be a name, and {_shown(key)} is none: put it into quotes if it is meant as text"
        if key == "<<":
            return "merge keys (<<) are not used here; write the keys out"
        if key in place.keys:
            first = self.document.at(place.keys[key])
            return f"repeated key '{shorten(key)}': it stands in line {first.line} already; keep one of the two"
        return None


_TAKE: Final[Mapping[type, Callable[[Builder, Any], None]]] = {
    yaml.ScalarEvent: Builder._scalar,
    yaml.SequenceStartEvent: Builder._start_list,
    yaml.MappingStartEvent: Builder._start_mapping,
    yaml.SequenceEndEvent: Builder._end,
    yaml.MappingEndEvent: Builder._end,
    yaml.AliasEvent: Builder._alias,
    yaml.DocumentStartEvent: Builder._document,
}
"""What is done with each kind of event; the others say nothing."""


def _shown(key: int | float | bool | None) -> str:
    return "an empty key" if key is None else str(key).lower()


def _tag(tag: str) -> str:
    return shorten(tag.replace("tag:yaml.org,2002:", "!!"))
