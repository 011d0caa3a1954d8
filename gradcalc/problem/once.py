"""Layers and vertices written once for several: `weights[l]: [A, B, C]` with `over: {l: 3}` is three layers.

A vertex `h[l]` is one for each l, named `h1`, `h2`, ..., and `h[l-1]` among its weights is the one before. What
differs is given in lists with an entry for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gradcalc.formula.spelling import canonical
from gradcalc.problem.document import ListPlace, MapPlace, Place, is_read
from gradcalc.problem.draft import Draft
from gradcalc.program.problem import Path

_KEY: Final = re.compile(r"\s*([^\[\]]+?)\s*\[\s*(-?\d{1,9}|[^\W\d]\w*)\s*(?:([+-])\s*(\d{1,9}))?\s*\]\s*")
_GIVEN: Final = ("inputs", "targets")


class _Once(NamedTuple):
    """A name with an index: a letter and what is added to it, or a number alone."""

    base: str
    letter: str
    offset: int

    def at(self, number: int) -> str:
        """The name of the vertex with that number for the letter."""
        counted = self.offset + (number if self.letter else 0)
        return f"{self.base}{counted}" if counted >= 0 else f"{self.base}_{-counted}"


def _read(key: Any) -> _Once | None:
    found = _KEY.fullmatch(key) if isinstance(key, str) else None
    if found is None:
        return None
    base, index, sign, more = found.groups()
    if re.fullmatch(r"-?\d+", index):
        return None if more else _Once(canonical(base), "", int(index))
    return _Once(canonical(base), index, int(f"{sign}{more}") if more else 0)


Ranges = Mapping[str, tuple[int, int]]


def write_layers(draft: Draft, layers: list[Any], ranges: Ranges) -> None:
    """Put several layers in the place of each that is written once."""
    place = draft.document.place(("layers",))
    if not isinstance(place, ListPlace):
        return
    written: list[tuple[Any, Place]] = []
    for number, layer in enumerate(layers):
        letter = _letter(draft, ("layers", number), layer, ranges)
        own = place.items[number]
        if letter is None or not isinstance(own, MapPlace):
            if len(written) != number:
                draft.sources["layers", len(written)] = ("layers", number)
            written.append((layer, own))
            continue
        for position in range(ranges[letter][1] - ranges[letter][0] + 1):
            here: Path = ("layers", len(written))
            draft.sources[here] = ("layers", number)
            written.append(_one_of(draft, layer, own, position, ranges[letter], (here, ("layers", number))))
    layers[:] = [layer for layer, _ in written]
    place.items[:] = [own for _, own in written]


def _letter(draft: Draft, path: Path, mapping: Any, ranges: Ranges) -> str | None:
    """The letter by which a layer is written once; None of one that stands for itself, and where a fault is told."""
    keys = [key for key in mapping if (found := _read(key)) and found.letter] if isinstance(mapping, dict) else []
    letters = list(dict.fromkeys(found.letter for key in keys if (found := _read(key))))
    for key, letter in zip(keys, letters, strict=False):
        if letter not in ranges:
            said = f": how far does '{letter}' count? Say so under 'over', as in over: {{{letter}: 3}}"
            draft.key_fault((*path, key), said)
            return None
    return letters[0] if letters else None


def _one_of(
    draft: Draft, layer: dict[str, Any], own: MapPlace, position: int, counts: tuple[int, int], paths: tuple[Path, Path]
) -> tuple[dict[str, Any], MapPlace]:
    """One of the layers, and the places of its values."""
    here, source = paths
    made, place = dict[str, Any](), MapPlace(own.start)
    for key, value in layer.items():
        found = _read(key)
        name = found.base if found is not None else key
        each, at, where = value, own.items[key], (*source, key)
        if found is not None:
            each, at, where = _entry(draft, where, value, at, position, counts)
        elif isinstance(value, list):
            draft.fault(where, f"is the same for all: each layer has its own, so write {key}[{_name_of(layer)}]")
        made[name], place.items[name], place.keys[name] = each, at, own.keys[key]
        draft.sources[*here, name] = where
    return made, place


def _name_of(layer: dict[str, Any]) -> str:
    return next(found.letter for key in layer if (found := _read(key)) and found.letter)


def _entry(
    draft: Draft, path: Path, value: Any, place: Place, position: int, counts: tuple[int, int]
) -> tuple[Any, Place, Path]:
    """The entry of a list that belongs to one; the whole, and a fault, where there isn't one for each."""
    count = counts[1] - counts[0] + 1
    if isinstance(value, list) and len(value) == count and isinstance(place, ListPlace):
        return value[position], place.items[position], (*path, position)
    if is_read(value):
        what = f"has {len(value)} of them" if isinstance(value, list) else "is no list"
        draft.fault(path, f"{what}: it must be a list with one entry for each of {counts[0]} to {counts[1]}")
    return value, place, path


# Vertices


def write_vertices(draft: Draft, data: dict[str, Any], ranges: Ranges) -> None:
    """Put several vertices in the place of each that is written once, and members of inputs and targets."""
    expected = data.get("expected")
    answers = [("expected", key) for key in expected] if isinstance(expected, dict) else []
    for path in (*((section,) for section in (*_GIVEN, "vertices")), *answers):
        mapping = draft.document.value(*path)
        place = draft.document.place(path) if isinstance(mapping, dict) else None
        if isinstance(mapping, dict) and isinstance(place, MapPlace) and any(map(_read, mapping)):
            _write_section(draft, mapping, place, path, ranges)


def _write_section(draft: Draft, mapping: dict[str, Any], place: MapPlace, path: Path, ranges: Ranges) -> None:
    written: dict[str, Any] = {}
    for key, value in list(mapping.items()):
        for name, each, at, source in _members(draft, key, value, place.items[key], (*path, key), ranges):
            if each is None and path[0] == "expected":
                continue  # an answer that isn't given
            if name in written:
                draft.key_fault((*path, key), f": there is a '{name}' already; choose another name")
                continue
            written[name] = each
            place.items[name], place.keys[name] = at, place.keys[key]
            if source != (*path, name):
                draft.sources[*path, name] = source
    mapping.clear()
    mapping.update(written)


def _members(
    draft: Draft, key: str, value: Any, place: Place, path: Path, ranges: Ranges
) -> Iterator[tuple[str, Any, Place, Path]]:
    found = _read(key)
    is_vertex = path[0] == "vertices"
    if found is None or not found.letter:
        name = key if found is None else found.at(0)
        inner = _vertex(draft, value, place, path, 0, None) if is_vertex else (value, place)
        yield (name, *inner, path)
        return
    if _letter(draft, path[:-1], {key: value}, ranges) is None:
        return
    counts = ranges[found.letter]
    for position, number in enumerate(range(counts[0], counts[1] + 1)):
        if is_vertex:
            yield (found.at(number), *_vertex(draft, value, place, path, position, counts, found.at(number)), path)
        else:
            yield (found.at(number), *_entry(draft, path, value, place, position, counts))


def _vertex(
    draft: Draft,
    value: Any,
    place: Place,
    path: Path,
    position: int,
    counts: tuple[int, int] | None,
    name: str = "",
) -> tuple[Any, Place]:
    """One of the vertices: its own weights by where they come from, its own bias."""
    if not isinstance(value, dict) or not isinstance(place, MapPlace):
        return value, place
    made, own = dict[str, Any](), MapPlace(place.start)
    here = (*path[:-1], name or path[-1])
    for key, each in value.items():
        at, where = place.items[key], (*path, key)
        if key == "weights" and isinstance(each, dict) and isinstance(at, MapPlace):
            each, at = _weights(draft, each, at, where, (*here, key), position, counts)
        elif key == "bias" and counts is not None:
            each, at, where = _entry(draft, where, each, at, position, counts)
            draft.sources[*here, key] = where
        made[key], own.items[key], own.keys[key] = each, at, place.keys[key]
    return made, own


def _weights(
    draft: Draft,
    weights: dict[str, Any],
    place: MapPlace,
    path: Path,
    here: Path,
    position: int,
    counts: tuple[int, int] | None,
) -> tuple[dict[str, Any], MapPlace]:
    made, own = dict[str, Any](), MapPlace(place.start)
    for key, value in weights.items():
        found, at, where = _read(key), place.items[key], (*path, key)
        name = key if found is None else found.at(position + counts[0] if counts else 0)
        if counts is not None:
            value, at, where = _entry(draft, where, value, at, position, counts)
        made[name], own.items[name], own.keys[name] = value, at, place.keys[key]
        draft.sources[*here, name] = where
    return made, own
