"""Compare all numbers of a sheet with the right values at once: one by one, the calls would take most of the time."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate, product

import numpy as np

from gradcalc.check.answers.compare import Fits, Tolerance, fits, laid_out
from gradcalc.check.answers.model import Numbers
from gradcalc.formula.arrays import Array
from gradcalc.program.sections import Quantity
from gradcalc.program.solution import Solution


def against_key(
    answers: Mapping[str, Numbers], known: Mapping[str, Quantity], solution: Solution, tolerance: Tolerance
) -> dict[str, Fits]:
    """How every answer fits the right value, by equation and in its shape; those in other shapes are left out.

    Of an updated value the change must agree as well.
    """
    placed = {name: laid_out(written, solution.values[name].shape) for name, written in answers.items()}
    fit: dict[str, Fits] = {}
    for updated, computed in product((False, True), {p.computed for p in placed.values() if p is not None}):
        alike = {n: p for n, p in placed.items() if p is not None and p.computed == computed}
        same = {n: p for n, p in alike.items() if (known[n].section == "updated") == updated}
        if same:
            olds = [solution.values[solution.before(solution.by_name[name])] for name in same] if updated else None
            fit |= _together(same, solution, tolerance, None if olds is None else _joined(olds))
    return fit


def _together(
    placed: Mapping[str, Numbers], solution: Solution, tolerance: Tolerance, base: Array | None
) -> dict[str, Fits]:
    each = placed.values()
    scientific = np.concatenate([numbers.scientific.ravel() for numbers in each])
    values, unit = _joined([n.values for n in each]), _joined([n.unit for n in each])
    numbers = Numbers(values, unit, scientific, computed=next(iter(each)).computed)
    fit = fits(numbers, _joined([solution.values[name] for name in placed]), tolerance, 0.0, base)
    ends = accumulate(numbers.values.size for numbers in each)
    parts = ((name, numbers.values, end) for (name, numbers), end in zip(placed.items(), ends, strict=True))
    return {name: fit[end - values.size : end].reshape(values.shape) for name, values, end in parts}


def _joined(arrays: list[Array]) -> Array:
    return np.concatenate([array.ravel() for array in arrays])
