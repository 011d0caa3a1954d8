"""A formula is a tree of three kinds of node: a number, a name, a function applied to arguments.

Operators are functions like any other: `W.T @ x + b` is add(matmul(transpose(W), x), b). Sums are flat
(`a - b + c` is add(a, neg(b), c)), so that a long sum isn't a deep tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import is_not
from typing import Final, TypeAlias

NOWHERE: Final = (0, 0)
"""In place of a node's place, for one that stands in no text."""


@dataclass(frozen=True, slots=True)
class Num:
    """A float64 number."""

    value: float
    decimals: int | None = field(default=None, compare=False, repr=False)
    """How many decimals it was typed with, if that is known."""


def decimals_of(typed: str) -> int | None:
    """How many decimals a number has as it was typed: 4 of `0.2880`, 5 of `1e-5`; None of what is no such number."""
    digits, _, exponent = typed.lower().partition("e")
    try:
        return max(0, len(digits.partition(".")[2]) - int(exponent or 0))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a value."""

    id: str
    at: tuple[int, int] = field(default=NOWHERE, compare=False, repr=False)
    """Where it stands in the text that it was parsed from: start and end offset."""


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of the table, applied to arguments, with parameters such as `alpha=0.1`."""

    function: str
    args: tuple[Expr, ...]
    params: tuple[tuple[str, float], ...] = ()
    at: tuple[int, int] = field(default=NOWHERE, compare=False, repr=False)


Expr: TypeAlias = Num | Name | Apply

ZERO, ONE = Num(0.0), Num(1.0)
ENTRY: Final = "[ ]"
"""An entry of a value, by a letter: `softmax(a)ᵢ`. This and the next are written alone, in no table and never run."""
FENCE: Final = "‖"
"""Stands on both sides of what it is a function of."""
TOTAL: Final = "Σ"
"""A sum over a letter: `Σⱼ exp(aⱼ)`."""
PAIRED: Final = "⟨⟩"
"""The sum of the products of entries: `⟨∇W, dW⟩`."""
PRIME: Final = "′"
"""Of a function that is applied, the derivative: σ′(a) of σ(a)."""


def walk(expr: Expr) -> Iterator[Expr]:
    """Every node, parents before children, left to right."""
    todo: list[Expr] = [expr]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, Apply):
            todo.extend(reversed(node.args))


def nodes(expr: Expr, met: dict[int, Expr]) -> Iterator[Expr]:
    """Every node, as `walk` has them, but for those that were met before, by their identity; these are added."""
    todo: list[Expr] = [expr]
    while todo:
        node = todo.pop()
        if id(node) not in met:
            met[id(node)] = node
            yield node
            if isinstance(node, Apply):
                todo.extend(reversed(node.args))


def names(expr: Expr) -> tuple[str, ...]:
    """The names that a formula uses, each once, in order of first use."""
    return tuple(dict.fromkeys(node.id for node in walk(expr) if isinstance(node, Name)))


def rebuild(node: Apply, args: tuple[Expr, ...]) -> Apply:
    """The same application with other arguments; the node itself if nothing changed."""
    changed = any(map(is_not, args, node.args))
    return Apply(node.function, args, node.params, node.at) if changed else node


def transform(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """Apply `change` to every node, children first."""
    if isinstance(expr, Apply):
        expr = rebuild(expr, tuple(transform(arg, change) for arg in expr.args))
    return change(expr)


def substitute(expr: Expr, put: Mapping[str, Expr]) -> Expr:
    """Put expressions in the place of names."""
    if isinstance(expr, Name):
        return put.get(expr.id, expr)
    if isinstance(expr, Apply):
        return rebuild(expr, tuple([substitute(arg, put) for arg in expr.args]))
    return expr


class Substitution:
    """Puts expressions in the place of names in many formulas: a node that they have in common stays one, done once."""

    def __init__(self, put: Mapping[str, Expr]) -> None:
        self.put = put
        self.done: dict[int, tuple[Expr, Expr]] = {}

    def __call__(self, expr: Expr) -> Expr:
        """The formula with these in it."""
        if isinstance(expr, Name):
            return self.put.get(expr.id, expr)
        if not isinstance(expr, Apply):
            return expr
        if id(expr) not in self.done:  # the node is kept beside what it becomes: it is known by its identity
            self.done[id(expr)] = expr, rebuild(expr, tuple(map(self, expr.args)))
        return self.done[id(expr)][1]


def shared(expr: Expr) -> Expr:
    """The same formula, in which equal parts are one object."""
    met: dict[tuple[object, ...], Expr] = {}

    def one(node: Expr) -> Expr:
        if isinstance(node, Apply):
            key: tuple[object, ...] = (node.function, node.params, *map(id, node.args))
        else:
            key = (node,)
        return met.setdefault(key, node)

    return transform(expr, one)


def is_negative(term: Expr) -> bool:
    """Whether a term of a sum is written with a minus before it."""
    if isinstance(term, Num):
        return term.value < 0
    return isinstance(term, Apply) and term.function == "neg" and not is_negative(term.args[0])


def negated(term: Expr) -> Expr:
    """What stands behind that minus."""
    return Num(-term.value) if isinstance(term, Num) else term.args[0] if isinstance(term, Apply) else term


# Constructors that read like the formula.


def add(*terms: Expr) -> Expr:
    """The sum of one or more terms."""
    return terms[0] if len(terms) == 1 else Apply("add", terms)


def neg(a: Expr) -> Expr:
    """The opposite; of a number, a number."""
    return Num(-a.value, a.decimals) if isinstance(a, Num) else Apply("neg", (a,))


def sub(a: Expr, b: Expr) -> Expr:
    """The difference, as the sum of `a` and `-b`."""
    return Apply("add", (a, neg(b)))


def mul(a: Expr, b: Expr) -> Expr:
    """The product, entry by entry."""
    return Apply("mul", (a, b))


def call(function: str, *args: Expr, **params: float) -> Apply:
    """A function applied."""
    return Apply(function, args, tuple(params.items()))
