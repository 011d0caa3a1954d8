"""Images as matrices with names of their own: `x[1,2]` is the second channel of the first sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.entries import part_name
from gradcalc.formula.shapes import MATRIX
from gradcalc.report.parts import ends

MOST, KEPT = 12, 4
"""Of more matrices, so many at each end are shown."""
T = TypeVar("T")


def is_image(array: Array) -> bool:
    """Whether a value has more axes than a matrix."""
    return array.ndim > MATRIX


def maps(name: str, array: Array) -> list[tuple[str, Array]]:
    """Each matrix of an image with its name; of a masked array masked as it is."""
    return [(part_name(name, index), array[index]) for index in np.ndindex(array.shape[:-MATRIX])]


def kept(found: Sequence[T], full: bool) -> list[T]:
    """Those that are shown: all where they are few, else the first and the last ones."""
    if full:
        return list(found)
    return [found[i] for i in ends(len(found), MOST, KEPT) if i is not None]
