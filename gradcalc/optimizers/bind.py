"""From an entry of the table to a problem's rule: numbers in the place of parameters, and what every rule can have.

Every rule can clip its gradient and let weights decay; that is a line more, before its own or in its last one. What is
clipped is the gradient itself, before any decay is added to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

import gradcalc.functions  # noqa: F401  (fills the table, by which lines are read)
from gradcalc.errors import GradcalcError
from gradcalc.formula.expr import Expr, Name, Num, mul, sub, substitute
from gradcalc.formula.parse import parse
from gradcalc.optimizers.rule import GRADIENT, PARAMETER, RATE, Rule
from gradcalc.optimizers.table import Optimizer
from gradcalc.words import did_you_mean

CLIPPED: Final = "g_clip"
DECAYED: Final = "g_decay"
DECOUPLED: Final = "decoupled_weight_decay"
EXTRAS: Final[Mapping[str, tuple[str, str, str]]] = {
    "clip_value": (
        CLIPPED,
        "minimum(maximum(g, -clip_value), clip_value)",
        "each entry of the gradient is kept between -clip_value and clip_value",
    ),
    "clip_norm": (
        CLIPPED,
        "g * clip_norm / maximum(norm(g), clip_norm)",
        "a parameter's gradient that is longer than clip_norm is shortened to that length",
    ),
    "global_clip_norm": (
        CLIPPED,
        "g * global_clip_norm / maximum(total_norm, global_clip_norm)",
        "the same for the gradients of all parameters together (Pascanu, Mikolov & Bengio, 2013)",
    ),
    "weight_decay": (
        DECAYED,
        "g + weight_decay * theta",
        "the gradient of weight_decay / 2 times the squares of all parameters is added to the gradient",
    ),
    DECOUPLED: (
        PARAMETER,
        "… - lr * decoupled_weight_decay * theta",
        "the parameters shrink in the step itself (Loshchilov & Hutter, 2019)",
    ),
}
"""What every rule can have: the line that it is, its formula, and what it does."""
_CLIPS: Final = ("clip_value", "clip_norm", "global_clip_norm")


class BadParameter(GradcalcError):
    """A rule has no such parameter, or can't have that value; `name` is the one that is meant."""

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        super().__init__(message)


def bound(entry: Optimizer, given: Mapping[str, float]) -> Rule:
    """The entry's rule with these parameters, and the usual ones. Raises BadParameter."""
    for name, value in given.items():
        _check(entry, name, value)
    clips = [name for name in given if name in _CLIPS]
    if len(clips) > 1:
        raise BadParameter(clips[1], f"{clips[0]} clips the gradient already: give one of the two")
    params = {**entry.params, **given}
    return Rule(entry.name, tuple(lines(entry, entry.lines, given)), params)


def in_letters(entry: Optimizer, given: Mapping[str, float]) -> Iterator[tuple[str, Expr]]:
    """The lines of the rule with its parameters by name, as a book states it; `given` are those beside the entry's."""
    letters = {name: Name(name) for name in (*entry.params, *EXTRAS)}
    yield from _lines(entry, entry.lines, given, (), letters)


def lines(entry: Optimizer, own: Mapping[str, str], given: Mapping[str, float]) -> Iterator[tuple[str, Expr]]:
    """The lines of the rule: those before, then `own` (the entry's, or wrong ones), over numbers for parameters.

    Raises FormulaError for a text that is no formula.
    """
    numbers = {**entry.params, **given}
    yield from _lines(entry, own, given, tuple(numbers.items()), {name: Num(value) for name, value in numbers.items()})


def _lines(
    entry: Optimizer,
    own: Mapping[str, str],
    given: Mapping[str, float],
    values: tuple[tuple[str, float], ...],
    means: Mapping[str, Expr],
) -> Iterator[tuple[str, Expr]]:
    gradient: Expr = Name(GRADIENT)
    for name, (line, text, _) in EXTRAS.items():
        if name in given and name not in entry.params and line != PARAMETER:
            yield line, substitute(parse(text, values=values), {GRADIENT: gradient})
            gradient = Name(line)
    for line, text in own.items():
        formula = substitute(parse(text, values=values), {GRADIENT: gradient})
        if line == PARAMETER and DECOUPLED in given:
            shrunk = mul(mul(Name(RATE), means[DECOUPLED]), Name(PARAMETER))
            formula = sub(formula, shrunk)
        yield line, formula


def _check(entry: Optimizer, name: str, value: float) -> None:
    taken = {*entry.params, *EXTRAS} - ({DECOUPLED} if "weight_decay" in entry.params else set())
    if name not in taken:
        has = ", ".join(entry.params) or "no parameters of its own"
        hint = did_you_mean(name, taken) or f"; it has {has}, and every rule can have {', '.join(EXTRAS)}"
        raise BadParameter(name, f"{entry.name} has no parameter '{name}'{hint}")
    if not math.isfinite(value) or value < 0 or (name in _CLIPS and value == 0):
        raise BadParameter(
            name, f"{name} is {value:g}: it must be a {'positive number' if name in _CLIPS else 'number from 0'}"
        )
    if name in entry.shares and value >= 1:
        raise BadParameter(name, f"{name} is {value:g}: it must be from 0 to below 1")
