"""`solve` and `graph`: a problem worked out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gradcalc.commands.request import Request, needs_numbers, placed, solved, worked
from gradcalc.commands.steps import Way, whole_steps_report
from gradcalc.errors import UsageError
from gradcalc.report.formats import Report

if TYPE_CHECKING:
    from gradcalc.report.document import Document


def solution_report(
    request: Request, *, expand: bool = False, inputs: bool | None = None, way: Way | None = None
) -> Report:
    """The problem worked out, or several steps of it; `inputs`: with the gradients of its inputs, or as the
    problem has it.

    Raises UsageError, InputError.
    """
    from gradcalc.commands.letters import derivation_report
    from gradcalc.program.solve import solve

    problem = worked(request, letters=True)
    if inputs is not None:
        problem = replace(problem, show="inputs" if inputs else "parameters")
    if way is not None and way.save is not None and (request.at, request.seed) != (None, None):
        raise UsageError("--save writes the problem's file anew, which has letters and no numbers: leave it out")
    way = way or Way()
    if problem.letters is not None:
        if way.goes_on:
            raise needs_numbers(problem, problem.letters)
        return derivation_report(request, problem, problem.letters)
    if way.goes_on or problem.goes_on:
        return whole_steps_report(request, problem, way, expand=expand)
    solution = placed(problem, lambda: solve(problem))

    def document() -> Document:
        from gradcalc.report.story.solution import solution_document

        return solution_document(solution, expand=expand, remark=request.remark)

    def data() -> object:
        from gradcalc.report.story.solution import solution_data

        return solution_data(solution)

    return Report(document, data, request.remark, solution=lambda: solution)


def graph_report(request: Request) -> Report:
    """The graph of a problem's forward pass. Raises UsageError, InputError."""
    from gradcalc.program.graph import graph_of
    from gradcalc.report.dust import as_shown

    graph = graph_of(as_shown(solved(request)))
    return Report(graph=lambda: graph, remark=request.remark)
