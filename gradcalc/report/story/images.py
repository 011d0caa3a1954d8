"""Images within sentences and cells of tables: each matrix behind its name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradcalc.formula.expr import Name
from gradcalc.formula.shapes import MATRIX
from gradcalc.report.document import Inline, Math, Text, Value
from gradcalc.report.images import is_image, maps


def written(name: str, value: Value) -> Text:
    """A value as it is; of images `x[1,2] =` and the matrix, for each of which anything was given."""
    if not is_image(value.array):
        return (value,)
    found: list[Inline] = []
    missing = np.asarray(np.ma.getmaskarray(value.array).all(axis=(-2, -1)))
    for index, (part, matrix) in zip(np.ndindex(value.array.shape[:-MATRIX]), maps(name, value.array), strict=True):
        if missing[index]:
            continue
        wrong, seen = (None if mask is None else mask[index] for mask in (value.wrong, value.seen))
        found += [Math(Name(part)), "\u00a0=\u00a0", replace(value, array=matrix, wrong=wrong, seen=seen), " "]
    return tuple(found[:-1])
