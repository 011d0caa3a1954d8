"""Read a problem's targets: numbers in the output's shape, or classes, and what the loss takes them to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.shapes import spell
from gradcalc.formula.table import Axis, Shape
from gradcalc.problem.draft import Draft
from gradcalc.program.problem import Path

SUM_TOLERANCE: Final = 1e-6


def read_targets(
    draft: Draft, path: Path, value: Any, shape: Shape | None, axis: Axis, kinds: Mapping[str, str]
) -> Array | None:
    """Targets for an output of that shape (None if it isn't known), as the loss takes them: float64 in the same shape.

    `kinds` says what the loss takes targets to be and its name: {"distribution": "cross_entropy"}. Classes from 0, one
    for each sample, become one-hot where it takes a distribution. None, and faults, where they don't fit.
    """
    classes, samples = (shape[axis], shape[1 - axis]) if shape else (1, 1)
    if "distribution" in kinds and shape and classes > 1 and _are_classes(value, samples):
        return _one_hot(draft, path, value, shape, axis)
    found = draft.array(path, value, axis)
    if found is None or shape is None:
        return None
    found = _arranged(found, value, shape)
    if found.shape != shape:
        draft.fault(path, _misfit(found, shape, axis, kinds))
        return None
    for kind, by in kinds.items():
        if not fits(draft, path, found, axis, kind, by):
            return None
    return found


def fits(draft: Draft, path: Path, found: Array, axis: Axis, kind: str, by: str) -> bool:
    """Whether targets are what a loss takes them to be; a fault if not."""
    values = np.atleast_2d(found)
    if kind == "sign":
        right, must = np.isin(values, (-1.0, 1.0)), "-1 or 1"
    else:
        right, must = (values >= 0) & (values <= 1), "between 0 and 1"
    if not right.all():
        at = tuple(int(i) for i in np.argwhere(~right)[0])
        span_path = entry_path(draft, path, at)
        draft.fault(span_path, f"is {values[at]:g}, but {by} takes targets that are {must}")
        return False
    return kind != "distribution" or _sums_fit(draft, path, values, axis, by)


def _sums_fit(draft: Draft, path: Path, values: Array, axis: Axis, by: str) -> bool:
    sums = values.sum(axis=axis)
    wrong = np.flatnonzero(np.abs(sums - 1.0) > SUM_TOLERANCE)
    if not wrong.size:
        return True
    sample = int(wrong[0])
    whose = f" in sample {sample + 1}" if sums.size > 1 else ""
    place = (*path, sample) if axis is Axis.ROWS and sums.size > 1 else path
    draft.fault(place, f": the numbers{whose} sum to {sums[sample]:.10g}, but {by} takes probabilities, which sum to 1")
    return False


def _are_classes(value: Any, samples: int) -> bool:
    if type(value) is int:
        return samples == 1
    return isinstance(value, list) and len(value) == samples and all(type(entry) is int for entry in value)


def _one_hot(draft: Draft, path: Path, value: Any, shape: Shape, axis: Axis) -> Array | None:
    indices, classes = np.atleast_1d(value), shape[axis]
    wrong = np.flatnonzero((indices < 0) | (indices >= classes))
    for i in wrong:
        place = (*path, int(i)) if isinstance(value, list) else path
        draft.fault(place, f"is {indices[i]}, but there are {classes} classes, which count from 0 to {classes - 1}")
    if wrong.size:
        return None
    rows: Array = np.eye(classes)[indices]
    return rows.T.copy() if axis is Axis.COLUMNS else rows


def _arranged(found: Array, value: Any, shape: Shape) -> Array:
    """One number where one is wanted, or a flat list with a number for each sample of a single output."""
    flat = isinstance(value, str) or (isinstance(value, list) and not any(isinstance(row, list) for row in value))
    one = found.size == 1 and int(np.prod(shape)) == 1
    if one or (flat and 1 in shape and found.size == int(np.prod(shape))):
        return found.reshape(shape)
    return found


def _misfit(found: Array, shape: Shape, axis: Axis, kinds: Mapping[str, str]) -> str:
    if not shape:
        return f"is {spell(found.shape)}, but yhat is one number: it must be one number"
    features, samples = shape[axis], shape[1 - axis]
    message = f"is {spell(found.shape)}, but yhat is {spell(shape)}: it must be "
    if samples == 1:
        message += "a list of 1 number" if features == 1 else f"a list of {features} numbers"
    else:
        message += f"a {spell(shape)} matrix"
    if "distribution" in kinds and features > 1:
        message += " or the class, counted from 0" if samples == 1 else f" or a list of {samples} classes"
    return message


def entry_path(draft: Draft, path: Path, at: tuple[int, ...]) -> Path:
    """The path of an entry of a matrix, counted from 0, whether it is written as a number, a flat list or rows."""
    value = draft.value(path)
    if not isinstance(value, list):
        return path
    if isinstance(value[0], list):
        return (*path, *at)
    return (*path, max(at))
