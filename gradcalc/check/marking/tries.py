"""A problem at which equations between quantities, derivatives and entries are tried."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import combinations
from types import MappingProxyType
from typing import Final

import numpy as np

from gradcalc.check.answers.stated import abbreviations, sizes_of
from gradcalc.check.answers.summing import uses
from gradcalc.check.claims.lowering import ClaimError, Derived, Misfit, Sides, lowered
from gradcalc.check.marking.likeness import as_diagonal, compare, has_slopes, holding, one_way
from gradcalc.errors import FormulaError
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import AT_RUN_TIME
from gradcalc.formula.expr import Apply, Expr, Name, Num, Substitution, names, nodes, walk
from gradcalc.formula.table import Shape
from gradcalc.problem.claim_indices import MOST_CASES, Indexed, NoMember, NoRange, TwoRanges, indexed
from gradcalc.problem.letter_ranges import brackets_in, compared_in, off_limits, tree_of
from gradcalc.program.build import Program, build
from gradcalc.program.instances import instances
from gradcalc.program.letters import shapes_in_letters, side
from gradcalc.program.problem import Equation, Problem

RUNS: Final = 4
MORE_RUNS: Final = 60
"""At how many more values a line is tried that is finite at none of the first, as a logarithm of scores."""
BUT_FOR_LAST: Final = "but for the last"
"""What is equal at all vertices of a graph but the last, the output, which leads nowhere."""
BUT_FOR_START: Final = "but for the start"
"""What is equal at all steps but the first, at which the states are given."""
SOME: Final = "some steps"
"""What is equal for some steps alone."""
_JACOBIAN: Final = "jacobian("
CASES: Final = ("ones", "zeros")
"""What is equal where the target is 1 alone, or where it isn't."""

Values = Mapping[str, Array]
NOWHERE: Mapping[str, float] = MappingProxyType({})
"""No point at which all is taken."""


TRIED: Final = ("forward", "backward", "update")
"""The sections of equations that are tried."""


class Stray(ClaimError):
    """An index that is on the right side alone; `others` are those of the left side."""

    def __init__(self, letter: str, others: Sequence[str]) -> None:
        self.letter, self.others = letter, tuple(others)
        super().__init__(f"the index '{letter}' is on this side alone: sum over it, or name it on the left side")


class Instance:
    """One problem, with values to try, at so many choices of numbers for letters."""

    values: list[Values]
    more: Callable[[], Iterator[Values]]
    """Further values, where nothing is finite at the first."""

    def __init__(self, problem: Problem, most: int = MOST_CASES, point: Mapping[str, float] = NOWHERE) -> None:
        self.problem, self.most, self.point = problem, most, point
        self.program: Program = build(problem)
        self.sizes = sizes_of(problem)
        self.numbers: dict[str, Expr] = {name: expr for name, expr in problem.let.items() if isinstance(expr, Num)}
        drawn = instances(problem, RUNS, program=self.program)
        every = [dict(problem.given), *({name: each[name] for name in problem.given} for each in drawn)]
        self.values = [*map(self.at_point, every)]
        self.derived: Derived = {}
        nodes = [node for eq in problem.forward for node in walk(eq.expr) if isinstance(node, Apply)]
        self.functions = frozenset(node.function for node in nodes)
        self.more = partial(instances, problem, MORE_RUNS, seed=1, program=self.program)
        self.equations = [eq for eq in self.program.equations if eq.section in TRIED]
        self.shapes = {**self.program.shapes, **{name: np.shape(value) for name, value in problem.given.items()}}
        for name, (equation, shape) in abbreviations(problem, self.shapes).items():
            self.equations.append(equation)
            self.shapes[name] = shape

    def compared(
        self,
        texts: tuple[str, str],
        free: Mapping[str, str],
        along_edges: bool = False,
        within: bool = False,
        directly: bool = False,
    ) -> Iterator[tuple[str, Sequence[str]]]:
        """How the two compare, at each of the values at which that can be said; and for which steps they are equal.

        In a graph a derivative may be along the edge alone, or along all paths; with `within` derivatives of members
        are taken within their step, and with `directly` what a quantity's equation has beside is held.
        """
        shapes = self.shapes
        varying = {name: shapes[of] for name, of in free.items()}
        letters, program, numbers = self.program_of(texts, varying, along_edges, within, directly)
        steps = [letter for letter in letters.free if letter in letters.steps(shapes)]
        for values, sides in self.worked_out(program, varying):
            by_slopes = texts[0].startswith(_JACOBIAN) and has_slopes(*sides)
            found = as_diagonal(*sides) if by_slopes else compare(*sides)
            regions = () if found else [*holding(steps, letters.free, numbers, *sides)]
            yield found or (SOME if regions else self.in_part(letters, numbers, values, sides)), regions

    def misfit(self, text: str) -> str:
        """What doesn't fit in something that has an index in a formula; nothing where all shapes fit."""
        tree = tree_of(text)
        for node in brackets_in(tree) if tree is not None else ():
            inner = ast.unparse(node.value)
            try:
                self.program_of((inner, inner), {})
            except Misfit as error:
                return str(error)
            except (ClaimError, FormulaError):
                continue
        return ""

    def worked_out(self, program: Sides, varying: Mapping[str, Shape]) -> Iterator[tuple[Values, list[list[Array]]]]:
        """Values with what both sides come to, where they are finite and smooth; elsewhere if that is nowhere."""
        found = False
        for values in self.values:
            for sides in self.smooth(program, values, varying):
                found = True
                yield sides
        for values in () if found else self.more():
            yield from self.smooth(program, self.at_point(values), varying)

    def at_point(self, values: Values) -> dict[str, Array]:
        """Values with the numbers at which all is taken."""
        return {**values, **{name: np.full(np.shape(values[name]), number) for name, number in self.point.items()}}

    def smooth(
        self, program: Sides, values: Values, varying: Mapping[str, Shape]
    ) -> Iterator[tuple[Values, list[list[Array]]]]:
        """The same at these values: once, or not at all."""
        whole = {**{name: values[name] for name in self.problem.given}, **self.changes(varying)}
        try:
            sides = program.by_case(whole)
        except AT_RUN_TIME:
            return
        if all(np.isfinite(each).all() for side in sides for each in side) and not program.on_kink(whole):
            yield whole, sides

    def changes(self, varying: Mapping[str, Shape]) -> Values:
        """Values for what varies by itself."""
        random = np.random.default_rng(0)
        return {name: random.standard_normal(shape) for name, shape in varying.items()}

    @cached_property
    def index_of(self) -> Mapping[str, tuple[int, ...]]:
        """Of each member of a family its numbers."""
        return {name: index for name, (_, index) in self.problem.members.items()}

    def program_of(
        self,
        texts: tuple[str, str],
        varying: Mapping[str, Shape],
        along_edges: bool = False,
        within: bool = False,
        directly: bool = False,
    ) -> tuple[Indexed, Sides, list[tuple[int, ...]]]:
        """Both sides as a program, with names of these shapes beside those of the problem.

        With the letters in them, and what these are in each case.
        """
        given = {name: self.shapes[name] for name in self.problem.given}
        shapes = {**self.shapes, **varying}
        letters = self.letters(texts, shapes)
        return letters, *self.sides(letters, {**given, **varying}, shapes, along_edges, within, directly)

    def in_part(
        self, letters: Indexed, choices: Sequence[tuple[int, ...]], values: Values, sides: list[list[Array]]
    ) -> str:
        """Where a wrong line holds: by which indices are equal, or where the target is 1, which people say in words."""
        free = letters.free
        right = [bool(one_way(a, b)) for a, b in zip(*sides, strict=True)]
        if not any(right):
            return ""
        last = max(last for _, last in self.problem.over.values()) if self.problem.absent else None
        if last is not None and all(ok or last in choice for choice, ok in zip(choices, right, strict=True)):
            return BUT_FOR_LAST
        if self.is_but_for_start(letters, choices, right):
            return BUT_FOR_START
        says = _compares(letters.texts[1], free)
        apart = (ok or len({*choice}) < len(choice) for choice, ok in zip(choices, right, strict=True))
        if len(free) > 1 and not says and all(apart):
            return "unequal"
        if not says and self.is_alike(letters, choices, right):
            return "alike"
        said = {name for text in letters.texts for name in names(letters.first(text, self.shapes, self.sizes))}
        if not any(_compares(text, (*free, *dict(letters.classes))) for text in letters.texts):
            said -= {name for _, name in letters.classes if not any(uses(text, name) for text in letters.texts)}
        ones = self.ones(choices, values, said)
        return "ones" if right == ones else "zeros" if right == [not each for each in ones] else ""

    @cached_property
    def starts(self) -> frozenset[int]:
        """The steps at which members are given of families whose other members are worked out."""
        members = self.problem.members
        made = {members[eq.name][0] for eq in self.problem.forward if eq.name in members}
        given = (members[name] for name in self.problem.given if name in members)
        return frozenset(index[0] for family, index in given if family in made and len(index) == 1)

    def is_but_for_start(self, letters: Indexed, choices: Sequence[tuple[int, ...]], right: Sequence[bool]) -> bool:
        """Whether a line of steps holds at all but those at which the states are given."""
        steps = letters.steps(self.shapes)
        at = [i for i, letter in enumerate(letters.free) if letter in steps]
        within = [any(choice[i] in self.starts for i in at) for choice in choices]
        inside = [ok for ok, is_start in zip(right, within, strict=True) if not is_start]
        return bool(at) and bool(inside) and all(inside)

    def is_alike(self, letters: Indexed, choices: Sequence[tuple[int, ...]], right: Sequence[bool]) -> bool:
        """Whether a line with one of two letters alone holds where these are equal."""
        used = [letter for letter in letters.free if any(uses(text, letter) for text in letters.texts[1:])]
        for one, other in combinations(range(len(letters.free)), 2):
            both = {letters.free[one], letters.free[other]} <= {*used}
            same = [ok for choice, ok in zip(choices, right, strict=True) if choice[one] == choice[other]]
            if not both and same and all(same):
                return True
        return False

    def two_lengths(self, error: TwoRanges) -> str:
        """What to say of a letter that is an index of two lengths, which are told by their letters."""
        one, other = (side(length, self.sizes) for length in error.lengths)
        return f"the index '{error.letter}' counts to {one} in one place, and to {other} in another"

    def limits(self, texts: tuple[str, str]) -> str:
        """What to say of a sum in the second text whose limits aren't those of what it counts over."""
        letters = self.letters(texts, self.shapes)
        try:
            ranges = letters.ranges(self.shapes, self.sizes)
        except NoRange:
            return ""
        found = off_limits(tree_of(texts[1]), ranges, self.sizes)
        if found is None:
            return ""
        last, right = (side(each, self.sizes) for each in found[1:])
        return f"the sum over {found[0]} goes to {last}, and what {found[0]} is an index of has {right} entries"

    def ones(self, choices: Sequence[tuple[int, ...]], values: Values, said: Collection[str]) -> list[bool]:
        """Whether the target is 1 at each choice of indices; empty where these aren't indices of one target.

        Nor of one that the line has in it: that says itself where it is 1.
        """
        for name in self.problem.targets.keys() - said:
            target, counts = values.get(name), tuple(map(max, zip(*choices, strict=True)))
            if target is None or np.prod(counts) != len(choices):
                continue
            if len(counts) == 1 and counts[0] == target.size:
                return [bool(np.ravel(target)[at - 1] == 1) for (at,) in choices]
            for ordered in (target, target.T):
                if len(counts) == ordered.ndim == 2 and counts == ordered.shape:  # sizes differ: one of them fits
                    return [bool(ordered[row - 1, column - 1] == 1) for row, column in choices]
        return []

    def letters(self, texts: Sequence[str], shapes: Mapping[str, Shape]) -> Indexed:
        """The letters of indices in these formulas."""
        known, problem = {*shapes} - {*self.sizes}, self.problem
        return indexed(texts, known, self.sizes, problem.classes, over=problem.indices)

    def sides(
        self,
        letters: Indexed,
        given: Mapping[str, Shape],
        shapes: Mapping[str, Shape],
        along_edges: bool,
        within: bool = False,
        directly: bool = False,
    ) -> tuple[Sides, list[tuple[int, ...]]]:
        """Both sides as a program, and the numbers of the letters in each case. Raises ClaimError, TwoRanges."""
        known = {*shapes} - {*self.sizes}
        first, alone = (self.letters(texts, shapes).free for texts in (letters.texts[:1], letters.texts[1:]))
        limits = (letter for letter in alone if uses(letters.texts[0], letter))  # of a product on the left side
        there = {*first, *compared_in(letters.texts[0]), *limits}
        stray = next((letter for letter in alone if letter in letters.free and letter not in there), None)
        if stray is not None:
            raise Stray(stray, first)
        try:
            numbered = letters.by_choice(shapes, self.sizes, self.most)
        except (TwoRanges, NoMember):
            raise
        except FormulaError as error:
            raise ClaimError(error.message) from None
        put, met = Substitution(self.numbers), dict[int, Expr]()
        cases = [tuple(map(put, sides)) for sides in numbered.values()]
        every = (node for sides in cases for side in sides for node in nodes(side, met))
        used = [node.id for node in every if isinstance(node, Name)]
        unknown = next((name for name in used if name not in known), None)
        if unknown is not None:
            raise ClaimError(f"unknown name '{unknown}'")
        try:
            whole = lowered(
                cases,
                given,
                self.problem.assumed,
                self.problem.axis,
                equations=self.needed({*used}),
                any_shapes=True,
                along_edges=along_edges,
                within=self.index_of if within else {},
                directly=directly,
                known=self.derived,
            )
            return whole, [*numbered]
        except ClaimError as error:
            raise type(error)(shapes_in_letters(str(error), self.sizes), error.beyond) from None

    def needed(self, used: set[str]) -> list[Equation]:
        """The equations on which these names rest, and the loss, of which gradients are taken."""
        wanted = {*used, *((self.problem.objective,) if self.problem.objective else ())}
        found = []
        for equation in reversed(self.equations):
            if equation.name in wanted:
                wanted |= {*equation.uses}
                found.append(equation)
        return found[::-1]


def one_hot(problems: Sequence[Instance]) -> str:
    """The only target, if that is one sample's, and 1 for its class alone in all that is tried; else nothing."""
    names = [*problems[0].problem.targets]
    values = [values[names[0]] for each in problems for values in each.values] if len(names) == 1 else []
    is_one = (value.ndim and max(value.shape) == value.size > 1 and {*value.ravel()} == {0, 1} for value in values)
    return names[0] if values and all(is_one) and all(value.sum() == 1 for value in values) else ""


def _compares(text: str, letters: Sequence[str]) -> bool:
    """Whether a formula says itself what it is where two letters are equal: cases, or a Kronecker delta."""
    tree = tree_of(text)
    compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)] if tree is not None else []
    sides = [[node.left, *node.comparators] for node in compared]
    return any(all(isinstance(side, ast.Name) and side.id in letters for side in each) for each in sides)
