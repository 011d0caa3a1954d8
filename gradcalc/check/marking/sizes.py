"""What is said of shapes, of numbers of parameters and of Jacobians."""

from __future__ import annotations

import numpy as np

from gradcalc.check.answers.model import Answer
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.shapes import spell
from gradcalc.program.further import COUNT, SHAPES
from gradcalc.program.sections import Quantity
from gradcalc.program.solution import Solution


def said_of_size(quantity: Quantity, value: Array, solution: Solution) -> str:
    """The usual mistake that a wrong shape or count is; of another shape what it is, of another count nothing."""
    if quantity.section == SHAPES and value.size == 2:
        right = solution.values[quantity.equation].ravel()
        if np.array_equal(value.ravel()[::-1], right):
            return "rows and columns are exchanged"
        return f"it is {spell(tuple(map(int, right)))}" if right.size > 1 else ""
    if quantity.section != COUNT or value.size != 1:
        return ""
    problem = solution.problem
    biases = {layer.bias for layer in problem.layers}
    of_weights = sum(each.size for name, each in problem.parameters.items() if name not in biases)
    return "the biases are left out" if value.item() == of_weights else ""


IN_THE_OTHER_LAYOUT = "right, in the other layout: rows and columns are exchanged"


def said_of_jacobian(answer: Answer, right: Array, solution: Solution) -> str:
    """Of the diagonal alone in the place of a diagonal matrix, that it is; nothing of others."""
    formula = answer.formula
    value = None if formula is None else attempt(formula, solution.values, solution.problem.axis)
    is_diagonal = (
        right.ndim == 2 and right.shape[0] == right.shape[1] and not (right - np.diagflat(np.diag(right))).any()
    )
    if value is None or not is_diagonal or value.size != len(right) or not np.allclose(value.ravel(), np.diag(right)):
        return ""
    return "this is the diagonal of the Jacobian, which is a matrix with 0 elsewhere: diag(…)"
