"""Quantities beside a solution (changes, deltas, losses one by one), as formulas over what each step computes."""

from __future__ import annotations

from collections.abc import Iterable

from gradcalc.formula.expr import Expr, names, substitute
from gradcalc.program.beside import with_further
from gradcalc.program.designation import split
from gradcalc.program.further import MADE
from gradcalc.program.quantities import Quantities
from gradcalc.program.solution import Solution


def with_named(solution: Solution, known: Quantities, named: Iterable[str]) -> Solution:
    """The solution with those of the named quantities, or of their entries, that stand beside it."""
    texts = {each for text in named for each in (text, (split(text) or (text,))[0])}
    found = [quantity for text in texts if (quantity := known.alone(text)) is not None]
    wanted = {each.equation for each in found if each.section != MADE and each.equation not in solution.shapes}
    return with_further(solution, wanted) if wanted else solution


def over_steps(expr: Expr, more: Solution) -> Expr:
    """A formula over quantities beside a solution, written out in those that every step computes."""
    plain = more if more.without is None else more.without
    beside = {eq.name: eq.expr for eq in more.equations if eq.name not in plain.by_name}
    while not beside.keys().isdisjoint(names(expr)):
        expr = substitute(expr, beside)
    return expr
