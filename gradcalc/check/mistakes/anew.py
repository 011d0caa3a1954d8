"""Derive one gradient anew, by other rules: of quantities that are used alike, names aside, once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from gradcalc.errors import GradcalcError
from gradcalc.formula.expr import ONE, Apply, Expr, Name, names, substitute, walk
from gradcalc.formula.table import Axis, Shape, lookup, until_changed
from gradcalc.program.derive import backward
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution

RulesInPlace: TypeAlias = tuple[tuple[tuple[str, str], str], ...]
"""Wrong rules by function and argument."""


@dataclass(frozen=True, slots=True)
class _Question:
    """All that a gradient is derived from; the same for quantities that differ in names alone."""

    name: str
    users: tuple[tuple[str, Expr], ...]
    start: tuple[tuple[str, Expr], ...]
    shapes: tuple[tuple[str, Shape], ...]
    axis: Axis
    assumed: frozenset[str]


class Anew:
    """The formula of one gradient over the gradients of what uses it, by whatever rules."""

    def __init__(
        self,
        name: str,
        solution: Solution,
        start: Mapping[str, Expr] | None = None,
        changed: Mapping[str, Expr] | None = None,
    ) -> None:
        """`start` has other gradients to start from than those of what uses the quantity, `changed` other formulas."""
        users = [replace(each, expr=(changed or {}).get(each.name, each.expr)) for each in consumers(name, solution)]
        begin = beginning(users, solution) if start is None else start
        met = dict.fromkeys([name, *(each for user in users for each in (user.name, *user.uses)), *begin])
        met |= dict.fromkeys(each for gradient in start.values() for each in names(gradient)) if start else {}
        shapes = {n: solution.shapes[n] for each in met for n in (each, gradient_name(each)) if n in solution.shapes}
        neutral = {each: f"v{number}" for number, each in enumerate(met)}
        neutral |= {gradient_name(each): gradient_name(other) for each, other in neutral.items()}
        put: dict[str, Expr] = {each: Name(other) for each, other in neutral.items()}
        question = _Question(
            neutral[name],
            tuple((neutral[user.name], substitute(user.expr, put)) for user in users),
            tuple((neutral[each], substitute(gradient, put)) for each, gradient in begin.items()),
            tuple((neutral[each], shape) for each, shape in shapes.items()),
            solution.problem.axis,
            frozenset(neutral[each] for each in solution.problem.assumed if each in neutral),
        )
        self._derivations = _derivations(question)
        self._names: dict[str, Expr] = {other: Name(each) for each, other in neutral.items()}

    def by(self, rules: Mapping[tuple[str, str], str]) -> Expr | None:
        """The formula with some rules replaced, by function and argument; None where they lead to none."""
        found = self._derivations.by(rules)
        return None if found is None else substitute(found, self._names)


def consumers(name: str, solution: Solution) -> tuple[Equation, ...]:
    """The equations of the forward pass that use a name."""
    return solution.consumers.get(name, ())


def beginning(users: Iterable[Equation], solution: Solution) -> dict[str, Expr]:
    """The gradients of what uses a quantity, by name."""
    begin: dict[str, Expr] = {}
    for user in users:
        if user.name == solution.problem.objective:
            begin[user.name] = ONE
        elif gradient_name(user.name) in solution.shapes:
            begin[user.name] = Name(gradient_name(user.name))
    return begin


class _Derivations:
    """What has been derived in answer to a question, by the rules in place that bear on it."""

    def __init__(self, question: _Question) -> None:
        self.question = question
        self.on_the_way = frozenset(_on_the_way(question))
        self.found: dict[RulesInPlace | None, Expr | None] = {}

    def by(self, rules: Mapping[tuple[str, str], str]) -> Expr | None:
        # Any replaced rule rules out the shortcuts, though it bear on nothing.
        key = tuple(rule for rule in rules.items() if rule[0] in self.on_the_way) if rules else None
        if key not in self.found:
            self.found[key] = _derived(self.question, rules)
        return self.found[key]


@until_changed
@lru_cache(maxsize=256)
def _derivations(question: _Question) -> _Derivations:
    return _Derivations(question)


def _on_the_way(question: _Question) -> Iterator[tuple[str, str]]:
    """The functions through which the quantity goes, each with the argument that it stands in."""
    for _, expr in question.users:
        for node in walk(expr):
            for position, arg in enumerate(node.args if isinstance(node, Apply) else ()):
                if isinstance(node, Apply) and question.name in names(arg):
                    entry = lookup(node.function)
                    yield entry.name, entry.argument(position)


def _derived(question: _Question, rules: Mapping[tuple[str, str], str]) -> Expr | None:
    users = [Equation("forward", name, expr) for name, expr in question.users]
    start, shapes = dict(question.start), dict(question.shapes)
    try:
        derived = backward(users, start, (question.name,), shapes, question.axis, question.assumed, rules)
    except GradcalcError:
        return None
    put: dict[str, Expr] = {}
    for equation in derived:
        put[equation.name] = substitute(equation.expr, put)
    return put.get(gradient_name(question.name))
