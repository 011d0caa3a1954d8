"""What a program's marks on several instances say together: the gradient check, and the mistake that they show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeAlias

import numpy as np

from gradcalc.check.answers.compare import laid_out, relative_error
from gradcalc.check.code.run import Outcome
from gradcalc.check.marking.verdicts import Marks, Verdict
from gradcalc.display import Displayed
from gradcalc.program.solution import Solution

SMALL: Final = 1e-7
"""A relative error below this needs no explanation: so far float64 gets."""
CHANCE: Final = 0.2
"""A mistake that fewer of the instances show, of those on which an array is wrong, shows there by chance."""

_Judged: TypeAlias = tuple[Verdict, float | None, bool]
"""A verdict, the relative error, and whether it is right by another derivative at a kink."""
Told = Literal["right", "precision", "kink", "layout", "carried", "wrong", "missing", "unreadable"]


@dataclass(frozen=True)
class Row:
    """A line of the gradient check: an array, how far it is off where it is furthest, and what that is put down to.

    `error` is ‖a − b‖ / (‖a‖ + ‖b‖), None where there is nothing to compare; `wrong_on` counts the instances on which
    the array isn't right.
    """

    quantity: str
    error: float | None
    precision: str
    told: Told
    wrong_on: int
    verdict: Verdict


@dataclass(frozen=True)
class CodeMarks(Displayed):
    """What a program's answers are worth: its marks on each instance, the problem's own numbers first."""

    solution: Solution
    program: str
    outcome: Outcome
    each: tuple[Marks, ...]

    def __repr__(self) -> str:
        """One line: the program, and what is wrong with it first."""
        wrong = self.outcome.failure or (f"{self.first.quantity} is {self.first.verdict}" if self.first else "passes")
        return f"<CodeMarks: {self.program}; {wrong}>"

    @property
    def passes(self) -> bool:
        """Whether it answered everywhere, and nothing is wrong."""
        return not self.outcome.failure and bool(self.each) and all(self.each)

    @cached_property
    def first(self) -> Verdict | None:
        """The first array that is wrong, as one calculates, on most of the instances where any is."""
        firsts = [verdict for marks in self.each if (verdict := _first(marks)) is not None]
        return _clearest(firsts)

    @cached_property
    def marks(self) -> Marks | None:
        """The marks that show it; where nothing is wrong, those on the problem's own numbers."""
        shown = (marks for marks in self.each if _first(marks) is self.first)
        return next(shown, self.each[0] if self.each else None)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The gradient check, in the order of the calculation."""
        found: dict[str, list[_Judged]] = {}
        for marks in self.each:
            for verdict in marks.verdicts:
                judged = verdict, _error(verdict, marks.solution), _is_on_kink(verdict, marks.solution)
                found.setdefault(verdict.quantity, []).append(judged)
        return tuple(map(_row, found.values()))


def _first(marks: Marks) -> Verdict | None:
    """What is wrong first; what can't be read or isn't there, where nothing is."""
    rest = (verdict for verdict in marks.verdicts if verdict.verdict in ("unreadable", "missing"))
    return marks.first_error or next(rest, None)


def _clearest(firsts: Sequence[Verdict]) -> Verdict | None:
    """Of the verdicts on several instances the one that says most: the mistake that most of them show, and alone."""
    if not firsts:
        return None
    place, _ = Counter(verdict.quantity for verdict in firsts).most_common(1)[0]
    mine = [verdict for verdict in firsts if verdict.quantity == place]
    shown = Counter(mistake.id for verdict in mine for mistake in verdict.mistakes)
    most = max(shown.values(), default=0)
    usual = {id for id, count in shown.items() if count == most and count >= CHANCE * len(mine)}
    fitting = [v for v in mine if (usual & {m.id for m in v.mistakes} if usual else not v.mistakes)] or mine
    return min(fitting, key=lambda verdict: len(verdict.mistakes))


def _row(judged: Sequence[_Judged]) -> Row:
    """One array on all instances."""
    wrong = [verdict for verdict, *_ in judged if verdict.verdict != "correct"]
    furthest, error, _ = max(judged, key=lambda each: -1.0 if each[1] is None else each[1])
    on_kink = any(on_kink for *_, on_kink in judged)
    shown = _clearest(wrong) or furthest
    precision = "" if shown.answer is None else shown.answer.text.removeprefix("array of ")
    return Row(shown.quantity, error, precision, _told(shown, error, on_kink), len(wrong), shown)


def _told(verdict: Verdict, error: float | None, on_kink: bool) -> Told:
    if verdict.verdict == "correct":
        if on_kink:
            return "kink"
        return "right" if error is None or error <= SMALL else "precision"
    if verdict.verdict == "imprecise":
        return "layout"
    return verdict.verdict


def _error(verdict: Verdict, solution: Solution) -> float | None:
    """The relative error of an answer, by the key; None where its shape is another."""
    answer = verdict.answer
    if answer is None or answer.numbers is None or answer.name not in solution.values:
        return None
    right = solution.values[answer.name]
    placed = laid_out(answer.numbers, right.shape)
    return None if placed is None else relative_error(placed.values, right)


def _is_on_kink(verdict: Verdict, solution: Solution) -> bool:
    """Whether it was marked by a solution with other derivatives at kinks, and these matter to it."""
    right = None if verdict.answer is None else solution.values.get(verdict.answer.name)
    return verdict.right is not None and right is not None and not np.array_equal(verdict.right, right, equal_nan=True)
