"""Compare all numbers of a sheet with the right values at once: one by one, the calls would take most of the time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from itertools import accumulate

import numpy as np

from gradcalc.check.answers.compare import CORRECT, Fits, Tolerance, fits, laid_out
from gradcalc.check.answers.model import Numbers
from gradcalc.formula.arrays import Array
from gradcalc.program.sections import Quantity
from gradcalc.program.solution import Solution


class AgainstKey:
    """How every answer fits the right value; of an updated value the change must agree as well.

    Those in another shape than that of the right value are left out.
    """

    def __init__(
        self, answers: Mapping[str, Numbers], known: Mapping[str, Quantity], solution: Solution, tolerance: Tolerance
    ) -> None:
        self.placed: dict[str, Numbers] = {}
        alike: dict[tuple[bool, bool], list[str]] = {}
        for name, written in answers.items():
            numbers = laid_out(written, solution.values[name].shape)
            if numbers is not None:
                self.placed[name] = numbers
                alike.setdefault((known[name].section == "updated", numbers.computed), []).append(name)
        self.groups: list[tuple[Sequence[str], Fits]] = []
        """Names of equations, and the fit of all their entries one after the other."""
        for (updated, _), names in alike.items():
            olds = [solution.before(solution.by_name[name]) for name in names] if updated else None
            self.groups.append((names, self._together(names, solution, tolerance, olds)))

    @cached_property
    def right(self) -> frozenset[str]:
        """The answers of which every entry is right."""
        found: set[str] = set()
        for names, fit in self.groups:
            found.update(names)
            wrong = np.flatnonzero(fit != CORRECT).tolist()
            if wrong:
                ends = [*accumulate(self.placed[name].values.size for name in names)]
                found -= {names[bisect_right(ends, entry)] for entry in wrong}
        return frozenset(found)

    def each(self) -> dict[str, Fits]:
        """The fit by equation, in its shape."""
        found: dict[str, Fits] = {}
        for names, fit in self.groups:
            shapes = [self.placed[name].values.shape for name in names]
            ends = accumulate(self.placed[name].values.size for name in names)
            for name, shape, end in zip(names, shapes, ends, strict=True):
                found[name] = fit[end - self.placed[name].values.size : end].reshape(shape)
        return found

    def _together(
        self, names: Sequence[str], solution: Solution, tolerance: Tolerance, olds: Collection[str] | None
    ) -> Fits:
        each = [self.placed[name] for name in names]
        scientific = np.concatenate([numbers.scientific.ravel() for numbers in each])
        values, unit = _joined([n.values for n in each]), _joined([n.unit for n in each])
        numbers = Numbers(values, unit, scientific, computed=each[0].computed)
        base = None if olds is None else _joined([solution.values[name] for name in olds])
        return fits(numbers, _joined([solution.values[name] for name in names]), tolerance, 0.0, base)


def _joined(arrays: list[Array]) -> Array:
    return np.concatenate([array.ravel() for array in arrays])
