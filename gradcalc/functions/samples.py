"""What works on each sample by itself has in common.

`np.add.reduce` is `np.sum` without its wrapper, which takes longer than the sum of a small matrix.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from gradcalc.formula.shapes import IMAGE, MATRIX
from gradcalc.formula.table import Axis, Shape


def total_each_sample(terms: Any, axis: Axis) -> Any:
    """The sum over each sample of D×N terms (N×D where samples are rows): 1×N (N×1), a scalar for one sample.

    Of N×C×H×W terms, images, N×1×1×1.
    """
    if terms.ndim == 0:
        return terms
    if terms.ndim > MATRIX:
        along = tuple(range(terms.ndim - IMAGE, terms.ndim))
        return one_each_sample(np.add.reduce(terms, axis=along, keepdims=True))
    return one_each_sample(np.add.reduce(terms, axis=axis, keepdims=True))


def largest_each_sample(a: Any, axis: Axis) -> Any:
    """The largest entry of each sample: 1×N (N×1), a scalar for one sample."""
    return a if a.ndim == 0 else one_each_sample(np.max(a, axis=axis, keepdims=True))


def one_each_sample(values: Any) -> Any:
    """Numbers of which each sample has one; a scalar where there is only one sample."""
    return values.reshape(-1)[0] if values.size == 1 else values


def sample_size(shape: Shape, axis: Axis) -> int:
    """How many entries a sample has, of a value of this shape."""
    return prod(shape[-IMAGE:]) if len(shape) > MATRIX else shape[axis] if shape else 1
