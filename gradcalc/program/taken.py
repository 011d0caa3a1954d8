"""Which function is taken where a problem doesn't say one."""

from __future__ import annotations

from gradcalc.formula.arrays import Array
from gradcalc.formula.bound import unbound
from gradcalc.formula.expr import Expr, Name, Num, call, substitute
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import lookup
from gradcalc.formula.unknown import entry_for


def taken(name: str, value: Array) -> tuple[Expr, Expr]:
    """`phi(a)` and `0.25 * a ** 2 + sin(2 * a + 1)`: a call of the function, and what it comes to.

    `value` tells which function it is: a number, or for a function of a vector a number for each entry, which keeps
    its name.
    """
    entry = lookup(entry_for(value.shape))
    which = Name(name) if value.shape else Num(value.item())
    body = substitute(unbound(entry.definition or ""), {entry.args[0]: which})
    return call(entry.name, Name(name), Name(entry.args[1])), simplify(body)
