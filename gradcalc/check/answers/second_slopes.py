r"""`\sigma''(z)`: the derivative of the derivative of a function of one number, as a formula."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from gradcalc.errors import GradcalcError
from gradcalc.formula.expr import ONE, Apply, Expr, Name, call, substitute
from gradcalc.formula.primes import derivative
from gradcalc.formula.simplify import simplify
from gradcalc.program.derive import backward
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation

_AT: Final = "a"
_SLOPE: Final = "slope"


def second_derivative(function: str, at: Expr) -> Expr | None:
    """The second derivative of a function, by its name, at a formula; None where it has none."""
    found = _at_name(function)
    return None if found is None else substitute(found, {_AT: at})


@lru_cache(maxsize=32)
def _at_name(function: str) -> Expr | None:
    """The same at a name, by the chain rule through the first one."""
    inner = call(function, Name(_AT))
    slope = derivative(inner) if isinstance(inner, Apply) else None
    if slope is None:
        return None
    try:
        made = backward([Equation("forward", _SLOPE, slope)], {_SLOPE: ONE}, (_AT,), {_AT: (), _SLOPE: ()})
    except GradcalcError:
        return None
    put: dict[str, Expr] = {}
    for equation in made:
        put[equation.name] = substitute(equation.expr, put)
    return simplify(put[gradient_name(_AT)]) if gradient_name(_AT) in put else None
