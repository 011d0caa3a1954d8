"""The vector-Jacobian product of one application: a rule of the table, with expressions in the place of its names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from gradcalc.formula.expr import Apply, Expr, names, substitute, walk
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.table import Shape, lookup
from gradcalc.program.broadcasting import Around, Shapes


def local_product(rule: Expr, put: Mapping[str, Expr], around: Around, wanted: Shape, shapes: Shapes) -> Expr:
    """The rule over `put`, which has `g`, `out` and the arguments, simplified and in the shape wanted.

    Raises ShapeError where no way to stretch the arguments makes them fit.
    """
    put = dict(put)
    if takes_g_apart(rule):
        put["g"] = shapes.filled(put["g"], around.value)
    # What is the same along a row doesn't fit a column, but stretched over the whole matrix it does.
    for stretched in ((), ("g",), tuple(put.keys() - {"g", "out"})):
        put |= {name: shapes.filled(put[name], around.full or around.value) for name in stretched}
        try:
            return shapes.reduced(substitute(rule, put), wanted, around.full)
        except ShapeError as error:
            failure = error
    raise failure


@lru_cache(maxsize=1024)
def takes_g_apart(rule: Expr) -> bool:
    """Whether a rule needs `g` in full shape: it stands under a sum or a matrix product, not only in products."""
    return any(
        isinstance(node, Apply)
        and not lookup(node.function).elementwise
        and node.function != "transpose"
        and "g" in names(node)
        for node in walk(rule)
    )
