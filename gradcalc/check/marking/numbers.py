"""Judge one answer in numbers: right, right given the answers before it, right but for its layout, or wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gradcalc.check.answers.compare import (
    CORRECT,
    IMPRECISE,
    WRONG,
    Fits,
    fits,
    is_laid_out_otherwise,
    is_transposed,
    laid_out,
    relative_error,
    spread_out,
    transposed,
)
from gradcalc.check.answers.model import Numbers
from gradcalc.check.ledger import Ledger
from gradcalc.check.marking.fitting import Fitting
from gradcalc.check.marking.verdicts import Verdict
from gradcalc.check.marking.work import Work
from gradcalc.check.mistakes.catalogue import Mutants
from gradcalc.check.mistakes.diagnose import MOST_DIAGNOSED, Diagnoser, Diagnosis, NamedMistake
from gradcalc.check.wording import places, sentence, shown
from gradcalc.formula.arrays import Array, every, some
from gradcalc.formula.shapes import spell
from gradcalc.program.problem import Equation
from gradcalc.program.sections import Quantity

NEARLY = 0.005
"""How nearly an answer that is wrong in any case must follow from one that counts for nothing."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and how to go on from it.

    `carried` is what later answers may rest on (None: nothing), `exact` the same before it was rounded, where
    that is known; `adopted` has other values for quantities without an answer. `is_dropped` says that it follows from
    an answer from which nothing is carried on.
    """

    verdict: Verdict
    carried: Numbers | None = None
    exact: Array | None = None
    adopted: Mapping[str, Array] = field(default_factory=dict)
    is_dropped: bool = False


class Judge:
    """Judges answers in the order of the solution, against the key and against the ledger."""

    def __init__(self, ledger: Ledger, fitting: Fitting, mutants: Mutants) -> None:
        self.ledger, self.fitting, self.tolerance = ledger, fitting, fitting.tolerance
        self.solution = ledger.solution
        self.diagnoser = Diagnoser(ledger, fitting.known, fitting.answers, fitting.tolerance, mutants)
        self.work = Work(ledger.solution, fitting.tolerance.digits)
        self.labels: set[str] = set()
        """The quantities that are answered with something to go on with."""
        self.shows_work = False
        """Whether something that takes a calculation was right so far."""
        self.explained: set[str] = set()
        """The wrong answers with a known mistake."""

    def numbers(self, equation: Equation, quantity: Quantity, written: Numbers) -> Judged:
        """The verdict on numbers."""
        right = self.solution.values[equation.name]
        numbers = laid_out(written, right.shape)
        if numbers is None:
            return self.in_wrong_shape(equation, quantity, written)
        base = self.solution.values[self.solution.before(equation)] if quantity.section == "updated" else None
        by_key = self.fitting.by_key(equation, written, numbers, base)
        if every(by_key == CORRECT):
            return Judged(Verdict(quantity.label, "correct", "right", entries=by_key > WRONG), numbers, right)
        by_key = self.fitting.credible(by_key, numbers, right)
        exactly = self.ledger.followed_exactly(equation)
        follows = exactly is not right and self.can_follow(equation, exactly)
        fits_exactly = self.fitting.fits(numbers, exactly, 0.0, base) if follows else None
        best = by_key if fits_exactly is None else np.maximum(by_key, fits_exactly)
        best = best if every(best == CORRECT) else self.as_it_stands(equation, numbers, best, base)
        origin = self.ledger.origin_of(equation)
        if not every(best >= (CORRECT if origin else IMPRECISE)):
            best = self.but_for_rounding(equation, numbers, best, base)
        elif origin is None:
            best = self.but_for_digits(equation, numbers, best)
        if every(best > WRONG):
            if fits_exactly is None:
                fits_exactly = self.fitting.fits(numbers, exactly, 0.0, base)
            exact = exactly if every(fits_exactly > WRONG) else self.ledger.follow(equation)
            return Judged(self.accepted(equation, quantity.label, by_key, best), numbers, exact)
        if self.follows_dropped(equation, numbers, base):
            message = "this follows from what is wrong before it, and nothing is carried on from that"
            return Judged(Verdict(quantity.label, "wrong", message, entries=best > WRONG), numbers, is_dropped=True)
        key = self.turned_key(equation, numbers)
        if key is not None:
            return self.turned(quantity.label, numbers, numbers, best, key)
        return self.wrong(equation, quantity, numbers, best)

    def follows_dropped(self, equation: Equation, numbers: Numbers, base: Array | None) -> bool:
        """Whether an answer follows from one that shows no work, or in a way that takes none."""
        values = [self.ledger.follow_dropped(equation)]
        own = self.ledger.follow(equation)
        if not self.can_follow(equation, own):
            values.append(own)
        unit = 10.0**-self.tolerance.digits
        known = [value for value in values if value is not None]
        # It is wrong in any case, so roundings need not be followed closely.
        return any(every(self.fitting.fits(numbers, v, 3 * unit + NEARLY * np.abs(v), base) > WRONG) for v in known)

    def as_it_stands(self, equation: Equation, numbers: Numbers, best: Fits, base: Array | None) -> Fits:
        """The better of a fit and that to what follows from answers as they were written, if it may rest on them."""
        value = self.ledger.follow(equation)
        if not self.can_follow(equation, value):
            return best
        return np.maximum(best, self.fitting.fits(numbers, value, 0.0, base))

    def but_for_rounding(self, equation: Equation, numbers: Numbers, tight: Fits, base: Array | None) -> Fits:
        """The same with what rounding on the way may have changed, unless that hides a mistake."""
        if numbers.computed or not self.can_follow(equation, self.ledger.follow(equation)):
            return tight  # a program rounds nothing on the way
        room = self.ledger.rounding.of(equation)
        at_points = self.fitting.fits(numbers, room.points, 0.0, base)
        loose: Fits = np.max([tight, *at_points, self.fitting.fits(numbers, room.middle, room.reach, base)], axis=0)
        if not every(loose > WRONG) or every(tight > WRONG):
            return loose
        hides = self.diagnoser.outweighs_rounding(equation, numbers, tight > WRONG, room.most)
        return tight if hides else loose

    def but_for_digits(self, equation: Equation, numbers: Numbers, best: Fits) -> Fits:
        """The same without short numbers behind which a mistake hides."""
        full, half_unit = best == CORRECT, 0.5 * numbers.unit
        hides = not every(full) and self.diagnoser.outweighs_rounding(equation, numbers, full, half_unit)
        return np.where(full, best, WRONG) if hides else best

    def can_follow(self, equation: Equation, value: Array) -> bool:
        """Whether an answer may rest on those before: not where that takes no work, and nothing explains why."""
        if not every(np.isfinite(value)):
            return False
        origin = self.ledger.origin_of(equation)
        if origin is None:
            return True
        if origin in self.explained:
            # Zeros may come of a mistake; ones that come of what isn't on the sheet show nothing of a calculation.
            shows = origin in self.labels or not some(value) or self.work.is_in(value, equation)
            return shows and not self.work.is_unchanged(value, equation)
        # Whoever has calculated something right before may go on to an easy number; not to nothing at all.
        goes_on = self.shows_work and some(value) and not self.work.is_unchanged(value, equation)
        return bool(goes_on) or self.work.is_in(value, equation)

    def accepted(self, equation: Equation, label: str, by_key: Fits, best: Fits) -> Verdict:
        """The verdict on numbers that are right but for digits or rounding, or given an earlier answer."""
        entries, origin = best > WRONG, self.ledger.origin_of(equation)
        if every(by_key > WRONG):
            message = f"right, but not to the {self.tolerance.digits} decimals asked for"
            return Verdict(label, "imprecise", message, entries=entries)
        if origin is None:
            message = "right but for rounding on the way: carry more digits until the end"
            mistake = NamedMistake("rounded-early", label, "rounding is for the end: keep more digits in between")
            return Verdict(label, "imprecise", message, entries=entries, mistakes=(mistake,))
        whose = (
            f"your {shown(origin).removeprefix('the ')}" if origin in self.labels else f"the mistake in {shown(origin)}"
        )
        given = f"right, given {whose}"
        if some(best == IMPRECISE):
            message = f"{given}, but with fewer digits than asked for"
            return Verdict(label, "imprecise", message, entries=entries, after=origin)
        return Verdict(label, "carried", given, entries=entries, after=origin)

    # Layouts.

    def turned_key(self, equation: Equation, numbers: Numbers) -> Array | None:
        """The value whose rows and columns the numbers exchange: the right one, or what follows from the student's."""
        for key in (self.solution.values[equation.name], self.ledger.followed_exactly(equation)):
            if is_transposed(numbers, key, self.tolerance):
                return key
        if numbers.values.size == 1 or self.ledger.origin_of(equation) is None:
            return None
        room = self.ledger.rounding.of(equation)
        return room.middle if is_transposed(numbers, room.middle, self.tolerance, room.reach) else None

    def turned(
        self, label: str, written: Numbers, carried: Numbers, best: Fits | None, key: Array | None = None
    ) -> Judged:
        """The verdict on numbers with rows and columns exchanged; `carried` are they in the right layout.

        `best` has the fit of each entry, in the right shape; None where the exchange leads to another shape. `key` is
        the value in the right layout, as it was before it was rounded, where that is known.
        """
        message = "the numbers are right, but transposed: rows and columns are exchanged"
        if written.values.shape != carried.values.shape:
            message += f" (yours is {spell(written.values.shape)}, it must be {spell(carried.values.shape)})"
        mistake = NamedMistake("answer-transposed", label, "a gradient is laid out as what it belongs to")
        entries = None if best is None else best > WRONG
        verdict = Verdict(label, "imprecise", message, entries=entries, mistakes=(mistake,))
        exact = carried.values if key is None else key if best is None else np.asarray(key).T
        return Judged(verdict, carried, exact)

    def in_wrong_shape(self, equation: Equation, quantity: Quantity, written: Numbers) -> Judged:
        """The verdict on numbers in another shape than the right value: imprecise if only their layout is wrong."""
        right = self.solution.values[equation.name]
        key = self.turned_key(equation, written)
        if key is not None:
            return self.turned(quantity.label, written, transposed(written), None, key)
        shapes = f"yours is {spell(np.shape(written.values))}, it must be {spell(right.shape)}"
        if is_laid_out_otherwise(written, right, self.tolerance):
            mistake = NamedMistake("wrong-layout", quantity.label, "a gradient is laid out as what it belongs to")
            message = f"the numbers are right, but laid out otherwise: {shapes}"
            return Judged(Verdict(quantity.label, "imprecise", message, mistakes=(mistake,)))
        fine = np.zeros(right.shape, dtype=np.bool_)
        diagnosis = self.diagnoser.diagnose(equation, written, fine, right)
        why = self.said(diagnosis, quantity.label, "")
        message = f"{shapes}; {why}" if why else shapes
        taken, due = diagnosis.taken, diagnosis.due
        verdict = Verdict(quantity.label, "wrong", message, mistakes=diagnosis.mistakes, taken=taken, due=due)
        spread = spread_out(written, right.shape) if diagnosis.mistakes else None
        return Judged(verdict, spread, diagnosis.values.get(equation.name))

    # What is wrong.

    def said(self, diagnosis: Diagnosis, label: str, places: str) -> str:
        """The mistakes in words; else which entries are wrong."""
        if diagnosis.tried:
            return sentence(diagnosis.mistakes, label) or places
        return "; ".join(filter(None, (places, f"only the first {MOST_DIAGNOSED} wrong answers were diagnosed")))

    def wrong(self, equation: Equation, quantity: Quantity, numbers: Numbers, best: Fits) -> Judged:
        """The verdict on numbers some of which are wrong (`best` is the fit of each), with what explains them."""
        right = self.solution.values[equation.name]
        diagnosis = self.diagnoser.diagnose(equation, numbers, best > WRONG, right)
        return self.as_wrong(equation, quantity, numbers, best, diagnosis)

    def as_wrong(
        self, equation: Equation, quantity: Quantity, numbers: Numbers, best: Fits, diagnosis: Diagnosis
    ) -> Judged:
        """The same with a diagnosis that was made; later answers may rest on what the student must have had."""
        message = self.said(diagnosis, quantity.label, _where(numbers, self.solution.values[equation.name], best))
        verdict = Verdict(
            quantity.label,
            "wrong",
            message,
            entries=best > WRONG,
            mistakes=diagnosis.mistakes,
            taken=diagnosis.taken,
            due=diagnosis.due,
        )
        values = dict(diagnosis.values)
        exact = values.pop(equation.name, None)
        if exact is not None:
            exact = self.as_written(numbers, exact)
        return Judged(verdict, numbers, exact, values)

    def as_written(self, numbers: Numbers, value: Array) -> Array | None:
        """A mistake's value where it explains the answer, and elsewhere the answer."""
        if value.shape != numbers.values.shape:
            return None
        explained = fits(numbers, value, self.tolerance) > WRONG
        return np.where(explained, value, numbers.values) if some(explained) else value


def _where(numbers: Numbers, right: Array, best: Fits) -> str:
    """Which entries are wrong; of a computed array also by how much."""
    said = places(best > WRONG)
    if not numbers.computed or numbers.values.shape != right.shape:
        return said
    return f"{said} (relative error {relative_error(numbers.values, right):.1e})"
