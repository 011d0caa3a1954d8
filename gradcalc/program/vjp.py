"""The vector-Jacobian product of one application: a rule of the table, with expressions in the place of its names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from gradcalc.formula.bound import bound, unbound
from gradcalc.formula.expr import Apply, Expr, Name, names, substitute, transform, walk
from gradcalc.formula.faults import NoGradientError, ShapeError
from gradcalc.formula.table import Function, Shape, lookup, until_changed
from gradcalc.program.broadcasting import Broadcast, Shapes

ONE_ENTRY = (1, 1)


class Rules:
    """The gradient rules of the table; `replaced` holds others for some, by function and argument."""

    def __init__(self, replaced: Mapping[tuple[str, str], str]) -> None:
        self.replaced = replaced

    def text(self, entry: Function, position: int) -> str | None:
        """The rule for an argument; None where there is none."""
        argument = entry.argument(position)
        return self.replaced.get((entry.name, argument), entry.gradient.get(argument))

    def needed(self, node: Apply, position: int, equation: str) -> str:
        """The rule for an argument. Raises NoGradientError, with the equation in which it is needed."""
        entry = lookup(node.function)
        text = self.text(entry, position)
        if text is None:
            raise NoGradientError(node, entry.no_gradient or "no rule is known for it", equation)
        return text

    def mentions(self, entry: Function, positions: Sequence[int]) -> int:
        """How often the rule for one of these arguments writes out its upstream gradient, at most."""
        texts = [self.text(entry, position) for position in positions]
        return max((_mentions(text) for text in texts if text is not None), default=0)


def vjp(rule: str, node: Apply, position: int, g: Expr, out: Expr, sizes: Broadcast, shapes: Shapes) -> Expr:
    """What an argument receives: the rule over the gradient `g` of the value `out`, in the argument's shape.

    Raises ShapeError where no way to broadcast the arguments makes them fit.
    """
    entry = lookup(node.function)
    put: dict[str, Expr] = {} if entry.variadic else dict(zip(entry.args, node.args, strict=True))
    put |= {"out": out, "g": g}
    where = entry.lies(sizes.args, position, entry.parameters(node.params)) if entry.lies else {}
    return _in_shape(bound(rule, node, where), put, sizes, sizes.args[position], shapes)


def _in_shape(rule: Expr, put: dict[str, Expr], sizes: Broadcast, wanted: Shape, shapes: Shapes) -> Expr:
    """The rule over `put`, simplified, its arguments broadcast as far as they must be to fit."""
    if sizes.value == ONE_ENTRY and not shapes.of(put["g"]):
        rule = transform(rule, _by_a_number)
    if takes_g_apart(rule):
        put["g"] = shapes.filled(put["g"], sizes.value)
    # What is the same along a row doesn't fit a column, but repeated over the whole matrix it does.
    for filled in ((), ("g",), tuple(name for name in put if name not in ("g", "out"))):
        put |= {name: shapes.filled(put[name], sizes.full or sizes.value) for name in filled}
        try:
            return shapes.reduced(substitute(rule, put), wanted, sizes.full)
        except ShapeError as error:
            failure = error
    raise failure


def _by_a_number(node: Expr) -> Expr:
    """A matrix product with `g` as one entry by entry, which is the same where it is a matrix of one."""
    product = isinstance(node, Apply) and node.function == "matmul" and Name("g") in node.args
    return Apply("mul", node.args) if product and isinstance(node, Apply) else node


@until_changed
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


@until_changed
@lru_cache(maxsize=1024)
def _mentions(rule: str) -> int:
    return sum(node == Name("g") for node in walk(unbound(rule)))
