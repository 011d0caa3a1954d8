"""The long way round a shortcut: who has a gradient of their own on ŷ goes on from that, and not with ŷ − y."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from gradcalc.check.mistakes.anew import Anew
from gradcalc.formula.expr import Apply
from gradcalc.formula.table import pairs
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution


def way(equation: Equation, solution: Solution, wrong: Collection[str]) -> Equation:
    """A gradient by the chain rule step by step, where a shortcut passes over one that is `wrong`; else as it is."""
    later = solution.steps.get(equation.step)
    if later is not None:
        alone = later.alone.by_name[later.plain[equation.name]]
        there = way(alone, later.alone, {name for name, here in later.names.items() if here in wrong})
        return equation if there is alone else replace(equation, expr=later.lifted(there.expr))
    if not wrong:
        return equation
    passed_over = _passed_over(equation, solution)
    if passed_over is None or passed_over not in wrong:
        return equation
    longer = Anew(equation.quantity, solution).by({})
    return equation if longer is None else replace(equation, expr=longer)


def _passed_over(equation: Equation, solution: Solution) -> str | None:
    """The gradient that a shortcut through two functions leaves out, if it is known all the same."""
    if equation.kind != "gradient":
        return None
    inner = {shortcut.inner for shortcut in pairs()}
    users = [each for each in solution.users.get(equation.quantity, ()) if each.leads_on]
    if len(users) != 1 or not isinstance(users[0].expr, Apply) or users[0].expr.function not in inner:
        return None
    name = gradient_name(users[0].name)
    return name if name in solution.values and name not in equation.uses else None
