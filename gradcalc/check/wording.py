"""How quantities are called in messages: `∇a2`, `the new W1`, `h1 after the update`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from gradcalc.formula.expr import Expr
from gradcalc.formula.write import unicode
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.quantities import STEPS
from gradcalc.program.solve import Solution
from gradcalc.words import listed


def shown(label: str) -> str:
    """A quantity by its label: `∇a2` for gradients.a2."""
    section, _, name = label.partition(".")
    if section == STEPS:
        number, _, rest = name.partition(".")
        return f"{shown(rest)} of step {number}"
    said = {
        "gradients": f"∇{name}",
        "updated": f"the new {name}",
        "after": f"{name} after the update",
        "deltas": f"the delta of {name}",
        "changes": f"Δ{name}",
        "state": " of ".join(name.split(".", 1)),
        "losses": f"the loss of {name}" if name else "the losses",
    }
    return said.get(section, name or section)


def spoken(name: str, solution: Solution) -> str:
    """A name of the equations: `∇a2` for da2, `the new W1` for W1_new."""
    equation = solution.by_name.get(name)
    if equation is None:
        return next((f"∇{each}" for each in solution.problem.upstream if gradient_name(each) == name), name)
    said = _spoken(equation)
    return said if equation.step == 1 else f"{said} of step {equation.step}"


_SAID = {"gradient": "∇{}", "delta": "the delta of {}", "change": "Δ{}", "further": "{}"}


def _spoken(equation: Equation) -> str:
    if equation.kind == "value":
        return equation.quantity
    if equation.kind in _SAID:
        return _SAID[equation.kind].format(equation.quantity)
    return f"the new {equation.quantity}" if equation.section == "update" else f"{equation.quantity} after the update"


def formula(expr: Expr, solution: Solution) -> str:
    """A formula as notes write it: `∇a2 ⊙ (1 - h1^2)`."""
    return unicode(expr, lambda name: spoken(name, solution))


def plain(name: str, solution: Solution) -> str:
    """The same where it goes without saying that this is after the update: `h1` for h1_new."""
    equation = solution.by_name.get(name)
    return equation.quantity if equation is not None and equation.section == "after" else spoken(name, solution)


class Named(Protocol):
    """Something with a message, about a quantity."""

    @property
    def at(self) -> str:
        """The label of the quantity, such as `gradients.a1`."""

    @property
    def message(self) -> str:
        """What is said of it, to follow a colon."""


MOST_PLACES = 6
MOST_SAID = 3
"""How many of several mistakes that fit equally well a sentence names."""


def sentence(mistakes: Sequence[Named], label: str, why_several: str = "these numbers can't tell which") -> str:
    """The mistakes behind a wrong answer, as one sentence; empty where none is known."""
    said = list(dict.fromkeys(m.message if m.at == label else f"in {shown(m.at)}: {m.message}" for m in mistakes))
    if len(said) < 2:
        return "".join(said)
    return f"{'; or '.join(said[:MOST_SAID])} ({why_several})"


def places(fine: npt.NDArray[np.bool_]) -> str:
    """Which entries are wrong, counted from 1."""
    if fine.size == 1:
        return "not the right value"
    if not fine.any():
        return "no entry is right"
    return f"wrong at {spots(~fine)}"


def spots(where: npt.NDArray[np.bool_]) -> str:
    """The places of a vector or matrix, counted from 1: `[1] and [3]`, `[2,1]`."""
    found = [tuple(int(i) + 1 for i in index) for index in np.argwhere(where)]
    said = [f"[{max(p)}]" if 1 in where.shape else f"[{p[0]},{p[1]}]" for p in found[:MOST_PLACES]]
    return f"{', '.join(said)} and more" if len(found) > MOST_PLACES else listed(said)
