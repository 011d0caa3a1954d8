"""Numbers of a difference quotient in the place of a gradient: near it, and off by what the step's length brings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gradcalc.check.answers.compare import HALF_UNIT, Mask, Tolerance, asked_unit
from gradcalc.check.answers.model import Numbers
from gradcalc.check.mistakes.model import Mutation
from gradcalc.check.mistakes.search import Candidate, Search
from gradcalc.formula.arrays import Array
from gradcalc.formula.compile import compile_formulas
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution

STEPS = (0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6)
MOST_ENTRIES = 200
NEAR = 0.5
"""A quotient is within this part of the gradient's largest entry, or nothing is tried."""
SINGLE_NOISE = 8.0
"""So many roundings of the loss in float32 may separate its quotient from the gradient."""

MOST_WORK = 50_000
"""How many equations are worked out for quotients in gradients that have no answer; for large problems these aren't
tried."""

Loss = Callable[[Array], float]


def difference_quotient(
    name: str, numbers: Numbers, right: Array, wrong: Mask, solution: Solution, tolerance: Tolerance
) -> str:
    """What quotient the numbers are, in words; empty where they are none.

    `name` is the quantity whose gradient is asked for, and must be given; `numbers` stand in the gradient's shape.
    """
    problem = solution.problem
    largest = float(np.max(np.abs(right), initial=0.0))
    if problem.objective is None or name not in problem.given or right.size > MOST_ENTRIES or not wrong.any():
        return ""
    if float(np.max(np.abs(numbers.values - right))) > NEAR * largest:
        return ""
    room = HALF_UNIT * np.maximum(asked_unit(numbers, tolerance.digits), numbers.unit)
    if (np.abs(numbers.values - right) <= room)[wrong].all():
        return ""  # too few digits, which tell a quotient from the gradient no more
    loss, at = _loss(name, solution), np.asarray(problem.given[name])
    for words, value in _quotients(loss, at):
        if (np.abs(numbers.values - value.reshape(right.shape)) <= room).all():
            return words
    return _single(numbers, right, loss(at))


class Unanswered:
    """Difference quotients in the place of gradients that have no answer, carried on to one that follows from them."""

    def __init__(self, solution: Solution) -> None:
        self.solution, self.left = solution, MOST_WORK
        self._made: dict[str, tuple[tuple[str, Array], ...]] = {}

    def explanations(self, search: Search) -> Iterator[Candidate]:
        """Those that reproduce an answer, the nearest gradient first."""
        values, right = self.solution.values, self.solution.values[search.equation.name]
        largest = float(np.max(np.abs(right), initial=0.0))
        if search.placed is None or float(np.max(np.abs(search.placed.values - right))) > NEAR * largest:
            return
        for place, source in reversed([*enumerate(search.chain)]):
            for words, value in self.of(source) if source.kind == "gradient" else ():
                said = f"these are the numbers of {words}: near the gradient, and not the gradient"
                made = {source.name: Mutation("difference-quotient", source.expr, said)}
                begun = {source.name: value.reshape(self.solution.shapes[source.name])}
                yield from search.if_fits(made, search.carried({}, {**values, **begun}, place + 1, begun), 0.0)

    def of(self, gradient: Equation) -> tuple[tuple[str, Array], ...]:
        """The quotients for a gradient, in words and numbers; none where it takes too much work."""
        name, problem = gradient.quantity, self.solution.problem
        if name not in self._made and problem.objective is not None and name in problem.given:
            at = np.asarray(problem.given[name])
            self.left -= 2 * len(STEPS) * at.size * len(problem.forward)
            self._made[name] = tuple(_quotients(_loss(name, self.solution), at)) if self.left >= 0 else ()
        return self._made.get(name, ())


def _loss(name: str, solution: Solution) -> Loss:
    """The loss as a function of one given quantity."""
    problem = solution.problem
    formulas = [(equation.name, equation.expr) for equation in problem.forward]
    end = problem.objective or ""
    program = compile_formulas(formulas, problem.given, problem.axis, [end])
    return lambda moved: float(np.asarray(program({**problem.given, name: moved[()]})[end]).item())


def _quotients(loss: Loss, at: Array) -> Iterator[tuple[str, Array]]:
    here = loss(at)
    for h in STEPS:
        moved = [_moved(loss, at, sign * h) for sign in (1.0, -1.0)]
        yield f"a one-sided difference quotient, (L(w + h) − L(w)) / h with h = {h:g}", (moved[0] - here) / h
        yield f"a one-sided difference quotient, (L(w) − L(w − h)) / h with h = {h:g}", (here - moved[1]) / h
        yield f"a central difference quotient with h = {h:g}", (moved[0] - moved[1]) / (2 * h)


def _moved(loss: Loss, at: Array, h: float) -> Array:
    """The loss with each entry moved by itself."""
    values = np.empty(np.shape(at))
    for index in np.ndindex(np.shape(at)):
        step = np.zeros(np.shape(at))
        step[index] = h
        values[index] = loss(at + step)
    return values


def _single(numbers: Numbers, right: Array, loss: float) -> str:
    """Whether the numbers are whole multiples of what a rounding of the loss in float32 makes of a quotient."""
    rounding = float(np.spacing(np.float32(abs(loss))))
    for h in (step * sides for step in STEPS[1:] for sides in (1.0, 2.0)):
        counts, sharp = numbers.values * h / rounding, numbers.unit * h / rounding
        near = np.abs(numbers.values - right) <= SINGLE_NOISE * rounding / h
        if near.all() and (sharp < 0.1).all() and (np.abs(counts - np.round(counts)) <= 2 * sharp + 1e-3).all():
            return f"a difference quotient in float32 (the loss moves in steps of {rounding:.1g})"
    return ""
