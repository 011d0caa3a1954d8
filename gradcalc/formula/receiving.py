"""Tell which names of a formula can receive a gradient, and hold still what can't."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gradcalc.formula.expr import Apply, Expr, Name, rebuild
from gradcalc.formula.table import known, lookup


def receiving(expr: Expr) -> tuple[str, ...]:
    """The names to which a gradient can be passed on, each once, in order of first use."""
    return tuple(dict.fromkeys(_receiving(expr)))


def _receiving(expr: Expr) -> Iterator[str]:
    todo = [expr]
    while todo:
        node = todo.pop()
        if isinstance(node, Name):
            yield node.id
        elif isinstance(node, Apply):
            entry = lookup(node.function) if known(node.function) else None
            todo += [arg for i, arg in reversed([*enumerate(node.args)]) if entry is None or entry.passes_on(i)]


def held(expr: Expr, hold: Callable[[Expr], Expr]) -> Expr:
    """The formula with `hold` of what stands under a `stop_gradient`, in place of that."""
    if not isinstance(expr, Apply):
        return expr
    if expr.function == "stop_gradient":
        return hold(expr.args[0])
    return rebuild(expr, tuple([held(arg, hold) for arg in expr.args]))
