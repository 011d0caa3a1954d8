"""Write one entry of a formula's value as sums and products of entries: `(A @ b)[1]` as `A[1,1] * b[1] + …`."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeAlias

import numpy as np

from gradcalc.errors import GradcalcError
from gradcalc.formula.bound import bound
from gradcalc.formula.counts import of_shapes
from gradcalc.formula.expr import ONE, ZERO, Apply, Expr, Name, Num, add, call, mul
from gradcalc.formula.index import part_shape, region
from gradcalc.formula.shapes import IMAGE, MATRIX, applied_shape, broadcast
from gradcalc.formula.table import ALL_ENTRIES, AXIS, Axis, Function, Shape, lookup, without_brackets


class NoEntryError(GradcalcError):
    """One entry can't be written, because a function's definition isn't known."""

    def __init__(self, function: str) -> None:
        self.function = function
        super().__init__(f"one entry of {function}(…) can't be written out: it has no definition")


Place: TypeAlias = tuple[int, ...]
"""Where an entry stands, counted from 0: (row, column), of images with sample and channel before them."""


def entry(expr: Expr, place: Place, shapes: Mapping[str, Shape], axis: Axis = Axis.COLUMNS) -> Expr:
    """The entry at a place of the value of `expr`, over names such as `h1[1]` and `W1[2,1]`.

    For a scalar the place doesn't matter. Raises NoEntryError, ShapeError, and KeyError for a name without a shape.
    """
    return _Views(axis).of(expr, {name: _named(name, shape) for name, shape in shapes.items()}).at(*place)


def entry_name(id: str, shape: Shape, *place: int) -> str:
    """How an entry is named, counted from 1: `h1[2]` of a vector, `W1[2,1]` of a matrix, `loss` of a scalar."""
    if not shape:
        return id
    return part_name(id, (max(place),) if 1 in shape and len(shape) == MATRIX else place)


def part_name(id: str, place: Place) -> str:
    """`x[1,2]` for (0, 1): an entry, or a matrix of an image."""
    return f"{id}[{','.join(str(index + 1) for index in place)}]"


def split_index(id: str, whole: Container[str] = ()) -> tuple[str, tuple[int, ...]]:
    """`W1[2,1]` as `W1` and (2, 1); a name without an index, or one of the `whole` ones, as itself and ().

    A letter for an index is none.
    """
    base, bracket, index = id.rpartition("[")
    if not bracket or id in whole:
        return id, ()
    return base, tuple(int(part) for part in index.rstrip("]").split(",") if part.isdecimal())


def positions(shape: Shape) -> Iterator[Place]:
    """Every (i, j) of a shape, row by row, of images with sample and channel before them; (0, 0) for a scalar."""
    return product(*map(range, shape or (1, 1)))


@dataclass(frozen=True, slots=True)
class View:
    """A value seen entry by entry: `at` gives the formula of the entry at a place."""

    shape: Shape
    at: Callable[..., Expr]

    def spread(self, *place: int) -> Expr:
        """The entry at a place of this value stretched over a larger shape."""
        own = self.shape or (1, 1)
        return self.at(*(each if size > 1 else 0 for each, size in zip(place[-len(own) :], own, strict=True)))

    def all(self) -> list[Expr]:
        """The formulas of all entries, row by row."""
        return [self.at(*place) for place in positions(self.shape)]


def _named(id: str, shape: Shape) -> View:
    return View(shape, lambda *place: Name(entry_name(id, shape, *place)))


def _constant(value: float) -> View:
    return View((), lambda *place: Num(value))


@dataclass(frozen=True, slots=True)
class _Views:
    axis: Axis

    def of(self, expr: Expr, env: Mapping[str, View]) -> View:
        """The view of an expression, given those of its names."""
        if isinstance(expr, Num):
            return _constant(expr.value)
        if isinstance(expr, Name):
            return env[expr.id]
        return self.applied(expr, [self.of(arg, env) for arg in expr.args])

    def applied(self, node: Apply, args: list[View]) -> View:
        function = lookup(node.function)
        own = function.along(node.params, self.axis)
        if own is not self.axis:
            plain = tuple(each for each in node.params if each[0] != AXIS)
            return replace(self, axis=own).applied(replace(node, params=plain), args)
        special = _SPECIAL.get(function.name)
        if special is not None:
            return special(self, node, args)
        shape = applied_shape(node, [arg.shape for arg in args], self.axis)
        if without_brackets(function.name):
            return View(shape, lambda *place: node)
        if function.of_shapes:
            value = of_shapes(node, [arg.shape for arg in args], self.axis)
            return View(shape, lambda *place: Num(float(value[place] if shape else value)))
        if function.entry is not None:
            rule, params = function.entry, function.parameters(node.params)
            return View(shape, lambda *place: rule(place, args, params))
        if function.elementwise:
            return View(shape, lambda *place: _flat(node, [arg.spread(*place) for arg in args]))
        if function.moves:
            return self.moved(node, args, shape)
        if function.definition is None:
            raise NoEntryError(function.name)
        body = bound(function.definition, node)
        if not function.per_sample:
            return self.of(body, dict(zip(function.args, args, strict=True)))
        if any(len(arg.shape) > MATRIX for arg in args):
            return self.sample_of_images(body, function, args, shape)
        return View(shape, lambda i, j: self.sample(body, function, args, i, j))

    def moved(self, node: Apply, args: list[View], shape: Shape) -> View:
        """What only stands elsewhere: numbers in the entries' places show where each of them goes."""
        entries: list[tuple[View, Place]] = []
        numbers = []
        for arg in args:
            mine = [(arg, place) for place in positions(arg.shape)]
            numbers.append(np.reshape(np.arange(len(mine)) + len(entries) + 1.0, arg.shape)[()])
            entries += mine
        function = lookup(node.function)
        found = np.asarray(function.value(*numbers, **function.keywords(node.params, self.axis)))

        def at(*place: int) -> Expr:
            number = int(found[place] if shape else found)
            arg, there = entries[number - 1]
            return arg.at(*there) if number else ZERO

        return View(shape, at)

    def sample(self, body: Expr, function: Function, args: list[View], i: int, j: int) -> Expr:
        """One entry of a function that works on each sample by itself: its definition, on that sample."""
        full = broadcast([arg.shape for arg in args], {}, self.axis)
        number = j if self.axis is Axis.COLUMNS else i
        parts = [self.one_sample(arg, full, number) for arg in args]
        view = self.of(body, dict(zip(function.args, parts, strict=True)))
        return view.spread(i, 0) if self.axis is Axis.COLUMNS else view.spread(0, j)

    def sample_of_images(self, body: Expr, function: Function, args: list[View], shape: Shape) -> View:
        """One number for each sample of images, or for the only one: the definition, on the images of that sample."""
        several = len(shape) > IMAGE

        def of_sample(arg: View, number: int) -> View:
            if len(arg.shape) <= IMAGE:
                return arg
            return View(arg.shape[1:], lambda *place: arg.at(number if arg.shape[0] > 1 else 0, *place))

        def at(*place: int) -> Expr:
            parts = [of_sample(arg, place[0] if several else 0) for arg in args]
            return self.of(body, dict(zip(function.args, parts, strict=True))).at(0, 0)

        return View(shape, at)

    def one_sample(self, arg: View, full: Shape, number: int) -> View:
        if not full:
            return arg
        if self.axis is Axis.COLUMNS:
            return View((full[0], 1), lambda i, j: arg.spread(i, number))
        return View((1, full[1]), lambda i, j: arg.spread(number, j))

    def transpose(self, node: Apply, args: list[View]) -> View:
        (arg,) = args
        return View(arg.shape[::-1], lambda i, j: arg.at(j, i))

    def matmul(self, node: Apply, args: list[View]) -> View:
        left, right = args
        if not (left.shape and right.shape):
            return View((), lambda i, j: product_of(left.at(0, 0), right.at(0, 0)))
        inside = range(left.shape[1])
        shape = (left.shape[0], right.shape[1])
        return View(shape, lambda i, j: total_of(product_of(left.at(i, k), right.at(k, j)) for k in inside))

    def sum(self, node: Apply, args: list[View]) -> View:
        (arg,) = args
        axis = dict(node.params).get(AXIS, ALL_ENTRIES)
        if axis < 0 or not arg.shape:
            return View((), lambda i, j: total_of(arg.all()))
        along = int(axis)
        shape = (*arg.shape[:along], 1, *arg.shape[along + 1 :])

        def at(*place: int) -> Expr:
            return total_of(arg.at(*place[:along], k, *place[along + 1 :]) for k in range(arg.shape[along]))

        return View(shape, at)

    def inner(self, node: Apply, args: list[View]) -> View:
        left, right = args
        full = broadcast([left.shape, right.shape], {}, self.axis)
        if len(full) > MATRIX:
            terms = [product_of(left.spread(*place), right.spread(*place)) for place in positions(full)]
            return View((), lambda *place: total_of(terms))
        if not full:
            return View((), lambda i, j: product_of(left.at(0, 0), right.at(0, 0)))
        count, samples = full[self.axis], full[1 - self.axis]

        def total(i: int, j: int) -> Expr:
            where = [(k, j) if self.axis is Axis.COLUMNS else (i, k) for k in range(count)]
            return total_of(product_of(left.spread(*at), right.spread(*at)) for at in where)

        if samples == 1:
            return View((), lambda i, j: total(0, 0))
        return View((1, samples) if self.axis is Axis.COLUMNS else (samples, 1), total)

    def part(self, node: Apply, args: list[View]) -> View:
        (arg,) = args
        params = lookup(node.function).parameters(node.params)
        starts = [each.start for each in region(arg.shape, params)]
        shape = part_shape(arg.shape, params)

        def at(*place: int) -> Expr:
            inside = place if shape else (0,) * len(starts)
            return arg.at(*(start + each for start, each in zip(starts, inside, strict=True)))

        return View(shape, at)

    def place(self, node: Apply, args: list[View]) -> View:
        put, whole = args
        part = region(whole.shape, lookup(node.function).parameters(node.params))

        def at(*place: int) -> Expr:
            if not all(each.start <= index < each.stop for each, index in zip(part, place, strict=True)):
                return ZERO
            return put.spread(*(index - each.start for each, index in zip(part, place, strict=True)))

        return View(whole.shape, at)


_SPECIAL: dict[str, Callable[[_Views, Apply, list[View]], View]] = {
    "transpose": _Views.transpose,
    "matmul": _Views.matmul,
    "sum": _Views.sum,
    "inner": _Views.inner,
    "part": _Views.part,
    "place": _Views.place,
}


def _flat(node: Apply, args: list[Expr]) -> Expr:
    """The same function of entries; a sum within a sum becomes one sum, products with 0 and 1 are done."""
    if node.function == "mul" and (ZERO in args or ONE in args):
        return product_of(*args)
    if node.function != "add":
        return Apply(node.function, tuple(args), node.params)
    return total_of(args)


def total_of(terms: Iterable[Expr]) -> Expr:
    """One flat sum, without zeros."""
    flat = [t for term in terms for t in (term.args if isinstance(term, Apply) and term.function == "add" else (term,))]
    return add(*([term for term in flat if term != ZERO] or [ZERO]))


def product_of(left: Expr, right: Expr) -> Expr:
    """A product as it is written by hand: without ones, and a² for a · a."""
    if ZERO in (left, right):
        return ZERO
    if ONE in (left, right):
        return right if left == ONE else left
    return call("pow", left, Num(2.0)) if left == right else mul(left, right)
