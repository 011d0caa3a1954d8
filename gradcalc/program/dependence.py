"""Which quantities depend on which: forward from what is moved, backward from what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from gradcalc.program.problem import Equation


def depending_on(equations: Iterable[Equation], names: Iterable[str]) -> set[str]:
    """The names, and every quantity that is computed from one of them. Equations come after those that they use."""
    reached = set(names)
    for equation in equations:
        if not reached.isdisjoint(equation.uses):
            reached.add(equation.name)
    return reached


def differentiable_in(equations: Iterable[Equation], names: Iterable[str]) -> set[str]:
    """The names, and every quantity from which a gradient can come back to one of them."""
    reached = set(names)
    for equation in equations:
        if not reached.isdisjoint(equation.uses) and not reached.isdisjoint(equation.passes_to):
            reached.add(equation.name)
    return reached


def passing_to(equations: Sequence[Equation], ends: Iterable[str]) -> tuple[Equation, ...]:
    """The equations through which the gradients of the ends go back, in the order of `equations`."""
    return _traced(equations, ends, lambda equation: equation.passes_to)


def leading_to(equations: Sequence[Equation], ends: Iterable[str]) -> tuple[Equation, ...]:
    """The equations that the ends are computed by, their own among them, in the order of `equations`."""
    return _traced(equations, ends, lambda equation: equation.uses)


def _traced(
    equations: Sequence[Equation], ends: Iterable[str], back: Callable[[Equation], Iterable[str]]
) -> tuple[Equation, ...]:
    needed = set(ends)
    kept = []
    for equation in reversed(equations):
        if equation.name in needed:
            needed.update(back(equation))
            kept.append(equation)
    return tuple(reversed(kept))
