"""Where a gradient is 0, and what the eigenvalues of the Hessian tell there: a minimum, a maximum, a saddle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.program.derivatives import TOGETHER
from gradcalc.program.naming import gradient_name
from gradcalc.program.solution import Solution

MAX_SIDE: Final = 10
"""Of larger Hessians the eigenvalues aren't told."""
_NEAR: Final = 1e-9
Kind = Literal["minimum", "maximum", "saddle", "undecided"]


@dataclass(frozen=True, slots=True)
class Stationary:
    """Where a gradient is 0 but for rounding: of what, by what, the name of the Hessian, its eigenvalues, ascending."""

    of: str
    by: tuple[str, ...]
    hessian: str
    eigenvalues: Array

    @property
    def kind(self) -> Kind:
        """What the signs of the eigenvalues tell; one that is 0 leaves it undecided, unless there are both signs."""
        values = self.eigenvalues
        near = _NEAR * float(np.abs(values).max(initial=0.0))
        rising, falling = bool((values > near).any()), bool((values < -near).any())
        if rising and falling:
            return "saddle"
        if (np.abs(values) <= near).any():
            return "undecided"
        return "minimum" if rising else "maximum"


def stationary(solution: Solution) -> Iterator[Stationary]:
    """The Hessians of a solution at which the gradient that belongs to each is 0."""
    gradients = {parts: name for name, parts in solution.problem.derivatives.items() if len(parts) == 2}
    objective = solution.problem.objective
    for name, parts in solution.problem.derivatives.items():
        of, *ways = parts
        if len(ways) != 2 or ways[0] != ways[1] or name not in solution.values:
            continue
        by = tuple(ways[0].split(TOGETHER))
        slopes = [gradients.get((of, each), gradient_name(each) if of == objective else "") for each in by]
        if all(each in solution.values for each in (*by, *slopes)) and _is_zero(solution, slopes, by, name):
            yield Stationary(of, by, name, np.linalg.eigvalsh(np.atleast_2d(solution.values[name])))


def _is_zero(solution: Solution, gradients: Sequence[str], by: Sequence[str], hessian: str) -> bool:
    """Whether gradients are 0, up to the rounding of numbers as large as those that they may be differences of."""
    second = solution.values[hessian]
    side = sum(solution.values[name].size for name in by)
    if side > MAX_SIDE or second.size != side**2 or not np.isfinite(second).all():
        return False
    slope, at = (max(float(np.abs(solution.values[name]).max()) for name in names) for names in (gradients, by))
    return slope <= _NEAR * float(np.abs(second).max()) * max(1.0, at)
