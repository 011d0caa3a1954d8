"""At a kink there is no derivative, and every subgradient is right: whoever takes ReLU'(0) to be 1 or 1/2 isn't wrong.

A subgradient is what the gradient tends to from a side of the kink, or lies between such (Clarke, Optimization and
Nonsmooth Analysis, 1983, theorem 2.5.1). So where a value is on a kink, the backward equations are tried with that
value shifted to each side by next to nothing, and with mixtures of what they give there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from gradcalc.check.answers.compare import Mask, laid_out
from gradcalc.check.answers.model import Answer, Sheet
from gradcalc.check.marking.verdicts import Verdict
from gradcalc.check.wording import marked, spots
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import CANNOT, attempt, evaluate
from gradcalc.formula.expr import Apply, Expr, Name, Num, add, call, mul, names, substitute, walk
from gradcalc.formula.kinks import distances
from gradcalc.formula.parse import parse
from gradcalc.formula.smooth import smooth
from gradcalc.formula.table import lookup
from gradcalc.formula.write import unicode
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution

ON_KINK = 1e-12
SHIFT = 4.0
"""By how many units in the last place of float64 a value is moved off its kink."""
APART = 1e-9
MOST_SINGLY = 8
"""So many entries on a kink may each have a derivative of its own; more have one together."""
USUAL = (1.0, 0.5)
"""What is taken in place of one side's derivative: the other side's, or the mean (a central difference gives it)."""
NEAR_USUAL = 0.01


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a kink: the quantity `name` shifted there, and the backward equations `at` to which it matters."""

    name: str
    shift: Array
    sign: int
    at: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A solution with other derivatives at its kinks; `sides` are those that take part in them."""

    solution: Solution
    sides: tuple[Side, ...]


class Kinks:
    """The kinks on which a solution's values lie, and the solutions with other derivatives there."""

    def __init__(self, solution: Solution) -> None:
        self.solution, self.axis = solution, solution.problem.axis
        self.sides = tuple(_sides(solution))

    def choices(self, sheet: Sheet) -> Iterator[Choice]:
        """Solutions with the derivatives that the answers show, and elsewhere one of the usual ones."""
        answers = {answer.name: answer for answer in sheet.answers}
        met = set()
        for sign in (1, -1):
            mine = [i for i, side in enumerate(self.sides) if side.sign == sign]
            shown = self.shown(answers, mine)
            for usual in (0.0, *USUAL):
                weights = dict.fromkeys(mine, usual) | shown
                key = tuple(weights.items())
                if any(weights.values()) and key not in met:
                    met.add(key)
                    yield self.with_weights(weights)

    def shown(self, answers: Mapping[str, Answer], mine: list[int]) -> dict[int, float]:
        """How much of each side the answers show that are given to the equations to which it matters."""
        values = {**self.solution.values}
        for name, answer in answers.items():
            placed = answer.numbers and name in values and laid_out(answer.numbers, np.shape(values[name]))
            values |= {name: placed.values} if placed else {}
        found: dict[int, float] = {}
        for equation in self.solution.equations:
            which = [i for i in mine if equation.name in self.sides[i].at and i not in found]
            given = answers.get(equation.name) if which else None
            written = None if given is None else self.written(given, values)
            if written is not None and written.size == np.size(values[equation.name]):
                found |= self.fitted(equation, which, written, values)
        return found

    def written(self, answer: Answer, values: Mapping[str, Array]) -> Array | None:
        """What an answer comes to, in the shape in which it was written; None where it comes to nothing."""
        if answer.formula is not None:
            return attempt(answer.formula, values, self.axis)
        return None if answer.numbers is None else answer.numbers.values

    def fitted(
        self, equation: Equation, which: list[int], written: Array, values: Mapping[str, Array]
    ) -> dict[int, float]:
        """The weights of the sides with which an equation comes nearest to what was written."""
        shifts = {_shift(i): self.sides[i].shift for i in which}
        try:
            here = evaluate(equation.expr, values, self.axis).ravel()
            there = [evaluate(self.shifted(equation.expr, i), {**values, **shifts}, self.axis).ravel() for i in which]
        except CANNOT:
            return {}
        columns = np.array([other - here for other in there]).T
        if columns.shape[0] != written.size or not np.isfinite(columns).all() or not np.isfinite(written).all():
            return {}
        weights = np.linalg.lstsq(columns, written.ravel() - here, rcond=None)[0]
        return {i: _usual(float(weight)) for i, weight in zip(which, weights, strict=True)}

    def shifted(self, expr: Expr, i: int) -> Expr:
        """A formula with something added to the quantity of side `i`, by the name that the shift has."""
        name = self.sides[i].name
        return substitute(expr, {name: call("add", Name(name), Name(_shift(i)))})

    def with_weights(self, weights: Mapping[int, float]) -> Choice:
        """The solution with so much of each side's derivative."""
        values, equations = {**self.solution.values}, []
        used = [i for i, weight in weights.items() if weight]
        values |= {_shift(i): self.sides[i].shift for i in used}
        shapes = {**self.solution.shapes, **{_shift(i): np.shape(self.sides[i].shift) for i in used}}
        for equation in self.solution.equations:
            mine = [i for i in used if equation.name in self.sides[i].at]
            more = [mul(Num(weights[i]), add(self.shifted(equation.expr, i), _minus(equation.expr))) for i in mine]
            each = replace(equation, expr=add(equation.expr, *more)) if more else equation
            equations.append(each)
            if each.section != "forward":
                value = evaluate(each.expr, values, self.axis)
                values[each.name] = np.broadcast_to(value, self.solution.shapes[each.name])
        solution = replace(self.solution, equations=tuple(equations), values=values, shapes=shapes)
        return Choice(solution, tuple(self.sides[i] for i in used))


def said_at_kinks(verdicts: list[Verdict], choice: Choice, solution: Solution) -> list[Verdict]:
    """The verdicts with the kink named where another derivative was taken, and what follows from that."""
    found, said = [], set()
    for verdict in verdicts:
        name = verdict.answer.name if verdict.answer is not None else ""
        if verdict.verdict != "correct" or not name or _same(choice.solution.values[name], solution.values[name]):
            found.append(verdict)
            continue
        messages = list(dict.fromkeys(side.message for side in choice.sides if side.message not in said))
        said.update(messages)
        found.append(replace(verdict, said="; ".join(messages) or "right, with the derivative taken at the kink"))
    return found


def _sides(solution: Solution) -> Iterator[Side]:
    for equation in solution.forward_equations:
        for node in walk(smooth(equation.expr)):
            for distance in distances(node) if isinstance(node, Apply) else ():
                value = attempt(distance, solution.values, solution.problem.axis)
                if isinstance(node, Apply) and value is not None and (np.abs(value) <= ON_KINK).any():
                    yield from _sides_of(node, distance, value, solution)


def _sides_of(node: Apply, distance: Expr, value: Array, solution: Solution) -> Iterator[Side]:
    """The sides of the kinks of one application; none where no quantity can be shifted that lies as they do."""
    on = np.abs(value) <= ON_KINK
    fixed = solution.problem.targets
    name = next((n for n in names(distance) if np.shape(solution.values[n]) == on.shape and n not in fixed), None)
    if name is None:
        return
    masks = [on] if on.sum() > MOST_SINGLY else [_only(tuple(place), on) for place in np.argwhere(on)]
    step = np.maximum(SHIFT * np.spacing(np.abs(solution.values[name])), 1e-300)
    message = _message(node, distance, on)
    for sign in (1, -1):
        for mask in masks:
            shift = np.where(mask, sign * step, 0.0)
            at = tuple(_touched(name, shift, solution))
            if at:
                yield Side(name, shift, sign, at, message)


def _touched(name: str, shift: Array, solution: Solution) -> Iterator[str]:
    """The backward equations that give something else where a quantity is shifted."""
    moved = {**solution.values, name: solution.values[name] + shift}
    for equation in solution.equations:
        if equation.section == "backward" and name in equation.uses:
            value = attempt(equation.expr, moved, solution.problem.axis)
            if value is not None and not _same(value, solution.values[equation.name]):
                yield equation.name


def _only(place: tuple[int, ...], like: Mask) -> Mask:
    mask = np.zeros(like.shape, dtype=np.bool_)
    mask[place] = True
    return mask


def _message(node: Apply, distance: Expr, on: Mask) -> str:
    """`a1[1] is 0, where ReLU has no derivative; here 0 is taken`."""
    entry = lookup(node.function)
    where = "" if on.size == 1 else spots(on) if isinstance(distance, Name) else f" at {spots(on)}"
    shown = entry.aliases[0] if entry.aliases else entry.name
    said = f"{marked(distance, unicode(distance))}{where} is 0, where {shown} has no derivative"
    if entry.args != ("a",) or not entry.elementwise:
        return f"{said}: another one is taken here"
    slope = evaluate(parse(entry.gradient["a"]), _at_zero(entry.parameters(node.params)), 0)  # type: ignore[arg-type]
    return f"{said}; here {float(slope):g} is taken"


def _at_zero(params: Mapping[str, float]) -> dict[str, Array]:
    given = {"a": 0.0, "out": 0.0, "g": 1.0, **params}
    return {name: np.array(value) for name, value in given.items()}


def _shift(i: int) -> str:
    """A name that no problem has."""
    return f"shift {i}"


def _usual(weight: float) -> float:
    """A weight from 0 to 1; a usual one, where it is one but for rounding."""
    near = next((w for w in (0.0, *USUAL) if abs(weight - w) <= NEAR_USUAL), weight)
    return min(max(near, 0.0), 1.0)


def _minus(expr: Expr) -> Expr:
    return call("neg", expr)


def _same(value: Array, other: Array) -> bool:
    return bool(np.allclose(value, other, rtol=APART, atol=APART * max(1.0, float(np.max(np.abs(other), initial=0.0)))))
