"""Hold a solution's gradients against central differences of its own forward pass, where they claim to be gradients."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.program.naming import new_name
from gradcalc.program.solution import Solution
from gradcalc.program.verify import Verification, verify


def verified(solution: Solution) -> Verification | None:
    """How well the gradients agree with central differences of the forward pass.

    None where there is nothing to compare: where the gradients are given, and where each is taken through weights
    that are updated already.
    """
    problem = solution.problem
    if problem.has_given_gradients or problem.order == "sequential":
        return None
    known = {*problem.upstream, problem.objective}
    gradients = {name: g for name, g in solution.gradients.items() if name not in known}
    targets = (problem.objective,) if problem.objective is not None else tuple(problem.upstream)

    def objective(values: Mapping[str, Array]) -> float:
        if problem.objective is not None:
            return float(np.asarray(values[problem.objective]).item())
        return float(sum(np.sum(g * values[name]) for name, g in problem.upstream.items()))

    found = []
    for given, names in _points(solution, [*gradients]):
        here = {name: g for name, g in gradients.items() if name in names}
        found.append(verify(problem.forward, given, here, objective, targets, problem.axis))
    kinks = dict.fromkeys(kink for each in found for kink in each.on_kinks)
    return replace(max(found, key=lambda each: each.max_relative_error), on_kinks=tuple(kinks))


def _points(solution: Solution, names: Sequence[str]) -> Iterator[tuple[dict[str, Array], Collection[str]]]:
    """Where gradients are taken, and which: all where the problem is, but for parameters with later turns."""
    problem = solution.problem
    here = {name: value[()] for name, value in problem.given.items()}
    turns = problem.turns if solution.has_update else ()
    yield here, {*names} - {*turns[1:]}
    for before, name in pairwise(turns):
        here = here | {before: solution.values[new_name(before)][()]}
        yield here, {name}
