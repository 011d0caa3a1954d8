"""Try a claim at many instances; for a false one, find the smallest and roundest counterexample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np

from gradcalc.check.claims.lowering import ClaimError, Misfit, Sides, lowered
from gradcalc.check.claims.values import count_of, round_values, shapes_of, size_choices, whole_choices
from gradcalc.errors import FormulaError
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import AT_RUN_TIME
from gradcalc.formula.expr import Expr
from gradcalc.formula.table import Shape
from gradcalc.problem.claims import Claim, Relation
from gradcalc.program.build import build
from gradcalc.program.instances import instances
from gradcalc.program.kinds import random_value, roughness, rounder
from gradcalc.program.problem import Problem

INSTANCES = 200
RUNS = 20
"""At how many random instances of its problem a claim about quantities is tried at least."""
TOLERANCE = 1e-9
VISIBLE = 1e-3
"""A counterexample should be one that can be seen in the first digits."""

Values = Mapping[str, Array]


@dataclass(frozen=True)
class ClaimResult:
    """What came of trying a claim.

    `holds` is whether the sides agreed at all `tried` instances; if not, `counterexample` has the values of the names,
    `link` is the first sign of the chain that is wrong somewhere, from 0 on, and `left` and `right` are what its sides
    come to there. `whole` has the sizes of which all values there are were tried. `problem` says why it couldn't be
    tried.
    """

    claim: Claim
    holds: bool
    tried: int = 0
    counterexample: Values | None = None
    left: Array | None = None
    right: Array | None = None
    problem: str = ""
    link: int = 0
    whole: tuple[Mapping[str, int], ...] = ()
    at_own: bool = False
    """Whether the counterexample is at the problem's own numbers."""
    misfit: bool = False
    """Whether it couldn't be tried as its shapes don't fit."""
    but_for_ties: bool = False
    """Whether it holds, but not everywhere where a sign is of 0, which is 0 here and 1 or -1 in some books."""

    @property
    def passes(self) -> bool:
        """Whether the claim is what it says it is: true, or with `holds: false` false."""
        return not self.problem and self.holds == self.claim.holds


def check_claim(claim: Claim, count: int = INSTANCES, problem: Problem | None = None) -> ClaimResult:
    """Try a claim at about `count` instances, the same ones each time; those where it isn't defined don't count.

    A claim about quantities of a problem is tried at the problem's own numbers, and at random ones of their shapes.
    """
    trial = Trial(claim) if problem is None or not claim.of_problem else _OfProblem(claim, problem)
    try:
        return trial.run(count)
    except ClaimError as error:
        return ClaimResult(claim, False, trial.tried, problem=str(error), misfit=isinstance(error, Misfit))
    except AT_RUN_TIME as error:
        return ClaimResult(claim, False, trial.tried, problem=f"it can't be worked out: {error}")


def holds(claim: Claim, count: int = INSTANCES) -> bool:
    """Whether a claim in letters of its own holds wherever it is tried; done at the first place where it doesn't."""
    trial = Trial(claim)
    try:
        trial.refuse_single_entries()
        wrong = any(trial.wrong_link(values) is not None for values in trial.instances(count, []))
    except (ClaimError, *AT_RUN_TIME):
        return False
    return trial.tried > 0 and not wrong


class Trial:
    """Tries one claim, whose letters are all that there is; others try it beside a problem."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.tried = 0
        self.at_ties = False
        self.distributions = frozenset(n for n, kind in claim.where.items() if kind.is_distribution)
        self.sides_for = lru_cache(maxsize=None)(self._sides)

    def run(self, count: int) -> ClaimResult:
        """What comes of about so many instances. Raises ClaimError."""
        self.refuse_single_entries()
        whole = whole_choices(self.claim.where, self.claim.axis)
        against: dict[int, list[Values]] = {}
        for values in self.instances(count, whole):
            link = self.wrong_link(values)
            if link is not None:
                against.setdefault(link, []).append(values)
        if not self.tried:
            return ClaimResult(self.claim, False, problem="the sides are finite nowhere that it was tried")
        if not against:
            return ClaimResult(self.claim, True, self.tried, whole=tuple(whole), but_for_ties=self.at_ties)
        link = min(against)
        return self.against(against[link], link)

    def against(self, against: list[Values], link: int) -> ClaimResult:
        """The smallest and roundest of the values at which a sign is wrong."""
        values = self.smallest(min(against, key=lambda values: self.size(values, link)), link)
        sides = self.sides(values).evaluate(values)
        return ClaimResult(self.claim, False, self.tried, values, sides[link], sides[link + 1], link=link)

    def instances(self, count: int, whole: list[dict[str, int]]) -> Iterator[Values]:
        """For each choice of sizes some round values, and as many at random; all there are where these are few."""
        kinds, axis = self.claim.where, self.claim.axis
        random = np.random.default_rng(0)
        choices = size_choices(kinds)
        each = max(2, count // (2 * len(choices)))
        for sizes in choices:
            shapes = shapes_of(kinds, sizes, axis)
            if sizes not in whole:
                yield from round_values(kinds, shapes, each, axis)
                for _ in range(each):
                    yield {name: random_value(kind, shapes[name], random, axis) for name, kind in kinds.items()}
        for sizes in whole:
            shapes = shapes_of(kinds, sizes, axis)
            yield from round_values(kinds, shapes, count_of(kinds, shapes, axis), axis)

    def refuse_single_entries(self) -> None:
        """Of the first sizes, none of which is 1 by chance."""
        self.sides_for(self.first_shapes)

    @cached_property
    def first_shapes(self) -> tuple[tuple[str, Shape], ...]:
        """The shapes of the names at those sizes."""
        kinds = self.claim.where
        return tuple(shapes_of(kinds, size_choices(kinds)[0], self.claim.axis).items())

    def _sides(self, shapes: tuple[tuple[str, Shape], ...]) -> Sides:
        strict = shapes == self.first_shapes
        return lowered(self.cases(dict(shapes)), dict(shapes), self.distributions, self.claim.axis, strict)

    def cases(self, shapes: Mapping[str, Shape]) -> list[tuple[Expr, ...]]:
        """The claim's formulas for these shapes, for every choice of letters of indices. Raises ClaimError."""
        try:
            return self.claim.cases(shapes)
        except FormulaError as error:
            raise ClaimError(error.message) from None

    def sides(self, values: Values) -> Sides:
        """The claim's sides for values of these shapes."""
        return self.sides_for(tuple((name, value.shape) for name, value in values.items()))

    def wrong_link(self, values: Values) -> int | None:
        """The first sign of the chain that is wrong at these values; None where all hold or can't be compared."""
        gaps = self.gaps(values)
        self.tried += gaps is not None
        return next((link for link, gap in enumerate(gaps or ()) if gap > TOLERANCE), None)

    def gaps(self, values: Values) -> list[float] | None:
        """By how much each sign is wrong, relative to the larger side or 1.

        None on a kink, where a side isn't finite, and where they differ by the sign of 0.
        """
        program = self.sides(values)
        sides = program.evaluate(values)
        if not all(np.isfinite(side).all() for side in sides) or program.on_kink(values):
            return None
        found = [_gap(*pair, sign) for pair, sign in zip(pairwise(sides), self.claim.relations, strict=True)]
        if max(found) > TOLERANCE and program.on_tie(values):
            self.at_ties = True
            return None
        return found

    def gap(self, values: Values, link: int) -> float:
        """By how much one sign is wrong; 0 where that can't be said."""
        gaps = self.gaps(values)
        return 0.0 if gaps is None else gaps[link]

    def size(self, values: Values, link: int) -> tuple[bool, int, float]:
        """The smaller, the better as a counterexample."""
        entries = sum(value.size for value in values.values())
        return self.gap(values, link) <= VISIBLE, entries, sum(map(roughness, values.values()))

    def smallest(self, values: Values, link: int) -> Values:
        """The counterexample with every entry as round as it can be."""
        least = VISIBLE if self.gap(values, link) > VISIBLE else TOLERANCE
        found = True
        while found:
            found = False
            for name, kind in self.claim.where.items():
                for other in rounder(kind, values[name], self.claim.axis):
                    if self.gap({**values, name: other}, link) > least:
                        values, found = {**values, name: other}, True
                        break
        return values


class _OfProblem(Trial):
    """A claim about quantities of a problem: the first instance has the problem's own numbers."""

    def __init__(self, claim: Claim, problem: Problem) -> None:
        super().__init__(claim)
        self.problem, self.program = problem, build(problem)
        sections = ("forward", "backward")
        self.equations = [eq for eq in self.program.equations if eq.section in sections]

    def refuse_single_entries(self) -> None:
        """A problem's own sizes may be 1."""

    def instances(self, count: int, whole: list[dict[str, int]]) -> Iterator[Values]:
        own = list(super().instances(count, whole)) if self.claim.where else [{}]
        drawn = instances(self.problem, RUNS, program=self.program)
        given = [dict(self.problem.given), *({name: each[name] for name in self.problem.given} for each in drawn)]
        for number in range(max(len(own), len(given))):
            yield {**given[number % len(given)], **own[number % len(own)]}

    def _sides(self, shapes: tuple[tuple[str, Shape], ...]) -> Sides:
        cases = self.cases({**self.program.shapes, **dict(shapes)})
        assumed = self.distributions | self.problem.assumed
        return lowered(cases, dict(shapes), assumed, self.claim.axis, equations=self.equations)

    def against(self, against: list[Values], link: int) -> ClaimResult:
        """The first of them: numbers of a problem aren't made rounder."""
        values = against[0]
        sides = self.sides(values).evaluate(values)
        own = all(np.array_equal(values[name], value) for name, value in self.problem.given.items())
        shown = {name: values[name] for name in self.claim.where}
        return ClaimResult(self.claim, False, self.tried, shown, sides[link], sides[link + 1], link=link, at_own=own)


def _gap(left: Array, right: Array, sign: Relation) -> float:
    scale = max(1.0, float(np.max(np.abs(left))), float(np.max(np.abs(right))))
    difference = left - right
    wrong = {"==": np.abs(difference), ">=": -difference, "<=": difference}[sign]
    return max(0.0, float(np.max(wrong))) / scale
