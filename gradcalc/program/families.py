"""The equations of a graph's vertices and edges in one line each: `do[v]` is the sum of `da[u] * w[v,u]` over u.

A line is read off one member's equation, its numbers as letters, and kept where the equations of most members are what
it says for them; those for which it isn't, as the output's gradient, keep a line of their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from gradcalc.formula.expr import TOTAL, ZERO, Apply, Expr, Name, names, transform
from gradcalc.formula.write import code
from gradcalc.program.problem import Equation

_BY_NUMBERS: Final = re.compile(r"([^\[\]]+)\[(\d+(?:,\d+)*)\]")
Index: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letters:
    """What counts vertices: the letters of members with one index, two and so on, and the letter of their number."""

    names: Sequence[str]
    last: str
    count: int

    def of(self, index: Index) -> Index:
        """The letters of an index."""
        return tuple(self.names[-len(index) :])

    def other(self, index: Index) -> str:
        """A letter for a vertex that isn't the member's own."""
        own = self.of(index)
        return next((letter for letter in (*self.names, *"wkst") if letter not in own), "n")


def in_families(equations: Sequence[Equation], known: Collection[str], letters: Letters) -> Iterator[Equation]:
    """The equations, each family's in one line where it stands first; `known` are the names of all members."""
    members: dict[str, dict[Index, Expr]] = {}
    for equation in equations:
        family, index = member_of(equation.name)
        if index:
            members.setdefault(family, {})[index] = equation.expr
    rules = {family: _rule(mine, known, letters) for family, mine in members.items() if len(mine) > 1}
    fitting = {
        family: [index for index, expr in members[family].items() if _fits(rule, index, expr, known, letters)]
        for family, rule in rules.items()
    }
    last = {str(letters.count): letters.last} if letters.last else {}
    for equation in equations:
        family, index = member_of(equation.name)
        rule = rules.get(family)
        if rule is None or index not in fitting[family]:
            yield replace(equation, name=_renamed(equation.name, last), expr=_put(equation.expr, last))
        elif index == _told_at(fitting[family], letters):
            yield replace(equation, name=f"{family}[{','.join(letters.of(index))}]", expr=rule)


def _told_at(fitting: Sequence[Index], letters: Letters) -> Index:
    """The member in whose place a family's line stands: of the last vertex but one, where the line holds there."""
    return next((index for index in fitting if index[-1] == str(letters.count - 1)), fitting[0])


def member_of(name: str) -> tuple[str, Index]:
    """The family and the numbers of a member; no numbers of any other name."""
    found = _BY_NUMBERS.fullmatch(name)
    return (name, ()) if found is None else (found[1], tuple(found[2].split(",")))


def _rule(members: Mapping[Index, Expr], known: Collection[str], letters: Letters) -> Expr | None:
    """The rule of most of them, read off the longest equation of which there is one; None where there is none."""
    for index, expr in sorted(members.items(), key=lambda each: -len(names(each[1]))):
        rule = _lifted(expr, index, letters)
        fitting = sum(_fits(rule, other, each, known, letters) for other, each in members.items()) if rule else 0
        if 2 * fitting >= len(members):
            return rule
    return None


def _lifted(expr: Expr, index: Index, letters: Letters) -> Expr | None:
    """An equation with letters for its numbers, and a sum for the terms that are alike but for one vertex."""
    own = dict(zip(index, letters.of(index), strict=True))
    if not isinstance(expr, Apply) or expr.function != "add":
        lifted = _by_letters(expr, own, letters.other(index))
        return lifted if lifted is None or letters.other(index) not in _indices(lifted) else None
    terms: dict[str, Expr] = {}
    for term in _flat(expr):
        lifted = _by_letters(term, own, letters.other(index))
        if lifted is None:
            return None
        terms[code(lifted)] = lifted
    sums = (_total(term, letters.other(index)) for term in terms.values())
    first, *rest = sums
    return Apply("add", (first, *rest)) if rest else first


def _total(term: Expr, letter: str) -> Expr:
    return Apply(TOTAL, (Name(letter), term)) if letter in _indices(term) else term


def _by_letters(term: Expr, own: Mapping[str, str], other: str) -> Expr | None:
    """A term with letters for its own numbers and for one other; None where there are more."""
    others = {number for number in _indices(term) if number not in own}
    return None if len(others) > 1 else _put(term, {**own, **dict.fromkeys(others, other)})


def _fits(rule: Expr | None, index: Index, expr: Expr, known: Collection[str], letters: Letters) -> bool:
    """Whether an equation is what a rule says for its member."""
    put = dict(zip(letters.of(index), index, strict=True))
    said = [] if rule is None else [each for term in _flat(rule) for each in _terms(term, put, known, letters)]
    return sorted(map(code, said)) == sorted(map(code, _flat(expr)))


def _terms(term: Expr, put: Mapping[str, str], known: Collection[str], letters: Letters) -> Iterator[Expr]:
    """A term with numbers again; of a sum the terms of which all members are there."""
    if not (isinstance(term, Apply) and term.function == TOTAL):
        yield _put(term, put)
        return
    letter, body = term.args
    for number in range(1, letters.count + 1):
        one = _put(body, {**put, code(letter): str(number)})
        if all(name in known for name in names(one)):
            yield one


def _flat(expr: Expr) -> list[Expr]:
    """The terms of a sum, those of sums in it too; without zeros."""
    terms = expr.args if isinstance(expr, Apply) and expr.function == "add" else (expr,)
    inner = terms if len(terms) == 1 else [each for term in terms for each in _flat(term)]
    return [each for each in inner if each != ZERO]


def _indices(expr: Expr) -> list[str]:
    """What stands in the brackets of all names in a formula."""
    return [part for name in names(expr) for part in name.partition("[")[2].rstrip("]").split(",") if part]


def _put(expr: Expr, put: Mapping[str, str]) -> Expr:
    """A formula with others in the place of the indices of its names."""
    return transform(expr, lambda node: Name(_renamed(node.id, put)) if isinstance(node, Name) else node)


def _renamed(name: str, put: Mapping[str, str]) -> str:
    family, bracket, index = name.partition("[")
    return f"{family}[{','.join(put.get(part, part) for part in index[:-1].split(','))}]" if bracket else name
