"""`grade` and `merge`: the sheets of a class marked, in one run or in shards that are put together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from gradcalc.commands.check import Marking
from gradcalc.commands.hand_back import Outs, Problems, check_gradebooks, hand_back, keep_sources, write_page
from gradcalc.commands.output import whole_file
from gradcalc.commands.progress import Tell, shown_progress
from gradcalc.commands.request import Request, placed, solved, worked
from gradcalc.errors import UsageError
from gradcalc.report.formats import Report
from gradcalc.words import shorten

if TYPE_CHECKING:
    from gradcalc.check.answers.compare import Tolerance
    from gradcalc.check.marking.verdicts import Credit
    from gradcalc.classes.journal import Journal
    from gradcalc.classes.marking import Job, Way
    from gradcalc.classes.model import Result, Submission
    from gradcalc.classes.summary import Tally
    from gradcalc.program.solution import Solution
    from gradcalc.report.document import Document

MOST_JOBS = 256
_SHARD = re.compile(r"(\d{1,6})/(\d{1,6})")


@dataclass(frozen=True)
class Run:
    """How a class is marked, and where its results go. Raises UsageError where that can't be."""

    output: Path | None = None
    jobs: int = 1
    dask: str = ""
    timeout: float | None = None
    shard: str = ""
    resume: bool = False
    student: str = ""
    variants: Path | None = None
    run_code: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.jobs <= MOST_JOBS:
            raise UsageError(f"--jobs {self.jobs}: from 1 to {MOST_JOBS} processes")
        if self.timeout is not None and not 0.01 <= self.timeout <= 3600:
            raise UsageError(f"--timeout {self.timeout:g}: from 0.01 to 3600 seconds")
        if self.resume and self.output is None:
            raise UsageError("--resume needs --output: what was written there is gone on with")
        self.part  # noqa: B018  (raises)

    @property
    def part(self) -> tuple[int, int]:
        """Which shard, of how many."""
        found = _SHARD.fullmatch(self.shard or "1/1")
        mine, of = (int(found[1]), int(found[2])) if found else (0, 0)
        if not 1 <= mine <= of:
            raise UsageError(f"--shard {shorten(self.shard)}: write which shard of how many, such as 3/10")
        return mine, of

    def way(self, tolerance: Tolerance, credit: Credit, complete: bool) -> Way:
        """How each is marked; `--timeout` is for sheets and programs alike."""
        from gradcalc.check.code.run import SECONDS
        from gradcalc.classes.marking import TIMEOUT, Way

        sheet = TIMEOUT if self.timeout is None else self.timeout
        program = SECONDS if self.timeout is None or not self.run_code else self.timeout
        return Way(tolerance, credit, complete, sheet, self.student, self.run_code, program)


def grade_report(request: Request, sheets: Sequence[str], marking: Marking, run: Run, outs: Outs) -> Report:
    """Mark the sheets of a class and write their marks; what is left to say is the summary.

    Raises UsageError, InputError.
    """
    from gradcalc.check.code.convention import NONE_WANTED, wanted
    from gradcalc.check.marking.mark import tolerance_of
    from gradcalc.classes.columns import is_quantity
    from gradcalc.classes.marking import Job
    from gradcalc.classes.settle import settled
    from gradcalc.classes.sources import handed_in
    from gradcalc.classes.summary import passed_over
    from gradcalc.program.solve import solve

    problem = worked(request)
    keep_sources([problem.path, *sheets], outs)
    check_gradebooks(outs, problem.title)
    solution = placed(problem, lambda: solve(problem, check=False))
    if run.run_code and not wanted(solution):
        raise UsageError(NONE_WANTED.format(problem.path))
    submissions = handed_in(sheets, run.student, is_quantity(solution), run.run_code, outs.gradescope is not None)
    tolerance = marking.tolerance(tolerance_of(solution))
    way = run.way(tolerance, marking.credit, marking.complete)
    job = Job(problem, way, _variants(run.variants))
    mine, of = run.part
    numbered = (each for each in enumerate(submissions, 1) if each[0] % of == mine % of)
    with _journal(run, job) as journal:
        total = len(range(mine, len(submissions) + 1, of))
        _mark(journal, numbered, total, run)
        tally = _keep(settled(journal.path), run.output)
        said = hand_back(outs, lambda: settled(journal.path), Problems(solution, job.variants))
    return _report(tally, solution, outs, passed_over(submissions.strangers), said)


def _variants(folder: Path | None) -> Mapping[str, str]:
    """The students' own problems, as text. Raises UsageError, InputError."""
    if folder is None:
        return {}
    from gradcalc.classes.variants.own import texts_in

    return texts_in(folder)


def merge_report(
    paths: Sequence[str], output: Path, outs: Outs, request: Request | None = None, variants: Path | None = None
) -> Report:
    """Put the results of shards together, and settle which sheet counts. Raises UsageError, InputError.

    What is written of them beside their marks can need the problem, and the students' variants of it.
    """
    import tempfile

    from gradcalc.classes.journal import line
    from gradcalc.classes.merge import merged
    from gradcalc.classes.settle import settled

    keep_sources(paths, outs)
    solution = None if request is None else solved(request)
    problems = Problems(solution, _variants(variants))
    with tempfile.TemporaryDirectory(prefix="gradcalc-") as folder, _told(output):
        beside = Path(folder, "merged.jsonl")
        with beside.open("wb") as file:
            file.writelines(map(line, merged(paths)))
        tally = _keep(settled(beside), output)
        said = hand_back(outs, lambda: settled(beside), problems)
    return _report(tally, solution, outs, (), said)


@contextmanager
def _journal(run: Run, job: Job) -> Iterator[Journal]:
    """Where results go as they come: beside the file that is asked for, and away when that is there."""
    import tempfile

    from gradcalc.classes.journal import Journal

    with ExitStack() as stack:
        stack.enter_context(_told(run.output))
        if run.output is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="gradcalc-"))
            yield Journal(Path(folder, "results.jsonl"), job)
            return
        if run.output.is_dir():
            raise UsageError(f"--output {run.output}: this is a folder, not a file")
        path = run.output.with_name(f"{run.output.name}.part")
        if path.exists() and not run.resume:
            raise UsageError(
                f"{path} is there, from a run that was broken off: go on by --resume, or remove it to begin anew"
            )
        yield Journal(path, job)
        path.unlink()


@contextmanager
def _told(output: Path | None) -> Iterator[None]:
    """What can't be written, as a message."""
    try:
        yield
    except OSError as error:
        where = f"--output {output}" if output is not None else "the results"
        raise UsageError(f"{where}: {error.strerror or error}") from None


def _mark(journal: Journal, numbered: Iterator[tuple[int, Submission]], total: int, run: Run) -> None:
    from gradcalc.classes.cluster import on_cluster
    from gradcalc.classes.workers import in_processes

    held = 0
    if run.resume and journal.path.exists():
        held, following = journal.resume(numbered)
        numbered = numbered if following is None else chain([following], numbered)
    else:
        journal.begin()
    if held == total:
        return
    left = total - held
    job = journal.job
    results = on_cluster(job, numbered, run.dask) if run.dask else in_processes(job, numbered, run.jobs, left)
    with shown_progress("sheets") as tell:
        _follow(journal.append(results), tell, left)


def _follow(results: Iterator[Result], tell: Tell | None, total: int) -> None:
    for done, _ in enumerate(results, 1):
        if tell is not None:
            tell(done, total)


def _keep(results: Iterator[Result], output: Path | None) -> Tally:
    """Count the settled results, and write them where they are asked for."""
    from gradcalc.classes.journal import line
    from gradcalc.classes.summary import Tally

    tally = Tally()
    counted = tally.count(results)
    if output is None:
        for _ in counted:
            pass
    else:
        with whole_file(output) as file:
            file.writelines(map(line, counted))
    return tally


def _report(
    tally: Tally, solution: Solution | None, outs: Outs, remarks: Sequence[str], written: Sequence[str]
) -> Report:
    """What is left to say; what was written where is of no use to who reads the page."""

    def document(said: Sequence[str] = (*remarks, *written)) -> Document:
        from gradcalc.classes.summary import summary_document

        return summary_document(tally, solution, said)

    def data() -> object:
        from gradcalc.classes.summary import summary_data

        return summary_data(tally)

    write_page(outs, lambda: document(remarks))
    return Report(document, data, passes=tally.all_right)
