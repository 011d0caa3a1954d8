"""Show results in notebooks, and write them: a solution, steps, verdicts and explanations as HTML, Markdown or text."""

from __future__ import annotations

from functools import singledispatch

from gradcalc.check.author.own import OwnCheck
from gradcalc.check.code.judge import CodeMarks
from gradcalc.check.marking.verdicts import Marks
from gradcalc.program.descent import Descent
from gradcalc.program.explain import Explanation
from gradcalc.program.solution import Solution
from gradcalc.report.document import Document, Paragraph
from gradcalc.report.formats import Report, lookup_format, render
from gradcalc.report.page import Page
from gradcalc.report.story.explanation import explanation_data, explanation_document
from gradcalc.report.story.marks import marks_data, marks_document
from gradcalc.report.story.own_check import check_data, check_document
from gradcalc.report.story.program import program_data, program_document
from gradcalc.report.story.solution import document_of, opening, solution_data, solution_document
from gradcalc.report.story.steps import descent_data, step_document

MOST_EQUATIONS = 500
"""A solution with more would make a notebook too large to open."""


def html(shown: object) -> str | None:
    """A part of a page, with its own style and script; None for what isn't known."""
    return _in("html", shown, Page(fragment=True))


def page(shown: object) -> str | None:
    """A whole page; None for what isn't known."""
    return _in("html", shown, Page())


def latex(shown: object) -> str | None:
    """A LaTeX document; None for what isn't known."""
    return _in("latex", shown, Page())


def markdown(shown: object) -> str | None:
    """Markdown with mathematics; None for what isn't known."""
    return _in("markdown", shown, Page())


def text(shown: object, width: int = 80) -> str | None:
    """The terminal's report, without its last line's end; None for what isn't known."""
    drawn = _in("table", shown, Page(width))
    return None if drawn is None else drawn.rstrip("\n")


def _in(form: str, shown: object, page: Page) -> str | None:
    report = report_of(shown)
    return None if report is None else render(report, lookup_format(form), page)


@singledispatch
def report_of(shown: object) -> Report | None:
    """The report of a result; None for what isn't one."""
    return None


@report_of.register
def _(solution: Solution) -> Report:
    if len(solution.equations) > MOST_EQUATIONS:
        return Report(lambda: _too_long(solution), lambda: solution_data(solution))
    return Report(lambda: solution_document(solution), lambda: solution_data(solution), solution=lambda: solution)


def _too_long(solution: Solution) -> Document:
    problem = solution.problem
    said = (
        f"{len(solution.equations):,} equations are too many to be shown here; `gradcalc solve` writes them to a file."
    )
    blocks = (*opening(problem), Paragraph((said,)))
    return document_of(problem, solution.shapes, blocks)


@report_of.register
def _(descent: Descent) -> Report:
    return Report(lambda: step_document(descent), lambda: descent_data(descent))


@report_of.register
def _(marks: Marks) -> Report:
    return Report(lambda: marks_document(marks), lambda: marks_data(marks))


@report_of.register
def _(marks: CodeMarks) -> Report:
    return Report(lambda: program_document(marks), lambda: program_data(marks))


@report_of.register
def _(check: OwnCheck) -> Report:
    return Report(lambda: check_document(check), lambda: check_data(check))


@report_of.register
def _(explained: Explanation) -> Report:
    return Report(lambda: explanation_document(explained), lambda: explanation_data(explained))
