"""Recognise equations that differ in names alone: what was worked out for one holds for the others, renamed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sized
from dataclasses import dataclass
from typing import TypeAlias

from gradcalc.formula.expr import Expr, Name, Num, substitute
from gradcalc.formula.table import Shape
from gradcalc.program.broadcasting import Shapes
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


class Memory:
    """What the names of an equation receive: of equations that differ in names alone, worked out once.

    `special` says of an equation that it can't stand for others; `active` are the names that receive something.
    `made` grows when the work makes equations of its own: then its result isn't the next one's either.
    """

    def __init__(
        self,
        special: Callable[[Equation], bool],
        shapes: Shapes,
        active: Collection[str],
        made: Sized,
    ) -> None:
        self.special = special
        self.shapes, self.active, self.made = shapes, active, made
        self.examples: dict[Hashable, Example] = {}

    def received(self, equation: Equation, upstream: Expr, work: Callable[[Equation, Expr], Received]) -> Received:
        """What the names of an equation receive from it, given the gradient of its value; `work` works it out.

        (It isn't kept: what holds this memory would be held by it, and wait for the garbage collector.)
        """
        if not isinstance(upstream, Name) or self.special(equation):
            return work(equation, upstream)
        known = tuple((self.shapes.known[name], name in self.active) for name in equation.uses)
        key = (pattern(equation.expr, equation.uses), known)
        if key in self.examples:
            return self.examples[key].renamed(equation, upstream.id)
        made_before = len(self.made)
        received = work(equation, upstream)
        if len(self.made) == made_before:
            self.examples[key] = Example(equation, upstream.id, received)
        return received


def pattern(expr: Expr, uses: Iterable[str]) -> Hashable:
    """Equal for two formulas that differ in names alone; `uses` are the names, in order of first use."""
    return _pattern(expr, {name: number for number, name in enumerate(uses)})


def _pattern(expr: Expr, numbers: dict[str, int]) -> Hashable:
    if isinstance(expr, Name):
        return numbers[expr.id]
    if isinstance(expr, Num):
        return repr(expr.value)
    return (expr.function, expr.params, *[_pattern(arg, numbers) for arg in expr.args])
