"""One step of gradient descent, and the forward pass after it, as equations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gradcalc.formula.expr import Expr, Name, mul, sub, substitute
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Equation, Section


def update(parameters: Iterable[str], frozen: Iterable[str] = ()) -> tuple[Equation, ...]:
    """`W_new = W - lr * dW` for each parameter; a frozen one stays as it is."""
    kept = set(frozen)
    return tuple(_renewed("update", name, Name(name) if name in kept else _descended(name)) for name in parameters)


def _descended(name: str) -> Expr:
    return sub(Name(name), mul(Name("lr"), Name(gradient_name(name))))


def after(forward: Sequence[Equation], parameters: Iterable[str]) -> tuple[Equation, ...]:
    """The forward equations once more, on the updated parameters."""
    renamed = {name: Name(new_name(name)) for name in parameters}
    renamed |= {equation.name: Name(new_name(equation.name)) for equation in forward}
    return tuple(_renewed("after", equation.name, substitute(equation.expr, renamed)) for equation in forward)


def _renewed(section: Section, name: str, expr: Expr) -> Equation:
    return Equation(section, new_name(name), expr, kind="new value", quantity=name)
