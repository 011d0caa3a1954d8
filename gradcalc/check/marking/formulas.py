"""Judge one answer that is a formula: it must agree with the rule everywhere, not at the problem's numbers alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradcalc.check.answers.compare import Fit, Tolerance, fits, laid_out, transposed
from gradcalc.check.answers.model import Numbers
from gradcalc.check.marking.numbers import Judge, Judged
from gradcalc.check.marking.verdicts import Verdict
from gradcalc.check.mistakes.diagnose import in_order
from gradcalc.check.mistakes.in_formulas import Formulas, formula_numbers
from gradcalc.check.wording import places, sentence
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import CANNOT, attempt
from gradcalc.formula.expr import Expr, call, names
from gradcalc.program.problem import Equation
from gradcalc.program.quantities import Quantity

ALIKE = Tolerance(rtol=1e-9, atol=1e-12)


class FormulaJudge:
    """Judges formulas; they are tried on right values, so no earlier mistake comes into them."""

    def __init__(self, judge: Judge) -> None:
        self.numbers_judge = judge
        self.solution = judge.solution
        self.formulas = Formulas(judge.solution, judge.diagnoser.mutants)

    def judge(self, equation: Equation, quantity: Quantity, formula: Expr) -> Judged:
        """The verdict on a formula; one without names is a number that was worked out by hand."""
        try:
            numbers = formula_numbers(formula, self.solution)
        except CANNOT:
            return Judged(Verdict(quantity.label, "unreadable", "this formula can't be worked out"))
        if not names(formula):
            return self.numbers_judge.numbers(equation, quantity, numbers)
        placed = laid_out(numbers, self.solution.shapes[equation.name])
        if placed is not None and self.agrees(formula, equation, placed):
            every = np.ones(placed.values.shape, dtype=np.bool_)
            return Judged(Verdict(quantity.label, "correct", "right", entries=every))
        if numbers.values.ndim == 2 and self.formulas.agrees(call("transpose", formula), equation):
            return self.numbers_judge.turned(quantity.label, numbers, transposed(numbers), None)
        if placed is None:
            return self.numbers_judge.in_wrong_shape(equation, quantity, numbers)
        return self.wrong(equation, quantity, formula, placed)

    def agrees(self, formula: Expr, equation: Equation, placed: Numbers) -> bool:
        right = self.solution.values[equation.name]
        return bool((fits(placed, right, ALIKE) == Fit.CORRECT).all()) and self.formulas.agrees(formula, equation)

    def wrong(self, equation: Equation, quantity: Quantity, formula: Expr, placed: Numbers) -> Judged:
        fine = fits(placed, self.solution.values[equation.name], ALIKE) > Fit.WRONG
        mistakes = self.numbers_judge.diagnoser.named(in_order(self.formulas.explanations(formula, equation)))
        why = sentence(mistakes, quantity.label, "which come to the same")
        said = [why] if why else []
        if fine.all():
            said = ["this formula agrees at the problem's numbers only: at others it gives something else", *said]
        message = "; ".join(said) or places(fine)
        entries = fine & ~fine.all()
        verdict = Verdict(quantity.label, "wrong", message, entries=entries, mistakes=mistakes)
        return Judged(verdict, *self.carried(formula, placed))

    def carried(self, formula: Expr, placed: Numbers) -> tuple[Numbers, Array]:
        """What the formula comes to on the student's own earlier answers."""
        ledger, found = self.numbers_judge.ledger, []
        for base in (ledger.own, ledger.exact):
            value = attempt(formula, base, ledger.axis)
            fits = value is not None and value.size == placed.values.size
            found.append(value.reshape(placed.values.shape) if fits and value is not None else placed.values)
        return replace(placed, values=found[0]), found[1]
