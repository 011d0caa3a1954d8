"""One line of a derivation: what a gradient is equal to, and the rule by which that follows from the line before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from gradcalc.formula.expr import PAIRED, PRIME, Apply, Expr, Name, Num, call, mul, transform, walk
from gradcalc.formula.primes import derivative

By: TypeAlias = Literal[
    "chain",
    "function",
    "derivative",
    "put",
    "shortcut",
    "restored",
    "simplified",
    "nothing",
    "trace",
    "rotated",
    "alone",
    "named",
    "paths",
]
"""`chain`: the chain rule, by each quantity that uses this one. `function`: rules of the table. `derivative`: a
derivative such as σ′(a) written out. `put`: a gradient that is known already in the place of its name. `shortcut`: two
functions at once. `restored`: what was named for the derivation alone, by its formula. `nothing`: there is no way.

By differentials also `trace`: ⟨A, B⟩ is tr(Aᵀ B). `rotated`: the factors of a trace go round. `alone`: all but the
change is moved to the other side. `named`: a gradient gets its name, since it is long. `paths`: what each of several
quantities changes by, by which the change leads on."""


Sides: TypeAlias = tuple[tuple[Expr, Expr], ...]
"""Equations, each as its left and its right side."""


@dataclass(frozen=True, slots=True)
class Line:
    """What the gradient is equal to, by which rule, and the equations on which that rests.

    `names` are the functions whose rules are used (of a shortcut the outer and the inner one); of the chain rule the
    quantities by which it goes; of what is put in or restored its names.
    """

    expr: Expr
    by: By
    names: tuple[str, ...] = ()
    because: Sides = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """The way to the gradient with respect to `of`: `left` is equal to each of the lines.

    `kept` are the gradients that are still names in the last line, and `result` is that line with the names that were
    made for derivations. Of such a name `stands_for` is its formula. `partials` are the derivatives that are written as
    such, ∂a/∂W: of what, and by what. `changes` are the names of differentials, by what changes.
    """

    of: str
    left: Expr
    lines: tuple[Line, ...]
    result: Expr
    kept: tuple[str, ...] = ()
    stands_for: Expr | None = None
    partials: tuple[tuple[str, str], ...] = ()
    changes: Mapping[str, str] = field(default_factory=dict)


def primed(node: Apply) -> Apply:
    """The derivative of a function of one argument, at that argument: σ′(a) of σ(a)."""
    return Apply(PRIME, (node,))


def worked_out(expr: Expr) -> Expr:
    """The same without signs that are written alone: what can be computed."""
    return transform(expr, _worked_out)


def _worked_out(node: Expr) -> Expr:
    if isinstance(node, Apply) and node.function == PAIRED:
        return call("sum", mul(*node.args))
    if not (isinstance(node, Apply) and node.function == PRIME):
        return node
    (applied,) = node.args
    return (derivative(applied) if isinstance(applied, Apply) else None) or node


def count(expr: Expr) -> int:
    """How often names are used in a formula."""
    return sum(isinstance(node, Name) for node in walk(expr))


def told(lines: Iterable[Line], same: Callable[[Expr, Expr], bool] | None = None) -> Iterator[Line]:
    """The lines without those that are the `same` as the next: that differ in signs, brackets and numbers alone."""
    held: Line | None = None
    for line in lines:
        if held is not None and not (same or alike)(held.expr, line.expr):
            yield held
            held = line
        else:
            held = line if held is None else replace(held, expr=line.expr)
    if held is not None:
        yield held


def alike(one: Expr, other: Expr) -> bool:
    """Whether the one is the other with its numbers worked out and its factors and terms put in order."""
    return _parts(one) == _parts(other)


def _parts(expr: Expr) -> Counter[str]:
    """The names and the functions of a formula; sums, products and signs are put in order without a word."""
    nodes = (node for node in walk(expr) if not isinstance(node, Num))
    texts = (node.id if isinstance(node, Name) else f"{node.function} {node.params}" for node in nodes)
    return Counter(text for text in texts if text not in _ORDERED)


_ORDERED = frozenset(f"{function} ()" for function in ("add", "neg", "mul", "div"))
