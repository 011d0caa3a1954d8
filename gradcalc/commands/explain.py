"""`explain`: where an entry, a quantity or a Jacobian comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcalc.commands.request import Request, placed, solved
from gradcalc.errors import UsageError
from gradcalc.report.formats import Report

if TYPE_CHECKING:
    from gradcalc.program.solution import Solution


def explain_report(
    request: Request, what: str, depth: int | None = None, *, derive: bool = False, style: str | None = None
) -> Report:
    """Why an entry or a quantity (`dW1[1,2]`, `dW1`) has its value, or a Jacobian (`yhat/a2`).

    Of an entry its factors are explained down to `depth` levels; with `derive` the way to a whole gradient is written
    out, line by line in a style. Raises UsageError, InputError.
    """
    if depth is not None and depth < 0:
        raise UsageError(f"--depth {depth}: it must be 0 or more levels")
    if derive:
        from gradcalc.commands.derive import derive_report

        return derive_report(request, what, depth, style)
    if style is not None:
        raise UsageError("--style goes with --derive")
    from gradcalc.program.explain import is_second

    solution = solved(request)
    if "/" not in what or is_second(what, solution):
        return _explanation(solution, what, depth)
    if depth is not None:
        raise UsageError(f"--depth goes with an entry, and {what} is a Jacobian")
    return _jacobian(solution, what)


def _jacobian(solution: Solution, what: str) -> Report:
    from gradcalc.program.jacobian import explained
    from gradcalc.report.story.jacobian import jacobian_data, jacobian_document

    jacobian = placed(solution.problem, lambda: explained(what, solution))
    return Report(
        lambda: jacobian_document(jacobian, solution),
        lambda: jacobian_data(jacobian, solution),
    )


def _explanation(solution: Solution, what: str, depth: int | None) -> Report:
    from gradcalc.program.explain import explain
    from gradcalc.report.story.explanation import explanation_data, explanation_document

    explanation = placed(solution.problem, lambda: explain(solution, what, depth))
    if depth is not None and not explanation.entry:
        raise UsageError(f"--depth goes with an entry, and {what} is a whole quantity")
    return Report(lambda: explanation_document(explanation), lambda: explanation_data(explanation))
