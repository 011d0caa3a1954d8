"""Hold the numbers that a problem lists as misprinted against its solution: each of them must be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gradcalc.check.answers.read import read_answer
from gradcalc.check.author.expected import agreement
from gradcalc.check.author.precision import Rounding
from gradcalc.check.wording import spots
from gradcalc.formula.arrays import Array
from gradcalc.program.problem import Misprint
from gradcalc.program.sections import later_steps
from gradcalc.program.solution import Solution
from gradcalc.program.trajectory import alone_at


@dataclass(frozen=True, slots=True)
class MisprintResult:
    """Whether the numbers that are listed as misprinted really differ from the right ones."""

    misprint: Misprint
    differs: bool
    message: str = ""
    right: Array | None = None


def check_misprints(solution: Solution) -> tuple[MisprintResult, ...]:
    """Every entry of `misprints`: each printed number must be wrong; `null` stands for those that aren't misprinted."""
    misprints = solution.problem.misprints
    steps = later_steps(misprint.quantity for misprint in misprints)
    solutions = {1: solution, **alone_at(solution, steps)}
    rounding = Rounding(solution.whole)
    return tuple(_misprint(misprint, i, solutions, rounding) for i, misprint in enumerate(misprints))


def _misprint(misprint: Misprint, number: int, solutions: Mapping[int, Solution], rounding: Rounding) -> MisprintResult:
    """`solutions` are those of single steps, by their numbers."""
    solution = solutions[1]
    problem, at = solution.problem, ("misprints", number, "printed")
    answer = read_answer(
        misprint.quantity, misprint.printed, solution, problem.written, problem.places, at, strict=True
    )
    if answer.unreadable:
        return MisprintResult(misprint, False, answer.unreadable)
    found = agreement(answer, solutions[answer.step], rounding)
    if found.entries is None:
        return MisprintResult(misprint, not found.agrees, found.message, found.right)
    given = answer.numbers.given if answer.numbers else None
    fine = found.entries if given is None else found.entries & given.reshape(found.entries.shape)
    if not fine.any():
        return MisprintResult(misprint, True, found.message, found.right)
    if fine.all():
        return MisprintResult(misprint, False, "the printed value is right: it is no misprint", found.right)
    right = f"{spots(fine)} of the printed value {'is' if fine.sum() == 1 else 'are'} right"
    return MisprintResult(misprint, False, f"{right}: write null for what isn't misprinted", found.right)
