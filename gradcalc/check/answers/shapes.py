"""Shapes as people write them: `Dx×H`, `2 x 3`, `[2, 3]`, `(2, 3)`, `3`, a number."""

from __future__ import annotations

import re
from typing import Any, Final

from gradcalc.formula.table import Shape

_BETWEEN: Final = re.compile(r"\s*×\s*|\s+x\s+|\s*\\times\s*|\s*,\s*")
MOST_AXES: Final = 4
SCALAR: Final = "scalar"
_NUMBER: Final = (SCALAR, "number", "a number")


def as_row(value: Any, shape: Shape) -> Any:
    """A shape as a row of two numbers, or the formula of one; what is no shape as it is.

    One size is that of a vector, which lies as one of this shape does.
    """
    if isinstance(value, list):
        parts = [str(each).strip() for each in value if not isinstance(each, list)]
    elif isinstance(value, str):
        parts = _BETWEEN.split(value.strip().strip("()[]").strip())
    else:
        parts = [str(value)] if isinstance(value, int) else []
    if len(parts) == 1 and parts[0].lower() in _NUMBER:
        parts = ["1", "1"]
    if len(parts) == 1 and parts[0]:
        parts = [parts[0], "1"] if shape[1:] == (1,) else ["1", parts[0]]
    if not 2 <= len(parts) <= MOST_AXES or not all(parts):
        return value
    if isinstance(value, list) and all(part.isdecimal() for part in parts):
        return [int(part) for part in parts]
    return f"concat({', '.join(parts)}, axis=1)"
