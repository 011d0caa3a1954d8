"""Names with an index: `over: {t: 3}` and a line `h[t]: …` stand for `h[1]`, `h[2]`, `h[3]`, each with its own line.

A file is written out before its form is looked at: after that there are members by their names, and each remembers the
line that it comes from and the numbers of its letters. Lists have an entry for each member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any, Final, NamedTuple

from gradcalc.formula.brackets import Indices, member_name
from gradcalc.formula.spelling import canonical
from gradcalc.formula.tex.index import with_numbers
from gradcalc.problem.document import ListPlace, MapPlace, Place, is_read
from gradcalc.problem.draft import Draft
from gradcalc.problem.forms import is_loss_alone
from gradcalc.problem.graphs import LEAST, is_edge, letters_of_vertices
from gradcalc.problem.kinds import is_kind, numbered
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Path
from gradcalc.words import shorten

MOST: Final = 1_000
MOST_MEMBERS: Final = 10_000
"""So far may an index count, and so many members may the families of a file have, line by line."""
_NAME: Final = re.compile(r"\s*([^\[\]]+?)\s*\[([^\[\]]{1,100})\]\s*")
_WHOLE: Final = re.compile(r"-?\d{1,9}")
_RANGE: Final = re.compile(r"\s*(-?\d{1,9})\s*\.\.\s*(-?\d{1,9})\s*")
_FORMS: Final = ("equations", "layers", "vertices")
_VALUES: Final = ("inputs", "targets", "parameters", "upstream")
_FORMULAS: Final = ("equations", "let")
_ALIKE: Final = ("points", "vary")
_ANSWERS: Final = ("forward", "deltas", "gradients", "changes", "updated", "after", "let")
_DEFINING: Final = ("inputs", "targets", "parameters", "equations")
_LISTED: Final = ("freeze", "samples", "assumed")

Range = tuple[int, int]
Letters = tuple[tuple[str, float], ...]


class Indexed(NamedTuple):
    """A name with its index: each part a letter or a number."""

    base: str
    parts: tuple[str, ...]

    @property
    def numbers(self) -> tuple[int, ...] | None:
        """The index, if it has no letters."""
        return tuple(map(int, self.parts)) if all(map(_WHOLE.fullmatch, self.parts)) else None


def indexed(written: Any) -> Indexed | None:
    """A name with an index; None where it is something else."""
    found = _NAME.fullmatch(written) if isinstance(written, str) else None
    if found is None:
        return None
    return Indexed(canonical(found[1]), tuple(part.strip() for part in found[2].split(",")))


def member_of(name: str) -> tuple[str, tuple[int, ...]] | None:
    """The family and the index of a name that a file gives; None of one without an index."""
    found = indexed(name)
    return None if found is None or found.numbers is None else (found.base, found.numbers)


def write_out(draft: Draft) -> None:
    """Put the members in the place of each family's line. Raises InputError where they can't be had."""
    data = draft.document.data
    has_form = isinstance(data, dict) and any(isinstance(data.get(form), dict | list) for form in _FORMS)
    if not isinstance(data, dict) or not (has_form or is_loss_alone(data)):
        return
    if draft.document.written_out is not None:  # another draft of the same file
        draft.indices, draft.bound, draft.sources = draft.document.written_out
        return
    faults = len(draft.faults)
    ranges = _ranges(draft, data.get("over"))
    if ranges and "equations" not in data:
        _written_once(draft, data, ranges)
    if "vertices" not in data:
        _Writer(draft, data, ranges).write()
    if len(draft.faults) > faults:
        draft.stop()  # without the members everything else would be called unknown
    draft.document.written_out = draft.indices, draft.bound, draft.sources


def _written_once(draft: Draft, data: dict[str, Any], ranges: Mapping[str, Range]) -> None:
    from gradcalc.problem.once import write_layers, write_vertices  # which few problems need

    layers = data.get("layers")
    if isinstance(layers, list):
        write_layers(draft, layers, ranges)
    if "vertices" in data:
        write_vertices(draft, data, ranges)


def _ranges(draft: Draft, written: Any) -> dict[str, Range]:
    """How far each letter counts."""
    if written is None or not is_read(written):
        return {}
    if not isinstance(written, dict) or not written:
        draft.fault(("over",), ": write a mapping from an index to how far it counts, such as {t: 3}")
        return {}
    found = {letter: _range(draft, letter, value) for letter, value in written.items() if is_read(value)}
    return {letter: each for letter, each in found.items() if each is not None and _is_letter(draft, letter)}


def _is_letter(draft: Draft, letter: str) -> bool:
    problem = draft.no_name(letter)
    if problem:
        draft.key_fault(("over", letter), problem)
    return not problem


def _range(draft: Draft, letter: str, value: Any) -> Range | None:
    path: Path = ("over", letter)
    found = _RANGE.fullmatch(value) if isinstance(value, str) else None
    if isinstance(value, int) and not isinstance(value, bool):
        first, last = 1, value
    elif isinstance(value, str) and value.strip().isidentifier():
        of_vertices = letter in letters_of_vertices(draft.document.value("parameters"))
        return 1, draft.counted(value.strip(), LEAST if of_vertices else 0)
    elif found is not None:
        first, last = int(found[1]), int(found[2])
    else:
        written = "no number" if isinstance(value, list | dict | None) else shorten(draft.document.written(*path))
        draft.fault(
            path, f"is {written or 'empty'}: it must be a whole number such as 3, a range such as 0..2, or a letter"
        )
        return None
    if last < first:
        draft.fault(path, f"counts from {first} to {last}: there is nothing to count")
    elif last - first >= MOST:
        draft.fault(path, f"counts {last - first + 1:,} times: an index counts at most {MOST:,} times")
    else:
        return first, last
    return None


class _Writer:
    def __init__(self, draft: Draft, data: dict[str, Any], ranges: Mapping[str, Range]) -> None:
        self.draft, self.data, self.ranges = draft, data, ranges
        self.families: dict[str, tuple[str, ...]] = {}
        """The letters of each family, or the numbers of its members where none has letters."""
        self.single: set[str] = set()
        """Members that have a line of their own."""
        self.count = 0

    def write(self) -> None:
        for section in _DEFINING:
            self.note(section)
        if not self.families and not self.ranges:
            return
        self.refuse_clashes()
        self.draft.indices = Indices(frozenset(self.every_family()), tuple(self.ranges.items()))
        for section in (*_VALUES, *_FORMULAS, *_ALIKE, "symbols"):
            self.section((section,))
        self.answers(("expected",))
        for section in _LISTED:
            self.list(section)

    def every_family(self) -> Iterator[str]:
        """The families, and what the gradients and new values of their members are called before the bracket."""
        for base in self.families:
            yield from (base, gradient_name(base), new_name(base))

    def note(self, section: str) -> None:
        """Look which families a section has members of."""
        mapping = self.data.get(section)
        for raw in mapping if isinstance(mapping, dict) else ():
            found = indexed(raw)
            if found is None:
                continue
            if found.base not in self.families or found.numbers is None:
                self.families[found.base] = found.parts
            if found.numbers is not None:
                self.single.add(member_name(found.base, found.numbers))

    def refuse_clashes(self) -> None:
        for section in _DEFINING:
            mapping = self.data.get(section)
            for raw in mapping if isinstance(mapping, dict) else ():
                name = canonical(raw)
                if name in self.ranges:
                    said = f": '{name}' is an index under 'over'; choose another name"
                    self.draft.key_fault((section, raw), said)
                elif name in self.families:
                    said = f": '{name}' has members such as {name}[1] already; choose another name"
                    self.draft.key_fault((section, raw), said)

    # Sections of a file.

    def answers(self, path: Path) -> None:
        """The answers under `expected`, and those of each step."""
        sheet = self.draft.document.value(*path)
        for key in sheet if isinstance(sheet, dict) else ():
            if key in _ANSWERS:
                self.section((*path, key))
        steps = sheet.get("steps") if isinstance(sheet, dict) else None
        for step in steps if isinstance(steps, dict) else ():
            self.answers((*path, "steps", step))

    def section(self, path: Path) -> None:
        """A mapping with the members in the place of the families."""
        mapping = self.draft.document.value(*path)
        if not isinstance(mapping, dict) or not any("[" in raw or self.is_whole(raw) for raw in mapping):
            return
        place = self.draft.document.place(path)
        assert isinstance(place, MapPlace)
        written: dict[str, Any] = {}
        for raw, value in mapping.items():
            for name, each, at, source in self.members(path, raw, value, place):
                if is_edge(value) and not self.is_edge(raw, name):
                    continue
                written[name] = each
                if name != raw:
                    place.items[name], place.keys[name] = at, place.keys[raw]
                    self.draft.sources[*path, name] = source
            if path[0] == "symbols":
                written.setdefault(raw, value)  # with its letters, which formulas of answers may have
        mapping.clear()
        mapping.update(written)

    def is_edge(self, raw: str, name: str) -> bool:
        """Whether the graph has the edge whose weight has that name; one that it hasn't weighs 0."""
        indices = member_of(name)
        if indices is None or len(indices[1]) != 2:
            self.draft.fault(("parameters", raw), f"is no edge: write two indices, as in {raw.partition('[')[0]}[u,v]")
            return False
        there = indices[1] in self.draft.edges(max(last for _, last in self.ranges.values()))
        if not there:
            absent = self.draft.indices.absent | {name}
            self.draft.indices = replace(self.draft.indices, absent=absent)
        return there

    def is_whole(self, raw: str) -> bool:
        """Whether a family is named without its index, where each member has an entry of a list."""
        return canonical(raw) in self.families

    def members(self, path: Path, raw: str, value: Any, place: MapPlace) -> Iterator[tuple[str, Any, Place, Path]]:
        """The name, the value and the place of each member, and the path that it comes from; another key as it is."""
        here = (*path, raw)
        found = indexed(raw)
        if found is None and self.is_whole(raw) and path[0] == "expected" and isinstance(value, list):
            found = Indexed(canonical(raw), self.families[canonical(raw)])
        as_it_is = raw, value, place.items[raw], here
        if found is None:
            yield as_it_is
            return
        if found.numbers is not None:
            yield (member_name(found.base, found.numbers), *as_it_is[1:]) if self.is_member(found) else as_it_is
            return
        letters = [part for part in found.parts if not _WHOLE.fullmatch(part)]
        if not self.known(here, letters, found):
            return
        counts = [range(first, last + 1) for first, last in map(self.ranges.__getitem__, letters)]
        self.count += prod(map(len, counts))
        if self.count > MOST_MEMBERS:
            self.draft.key_fault(here, f": with this line there are more than {MOST_MEMBERS:,} members")
            return
        every = [*product(*counts), *(self.beyond(found, counts) if path[0] == "symbols" else ())]
        for numbers in every:
            bound = dict(zip(letters, numbers, strict=True))
            index = tuple(bound[part] if part in bound else int(part) for part in found.parts)
            name = member_name(found.base, index)
            if name in self.single and path[0] in _DEFINING:
                continue
            positions = tuple(numbers[i] - counts[i].start for i in range(len(counts)))
            each = self.member(path, here, value, place.items[raw], positions, counts)
            if each is None:
                return
            if path[0] in _VALUES and isinstance(value, str) and "[" in value:
                each = (numbered(value, bound), *each[1:])
            self.draft.bound[*path, name] = tuple((letter, float(number)) for letter, number in bound.items())
            if path[0] == "symbols" and isinstance(value, str):
                each = (with_numbers(value, bound), each[1], here)
            yield name, *each

    def beyond(self, found: Indexed, counts: list[range]) -> Iterator[tuple[int, ...]]:
        """The indices of members with a line of their own, where the letters don't count to them: 0 of `h[0]`."""
        fixed = [int(part) if _WHOLE.fullmatch(part) else None for part in found.parts]
        for member in filter(None, map(indexed, sorted(self.single))):
            own = member.numbers if member.base == found.base else None
            if own is None or len(own) != len(fixed):
                continue
            pairs = list(zip(fixed, own, strict=True))
            numbers = tuple(number for wanted, number in pairs if wanted is None)
            within = all(number in count for number, count in zip(numbers, counts, strict=True))
            if not within and all(wanted in (None, number) for wanted, number in pairs):
                yield numbers

    def is_member(self, found: Indexed) -> bool:
        return found.base in self.families or found.base in self.draft.indices.families

    def known(self, path: Path, letters: list[str], found: Indexed) -> bool:
        """Whether the letters of an index all count, each once; a fault where one doesn't."""
        unknown = next((letter for letter in letters if letter not in self.ranges), None)
        if unknown is None and len(set(letters)) == len(letters):
            return True
        if unknown is None:
            said = f": the index '{letters[0]}' stands twice in it"
        elif re.fullmatch(r"[^\W\d]\w*", unknown):
            said = f": how far does '{unknown}' count? Say so under 'over', as in over: {{{unknown}: 3}}"
        else:
            said = f": an index is a letter or a number here: write {found.base}[t]"
        self.draft.key_fault(path, said)
        return False

    def member(
        self, path: Path, here: Path, value: Any, place: Place, positions: tuple[int, ...], counts: list[range]
    ) -> tuple[Any, Place, Path] | None:
        """What one member has: the same formula, or its entry of the list; None, and a fault, where there is none."""
        if path[0] in (*_FORMULAS, *_ALIKE, "symbols") or (isinstance(value, str) and is_kind(value)):
            return value, place, here
        for position, count in zip(positions, counts, strict=True):
            if not is_read(value):
                return value, place, here
            if not isinstance(value, list) or len(value) != len(count):
                what = f"has {len(value)} of them" if isinstance(value, list) else "is no list"
                said = f"{what}: it must be a list with one entry for each of {count.start} to {count.stop - 1}"
                self.draft.fault(here, said)
                return None
            value, here = value[position], (*here, position)
            place = place.items[position] if isinstance(place, ListPlace) else place
        return value, place, here

    def list(self, section: str) -> None:
        """`freeze: W[l]` is all members of W."""
        names = self.data.get(section)
        if isinstance(names, str):
            names = [names]
        if not isinstance(names, list) or not any(isinstance(raw, str) and "[" in raw for raw in names):
            return
        self.data[section] = [name for raw in names for name in self.listed(raw)]

    def listed(self, raw: Any) -> Iterator[Any]:
        found = indexed(raw)
        letters = [] if found is None else [part for part in found.parts if part in self.ranges]
        if found is None or found.numbers is not None or len(letters) < len(found.parts):
            yield raw
            return
        counts = [range(first, last + 1) for first, last in map(self.ranges.__getitem__, letters)]
        yield from (member_name(found.base, numbers) for numbers in product(*counts))
