"""`lint`: what a problem's numbers hide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcalc.commands.request import Request, placed, worked
from gradcalc.report.formats import Report

if TYPE_CHECKING:
    from gradcalc.report.document import Document


def lint_report(request: Request) -> Report:
    """What a problem's numbers hide. Raises UsageError, InputError."""
    from gradcalc.check.author.lint import lint
    from gradcalc.program.solve import solve

    problem = worked(request)
    solution = placed(problem, lambda: solve(problem))
    findings = lint(solution)

    def document() -> Document:
        from gradcalc.report.story.lint import lint_document

        return lint_document(findings, solution)

    def data() -> object:
        from gradcalc.report.story.lint import lint_data

        return lint_data(findings)

    return Report(document, data, passes=all(finding.kind != "expected" for finding in findings))
