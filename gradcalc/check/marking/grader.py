"""The grader of a problem: it owns what is kept between sheets, and marks them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from gradcalc.check.answers.compare import Tolerance, filled
from gradcalc.check.answers.model import Answer, Sheet
from gradcalc.check.answers.stated import CLAIMS
from gradcalc.check.marking.asked import as_asked, asked
from gradcalc.check.marking.kinks import Choice, Kinks, said_at_kinks
from gradcalc.check.marking.letter_chains import not_tried, on_statement
from gradcalc.check.marking.marker import Marker
from gradcalc.check.marking.scales import may_be_meant, rescaled, said_of_scale, scales_of
from gradcalc.check.marking.statements import Statements
from gradcalc.check.marking.verdicts import Credit, Marks, Verdict, changed, missing
from gradcalc.check.marking.versions import SAID, doubts
from gradcalc.check.mistakes.catalogue import Mutants
from gradcalc.check.mistakes.in_formulas import Formulas
from gradcalc.check.wording import shown
from gradcalc.program.beside import with_further
from gradcalc.program.further import by_labels
from gradcalc.program.sections import Quantity, later_steps, quantities
from gradcalc.program.solution import Solution
from gradcalc.program.unrolled import unrolled

FULL_CREDIT = Credit()
"""Carried answers earn all their points, imprecise ones half."""


class Grader:
    """Marks sheets of one problem; the mistakes of its equations and its random instances are made once."""

    def __init__(self, solution: Solution, statements: Statements | None = None) -> None:
        """`statements` tries equations at other sizes than the solution's own."""
        self.solution = solution
        self.formulas = Formulas(solution, Mutants(solution))
        self._statements = statements
        self._beside: tuple[frozenset[str], Grader] | None = None
        self._over: tuple[tuple[int, ...], Grader] | None = None

    @cached_property
    def known(self) -> Mapping[str, Quantity]:
        """Everything that a sheet can answer, by equation."""
        return {quantity.equation: quantity for quantity in quantities(self.solution)}

    @cached_property
    def statements(self) -> Statements:
        """Tries what chains of write-ups say of entries and derivatives."""
        return self._statements or Statements((self.solution.problem,))

    @cached_property
    def kinks(self) -> Kinks:
        """Where the solution has no derivative."""
        return Kinks(self.solution)

    def mark(
        self,
        sheet: Sheet,
        tolerance: Tolerance | None = None,
        credit: Credit = FULL_CREDIT,
        points: Mapping[str, float] | None = None,
        complete: bool = False,
    ) -> Marks:
        """Mark every answer of a sheet.

        `tolerance` is by default the problem's own; `credit` says what share of its points a verdict earns; `points`
        are by quantity (default: the problem's). What has points is what is asked, and `missing` where it isn't
        answered; other answers earn nothing. Without points everything that a blank sheet has is asked, at one point
        each; only with `complete` do the unanswered ones count.
        """
        given = self.solution.problem.points if points is None else points
        beside = self.beside(frozenset({*sheet.further, *by_labels(self.solution.problem, given)}))
        if beside is not self:
            return beside.mark(sheet, tolerance, credit, given, complete)
        if not self.solution.later:
            steps = tuple(sorted({*sheet.later_steps, *later_steps(given)}))
            if steps:
                grader = self.over(steps)
                return grader.mark(lifted(sheet, grader.solution), tolerance, credit, given, complete)
        worth = given or asked(self.known.values(), sheet, complete, self.solution.problem.untold)
        counted = worth if complete else given
        sheet = as_asked(sheet, counted, self.solution.problem)
        tolerance = precise(tolerance or tolerance_of(self.solution), sheet)
        verdicts = said_once(self.verdicts(sheet, tolerance, counted))
        stated = [(each, on_statement(each, self.statements)) for each in sheet.letter_chains]
        found = [*verdicts, *(verdict for _, verdict in stated if verdict is not None)]
        unanswered = self.claims_left(found, counted)
        marked = tuple(_with_points(verdict, worth, credit) for verdict in (*found, *unanswered))
        untried = [unread for each, verdict in stated if verdict is None for unread in not_tried(each, self.statements)]
        return Marks(marked, self.solution, frozenset(worth), sheet.about, (*sheet.unread, *untried), sheet.is_writeup)

    def claims_left(self, found: Iterable[Verdict], counted: Mapping[str, float]) -> Iterator[Verdict]:
        """The claims that count and aren't spoken of."""
        spoken = {verdict.quantity for verdict in found if _is_of_claim(verdict)}
        labels = (label for label in counted if label.startswith(f"{CLAIMS}.") and label not in spoken)
        yield from (missing(label, len(self.solution.equations)) for label in labels)

    def beside(self, further: frozenset[str]) -> Grader:
        """The grader of the solution with further quantities; kept for the next sheet that asks for the same."""
        if not further or self.solution.without is not None:
            return self
        if self._beside is None or self._beside[0] != further:
            solution = with_further(self.solution, further)
            self._beside = further, self if solution is self.solution else Grader(solution, self._statements)
        return self._beside[1]

    def over(self, steps: tuple[int, ...]) -> Grader:
        """The grader of the solution with these later steps; kept for the next sheet that has the same."""
        if self._over is None or self._over[0] != steps:
            self._over = steps, Grader(unrolled(self.solution, steps), self._statements)
        return self._over[1]

    def verdicts(self, sheet: Sheet, tolerance: Tolerance, worth: Mapping[str, float]) -> list[Verdict]:
        """The verdicts, on the reading of the sheet by which most of it is right.

        At kinks it may have other derivatives, and its deltas may be on another scale.
        """
        sheet = completed(sheet, self.solution)
        found = self.verdicts_on(self.solution, sheet, tolerance, worth)
        if all(verdict.verdict != "wrong" for verdict in found):
            return found
        return self.at_kinks(self.on_scale(found, sheet, tolerance, worth), sheet, tolerance, worth)

    def at_kinks(
        self, best: list[Verdict], sheet: Sheet, tolerance: Tolerance, worth: Mapping[str, float]
    ) -> list[Verdict]:
        """The verdicts with the derivatives at kinks that the sheet shows, if that is better."""
        chosen: Choice | None = None
        for choice in self.kinks.choices(sheet) if self.kinks.sides else ():
            found = self.verdicts_on(choice.solution, sheet, tolerance, worth)
            if _right(found) > _right(best):
                best, chosen = found, choice
        return best if chosen is None else said_at_kinks(best, chosen, self.solution)

    def on_scale(
        self, before: list[Verdict], sheet: Sheet, tolerance: Tolerance, worth: Mapping[str, float]
    ) -> list[Verdict]:
        """The verdicts with the deltas on the scale that the sheet shows, if the parameters' gradients are right."""
        for scale in scales_of(self.solution, sheet, tolerance):
            if not may_be_meant(before, scale, self.solution):
                continue
            on_scale = rescaled(sheet, scale, self.solution, tolerance.digits)
            found = self.verdicts_on(self.solution, on_scale, tolerance, worth)
            said = said_of_scale(found, before, scale, self.solution)
            # What was carried from the deltas is right by itself then, or wrong by itself.
            if said is not None and _correct(said) > _correct(before):
                before, sheet = said, on_scale
        return before

    def verdicts_on(
        self, solution: Solution, sheet: Sheet, tolerance: Tolerance, worth: Mapping[str, float]
    ) -> list[Verdict]:
        """Those by one solution; where the sheet as a whole is doubtful, nothing is carried on from some errors."""
        has_hinge = sheet.is_writeup and self._statements is not None and bool(self._statements.hinge)
        statements = self.statements if sheet.states_equations or has_hinge else None
        whole = None if self._statements is None else self._statements.in_letters
        marker = Marker(solution, sheet, tolerance, self.formulas, self.known, (), statements, whole)
        verdicts = list(marker.verdicts(worth))
        doubted = doubts(verdicts, len(marker.known), solution)
        if marker.refusable.isdisjoint(doubted):
            return verdicts
        strict = Marker(solution, sheet, tolerance, self.formulas, self.known, doubted, statements, whole)
        verdicts = list(strict.verdicts(worth))
        for doubt in doubted:
            first = next((i for i, v in enumerate(verdicts) if v.quantity == strict.refused.get(doubt)), None)
            if first is not None:
                verdicts[first] = replace(verdicts[first], said=f"{verdicts[first].said}; {SAID[doubt]}")
        return verdicts


def lifted(sheet: Sheet, solution: Solution) -> Sheet:
    """The sheet with the names that quantities of later steps have in the solution of all steps."""
    return replace(sheet, answers=tuple(_lifted(answer, solution) for answer in sheet.answers))


def _lifted(answer: Answer, solution: Solution) -> Answer:
    step = solution.steps.get(answer.step)
    if step is None or not answer.name:
        return answer
    formula = None if answer.formula is None else step.lifted(answer.formula)
    return replace(answer, name=step.names.get(answer.name, answer.name), formula=formula)


def completed(sheet: Sheet, solution: Solution) -> Sheet:
    """The sheet with the right numbers in the place of those that partial answers leave out."""
    if all(answer.numbers is None or answer.numbers.given is None for answer in sheet.answers):
        return sheet
    return replace(sheet, answers=tuple(_completed(answer, solution) for answer in sheet.answers))


def _completed(answer: Answer, solution: Solution) -> Answer:
    if answer.numbers is None or answer.numbers.given is None or answer.name not in solution.values:
        return answer
    return replace(answer, numbers=filled(answer.numbers, solution.values[answer.name]))


def _right(verdicts: Iterable[Verdict]) -> tuple[int, int]:
    words = [verdict.verdict for verdict in verdicts]
    return len(words) - words.count("wrong"), words.count("correct")


def _correct(verdicts: Iterable[Verdict]) -> int:
    return sum(verdict.verdict == "correct" for verdict in verdicts)


def said_once(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """One slip at several places is one mistake: its sentence stands with the first, the others point there."""
    first: dict[str, str] = {}
    for verdict in verdicts:
        if not verdict.mistakes:
            yield verdict
            continue
        ids = "".join(mistake.id for mistake in verdict.mistakes)
        known = first.setdefault(ids + verdict.said, verdict.quantity)
        again = known != verdict.quantity and verdict.verdict == "wrong"
        yield replace(verdict, said=f"the same mistake as in {shown(known)}") if again else verdict


PRECISE = 12
"""To so many decimals a program's numbers are taken where nothing on the sheet was written by hand."""


def precise(tolerance: Tolerance, sheet: Sheet) -> Tolerance:
    """The tolerance for a sheet of which all numbers are a program's: nothing was rounded on the way."""
    computed = [answer.numbers.computed for answer in sheet.answers if answer.numbers is not None]
    return replace(tolerance, digits=PRECISE) if computed and all(computed) else tolerance


def tolerance_of(solution: Solution) -> Tolerance:
    """What a problem asks for: its digits, or the tolerance that it gives in their place."""
    given = solution.problem.tolerance
    return Tolerance(solution.problem.digits, given.get("rtol"), given.get("atol"))


def _is_of_claim(verdict: Verdict) -> bool:
    """Whether it is on what is said of a claim of the problem: by its number, or by a chain from side to side."""
    said = None if verdict.answer is None else verdict.answer.statement
    by_chain = said is None and verdict.quantity.startswith(f"{CLAIMS}.") and bool(verdict.lines)
    return by_chain or (said is not None and said.is_of_problem)


def _with_points(verdict: Verdict, worth: Mapping[str, float], credit: Credit) -> Verdict:
    known = verdict.answer is None or bool(verdict.answer.name) or _is_of_claim(verdict)
    of = float(worth.get(verdict.quantity, 0.0)) if known else 0.0
    points = credit.share(verdict) * of
    return verdict if (verdict.of, verdict.points) == (of, points) else changed(verdict, of=of, points=points)
