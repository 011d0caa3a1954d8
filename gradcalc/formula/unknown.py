"""Functions that a problem gives without saying what they are: how they are called, and what stands for a call.

`phi(z)` is the table's `unknown` of the quantity phi, whose number tells one such function from another, and of z; its
derivatives are `phi'(z)` and `phi''(z)`. A function of a vector, `f(v)`, is `unknown_of`, its gradient `df(v)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from gradcalc.formula.expr import Apply, Expr, Name
from gradcalc.formula.table import Shape

ENTRYWISE: Final = ("unknown", "unknown_d1", "unknown_d2", "unknown_d3")
"""Of an unknown function that goes entry by entry the function, and its derivatives."""
OF_VECTOR: Final = ("unknown_of", "unknown_gradient", "unknown_hessian")
"""Of one that makes a number of a vector the function, its gradient and its Hessian."""
_BEFORE: Final = ("", "d", "d2")
"""Before the name of a function of a vector, for the last two."""


def entry_for(sizes: Sequence[object] | Shape) -> str:
    """The table's function for one that was given with so many sizes: none goes entry by entry."""
    return OF_VECTOR[0] if sizes else ENTRYWISE[0]


def meant(name: str, functions: Mapping[str, str]) -> tuple[str, str] | None:
    """What a call by this name is: the table's function, and the quantity; None where no given function is meant.

    `functions` has the table's function for each that is given.
    """
    for before, entry in zip(_BEFORE, OF_VECTOR, strict=True):
        base = name.removeprefix(before)
        if name.startswith(before) and functions.get(base) == OF_VECTOR[0]:
            return entry, base
    return (functions[name], name) if name in functions else None


def called(node: Apply) -> tuple[Name, int] | None:
    """The function that is called, and the order of its derivative; None of any other formula."""
    first = node.args[0] if node.args else None
    for functions in (ENTRYWISE, OF_VECTOR):
        if node.function in functions and isinstance(first, Name):
            return first, functions.index(node.function)
    return None


def uncalled(expr: Expr, functions: Mapping[str, str]) -> Iterator[Name]:
    """Where the name of a given function stands without arguments."""
    if isinstance(expr, Name):
        if expr.id in functions:
            yield expr
    elif isinstance(expr, Apply):
        for arg in expr.args[1:] if called(expr) is not None else expr.args:
            yield from uncalled(arg, functions)
