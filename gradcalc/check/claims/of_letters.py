"""A claim about quantities of a problem in letters that is false: the smallest sizes and values at which it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Final

import numpy as np

from gradcalc.check.claims.lowering import ClaimError, Sides, lowered
from gradcalc.check.claims.try_out import ClaimResult, Trial, Values
from gradcalc.check.claims.values import round_values, shapes_of, size_choices
from gradcalc.errors import FormulaError, GradcalcError
from gradcalc.formula.evaluate import AT_RUN_TIME
from gradcalc.formula.expr import Expr, names
from gradcalc.formula.table import Shape
from gradcalc.problem.claims import Claim, at
from gradcalc.problem.sizes import at_sizes
from gradcalc.program.build import Program, build
from gradcalc.program.kinds import KINDS, random_value, sizes_in
from gradcalc.program.letters import InLetters
from gradcalc.program.problem import Equation, Problem

SIZES: Final = 12
EACH: Final = 4
"""At how many choices of sizes, and at how many round values and random ones of each, it is looked for."""


def smallest_against(claim: Claim, problem: Problem, told: InLetters) -> ClaimResult | None:
    """What refutes a claim, as small and as round as can be, with the sizes; None where nothing is found."""
    given = {*problem.given} == {*told.kinds} and all(kind.kind in KINDS for kind in told.kinds.values())
    if not given or {*claim.where} & {*told.kinds}:
        return None
    trial = _OfLetters(claim, problem, told)
    try:
        found = trial.run(EACH)
    except (GradcalcError, *AT_RUN_TIME):
        return None
    return None if found.holds or found.counterexample is None else trial.told_of(found)


class _OfLetters(Trial):
    """The letters of the claim are those of the problem too, each of its kind; at each size it has its equations."""

    def __init__(self, claim: Claim, problem: Problem, told: InLetters) -> None:
        whole = {**told.kinds, **claim.where}
        super().__init__(replace(claim, where=whole, of_problem=frozenset(), axis=problem.axis))
        self.mine, self.problem, self.letters = claim, problem, told
        self.program = lru_cache(maxsize=None)(self._program)

    def _program(self, sizes: tuple[tuple[str, int], ...]) -> Program:
        return build(at_sizes(self.problem, {**self.letters.sizes, **dict(sizes)}, 0))

    def sizes(self, shapes: Mapping[str, Shape]) -> dict[str, int]:
        """The size of each letter where the names have these shapes."""
        return sizes_in(self.claim.where, shapes, self.claim.axis)

    def run(self, count: int) -> ClaimResult:
        """What comes of so many round values and random ones at each choice of sizes, up to the first that refutes it.

        Raises ClaimError.
        """
        for sizes in islice(self.choices(), SIZES):
            tried = [(values, self.wrong_link(values)) for values in self.at(sizes, count)]
            link = min((each for _, each in tried if each is not None), default=None)
            if link is not None:
                return self.against([values for values, each in tried if each == link], link)
        return ClaimResult(self.claim, True, self.tried)

    def choices(self) -> Iterator[dict[str, int]]:
        """Sizes for the letters, the smallest first."""
        least = self.letters.least.items()
        for sizes in sorted(size_choices(self.claim.where), key=lambda sizes: sum(sizes.values())):
            if all(sizes.get(letter, size) >= size for letter, size in least):
                yield sizes

    def at(self, sizes: Mapping[str, int], count: int) -> Iterator[Values]:
        """So many round values, and as many at random."""
        kinds, axis, random = self.claim.where, self.claim.axis, np.random.default_rng(0)
        shapes = shapes_of(kinds, sizes, axis)
        yield from round_values(kinds, shapes, count, axis)
        for _ in range(count):
            yield {name: random_value(kind, shapes[name], random, axis) for name, kind in kinds.items()}

    def _sides(self, shapes: tuple[tuple[str, Shape], ...]) -> Sides:
        program = self.program(tuple(self.sizes(dict(shapes)).items()))
        cases = self.cases({**program.shapes, **dict(shapes)})
        assumed = self.distributions | self.problem.assumed
        return lowered(cases, dict(shapes), assumed, self.claim.axis, equations=_wanted(program, cases))

    def cases(self, shapes: Mapping[str, Shape]) -> list[tuple[Expr, ...]]:
        """The claim's formulas at the sizes that the letters have there."""
        sizes = {**self.letters.sizes, **self.sizes(shapes)}
        try:
            return at(self.mine, sizes).cases({**shapes, **dict.fromkeys(sizes, ())})
        except FormulaError as error:
            raise ClaimError(error.message) from None

    def told_of(self, found: ClaimResult) -> ClaimResult:
        """The sizes, and the values of the names on which the claim rests."""
        values = found.counterexample or {}
        shapes = {name: value.shape for name, value in values.items()}
        program = self.program(tuple(self.sizes(shapes).items()))
        cases = self.cases({**program.shapes, **shapes})
        used = {name for sides in cases for side in sides for name in names(side)}
        used |= {name for equation in _wanted(program, cases) for name in equation.uses}
        sizes = {letter: np.array(float(size)) for letter, size in self.sizes(shapes).items()}
        return replace(found, counterexample=sizes | {name: each for name, each in values.items() if name in used})


def _wanted(program: Program, cases: list[tuple[Expr, ...]]) -> list[Equation]:
    """The equations on which a claim rests, in order."""
    wanted = {name for sides in cases for side in sides for name in names(side)}
    found = []
    for equation in reversed(program.equations):
        if equation.section in ("forward", "backward") and equation.name in wanted:
            wanted |= {*equation.uses}
            found.append(equation)
    return found[::-1]
