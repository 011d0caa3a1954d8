"""The formulas of a table entry: as the entry has them, or for one application, parameters and arguments put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from gradcalc.formula.expr import Apply, Expr, substitute, transform
from gradcalc.formula.index import FIRST
from gradcalc.formula.parse import ANY_SETTING, parse
from gradcalc.formula.table import ALL_ENTRIES, AXIS, known, lookup


def unbound(text: str) -> Expr:
    """A formula of an entry over its arguments and parameters, a reduction's for all entries, a part's for the first.

    A parameter that is only passed on has its usual value.

    Raises FormulaError for a text that is no formula.
    """
    return _of_all_entries(parse(text, values=((AXIS, ALL_ENTRIES), *FIRST, (ANY_SETTING, 0.0))))


def _of_all_entries(expr: Expr) -> Expr:
    """Without an axis where the formula passes on that there is none."""

    def without(node: Expr) -> Expr:
        return replace(node, params=()) if isinstance(node, Apply) and node.params == ((AXIS, ALL_ENTRIES),) else node

    return transform(expr, without)


def _along(node: Expr, axis: float) -> Expr:
    """What works on each sample, with this axis."""
    if not (isinstance(node, Apply) and known(node.function) and lookup(node.function).per_sample):
        return node
    return replace(node, params=(*node.params, (AXIS, axis)))


def bound(text: str, node: Apply, where: Mapping[str, float] = MappingProxyType({})) -> Expr:
    """A formula of the entry, with the parameters of `node` as numbers and the arguments by their names.

    `where` are further numbers, by the names that the formula has for them. Where `node` has an axis of its own for its
    samples, so has what in the formula works on each sample. Raises FormulaError for a text that is no formula.
    """
    return _formula(text, node, tuple({**lookup(node.function).parameters(node.params), **where}.items()))


def in_letters(text: str, node: Apply) -> Expr:
    """The same with the axis put in, and the other parameters by their names.

    Raises FormulaError for a text that is no formula.
    """
    given = lookup(node.function).parameters(node.params)
    return _formula(text, node, tuple((name, value) for name, value in given.items() if name == AXIS))


def _formula(text: str, node: Apply, values: tuple[tuple[str, float], ...]) -> Expr:
    entry, expr = lookup(node.function), parse(text, values=values)
    if AXIS in entry.params:
        return _of_all_entries(expr)
    own = dict(node.params).get(AXIS) if entry.per_sample else None
    return expr if own is None else transform(expr, partial(_along, axis=own))


def applied(text: str, node: Apply) -> Expr:
    """The same, with the arguments of `node` in the place of their names."""
    return substitute(bound(text, node), dict(zip(lookup(node.function).args, node.args, strict=True)))
