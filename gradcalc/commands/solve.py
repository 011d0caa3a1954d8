"""`solve`, `step` and `graph`: a problem worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcalc.commands.request import Request, loaded, placed, solved, worked
from gradcalc.report.formats import Report

if TYPE_CHECKING:
    from gradcalc.report.document import Document


def solution_report(request: Request, *, expand: bool = False) -> Report:
    """The problem worked out. Raises UsageError, InputError."""
    from gradcalc.program.solve import solve

    problem = worked(request)
    solution = placed(problem, lambda: solve(problem))

    def document() -> Document:
        from gradcalc.report.story.solution import solution_document

        return solution_document(solution, expand=expand, remark=request.remark)

    def data() -> object:
        from gradcalc.report.story.solution import solution_data

        return solution_data(solution)

    return Report(document, data, request.remark, solution=lambda: solution)


def step_report(request: Request, *, steps: int | None = None) -> Report:
    """Steps of gradient descent. Raises UsageError, InputError."""
    from gradcalc.program.descent import take_steps

    problem = loaded(request)
    descent = placed(problem, lambda: take_steps(problem, steps))

    def document() -> Document:
        from gradcalc.report.story.steps import step_document

        return step_document(descent, remark=request.remark)

    def data() -> object:
        from gradcalc.report.story.steps import descent_data

        return descent_data(descent)

    return Report(document, data, request.remark)


def graph_report(request: Request) -> Report:
    """The graph of a problem's forward pass. Raises UsageError, InputError."""
    from gradcalc.program.graph import graph_of

    graph = graph_of(solved(request))
    return Report(graph=lambda: graph, remark=request.remark)
