r"""Members of families in TeX: `h^{(t-1)}`, `h_t`, `W_{h[i,j]}^{(k)}`, `\gamma_{t[i]}^{k}`, by where indices stand.

A family is shown as its second member is, without the number: what is left of `W_h^{(2)}` is W with an h below. What
stands beside the indices (`[i,j]`, or further letters below) is an entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from gradcalc.check.answers.trees import bare, typed
from gradcalc.formula.tex.tree import Char, Group, Node, Row, Scripted

_FENCES: Final = "()[]⟨⟩<>{}"
INDEX: Final = re.compile(r"(?:(?:[A-Za-zτℓ]|tau|ell)(?:[-+−][0-9]{1,9})?|[0-9]{1,9})")
"""An index of a member, as it is written and as formulas have it."""
_RUN: Final = re.compile(rf"(?:{INDEX.pattern})+")
_TURNS: Final = ("T", "⊤", "⊺")
"""What alone above a name turns it."""
WORDS: Final = {"τ": "tau", "ℓ": "ell"}
"""Letters for steps and layers that formulas spell out."""
_BY_NUMBERS: Final = re.compile(r"(.+)\[(-?\d+(?:,-?\d+)*)\]")


@dataclass(frozen=True, slots=True)
class Family:
    """How the members of a family are written: the base, and what is below and above it beside indices.

    `sites` has `_` or `^` for each index; `is_shown` where they are shown so in the problem.
    """

    name: str
    base: Node | None
    lower: Row
    upper: Row
    sites: tuple[str, ...]
    is_shown: bool = True
    is_own: bool = False
    """Whether it is a name of the student's own."""
    counted: frozenset[str] = frozenset()
    """The letters that number members in the problem: `z_{mi}` is the entry m of `z_i`."""
    letters: tuple[str, ...] = ()
    """The only letters that its indices may be, where the same name with others is another: `δ_k` and `δ_j`."""

    @property
    def core(self) -> Row:
        """What is left without indices."""
        scripts = tuple((sign, _one(row)) for sign, row in (("_", self.lower), ("^", self.upper)) if row)
        return (Scripted(self.base, 0, scripts),) if scripts or self.base is None else (self.base,)


@dataclass(frozen=True, slots=True)
class Member:
    """A member as it stands in a formula: its family, its indices (`t-1`), and the scripts that are left over."""

    family: Family
    indices: tuple[str, ...]
    scripts: Mapping[str, Node]
    is_certain: bool

    @property
    def name(self) -> str:
        """As formulas have it: `h[t-1]`; of a name that is no family, itself."""
        return self.family.name if not self.indices else f"{self.family.name}[{','.join(self.indices)}]"


def families(shown: Iterable[tuple[Row, str]], every: frozenset[str]) -> Iterator[Family]:
    """The families among these names, each with the tree of what reports show; `every` are the names of families.

    With them the names with something below, where the index of an entry may stand too: `W_{h[i,j]}`.
    """
    met = set[str]()
    for row, name in shown:
        node = row[0] if len(row) == 1 else None
        if not isinstance(node, Scripted) or node.primes:
            continue
        found = _BY_NUMBERS.fullmatch(name)
        if found is None:
            yield from _with_something_below(name, node)
        elif found[1] in every and found[1] not in met:
            family = _without(found[1], found[2].split(","), node)
            if family is not None:
                met.add(found[1])
                yield from (family, *_elsewhere(family))


def _with_something_below(name: str, node: Scripted) -> Iterator[Family]:
    scripts = {sign: bare(script) for sign, script in node.scripts}
    if "_" in scripts and not typed(scripts["_"]).isdecimal():
        yield Family(name, node.base, scripts["_"], scripts.get("^", ()), ())


def _elsewhere(family: Family) -> Iterator[Family]:
    """The same with its index below for above, and the other way round."""
    if len(family.sites) == 1 and not (family.lower or family.upper):
        yield Family(family.name, family.base, (), (), ("_" if family.sites == ("^",) else "^",), is_shown=False)


def _without(name: str, numbers: list[str], node: Scripted) -> Family | None:
    """The family whose member with these numbers is shown so; None where they can't be found."""
    scripts = dict(node.scripts)
    lower, upper = pieces(bare(scripts.get("_")))[0], bare(scripts.get("^"))
    sites: list[str] = []
    for number in reversed(numbers):
        if index_in(upper) == number:
            upper = ()
            sites.append("^")
        elif lower and index_in(lower[-1]) == number:
            lower = lower[:-1]
            sites.append("_")
        else:
            return None
    return Family(name, node.base, joined(lower), upper, tuple(reversed(sites)))


def member(node: Scripted, every: Iterable[Family], is_known: bool) -> Member | None:
    """The member that is written so; `is_known` where the base means something without what is above it."""
    mine = [family for family in every if family.base == node.base]
    if _is_fenced(bare(dict(node.scripts).get("^"))):  # which is nothing but an index
        mine = [family for family in mine if "^" in family.sites]
    found = (_as_member(node, family, is_known) for family in mine)
    return next((each for each in found if each is not None), None)


def _as_member(node: Scripted, family: Family, is_known: bool) -> Member | None:
    scripts = dict(node.scripts)
    lower, upper = bare(scripts.get("_")), bare(scripts.get("^"))
    if node.primes or lower[: len(family.lower)] != family.lower:
        return None
    left = lower[len(family.lower) :]
    apart = bool(family.lower) and left[:1] == (Char(","),)
    plain, entry = pieces(left[1:] if apart else left)
    if not (family.sites or family.is_own or entry or (apart and plain)):
        return None
    below = family.sites.count("_")
    if below == 1 and [index_in(piece) in family.counted for piece in plain] == [False, True]:
        plain = plain[::-1]
    if family.is_own and any(typed(piece).isdecimal() for piece in plain[below:]):
        return None  # δ_1 is another name than δ
    taken = [index_in(piece) for piece in plain[:below]]
    above = _index_above(upper, family, is_known)
    if len(taken) < below or None in taken or above is None:
        return None
    lows = iter(taken)
    indices = tuple(above if site == "^" else str(next(lows)) for site in family.sites)
    if family.letters and family.letters != tuple(index.rstrip("0123456789").rstrip("+-") for index in indices):
        return None
    rest = {"^": scripts["^"]} if upper and "^" not in family.sites and not family.upper else {}
    entries = joined((*plain[below:], *entry))
    rest |= {"_": _one(entries)} if entries else {}
    is_letter = "^" in family.sites and (_is_fenced(upper) or not indices[0].isdecimal())
    return Member(family, indices, rest, family.is_shown or is_letter)


def _is_fenced(upper: Row) -> bool:
    return typed(upper)[:1] in [*_FENCES]


def _index_above(upper: Row, family: Family, is_known: bool) -> str | None:
    """The index above, empty for a family that has none there; None where what stands there is something else."""
    if "^" not in family.sites:
        return "" if upper[: len(family.upper)] == family.upper else None
    text = typed(upper)
    bare_power = not _is_fenced(upper) and (is_known or text in _TURNS)
    return None if not text or bare_power else index_in(upper)


def _one(row: Row) -> Node:
    return row[0] if len(row) == 1 else Group(row)


def index_in(row: Row) -> str | None:
    """The index that a script is, without brackets around it: `(t-1)` is `t-1`; None of anything else."""
    text = typed(row)
    text = text[1:-1] if text[:1] in _FENCES and text[-1:] in _FENCES else text
    return spelled(text) if INDEX.fullmatch(text) else None


def spelled(text: str) -> str:
    """An index as formulas have it."""
    return "".join(WORDS.get(char, char) for char in text.replace("−", "-"))


def pieces(row: Row) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """What stands below a name, index by index: before a bracket at its end, and in it."""
    opened = next((i for i, node in enumerate(row) if node == Char("[")), len(row))
    if opened < len(row) and row[-1] != Char("]"):
        return (row,), ()
    inside = row[opened + 1 : -1]
    return tuple(_split(row[:opened])), tuple(_split(inside))


def _split(row: Row) -> Iterator[Row]:
    """Apart by commas, and letters side by side."""
    part: Row = ()
    for node in (*row, Char(",")):
        if node != Char(","):
            part = (*part, node)
            continue
        text = typed(part)
        if part and _RUN.fullmatch(text) and len(part) == len(text):
            for found in INDEX.finditer(text):
                yield part[found.start() : found.end()]
        elif part:
            yield part
        part = ()


def joined(parts: Iterable[Row]) -> Row:
    """Parts with commas between them."""
    found: Row = ()
    for part in parts:
        found = (*found, Char(","), *part) if found else part
    return found
