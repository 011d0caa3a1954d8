"""Recognise equations that differ in names alone: what was worked out for one holds for the others, renamed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from gradcalc.formula.expr import Expr, Name, Num, substitute
from gradcalc.formula.table import Shape
from gradcalc.program.problem import Equation

Received: TypeAlias = tuple[tuple[str, Expr, Shape], ...]
"""Names, what each receives from an equation that uses it, and the shape of that."""


@dataclass(frozen=True, slots=True)
class Example:
    """What the names of one equation receive from it, given its upstream gradient."""

    equation: Equation
    upstream: str
    received: Received

    def renamed(self, equation: Equation, upstream: str) -> Received:
        """The same for an equation like it."""
        old = (*self.equation.uses, self.equation.name, self.upstream)
        new = (*equation.uses, equation.name, upstream)
        put: dict[str, Expr] = {name: Name(other) for name, other in zip(old, new, strict=True)}
        to = dict(zip(old, new, strict=True))
        return tuple([(to[name], substitute(product, put), shape) for name, product, shape in self.received])


def pattern(expr: Expr, uses: Iterable[str]) -> Hashable:
    """Equal for two formulas that differ in names alone; `uses` are the names, in order of first use."""
    return _pattern(expr, {name: number for number, name in enumerate(uses)})


def _pattern(expr: Expr, numbers: dict[str, int]) -> Hashable:
    if isinstance(expr, Name):
        return numbers[expr.id]
    if isinstance(expr, Num):
        return repr(expr.value)
    return (expr.function, expr.params, *[_pattern(arg, numbers) for arg in expr.args])
