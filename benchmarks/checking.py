"""Mark a sheet of twenty answers with one mistake in it, from the files to the verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gradcalc
from benchmarks.agreement import DisagreementError
from benchmarks.table import Row
from benchmarks.timing import in_turns
from gradcalc.check.answers.read import read_sheet
from gradcalc.check.marking.mark import Marks, mark

ROUNDS = 15
SHEET = Path(__file__).parent / "sheet.yaml"
MISTAKE = ("gradients.a1", "missing-activation-derivative")


def measure(rounds: int = ROUNDS) -> Iterator[Row]:
    """Load and solve hw3, read the sheet, mark it; then the last two alone."""
    solution = gradcalc.solve(gradcalc.load("hw3"))

    def whole() -> Marks:
        solved = gradcalc.solve(gradcalc.load("hw3"))
        return mark(solved, read_sheet(str(SHEET), solved))

    def alone() -> Marks:
        return mark(solution, read_sheet(str(SHEET), solution))

    _found(alone())
    timing = in_turns({"whole": whole, "alone": alone}, rounds)
    yield Row("check of 20 answers with one mistake, in process", "", timing.seconds["whole"], limit=0.030)
    yield Row("the same, the problem solved already", "", timing.seconds["alone"])


def _found(marks: Marks) -> None:
    """A check that misses the mistake, or marks one answer after it wrong, isn't worth its time."""
    wrong = [v.quantity for v in marks.verdicts if v.verdict not in ("correct", "carried")]
    mistakes = {mistake.id for v in marks.verdicts for mistake in v.mistakes}
    if len(marks.verdicts) != 20 or wrong != [MISTAKE[0]] or MISTAKE[1] not in mistakes:
        raise DisagreementError(f"of {len(marks.verdicts)} answers {wrong} are wrong, by {sorted(mistakes)}")
