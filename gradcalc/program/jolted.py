"""What limited precision may do to a problem's quantities: all is worked out again, and everything moved by a little.

Two programs that calculate the same in another order differ in the last places, and in more of them where numbers
nearly cancel (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 1.6) or steps follow each other.
So everything is worked out again with each quantity moved by about a unit in its last place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import CANNOT, evaluate
from gradcalc.program.solution import Solution


def jolted(value: Array, random: np.random.Generator, epsilon: float) -> Array:
    """A value moved by up to a unit in its last place, which is that part of it."""
    return np.asarray(value * (1 + epsilon * random.uniform(-1, 1, np.shape(value))))


def followed(
    solution: Solution, given: Mapping[str, Array], random: np.random.Generator, epsilon: float
) -> Iterator[tuple[str, Array]]:
    """Each quantity in turn, worked out from those before and moved; ends where one can't be worked out."""
    values = dict(given)
    for equation in solution.equations:
        try:
            value = evaluate(equation.expr, values, solution.problem.axis)
        except CANNOT:
            return
        full = np.broadcast_to(value, solution.shapes[equation.name])
        values[equation.name] = jolted(full, random, epsilon)
        yield equation.name, values[equation.name]
