r"""What the shown entries of a matrix with dots have in common, as trees of TeX with letters for their places.

`a_1 x_1 & a_2 x_1 & \dots & a_K x_1 \\ \vdots …` says that the entry of row p and column q is `a_q x_p`: where the
shown entries differ, they differ as their places do. The diagonal may have a rule of its own; an entry that doesn't
follow the rule of the others stands for itself alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gradcalc.check.answers.nodes import made_of, outside, rows_in, signs_of
from gradcalc.formula.tex.tree import Char, Group, Node, Row, Scripted

LAST: Final = 0
"""The place behind the dots; the others are numbered from 1."""
MOST_SHOWN: Final = 64
"""So many entries may be shown, of which each is compared with the others."""

Place = tuple[int, int]
Letters = tuple[str, str]
"""What counts rows and what counts columns; empty where there is one row, or one column."""


class NoRule(Exception):
    """The entries that are shown follow no one rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The entry of each row and column, by the letters that count these."""

    letters: Letters
    ends: tuple[Row, Row]
    """What the last row, and the last column, is called; empty where nothing says that."""
    entry: Row
    diagonal: tuple[Row, ...] = ()
    """The entry of the diagonal, where it follows another rule."""
    alone: tuple[tuple[Place, Row], ...] = ()
    """Entries that follow neither."""

    @property
    def is_square(self) -> bool:
        """Whether the last row and the last column are called alike."""
        return all(self.letters) and self.ends[0] == self.ends[1]


def rule_of(shown: Mapping[Place, Row], letters: Letters, may_be_alone: bool = True) -> Rule:
    """The rule that shown entries follow: one for all, or one for the diagonal and one beside it.

    Where there is no such rule, one that all but one follow, if one `may_be_alone`. Raises NoRule.
    """
    if len(shown) > MOST_SHOWN or len(shown) < 2:
        raise NoRule
    diagonal = {place: row for place, row in shown.items() if place[0] == place[1]} if all(letters) else {}
    others = {place: row for place, row in shown.items() if place not in diagonal}
    groupings: list[list[Mapping[Place, Row]]] = [[shown]]
    groupings += [[diagonal, others]] if len(diagonal) > 1 and len(others) > 1 else []
    for but_for_one in (False, may_be_alone):
        for groups in groupings:
            try:
                return _followed(groups, letters, but_for_one)
            except NoRule:
                continue
    raise NoRule


def _followed(groups: Sequence[Mapping[Place, Row]], letters: Letters, but_for_one: bool) -> Rule:
    ends: dict[int, Node] = {}
    entries: list[Row] = []
    alone: list[tuple[Place, Row]] = []
    for group in groups:
        try:
            found, ends = _common(group, letters, ends)
        except NoRule:
            if not but_for_one:
                raise
            found, ends, place = _all_but_one(group, letters, ends)
            alone.append((place, _by_letters(place, group[place], letters, ends)))
        entries.append(found)
    shown_ends = ((ends[0],) if 0 in ends else (), (ends[1],) if 1 in ends else ())
    whole = Rule(letters, shown_ends, entries[-1], tuple(entries[:-1]), tuple(alone))
    if whole.diagonal and not whole.is_square:
        raise NoRule
    return whole


def _all_but_one(
    group: Mapping[Place, Row], letters: Letters, ends: Mapping[int, Node]
) -> tuple[Row, dict[int, Node], Place]:
    """The rule of a group without one of its entries; of two the first is the rule."""
    for place in group:
        rest = {each: row for each, row in group.items() if each != place}
        if len(rest) > 1:
            try:
                found, every = _common(rest, letters, ends)
            except NoRule:
                continue
            return found, {**_told_apart(next(iter(rest)), place, group, letters), **every}, place
    if len(group) != 2:
        raise NoRule
    first, last = group
    every = {**_told_apart(first, last, group, letters), **ends}
    found = _by_letters(first, group[first], letters, every)
    if found == group[first]:
        raise NoRule
    return found, every, last


def _told_apart(first: Place, last: Place, group: Mapping[Place, Row], letters: Letters) -> dict[int, Node]:
    """What the last place is called, of two entries: the one index that only the last entry has, if there is one."""
    others = list(_indices(group[first]))
    new = [node for node in dict.fromkeys(_indices(group[last])) if node not in others]
    axes = [axis for axis in (0, 1) if letters[axis] and last[axis] == LAST != first[axis]]
    return dict.fromkeys(axes, new[0]) if len(new) == 1 else {}


def _by_letters(place: Place, row: Row, letters: Letters, ends: Mapping[int, Node]) -> Row:
    """An entry with letters in place of the numbers of its row and column, where these are indices.

    A number that may be that of either stays, if it is small enough to be there at any size.
    """
    put: dict[Node, Node] = {}
    names = [ends.get(axis) if place[axis] == LAST else Char(str(place[axis])) for axis in (0, 1)]
    if all(letters) and place[0] == place[1] != LAST and ends.get(0) != ends.get(1):
        if place[0] > 2:
            raise NoRule
        return row
    for axis in (1, 0):
        name = names[axis]
        if letters[axis] and name is not None:
            put[name] = Char(letters[axis])
    return tuple(_with_indices(node, put) for node in row)


def _common(group: Mapping[Place, Row], letters: Letters, ends: Mapping[int, Node]) -> tuple[Row, dict[int, Node]]:
    """What entries have in common, and what their last row and column are called. Raises NoRule."""
    common = _Common([*group], letters, ends)
    return common.row([*group.values()]), common.ends


class _Common:
    """Compares entries node by node; where they differ, a letter for the place must do."""

    def __init__(self, places: Sequence[Place], letters: Letters, ends: Mapping[int, Node]) -> None:
        self.places, self.letters, self.ends = places, letters, dict(ends)

    def row(self, rows: Sequence[Row]) -> Row:
        """Rows of the same length."""
        if len({len(row) for row in rows}) != 1:
            raise NoRule
        return tuple(self.node(nodes) for nodes in zip(*rows, strict=True))

    def node(self, nodes: Sequence[Node]) -> Node:
        """Nodes that are alike, or alike within, or numbers of their places."""
        if all(node == nodes[0] for node in nodes):
            return nodes[0]
        if len({type(node) for node in nodes}) == 1:
            before = dict(self.ends)
            try:
                return self.within(nodes)
            except NoRule:
                self.ends = before
        return self.place(nodes)

    def within(self, nodes: Sequence[Node]) -> Node:
        """Nodes of one kind, of which the parts are compared."""
        first = nodes[0]
        if len({outside(node) for node in nodes}) != 1 or (isinstance(first, Scripted) and first.base is None):
            raise NoRule
        parts = [self.script(each) if isinstance(first, Scripted) else self.row(each) for each in _parts_of(nodes)]
        return made_of(first, parts)

    def script(self, rows: Sequence[Row]) -> Row:
        """A base or scripts; `w_{12}` has two indices where `w_{1n}` has."""
        before = dict(self.ends)
        try:
            return self.row(rows)
        except NoRule:
            self.ends = before
            return (self.node([_digits_apart(row) for row in rows]),)

    def place(self, nodes: Sequence[Node]) -> Node:
        """The letter of the row or the column of which these are the numbers."""
        fitting = [axis for axis in (0, 1) if self.letters[axis] and self.counts(nodes, axis)]
        if not fitting:
            raise NoRule
        for axis in fitting:
            last = next((node for place, node in zip(self.places, nodes, strict=True) if place[axis] == LAST), None)
            self.ends |= {} if last is None else {axis: last}
        return Char(self.letters[fitting[0]])

    def counts(self, nodes: Sequence[Node], axis: int) -> bool:
        """Whether these are 1, 2, and at the last place always the same."""
        pairs = [(place[axis], node) for place, node in zip(self.places, nodes, strict=True)]
        last = self.ends.get(axis) or next((node for number, node in pairs if number == LAST), None)
        return all(node == (last if number == LAST else Char(str(number))) for number, node in pairs)


def _parts_of(nodes: Sequence[Node]) -> Iterator[Sequence[Row]]:
    return zip(*map(rows_in, nodes), strict=True)


def _digits_apart(row: Row) -> Node:
    """A number of two digits as a group of them, of one script."""
    node = row[0]
    return Group(tuple(map(Char, node.text))) if isinstance(node, Char) and len(node.text) == 2 else node


def _indices(row: Row) -> Iterator[Node]:
    """What stands below or in brackets, in a row and within."""
    for i, node in enumerate(row):
        if i and row[i - 1] == Char("[") and row[i + 1 : i + 2] == (Char("]"),):
            yield node
        for sign, part in zip(signs_of(node), rows_in(node), strict=True):
            if sign == "_":
                yield from part[0].items if isinstance(part[0], Group) else part
            else:
                yield from _indices(part)


def _with_indices(node: Node, put: Mapping[Node, Node]) -> Node:
    """A node with other nodes for some of its indices."""
    parts = rows_in(node)
    if not parts:
        return node
    signed = zip(signs_of(node), parts, strict=True)
    return made_of(node, [_below(part, put) if sign == "_" else _inside(part, put) for sign, part in signed])


def _below(part: Row, put: Mapping[Node, Node]) -> Row:
    node = part[0]
    if isinstance(node, Group):
        return (Group(tuple(put.get(each, each) for each in node.items)),)
    return (put.get(node, node),)


def _inside(part: Row, put: Mapping[Node, Node]) -> Row:
    found = [_with_indices(node, put) for node in part]
    for i in range(1, len(part) - 1):
        if part[i - 1] == Char("[") and part[i + 1] == Char("]"):
            found[i] = put.get(part[i], found[i])
    return tuple(found)
