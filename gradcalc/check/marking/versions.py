"""What makes a sheet doubtful as a whole: it answers another version of the problem, or nothing on it is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from gradcalc.check.marking.verdicts import Verdict
from gradcalc.formula.arrays import some
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution

WHOLE = 0.5
"""A sheet with this part of all quantities is a whole one."""
FEWEST = 6
CONTRADICTIONS = 2
SOME_RIGHT = 0.1

FEWEST_WRONG = 4
"""Of so many answers, one that is calculated is right, or is not what takes no calculation."""

Doubt = Literal["unexplained", "effortless"]
"""The wrong answers from which nothing is carried on: those that no mistake explains, those that take no work."""
SAID: Mapping[Doubt, str] = {
    "unexplained": "these look like the answers to another version of this problem, so nothing is carried on from here",
    "effortless": "nothing on this sheet is right, and this takes no calculation, so nothing is carried on from here",
}


def doubts(verdicts: Sequence[Verdict], asked: int, solution: Solution) -> tuple[Doubt, ...]:
    """From which of its wrong answers nothing is carried on, by what a sheet shows as a whole.

    `asked` is how many quantities there are to be answered.
    """
    found: list[Doubt] = []
    if is_other_version(verdicts, asked, solution):
        found.append("unexplained")
    if has_nothing_right(verdicts):
        found.append("effortless")
    return tuple(found)


def has_nothing_right(verdicts: Sequence[Verdict]) -> bool:
    """Whether a sheet with some answers has no right one: all that it earns is carried."""
    answered = [v for v in verdicts if v.answer is not None and v.verdict != "unreadable"]
    if len(answered) < FEWEST_WRONG or not any(v.after for v in answered):
        return False
    return all(v.verdict == "wrong" or v.after for v in answered)


def is_other_version(verdicts: Sequence[Verdict], asked: int, solution: Solution) -> bool:
    """Whether nothing is right on a whole sheet from its first answer on, or everything contradicts something given.

    Only of a first error that no mistake explains, and no slip in single entries; `asked` is how many quantities
    there are to be answered.
    """
    answered = [v for v in verdicts if v.answer is not None and v.verdict not in ("missing", "unreadable")]
    first = next((v for v in answered if v.verdict == "wrong"), None)
    if first is None or not is_unexplained(first) or len(answered) < max(FEWEST, WHOLE * asked):
        return False
    right = [v for v in answered if v.verdict in ("correct", "imprecise")]
    starts_wrong = not any(v in right for v in answered[: answered.index(first)])
    if starts_wrong and len(right) <= SOME_RIGHT * len(answered):
        return True
    return any(_contradicts(users) for users in _users(answered, solution).values())


def is_unexplained(verdict: Verdict) -> bool:
    """Whether an answer is wrong in all its entries, and no mistake gives its numbers."""
    return (
        verdict.verdict == "wrong" and not verdict.mistakes and (verdict.entries is None or not some(verdict.entries))
    )


def _contradicts(users: Sequence[Verdict]) -> bool:
    """Whether nothing that uses a given value is right, or right given what is before."""
    wrong = [v for v in users if v.verdict == "wrong" and not v.mistakes]
    return len(wrong) >= CONTRADICTIONS and len(wrong) == len(users)


def _users(answered: Sequence[Verdict], solution: Solution) -> Mapping[str, Sequence[Verdict]]:
    """By each given value, the answers that use it: directly, or through what isn't answered."""
    by_name = {v.answer.name: v for v in answered if v.answer is not None}
    given = solution.problem.data
    users: dict[str, list[Verdict]] = {name: [] for name in given}
    through: dict[str, frozenset[str]] = {name: frozenset((name,)) for name in given}
    for equation in solution.equations:
        used = _given_in(equation, through)
        if equation.name in by_name:
            for name in used:
                users[name].append(by_name[equation.name])
        else:
            through[equation.name] = used
    return users


def _given_in(equation: Equation, through: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(through.get(name, frozenset()) for name in equation.uses))
