"""Go through the equations with a sheet: each answer by the key first, then by the student's own earlier answers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from gradcalc.check.answers.compare import CORRECT, Tolerance, filled, fits, laid_out
from gradcalc.check.answers.model import Answer, Sheet
from gradcalc.check.answers.stated import sizes_of
from gradcalc.check.ledger import Ledger, as_calculated, turns
from gradcalc.check.marking.chains import ChainJudge
from gradcalc.check.marking.claims import ClaimJudge
from gradcalc.check.marking.fitting import Fitting
from gradcalc.check.marking.formulas import FormulaJudge
from gradcalc.check.marking.numbers import Judge, Judged
from gradcalc.check.marking.sizes import IN_THE_OTHER_LAYOUT, said_of_jacobian, said_of_size
from gradcalc.check.marking.statements import Statements
from gradcalc.check.marking.verdicts import Verdict, changed, missing, right_at_sight
from gradcalc.check.marking.versions import Doubt, is_unexplained
from gradcalc.check.marking.ways import way
from gradcalc.check.mistakes.in_formulas import Formulas, formula_numbers
from gradcalc.check.mistakes.model import UNLIKELY, worked
from gradcalc.formula.arrays import Array, every, some
from gradcalc.program.further import COUNT, JACOBIANS, SHAPES
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.sections import Quantity
from gradcalc.program.solution import Solution


class Marker:
    """Goes through the equations in order, judging answers and keeping the ledger of the student's own values."""

    def __init__(
        self,
        solution: Solution,
        sheet: Sheet,
        tolerance: Tolerance,
        formulas: Formulas,
        known: Mapping[str, Quantity],
        doubted: Collection[Doubt] = (),
        statements: Statements | None = None,
        in_letters: Problem | None = None,
    ) -> None:
        self.solution, self.sheet, self.tolerance = solution, sheet, tolerance
        self.known, self.doubted, self.tried = known, doubted, formulas
        self.statements, self.in_letters = statements, in_letters
        self.refused: dict[Doubt, str] = {}
        """The first answer from which nothing is carried on for that reason."""
        self.refusable: set[Doubt] = set()
        """The reasons for which nothing would be carried on from an answer, if the sheet were doubted."""
        self.answers: dict[str, Answer] = {}
        for answer in sorted(sheet.answers, key=lambda answer: answer.by_entry):
            if answer.name in self.known:
                self.answers.setdefault(answer.name, answer)
        numbers = {name: answer.numbers for name, answer in self.answers.items() if answer.numbers is not None}
        self.fitting = Fitting(numbers, known, solution, tolerance)
        self.order = as_calculated(solution, self.answers)
        self.met: set[str] = set()

    @cached_property
    def ledger(self) -> Ledger:
        """The student's own values."""
        return Ledger(self.solution, self.order, self.tolerance.digits)

    @cached_property
    def judge(self) -> Judge:
        """Judges answers in numbers."""
        judge = Judge(self.ledger, self.fitting, self.tried.mutants)
        answers = self.answers.values()
        judge.labels = {a.quantity for a in answers if a.numbers is not None or a.formula is not None}
        return judge

    @cached_property
    def formulas(self) -> FormulaJudge:
        """Judges formulas."""
        return FormulaJudge(self.judge, self.tried)

    def verdicts(self, worth: Mapping[str, float]) -> Iterator[Verdict]:
        """The verdicts in the order of the solution, and then those on answers to no quantity."""
        for name, answer in self.answers.items():
            # An upstream gradient that was asked for is given: it has no equation.
            if name not in self.solution.by_name:
                yield self.on_given(self.known[name], answer)
        yield from self.all_right(worth) if self.is_all_right else self.one_by_one(worth)
        for answer in self.sheet.answers:
            if self.answers.get(answer.name) is answer:
                continue
            if answer.statement is not None:
                yield changed(self.claims.judge(answer.statement), answer=answer)
            elif answer.by_entry and answer.name in self.solution.by_name:
                yield self.by_entry(answer)
            else:
                reason = answer.said or answer.unreadable or "this quantity is answered already"
                yield Verdict(answer.quantity, "unreadable", reason, answer=replace(answer, name=""))

    @cached_property
    def claims(self) -> ClaimJudge:
        """Judges what the sheet says of claims."""
        return ClaimJudge(self.solution, sizes_of(self.solution.problem), self.in_letters)

    def by_entry(self, answer: Answer) -> Verdict:
        """The verdict on what is said of every entry, beside the answer to the whole."""
        equation, quantity = self.solution.by_name[answer.name], self.known[answer.name]
        judged = ChainJudge(self.formulas).judge(equation, quantity, answer.lines)
        return changed(judged.verdict, quantity=answer.quantity, answer=answer)

    @property
    def is_all_right(self) -> bool:
        """Whether all answers are numbers, given in full, that fit the key: then it doesn't matter how they came."""
        answers = self.answers.values()
        plain = all(a.numbers is not None and a.numbers.given is None and not a.lines for a in answers)
        return plain and self.fitting.is_all_right

    def all_right(self, worth: Mapping[str, float]) -> Iterator[Verdict]:
        """The verdicts on such a sheet, which are those that `one_by_one` gives."""
        turn = self.solution.place if self.order is self.solution.equations else turns(self.order)
        for equation in self.solution.equations:
            name = equation.name
            quantity, answer = self.known.get(name), self.answers.get(name)
            if quantity is not None and answer is not None:
                right = self.solution.values[name]
                yield right_at_sight(quantity.label, answer, right, turn[name])
            elif quantity is not None and quantity.label in worth:
                yield missing(quantity.label, turn[name])

    def one_by_one(self, worth: Mapping[str, float]) -> Iterator[Verdict]:
        """The verdicts on any sheet: the answers are judged in the order in which one calculates."""
        found = {equation.name: self.on_equation(equation, rank, worth) for rank, equation in enumerate(self.order)}
        in_order = (found[equation.name] for equation in self.solution.equations)
        yield from (verdict for verdict in in_order if verdict is not None)

    def on_equation(self, equation: Equation, rank: int, worth: Mapping[str, float]) -> Verdict | None:
        """The verdict on what is answered there; None where nothing is asked."""
        quantity = self.known.get(equation.name)
        answered = self.answers.get(equation.name)
        verdict = None
        longer = way(equation, self.solution, self.ledger.origin)
        if longer is not equation:
            self.ledger.reroute(longer)
        if quantity is not None and answered is not None:
            verdict = self.on_answer(equation, longer, quantity, answered, rank)
        else:
            self.ledger.leave(longer)
            if quantity is not None and quantity.label in worth:
                verdict = missing(quantity.label, rank)
        self.met.add(equation.name)
        return verdict

    def on_given(self, quantity: Quantity, answer: Answer) -> Verdict:
        """The verdict on an answer to what the problem gives: right where it says the same."""
        right = self.solution.values[quantity.equation]
        if answer.unreadable:
            return Verdict(quantity.label, "unreadable", answer.said or answer.unreadable, answer=answer, right=right)
        written = answer.numbers if answer.formula is None else formula_numbers(answer.formula, self.solution)
        if written is None:
            return Verdict(quantity.label, "missing", "no answer is given", answer=answer, right=right)
        numbers = laid_out(written, np.shape(right))
        fine = numbers is not None and every(fits(numbers, right, self.tolerance) == CORRECT)
        message = "right" if fine else "this is given in the problem, as another value"
        return Verdict(quantity.label, "correct" if fine else "wrong", message, answer=answer, right=right)

    def on_answer(self, equation: Equation, longer: Equation, quantity: Quantity, answer: Answer, rank: int) -> Verdict:
        """The verdict on one answer; the ledger goes on with it where it can carry.

        `longer` is the equation without its shortcut where a wrong answer makes the two differ.
        """
        right = self.solution.values[equation.name]
        fits_key = self.fitting.right(equation.name)
        if fits_key is not None and fits_key.given is None and not answer.lines:
            verdict = right_at_sight(quantity.label, answer, right, rank)
            self.go_on(longer, Judged(verdict, fits_key, right))
            return verdict
        judged = self.judged(longer, quantity, answer)
        if longer is not equation and judged.verdict.verdict == "wrong":
            self.ledger.reroute(equation)
            shorter = self.judged(equation, quantity, answer)
            judged = shorter if shorter.verdict.verdict != "wrong" or not judged.verdict.mistakes else judged
        if quantity.section in (SHAPES, COUNT):
            judged = self.sized(quantity, judged)
        if quantity.section == JACOBIANS:
            judged = replace(judged, verdict=self.on_jacobian(judged.verdict, answer, right))
        due = judged.verdict.due
        if due is None and judged.verdict.verdict == "wrong":
            due = worked(longer.name, longer.expr, self.ledger.exact, self.ledger.axis)
        own = right if judged.verdict.verdict == "correct" else self.ledger.follow(longer)
        self.go_on(longer, self.completed(longer, judged))
        verdict = in_part(judged.verdict, answer)
        said = f"{verdict.said} ({answer.remark})" if answer.remark else verdict.said
        return changed(verdict, said=said, answer=answer, right=right, expected=own, rank=rank, due=due)

    def sized(self, quantity: Quantity, judged: Judged) -> Judged:
        """The verdict on a shape or a count, with what is wrong with it: of one line by itself beside it too."""
        verdict = judged.verdict
        if verdict.verdict != "wrong" or judged.carried is None:
            return judged
        said = said_of_size(quantity, judged.carried.values, self.solution) or verdict.said
        lines = tuple(replace(each, said=said) for each in verdict.lines) if len(verdict.lines) == 1 else verdict.lines
        return replace(judged, verdict=replace(verdict, said=said, lines=lines))

    def on_jacobian(self, verdict: Verdict, answer: Answer, right: Array) -> Verdict:
        """The verdict on a Jacobian, of which both layouts are right."""
        if verdict.is_layout:
            return replace(verdict, verdict="correct", said=IN_THE_OTHER_LAYOUT)
        said = said_of_jacobian(answer, right, self.solution) if verdict.verdict == "wrong" else ""
        return replace(verdict, said=said) if said else verdict

    def completed(self, equation: Equation, judged: Judged) -> Judged:
        """The same with what follows from the answers before in the place of entries that weren't given."""
        numbers = judged.carried
        if numbers is None or numbers.given is None:
            return judged
        exact = judged.exact
        if exact is not None:
            exact = np.where(numbers.given, exact, self.ledger.followed_exactly(equation))
        return replace(judged, carried=filled(numbers, self.ledger.follow(equation)), exact=exact)

    def judged(self, equation: Equation, quantity: Quantity, answer: Answer) -> Judged:
        """The verdict on one answer, by its kind: a formula, numbers, nothing, or what can't be read."""
        if answer.unreadable:
            return Judged(Verdict(quantity.label, "unreadable", answer.said or answer.unreadable))
        if answer.lines:
            return ChainJudge(self.formulas, self.statements).judge(equation, quantity, answer.lines)
        if answer.formula is not None:
            return self.formulas.judge(equation, quantity, answer.formula)
        if answer.numbers is not None:
            return self.judge.numbers(equation, quantity, answer.numbers)
        return Judged(Verdict(quantity.label, "missing", "no answer is given"))

    def go_on(self, equation: Equation, judged: Judged) -> None:
        """Take an answer into the ledger, and what it says of those that were left out."""
        verdict, carried = judged.verdict, judged.carried
        if verdict.verdict == "correct" and not self.judge.shows_work:
            self.judge.shows_work = not self.judge.work.is_trivial(self.solution.values[equation.name])
        if carried is None or not self.can_carry(equation, judged, carried.values):
            self.ledger.leave(equation, answered=verdict.verdict == "correct")
            if carried is not None and every(np.isfinite(carried.values)):
                self.ledger.drop(equation.name, carried.values)
            return
        explained = verdict.mistakes and (verdict.verdict == "wrong" or verdict.is_layout)
        if explained and self.judge.work.is_in(carried.values, equation):
            self.judge.explained.add(verdict.quantity)
        if judged.adopted:
            self.adopt(judged.adopted)
        origin = verdict.quantity if verdict.verdict == "wrong" or verdict.is_layout else verdict.after or None
        if judged.exact is not None:
            self.ledger.take(equation.name, carried.values, 0.0, judged.exact, origin)
        else:
            unit = self.judge.fitting.rounded_to(carried)
            self.ledger.take(equation.name, carried.values, unit, carried.values, origin)

    def adopt(self, values: Mapping[str, Array]) -> None:
        """Go on with what the student must have had for quantities without an answer."""
        first = next(iter(values))
        label = self.known[first].label if first in self.known else first
        self.judge.explained.add(label)
        self.ledger.adopt(values, label, self.met)

    def can_carry(self, equation: Equation, judged: Judged, value: Array) -> bool:
        """Whether later answers may rest on this one: not on what is no number, or holds no work and makes all easy."""
        verdict = judged.verdict
        if verdict.verdict != "correct" and not every(np.isfinite(value)):
            return False
        if not some(value):
            return not some(self.solution.values[equation.name])
        if verdict.verdict != "wrong":
            return True
        if judged.is_dropped:
            return False
        work = self.judge.work.is_in(value, equation)
        if self.is_refused("effortless", verdict, self.judge.work.is_effortless(value, equation)):
            return False
        if verdict.mistakes:
            # An easy number is what one mistake or another makes, if it may be far-fetched or made after others.
            likely = self.judge.shows_work or any(mistake.id not in UNLIKELY for mistake in verdict.mistakes)
            return work or (likely and not self.ledger.rests_on_wrong(equation))
        return not self.is_refused("unexplained", verdict, is_unexplained(verdict)) and work

    def is_refused(self, doubt: Doubt, verdict: Verdict, applies: bool) -> bool:
        """Whether nothing is carried on from an answer because of what the whole sheet shows."""
        if applies:
            self.refusable.add(doubt)
        if applies and doubt in self.doubted:
            self.refused.setdefault(doubt, verdict.quantity)
            return True
        return False


def in_part(verdict: Verdict, answer: Answer) -> Verdict:
    """The verdict on a partial answer: it says how much is given, and nothing is right that isn't."""
    given = answer.numbers.given if answer.numbers else None
    if given is None:
        return verdict
    fits = verdict.entries is not None and verdict.entries.size == given.size
    entries = verdict.entries & given.reshape(verdict.entries.shape) if fits and verdict.entries is not None else None
    said = f"{verdict.said}; given: {given.sum()} of {given.size} entries"
    return replace(verdict, entries=entries, said=said)
