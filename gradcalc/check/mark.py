"""Mark a sheet: the key first, then the student's own earlier answers, and the better of the two is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from gradcalc.check.answers import Answer, Numbers, Sheet
from gradcalc.check.compare import Fit, Fits, Tolerance, fits, laid_out
from gradcalc.check.diagnose import Diagnoser, Diagnosis, Mistake, is_transposed
from gradcalc.check.formulas import formula_numbers, same_on_instances
from gradcalc.check.ledger import Ledger
from gradcalc.check.quantities import Quantity, quantities
from gradcalc.formula.shapes import spell
from gradcalc.program.problem import Array, Equation
from gradcalc.program.solve import Solution

Word = Literal["correct", "carried", "imprecise", "wrong", "missing", "unreadable"]


@dataclass(frozen=True, slots=True)
class Credit:
    """The share of a quantity's points that a verdict earns; with `by_entry`, wrong answers earn for right entries."""

    carried: float = 1.0
    imprecise: float = 0.5
    by_entry: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The mark of one quantity. `entries` says of each entry whether it is right; `message` shows no key."""

    quantity: str
    verdict: Word
    message: str
    points: float = 0.0
    of: float = 1.0
    entries: npt.NDArray[np.bool_] | None = None
    mistakes: tuple[Mistake, ...] = ()
    answer: Answer | None = None
    right: Array | None = None
    expected: Array | None = None
    """What the quantity comes to on the student's own earlier answers."""
    after: str = ""
    """The wrong answer that this one carries on."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The verdicts of a sheet, in the order of the solution."""

    verdicts: tuple[Verdict, ...]
    solution: Solution

    @property
    def score(self) -> float:
        """The points earned."""
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def points(self) -> float:
        """The points to be had."""
        return sum(verdict.of for verdict in self.verdicts)

    @property
    def first_error(self) -> Verdict | None:
        """The first quantity that is wrong by itself."""
        return next((v for v in self.verdicts if v.verdict == "wrong" or _is_layout(v)), None)


def _is_layout(verdict: Verdict) -> bool:
    return any(mistake.id == "answer-transposed" for mistake in verdict.mistakes)


def mark(
    solution: Solution,
    sheet: Sheet,
    tolerance: Tolerance | None = None,
    credit: Credit = Credit(),
    points: Mapping[str, float] | None = None,
) -> Marks:
    """Mark every answer of a sheet. `points` are by quantity (default: the problem's, else one each)."""
    marker = _Marker(solution, sheet, tolerance or Tolerance(solution.problem.digits))
    worth = points or solution.problem.points
    verdicts = [replace(v, of=float(worth.get(v.quantity, 1.0))) for v in marker.verdicts(worth)]
    return Marks(tuple(replace(v, points=_earned(v, credit)) for v in verdicts), solution)


def _earned(verdict: Verdict, credit: Credit) -> float:
    share = {"correct": 1.0, "carried": credit.carried, "imprecise": credit.imprecise}.get(verdict.verdict, 0.0)
    if verdict.verdict == "wrong" and credit.by_entry and verdict.entries is not None and verdict.entries.size > 1:
        share = float(np.mean(verdict.entries))
    return share * verdict.of


class _Marker:
    """Goes through the equations in order, judging answers and keeping the ledger of the student's own values."""

    def __init__(self, solution: Solution, sheet: Sheet, tolerance: Tolerance) -> None:
        self.solution, self.sheet, self.tolerance = solution, sheet, tolerance
        self.ledger = Ledger(solution)
        self.known = {quantity.equation: quantity for quantity in quantities(solution)}
        self.answers = {answer.name: answer for answer in sheet.answers if answer.name and not answer.unreadable}
        numbers = {name: answer.numbers for name, answer in self.answers.items() if answer.numbers is not None}
        self.diagnoser = Diagnoser(self.ledger, self.known, numbers, tolerance)

        self.labels = {self.known[name].label for name in self.answers}

    def verdicts(self, worth: Mapping[str, float]) -> Iterator[Verdict]:
        for name, answer in self.answers.items():
            # An upstream gradient or another given value that was asked for has no equation.
            if name not in self.diagnoser.equations:
                yield self.given(self.known[name], answer)
        for equation in self.solution.equations:
            answer_here = self.answers.get(equation.name)
            if answer_here is not None:
                yield self.judged(equation, self.known[equation.name], answer_here)
            else:
                self.ledger.leave(equation, self.ledger.follow(equation))
                quantity = self.known.get(equation.name)
                if quantity is not None and quantity.label in worth:
                    yield Verdict(quantity.label, "missing", "no answer is given")
        for answer in self.sheet.answers:
            if answer.unreadable:
                yield Verdict(answer.quantity, "unreadable", answer.unreadable, answer=answer)

    def given(self, quantity: Quantity, answer: Answer) -> Verdict:
        right = self.solution.values[quantity.equation]
        numbers = laid_out(answer.numbers, np.shape(right)) if answer.numbers else None
        fine = numbers is not None and bool((fits(numbers, right, self.tolerance) == Fit.CORRECT).all())
        message = "right" if fine else "this is given in the problem"
        return Verdict(quantity.label, "correct" if fine else "wrong", message, answer=answer, right=right)

    def judged(self, equation: Equation, quantity: Quantity, answer: Answer) -> Verdict:
        """The verdict of one answer; the ledger goes on with it where it can carry."""
        own = self.ledger.follow(equation)
        right = self.solution.values[equation.name]
        verdict = replace(self.verdict(equation, quantity, answer, right, own), answer=answer, right=right)
        verdict = replace(verdict, expected=own)
        self.carry_on(equation, verdict, answer, right, own)
        return verdict

    def verdict(self, equation: Equation, quantity: Quantity, answer: Answer, right: Array, own: Array) -> Verdict:
        if answer.formula is not None:
            return self.formula_verdict(equation, quantity, answer, right)
        if answer.numbers is None:
            return Verdict(quantity.label, "missing", "no answer is given")
        numbers = laid_out(answer.numbers, right.shape)
        if numbers is None:
            return self.shape_verdict(quantity, answer.numbers, right, own)
        return self.number_verdict(equation, quantity, numbers, right, own)

    # Numbers.

    def number_verdict(
        self, equation: Equation, quantity: Quantity, numbers: Numbers, right: Array, own: Array
    ) -> Verdict:
        label, base = quantity.label, self.old_value(quantity)
        by_key = fits(numbers, right, self.tolerance, 0.0, base)
        if (by_key == Fit.CORRECT).all():
            return Verdict(label, "correct", "right", entries=by_key > Fit.WRONG)
        slack = self.ledger.noise_of(equation.expr)
        origin = self.ledger.origin_of(equation.expr)
        exact = fits(numbers, own, self.tolerance, 0.0, base)
        by_own = exact if (exact > Fit.WRONG).all() else fits(numbers, own, self.tolerance, slack, base)
        best = np.maximum(by_key, by_own if own.any() or not right.any() else by_key)
        if (best > Fit.WRONG).all():
            return self.accepted(label, by_key, best, origin)
        if is_transposed(numbers, right, self.tolerance) or is_transposed(numbers, own, self.tolerance, slack):
            return self.turned(label, "the numbers are right, with rows and columns exchanged", best)
        return self.wrong(equation, quantity, numbers, right, slack, best)

    def accepted(self, label: str, by_key: Fits, best: Fits, origin: str | None) -> Verdict:
        if (by_key > Fit.WRONG).all():
            message = f"right, but with fewer digits than the {self.tolerance.digits} decimals asked for"
            return Verdict(label, "imprecise", message, entries=best > Fit.WRONG)
        if origin is None:
            message = "right, given your rounded answers before it: carry more digits on the way"
            mistake = Mistake("rounded-early", label, "rounding is for the end: keep more digits in between")
            return Verdict(label, "imprecise", message, entries=best > Fit.WRONG, mistakes=(mistake,))
        given = (
            f"right, given your {shown(origin)}"
            if origin in self.labels
            else f"right, given the mistake in {shown(origin)}"
        )
        if (best == Fit.IMPRECISE).any():
            message = f"{given}, but with fewer digits than asked for"
            return Verdict(label, "imprecise", message, entries=best > Fit.WRONG, after=origin)
        return Verdict(label, "carried", given, entries=best > Fit.WRONG, after=origin)

    def turned(self, label: str, message: str, best: Fits | None) -> Verdict:
        mistake = Mistake("answer-transposed", label, "a gradient has the shape of what it belongs to")
        entries = None if best is None else best > Fit.WRONG
        return Verdict(label, "imprecise", message, entries=entries, mistakes=(mistake,))

    def wrong(
        self, equation: Equation, quantity: Quantity, numbers: Numbers, right: Array, slack: Array, best: Fits
    ) -> Verdict:
        diagnosis = self.diagnoser.diagnose(quantity, numbers, right, slack)
        self.adopt(diagnosis)
        message = _sentence(diagnosis.mistakes, quantity.label) or _which(best)
        return Verdict(quantity.label, "wrong", message, entries=best > Fit.WRONG, mistakes=diagnosis.mistakes)

    def adopt(self, diagnosis: Diagnosis) -> None:
        """Go on with what the student must have had where a mistake was made without an answer."""
        for name, value in diagnosis.adopted.items():
            self.ledger.own[name] = value
            self.ledger.origin[name] = self.known[name].label if name in self.known else name

    def old_value(self, quantity: Quantity) -> Array | None:
        return self.solution.values[quantity.name] if quantity.section == "updated" else None

    # Shapes and formulas.

    def shape_verdict(self, quantity: Quantity, numbers: Numbers, right: Array, own: Array) -> Verdict:
        written = np.shape(numbers.values)
        for key in (right, own):
            if is_transposed(numbers, key, self.tolerance):
                message = (
                    f"the numbers are right, but transposed: yours is {spell(written)}, it must be {spell(right.shape)}"
                )
                return self.turned(quantity.label, message, None)
        message = f"yours is {spell(written)}, it must be {spell(right.shape)}"
        slack = np.zeros(())
        diagnosis = self.diagnoser.diagnose(quantity, numbers, right, slack)
        sentence = _sentence(diagnosis.mistakes, quantity.label)
        return Verdict(
            quantity.label, "wrong", f"{message}; {sentence}" if sentence else message, mistakes=diagnosis.mistakes
        )

    def formula_verdict(self, equation: Equation, quantity: Quantity, answer: Answer, right: Array) -> Verdict:
        assert answer.formula is not None
        numbers = formula_numbers(answer.formula, self.solution)
        placed = laid_out(numbers, right.shape)
        if placed is None:
            return self.shape_verdict(quantity, numbers, right, right)
        exact = Tolerance(rtol=1e-9, atol=1e-12)
        entries = fits(placed, right, exact)
        if not (entries == Fit.CORRECT).all():
            verdict = self.wrong(equation, quantity, placed, right, np.zeros(()), entries)
            return replace(verdict, message=verdict.message or "this formula gives other numbers")
        if not same_on_instances(answer.formula, equation, self.solution):
            message = "this formula agrees at the problem's numbers only: at others it gives something else"
            return Verdict(quantity.label, "wrong", message)
        return Verdict(quantity.label, "correct", "right", entries=entries > Fit.WRONG)

    # The ledger.

    def carry_on(self, equation: Equation, verdict: Verdict, answer: Answer, right: Array, own: Array) -> None:
        numbers = answer.numbers
        if answer.formula is not None:
            numbers = formula_numbers(answer.formula, self.solution)
        placed = None if numbers is None else laid_out(numbers, right.shape)
        if placed is None or not self.ledger.can_carry(placed.values, right):
            self.ledger.leave(equation, own)
            return
        origin = verdict.quantity if verdict.verdict == "wrong" or _is_layout(verdict) else verdict.after or None
        self.ledger.take(equation.name, placed.values, placed.unit, origin)


def shown(quantity: str) -> str:
    """A quantity as messages name it: `∇a2` for gradients.a2."""
    section, _, name = quantity.partition(".")
    return {"gradients": f"∇{name}", "updated": f"new {name}", "after": f"{name} after the update"}.get(
        section, name or section
    )


def _sentence(mistakes: tuple[Mistake, ...], label: str) -> str:
    if not mistakes:
        return ""
    first, *others = dict.fromkeys(
        f"{m.message}" if m.at == label else f"in {shown(m.at)}: {m.message}" for m in mistakes
    )
    if not others:
        return first
    return f"{first}; or: {'; or: '.join(others[:2])} (these numbers can't tell which)"


def _which(best: Fits) -> str:
    if best.size == 1 or not (best > Fit.WRONG).any():
        return "not the right value" if best.size == 1 else "no entry is right"
    vector = 1 in best.shape
    places = [tuple(int(i) + 1 for i in index) for index in np.argwhere(best == Fit.WRONG)]
    said = [f"[{max(p)}]" if vector else f"[{p[0]},{p[1]}]" for p in places[:6]]
    return f"wrong at {', '.join(said)}{' and more' if len(places) > 6 else ''}"
