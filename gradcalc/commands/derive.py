"""`solve --derive` and `explain --derive`: the chain rule written out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from gradcalc.commands.request import Request, placed, worked
from gradcalc.commands.steps import Way
from gradcalc.commands.styles import Style, in_style
from gradcalc.errors import UsageError
from gradcalc.report.formats import Report

if TYPE_CHECKING:
    from gradcalc.formula.expr import Expr
    from gradcalc.program.problem import Problem
    from gradcalc.program.solution import Solution
    from gradcalc.report.story.derivation import Derived


def all_derived(
    request: Request,
    depth: int | None = None,
    style: str | None = None,
    inputs: bool | None = None,
    *,
    way: Way | None = None,
    expand: bool = False,
) -> Report:
    """The way to every gradient that is shown. Raises UsageError where an option doesn't go with that, InputError."""
    if expand or (way is not None and (way.goes_on or way.save is not None)):
        raise UsageError("--derive goes with none of --expand, --steps, --epochs, --until and --save")
    return derive_report(request, None, depth, style, inputs)


def derive_report(
    request: Request, what: str | None, depth: int | None, style: str | None = None, inputs: bool | None = None
) -> Report:
    """The way to one gradient (`dW1`), or to every one that is shown, line by line in a style.

    Gradients in it are replaced `depth` levels down. Raises UsageError, InputError.
    """
    from gradcalc.report.story.derivation import derivation_data, derivation_document

    if depth is not None and depth < 0:
        raise UsageError(f"--depth {depth}: it must be 0 or more levels")
    made = in_style(style)
    problem = worked(request, letters=True)
    if inputs is not None:
        problem = replace(problem, show="inputs" if inputs else "parameters")
    derived = _derived(problem, what, made, inf if depth is None else depth)
    return Report(
        lambda: derivation_document(derived, request.remark), lambda: derivation_data(derived), request.remark
    )


def _derived(problem: Problem, what: str | None, made: Style, depth: float) -> Derived:
    from gradcalc.program.solve import solve
    from gradcalc.report.story.derivation import Derived

    _refuse_without_chain(problem)
    shown = problem if problem.letters is None else replace(problem.letters.apart, show=problem.show)
    solution = placed(shown, lambda: solve(shown, check=False))
    ways = placed(shown, lambda: made(solution.problem, solution.shapes))
    alone = "" if what is None else _asked(what, solution)
    return Derived(
        solution=solution,
        derivations=tuple(ways.to(alone, depth) if alone else ways.to_all(_told(solution), depth)),
        shapes=ways.rule.shapes.known,
        alone=alone,
        lettered=_lettered(problem),
        sides=ways.sides,
        introduction=ways.introduction,
    )


def _lettered(problem: Problem) -> Callable[[Expr], Expr]:
    """Formulas with letters for sizes, where the problem is in letters."""
    from gradcalc.program.letters import in_letters

    told = problem.letters
    return (lambda expr: expr) if told is None else (lambda expr: in_letters(expr, told.marks))


def _refuse_without_chain(problem: Problem) -> None:
    if not problem.has_gradients or problem.has_given_gradients:
        raise UsageError(f"{problem.path}: nothing is differentiated here, so there is no way to write out")
    if problem.order != "simultaneous":
        raise UsageError(
            f"{problem.path}: one parameter is updated after the other, so these aren't gradients of one loss"
        )


def _told(solution: Solution) -> list[str]:
    """The quantities whose gradients a report shows, in its order; what is differentiated itself has no way."""
    from gradcalc.program.told import as_told

    problem = solution.problem
    equations = [eq for eq in as_told(solution.equations, problem) if eq.kind == "gradient" and eq.step == 1]
    return [eq.quantity for eq in equations if eq.name not in problem.untold and eq.quantity != problem.objective]


def _asked(what: str, solution: Solution) -> str:
    """The quantity whose gradient is meant. Raises UsageError."""
    from gradcalc.program.designation import designated
    from gradcalc.program.quantities import of_solution

    meant = designated(what, of_solution(solution), solution.shapes)
    equation = solution.by_name.get(meant.name)
    if meant.index or equation is None or equation.kind != "gradient":
        raise UsageError(f"--derive goes with the gradient of a whole quantity, such as dW1, and {what} is none")
    if equation.quantity == solution.problem.objective:
        raise UsageError(f"{what} is 1: it is the derivative of {equation.quantity} by itself")
    return equation.quantity
