"""Judge a chain of formulas line by line: each has to be equal to the one before, and all to what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from gradcalc.check.answers.compare import HALF_UNIT, laid_out
from gradcalc.check.answers.model import Line, Numbers
from gradcalc.check.marking.by_numbers import aside, on_hinge
from gradcalc.check.marking.formulas import FormulaJudge
from gradcalc.check.marking.left_out import left_out
from gradcalc.check.marking.numbers import Judged
from gradcalc.check.marking.put_in import ROUNDED, PutIn, Reach, has_numbers, is_result, with_names
from gradcalc.check.marking.statements import Statements
from gradcalc.check.marking.verdicts import LineVerdict, Verdict
from gradcalc.check.mistakes.misfits import misfit
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.expr import Expr, call
from gradcalc.formula.write import code
from gradcalc.program.problem import Equation
from gradcalc.program.sections import Quantity

_READINGS = ("correct", "imprecise", "unreadable", "carried", "wrong")
"""Of two readings the one is meant whose verdict stands first here."""
_TELLING = 0.1
"""What part of a value the last digit of a number may be that tells it."""
RIGHT = ("correct", "imprecise")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A line's number from 1, and what was found of it."""

    number: int
    line: Line
    judged: Judged

    @property
    def is_right(self) -> bool:
        """Whether it is equal to what is asked, in whatever layout."""
        return self.judged.verdict.verdict in RIGHT


class ChainJudge:
    """Judges chains by the judge of formulas."""

    def __init__(self, formulas: FormulaJudge, statements: Statements | None = None) -> None:
        self.formulas, self.statements = formulas, statements
        self.put_in = PutIn(formulas.solution.values.values())

    def judge(self, equation: Equation, quantity: Quantity, lines: Sequence[Line]) -> Judged:
        """The verdict on a chain: that of its first wrong line; of a chain with a right end imprecise, at that line."""
        every = [
            Judgement(number, line, self.on_line(equation, quantity, line))
            for number, line in enumerate(lines, 1)
            if line.is_read
        ]
        every = [self.named(each, before) for each, before in zip(every, [None, *every], strict=False)]
        read = [each for each in every if each.judged.verdict.verdict != "unreadable"]
        told = self.told(lines, {each.number: each for each in every})
        if not read:
            said = (
                every[0].judged.verdict.said if len(lines) == len(every) == 1 else "no line of this chain can be tried"
            )
            return Judged(Verdict(quantity.label, "unreadable", said, lines=told))
        slip, end = next((each for each in read if not each.is_right), None), read[-1]
        if slip is None and end.line.restates:
            said = "the chain stops before the answer: this" if len(lines) > 1 else "this"
            said = f"{said} says only what is asked, the derivative is still to be worked out"
            verdict = replace(end.judged.verdict, verdict="imprecise", said=said, lines=told)
            return replace(end.judged, verdict=verdict)
        if slip is None:
            return replace(end.judged, verdict=replace(end.judged.verdict, lines=told))
        where = f"line {slip.number}" if len(lines) > 1 else ""
        said = ": ".join(part for part in (where, slip.judged.verdict.said) if part)
        verdict = replace(slip.judged.verdict, said=said, line=slip.number, lines=told)
        if end.is_right:
            said = f"the end is right, but not {said}"
            return replace(end.judged, verdict=replace(verdict, verdict="imprecise", said=said, taken=None, due=None))
        return replace(end.judged, verdict=verdict)

    def named(self, found: Judgement, before: Judgement | None) -> Judgement:
        """The same with what a wrong line of numbers leaves out of the right one before."""
        verdict, formula = found.judged.verdict, found.line.formula
        wrong = verdict.verdict == "wrong"
        if not wrong or formula is None or not has_numbers(formula) or self.statements is None:
            return found
        reach = self.reach(formula, self.formulas.solution.values) if before is not None and before.is_right else None
        said = left_out(before.line, reach, self.statements) if before is not None and reach is not None else ""
        return (
            replace(found, judged=replace(found.judged, verdict=replace(verdict, said=said, mistakes=())))
            if said
            else found
        )

    def on_line(self, equation: Equation, quantity: Quantity, line: Line) -> Judged:
        """The verdict on one line by itself; what may be read wrongly is never wrong."""
        judged = self.surely(equation, quantity, line)
        wrong = judged.verdict.verdict == "wrong"
        text = line.statement or (code(line.formula) if line.formula is not None else "")
        if wrong and text and line.place is not None and self.statements is not None:
            found = aside(line, equation.name, text, self.statements)
            if found is None and equation.section == "backward":
                found = on_hinge(equation.name, text, self.statements, beside=line.aside)
            if found is not None:
                return Judged(Verdict(quantity.label, found.verdict, found.said))
        if wrong and line.second and not line.statement and self.statements is not None:
            (tried,) = self.statements.lines((equation.name, line.second))
            if tried.verdict in RIGHT:
                return Judged(Verdict(quantity.label, tried.verdict, tried.said))
        if wrong and line.place is not None and line.doubt:
            return Judged(Verdict(quantity.label, "unreadable", line.doubt))
        return judged

    def surely(self, equation: Equation, quantity: Quantity, line: Line) -> Judged:
        """The verdict on one line by itself."""
        if line.statement and self.statements is not None:
            every = [self.statements.lines((equation.name, text))[0] for text in (line.statement, line.second) if text]
            tried = min(every, key=lambda each: _READINGS.index(each.verdict))
            return Judged(Verdict(quantity.label, tried.verdict, tried.said))
        if line.numbers is not None:
            return self.numbers(equation, quantity, line.numbers, in_writeup=line.place is not None)
        assert line.formula is not None  # it is read
        judged = self.formulas.judge(equation, quantity, line.formula)
        if judged.verdict.verdict in ("wrong", "imprecise") and has_numbers(line.formula):
            judged = self.with_numbers(equation, quantity, line.formula, judged)
        if line.written_out:  # nobody wrote this formula, and nobody is shown it
            judged = replace(judged, verdict=replace(judged.verdict, taken=None))
        if not line.odd or judged.verdict.verdict != "wrong":
            return judged
        said = "; ".join(part for part in (line.odd, judged.verdict.said) if part)
        return replace(judged, verdict=replace(judged.verdict, said=said))

    def numbers(self, equation: Equation, quantity: Quantity, numbers: Numbers, in_writeup: bool) -> Judged:
        """The verdict on numbers; those of a write-up, of which no digits are asked, are right to those written."""
        judged = self.formulas.numbers_judge.numbers(equation, quantity, numbers)
        right = self.formulas.solution.values[equation.name]
        placed = laid_out(numbers, right.shape)
        if not in_writeup or judged.verdict.verdict not in ("wrong", "imprecise") or placed is None:
            return judged
        if (placed.unit >= 1).any() or not (np.abs(placed.values - right) <= HALF_UNIT * placed.unit).all():
            return judged
        if not ((placed.unit <= _TELLING * np.abs(right)) | (placed.values == right)).all():
            return (
                Judged(Verdict(quantity.label, "unreadable", ROUNDED)) if judged.verdict.verdict == "wrong" else judged
            )
        every = np.ones(right.shape, dtype=np.bool_)
        return Judged(Verdict(quantity.label, "correct", "right", entries=every), placed, right)

    def with_numbers(self, equation: Equation, quantity: Quantity, formula: Expr, judged: Judged) -> Judged:
        """The verdict on a formula with numbers put in: right as far as they say, on the student's own values too."""
        judge, ledger = self.formulas.numbers_judge, self.formulas.numbers_judge.ledger
        unsure, of_numbers = False, judged
        for values in (ledger.solution.values, ledger.own):
            reach = self.reach(formula, values)
            if reach is None or np.size(reach.value) != prod(self.formulas.solution.shapes[equation.name]):
                continue
            found = judge.numbers(equation, quantity, reach.numbers(reach.sure))
            if found.verdict.verdict in ("correct", "carried") or found.verdict.is_layout:
                return found
            of_numbers = found if values is ledger.solution.values and not judged.verdict.mistakes else of_numbers
            unsure = unsure or judge.numbers(equation, quantity, reach.numbers(reach.most)).verdict.verdict != "wrong"
        return Judged(Verdict(quantity.label, "unreadable", ROUNDED)) if unsure else of_numbers

    def told(self, lines: Sequence[Line], read: dict[int, Judgement]) -> tuple[LineVerdict, ...]:
        """The verdict on each line: a wrong one that is equal to a wrong one before only carries it on."""
        found: list[LineVerdict] = []
        wrong: Expr | None = None
        for number, line in enumerate(lines, 1):
            verdict = read[number].judged.verdict if number in read else None
            if verdict is None or verdict.verdict == "unreadable":
                said = line.refused or (verdict.said if verdict else "this couldn't be tried")
                found.append(LineVerdict("unreadable", said, line.text, line.place, line.number))
                continue
            formula = line.formula if verdict.verdict == "wrong" else None
            follows = formula is not None and wrong is not None and self.follows(formula, wrong)
            if verdict.verdict == "wrong" and wrong is not None and (line.numbers or is_result(formula)):
                follows, formula = self.comes_to(wrong, line), wrong
            said = "as the line before, which is wrong" if follows else verdict.said
            word = "carried" if follows else verdict.verdict
            found.append(LineVerdict(word, said, line.text, line.place, line.number))
            wrong = formula
        return tuple(found)

    def reach(self, formula: Expr, values: Mapping[str, Array]) -> Reach | None:
        """What a formula comes to at these values, and how far off it may be for its numbers."""
        (named, put), axis = with_names(formula), self.formulas.solution.problem.axis
        return self.put_in.reach(formula, put, lambda moved: attempt(named, {**values, **moved}, axis))

    def comes_to(self, formula: Expr, line: Line) -> bool:
        """Whether a wrong formula comes to the numbers of a line, as far as its own are rounded."""
        values = self.formulas.solution.values
        reach, result = self.reach(formula, values), self.reach(line.formula, values) if line.formula else None
        if line.numbers is not None:
            result = Reach(line.numbers.values, HALF_UNIT * line.numbers.unit, line.numbers.unit)
        if reach is None or result is None or reach.value.size != result.value.size:
            return False
        apart = np.abs(result.value.reshape(reach.value.shape) - reach.value)
        return bool((apart <= result.sure.reshape(reach.value.shape) + reach.most).all())

    def follows(self, formula: Expr, wrong: Expr) -> bool:
        """Whether a formula comes to the same as a wrong one, in whatever layout, or like it to nothing at all."""
        solution, formulas = self.formulas.solution, self.formulas.formulas
        if misfit(wrong, solution) is not None:
            return misfit(formula, solution) is not None
        values = [(each, attempt(wrong, each, solution.problem.axis)) for each in formulas.instances()]
        return any(
            all(value is not None and formulas.same(laid, each, value) for each, value in values)
            for laid in (formula, call("transpose", formula))
        )
