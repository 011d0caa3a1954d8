"""`check` and `sheet`: an answer sheet or a program marked, or a problem's own numbers; an empty one to fill in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gradcalc.commands.output import emit, refuse_to_overwrite
from gradcalc.commands.request import Request, loaded, only_claims, placed, solved
from gradcalc.commands.show import file_of, show
from gradcalc.errors import UsageError
from gradcalc.report.formats import Report
from gradcalc.words import did_you_mean

if TYPE_CHECKING:
    from gradcalc.check.answers.compare import Tolerance
    from gradcalc.check.answers.model import Sheet
    from gradcalc.check.marking.verdicts import Credit, Marks
    from gradcalc.check.writeup.model import WriteUp
    from gradcalc.problem.document import Document as Answers
    from gradcalc.program.problem import Problem
    from gradcalc.report.document import Document


SHEET_FORMATS = ("yaml", "numpy", "html", "latex", "markdown")
QUESTION_FORMATS = ("table", "plain", "markdown", "latex", "html")


@dataclass(frozen=True)
class Marking:
    """How a sheet is marked: tolerances that override the digits, credit, whether the key may be seen.

    With `complete` what isn't answered counts; with `readings` the report says how formulas were read.
    """

    rtol: float | None = None
    atol: float | None = None
    carried: float = 1.0
    imprecise: float = 0.5
    by_entry: bool = False
    hide_key: bool = False
    complete: bool = False
    readings: bool = False

    def __post_init__(self) -> None:
        for option, share in (("--carried", self.carried), ("--imprecise", self.imprecise)):
            if not 0 <= share <= 1:
                raise UsageError(f"{option} {share:g}: the share of the points must be from 0 to 1")
        for option, size in (("--rtol", self.rtol), ("--atol", self.atol)):
            if size is not None and not 0 <= size < float("inf"):
                raise UsageError(f"{option} {size:g}: a tolerance must be a number from 0 up")

    @property
    def credit(self) -> Credit:
        """What answers earn that only carry an error on, have too few digits, or are right in part."""
        from gradcalc.check.marking.verdicts import Credit

        return Credit(self.carried, self.imprecise, self.by_entry)

    def tolerance(self, own: Tolerance) -> Tolerance:
        """The problem's own tolerance, with what the command line overrides."""
        rtol = own.rtol if self.rtol is None else self.rtol
        return replace(own, rtol=rtol, atol=own.atol if self.atol is None else self.atol)


def check_report(request: Request, *, hide_key: bool = False) -> Report:
    """A problem's own `expected`, `misprints` and `claims`, checked. Raises UsageError, InputError."""
    from gradcalc.check.author.own import check_problem, without_key

    problem = loaded(request)
    check = placed(problem, lambda: check_problem(problem))
    if hide_key:
        check = without_key(check)

    def document() -> Document:
        from gradcalc.report.story.own_check import check_document

        return check_document(check)

    def data() -> object:
        from gradcalc.report.story.own_check import check_data

        return check_data(check)

    return Report(document, data, passes=check.passes)


def marks_report(request: Request, answers: str, marking: Marking) -> Report:
    """An answer sheet, marked. Raises UsageError, InputError."""
    if answers == "-" == request.problem:
        raise UsageError("the problem and the answers can't both come from standard input")
    refuse_to_overwrite(answers, request.output, "the answer sheet")
    marks, sheet, hide_key = marked(loaded(request), answers, marking)

    def document() -> Document:
        from gradcalc.report.story.marks import marks_document

        return marks_document(marks, hide_key=hide_key, readings=marking.readings, sheet=sheet.path)

    def data() -> object:
        from gradcalc.report.story.marks import marks_data

        return marks_data(marks, readings=marking.readings)

    return Report(document, data, passes=marks.all_right)


def list_report(request: Request, answers: str) -> Report:
    """What was read as what of a sheet or a write-up. Raises UsageError, InputError."""
    from gradcalc.check.writeup.read import read_answers, sheet_of
    from gradcalc.check.writeup.told import with_rate
    from gradcalc.commands.letters import in_letters_listed
    from gradcalc.program.solve import solve

    refuse_to_overwrite(answers, request.output, "the answer sheet")
    problem = loaded(request)
    read = fitting(problem, read_answers(answers))
    problem = with_rate(problem, read)
    if problem.letters is not None:
        solution, sheet = in_letters_listed(problem, problem.letters, read)
    else:
        solution = placed(problem, lambda: solve(problem, check=False))
        sheet = sheet_of(read, solution)

    def document() -> Document:
        from gradcalc.report.story.listed import listed_document

        return listed_document(sheet, solution)

    def data() -> object:
        from gradcalc.report.story.listed import listed_data

        return listed_data(sheet, solution)

    return Report(document, data)


def marked(problem: Problem, answers: str, marking: Marking) -> tuple[Marks, Sheet, bool]:
    """The marks, the sheet, and whether the key's numbers are left out, as those of a problem in letters always are."""
    from gradcalc.check.marking.mark import mark, tolerance_of
    from gradcalc.check.writeup.read import read_answers, sheet_of
    from gradcalc.check.writeup.told import with_rate
    from gradcalc.commands.letters import marks_in_letters
    from gradcalc.program.solve import solve

    read = fitting(problem, read_answers(answers))
    problem = problem if marking.complete else with_rate(problem, read)  # of which all counts
    if problem.letters is not None:
        return *marks_in_letters(problem, problem.letters, read, marking), True
    solution = placed(problem, lambda: solve(problem, check=False))
    sheet = sheet_of(read, solution)
    tolerance = marking.tolerance(tolerance_of(solution))
    return mark(solution, sheet, tolerance, marking.credit, complete=marking.complete), sheet, marking.hide_key


def fitting(problem: Problem, answers: Answers | WriteUp) -> Answers | WriteUp:
    """The answers, if they can be to this problem. Raises UsageError where it has claims alone, and they say nothing
    of claims.
    """
    data = getattr(answers, "data", None)
    if problem.form == "claims" and isinstance(data, dict) and "claims" not in data:
        raise only_claims(problem)
    return answers


def is_program(answers: str) -> bool:
    """Whether what is to be marked is a program, by its name."""
    return answers.endswith(".py")


def program_report(request: Request, program: str, marking: Marking, *, run_code: bool) -> Report:
    """A student's program, run and marked. Raises UsageError, also where it isn't said to be run; InputError."""
    from gradcalc.check.code.convention import NONE_WANTED, TO_BE_RUN, wanted
    from gradcalc.check.code.trial import check_program
    from gradcalc.check.marking.mark import tolerance_of
    from gradcalc.problem.reading import no_such_file

    path = Path(program)
    if not path.is_file():
        raise no_such_file(program)
    if not run_code:
        raise UsageError(f"'{program}' {TO_BE_RUN}")
    refuse_to_overwrite(program, request.output, "the program")
    solution = solved(request)
    if not wanted(solution):
        raise UsageError(NONE_WANTED.format(solution.problem.path))
    marks = check_program(solution, path, tolerance=marking.tolerance(tolerance_of(solution)))

    def document() -> Document:
        from gradcalc.report.story.program import program_document

        return program_document(marks, hide_key=marking.hide_key)

    def data() -> object:
        from gradcalc.report.story.program import program_data

        return program_data(marks)

    return Report(document, data, passes=marks.passes)


def worksheet_report(request: Request, *, places: bool = True) -> Report:
    """The question, with places for the answers or without them. Raises UsageError, InputError."""
    solution = solved(request)

    def document() -> Document:
        from gradcalc.report.story.worksheet import worksheet_document

        return worksheet_document(solution, places=places)

    return Report(document)


def write_sheet(request: Request, output: Path | None = None, form: str = "", *, question: bool = False) -> None:
    """An empty answer sheet (yaml), an empty program (numpy) or a worksheet; with `question` the question alone.

    Raises UsageError, InputError.
    """
    formats = QUESTION_FORMATS if question else SHEET_FORMATS
    form = form or formats[0]
    if form not in formats:
        asked = " of a question" if question else ""
        raise UsageError(f"--format {form}: the formats{asked} are {', '.join(formats)}{did_you_mean(form, formats)}")
    if form not in ("yaml", "numpy"):
        show(lambda: worksheet_report(request, places=not question), form, output)
        return
    solution = solved(request)
    if form == "numpy":
        from gradcalc.check.code.convention import blank_program

        text = blank_program(solution)
    else:
        from gradcalc.check.answers.blank import blank_sheet

        text = blank_sheet(solution)
    emit(text, file_of(output), as_file=True)
