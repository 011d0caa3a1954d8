"""Name the mistake behind a wrong answer: what reproduces its numbers, and agrees with the rest of the sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from gradcalc.check.answers import Numbers
from gradcalc.check.compare import Mask, Tolerance, laid_out, same_as
from gradcalc.check.elsewhere import Elsewhere
from gradcalc.check.evaluate import attempt
from gradcalc.check.explain import Explanation, Search
from gradcalc.check.ledger import Ledger
from gradcalc.check.mutation import UNLIKELY, likelihood
from gradcalc.check.mutations import mutants
from gradcalc.check.quantities import Quantity
from gradcalc.check.wording import listed, shown
from gradcalc.program.problem import Array, Equation

MOST_NAMED = 5
"""How many mistakes that fit equally well are named."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake that reproduces an answer: its id, where it was made (`gradients.a1`), and what is right."""

    id: str
    at: str
    message: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The mistakes that fit, likeliest first; `values` is what the student must have had, up to this answer."""

    mistakes: tuple[Mistake, ...] = ()
    values: Mapping[str, Array] = field(default_factory=dict)


class Diagnoser:
    """Explains wrong answers, one after the other, with all that the sheet tells."""

    def __init__(
        self, ledger: Ledger, known: Mapping[str, Quantity], answers: Mapping[str, Numbers], tolerance: Tolerance
    ) -> None:
        self.ledger, self.known, self.answers, self.tolerance = ledger, known, answers, tolerance
        self.mutants = mutants(ledger.solution)
        self.elsewhere = Elsewhere(ledger, known, answers, tolerance)

    def diagnose(self, equation: Equation, numbers: Numbers, fine: Mask, right: Array) -> Diagnosis:
        """Why these numbers are wrong, as far as one mistake explains them; `fine` tells which entries are right."""
        quantity = self.known[equation.name]
        swapped = self.elsewhere.swapped(quantity, numbers, right)
        if swapped is not None:
            return Diagnosis((Mistake("swapped", quantity.label, swapped),))
        search = Search(self.ledger, self.mutants, self.tolerance, equation, numbers, fine)
        found = self.best(search.explanations(), equation, numbers)
        if found:
            return Diagnosis(self.named(found), found[0].values)
        others = self.elsewhere.accidents(quantity, numbers, right, fine)
        return Diagnosis(tuple(Mistake(id, quantity.label, message) for id, message in others))

    def named(self, explanations: Iterable[Explanation]) -> tuple[Mistake, ...]:
        """Explanations as mistakes: of each id the first, which is the likeliest, and of equal ones the nearest."""
        first: dict[str, Mistake] = {}
        for each in explanations:
            first.setdefault(each.mutation.id, Mistake(each.mutation.id, self.label(each.at), self.message(each)))
        return tuple(first.values())[:MOST_NAMED]

    def label(self, equation: str) -> str:
        return self.known[equation].label if equation in self.known else equation

    def message(self, explanation: Explanation) -> str:
        message = explanation.mutation.message
        if not explanation.others:
            return message
        return f"{message}; and so in {listed(shown(self.label(name)) for name in explanation.others)}"

    # Which of several explanations is the best.

    def best(self, found: list[Explanation], equation: Equation, numbers: Numbers) -> list[Explanation]:
        """The explanations that agree best with the other answers, likeliest first."""
        if len(found) > 1:
            misses = [self.misses(explanation, equation, numbers) for explanation in found]
            found = [e for e, missed in zip(found, misses, strict=True) if missed == min(misses)]
        return in_order(found)

    def misses(self, explanation: Explanation, equation: Equation, numbers: Numbers) -> int:
        """How many other answers on the sheet an explanation doesn't lead to, when carried on."""
        values = {**self.ledger.exact, **explanation.values}
        placed = laid_out(numbers, self.ledger.solution.shapes[equation.name])
        if placed is not None:
            values[equation.name] = placed.values
        changed, count, met = {*explanation.values}, 0, True
        for later in self.ledger.solution.equations:
            met = met and later.name != equation.name
            if later.name in explanation.values:
                continue
            tainted = changed if met else changed | self.ledger.origin.keys()
            if not tainted.isdisjoint(self.ledger.uses[later.name]):
                value = attempt(later.expr, values, self.ledger.axis)
                if value is None:
                    continue
                values[later.name] = np.broadcast_to(value, self.ledger.solution.shapes[later.name])
                changed.add(later.name)
            elif met:
                continue
            missed = self.missed(later, values[later.name])
            if missed is not None:
                count += 1
                values[later.name] = missed
                changed.add(later.name)
        return count

    def missed(self, equation: Equation, value: Array) -> Array | None:
        """The answer that was given, if it isn't about this value."""
        given = self.answers.get(equation.name)
        placed = None if given is None else laid_out(given, value.shape)
        if placed is None:
            return None
        about = 1.5 * 10.0**-self.tolerance.digits + 0.005 * np.abs(value)
        return None if same_as(placed, value, self.tolerance, about).all() else placed.values


def in_order(found: Iterable[Explanation]) -> list[Explanation]:
    """Likeliest first; what is said of any product is left out where something better founded was found."""
    found = sorted(found, key=lambda e: (len(e.made) > 1, likelihood(e.mutation)))
    return [e for e in found if e is found[0] or e.mutation.id not in UNLIKELY]
