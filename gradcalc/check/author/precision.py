"""How far another program's numbers may lie from these: by what float64 loses in this problem's conditioning.

Two programs that calculate the same in another order differ in the last places, and in more of them where numbers
nearly cancel (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 1.6) or steps follow each other.
So everything is worked out again with each quantity moved by about a unit in its last place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from gradcalc.check.answers.compare import Mask
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import CANNOT, evaluate
from gradcalc.program.problem import Problem
from gradcalc.program.solve import Solution, build

NEARLY_FULL = 14
"""A number with so many significant digits is one that a program printed, whole or nearly so."""
MOST = 1e-6
"""A larger part of a value is never put down to rounding."""
RUNS = 8
WIDENED = 2.0
"""So few runs don't meet the extremes."""
EPSILON = float(np.finfo(np.float64).eps)


def is_printed(value: Array, unit: Array) -> Mask:
    """For each number, whether it has about all digits of float64; `unit` is the size of its last digit (0: exact)."""
    # Units are powers of ten that float64 doesn't have exactly.
    return np.asarray((unit > 0) & (unit <= np.abs(value) * 10.0 ** (1 - NEARLY_FULL) * (1 + 1e-9)))


def is_rounding(off: Array, name: str, solution: Solution, first: Problem, steps: int) -> Mask:
    """For each entry of a quantity, whether being so far off may be float64's doing; arguments as of `float_room`."""
    may_be = off <= MOST * np.max(np.abs(solution.values[name]), initial=0.0)
    if may_be.any():  # to find out takes several times as long as the solution
        may_be &= off <= float_room(name, solution, first, steps)
    return np.asarray(may_be)


def float_room(name: str, solution: Solution, first: Problem, steps: int = 0) -> Array:
    """For each entry of a quantity, how far float64 may have moved it on the way.

    `solution` is of the step after `steps` others, which start from the problem `first`.
    """
    right = solution.values[name]
    most = EPSILON * np.abs(right)
    for random, given in _starts(first, steps):
        moved = _moved(name, solution, given, random)
        if moved is not None and np.isfinite(moved).all():
            most = np.maximum(most, WIDENED * np.abs(moved - right))
    return most


def _starts(first: Problem, steps: int) -> Iterator[tuple[np.random.Generator, Mapping[str, Array]]]:
    """What a step starts from after other steps, for each run: what they hand on is moved at each."""
    program = build(first) if steps else None
    for run in range(RUNS):
        random, given = np.random.default_rng(run), first.given
        for k in range(first.first_step, first.first_step + steps):
            assert program is not None
            values = program.run(given | first.at_step(k))
            given = given | {name: _jolted(values[source], random) for name, source in program.carry.items()}
        yield random, given | first.at_step(first.first_step + steps)


def _jolted(value: Array, random: np.random.Generator) -> Array:
    return np.asarray(value * (1 + EPSILON * random.uniform(-1, 1, value.shape)))


def _moved(name: str, solution: Solution, given: Mapping[str, Array], random: np.random.Generator) -> Array | None:
    """The quantity with every quantity on the way moved by about a unit in its last place."""
    values = dict(given)
    for equation in solution.equations:
        try:
            value = evaluate(equation.expr, values, solution.problem.axis)
        except CANNOT:
            return None
        full = np.broadcast_to(value, solution.shapes[equation.name])
        values[equation.name] = _jolted(full, random)
        if equation.name == name:
            break
    return values.get(name)
