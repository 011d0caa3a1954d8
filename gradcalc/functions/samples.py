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
    totals = np.add.reduce(terms, axis=axis, keepdims=True)
    return totals[0, 0] if totals.size == 1 else totals
