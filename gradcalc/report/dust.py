"""Show as zero what rounding left of a zero: `0.1 + 0.2 - 0.3` is 0, and not 5.5511e-17.

A value counts as nothing where it is no larger than the error that it may have, by running error analysis: each sum
and product adds what float64 may round off of it to what comes from its operands (Wilkinson, Error analysis of
floating-point computation, 1960). Of matrices the numbers of a column tell already what is small beside others; so a
value is zero only as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Final

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import CANNOT, evaluate
from gradcalc.formula.expr import Apply, Expr, Name, Num, call
from gradcalc.program.solution import Solution

_ROUNDED: Final = float(np.finfo(np.float64).eps)
_TINY: Final = 1e-12
"""Nothing is asked of values larger than this, beside the largest of all."""
_LINEAR: Final = frozenset(("neg", "sum", "mean", "transpose", "trace", "diag", "vec"))
_BILINEAR: Final = frozenset(("mul", "matmul", "inner", "dot", "outer"))


def shown_values(solution: Solution) -> Mapping[str, Array]:
    """All values by name, as reports show them: zero for what rounding left of a zero."""
    return solution.once("shown values", lambda: _without_dust(solution))


def as_shown(solution: Solution) -> Solution:
    """The solution with the values that reports show, for what draws a whole one."""
    shown = shown_values(solution)
    return solution if shown is solution.values else replace(solution, values=shown)


def zero_if_dust(value: Array, name: str, solution: Solution) -> Array:
    """A value as reports show it, if it is the one of that name."""
    if name in solution.values and np.array_equal(value, solution.values[name]):
        return shown_values(solution)[name]
    return value


def _without_dust(solution: Solution) -> Mapping[str, Array]:
    tiny = list(_tiny(solution))
    if not tiny:
        return solution.values
    errors = _Errors(solution)
    zeros = {name: np.zeros_like(solution.values[name]) for name in tiny if errors.swallow(name)}
    return {**solution.values, **zeros}


def _tiny(solution: Solution) -> Iterator[str]:
    """The computed values that are much smaller than others, but aren't zero."""
    sizes = {name: _size(value) for name, value in solution.values.items()}
    largest = max((size for size in sizes.values() if np.isfinite(size)), default=0.0)
    return (name for name, size in sizes.items() if 0 < size < _TINY * largest and name in solution.by_name)


def _size(value: Array) -> float:
    return float(np.abs(value).max()) if value.size else 0.0


class _Errors:
    """How far values may be from what exact arithmetic would give, from the problem's own numbers on."""

    def __init__(self, solution: Solution) -> None:
        self.solution, self.values, self.axis = solution, solution.values, solution.problem.axis

    def swallow(self, name: str) -> bool:
        """Whether a value is no larger than the error that it may have."""
        return bool((np.abs(self.values[name]) <= self.of_names[name]).all())

    @cached_property
    def of_names(self) -> Mapping[str, Array]:
        """The errors of all values, in the order of calculation."""
        errors = {name: _ROUNDED * np.abs(value) for name, value in self.values.items()}
        for equation in self.solution.equations:
            try:
                with np.errstate(all="ignore"):
                    errors[equation.name] = self.of(equation.expr, errors)
            except CANNOT:
                continue
        return errors

    def of(self, expr: Expr, errors: Mapping[str, Array]) -> Array:
        """The error of a formula, given those of names; of functions that aren't known here what rounding does."""
        if isinstance(expr, Name):
            return errors[expr.id]
        value = np.abs(evaluate(expr, self.values, self.axis))
        if isinstance(expr, Num) or expr.params:
            return _ROUNDED * value
        args = [np.abs(evaluate(arg, self.values, self.axis)) for arg in expr.args]
        if expr.function == "add":
            return np.asarray(sum(self.of(arg, errors) for arg in expr.args) + _ROUNDED * sum(args))
        if expr.function in _LINEAR:
            return self.applied(expr, self.of(expr.args[0], errors)) + _ROUNDED * self.applied(expr, args[0])
        if expr.function in _BILINEAR:
            left, right = (self.of(arg, errors) for arg in expr.args)
            return self.applied(expr, left, args[1] + right) + self.applied(expr, args[0], right + _ROUNDED * args[1])
        if expr.function == "div":
            over, under = (self.of(arg, errors) for arg in expr.args)
            return np.asarray((over + value * under) / args[1] + _ROUNDED * value)
        if expr.function == "pow" and isinstance(expr.args[1], Num) and expr.args[1].value >= 1:
            power, error = expr.args[1].value, self.of(expr.args[0], errors)
            return np.asarray((args[0] + error) ** power - args[0] ** power + _ROUNDED * value)
        return _ROUNDED * value

    def applied(self, node: Apply, *args: Array) -> Array:
        """A sum or a product of sizes; a minus makes nothing smaller."""
        if node.function == "neg":
            return args[0]
        names = {f"argument {i}": value for i, value in enumerate(args)}
        return evaluate(call(node.function, *map(Name, names)), names, self.axis)
