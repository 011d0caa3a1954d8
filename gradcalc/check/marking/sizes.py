"""What is wrong with a shape, or with a number of parameters."""

from __future__ import annotations

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.program.further import COUNT, SHAPES
from gradcalc.program.sections import Quantity
from gradcalc.program.solution import Solution


def said_of_size(quantity: Quantity, value: Array, solution: Solution) -> str:
    """The usual mistake that a wrong shape or count is; nothing of others."""
    if quantity.section == SHAPES and value.size == 2:
        exchanged = np.array_equal(value.ravel()[::-1], solution.values[quantity.equation].ravel())
        return "rows and columns are exchanged" if exchanged else ""
    if quantity.section != COUNT or value.size != 1:
        return ""
    problem = solution.problem
    biases = {layer.bias for layer in problem.layers}
    of_weights = sum(each.size for name, each in problem.parameters.items() if name not in biases)
    return "the biases are left out" if value.item() == of_weights else ""
