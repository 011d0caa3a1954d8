"""Write out the derivatives that a file's formulas ask for (`grad(L, w)`) as equations of their own."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from gradcalc.formula.expr import Expr, Name, call
from gradcalc.formula.faults import EquationError, ShapeError
from gradcalc.problem.draft import Draft
from gradcalc.problem.objective import Parts
from gradcalc.program.derivatives import HESSIAN, Derivatives, asks
from gradcalc.program.naming import derivative_name
from gradcalc.program.problem import Equation


def derive_equations(draft: Draft, parts: Parts) -> None:
    """Put the equations of derivatives before those that ask for them; a fault at each that can't be had."""
    if any(asks(equation.expr) for equation in parts.forward):
        made = _derivatives(draft, parts)
        _take(draft, made, parts.forward)
        parts.forward = made.equations
        parts.derivatives |= made.of


def by_itself(draft: Draft, parts: Parts, names: Iterable[str]) -> None:
    """Add the Hessian by each of these, which the lines of a rule ask for."""
    of = str(parts.objective)
    for name in names:
        hessian = derivative_name((of, name, name))
        draft.origins.setdefault(hessian, ("update",))
        parts.forward.append(Equation("forward", hessian, call(HESSIAN, Name(of), Name(name))))
    derive_equations(draft, parts)


def derive_let(draft: Draft, parts: Parts, let: dict[str, Expr]) -> dict[str, Expr]:
    """The same for abbreviations: theirs are abbreviations too."""
    if not any(map(asks, let.values())):
        return let
    made = _derivatives(draft, parts)
    for equation in parts.forward:
        made.take(equation)
    made.of |= parts.derivatives
    first = len(made.equations)
    rest = _take(draft, made, (Equation("forward", name, expr) for name, expr in let.items()))
    parts.derivatives = made.of
    return {each.name: each.expr for each in (*made.equations[first:], *rest)}


def _derivatives(draft: Draft, parts: Parts) -> Derivatives:
    shapes = {name: np.shape(value) for name, value in parts.given.items()}
    return Derivatives(shapes, parts.axis, frozenset(parts.assumed), draft.origins)


def _take(draft: Draft, made: Derivatives, equations: Iterable[Equation]) -> list[Equation]:
    """Take the equations; those are given back that rest on what has no shape yet."""
    left = []
    for equation in equations:
        first = len(made.equations)
        try:
            made.take(equation)
        except KeyError:
            left.append(equation)
        except ShapeError as error:
            draft.misfit(equation, error)
        except EquationError as error:
            path = draft.origins.get(equation.name, ())
            draft.fault_at(draft.document.inside(error.at[0], *path), path, f": {error.message}")
        for each in made.equations[first:]:
            draft.origins.setdefault(each.name, draft.origins.get(equation.name, ()))
    return left
