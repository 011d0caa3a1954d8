"""Check a problem against itself: its `expected`, its `misprints` and its `claims`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gradcalc.check.author.expected import ExpectedResult, check_expected
from gradcalc.check.author.misprints import MisprintResult, check_misprints
from gradcalc.check.claims.of_letters import smallest_against
from gradcalc.check.claims.try_out import ClaimResult, check_claim
from gradcalc.display import Displayed
from gradcalc.problem.claims import Claim, at
from gradcalc.problem.sizes import at_sizes
from gradcalc.program.beside import with_further
from gradcalc.program.further import by_labels
from gradcalc.program.letters import InLetters, choices, telling, text_in_letters
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve

SIZES = 3
"""At how many choices of sizes a claim about quantities of a problem in letters is tried."""


@dataclass(frozen=True)
class OwnCheck(Displayed):
    """What a problem says of itself, held against its solution (None for a file of claims alone)."""

    problem: Problem
    solution: Solution | None
    expected: tuple[ExpectedResult, ...] = ()
    misprints: tuple[MisprintResult, ...] = ()
    claims: tuple[ClaimResult, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether everything agrees."""
        return self.right == self.count

    @property
    def right(self) -> int:
        """How many of the values, misprints and claims are as the file says."""
        agreeing = [each.agrees for each in self.expected]
        return sum([*agreeing, *(m.differs for m in self.misprints), *(c.passes for c in self.claims)])

    @property
    def count(self) -> int:
        """How many values, misprints and claims there are."""
        return len(self.expected) + len(self.misprints) + len(self.claims)


def without_key(check: OwnCheck) -> OwnCheck:
    """The same without the right numbers: what is wrong is said, and not what would be right."""
    hidden = "this isn't what comes out"
    expected = (replace(each, message="" if each.agrees else hidden, right=None) for each in check.expected)
    said = {True: "", False: "this comes out"}
    misprints = (replace(each, message=said[each.differs], right=None) for each in check.misprints)
    return replace(check, expected=tuple(expected), misprints=tuple(misprints))


def check_problem(problem: Problem) -> OwnCheck:
    """Solve a problem and check what its file says: `expected`, `misprints` and `claims`.

    Raises what `solve` raises; a claim that can't be tried is said to be so in its result.
    """
    claims = tuple(_tried(claim, problem) for claim in problem.claims)
    if problem.form == "claims":
        return OwnCheck(problem, None, claims=claims)
    solution = solve(problem)
    expected, misprints = check_expected(solution), check_misprints(solution)
    labels = [*(each.quantity for each in expected), *(each.misprint.quantity for each in misprints)]
    return OwnCheck(problem, with_further(solution, by_labels(problem, labels)), expected, misprints, claims)


def _tried(claim: Claim, problem: Problem) -> ClaimResult:
    """A claim tried; of a problem in letters at several sizes, of which the first that refutes it counts."""
    if problem.letters is None or not claim.of_problem:
        return check_claim(claim, problem=problem)
    tried = 0
    for seed, sizes in enumerate(choices(problem.letters, SIZES)):
        found = check_claim(at(claim, sizes), problem=at_sizes(problem, sizes, seed))
        tried += found.tried
        if found.misfit:
            return _in_letters(claim, problem, problem.letters)
        if not found.holds:
            smallest = smallest_against(claim, problem, problem.letters) if not found.problem else None
            if smallest is not None:
                return smallest
            numbers = {letter: np.array(float(size)) for letter, size in sizes.items()}
            return replace(found, counterexample=numbers | dict(found.counterexample or {}), at_own=False)
    return replace(found, tried=tried)


def _in_letters(claim: Claim, problem: Problem, told: InLetters) -> ClaimResult:
    """A claim whose shapes don't fit, with these in letters."""
    sizes = next(telling(told, 1))
    found = check_claim(at(claim, sizes), problem=at_sizes(problem, sizes, 0))
    return replace(found, problem=text_in_letters(found.problem, sizes))
