"""Every finding is told, whatever its kind."""

from __future__ import annotations

import gradcalc
from gradcalc.check.author.lint import KINDS, Finding, lint
from gradcalc.check.wording import split
from gradcalc.formula.write import code
from gradcalc.report.page import Page
from gradcalc.report.story.lint import TITLES, lint_document
from gradcalc.report.terminal.plain import render


def test_every_kind_has_a_title() -> None:
    assert tuple(TITLES) == KINDS


def test_every_finding_is_in_the_report() -> None:
    solution = gradcalc.solve(gradcalc.load("hw3"))
    found = [*lint(solution), *(Finding(kind, "loss", f"a finding of kind {kind}") for kind in KINDS)]
    said = render(lint_document(found, solution), Page(80))
    for finding in found:
        assert "".join(code(expr) if expr else text for expr, text in split(finding.said)) in said
    assert f"{len(found)} findings" in said
