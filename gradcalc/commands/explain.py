"""`explain`: where an entry, a quantity or a Jacobian comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcalc.commands.request import Request, placed, solved
from gradcalc.report.formats import Report

if TYPE_CHECKING:
    from gradcalc.program.solve import Solution


def explain_report(request: Request, what: str) -> Report:
    """Why an entry or a quantity (`dW1[1,2]`, `dW1`) has its value, or a Jacobian (`yhat/a2`).

    Raises UsageError, InputError.
    """
    solution = solved(request)
    return _jacobian(solution, what) if "/" in what else _explanation(solution, what)


def _jacobian(solution: Solution, what: str) -> Report:
    from gradcalc.program.jacobian import explained
    from gradcalc.report.story.jacobian import jacobian_data, jacobian_document

    jacobian = placed(solution.problem, lambda: explained(what, solution))
    return Report(
        lambda: jacobian_document(jacobian, solution),
        lambda: jacobian_data(jacobian, solution),
    )


def _explanation(solution: Solution, what: str) -> Report:
    from gradcalc.program.explain import explain
    from gradcalc.report.story.explanation import explanation_data, explanation_document

    explanation = explain(solution, what)
    return Report(lambda: explanation_document(explanation), lambda: explanation_data(explanation))
