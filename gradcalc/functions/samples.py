"""What works on each sample by itself has in common.

`np.add.reduce` is `np.sum` without its wrapper, which takes longer than the sum of a small matrix.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcalc.formula.table import Axis


def total_each_sample(terms: Any, axis: Axis) -> Any:
    """The sum over each sample of D×N terms (N×D where samples are rows): 1×N (N×1), a scalar for one sample."""
    if terms.ndim == 0:
        return terms
    return one_each_sample(np.add.reduce(terms, axis=axis, keepdims=True))


def largest_each_sample(a: Any, axis: Axis) -> Any:
    """The largest entry of each sample: 1×N (N×1), a scalar for one sample."""
    return a if a.ndim == 0 else one_each_sample(np.max(a, axis=axis, keepdims=True))


def one_each_sample(values: Any) -> Any:
    """Numbers of which each sample has one; a scalar where there is only one sample."""
    return values[0, 0] if values.size == 1 else values
