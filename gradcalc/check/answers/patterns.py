r"""Names that a problem shows with letters in them: `w(i,u,v)` for `w[u][i]`, `\delta[w]` for `da[c]`.

A symbol whose key has letters in brackets is a pattern, in which each of these letters stands for any index. Where a
symbol has another letter than its key (`\delta[w]` of the child c), that letter means the same in all patterns.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from gradcalc.check.answers.normal import normal
from gradcalc.formula.tex.read import TexError, read
from gradcalc.formula.tex.tree import Char, Group, Node, Row, Scripted, Unknown

_KEY: Final = re.compile(r"([^\W\d]\w*)((?:\[[\w,:]+\])+)")
_LETTER: Final = re.compile(r"[^\W\d]")
_STEP: Final = ("+", "-", "−")

Brackets: TypeAlias = tuple[tuple[str, ...], ...]
"""The indices of a key, bracket by bracket."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A name, its indices, and how it is shown; in that a node `Unknown(letter)` stands for any index."""

    name: str
    brackets: Brackets
    row: Row
    is_family: bool = False
    """Whether the first bracket says which member is meant; else all are indices of entries."""

    @property
    def is_column(self) -> bool:
        """Whether it is a row or a column of a matrix, `W[:,i]`: then the matrix itself isn't meant."""
        return any(":" in bracket for bracket in self.brackets)

    def at_start(self, row: Row) -> Found | None:
        """The name as it stands at the beginning of a row; None where it doesn't."""
        put: dict[str, Row] = {}
        size, more = _along(self.row, row, put)
        return Found(self, size, put, more) if size else None


@dataclass(frozen=True, slots=True)
class Found:
    """A name as it stands in a formula: how long it is, what its letters are there, and the scripts at its end."""

    pattern: Pattern
    size: int
    put: Mapping[str, Row]
    more: Scripted | None

    def indices(self) -> Iterator[tuple[Row, ...]]:
        """What stands for each index, bracket by bracket; for a letter that the symbol doesn't have, the letter."""
        for bracket in self.pattern.brackets:
            yield tuple(self.put.get(letter, (Char(letter),)) for letter in bracket)


@dataclass(frozen=True, slots=True)
class Patterns:
    """All of a problem, and which letters of theirs mean which of its own."""

    every: Sequence[Pattern] = ()
    letters: Mapping[str, str] = field(default_factory=dict)

    def at_start(self, row: Row) -> Found | None:
        """The longest name that stands at the beginning of a row; of several the one with the problem's own letters.

        None where it can't be told which is meant.
        """
        found = [each for pattern in self.every if (each := pattern.at_start(row)) is not None]
        ranks = [(each.size, sum(map(self._is_own, each.put.items()))) for each in found]
        best = [each for each, rank in zip(found, ranks, strict=True) if rank == max(ranks)]
        return best[0] if len({each.pattern.name for each in best}) == 1 else None

    def _is_own(self, put: tuple[str, Row]) -> bool:
        """Whether a hole has its own letter in it, or the one that symbols have for that."""
        letter, row = put
        texts = {each.text for each in row if isinstance(each, Char)}
        return letter in {*texts, *(self.letters.get(text) for text in texts)}


def patterns(symbols: Mapping[str, str], families: Collection[str]) -> Patterns:
    """The patterns among a problem's symbols, and `a[c]` as it is typed for families that have none."""
    shown = [*_shown(symbols)]
    letters = {other: mine for _, brackets, row in shown for mine, other in _renamed(brackets, row)}
    found = [
        Pattern(name, brackets, _with_holes(row, _wanted(brackets, letters)), name in families)
        for name, brackets, row in shown
    ]
    without = (name for name in sorted({*families} - {each.name for each in found}) if len(name) == 1)
    typed = (Pattern(name, (("i",),), (Char(name), Char("["), Unknown("i"), Char("]")), True) for name in without)
    return Patterns((*found, *typed), letters)


def _shown(symbols: Mapping[str, str]) -> Iterator[tuple[str, Brackets, Row]]:
    """The symbols whose keys have letters in brackets, as trees."""
    for key, symbol in symbols.items():
        found = _KEY.fullmatch(key)
        brackets = tuple(tuple(each.split(",")) for each in re.findall(r"\[([\w,:]+)\]", found[2])) if found else ()
        if found and any(_letters_of(brackets)):
            try:
                yield found[1], brackets, normal(read(symbol))
            except TexError:  # which the file's own check tells
                continue


def _letters_of(brackets: Brackets) -> Iterator[str]:
    return (part for bracket in brackets for part in bracket if _LETTER.match(part))


def _renamed(brackets: Brackets, row: Row) -> Iterator[tuple[str, str]]:
    """The one letter of a key that its symbol doesn't have, with the one that the symbol has in its place."""
    mine, inside = [*_letters_of(brackets)], [*dict.fromkeys(_letters(_behind_name(row)))]
    lost, others = [each for each in mine if each not in inside], [each for each in inside if each not in mine]
    if len(lost) == len(others) == 1:
        yield lost[0], others[0]


def _wanted(brackets: Brackets, letters: Mapping[str, str]) -> dict[str, str]:
    """What each letter that may stand in the symbol of such a name is in its key."""
    mine = [*_letters_of(brackets)]
    return {other: letter for other, letter in letters.items() if letter in mine} | dict(zip(mine, mine, strict=True))


def _with_holes(row: Row, wanted: Mapping[str, str]) -> Row:
    """A tree with holes for these letters, but not for the letter of the name itself, with which it begins."""
    first, *rest = row
    if not isinstance(first, Scripted):
        return (first, *(_holed(node, wanted) for node in rest))
    scripts = tuple((sign, _holed(script, wanted)) for sign, script in first.scripts)
    return (Scripted(first.base, first.primes, scripts), *(_holed(node, wanted) for node in rest))


def _holed(node: Node, wanted: Mapping[str, str]) -> Node:
    match node:
        case Char(text) if text in wanted:
            return Unknown(wanted[text])
        case Group(items):
            return Group(tuple(_holed(each, wanted) for each in items))
        case Scripted(base, primes, scripts):
            bare = None if base is None else _holed(base, wanted)
            return Scripted(bare, primes, tuple((sign, _holed(script, wanted)) for sign, script in scripts))
    return node


def _behind_name(row: Row) -> Row:
    """A row without the letter of the name, with which it begins."""
    first, *rest = row
    return (*(script for _, script in first.scripts), *rest) if isinstance(first, Scripted) else tuple(rest)


def _letters(row: Iterable[Node]) -> Iterator[str]:
    """The letters in a row, in scripts too."""
    for node in row:
        match node:
            case Char(text) if text.isalpha():
                yield text
            case Group(items):
                yield from _letters(items)
            case Scripted(base, _, scripts):
                yield from _letters(_items(base))
                yield from (letter for _, script in scripts for letter in _letters(_items(script)))


# Holding a row against a pattern.


def _along(pattern: Row, row: Row, put: dict[str, Row]) -> tuple[int, Scripted | None]:
    """How many nodes of the row are as in the pattern, 0 where they aren't, and the last one if it has more scripts."""
    at, more = 0, None
    for number, node in enumerate(pattern):
        taken: Row = ()
        if at < len(row) and isinstance(node, Unknown):
            taken = _index_at(row[at:])
            taken = taken if put.setdefault(node.name, taken) == taken else ()
        elif at < len(row) and _same(node, row[at], put):
            taken = row[at : at + 1]
        elif at < len(row) and number == len(pattern) - 1:
            more = _more(node, row[at], put)
            taken = row[at : at + 1] if more else ()
        if not taken:
            return 0, None
        at += len(taken)
    return at, more


def _same(node: Node, other: Node, put: dict[str, Row]) -> bool:
    """Whether two nodes are alike, but for what stands in the holes."""
    if isinstance(node, Group) and isinstance(other, Group):
        return _filled(node, other, put)
    if isinstance(node, Scripted) and isinstance(other, Scripted):
        signs = [sign for sign, _ in node.scripts] == [sign for sign, _ in other.scripts]
        pairs = zip(
            (node.base, *dict(node.scripts).values()), (other.base, *dict(other.scripts).values()), strict=False
        )
        return signs and node.primes == other.primes and all(_filled(one, two, put) for one, two in pairs)
    return node == other


def _filled(node: Node | None, other: Node | None, put: dict[str, Row]) -> bool:
    """Whether a script is as in the pattern, with or without braces around it."""
    one, two = _items(node), _items(other)
    return _along(one, two, put) == (len(two), None)


def _more(node: Node, other: Node, put: dict[str, Row]) -> Scripted | None:
    """The scripts that the last node has beyond those of the pattern: `a[v]_i` for `a[v]`, `w_i^T` for `w_i`."""
    if not isinstance(other, Scripted) or other.base is None:
        return None
    if not isinstance(node, Scripted):
        return other if _same(node, other.base, put) else None
    mine = dict(node.scripts)
    own = tuple((sign, script) for sign, script in other.scripts if sign in mine)
    rest = tuple((sign, script) for sign, script in other.scripts if sign not in mine)
    primes = other.primes - node.primes
    if primes < 0 or not (rest or primes) or not _same(node, Scripted(other.base, node.primes, own), put):
        return None
    return Scripted(other.base, primes, rest)


def _index_at(row: Row) -> Row:
    """The index that stands at the beginning of a row: a letter or a number, and what is added to it."""
    first = row[0]
    below = dict(first.scripts) if isinstance(first, Scripted) else {}
    bare = first.base if isinstance(first, Scripted) and isinstance(below.get("_"), Char) and len(below) == 1 else first
    if not (isinstance(bare, Char) and (bare.text.isalpha() or bare.text.isdecimal())):
        return ()
    sign, number = (*(each.text if isinstance(each, Char) else "" for each in row[1:3]), "", "")[:2]
    return row[:3] if sign in _STEP and number.isdecimal() else row[:1]


def _items(node: Node | None) -> Row:
    return () if node is None else node.items if isinstance(node, Group) else (node,)
