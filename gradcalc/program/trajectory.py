"""Single steps of many, each as a solution by itself."""

from __future__ import annotations

from collections.abc import Collection

from gradcalc.program.beside import with_further
from gradcalc.program.solution import Solution
from gradcalc.program.walk import Walk


def alone_at(solution: Solution, steps: Collection[int]) -> dict[int, Solution]:
    """The solutions of the steps with these numbers, in order, each with what it starts from as given.

    `solution` is of the first step; all steps up to the last one are worked out.
    """
    if not steps:
        return {}
    walk = Walk(solution.whole)
    further = [eq.name for eq in solution.equations if eq.is_beside and eq.kind != "count"]
    state, found = walk.start, dict[int, Solution]()
    for number in range(1, max(steps) + 1):
        if number in steps:
            found[number] = with_further(walk.solution(state), further)
        state = walk.take(state).state
    return found
