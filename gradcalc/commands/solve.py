"""`solve` and `graph`: a problem worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcalc.commands.request import Request, placed, solved, worked
from gradcalc.commands.steps import Way, whole_steps_report
from gradcalc.report.formats import Report

if TYPE_CHECKING:
    from gradcalc.report.document import Document


def solution_report(request: Request, *, expand: bool = False, inputs: bool = True, way: Way | None = None) -> Report:
    """The problem worked out, or several steps of it; `inputs`: with the gradients of its inputs.

    Raises UsageError, InputError.
    """
    from gradcalc.program.solve import solve

    problem = worked(request)
    way = way or Way()
    if way.goes_on or problem.goes_on:
        return whole_steps_report(request, problem, way, expand=expand, inputs=inputs)
    solution = placed(problem, lambda: solve(problem))

    def document() -> Document:
        from gradcalc.report.story.solution import solution_document

        return solution_document(solution, expand=expand, inputs=inputs, remark=request.remark)

    def data() -> object:
        from gradcalc.report.story.solution import solution_data

        return solution_data(solution)

    return Report(document, data, request.remark, solution=lambda: solution)


def graph_report(request: Request) -> Report:
    """The graph of a problem's forward pass. Raises UsageError, InputError."""
    from gradcalc.program.graph import graph_of

    graph = graph_of(solved(request))
    return Report(graph=lambda: graph, remark=request.remark)
