"""Whether a mistake shows in digits, or only in the sides of a gate on which entries fall: these agree by chance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradcalc.check.ledger import Ledger
from gradcalc.check.mistakes.model import replaced
from gradcalc.check.mistakes.search import Candidate
from gradcalc.formula.arrays import Array, Mask, spread
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.expr import Apply, Expr, Num, add, mul
from gradcalc.formula.kinks import switches

MOVED, SHIFTED = 1.001, 1e-9
"""By this factor, and by so much, a wrong part is moved: digits change then, and gates don't."""
OF_GATES = (
    "activation-on-gradient",
    "derivative-misremembered",
    "huber-beyond-delta",
    "huber-not-clipped",
    "leak-added",
    "leak-everywhere",
    "leak-left-out",
    "margin-ignored",
    "max-gate",
    "missing-activation-derivative",
)
"""Mistakes in what a gate does: these are the likely ones where sides are wrong."""


def by_side(found: Candidate, ledger: Ledger) -> Mask:
    """The entries of an explained answer that say of the mistake only on which side of a gate they fall."""
    value = found.values[found.end]
    if found.mutation.id in OF_GATES:
        return np.zeros(value.shape, dtype=np.bool_)
    moved = _moved_here(found, ledger) if found.at == found.end else _moved_before(found, ledger)
    if moved is None or moved.shape != value.shape:
        return np.zeros(value.shape, dtype=np.bool_)
    return np.asarray(moved == value)


def _moved_here(found: Candidate, ledger: Ledger) -> Array | None:
    """The answer's value with the wrong part of its own formula moved."""
    rule = ledger.solution.by_name.get(found.at)
    wrong = found.mutation.expr
    part = None if rule is None else differing(rule.expr, wrong)
    if part is None or part is wrong or not switches(wrong):
        return None
    return _shaped(
        attempt(replaced(wrong, part, add(mul(Num(MOVED), part), Num(SHIFTED))), ledger.exact, ledger.axis),
        found,
        found.end,
    )


def _moved_before(found: Candidate, ledger: Ledger) -> Array | None:
    """The answer's value with what the mistake gave moved, and all that follows on the way."""
    first, *later = found.values
    values: dict[str, Array] = {**ledger.exact, first: MOVED * found.values[first] + SHIFTED}
    is_gated = False
    for name in later:
        made = found.made.get(name)
        expr = ledger.solution.by_name[name].expr if made is None else made.expr
        is_gated = is_gated or bool(switches(expr))
        value = _shaped(attempt(expr, values, ledger.axis), found, name)
        if value is None:
            return None
        values[name] = value
    return values[found.end] if is_gated else None


def _shaped(value: Array | None, found: Candidate, name: str) -> Array | None:
    shape = found.values[name].shape
    return spread(value, shape) if value is not None and value.shape in (shape, ()) else None


def differing(right: Expr, wrong: Expr) -> Expr:
    """The smallest part of a wrong formula outside of which it is the right one."""
    while isinstance(right, Apply) and isinstance(wrong, Apply) and len(right.args) == len(wrong.args):
        if (right.function, right.params) != (wrong.function, wrong.params):
            break
        others = [(a, b) for a, b in zip(right.args, wrong.args, strict=True) if a != b]
        if len(others) != 1:
            break
        ((right, wrong),) = others
    return wrong


def contradicted(found: Candidate, ledger: Ledger, right: Mapping[str, Array], tolerance: float) -> bool:
    """Whether a right answer shows that a quantity was right in which the mistake would lie.

    Who has h1 right had a1 right, though a1 isn't on the sheet.
    """
    base = {**ledger.exact, **found.values}
    for name in found.values:
        for user in ledger.solution.users.get(name, ()) if name != found.end else ():
            after = ledger.turn[user.name] > ledger.turn[found.end]
            if after or user.name in found.values or user.name not in ledger.answered or user.name in ledger.origin:
                continue
            value = attempt(user.expr, base, ledger.axis)
            if value is None or np.max(np.abs(value - right[user.name])) > tolerance:
                return True
    return False
