"""Mark what was handed in: each submission becomes a result, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gradcalc.check.answers.compare import Tolerance
from gradcalc.check.answers.model import Sheet
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.code.run import PATIENCE, SECONDS
from gradcalc.check.marking.grader import FULL_CREDIT, Grader
from gradcalc.check.marking.verdicts import Credit
from gradcalc.check.writeup.read import answers_in, sheet_of
from gradcalc.classes.model import VARIANT, Program, Result, Status, Submission, Text
from gradcalc.classes.watch import TooSlow, Watch
from gradcalc.errors import GradcalcError
from gradcalc.problem.document import Document
from gradcalc.program.problem import Problem
from gradcalc.program.solve import solve
from gradcalc.report.story.marks import marks_data
from gradcalc.words import shorten

if TYPE_CHECKING:
    from gradcalc.classes.bench import Bench
    from gradcalc.classes.variants.own import Variants

TRIALS = 11
"""So many times as long as a sheet's may be the marking of a program's answers, which are as many sheets."""
TIMEOUT = 2.0
MOST_SAID = 300
"""Of a sheet that can't be read so many characters are told why; who wants more asks `check`."""


@dataclass(frozen=True, slots=True)
class Way:
    """How sheets are marked: as `Grader.mark` does it, each within `timeout` seconds.

    `student` is the key that says on a sheet whose it is, which then is no answer.
    """

    tolerance: Tolerance | None = None
    credit: Credit = FULL_CREDIT
    complete: bool = False
    timeout: float = TIMEOUT
    student: str = ""
    run_code: bool = False
    seconds: float = SECONDS
    """How long a program may run on all its instances together, of the processor's time."""

    @property
    def longest(self) -> float:
        """How many seconds a submission may take at most, whatever it is."""
        return self.timeout + (PATIENCE * self.seconds + TRIALS * self.timeout if self.run_code else 0)


@dataclass(frozen=True, slots=True)
class Job:
    """A problem and the way in which its sheets are marked: what every worker has to know."""

    problem: Problem
    way: Way = Way()
    variants: Mapping[str, str] = field(default_factory=dict)
    """Problem files by student, where each has one of their own; `problem` is the one that these were made of."""


class Desk:
    """Where sheets are marked one after the other; its `Grader` keeps what they share."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.watch = Watch(job.way.timeout)
        self.grader = self.new_grader()
        self.variants = self._variants() if job.variants else None
        self._bench: Bench | None = None

    def _variants(self) -> Variants:
        from gradcalc.classes.variants.own import Variants  # which few classes need

        return Variants(self.job.problem, self.job.variants)

    def new_grader(self) -> Grader:
        """A grader that has marked nothing yet."""
        return Grader(solve(self.job.problem, check=False))

    @property
    def bench(self) -> Bench:
        """Where programs are marked."""
        from gradcalc.classes.bench import Bench  # which few classes need

        if self._bench is None:
            self._bench = Bench(self.job, self.watch, self.grader.solution, self.variants)
        return self._bench

    def _begin_anew(self) -> None:
        """Keep nothing of what was left in the midst of something."""
        self.grader, self._bench = self.new_grader(), None

    def close(self) -> None:
        """Put things away."""
        self.watch.close()

    def result(self, number: int, submission: Submission) -> Result:
        """What becomes of a submission. Raises nothing but what ends the process."""
        try:
            content = self.watch.run(submission.load)
            if isinstance(content, Program):
                return self.bench.result(number, submission, content)
            return self.watch.run(lambda: self.marked(number, submission, content))
        except TooSlow:
            self._begin_anew()
            return unmarked(number, submission, "too slow", f"not marked within {self.job.way.timeout:g} seconds")
        except GradcalcError as error:
            return unmarked(number, submission, "unreadable", str(error))
        except Exception as error:
            self._begin_anew()
            return unmarked(number, submission, "crashed", f"gradcalc failed: {type(error).__name__}: {error}")

    def marked(self, number: int, submission: Submission, content: Text) -> Result:
        """The result of a sheet that can be read. Raises GradcalcError."""
        way = self.job.way
        student, sheet = self.sheet(content, submission.source)
        sure = submission.student if submission.sure else ""
        named = (student, sure, sheet.about.get("id", ""), sheet.about.get("name", ""), submission.student)
        owner = next(filter(None, named), "") if self.variants is None else self.variants.owner(named)
        grader = self.grader if self.variants is None else self.variants.grader(owner)
        marks = grader.mark(sheet, way.tolerance, way.credit, complete=way.complete)
        data = marks_data(marks, answers=True) | {"title": self.job.problem.title}
        if self.variants is not None:
            data[VARIANT] = owner
        name = submission.name or str(data.pop("name", ""))
        found = Result(owner, submission.source, "marked", submission.said, data, name, number, submission.when)
        return found if self.variants is None or found.all_right else self._compared(found, sheet, self.variants)

    def _compared(self, result: Result, sheet: Sheet, variants: Variants) -> Result:
        """A result that says where the sheet fits another student's variant better."""
        said = "; ".join(filter(None, (result.message, variants.better(result.student, sheet))))
        return replace(result, message=said)

    def sheet(self, content: Text, source: str) -> tuple[str, Sheet]:
        """Whose it is, if the key that says so stands on it, and the sheet. Raises InputError."""
        key, solution = self.job.way.student, self.grader.solution
        if not isinstance(content, str):
            return "", sheet_from_data(content, solution, path=source)
        answers = answers_in(content, source)
        data = answers.data if isinstance(answers, Document) else None
        student = data.pop(key, "") if key and isinstance(data, dict) else ""
        return _plain(student), sheet_of(answers, solution)


def _plain(student: Any) -> str:
    return "" if student is None or isinstance(student, dict | list) else shorten(str(student), MOST_SAID)


def unmarked(number: int, submission: Submission, status: Status, why: str) -> Result:
    """The result of a submission that has no marks."""
    said = "; ".join(each for each in (shorten(why, MOST_SAID), submission.said) if each)
    return Result(submission.student, submission.source, status, said, {}, submission.name, number, submission.when)


def results(problem: Problem, submissions: Iterable[Submission], way: Way | None = None) -> Iterator[Result]:
    """The results, in the order of the submissions, made in this process one by one as they are asked for.

    Raises EquationError, OverflowsError and whatever else `solve` raises of a problem that can't be solved.
    """
    desk = Desk(Job(problem, way or Way()))
    try:
        for number, submission in enumerate(submissions, 1):
            yield desk.result(number, submission)
    finally:
        desk.close()
