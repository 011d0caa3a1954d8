r"""Names of a student's own with indices: `\gamma_t^{(k)}` for ∂J[t]/∂h[k], or for any formula with letters.

What a name stands for is kept as text with the letters of its own line, and read anew with those of each use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gradcalc.check.answers.families import INDEX, Family, index_in, joined, pieces
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.parts import Part
from gradcalc.check.answers.trees import bare
from gradcalc.formula.expr import Name
from gradcalc.formula.tex.tree import Row, Scripted
from gradcalc.formula.write import code

if TYPE_CHECKING:
    from gradcalc.check.answers.meanings import Meanings

_BRACKET: Final = re.compile(r"\[([^\[\]]*)\]")
_BOUND: Final = re.compile(r",\s*([A-Za-z]+)(?:\s*!=[^,()]*|\s*,[^,()]*,[^,()]*)?\)")
"""The letter of a sum, behind its terms."""

Index = tuple[str, int]
"""A letter or a number, and how far it is from it."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A name with its indices, and what it stands for: a derivative of and by these, or a formula."""

    family: Family
    letters: tuple[Index, ...]
    of: Part
    by: Part | None = None
    steps: frozenset[str] = frozenset()
    """Those letters that are indices of members."""
    counts: tuple[int | None, ...] = ()
    """How far each letter counts, where that is known."""
    is_derivative: bool = False
    """Whether it is one, or one with a sign."""

    @property
    def of_letters(self) -> tuple[str, ...]:
        """Its letters, however far it is from each."""
        return tuple(letter for letter, _ in self.letters)

    @property
    def may_be_given_again(self) -> bool:
        """Whether what a line says of it may be another meaning, and no equation."""
        return self.by is None and not (self.is_derivative and self.family.letters)

    def at(self, indices: tuple[str, ...]) -> tuple[Part, Part | None]:
        """What it stands for with these indices. Raises NotReadable."""
        put: dict[str, Index] = {}
        for (letter, offset), written in zip(self.letters, indices, strict=True):
            now, away = parted(written)
            put[letter] = now, away - offset
        return with_indices(self.of, put), None if self.by is None else with_indices(self.by, put)


def defined(row: Row, part: Part, meanings: Meanings, name: str, as_formula: bool = False) -> Definition | None:
    """What a line says of a name with indices, under a `name` for its family; None of one without any.

    The letters of `δ_{j}^{(l)}` are those of the derivative that it stands for: j that of the entry by which it is
    taken, l the member's. What else is below or above is part of the name. An entry is a formula as any other
    `as_formula`.
    """
    node = row[0] if len(row) == 1 else None
    if not isinstance(node, Scripted) or node.primes:
        return None
    of, by = (part, None) if as_formula else meanings.partials.get(code(part.expr), (part, None))
    by, entry = _whole(by, meanings)
    letters = _letters_in(f"{code(of.expr)} {'' if by is None else code(by.expr)}")
    scripts = dict(node.scripts)
    plain = _without_entry(pieces(bare(scripts.get("_"))), entry)
    if plain is None:
        return None
    below = [index for each in plain if (index := parted(index_in(each) or ""))[0] in letters]
    kept, upper = plain[: len(plain) - len(below)], bare(scripts.get("^"))
    above = [index for index in (parted(index_in(upper) or ""),) if index[0] in letters]
    told = (*below, *above)
    if not (told or entry) or len({letter for letter, _ in told}) < len(told):
        return None
    sites = ("_",) * len(below) + ("^",) * len(above)
    family = Family(name, node.base, joined(kept), () if above else upper, sites, is_own=True)
    of = of if by is not None else Part(Name(f"({code(of.expr)})"), of.shape)
    counts = tuple(meanings.letters.get(letter) for letter, _ in told)
    steps = frozenset(letter for letter, _ in told if letter in meanings.steps)
    is_derivative = code(part.expr).removeprefix("-") in meanings.partials
    return Definition(family, told, of, by, steps, counts, is_derivative)


def _whole(by: Part | None, meanings: Meanings) -> tuple[Part | None, tuple[str, ...]]:
    """What an entry is of, and its index."""
    if by is None or code(by.expr) not in meanings.entries:
        return by, ()
    whole, index = meanings.entries[code(by.expr)]
    return whole, tuple(index.split(","))


def _without_entry(below: tuple[tuple[Row, ...], tuple[Row, ...]], entry: tuple[str, ...]) -> tuple[Row, ...] | None:
    """What stands below a name without the index of its entry, the last; None where that isn't all there."""
    every = (*below[0], *below[1])
    count = len(every) - len(entry)
    fits = count >= 0 and tuple(map(index_in, every[count:])) == entry and count <= len(below[0])
    return every[:count] if fits else None


def parted(index: str) -> Index:
    """`t-1` as t and -1."""
    found = re.fullmatch(r"(\w*?)([-+]\d+)?", index)
    return (index, 0) if found is None else (found[1], int(found[2] or 0))


def _letters_in(text: str) -> set[str]:
    parts = (part.strip() for each in _BRACKET.findall(text) for part in each.split(","))
    return {parted(part)[0] for part in parts if INDEX.fullmatch(part) and not part.isdecimal()}


def with_indices(part: Part, put: Mapping[str, Index]) -> Part:
    """A part with other indices for its letters. Raises NotReadable."""
    text = code(part.expr)
    bound = {*_BOUND.findall(text)}
    if bound & {letter for letter, _ in put.values()} or bound & {*put}:
        raise NotReadable("a letter of a sum stands for something else in what this name stands for")

    def in_bracket(found: re.Match[str]) -> str:
        return f"[{','.join(_put(each.strip(), put) for each in found[1].split(','))}]"

    text = _BRACKET.sub(in_bracket, text)
    outside = re.compile(r"\[[^\[\]]*\]|(?<![\w.])(" + "|".join(map(re.escape, put)) + r")(?![\w(\[])") if put else None
    if outside is not None:
        text = outside.sub(lambda m: f"({_spelled(put[m[1]])})" if m[1] else m[0], text)
    return Part(Name(text), part.shape)


def _put(index: str, put: Mapping[str, Index]) -> str:
    letter, away = parted(index)
    if letter not in put:
        return index
    now, offset = put[letter]
    return _spelled((now, offset + away))


def _spelled(index: Index) -> str:
    letter, away = index
    if letter.isdecimal():
        return str(int(letter) + away)
    return letter + (f"{away:+d}" if away else "")
