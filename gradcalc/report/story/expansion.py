"""Write out every entry of an equation as a sum of products, as far as that can be read."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.entries import NoEntryError, entry, entry_name, positions
from gradcalc.formula.expr import Expr, Name, walk
from gradcalc.formula.table import Axis, Shape
from gradcalc.program.problem import Equation
from gradcalc.report.document import Entry

MAX_ENTRIES = 64
MAX_NAMES_IN_ENTRY = 60


def written_out(
    equation: Equation, value: Array, shapes: Mapping[str, Shape], axis: Axis
) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Every entry of an equation's value as a sum of products; or none, and a note that says why."""
    if value.size > MAX_ENTRIES:
        return (), (f"not written out: {value.size} entries",)
    used = {name: shapes[name] for name in equation.uses}
    entries: list[Entry] = []
    try:
        for i, j in positions(value.shape):
            expr = entry(equation.expr, i, j, used, axis)
            if len(names_used(expr)) > MAX_NAMES_IN_ENTRY:
                return (), ("not written out: the sums are too long",)
            number = value[i, j] if value.ndim else value
            entries.append(Entry(entry_name(equation.name, value.shape, i, j), expr, _scalar(number)))
    except NoEntryError as error:
        return (), (str(error),)
    return (() if entries[0].expr == equation.expr else tuple(entries)), ()


def names_used(expr: Expr) -> list[str]:
    """Every use of a name."""
    return [node.id for node in walk(expr) if isinstance(node, Name)]


def _scalar(number: object) -> Array:
    return np.asarray(number, dtype=np.float64)
