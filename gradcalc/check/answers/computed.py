"""Arrays that a program gives (NumPy, PyTorch, JAX): their numbers, with the room that their own precision leaves.

Nobody chose their digits, so digits say nothing of them. Two programs that are right agree to about half the digits of
their precision, entry by entry (relative error 1e-7 in float64, 3e-4 in float32, as gradient checks have it), but for
entries that come of numbers that nearly cancel; how much these lose is found by moving everything by a unit in its
last place.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any, Final

import numpy as np

from gradcalc.check.answers.model import Numbers
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.formula.arrays import Array
from gradcalc.formula.shapes import MATRIX, spell
from gradcalc.formula.table import Axis
from gradcalc.program.jolted import followed
from gradcalc.program.solution import Solution
from gradcalc.words import shorten

LEAST: Final = 1e-7
"""The relative error that is allowed in float64: a log(p + 1e-9) is no mistake."""
MOST: Final = 0.03
"""However coarse numbers are, those that are further off say something else."""
WIDENED: Final = 8.0
"""So few runs don't meet the extremes, and a program may take more operations than the equations do."""
RUNS: Final = 4
BFLOAT16: Final = 2.0**-7
"""NumPy doesn't know this type by itself."""
MOST_ENTRIES: Final = 1_000_000


def is_array(value: object) -> bool:
    """Whether a value is an array, of whatever library."""
    return hasattr(value, "__array__")


def relative_room(epsilon: float) -> float:
    """The relative error that is allowed at a precision: half of its digits."""
    return min(max(sqrt(epsilon), LEAST), MOST)


class Arrays:
    """Reads arrays as answers to a solution's quantities."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self.lost: dict[float, Mapping[str, float]] = {}

    def numbers(self, value: Any, name: str) -> Numbers:
        """The numbers of an array that answers the equation of that name. Raises NotReadable."""
        array, epsilon = as_array(value)
        if array.ndim > max(MATRIX, np.ndim(self.solution.values.get(name, 0.0))):
            raise NotReadable(f"has {array.ndim} axes, {spell(array.shape)}: a number, a vector or a matrix is needed")
        if not np.isfinite(array).all():
            where = "" if not array.ndim else f" at {_place(np.argwhere(~np.isfinite(array))[0])}"
            raise NotReadable(f"is {array[~np.isfinite(array)].flat[0]:g}{where}: not a finite number")
        flat = array.ndim == 1
        if flat:
            array = array.reshape((-1, 1) if self.solution.problem.axis is Axis.COLUMNS else (1, -1))
        unit = 2 * (relative_room(epsilon) * self.size(array, name) + self.room(name, epsilon))
        return Numbers(array, unit, np.zeros(array.shape, dtype=np.bool_), flat, computed=True)

    def size(self, array: Array, name: str) -> Array:
        """What the relative error is taken of: each entry; of a new value the largest change, which must show."""
        equation = self.solution.by_name.get(name)
        if equation is None or equation.section != "update" or equation.kind != "new value":
            return np.abs(array)
        change = self.solution.values[name] - self.solution.values[self.solution.before(equation)]
        return np.full(array.shape, np.max(np.abs(change), initial=0.0))

    def room(self, name: str, epsilon: float) -> float:
        """How far the precision may have moved an entry of a quantity on the way."""
        if epsilon not in self.lost:
            self.lost[epsilon] = _lost(self.solution, epsilon)
        return self.lost[epsilon].get(name, 0.0)


def as_array(value: Any) -> tuple[Array, float]:
    """An array in float64, and the distance from 1 to the next number in the type that it had. Raises NotReadable."""
    if getattr(value, "requires_grad", False) is True:
        raise NotReadable("carries its history along (it requires grad): give x.detach()")
    try:
        array = np.asarray(value)
    except Exception as error:  # whatever a library says of what it can't hand over
        said = shorten(str(error), 80)
        raise NotReadable(f"is no array that NumPy can take: {said}; give a NumPy array") from None
    if array.ndim == 0 and array.dtype.kind in "US":
        raise NotReadable(f"is {shorten(str(array))}: a number or an array is needed")
    if array.dtype.name != "bfloat16" and array.dtype.kind not in "fiub":
        raise NotReadable(f"is an array of {array.dtype}: numbers are needed")
    if array.size == 0 or array.size > MOST_ENTRIES:
        raise NotReadable(f"has {array.size:,} entries: at least 1, at most {MOST_ENTRIES:,} are read")
    return array.astype(np.float64), _epsilon(array.dtype)


def _epsilon(dtype: np.dtype[Any]) -> float:
    if dtype.name == "bfloat16":
        return BFLOAT16
    return max(float(np.finfo(dtype if dtype.kind == "f" else np.float64).eps), float(np.finfo(np.float64).eps))


def _lost(solution: Solution, epsilon: float) -> dict[str, float]:
    lost: dict[str, float] = {}
    for run in range(RUNS):
        for name, value in followed(solution, solution.problem.given, np.random.default_rng(run), epsilon):
            off = WIDENED * float(np.max(np.abs(value - solution.values[name]), initial=0.0))
            lost[name] = max(lost.get(name, 0.0), off) if np.isfinite(off) else lost.get(name, 0.0)
    return lost


def _place(index: Any) -> str:
    return f"[{','.join(str(i + 1) for i in index)}]"
