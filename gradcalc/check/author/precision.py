"""How far a program's full-precision numbers may lie from these: by what float64 loses in this problem's conditioning.

Two programs that calculate the same in another order differ in the last places, and in more of them where numbers
nearly cancel (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 1.6). So everything is worked out
again with each quantity moved by about a unit in its last place.
"""

from __future__ import annotations

import numpy as np

from gradcalc.check.answers.compare import Mask
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import CANNOT, evaluate
from gradcalc.program.solve import Solution

FULL = 16
"""A number with so many significant digits is one that a program printed whole."""
RUNS = 8
WIDENED = 2.0
"""So few runs don't meet the extremes."""
EPSILON = float(np.finfo(np.float64).eps)


def is_full(value: Array, unit: Array) -> Mask:
    """For each number, whether it has all the digits of float64; `unit` is the size of its last digit (0: exact)."""
    return np.asarray((unit > 0) & (unit <= np.abs(value) * 10.0 ** (1 - FULL)))


def float_room(name: str, solution: Solution) -> Array:
    """For each entry of a quantity, how far float64 may have moved it on the way."""
    right = solution.values[name]
    most = EPSILON * np.abs(right)
    for run in range(RUNS):
        moved = _moved(name, solution, np.random.default_rng(run))
        if moved is not None and np.isfinite(moved).all():
            most = np.maximum(most, WIDENED * np.abs(moved - right))
    return most


def _moved(name: str, solution: Solution, random: np.random.Generator) -> Array | None:
    """The quantity with every quantity on the way moved by about a unit in its last place."""
    values = dict(solution.problem.given)
    for equation in solution.equations:
        try:
            value = evaluate(equation.expr, values, solution.problem.axis)
        except CANNOT:
            return None
        full = np.broadcast_to(value, solution.shapes[equation.name])
        values[equation.name] = full * (1 + EPSILON * random.uniform(-1, 1, full.shape))
        if equation.name == name:
            break
    return values.get(name)
