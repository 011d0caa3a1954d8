"""Write arrays as the literals of a program, every digit kept, a matrix row by row."""

from __future__ import annotations

import math
from typing import Any

from gradcalc.formula.arrays import Array
from gradcalc.report.code.tidy import WIDTH

_FEW = 2


def array_text(array: Array, room: int) -> str:
    """The array as nested lists; where it's more than a few numbers, with the commas that ask for a row a line.

    `room` is how many characters stand beside it on the line.
    """
    if array.ndim == 0:
        return number_text(float(array))
    rows = [_listed(row) for row in array.tolist()]
    flat = f"[{', '.join(rows)}]"
    short = len(rows) <= _FEW or array.shape[1] == 1
    return flat if short and len(flat) + room <= WIDTH else f"[{', '.join(rows)},]"


def _listed(values: Any) -> str:
    return f"[{', '.join(map(_listed, values))}]" if isinstance(values, list) else number_text(values)


def number_text(value: float) -> str:
    """A float that reads back as it is."""
    return repr(value) if math.isfinite(value) else f'float("{value}")'
