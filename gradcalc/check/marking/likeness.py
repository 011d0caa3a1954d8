"""How two sides of a line compare, in all cases of their letters: as arrays, transposes, traces, diagonals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Final

import numpy as np

from gradcalc.check.claims.lowering import ClaimError
from gradcalc.formula.arrays import Array

DIAGONAL: Final = "a diagonal"
"""What is the diagonal of the Jacobian on the left, which is 0 elsewhere."""
TOLERANCE: Final = 1e-8


def holding(
    steps: Sequence[str],
    free: Sequence[str],
    cases: Sequence[tuple[int, ...]],
    left: Sequence[Array],
    right: Sequence[Array],
) -> Iterator[str]:
    """Orders of two steps (`t ≥ k`) for which all cases are equal, and not only where one is zero or the steps are one.

    A loss rests on the steps before it alone, which people leave unsaid.
    """
    equal = [bool(one_way(a, b)) for a, b in zip(left, right, strict=True)]
    some = [bool(np.any(a)) for a in left]
    for one, other in permutations(steps, 2):
        apart = [ok for case, ok in zip(cases, equal, strict=True) if case[free.index(one)] != case[free.index(other)]]
        if all(apart):
            continue  # which is said otherwise
        pairs = [(case[free.index(one)], case[free.index(other)]) for case in cases]
        telling = any(a > b and there for (a, b), there in zip(pairs, some, strict=True))
        for sign, least in (("≥", 0), (">", 1)):
            within = [ok for (a, b), ok in zip(pairs, equal, strict=True) if a - b >= least]
            if telling and within and all(within):
                yield f"{one} {sign} {other}"


def compare(left: Sequence[Array], right: Sequence[Array]) -> str:
    """`equal`, `turned` where rows and columns are exchanged, `traced` where a number is the trace of the other.

    Nothing where they differ; of several cases all together. The 0 of a sum of nothing is one of any shape.
    """
    if len(left) == 1 and _is_trace(left[0], right[0]):
        return "traced"
    right = [np.zeros_like(a) if b.size == 1 and not np.any(b) else b for a, b in zip(left, right, strict=True)]
    if any(a.size != b.size for a, b in zip(left, right, strict=True)):
        raise ClaimError("its shape isn't that of the left side")
    ways = {one_way(a, b) for a, b in zip(left, right, strict=True)}
    return "" if "" in ways else "turned" if "turned" in ways else "equal"


def has_slopes(left: Sequence[Array], right: Sequence[Array]) -> bool:
    """Whether a Jacobian is a diagonal matrix, and beside it stands an array of as many numbers as its diagonal has."""

    def has(jacobian: Array, slopes: Array) -> bool:
        fits = 1 < slopes.size == len(jacobian) == jacobian.size / slopes.size
        return fits and _close(jacobian, np.diag(np.diag(jacobian)))

    return all(map(has, left, right))


def as_diagonal(left: Sequence[Array], right: Sequence[Array]) -> str:
    """Whether these numbers, of matrices column by column, are the diagonal."""
    pairs = zip(left, right, strict=True)
    return DIAGONAL if all(_close(np.diag(a), b.ravel(order="F")) for a, b in pairs) else ""


def _is_trace(number: Array, matrix: Array) -> bool:
    square = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] > 1 == number.size
    return square and _close(number.ravel(), np.trace(matrix).reshape(1))


def one_way(left: Array, right: Array) -> str:
    """The same of one case, but for traces."""
    if left.size == right.size and (left.shape == right.shape or left.size == 1):
        return "equal" if _close(left.ravel(), right.ravel()) else _turned(left, right)
    return _turned(left, right)


def _turned(left: Array, right: Array) -> str:
    return "turned" if left.ndim == 2 and left.shape == right.T.shape and _close(left, right.T) else ""


def _close(left: Array, right: Array) -> bool:
    scale = max(1.0, float(np.max(np.abs(left), initial=0.0)), float(np.max(np.abs(right), initial=0.0)))
    return bool(np.max(np.abs(left - right), initial=0.0) <= TOLERANCE * scale)
