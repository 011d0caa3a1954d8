"""Write out every entry of an equation as a sum of products, as far as that can be read."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.entries import NoEntryError, Place, entry, entry_name, positions
from gradcalc.formula.expr import Apply, Expr, Name, walk
from gradcalc.formula.table import IMAGES, Axis, Shape, lookup
from gradcalc.program.problem import Equation
from gradcalc.report.document import Entry

MAX_ENTRIES = 64
MAX_OF_IMAGES = 9
"""Of what windows over images give, more entries than this are alike: one in the middle is written out."""
MAX_NAMES_IN_ENTRY = 60


def written_out(
    equation: Equation, value: Array, shapes: Mapping[str, Shape], axis: Axis
) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Every entry of an equation's value as a sum of products; or none, and a note that says why."""
    one = _is_of_images(equation.expr) and value.size > MAX_OF_IMAGES
    if value.size > MAX_ENTRIES and not one:
        return (), (f"not written out: {value.size} entries",)
    used = {name: shapes[name] for name in equation.uses}
    entries: list[Entry] = []
    try:
        for place in [_middle(value.shape)] if one else positions(value.shape):
            expr = entry(equation.expr, place, used, axis)
            if len(names_used(expr)) > MAX_NAMES_IN_ENTRY:
                return (), ("not written out: the sums are too long",)
            number = value[place] if value.ndim else value
            entries.append(Entry(entry_name(equation.name, value.shape, *place), expr, _scalar(number)))
    except NoEntryError as error:
        return (), (str(error),)
    notes = (f"one of {value.size} entries written out; the others are like it",) if one else ()
    return (() if entries[0].expr == equation.expr else tuple(entries)), notes


def _is_of_images(expr: Expr) -> bool:
    return isinstance(expr, Apply) and lookup(expr.function).group == IMAGES


def _middle(shape: Shape) -> Place:
    return tuple(size // 2 for size in shape)


def names_used(expr: Expr) -> list[str]:
    """Every use of a name."""
    return [node.id for node in walk(expr) if isinstance(node, Name)]


def _scalar(number: object) -> Array:
    return np.asarray(number, dtype=np.float64)
