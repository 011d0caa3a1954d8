"""Solve, step, explain: of a problem, or of the file or name by which `load` finds one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from gradcalc.errors import UsageError
from gradcalc.problem.load import load, override
from gradcalc.program import descent as descents
from gradcalc.program import explain as explanations
from gradcalc.program import solve as solutions
from gradcalc.program.course import EACH, Keep
from gradcalc.program.descent import Descent, Tell
from gradcalc.program.explain import Explanation
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution

Named: TypeAlias = Problem | str | os.PathLike[str]


def problem_of(problem: Named) -> Problem:
    """The problem itself, or the one that `load` finds.

    Raises what `load` raises, and UsageError where it is in letters: its numbers are any.
    """
    found = problem if isinstance(problem, Problem) else load(problem)
    if found.letters is not None:
        sizes = dict(found.letters.sizes) or {"n": 2}
        raise UsageError(f"{found.path}: the problem is in letters; load it with sizes for numbers: at={sizes}")
    return found


def solution_of(problem: Named | Solution) -> Solution:
    """The solution itself, or that of a problem, its gradients unchecked. Raises what `load` and `solve` raise."""
    return problem if isinstance(problem, Solution) else solutions.solve(problem_of(problem), check=False)


def solve(problem: Named, *, check: bool = True) -> Solution:
    """Work a problem out; with `check`, verify every gradient against central differences.

    `problem` may be a file or a name too. Of one that is gone through in batches, this is the first step, with its
    samples alone.

    Raises ShapeError where shapes don't fit or values would be too large, NoGradientError where a function on the way
    has no gradient, and GradcalcError, the base of both, where upstream gradients contradict each other; and what
    `load` raises.
    """
    return solutions.solve(problem_of(problem), check=check)


def take_steps(
    problem: Named,
    count: int | None = None,
    *,
    epochs: int | None = None,
    until: str | None = None,
    watch: Sequence[str] | None = (),
    keep: Keep = EACH,
    tell: Tell | None = None,
) -> Descent:
    """Take `count` steps, or `epochs` passes over all samples, or steps `until` a condition holds (`loss < 0.01`).

    `problem` may be a file or a name too. Where none of the three is given, the problem says how far to go, and one
    step is taken where it doesn't. `watch` names quantities and entries whose values make the curve, beside what is
    differentiated (None: there is no curve). `keep` says which steps are kept (all, if left out). `tell` is called
    after each step with how many are made, and at most will be.

    Raises UsageError where there is nothing to update (no learning rate, no parameters, no gradient), for a count
    below 1 or above 100,000, a condition that can't be read and a name that isn't known; and what `solve` raises.
    """
    return descents.take_steps(
        problem_of(problem), count, epochs=epochs, until=until, watch=watch, keep=keep, tell=tell
    )


def step(problem: Named, lr: float | None = None, *, freeze: Iterable[str] = ()) -> Descent:
    """One step of the update rule, as `gradcalc step` makes it; `.next` is the problem as it stands after it.

    `lr` is another learning rate than the problem's, and what `freeze` names stays as it is. Raises what `take_steps`
    raises.
    """
    return descents.take_steps(override(problem_of(problem), lr, freeze), 1)


def explain(solution: Solution | Named, what: str) -> Explanation:
    """Explain a quantity of a solution, or one entry of it: the formula that gives it, and what its factors come from.

    `solution` may be a problem, a file or a name too. `what` is written as reports write it: `dW1[1,2]`, `dW1`,
    `h1[2]`, `loss`, `gradients.W1`, `after.h1[1]`, `∇W¹`; indices count from 1. It may be a further quantity, such as
    `changes.W1`. Raises UsageError for what isn't there.
    """
    return explanations.explain(solution_of(solution), what)
