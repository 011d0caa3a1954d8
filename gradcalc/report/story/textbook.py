"""Define functions as textbooks do, entry by entry: `softmax(a)ᵢ = exp(aᵢ) / Σⱼ exp(aⱼ)`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, TypeGuard

from gradcalc.formula.expr import ENTRY, TOTAL, Apply, Expr, Name, Num, call, rebuild, transform
from gradcalc.formula.table import Function, lookup

LENGTH: Final = "n"
"""How many entries one sample has."""
_LETTERS: Final = "ijkl"


def by_entries(function: Function, applied: Expr, body: Expr) -> tuple[Expr, Expr]:
    """Both sides of a definition over entries; as they are typed where that can't be said entry by entry.

    An inner product is a sum over a letter that nothing around it has; what has an entry for each of the argument's
    has the first letter on both sides.
    """
    if not function.per_sample:
        return applied, body
    inside = _Inside(frozenset(function.args))
    try:
        written = inside.entry(body, 0 if _keeps_entries(body) else None, 0)
    except _WholeError:
        return applied, as_typed(body)
    return (Apply(ENTRY, (applied, Name(_LETTERS[0]))) if _keeps_entries(body) else applied), written


def as_typed(body: Expr) -> Expr:
    """Within one sample ⟨u, v⟩ is the sum of u ⊙ v."""
    return transform(body, lambda node: call("sum", _term(node.args)) if _is_inner(node) else node)


def _is_inner(node: Expr) -> TypeGuard[Apply]:
    return isinstance(node, Apply) and node.function == "inner"


def _term(factors: Sequence[Expr]) -> Expr:
    """What an inner product sums up: products, squares, or the entries alone."""
    left, right = factors
    if right == Num(1.0):
        return left
    return call("pow", left, Num(2.0)) if left == right else call("mul", left, right)


class _WholeError(Exception):
    """Something in a definition is said of a sample as a whole."""


def _keeps_entries(expr: Expr) -> bool:
    """Whether the value has entries as the arguments have them, and isn't a sum over them."""
    if not isinstance(expr, Apply):
        return isinstance(expr, Name)
    if expr.function == "inner" or lookup(expr.function).of_shapes:
        return False
    return any(map(_keeps_entries, expr.args))


class _Inside:
    def __init__(self, values: Collection[str]) -> None:
        self.values = values
        """The names that have entries: parameters are numbers."""

    def entry(self, expr: Expr, letter: int | None, taken: int) -> Expr:
        """Its entry by a letter; of what is a number, the number. Letters before `taken` have a meaning already."""
        if isinstance(expr, Name) and expr.id in self.values and letter is not None:
            return Name(f"{expr.id}[{_LETTERS[letter]}]")
        if not isinstance(expr, Apply):
            return expr
        function = lookup(expr.function)
        if _is_inner(expr):
            return self.total(expr.args, taken if letter is None else max(taken, letter + 1))
        if function.of_shapes:
            return Name(LENGTH)
        if function.elementwise:
            return rebuild(expr, tuple(self.entry(arg, letter, taken) for arg in expr.args))
        if letter is None or not all(isinstance(arg, Name) for arg in expr.args):
            raise _WholeError
        return Apply(ENTRY, (expr, Name(_LETTERS[letter])))

    def total(self, factors: Sequence[Expr], letter: int) -> Expr:
        """An inner product as a sum over a letter."""
        term = _term([self.entry(each, letter, letter) for each in factors])
        return Apply(TOTAL, (Name(_LETTERS[letter]), term))
