"""The vector-Jacobian product of one application: a rule of the table, with expressions in the place of its names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from gradcalc.errors import ShapeError
from gradcalc.formula.expr import Apply, Expr, Name, Num, names, substitute, walk
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Shape, lookup
from gradcalc.program.stretch import Shapes


class Local(NamedTuple):
    """A rule over `g`, `out` and its function's arguments, and what surrounds it.

    `value` is the shape of the application, `wanted` that of the argument, and `full` the shape over which the
    arguments are stretched; None for a function that doesn't stretch them.
    """

    rule: str
    params: tuple[tuple[str, float], ...]
    value: Shape
    wanted: Shape
    full: Shape | None

    def worked_out(self, put: Mapping[str, Expr], shapes: Shapes) -> Expr:
        """The product in the argument's shape, simplified. Raises ShapeError."""
        rule = substitute(parse(self.rule), {name: Num(value) for name, value in self.params})
        put = dict(put)
        if takes_g_apart(rule):
            put["g"] = shapes.filled(put["g"], self.value)
        # What is the same along a row doesn't fit a column, but stretched over the whole matrix it does.
        for stretched in ((), ("g",), tuple(put.keys() - {"g", "out"})):
            put |= {name: shapes.filled(put[name], self.full or self.value) for name in stretched}
            try:
                return shapes.reduced(substitute(rule, put), self.wanted, self.full)
            except ShapeError as error:
                failure = error
        raise failure


class Locals:
    """Works every rule out once for the shapes that it meets; after that, names are put in their places."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.patterns: dict[tuple[Local, tuple[Shape, ...]], Expr] = {}

    def worked_out(self, local: Local, put: Mapping[str, Expr]) -> Expr:
        """What `local.worked_out` gives."""
        if local.rule == "g" and local.value == local.wanted:
            return put["g"]
        places = [place for place in _names(local.rule) if place in put]
        distinct = {expr.id: None for place in places if isinstance(expr := put[place], Name)}
        if len(distinct) < len(places):
            return local.worked_out(put, self.shapes)
        met = tuple([self.shapes.known[name] for name in distinct])
        pattern = self.patterns.get((local, met))
        if pattern is None:
            known = Shapes(dict(zip(places, met, strict=True)), self.shapes.axis)
            pattern = local.worked_out({place: Name(place) for place in places}, known)
            self.patterns[local, met] = pattern
        return substitute(pattern, put)


@lru_cache(maxsize=1024)
def _names(rule: str) -> tuple[str, ...]:
    return names(parse(rule))


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
