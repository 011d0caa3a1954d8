"""The parts of a gradient that is a sum over paths: by which way each comes, and how it is written."""

from __future__ import annotations

from collections.abc import Iterator

from gradcalc.check.wording import formula
from gradcalc.formula.expr import ONE, Apply, Expr, names, substitute
from gradcalc.formula.simplify import simplify
from gradcalc.program.solution import Solution


def parts(expr: Expr) -> tuple[Expr, ...]:
    """The terms of a sum; of anything else itself."""
    return expr.args if isinstance(expr, Apply) and expr.function == "add" else (expr,)


def through(part: Expr, solution: Solution) -> Iterator[str]:
    """The quantities by whose gradients a part comes."""
    known = (solution.by_name.get(name) for name in names(part))
    return (equation.quantity for equation in known if equation is not None and equation.kind == "gradient")


def written(part: Expr, solution: Solution) -> str:
    """A part as notes write it, without the gradients that are 1."""
    return formula(bare(part, solution), solution)


def bare(part: Expr, solution: Solution) -> Expr:
    """Without the gradients that are 1, which only say by which way it comes."""
    known = (solution.by_name.get(name) for name in names(part))
    ones: dict[str, Expr] = {
        eq.name: ONE for eq in known if eq is not None and eq.kind == "gradient" and eq.expr == ONE
    }
    return simplify(substitute(part, ones))
