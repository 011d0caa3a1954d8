"""Formula answers: their value at the problem's numbers, and whether they agree everywhere."""

from __future__ import annotations

import numpy as np

from gradcalc.check.answers import Numbers
from gradcalc.check.instances import instances
from gradcalc.check.ledger import evaluate
from gradcalc.formula.expr import Expr
from gradcalc.program.problem import Equation
from gradcalc.program.solve import Solution

INSTANCES = 20


def formula_numbers(formula: Expr, solution: Solution) -> Numbers:
    """The value of a formula at the problem's numbers, as exact numbers."""
    value = evaluate(formula, solution.values, solution.problem.axis)
    return Numbers(value, np.zeros(value.shape), np.zeros(value.shape, dtype=np.bool_))


def same_on_instances(formula: Expr, equation: Equation, solution: Solution) -> bool:
    """Whether a formula gives what the equation gives at random values of the same shapes."""
    for values in instances(solution.problem, INSTANCES):
        right = values[equation.name]
        mine = evaluate(formula, values, solution.problem.axis)
        if not np.isfinite(right).all():
            continue
        scale = max(1.0, float(np.max(np.abs(right), initial=0.0)))
        if mine.size != right.size or not np.allclose(
            np.reshape(mine, right.shape), right, rtol=1e-8, atol=1e-9 * scale
        ):
            return False
    return True
