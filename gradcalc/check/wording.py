"""How quantities are called in messages: `∇a2`, `the new W1`, `h1 after the update`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from gradcalc.errors import GradcalcError
from gradcalc.formula.brackets import AS_NAMES
from gradcalc.formula.expr import Expr, Name
from gradcalc.formula.parse import parse
from gradcalc.formula.shapes import MATRIX
from gradcalc.formula.write import code, unicode
from gradcalc.program.naming import change_name, gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.sections import STEPS
from gradcalc.program.shown import state_line
from gradcalc.program.solution import Solution
from gradcalc.words import listed

_BEGIN, _THEN, _END = "\ue000\ue001\ue002"
"""Characters that Unicode keeps for programs' own use; around a formula as it is typed, and as plain text."""
_FORMULA = re.compile(f"{_BEGIN}([^{_BEGIN}-{_END}]*){_THEN}([^{_BEGIN}-{_END}]*){_END}")


def marked(expr: Expr, text: str) -> str:
    """A formula within a sentence, which a report shows in the problem's own symbols, and others as `text`.

    Sentences are put together in many places, far from any report; so what they say of quantities is marked in them.
    """
    return f"{_BEGIN}{code(expr)}{_THEN}{text}{_END}"


def typed(expr: Expr) -> str:
    """A formula as it is typed, of somebody's own sheet."""
    return marked(expr, code(expr))


def plain_text(said: str) -> str:
    """A sentence without its marks."""
    return _without_marks(said) if _BEGIN in said else said


@lru_cache(maxsize=1024)
def _without_marks(said: str) -> str:
    """The same, remembered: a class is told the same again and again."""
    return _FORMULA.sub(r"\2", said)


def split(said: str) -> Iterator[tuple[Expr | None, str]]:
    """A sentence as text and formulas in turn: (None, text) or (formula, its text)."""
    for typed, text in as_typed(said):
        yield None if typed is None else read_formula(typed), text


def as_typed(said: str) -> Iterator[tuple[str | None, str]]:
    """The same with formulas as they are typed."""
    if _BEGIN not in said:  # as nearly always: all that is right
        yield None, said
        return
    before, *rest = _FORMULA.split(said)
    yield None, before
    for typed, text, after in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        yield typed, text
        yield None, after


def read_formula(typed: str) -> Expr | None:
    """The formula; None where somebody's own text has the marks."""
    try:
        return parse(typed, indices=AS_NAMES)
    except GradcalcError:
        return None


class Told:
    """Something that is told in a sentence: `said` has its formulas marked for reports, `message` is plain text."""

    __slots__ = ()
    said: str

    @property
    def message(self) -> str:
        """The sentence as plain text."""
        return plain_text(self.said)


def named(name: str) -> str:
    """A quantity by its name."""
    return marked(Name(name), name)


def gradient(name: str) -> str:
    """The gradient on a quantity: `∇a2`."""
    return marked(Name(gradient_name(name)), f"∇{name}")


def change(name: str) -> str:
    """How much a step changes a quantity: `ΔW1`."""
    return marked(Name(change_name(name)), f"Δ{name}")


@lru_cache(maxsize=1024)
def shown(label: str) -> str:
    """A quantity by its label: `∇a2` for gradients.a2."""
    section, _, name = label.partition(".")
    if section == STEPS:
        number, _, rest = name.partition(".")
        return f"{shown(rest)} of step {number}"
    return _in_section(section, name) if name else _WHOLE.get(section, named(section))


_WHOLE = {"losses": "the losses", "count": "the number of parameters"}
"""What is said of a section by itself."""


def _in_section(section: str, name: str) -> str:
    said = named(name)
    match section:
        case "gradients":
            return gradient(name)
        case "updated":
            return f"the new {said}"
        case "after":
            return f"{said} after the update"
        case "deltas":
            return f"the delta of {said}"
        case "changes":
            return change(name)
        case "hessians":
            return f"the second derivative by {' and '.join(map(named, name.replace('/', ',').split(',')))}"
        case "jacobians":
            return f"the Jacobian {name}"
        case "shapes":
            return f"the shape of {said}"
        case "state":
            line, _, parameter = name.partition(".")
            return f"{line} of {named(parameter)}" if parameter else line
        case "losses":
            return f"the loss of {said}"
    return said


def spoken(name: str, solution: Solution) -> str:
    """A name of the equations: `∇a2` for da2, `the new W1` for W1_new."""
    equation = solution.by_name.get(name)
    if equation is None:
        upstream = next((each for each in solution.problem.upstream if gradient_name(each) == name), None)
        return named(name) if upstream is None else gradient(upstream)
    said = _spoken(equation, solution)
    return said if equation.step == 1 else f"{said} of step {equation.step}"


_SAID: dict[str, Callable[[str], str]] = {
    "value": named,
    "gradient": gradient,
    "delta": lambda name: f"the delta of {named(name)}",
    "change": change,
    "further": named,
}


def _spoken(equation: Equation, solution: Solution) -> str:
    if equation.kind == "state":
        return marked(Name(equation.name), f"{_line(equation, solution)} of {equation.quantity}")
    if equation.kind in _SAID:
        return _SAID[equation.kind](equation.quantity)
    name = named(equation.quantity)
    return f"the new {name}" if equation.section == "update" else f"{name} after the update"


def _line(equation: Equation, solution: Solution) -> str:
    """The line of the update rule that an equation is."""
    rule, step = solution.problem.optimizer, solution.steps.get(equation.step)
    name = equation.name if step is None else step.plain[equation.name]
    return (rule and state_line(name, equation.quantity, rule)) or name


def formula(expr: Expr, solution: Solution) -> str:
    """A formula as notes write it: `∇a2 ⊙ (1 - h1^2)`."""
    return marked(expr, unicode(expr, lambda name: plain_text(spoken(name, solution))))


def plain(name: str, solution: Solution) -> str:
    """The same where it goes without saying that this is after the update: `h1` for h1_new."""
    equation = solution.by_name.get(name)
    after = equation is not None and equation.section == "after"
    return named(equation.quantity) if equation is not None and after else spoken(name, solution)


class Named(Protocol):
    """Something with a message, about a quantity."""

    @property
    def at(self) -> str:
        """The label of the quantity, such as `gradients.a1`."""

    @property
    def said(self) -> str:
        """What is said of it, to follow a colon."""


MOST_PLACES = 6
MOST_SAID = 3
"""How many of several mistakes that fit equally well a sentence names."""


def sentence(mistakes: Sequence[Named], label: str, why_several: str = "these numbers can't tell which") -> str:
    """The mistakes behind a wrong answer, as one sentence; empty where none is known."""
    said = list(dict.fromkeys(m.said if m.at == label else f"in {shown(m.at)}: {m.said}" for m in mistakes))
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
    vector = len(where.shape) == MATRIX and 1 in where.shape
    said = [f"[{max(p)}]" if vector else f"[{','.join(map(str, p))}]" for p in found[:MOST_PLACES]]
    return f"{', '.join(said)} and more" if len(found) > MOST_PLACES else listed(said)
