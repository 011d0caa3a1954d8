"""Read a document's data as a form, in one pass that collects everything that doesn't fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, fields
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from gradcalc.problem.document import UNREADABLE
from gradcalc.problem.keys import SOMETHING, Keys, Limits, Must, OneOf, Or, Short, Written, is_form, is_required
from gradcalc.program.problem import Path

T = TypeVar("T", bound=Keys)


class Misfit(NamedTuple):
    """Something that doesn't fit: where, why, what it `must` be, and of an unknown key which `keys` there are."""

    path: Path
    why: Literal["empty", "unknown", "missing", "wrong"]
    must: Must = SOMETHING
    keys: tuple[str, ...] = ()


def fitted(form: type[T], data: dict[str, Any]) -> tuple[T, list[Misfit]]:
    """The form with the data's values, and everything in the data that doesn't fit it.

    A key whose value doesn't fit has its default, or is UNREADABLE where it has none. Items of lists keep their
    numbers: one that doesn't fit is UNREADABLE, and so is a form that is of use only as a whole. Values of mappings
    with keys of one's own are left out where they don't fit.
    """
    fitting = _Fitting()
    return fitting.form(form, data, ()), fitting.misfits


@cache
def kinds(form: Any) -> Mapping[str, tuple[Any, Field[Any]]]:
    """The kind of value that each key of a form takes, and what else is known of the key."""
    hints = get_type_hints(form, include_extras=True)
    return {key.name: (hints[key.name], key) for key in fields(form)}


class _Fitting:
    """One pass over the data. Each method gives what a value is read as; UNREADABLE where that can't be told."""

    def __init__(self) -> None:
        self.misfits: list[Misfit] = []

    def form(self, form: Any, data: dict[str, Any], path: Path) -> Any:
        known = kinds(form)
        read = {key: self._key(form, key, value, (*path, key)) for key, value in data.items()}
        for name, (_, key) in known.items():
            if name not in data and is_required(key):
                self.misfits.append(Misfit((*path, name), "missing", key.metadata["must"]))
        usable = {key: value for key, value in read.items() if key in known and value is not UNREADABLE}
        unread = {name: UNREADABLE for name, (_, key) in known.items() if is_required(key)}
        return form(**unread | usable)

    def _key(self, form: Any, key: str, value: Any, path: Path) -> Any:
        known = kinds(form)
        if key in known or value is None or value is UNREADABLE:
            kind, about = known.get(key, (Any, None))
            return self.value(kind, value, path, {} if about is None else about.metadata)
        self.misfits.append(Misfit(path, "unknown", keys=tuple(known)))
        return UNREADABLE

    def value(self, kind: Any, value: Any, path: Path, about: Mapping[str, Any]) -> Any:
        """A value as one of that kind; `about` has the words for what it must be."""
        if value is None or value is UNREADABLE or kind is Any:
            return self._anything(value, path)
        if is_form(kind):
            return self._part(kind, value, path, about)
        if kind is float and type(value) is int:
            return float(value)
        reader = _READERS.get(get_origin(kind))
        if reader is not None:
            return reader(self, get_args(kind), value, path, about)
        return value if type(value) is kind else self._wrong(path, about)

    def _wrong(self, path: Path, about: Mapping[str, Any]) -> Any:
        self.misfits.append(Misfit(path, "wrong", about["must"]))
        return UNREADABLE

    def _anything(self, value: Any, path: Path, gaps: bool = False) -> Any:
        """A value that is read elsewhere: all that is asked here is that there is one, and all that is in it.

        With `gaps`, entries of lists may be left out.
        """
        if value is None:
            self.misfits.append(Misfit(path, "empty"))
            return UNREADABLE
        if isinstance(value, dict):
            read = {key: self._anything(inner, (*path, key), gaps) for key, inner in value.items()}
            return {key: inner for key, inner in read.items() if inner is not UNREADABLE}
        if isinstance(value, list) and not set(map(type, value)) <= {int, float, str}:
            left_out = (None,) if gaps else ()
            return [v if v in left_out else self._anything(v, (*path, i), gaps) for i, v in enumerate(value)]
        return value

    def _part(self, form: Any, value: Any, path: Path, about: Mapping[str, Any]) -> Any:
        """A form within another."""
        if not isinstance(value, dict):
            return self._wrong(path, about)
        before = len(self.misfits)
        read = self.form(form, value, path)
        unread = len(self.misfits) > before or any(inner is UNREADABLE for inner in value.values())
        return UNREADABLE if form.whole and unread else read

    def _list(self, kinds: tuple[Any, ...], value: Any, path: Path, about: Mapping[str, Any]) -> Any:
        """A list, item by item."""
        if not isinstance(value, list):
            return self._wrong(path, about)
        item = {"must": about["each"]}
        return [self.value(kinds[0], inner, (*path, i), item) for i, inner in enumerate(value)]

    def _mapping(self, kinds: tuple[Any, ...], value: Any, path: Path, about: Mapping[str, Any]) -> Any:
        """A mapping with keys of one's own."""
        if not isinstance(value, dict):
            return self._wrong(path, about)
        item = {"must": about["each"]}
        read = {key: self.value(kinds[1], inner, (*path, key), item) for key, inner in value.items()}
        return {key: inner for key, inner in read.items() if inner is not UNREADABLE}

    def _optional(self, kinds: tuple[Any, ...], value: Any, path: Path, about: Mapping[str, Any]) -> Any:
        """A value of the kind; None is for keys that are left out, never written."""
        return self.value(kinds[0], value, path, about)

    def _one_of(self, choices: tuple[Any, ...], value: Any, path: Path, about: Mapping[str, Any]) -> Any:
        return value if value in choices else self._wrong(path, about)

    def _annotated(self, kinds: tuple[Any, ...], value: Any, path: Path, about: Mapping[str, Any]) -> Any:
        kind, more = kinds
        if isinstance(more, Short) and (meant := more.meant(value)) is not value:
            return self._short(kind, meant, path, about)
        if isinstance(more, Or) and isinstance(value, more.types):
            return self._anything(value, path, gaps=True)
        if isinstance(more, OneOf):
            return self.value(more.of(value), value, path, about)
        if isinstance(more, Written) and more.gaps:
            return self._anything(value, path, gaps=True)
        read = self.value(kind, value, path, about)
        if isinstance(more, Limits) and read is not UNREADABLE and not _within(more, value):
            return self._wrong(path, about)
        return read

    def _short(self, kind: Any, meant: Any, path: Path, about: Mapping[str, Any]) -> Any:
        """What is written in short has no places inside: it fits as a whole or not at all."""
        inner = _Fitting()
        read = inner.value(kind, meant, path, about)
        return self._wrong(path, about) if inner.misfits else read


def _within(limits: Limits, value: Any) -> bool:
    if limits.min_length is not None:
        return len(value) >= limits.min_length
    above, least, most, _ = limits
    return (above is None or value > above) and (least is None or value >= least) and (most is None or value <= most)


_READERS: Final[Mapping[Any, Callable[..., Any]]] = {
    Annotated: _Fitting._annotated,
    list: _Fitting._list,
    dict: _Fitting._mapping,
    Union: _Fitting._optional,
    UnionType: _Fitting._optional,
    Literal: _Fitting._one_of,
}
