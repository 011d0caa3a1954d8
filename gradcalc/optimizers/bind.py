"""From an entry of the table to a problem's rule: numbers in the place of parameters, and what every rule can have."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

import gradcalc.functions  # noqa: F401  (fills the table, by which lines are read)
from gradcalc.errors import GradcalcError
from gradcalc.formula.expr import Expr, Name, sub, substitute
from gradcalc.formula.parse import parse
from gradcalc.optimizers.extras import CLIPPED, EXTRAS, Extra
from gradcalc.optimizers.rule import GRADIENT, PARAMETER, Rule
from gradcalc.optimizers.table import Optimizer, WrongLine, lookup
from gradcalc.words import did_you_mean


class BadParameter(GradcalcError):
    """A rule has no such parameter, or can't have that value; `name` is the one that is meant."""

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        super().__init__(message)


def bound(entry: Optimizer, given: Mapping[str, float]) -> Rule:
    """The entry's rule with these parameters, and the usual ones. Raises BadParameter."""
    for name, value in given.items():
        _check(entry, name, value)
    clips = [name for name in given if name in EXTRAS and EXTRAS[name].line == CLIPPED]
    if len(clips) > 1:
        raise BadParameter(clips[1], f"{clips[0]} clips the gradient already: give one of the two")
    params = {**entry.params, **given}
    return Rule(entry.name, tuple(_lines(entry, given, params)), params)


def in_letters(entry: Optimizer, given: Iterable[str]) -> Iterator[tuple[str, Expr]]:
    """The lines of the rule with its parameters by name, as a book states it; `given` are those beside the usual."""
    return _lines(entry, given, {})


def wrong_lines(rule: Rule, line: str) -> Iterator[tuple[WrongLine, Expr]]:
    """The usual mistakes in a line of a rule of the table, over the same names and numbers as the right one."""
    entry = lookup(rule.name)
    places = [(wrong.line, wrong) for wrong in entry.mistakes]
    places += [(extra.name, wrong) for extra in _extras(entry, rule.params) for wrong in extra.mistakes]
    for place, wrong in places:
        if wrong.line == line:
            yield wrong, dict(_lines(entry, rule.params, rule.params, {place: wrong.rule}))[line]


def _extras(entry: Optimizer, given: Iterable[str]) -> list[Extra]:
    """What a rule has beside its own parameters, in the order of its lines."""
    return [extra for name, extra in EXTRAS.items() if name in given and name not in entry.params]


def _lines(
    entry: Optimizer,
    given: Iterable[str],
    numbers: Mapping[str, float],
    instead: Mapping[str, str] | None = None,
) -> Iterator[tuple[str, Expr]]:
    """The lines of the rule; `instead` has other formulas, by the name of the line or of what every rule can have."""
    values, texts = tuple(numbers.items()), instead or {}
    gradient: Expr = Name(GRADIENT)
    taken_away: list[Expr] = []
    for extra in _extras(entry, given):
        formula = substitute(parse(texts.get(extra.name, extra.rule), values=values), {GRADIENT: gradient})
        if extra.line == PARAMETER:
            taken_away.append(formula)
        else:
            yield extra.line, formula
            gradient = Name(extra.line)
    for line, text in entry.lines.items():
        formula = substitute(parse(texts.get(line, text), values=values), {GRADIENT: gradient})
        for term in taken_away if line == PARAMETER else ():
            formula = sub(formula, term)
        yield line, formula


def _check(entry: Optimizer, name: str, value: float) -> None:
    taken = {*entry.params, *EXTRAS}
    if "weight_decay" in entry.params:
        taken.remove("decoupled_weight_decay")
    if name not in taken:
        has = ", ".join(entry.params) or "no parameters of its own"
        hint = did_you_mean(name, taken) or f"; it has {has}, and every rule can have {', '.join(EXTRAS)}"
        raise BadParameter(name, f"{entry.name} has no parameter '{name}'{hint}")
    positive = name in EXTRAS and EXTRAS[name].positive
    if not math.isfinite(value) or value < 0 or (positive and value == 0):
        must = "a positive number" if positive else "a number from 0"
        raise BadParameter(name, f"{name} is {value:g}: it must be {must}")
    if name in entry.shares and value >= 1:
        raise BadParameter(name, f"{name} is {value:g}: it must be from 0 to below 1")
