"""The student's own values: what each quantity comes to on the answers that were given before it."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush

from gradcalc.check.rounding import Rounding
from gradcalc.formula.arrays import Array, spread
from gradcalc.formula.evaluate import attempt, evaluate
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution

__all__ = ["Ledger", "evaluate"]


class Ledger:
    """Follows the equations with the student's answers in the place of the right values.

    `own` has the answers as they were written, and what the equations give on them; `exact` has them as they
    were before they were written down, as far as that is known (the right value of a right answer, the value of
    the mistake that explains a wrong one). What comes later stands in both as it would be without mistakes.
    `origin` tells from which wrong answer a value comes, if from one. `dropped` has the wrong answers from which
    nothing is carried on, and what would follow from them.
    """

    def __init__(
        self,
        solution: Solution,
        order: Sequence[Equation] | None = None,
        digits: int | None = None,
        values: Mapping[str, Array] | None = None,
    ) -> None:
        self.solution = solution
        self.axis = solution.problem.axis
        self.own: dict[str, Array] = dict(values or solution.values)
        self.exact: dict[str, Array] = dict(self.own)
        self.origin: dict[str, str] = {}
        self.dropped: dict[str, Array] = {}
        self.answered: set[str] = set()
        self.changes: list[str] = []
        """The names whose values were set, one after the other, for who keeps them in another order."""
        self.order = solution.equations if order is None else order
        """The equations in the order in which the student is taken to have calculated."""
        self.turn = turns(self.order)
        self.uses = {equation.name: frozenset(equation.uses) for equation in solution.equations}
        digits = solution.problem.digits if digits is None else digits
        self.rounding = Rounding(solution, self.own, self.exact, digits)
        self._followed: dict[tuple[str, bool], tuple[Equation, Array]] = {}
        """What was followed on the values as they are now, by name and whether on `own`: it is asked for often."""

    def reroute(self, equation: Equation) -> None:
        """Take another formula for a quantity, by which the student may have gone."""
        self.uses[equation.name] = frozenset(equation.uses)
        self.rounding.reroute(equation)

    def follow(self, equation: Equation, base: Mapping[str, Array] | None = None) -> Array:
        """What the equation gives on the values so far, in the shape of the right value."""
        base = self.own if base is None else base
        if base is not self.own and base is not self.exact:
            return self._worked_out(equation, base)
        key = equation.name, base is self.own
        if key not in self._followed or self._followed[key][0] is not equation:
            self._followed[key] = equation, self._worked_out(equation, base)
        return self._followed[key][1]

    def _worked_out(self, equation: Equation, base: Mapping[str, Array]) -> Array:
        return spread(evaluate(equation.expr, base, self.axis), self.solution.shapes[equation.name])

    def followed_exactly(self, equation: Equation) -> Array:
        """What it gives on the values as they were before they were written down, in the same shape."""
        if self.origin.keys().isdisjoint(self.uses[equation.name]):
            return self.exact[equation.name]
        return self.follow(equation, self.exact)

    def follow_dropped(self, equation: Equation) -> Array | None:
        """What it gives on the answers from which nothing is carried on, in the same shape.

        None where it uses none of them, or can't be worked out on them.
        """
        if self.dropped.keys().isdisjoint(self.uses[equation.name]):
            return None
        value = attempt(equation.expr, ChainMap(self.dropped, self.own), self.axis)
        return None if value is None else spread(value, self.solution.shapes[equation.name])

    def drop(self, name: str, written: Array) -> None:
        """Note a wrong answer from which nothing is carried on."""
        self.dropped[name] = written

    def take(self, name: str, written: Array, unit: Array | float, exact: Array, origin: str | None) -> None:
        """Go on with an answer; `origin` names the wrong answer that it is or comes from.

        `unit` has the size of the last digits where `exact` isn't known (and is what was written), else 0.
        """
        self.answered.add(name)
        self.dropped.pop(name, None)
        self.rounding.answered(name, unit)
        self._put(name, written, exact, origin)

    def leave(self, equation: Equation, answered: bool = False) -> None:
        """Go on with what the equation gives: no usable answer is there, or it is a formula that gives the same."""
        if answered:
            self.answered.add(equation.name)
        origin = self.origin_of(equation)
        value = self.follow_dropped(equation)
        if value is not None and not answered:
            self.dropped[equation.name] = value
        self._put(equation.name, self.follow(equation), self.followed_exactly(equation), origin)

    def adopt(self, values: Mapping[str, Array], origin: str, met: Collection[str]) -> None:
        """Go on with other values for quantities without an answer, and with what follows for those met already."""
        self.rounding.forget()
        for name, value in values.items():
            self._put(name, value, value, origin)
        following = Following(self.solution, values)
        for equation in following:
            name = equation.name
            if name in met and name not in values and name not in self.answered:
                self._put(name, self.follow(equation), self.follow(equation, self.exact), origin)
                following.changed(name)

    def _put(self, name: str, own: Array, exact: Array, origin: str | None) -> None:
        self.own[name], self.exact[name] = own, exact
        self._followed.clear()
        self.changes.append(name)
        self.rounding.moved()
        if origin is not None:
            self.origin[name] = origin
            self._look_ahead(name)

    def _look_ahead(self, name: str) -> None:
        """The step that a gradient leads to, since mistakes may use it too early."""
        for equation in self.solution.users.get(name, ()):
            if equation.section == "update":
                self.changes.append(equation.name)
                for base in (self.own, self.exact):
                    value = attempt(equation.expr, base, self.axis)
                    if value is not None:
                        base[equation.name] = value

    def rests_on_wrong(self, equation: Equation) -> bool:
        """Whether an equation uses what comes from a wrong answer, carried on or not."""
        uses = self.uses[equation.name]
        return not (self.origin.keys().isdisjoint(uses) and self.dropped.keys().isdisjoint(uses))

    def origin_of(self, equation: Equation) -> str | None:
        """From which wrong answer the value of an equation comes."""
        return next((self.origin[name] for name in equation.uses if name in self.origin), None)


class Following:
    """The equations that use what has changed, in the order of the solution; so those that use what changes by them."""

    def __init__(self, solution: Solution, changed: Iterable[str]) -> None:
        self.solution = solution
        self._todo: list[int] = []  # a heap of places
        self._met: set[str] = set()
        for name in changed:
            self.changed(name)

    def __iter__(self) -> Iterator[Equation]:
        while self._todo:
            yield self.solution.equations[heappop(self._todo)]

    def changed(self, name: str) -> None:
        """Go on with what uses a name."""
        for equation in self.solution.users.get(name, ()):
            if equation.name not in self._met:
                self._met.add(equation.name)
                heappush(self._todo, self.solution.place[equation.name])


def as_calculated(solution: Solution, answered: Collection[str]) -> tuple[Equation, ...]:
    """The equations in the order in which one calculates: a step whose gradient isn't on the sheet, when that is known.

    So of final answers alone the last layer's come first, as backpropagation has them first. Where parameters are
    updated one after the other, the solution's order is that of the calculation.
    """
    if solution.problem.order != "simultaneous":
        return solution.equations
    steps = [equation for equation in solution.equations if equation.section == "update"]
    if any(gradient_name(step.quantity) in answered for step in steps):
        return solution.equations
    places = solution.place
    steps.sort(key=lambda step: (step.step, places.get(gradient_name(step.quantity), 0)))
    turn = iter(steps)
    return tuple(next(turn) if each.section == "update" else each for each in solution.equations)


def turns(order: Sequence[Equation]) -> dict[str, int]:
    """When each equation is calculated, by name."""
    return {equation.name: turn for turn, equation in enumerate(order)}
