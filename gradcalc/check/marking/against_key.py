"""Compare all numbers of a sheet with the right values at once: one by one, the calls would take most of the time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from gradcalc.check.answers.compare import CORRECT, Fits, Tolerance, fits, laid_out
from gradcalc.check.answers.model import Numbers
from gradcalc.formula.arrays import Array, every
from gradcalc.program.sections import Quantity
from gradcalc.program.solution import Solution

_MOST = 4_096
_SMALL = 64
"""So many answers are remembered, each with so many numbers at most."""


@dataclass
class _Before:
    """The answers of the sheets before, by quantity, in the right value's shape, and how they fit it.

    A class has the same ones, read once.
    """

    tolerance: Tolerance | None = None
    known: dict[tuple[str, Numbers], tuple[Numbers, Fits, bool]] = field(default_factory=dict)

    def by(self, tolerance: Tolerance) -> Mapping[tuple[str, Numbers], tuple[Numbers, Fits, bool]]:
        """Those by one tolerance, with whether all is right: only by the last one they are remembered."""
        if tolerance != self.tolerance:
            self.tolerance = tolerance
            self.known.clear()
        return self.known

    def remember(self, name: str, written: Numbers, placed: Numbers, fit: Fits) -> tuple[Numbers, Fits, bool]:
        """What is known of an answer, from here on."""
        is_right = every(fit == CORRECT)
        if placed.values.size <= _SMALL:
            if len(self.known) >= _MOST:
                self.known.clear()
            # A copy: what is a part of the fits of a whole sheet holds on to all of them.
            self.known[name, written] = placed, fit.copy(), is_right
        return placed, fit, is_right


class AgainstKey:
    """How every answer fits the right value; of an updated value the change must agree as well.

    Those in another shape than that of the right value are left out.
    """

    def __init__(
        self, answers: Mapping[str, Numbers], known: Mapping[str, Quantity], solution: Solution, tolerance: Tolerance
    ) -> None:
        self.placed: dict[str, Numbers] = {}
        self.right: set[str] = set()
        """The answers of which every entry is right."""
        self.fits: dict[str, Fits] = {}
        """The fit of each answer, in the right value's shape."""
        memory = solution.once("answers before", _Before)
        before = memory.by(tolerance)
        alike: dict[tuple[bool, bool], list[str]] = {}
        for name, written in answers.items():
            met = before.get((name, written))
            if met is not None:
                self._take(name, *met)
                continue
            numbers = laid_out(written, solution.values[name].shape)
            if numbers is not None:
                self.placed[name] = numbers
                alike.setdefault((known[name].section == "updated", numbers.computed), []).append(name)
        for (updated, _), names in alike.items():
            olds = [solution.before(solution.by_name[name]) for name in names] if updated else None
            for name, fit in self._together(names, solution, tolerance, olds):
                self._take(name, *memory.remember(name, answers[name], self.placed[name], fit))

    def _take(self, name: str, placed: Numbers, fit: Fits, is_right: bool) -> None:
        self.placed[name], self.fits[name] = placed, fit
        if is_right:
            self.right.add(name)

    def _together(
        self, names: Sequence[str], solution: Solution, tolerance: Tolerance, olds: Collection[str] | None
    ) -> Iterable[tuple[str, Fits]]:
        each = [self.placed[name] for name in names]
        scientific = np.concatenate([numbers.scientific.ravel() for numbers in each])
        values, unit = _joined([n.values for n in each]), _joined([n.unit for n in each])
        numbers = Numbers(values, unit, scientific, computed=each[0].computed)
        base = None if olds is None else _joined([solution.values[name] for name in olds])
        fit = fits(numbers, _joined([solution.values[name] for name in names]), tolerance, 0.0, base)
        ends = [*accumulate(numbers.values.size for numbers in each)]
        parts = (fit[end - n.values.size : end].reshape(n.values.shape) for n, end in zip(each, ends, strict=True))
        return zip(names, parts, strict=True)


def _joined(arrays: list[Array]) -> Array:
    return np.concatenate([array.ravel() for array in arrays])
