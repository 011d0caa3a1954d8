"""Name the mistake behind a wrong answer: what reproduces its numbers, and agrees with the rest of the sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gradcalc.check.answers.compare import Closeness, Mask, Tolerance, laid_out
from gradcalc.check.answers.model import Numbers
from gradcalc.check.ledger import Ledger
from gradcalc.check.mistakes.agreement import UNITS, Agreement
from gradcalc.check.mistakes.catalogue import GENERAL, Mutants
from gradcalc.check.mistakes.evidence import by_chance, of_others, of_sides, tells
from gradcalc.check.mistakes.gates import by_side, contradicted
from gradcalc.check.mistakes.model import UNLIKELY, Mutation, Working, likelihood, worked
from gradcalc.check.mistakes.quotients import Unanswered
from gradcalc.check.mistakes.search import IN_PART, Budget, Candidate, Search
from gradcalc.check.mistakes.slips import Slips
from gradcalc.check.wording import Told, shown, spots
from gradcalc.formula.arrays import Array
from gradcalc.program.problem import Equation
from gradcalc.program.sections import Quantity
from gradcalc.words import listed

MOST_DIAGNOSED = 50
"""How many wrong answers of a sheet are diagnosed: whoever has so many is helped by the first."""
MISREAD = ("output-not-loss",)
"""Who answers another question has answered none of those that were asked: each is wrong by itself."""
SAME_AS = {
    "penalty-scaled": ("power-rule", "mean-not-sum", "sum-not-mean", "factor-of-two"),
    "power-rule": ("factor-of-two",),
    "divisor-left-out": ("factor-of-two",),
    "contribution-left-out": ("factor-of-two",),
    "only-one-use": ("factor-of-two",),
    "huber-beyond-delta": ("other-loss", "output-not-loss", "factor-of-two"),
    "sum-not-mean": ("factor-of-two", "multiplied-not-divided", "other-loss"),
    "factor-of-two": ("other-loss",),
    "mean-not-sum": ("other-loss",),
    "second-term-left-out": ("other-loss",),
}
"""What need not be said beside a mistake that gives the same numbers: it is the same told worse, or far less likely."""
MOST_NAMED = 5
"""How many mistakes that fit equally well are named."""
CHANCE = np.log(1e5)
"""How much better a mistake must fit than rounding: there are some hundred mistakes that might by chance."""
OTHERS = 1.0
"""Or how many other answers must speak for it."""
REPEATED = 0.5
"""What it counts against an explanation that a mistake must have been made again."""


@dataclass(frozen=True, slots=True)
class NamedMistake(Told):
    """A mistake that reproduces an answer: its id, where it was made (`gradients.a1`), and what is right."""

    id: str
    at: str
    said: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The mistakes that fit, likeliest first; `values` is what the student must have had, up to this answer.

    `taken` is the wrong formula of the first of them, `due` the right one, both on the student's numbers; None where
    there is none, or it explains a part of the answer alone.
    """

    mistakes: tuple[NamedMistake, ...] = ()
    values: Mapping[str, Array] = field(default_factory=dict)
    taken: Working | None = None
    due: Working | None = None
    tried: bool = True
    """False if the answer comes after more wrong ones than are diagnosed."""


class Diagnoser:
    """Explains wrong answers, one after the other, with all that the sheet tells."""

    def __init__(
        self,
        ledger: Ledger,
        known: Mapping[str, Quantity],
        answers: Mapping[str, Numbers],
        tolerance: Tolerance,
        mutants: Mutants,
    ) -> None:
        self.ledger, self.known, self.answers, self.tolerance = ledger, known, answers, tolerance
        self.budget = Budget()
        self.left = MOST_DIAGNOSED
        self.updates = {equation.name for equation in ledger.solution.equations if equation.section == "update"}
        self.mutants = mutants
        self.habits: set[str] = set()
        """The mistakes that were made, by their ids."""
        self.slips = Slips(ledger, known, answers, tolerance)
        self.quotients = Unanswered(ledger.solution)
        self.agreement = Agreement(ledger, answers, tolerance)

    def diagnose(self, equation: Equation, numbers: Numbers, fine: Mask, right: Array) -> Diagnosis:
        """Why these numbers are wrong, as far as one mistake explains them; `fine` tells which entries are right."""
        if self.left == 0:
            return Diagnosis(tried=False)
        self.left -= 1
        quantity = self.known[equation.name]
        search = Search(self.ledger, self.mutants, self.tolerance, equation, numbers, fine, self.budget)
        found = self.best([e for e in search.explanations() if not self.contradicted(e)], numbers)
        swapped = self.swapped(quantity, numbers, right, found)
        if swapped is not None:
            return swapped
        for tried in (found, self.quotients.explanations(search)):
            told = [each for each in tried if self.tells(each, search, numbers, fine, right)]
            if told:
                told = self.by_habit(told, equation)
                return Diagnosis(self.named(told, ~fine), went_on(told), *self.workings(told[0]))
        others = self.slips.accidents(quantity, numbers, right, fine)
        return Diagnosis(tuple(NamedMistake(id, quantity.label, message) for id, message in others))

    def workings(self, found: Candidate) -> tuple[Working | None, Working | None]:
        """The wrong formula and the right one, where the mistake was made, on what the student had there."""
        if found.fit >= IN_PART:
            return None, None
        rule, base, axis = self.ledger.solution.by_name[found.at].expr, self.ledger.exact, self.ledger.axis
        # Not every mistake is a formula: a difference quotient stands for the gradient's own.
        taken = None if found.mutation.expr == rule else worked(found.at, found.mutation.expr, base, axis)
        return taken, worked(found.at, rule, base, axis)

    def tells(self, found: Candidate, search: Search, numbers: Numbers, fine: Mask, right: Array) -> bool:
        """Whether a mistake explains the digits written, and the sheet's others, better than chance would."""
        value = found.values[found.end]
        chance, tried = by_chance(numbers, value, right, ~fine, self.tolerance), search.tried(found)
        if value.shape == fine.shape and by_side(found, self.ledger)[~fine].all():
            # What follows from it follows from the same numbers, however they came about.
            return tells(max(chance, of_sides(value[~fine] if found.fit >= IN_PART else value)), tried)
        if tells(chance, tried):
            return True
        again = self.mutants.again(found.mutation, found.at)
        for made_again in ({}, again) if again else ({},):
            later = self.agreement.following(self.had(found, numbers), found.end, made_again)
            others = {name: each for name, each in later.items() if name != found.end}
            others |= {name: each for name, each in found.values.items() if name != found.end}
            key = self.ledger.solution.values
            if tells(chance * of_others(others, self.answers, key, self.tolerance), tried):
                return True
        return False

    def contradicted(self, found: Candidate) -> bool:
        """Whether a right answer shows that the mistake isn't there."""
        return contradicted(found, self.ledger, self.ledger.solution.values, UNITS * 10.0**-self.tolerance.digits)

    def by_habit(self, told: list[Candidate], equation: Equation) -> list[Candidate]:
        """Of several explanations of a later step's answer, those that were made before, if there are any."""
        again = [each for each in told if each.mutation.id in self.habits] if equation.step > 1 else []
        self.habits |= {each.mutation.id for each in again or told[:1]}
        return again or told

    def outweighs_rounding(self, equation: Equation, numbers: Numbers, fine: Mask, slack: Array) -> bool:
        """Whether a mistake explains numbers so much better than rounding does that it can't be chance.

        Either the digits say it (each that fits by chance would be rare), or the other answers on the sheet.
        """
        search = Search(self.ledger, self.mutants, self.tolerance, equation, numbers, fine, self.budget)
        found = self.best([e for e in search.on(self.ledger.exact, 0.0) if e.fit <= Closeness.AS_ASKED], numbers)
        if not found:
            return False
        digits = np.log(np.maximum(slack * 10.0**self.tolerance.digits, 1.0))[~fine].sum()
        rounded = {equation.name: self.ledger.followed_exactly(equation)}
        others = self.agreement.disagreement(rounded, equation.name) - self.disagreement(found[0], numbers)
        return bool(digits > CHANCE or others >= OTHERS)

    def swapped(self, quantity: Quantity, numbers: Numbers, right: Array, found: list[Candidate]) -> Diagnosis | None:
        """That two answers are exchanged, if no mistake explains the sheet as well."""
        for other, message in self.slips.swapped(quantity, numbers, right):
            values = {quantity.equation: right, other: self.ledger.exact[other]}
            off = self.agreement.disagreement(values, quantity.equation)
            if not found or off < self.disagreement(found[0], numbers) + (found[0].mutation.id in UNLIKELY):
                return Diagnosis((NamedMistake("swapped", quantity.label, message),), {quantity.equation: right})
        return None

    def named(self, explanations: Iterable[Candidate], wrong: Mask | None = None) -> tuple[NamedMistake, ...]:
        """Explanations as mistakes: of each id the first, which is the likeliest, and of equal ones the nearest."""
        first: dict[str, NamedMistake] = {}
        for each in explanations:
            said = NamedMistake(each.mutation.id, self.label(each.at), self.message(each, wrong))
            first.setdefault(each.mutation.id, said)
        return tuple(first.values())[:MOST_NAMED]

    def label(self, equation: str) -> str:
        """The label of an equation (`gradients.a1`); its name, where no sheet asks for it."""
        return self.known[equation].label if equation in self.known else equation

    def message(self, explanation: Candidate, wrong: Mask | None = None) -> str:
        """What is said of an explanation: at which entries, if not at all, and in which other places."""
        message = explanation.mutation.said
        if explanation.fit >= IN_PART and wrong is not None and not wrong.all():
            message = f"at {spots(wrong)}: {explanation.mutation.in_part or message}"
        if not explanation.others:
            return message
        return f"{message}; and so in {listed(shown(self.label(name)) for name in explanation.others)}"

    def best(self, found: list[Candidate], numbers: Numbers) -> list[Candidate]:
        """The explanations that agree best with the other answers, likeliest first."""
        if len(found) > 1:
            off = [self.disagreement(explanation, numbers) for explanation in found]
            found = [e for e, each in zip(found, off, strict=True) if each <= min(off) + 1e-9]
        return in_order(found)

    def disagreement(self, explanation: Candidate, numbers: Numbers) -> float:
        """How badly the other answers agree with a mistake, made once or again wherever it can be made."""
        had, again = self.had(explanation, numbers), self.mutants.again(explanation.mutation, explanation.at)
        once = self.agreement.disagreement(had, explanation.end)
        if not (once and again):
            return once
        # A step is done alike for every parameter; elsewhere one mistake is likelier than several.
        dearer = 0.0 if explanation.at in self.updates else REPEATED
        return min(once, dearer + self.agreement.disagreement(had, explanation.end, again))

    def had(self, explanation: Candidate, numbers: Numbers) -> Mapping[str, Array]:
        """What the student must have had; the answer itself where only a part of it is explained."""
        placed = laid_out(numbers, explanation.values[explanation.end].shape)
        in_part = explanation.fit >= IN_PART and placed is not None
        return {**explanation.values, explanation.end: placed.values} if in_part and placed else explanation.values


def went_on(told: Sequence[Candidate]) -> Mapping[str, Array]:
    """What later answers may rest on: from the mistake to this answer, or this alone if the question was misread."""
    end = told[0].end
    misread = any(each.mutation.id in MISREAD for each in told)
    return {end: told[0].values[end]} if misread else told[0].values


def in_order(found: Iterable[Candidate]) -> list[Candidate]:
    """Likeliest first; what is said of any product is left out where something better founded was found."""
    found = sorted(found, key=lambda e: (len(e.made) > 1, likelihood(e.mutation), e.at != e.end))
    return [e for e in found if e is found[0] or not says_less(e.mutation, found[0].mutation)]


def says_less(one: Mutation, best: Mutation) -> bool:
    """Whether the other says more of what was done: one that says how a number is off is no second name for it."""
    return one.id in GENERAL or one.id in SAME_AS.get(best.id, ())
