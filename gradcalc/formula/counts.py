"""Work out what depends on shapes alone, such as `size(a)`, before there are values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Apply
from gradcalc.formula.table import Axis, Shape, lookup


def of_shapes(node: Apply, args: Sequence[Shape], axis: Axis) -> Array:
    """The value, float64, of an application that depends on the shapes of its arguments alone."""
    entry = lookup(node.function)
    anything = [np.broadcast_to(0.0, shape) for shape in args]
    return np.asarray(entry.value(*anything, **entry.keywords(node.params, axis)), dtype=np.float64)
