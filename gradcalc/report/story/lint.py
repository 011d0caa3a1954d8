"""Tell an author what the numbers of a problem hide."""

from __future__ import annotations

from collections.abc import Sequence

from gradcalc.check.author.lint import Finding, FindingKind
from gradcalc.program.solution import Solution
from gradcalc.report.document import Block, Document, Heading, Paragraph, Table, Text
from gradcalc.report.story.labels import Named, by_label
from gradcalc.report.story.solution import document_of, opening
from gradcalc.report.story.told import told

TITLES: dict[FindingKind, str] = {
    "expected": "Expected values that disagree",
    "not-finite": "Values that overflow or aren't defined",
    "kink": "Values on or near a kink",
    "zeros": "Zeros, behind which errors hide",
    "few-digits": "Values with few digits",
    "hidden": "Mistakes that don't show",
    "alike": "Mistakes that can't be told apart",
}


def lint_document(findings: Sequence[Finding], solution: Solution) -> Document:
    """The findings, by kind."""
    problem = solution.problem
    named = by_label(solution)
    blocks: list[Block] = [*opening(problem)]
    for kind, title in TITLES.items():
        rows = tuple(_row(finding, named, solution) for finding in findings if finding.kind == kind)
        if rows:
            blocks += [Heading(title), Table(("quantity", "finding"), rows)]
    blocks.append(Paragraph((_summary(findings),)))
    return document_of(problem, solution.shapes, blocks)


def _row(finding: Finding, named: Named, solution: Solution) -> tuple[Text, ...]:
    return (named(finding.quantity),), told(finding.said, solution.shapes)


def _summary(findings: Sequence[Finding]) -> str:
    if not findings:
        return "Nothing found: every mistake that is tried shows, and each looks different."
    count = len(findings)
    return f"{count} finding{'s' if count > 1 else ''}. Other numbers in the problem may tell more mistakes apart."


def lint_data(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """The same for programs."""
    return [{"kind": f.kind, "quantity": f.quantity, "message": f.message} for f in findings]
