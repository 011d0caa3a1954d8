"""Find the mistake that gives a wrong answer's numbers: run mutated equations and see which reproduce them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from gradcalc.check.answers import Numbers
from gradcalc.check.compare import Tolerance, laid_out, same_as, transposed
from gradcalc.check.ledger import Ledger, evaluate
from gradcalc.check.mutations import Mutation, likelihood, mutations
from gradcalc.check.quantities import Quantity
from gradcalc.errors import GradcalcError
from gradcalc.formula.expr import names
from gradcalc.program.problem import Array, Equation

MOST_UPSTREAM = 40
"""How many unanswered equations before a wrong answer are tried."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake that reproduces an answer: its id, where it was made (`gradients.a1`), and what is right."""

    id: str
    at: str
    message: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The mistakes that fit, likeliest first; `adopted` has upstream values as the student must have had them."""

    mistakes: tuple[Mistake, ...] = ()
    adopted: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A mutation that fits, of which equation, and the values that it leads to on the way."""

    mutation: Mutation
    at: str
    adopted: Mapping[str, Array]


class Diagnoser:
    """Knows the mutated equations of a solution; each equation's are made once."""

    def __init__(
        self, ledger: Ledger, known: Mapping[str, Quantity], answers: Mapping[str, Numbers], tolerance: Tolerance
    ) -> None:
        self.ledger, self.known, self.answers, self.tolerance = ledger, known, answers, tolerance
        self.solution = ledger.solution
        self.equations = {equation.name: equation for equation in self.solution.equations}
        self._mutations: dict[str, tuple[Mutation, ...]] = {}

    def diagnose(self, quantity: Quantity, numbers: Numbers, right: Array, slack: Array) -> Diagnosis:
        """Why these numbers are wrong, as far as one mistake explains them."""
        equation = self.equations[quantity.equation]
        found = [*self.local(equation, numbers, right), *self.upstream(equation, numbers, slack)]
        found.sort(key=lambda candidate: likelihood(candidate.mutation))
        mistakes = [Mistake(c.mutation.id, self.label(c.at), c.mutation.message) for c in found]
        mistakes += self.exchanged(quantity, numbers, right)
        if not mistakes:
            mistakes += self.taken_from_elsewhere(quantity, numbers)
        adopted = found[0].adopted if found else {}
        return Diagnosis(_one_of_each(mistakes), {k: v for k, v in adopted.items() if k != equation.name})

    def label(self, equation: str) -> str:
        return self.known[equation].label if equation in self.known else equation

    def local(self, equation: Equation, numbers: Numbers, right: Array) -> Iterator[_Candidate]:
        """Mistakes made in this very equation, on the right values or on the student's own."""
        bases = [self.values_with_updates(), self.solution.values]
        for mutation in self.mutations_of(equation):
            if any(self.reproduces(mutation, base, numbers, right) for base in bases):
                yield _Candidate(mutation, equation.name, {})

    def reproduces(self, mutation: Mutation, base: Mapping[str, Array], numbers: Numbers, right: Array) -> bool:
        """Whether a mutated equation gives the answer where it is wrong (the rest may be right)."""
        value = self.value(mutation, base)
        if value is None or not np.isfinite(value).all():
            return False
        placed = laid_out(numbers, np.shape(value))
        if placed is None:
            return False
        matches = same_as(placed, value, self.tolerance)
        if placed.values.shape != right.shape:
            return bool(matches.all())
        fine = same_as(placed, right, self.tolerance)
        return bool((matches | fine).all() and (matches & ~fine).any())

    def value(self, mutation: Mutation, base: Mapping[str, Array]) -> Array | None:
        """What a mutated equation comes to; None where its shapes don't fit."""
        try:
            return evaluate(mutation.expr, base, self.solution.problem.axis)
        except (ValueError, KeyError, GradcalcError):
            return None

    def mutations_of(self, equation: Equation) -> tuple[Mutation, ...]:
        if equation.name not in self._mutations:
            self._mutations[equation.name] = mutations(equation, self.solution)
        return self._mutations[equation.name]

    def values_with_updates(self) -> dict[str, Array]:
        """The student's own values, and the right ones for what comes later (updated weights, say)."""
        return {**self.solution.values, **self.ledger.own}

    def exchanged(self, quantity: Quantity, numbers: Numbers, right: Array) -> Iterator[Mistake]:
        """Whether this answer and another of the same section stand in each other's place."""
        for other in self.others(quantity, numbers):
            theirs = self.answers.get(other.equation)
            back = None if theirs is None else laid_out(theirs, right.shape)
            if back is not None and same_as(back, right, self.tolerance).all():
                yield Mistake("swapped", quantity.label, f"this is {other.label}: two answers are exchanged")

    def taken_from_elsewhere(self, quantity: Quantity, numbers: Numbers) -> list[Mistake]:
        """Whether this is the right answer to another question."""
        others = [other.label for other in self.others(quantity, numbers)]
        return [Mistake("other-quantity", quantity.label, f"this is {others[0]}")] if others else []

    def others(self, quantity: Quantity, numbers: Numbers) -> Iterator[Quantity]:
        """The quantities of the same section whose right value these numbers are."""
        for other in self.known.values():
            value = self.solution.values[other.equation]
            if other.section == quantity.section and other.equation != quantity.equation and value.any():
                placed = laid_out(numbers, np.shape(value))
                if placed is not None and same_as(placed, value, self.tolerance).all():
                    yield other

    # Mistakes in equations that weren't answered.

    def upstream(self, equation: Equation, numbers: Numbers, slack: Array) -> Iterator[_Candidate]:
        """Mistakes made before, in quantities without an answer, and carried on to this one."""
        chain = self.unanswered_before(equation)
        for source in chain[-MOST_UPSTREAM:][::-1]:
            for mutation in self.mutations_of(source):
                values = self.carried(source, mutation, chain, equation)
                placed = laid_out(numbers, np.shape(values[equation.name])) if values else None
                if values and placed and same_as(placed, values[equation.name], self.tolerance, slack).all():
                    yield _Candidate(mutation, source.name, values)

    def unanswered_before(self, equation: Equation) -> list[Equation]:
        """The equations without an answer that lead to this one, nearest last, in order."""
        needed = set(names(equation.expr))
        chain = []
        for earlier in reversed(self.solution.equations[: self.solution.equations.index(equation)]):
            if earlier.name in needed and earlier.name not in self.ledger.answered:
                needed.update(names(earlier.expr))
                chain.append(earlier)
        return chain[::-1]

    def carried(
        self, source: Equation, mutation: Mutation, chain: list[Equation], end: Equation
    ) -> dict[str, Array] | None:
        """The values from a mutated equation down to the end of the chain; None where they come out as before."""
        value = self.value(mutation, self.values_with_updates())
        right = self.ledger.own[source.name]
        if value is None or np.shape(value) != np.shape(right) or not np.isfinite(value).all():
            return None
        changed = {source.name: value}
        for equation in [*chain[chain.index(source) + 1 :], end]:
            if not changed.keys().isdisjoint(names(equation.expr)):
                after = evaluate(equation.expr, {**self.ledger.own, **changed}, self.ledger.axis)
                changed[equation.name] = np.broadcast_to(after, self.solution.shapes[equation.name])
        if end.name not in changed or np.allclose(changed[end.name], self.ledger.follow(end), rtol=1e-12, atol=0.0):
            return None
        return changed


def is_transposed(numbers: Numbers, right: Array, tolerance: Tolerance, slack: Array | float = 0.0) -> bool:
    """Whether the numbers are right but rows and columns are exchanged."""
    turned = transposed(numbers)
    return turned.values.shape == right.shape and bool(same_as(turned, right, tolerance, slack).all())


def _one_of_each(mistakes: list[Mistake]) -> tuple[Mistake, ...]:
    """The first of each id: the likeliest, and of equal ones the nearest."""
    return tuple({mistake.id: mistake for mistake in reversed(mistakes)}.values())[::-1]
