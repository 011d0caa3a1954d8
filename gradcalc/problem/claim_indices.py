"""Letters in claims: of indices, `softmax(z)[i] == exp(z[i]) / sum(exp(z[j]), j)`, tried at every i, and of sizes.

An index counts as far as what it is an index of has entries, and a size (`eye(m)`) is a number to functions that make
arrays, so that formulas are read anew for each choice of sizes.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod
from types import MappingProxyType
from typing import Final

import numpy as np

from gradcalc.errors import FormulaError
from gradcalc.formula.brackets import NO_INDICES as NO_FAMILIES
from gradcalc.formula.brackets import Indices
from gradcalc.formula.expr import ZERO, Apply, Expr, names, walk
from gradcalc.formula.parse import Parsing, parse
from gradcalc.formula.table import Axis, Shape, without_brackets
from gradcalc.problem.letter_ranges import (
    Range,
    Surroundings,
    are_alike,
    are_there,
    bound_in,
    brackets_in,
    nodes_of,
    of_members,
    offset,
    parts_of,
    tree_of,
)
from gradcalc.program.derivatives import GRAD, HESSIAN, JACOBIAN

DIFFERENTIAL: Final = "d"
DERIVATIVES: Final = (GRAD, JACOBIAN, HESSIAN, DIFFERENTIAL)
"""Functions of claims: `grad(f, x)`, `jacobian(f, x)`, `hessian(f, x)`, and the differential `d(f)`."""
NO_NUMBERS: Final[Mapping[str, int]] = {}
MOST_CASES: Final = 400
MOST_BESIDE: Final = 100_000
TRIED: Final = 60
"""So many cases may letters have beside families, and so many of them are tried."""


class NoRange(FormulaError):
    """A letter that counts to two numbers, or to none that is known."""


class NoMember(NoRange):
    """Letters at whose numbers a member is never there."""


class TwoRanges(NoRange):
    """A letter that counts to two numbers."""

    def __init__(self, text: str, letter: str, one: int, other: int) -> None:
        self.letter, self.lengths = letter, (one, other)
        super().__init__(text, f"the index '{letter}' counts to {one} elsewhere, and to {other} here")


@dataclass(frozen=True, slots=True)
class Indexed:
    """The formulas of a claim as they are written, and its letters: those that are free, and those of sums."""

    texts: tuple[str, ...]
    free: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    """Names that are called as constants are (`pi`)."""
    sizes: tuple[str, ...] = ()
    """Letters of sizes in the formulas."""
    at: Mapping[str, int] = field(default_factory=dict)
    """Sizes of its problem's letters."""
    classes: tuple[tuple[str, str], ...] = ()
    """Letters for classes, with the names that are one-hot there."""
    axis: Axis = Axis.COLUMNS
    over: Indices = NO_FAMILIES
    """The families of its problem, and how far its own letters count."""

    def __bool__(self) -> bool:
        return bool(self.free or self.bound or self.sizes or self.classes or self.over.families)

    def cases(self, shapes: Mapping[str, Shape], sizes: Mapping[str, int]) -> list[tuple[Expr, ...]]:
        """The formulas for every choice of the free letters, at these sizes. Raises FormulaError."""
        return [*self.by_choice(shapes, sizes).values()]

    def by_choice(
        self, shapes: Mapping[str, Shape], sizes: Mapping[str, int], most: int = MOST_CASES
    ) -> dict[tuple[int, ...], tuple[Expr, ...]]:
        """The same by the numbers of the free letters, where all members of families that are used there exist.

        Of more than `most` choices so many.
        """
        found: dict[tuple[int, ...], tuple[Expr, ...]] = {}
        for numbers in self._steps_apart(shapes):
            found |= self._at_steps(shapes, sizes, numbers, most)
        if not found:
            raise NoMember(self.texts[0], "a member that isn't there is needed at every number of its letters")
        return found

    def _steps_apart(self, shapes: Mapping[str, Shape]) -> Iterator[dict[str, int]]:
        """Numbers of the letters that are an index of members, where these have shapes of their own; else none."""
        if are_alike(self.over, shapes):
            yield {}
            return
        counted = of_members(self.texts, self.over, shapes)
        ranges = {letter: each for letter, each in counted.items() if letter in self.free}
        for each in product(*(range(first, last + 1) for first, last in ranges.values())):
            numbers = dict(zip(ranges, each, strict=True))
            if are_there(self.texts, self.over, shapes, numbers):
                yield numbers

    def _at_steps(
        self, shapes: Mapping[str, Shape], sizes: Mapping[str, int], numbers: Mapping[str, int], most: int
    ) -> dict[tuple[int, ...], tuple[Expr, ...]]:
        """The formulas for the choices in which some letters are these numbers."""
        ranges, sizes = self.ranges(shapes, sizes, numbers), {**sizes, **self.at}
        ranges |= {letter: (number, number) for letter, number in numbers.items()}
        missing = [letter for letter in self.free if letter not in ranges]
        if missing:
            raise NoRange(self.texts[0], f"how far does '{missing[0]}' count? It is no index of a name here")
        counted = [range(first, last + 1) for first, last in map(ranges.__getitem__, self.free)]
        count = prod(map(len, counted))
        if count > (MOST_BESIDE if self.over.families else MOST_CASES):
            raise NoRange(self.texts[0], f"its letters have more than {MOST_CASES} values together: take smaller sizes")
        every = [*product(*counted)]
        most = min(most, TRIED) if self.over.families else most
        every = _some(every, most) if count > most else every
        parsings = [Parsing(text, *self._around(ranges)) for text in self.texts]
        found = {each: tuple(one.at(self._values(each, sizes)) for one in parsings) for each in every}
        return {each: sides for each, sides in found.items() if not self._lacks(sides, shapes)}

    def steps(self, shapes: Mapping[str, Shape]) -> frozenset[str]:
        """The letters that are an index of members."""
        return frozenset(of_members(self.texts, self.over, shapes))

    def _lacks(self, sides: Sequence[Expr], shapes: Mapping[str, Shape]) -> bool:
        """Whether a member of a family is used that isn't there, as `h[0]` may be."""
        used = {name for side in sides for name in names(side)} if self.over.families else set()
        if self.over.absent and any(_is_by_nothing(node) for side in sides for node in walk(side)):
            return True
        return any(name not in shapes and name.partition("[")[0] in self.over.families for name in used)

    def first(self, text: str, shapes: Mapping[str, Shape], sizes: Mapping[str, int]) -> Expr:
        """A formula where every free letter is 1, at these sizes. Raises FormulaError."""
        return self._read(text, (1,) * len(self.free), self.ranges(shapes, sizes), sizes)

    def firsts(self, shapes: Mapping[str, Shape], sizes: Mapping[str, int]) -> tuple[Expr, ...]:
        """The same of all formulas. Raises FormulaError."""
        ranges = self.ranges(shapes, sizes)
        return tuple(self._read(text, (1,) * len(self.free), ranges, sizes) for text in self.texts)

    def _read(self, text: str, numbers: Sequence[int], ranges: Mapping[str, Range], sizes: Mapping[str, int]) -> Expr:
        extra, indices, own = self._around(ranges)
        return parse(text, extra, self._values(numbers, sizes), indices, own)

    def _around(self, ranges: Mapping[str, Range]) -> tuple[tuple[str, ...], Indices, tuple[str, ...]]:
        """What is known where the formulas stand, at any numbers of their letters."""
        return DERIVATIVES, replace(self.over, ranges=tuple(ranges.items()), classes=self.classes), self.own

    def _values(self, numbers: Sequence[int], sizes: Mapping[str, int]) -> tuple[tuple[str, float], ...]:
        mine = [(letter, float(sizes[letter])) for letter in self.sizes if letter in sizes]
        return (*mine, *zip(self.free, map(float, numbers), strict=True))

    def ranges(
        self, shapes: Mapping[str, Shape], sizes: Mapping[str, int], numbers: Mapping[str, int] = NO_NUMBERS
    ) -> dict[str, Range]:
        """From where to where each letter counts, of members with these numbers.

        Raises NoRange where it is an index of two lengths.
        """
        over, every = self.over, {**sizes, **self.at}
        known = Surroundings(
            shapes, self.axis, over.families, every, self.classes, over.functions, self.own, numbers=numbers
        )
        found = {**dict(self.over.ranges), **of_members(self.texts, self.over, shapes)}
        for text in dict.fromkeys(self.texts):
            for letter, size in known.counted(text):
                if size and found.setdefault(letter, (1, size)) != (1, size):
                    raise TwoRanges(text, letter, found[letter][1], size)
        return found


def _is_by_nothing(node: Expr) -> bool:
    """Whether a derivative is by the weight of an edge that a graph hasn't."""
    return isinstance(node, Apply) and node.function in DERIVATIVES and node.args[1:] == (ZERO,)


NO_INDICES: Final = Indexed(())


def indexed(
    texts: Sequence[str],
    known: set[str],
    sizes: Collection[str] = (),
    classes: Mapping[str, str] = MappingProxyType({}),
    axis: Axis = Axis.COLUMNS,
    over: Indices = NO_FAMILIES,
) -> Indexed:
    """The letters of these formulas; `known` are names that are no letters, `sizes` letters of sizes.

    `classes` are letters for classes, with the names that are one-hot there; `over` has the problem's families.
    """
    trees = [tree for text in texts if (tree := tree_of(text)) is not None]
    bound = dict.fromkeys(letter for tree in trees for letter in bound_in(tree))
    parts = [part for tree in trees for each in brackets_in(tree) for part in parts_of(each)]
    used = dict.fromkeys(letter for part in parts if (letter := offset(part)[0]))
    free = tuple(letter for letter in used if letter not in {*bound, *known, *sizes, *classes})
    own = tuple(sorted(filter(without_brackets, known)))
    written = {node.id for tree in trees for node in nodes_of(tree) if isinstance(node, ast.Name)}
    mine = tuple(letter for letter in sizes if letter in written and letter not in {*bound, *known})
    counting = tuple(letter for letter in bound if letter not in known)
    return Indexed(tuple(texts), free, counting, own, mine, classes=tuple(classes.items()), axis=axis, over=over)


def _some(every: list[tuple[int, ...]], most: int) -> list[tuple[int, ...]]:
    """No more than can be tried: where all letters are the same number, and others at random."""
    alike = [i for i, each in enumerate(every) if len({*each}) == 1]
    chosen = np.random.default_rng(0).choice(len(every), most, replace=False)
    return [every[i] for i in sorted({*alike, *chosen})]
