"""Mark one sheet; for several of one problem, keep its grader."""

from __future__ import annotations

from collections.abc import Mapping

from gradcalc.check.answers.compare import Tolerance
from gradcalc.check.answers.model import Sheet
from gradcalc.check.marking.grader import FULL_CREDIT, Grader, tolerance_of
from gradcalc.check.marking.statements import Statements
from gradcalc.check.marking.verdicts import Credit, Marks, Verdict, Word
from gradcalc.check.wording import shown
from gradcalc.program.solution import Solution

__all__ = ["Credit", "Marks", "Verdict", "Word", "mark", "shown", "tolerance_of"]


def mark(
    solution: Solution,
    sheet: Sheet,
    tolerance: Tolerance | None = None,
    credit: Credit = FULL_CREDIT,
    points: Mapping[str, float] | None = None,
    complete: bool = False,
    statements: Statements | None = None,
) -> Marks:
    """Mark every answer of a sheet by a solution, as `Grader.mark` does; what is wrong with an answer is its verdict.

    `tolerance` is by default what the problem asks for, `credit` says what a verdict earns, `points` are by label
    (`gradients.W1`; default: the problem's), and with `complete` unanswered quantities count.
    `statements` tries what a write-up says of entries and derivatives; by default at the problem's own sizes.
    """
    return Grader(solution, statements).mark(sheet, tolerance, credit, points, complete)
