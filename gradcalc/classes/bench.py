"""Mark students' programs: each is run in a place of its own, and its gradient check is its marks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gradcalc.check.code.convention import TO_BE_RUN
from gradcalc.check.code.run import How, Outcome
from gradcalc.check.code.trial import Trial, worth
from gradcalc.classes.marking import TRIALS, Job, unmarked
from gradcalc.classes.model import VARIANT, Program, Result, Status, Submission
from gradcalc.classes.watch import Watch
from gradcalc.errors import GradcalcError
from gradcalc.program.solution import Solution
from gradcalc.report.story.program import failed, nothing, program_marks
from gradcalc.words import visible

if TYPE_CHECKING:
    from gradcalc.classes.variants.own import Variants

_STATUS: Mapping[How, Status] = {"unusable": "unreadable", "too slow": "too slow", "crashed": "crashed"}


class Bench:
    """Where programs are run and marked; what they are tried on is made once for all of them."""

    def __init__(self, job: Job, watch: Watch, solution: Solution, variants: Variants | None = None) -> None:
        self.job, self.watch, self.variants = job, watch, variants
        self.trial = self._trial(solution)

    def result(self, number: int, submission: Submission, program: Program) -> Result:
        """What becomes of a program. Raises GradcalcError where it can't be tried, TooSlow."""
        if not self.job.way.run_code:
            raise GradcalcError(f"{submission.source.rpartition('/')[2]} {TO_BE_RUN}")
        owner, trial = submission.student, self.trial
        if self.variants is not None:
            owner = self.variants.owner((owner, submission.name))
            trial = self._trial(self.variants.solution(owner))
        outcome = self._run(trial, program)
        marks = self.watch.run(lambda: trial.marks(program.main, outcome), TRIALS) if outcome.whole else None
        if marks is None or (outcome.how and marks.first is None):
            return unmarked(number, submission, _STATUS[outcome.how or "crashed"], failed(outcome))
        data = program_marks(marks) | {"title": self.job.problem.title}
        if self.variants is not None:
            data[VARIANT] = owner
        name, when = submission.name, submission.when
        said = "; ".join(filter(None, (failed(outcome), nothing(outcome), submission.said)))
        return Result(owner, submission.source, "marked", said, data, name, number, when)

    def _trial(self, solution: Solution) -> Trial:
        way = self.job.way
        return Trial(solution, way.tolerance, way.credit, worth(solution))

    def _run(self, trial: Trial, program: Program) -> Outcome:
        """Run it, unpacked to a folder that is gone afterwards. Raises GradcalcError where it can't be unpacked."""
        with TemporaryDirectory(prefix="gradcalc-") as name:
            folder = Path(name)
            for path, content in program.files.items():
                _write(folder, path, content)
            return trial.run(folder / program.main, self.job.way.seconds)


def _write(folder: Path, path: str, content: bytes) -> None:
    target = folder / path
    if ".." in target.parts or not target.is_relative_to(folder):
        raise GradcalcError(f"{visible(path)}: its path leads out of the folder: it isn't run")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except (OSError, ValueError) as error:
        raise GradcalcError(f"{visible(path)} can't be unpacked: {error}") from None
