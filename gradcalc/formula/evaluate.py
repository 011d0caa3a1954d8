"""Work out one formula on values by name, node by node: quicker than compiling what is run once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any

import numpy as np

from gradcalc.errors import GradcalcError
from gradcalc.formula.arrays import Array, every
from gradcalc.formula.expr import Apply, Expr, Name, Num
from gradcalc.formula.table import Axis, Pair, ShapeMismatch, lookup, pair, pairs, until_changed

AT_RUN_TIME = (ArithmeticError, ValueError, TypeError, IndexError)
"""What NumPy raises where values don't do."""
CANNOT = (*AT_RUN_TIME, KeyError, GradcalcError, ShapeMismatch)
"""What `evaluate` raises where shapes don't fit, or a name or a function isn't known."""
_FEW = 8
"""A sum of more terms may be one over an index, in which much stands several times."""


def evaluate(expr: Expr, values: Mapping[str, Array], axis: Axis) -> Array:
    """The value of a formula, a float64 scalar or matrix; overflow gives infinity. Raises one of CANNOT."""
    with np.errstate(all="ignore"):
        long = isinstance(expr, Apply) and (expr.function == "concat" or len(expr.args) > _FEW)
        found = _shared(expr, values, axis, {}) if long else _value(expr, values, axis)
        return np.asarray(found, dtype=np.float64)


def attempt(expr: Expr, values: Mapping[str, Array], axis: Axis) -> Array | None:
    """The same, or None where it raises or the value isn't finite."""
    try:
        value = evaluate(expr, values, axis)
    except CANNOT:
        return None
    finite = every(np.isfinite(value)) if value.shape else isfinite(value)
    return value if finite else None


def _shared(expr: Expr, values: Mapping[str, Array], axis: Axis, met: dict[int, Any]) -> Any:
    """The same, with each node that stands at several places (`shared`) worked out once."""
    if not isinstance(expr, Apply):
        return _value(expr, values, axis)
    if id(expr) not in met:
        found = None if expr.params else _pair(expr)
        args = [_shared(arg, values, axis, met) for arg in (expr.args if found is None else found[1])]
        entry = lookup(expr.function)
        keywords = entry.keywords(expr.params, axis)
        met[id(expr)] = entry.value(*args, **keywords) if found is None else found[0].value(*args, axis=axis)
    return met[id(expr)]


def _value(expr: Expr, values: Mapping[str, Array], axis: Axis) -> Any:
    if isinstance(expr, Name):
        return values[expr.id][()]
    if isinstance(expr, Num):
        return np.float64(expr.value)
    simple = None if expr.params else _simple(expr.function)
    if simple is not None:
        return simple(*[_value(arg, values, axis) for arg in expr.args])
    found = _pair(expr)
    if found is not None:
        return found[0].value(*(_value(arg, values, axis) for arg in found[1]), axis=axis)
    entry = lookup(expr.function)
    args = [_value(arg, values, axis) for arg in expr.args]
    return entry.value(*args, **entry.keywords(expr.params, axis))


@until_changed
@lru_cache(maxsize=256)
def _simple(function: str) -> Callable[..., Any] | None:
    """The value of a function that takes its arguments alone, whatever they are; None for any other."""
    entry = lookup(function)
    begins_pair = any(each.outer == entry.name for each in pairs())
    return None if entry.params or entry.per_sample or entry.by_layout or begins_pair else entry.value


def _pair(node: Apply) -> tuple[Pair, list[Expr]] | None:
    """A composition with a stable value of its own, and what it takes: the inner arguments, then the others."""
    for position, inner in enumerate(node.args):
        if isinstance(inner, Apply) and not (inner.params or node.params):
            found = pair(node.function, inner.function)
            if found is not None and lookup(node.function).args[position] == found.through:
                return found, [*inner.args, *node.args[:position], *node.args[position + 1 :]]
    return None
