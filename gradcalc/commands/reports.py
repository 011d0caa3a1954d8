"""What each command does: load the problem, work it out, and hand over a report in the format asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gradcalc.commands.output import emit, page_for, say
from gradcalc.errors import Fault, InputError, UsageError
from gradcalc.formula.faults import EquationError
from gradcalc.report.formats import Report, lookup_format, refuse_fragment, render

if TYPE_CHECKING:
    from gradcalc.check.answers.compare import Tolerance
    from gradcalc.program.problem import Problem
    from gradcalc.program.solve import Solution
    from gradcalc.report.document import Document

T = TypeVar("T")
EXAMPLE = "hw3"
STANDARD_OUTPUT = Path("-")
REMARK = f"No problem was named, so this is {EXAMPLE}, the example that comes with gradcalc."


@dataclass(frozen=True)
class Request:
    """A problem, and what the command line changes in it."""

    problem: str | None = None
    lr: float | None = None
    freeze: Sequence[str] = ()
    digits: int | None = None

    @property
    def remark(self) -> str:
        return REMARK if self.problem is None else ""


@dataclass(frozen=True)
class Marking:
    """How a sheet is marked: tolerances that override the digits, credit, and whether the key may be seen."""

    rtol: float | None = None
    atol: float | None = None
    carried: float = 1.0
    imprecise: float = 0.5
    by_entry: bool = False
    hide_key: bool = False

    def __post_init__(self) -> None:
        for option, share in (("--carried", self.carried), ("--imprecise", self.imprecise)):
            if not 0 <= share <= 1:
                raise UsageError(f"{option} {share:g}: the share of the points must be from 0 to 1")
        for option, size in (("--rtol", self.rtol), ("--atol", self.atol)):
            if size is not None and not 0 <= size < float("inf"):
                raise UsageError(f"{option} {size:g}: a tolerance must be a number from 0 up")

    def tolerance(self, own: Tolerance) -> Tolerance:
        """The problem's own tolerance, with what the command line overrides."""
        rtol = own.rtol if self.rtol is None else self.rtol
        return replace(own, rtol=rtol, atol=own.atol if self.atol is None else self.atol)


def show(make: Callable[[], Report], format: str, output: Path | None = None, *, fragment: bool = False) -> int:
    """Make a report and put it where it's asked for (`-` is standard output); the exit code. Raises GradcalcError."""
    form = lookup_format(format)
    if fragment:
        refuse_fragment(form)
    output = None if output == STANDARD_OUTPUT else output
    report = make()
    if report.remark and form.for_programs:
        say(report.remark)
    emit(render(report, form, replace(page_for(output), fragment=fragment)), output, as_file=form.is_file)
    return 0 if report.passes else 1


def solution_report(request: Request, *, expand: bool = False) -> Report:
    """The problem worked out. Raises UsageError, InputError."""
    from gradcalc.program.solve import solve

    problem = _worked(request)
    solution = _placed(problem, lambda: solve(problem))

    def document() -> Document:
        from gradcalc.report.story.solution import solution_document

        return solution_document(solution, expand=expand, remark=request.remark)

    def data() -> object:
        from gradcalc.report.story.solution import solution_data

        return solution_data(solution)

    return Report(document, data, request.remark, solution=lambda: solution)


def step_report(request: Request, *, steps: int = 1) -> Report:
    """Steps of gradient descent. Raises UsageError, InputError."""
    from gradcalc.program.descent import take_steps

    problem = _problem(request)
    descent = _placed(problem, lambda: take_steps(problem, steps))

    def document() -> Document:
        from gradcalc.report.story.steps import step_document

        return step_document(descent, remark=request.remark)

    def data() -> object:
        from gradcalc.report.story.steps import descent_data

        return descent_data(descent)

    return Report(document, data, request.remark)


def check_report(request: Request) -> Report:
    """A problem's own `expected`, `misprints` and `claims`, checked. Raises UsageError, InputError."""
    from gradcalc.check.author.own import check_problem

    problem = _problem(request)
    check = _placed(problem, lambda: check_problem(problem))

    def document() -> Document:
        from gradcalc.report.story.own_check import check_document

        return check_document(check)

    def data() -> object:
        from gradcalc.report.story.own_check import check_data

        return check_data(check)

    return Report(document, data, passes=check.passes)


def marks_report(request: Request, answers: str, marking: Marking) -> Report:
    """An answer sheet, marked. Raises UsageError, InputError."""
    from gradcalc.check.answers.read import read_sheet
    from gradcalc.check.marking.mark import Credit, mark, tolerance_of
    from gradcalc.program.solve import solve

    if answers == "-" == request.problem:
        raise UsageError("the problem and the answers can't both come from standard input")
    problem = _worked(request)
    solution = _placed(problem, lambda: solve(problem, check=False))
    sheet = read_sheet(answers, solution)
    credit = Credit(marking.carried, marking.imprecise, marking.by_entry)
    marks = mark(solution, sheet, marking.tolerance(tolerance_of(solution)), credit)

    def document() -> Document:
        from gradcalc.report.story.marks import marks_document

        return marks_document(marks, hide_key=marking.hide_key, sheet=sheet.path)

    def data() -> object:
        from gradcalc.report.story.marks import marks_data

        return marks_data(marks)

    return Report(document, data, passes=marks.all_right)


def lint_report(request: Request) -> Report:
    """What a problem's numbers hide. Raises UsageError, InputError."""
    from gradcalc.check.author.lint import lint
    from gradcalc.program.solve import solve

    problem = _worked(request)
    solution = _placed(problem, lambda: solve(problem))
    findings = lint(solution)

    def document() -> Document:
        from gradcalc.report.story.lint import lint_document

        return lint_document(findings, solution)

    def data() -> object:
        from gradcalc.report.story.lint import lint_data

        return lint_data(findings)

    return Report(document, data, passes=all(finding.kind != "expected" for finding in findings))


def explain_report(request: Request, what: str) -> Report:
    """Why an entry or a quantity (`dW1[1,2]`, `dW1`) has its value, or a Jacobian (`yhat/a2`).

    Raises UsageError, InputError.
    """
    from gradcalc.program.solve import solve

    problem = _worked(request)
    solution = _placed(problem, lambda: solve(problem, check=False))
    return _jacobian(solution, what) if "/" in what else _explanation(solution, what)


def _jacobian(solution: Solution, what: str) -> Report:
    from gradcalc.program.jacobian import explained
    from gradcalc.report.story.jacobian import jacobian_data, jacobian_document

    jacobian = _placed(solution.problem, lambda: explained(what, solution))
    return Report(
        lambda: jacobian_document(jacobian, solution),
        lambda: jacobian_data(jacobian, solution),
    )


def _explanation(solution: Solution, what: str) -> Report:
    from gradcalc.program.explain import explain
    from gradcalc.report.story.explanation import explanation_data, explanation_document

    explanation = explain(solution, what)
    return Report(lambda: explanation_document(explanation), lambda: explanation_data(explanation))


def write_sheet(request: Request, output: Path | None = None) -> None:
    """An empty answer sheet. Raises UsageError, InputError."""
    from gradcalc.check.answers.blank import blank_sheet
    from gradcalc.program.solve import solve

    problem = _worked(request)
    solution = _placed(problem, lambda: solve(problem, check=False))
    emit(blank_sheet(solution), None if output == STANDARD_OUTPUT else output, as_file=True)


def solved(request: Request) -> Solution:
    """The problem's solution, its gradients unchecked. Raises UsageError, InputError."""
    from gradcalc.program.solve import solve

    problem = _worked(request)
    return _placed(problem, lambda: solve(problem, check=False))


def _worked(request: Request) -> Problem:
    """A problem with equations. Raises UsageError where there are claims alone."""
    problem = _problem(request)
    if not problem.forward:
        raise UsageError(f"{problem.path}: there are no equations to solve, only claims")
    return problem


def _problem(request: Request) -> Problem:
    from gradcalc.problem.load import load, override

    return override(load(request.problem or EXAMPLE), request.lr, request.freeze, request.digits)


def _placed(problem: Problem, work: Callable[[], T]) -> T:
    """Do something with a problem; what is wrong with one of its equations gets its place in the file."""
    try:
        return work()
    except EquationError as error:
        origin = problem.origins.get(error.equation or "", ())
        span = problem.inside(error.at[0], *origin) if problem.inside else problem.place(*origin)
        raise InputError([Fault(span, str(error))]) from None


def functions_report(name: str | None = None) -> Report:
    """The functions table; one entry in full. Raises UnknownFunction."""
    from gradcalc.report.story.listings import function_document, functions_data, functions_document, in_table

    entries = in_table(name)
    document = (lambda: functions_document(entries)) if name is None else (lambda: function_document(entries[0]))
    return Report(document, lambda: functions_data(entries))


def problems_report() -> Report:
    """The problems that come with gradcalc."""
    from gradcalc.report.story.listings import bundled, problems_document

    problems = bundled()
    return Report(lambda: problems_document(problems), lambda: problems)


def write_schema(output: Path | None = None) -> None:
    """The JSON Schema of problem files, with which editors complete and check."""
    from gradcalc.problem.schema import json_schema
    from gradcalc.report.as_json import render as as_json

    output = None if output == STANDARD_OUTPUT else output
    emit(as_json(json_schema(), page_for(output)), output)
