"""Judge one answer that is a formula: it must agree with the rule everywhere, not at the problem's numbers alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradcalc.check.answers.compare import CORRECT, WRONG, Tolerance, fits, laid_out, transposed
from gradcalc.check.answers.model import Numbers
from gradcalc.check.answers.parts import Builder, with_outer_products
from gradcalc.check.marking.numbers import Judge, Judged
from gradcalc.check.marking.verdicts import Verdict
from gradcalc.check.mistakes.diagnose import NamedMistake, in_order
from gradcalc.check.mistakes.in_formulas import Formulas, formula_numbers
from gradcalc.check.mistakes.misfits import mended, misfit
from gradcalc.check.mistakes.model import worked
from gradcalc.check.wording import places, sentence, typed
from gradcalc.errors import GradcalcError
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import CANNOT, attempt
from gradcalc.formula.expr import Expr, call, names, walk
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.simplify import simplify
from gradcalc.formula.write import code
from gradcalc.program.problem import Equation
from gradcalc.program.sections import Quantity
from gradcalc.words import shorten

_LONGEST = 60
_MOST_NODES = 400
ALIKE = Tolerance(rtol=1e-9, atol=1e-12)


class FormulaJudge:
    """Judges formulas; they are tried on right values, so no earlier mistake comes into them."""

    def __init__(self, judge: Judge, formulas: Formulas) -> None:
        self.numbers_judge = judge
        self.solution = judge.solution
        self.builder = Builder(str, judge.solution.shapes, judge.solution.problem.axis)
        self.formulas = formulas

    def judge(self, equation: Equation, quantity: Quantity, formula: Expr) -> Judged:
        """The verdict on a formula; one without names is a number that was worked out by hand."""
        formula = with_outer_products(formula, self.builder)
        error = misfit(formula, self.solution)
        if error is not None:
            return self.misfitting(equation, quantity, formula, error)
        try:
            numbers = formula_numbers(formula, self.solution)
        except CANNOT:
            return Judged(Verdict(quantity.label, "unreadable", "this formula can't be worked out"))
        if not names(formula):
            return self.numbers_judge.numbers(equation, quantity, numbers)
        placed = laid_out(numbers, self.solution.shapes[equation.name])
        if placed is not None and self.agrees(formula, equation, placed):
            every = np.ones(placed.values.shape, dtype=np.bool_)
            return Judged(Verdict(quantity.label, "correct", self.right(formula, equation), entries=every))
        turned = numbers.values.ndim == 2 and numbers.values.T.shape == self.solution.shapes[equation.name]
        if turned and self.formulas.agrees(call("transpose", formula), equation):
            return self.numbers_judge.turned(quantity.label, numbers, transposed(numbers), None)
        if placed is None:
            return self.in_wrong_shape(equation, quantity, formula, numbers)
        return self.wrong(equation, quantity, formula, placed)

    def right(self, formula: Expr, equation: Equation) -> str:
        """What to say of a right formula: where it couldn't be tried."""
        missed = self.formulas.beyond(formula, equation).missed
        return f"right; on one side of {_quoted(simplify(missed[0]))} = 0 it couldn't be tried" if missed else "right"

    def misfitting(self, equation: Equation, quantity: Quantity, formula: Expr, error: GradcalcError) -> Judged:
        """A formula that can't be worked out, as shapes don't fit: wrong, with what would make them fit."""
        where = f" in {_quoted(error.node)}" if isinstance(error, ShapeError) else ""
        what = f"{shorten(error.message if isinstance(error, ShapeError) else str(error), 120)}{where}"
        mistakes = self.mended(equation, quantity, formula)
        message = "; ".join([*(mistake.said for mistake in mistakes), what])
        return Judged(Verdict(quantity.label, "wrong", message, mistakes=mistakes))

    def mended(self, equation: Equation, quantity: Quantity, formula: Expr) -> tuple[NamedMistake, ...]:
        """The one change that would make the formula right, as a mistake; none where no change does.

        Nor in what is written out for every entry: there nobody wrote its parts.
        """
        if sum(1 for _ in walk(formula)) > _MOST_NODES:
            return ()
        found = mended(formula, self.solution, lambda expr: self.is_right(expr, equation))
        return (NamedMistake(found.id, quantity.label, found.said),) if found is not None else ()

    def is_right(self, formula: Expr, equation: Equation) -> bool:
        """Whether a formula, in whatever layout its value has, is what the equation asks for."""
        numbers = laid_out(formula_numbers(formula, self.solution), self.solution.shapes[equation.name])
        return numbers is not None and self.agrees(formula, equation, numbers)

    def in_wrong_shape(self, equation: Equation, quantity: Quantity, formula: Expr, numbers: Numbers) -> Judged:
        """The verdict on a formula whose value has another shape than the right one."""
        judged = self.numbers_judge.in_wrong_shape(equation, quantity, numbers)
        mistakes = () if judged.verdict.mistakes else self.mended(equation, quantity, formula)
        if not mistakes or judged.verdict.verdict != "wrong":
            return judged
        message = f"{judged.verdict.said}; {mistakes[0].said}"
        return replace(judged, verdict=replace(judged.verdict, said=message, mistakes=mistakes))

    def agrees(self, formula: Expr, equation: Equation, placed: Numbers) -> bool:
        """Whether a formula gives the right value, at the problem's numbers (`placed`) and at others."""
        right = self.solution.values[equation.name]
        return bool((fits(placed, right, ALIKE) == CORRECT).all()) and self.formulas.agrees(formula, equation)

    def wrong(self, equation: Equation, quantity: Quantity, formula: Expr, placed: Numbers) -> Judged:
        """The verdict on a wrong formula, with the mistakes that it makes, and what it is carried on with."""
        fine = fits(placed, self.solution.values[equation.name], ALIKE) > WRONG
        # Wrong rules are known for gradients and values, and what Jacobians are made of is written out.
        found = () if equation.kind == "jacobian" else self.formulas.explanations(formula, equation)
        mistakes = self.numbers_judge.diagnoser.named(in_order(found))
        why = sentence(mistakes, quantity.label, "which come to the same")
        said = [why] if why else []
        if fine.all():
            said = ["this formula agrees at the problem's numbers only: at others it gives something else", *said]
        message = "; ".join(said) or places(fine)
        entries = fine & ~fine.all()
        ledger = self.numbers_judge.ledger
        taken = worked(equation.name, formula, ledger.exact, ledger.axis)
        verdict = Verdict(quantity.label, "wrong", message, entries=entries, mistakes=mistakes, taken=taken)
        return Judged(verdict, *self.carried(formula, placed))

    def carried(self, formula: Expr, placed: Numbers) -> tuple[Numbers, Array]:
        """What the formula comes to on the student's own earlier answers."""
        ledger, found = self.numbers_judge.ledger, []
        for base in (ledger.own, ledger.exact):
            value = attempt(formula, base, ledger.axis)
            fits = value is not None and value.size == placed.values.size
            found.append(value.reshape(placed.values.shape) if fits and value is not None else placed.values)
        return replace(placed, values=found[0]), found[1]


def _quoted(expr: Expr) -> str:
    """A part of somebody's formula, cut where it is long."""
    return typed(expr) if len(code(expr)) <= _LONGEST else shorten(code(expr), _LONGEST)
