"""A counterexample in words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gradcalc.check.claims.try_out import ClaimResult
from gradcalc.formula.arrays import Array
from gradcalc.formula.write import unicode
from gradcalc.program.kinds import FUNCTION
from gradcalc.program.taken import taken

FEW = 12
"""So many numbers of a side are told; of more the entry that differs most."""


def against(result: ClaimResult) -> str:
    """Where a claim fails, and what its sides come to there; nothing for one that holds."""
    if result.counterexample is None or result.left is None or result.right is None:
        return ""
    at = values_of(result, _listed)
    if result.claim.of_problem:
        at.append("the problem's own numbers" if result.at_own else "other numbers of the problem")
    left, right = np.broadcast_arrays(result.left, result.right)
    if left.size <= FEW:
        return f"at {', '.join(at)} the left side is {_listed(result.left)}, the right {_listed(result.right)}"
    place = np.unravel_index(int(np.argmax(np.abs(left - right))), left.shape)
    index = ",".join(str(int(i) + 1) for i in place)
    return f"at {', '.join(at)} the left side has {left[place]:.4g} at [{index}], the right {right[place]:.4g}"


def values_of(result: ClaimResult, listed: Callable[[Array], str]) -> list[str]:
    """The values of a counterexample, `v = [1, 2]`; of a function which one it is."""
    found = []
    for name, value in (result.counterexample or {}).items():
        kind = result.claim.where.get(name)
        is_function = kind is not None and kind.kind == FUNCTION
        found += [" = ".join(map(unicode, taken(name, value)))] if is_function else []
        found += [] if is_function and not value.shape else [f"{name} = {listed(value)}"]
    return found


def _listed(value: Array) -> str:
    """`2`, `[1, 0]` for a vector, `[[1, 0], [0, 1]]`."""
    if not value.shape or value.size == 1:
        return f"{value.item():.4g}"
    rows = [f"[{', '.join(f'{entry:.4g}' for entry in row)}]" for row in np.atleast_2d(value)]
    if 1 in value.shape:
        return f"[{', '.join(f'{entry:.4g}' for entry in value.ravel())}]"
    return f"[{', '.join(rows)}]"
