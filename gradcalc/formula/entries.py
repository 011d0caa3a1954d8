"""Write one entry of a formula's value as sums and products of entries: `(A @ b)[1]` as `A[1,1] * b[1] + …`."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from gradcalc.errors import GradcalcError
from gradcalc.formula.bound import bound
from gradcalc.formula.counts import of_shapes
from gradcalc.formula.expr import ONE, ZERO, Apply, Expr, Name, Num, add, call, mul
from gradcalc.formula.index import part_shape, region
from gradcalc.formula.shapes import applied_shape, broadcast
from gradcalc.formula.table import ALL_ENTRIES, AXIS, Axis, Function, Shape, lookup, without_brackets


class NoEntryError(GradcalcError):
    """One entry can't be written, because a function's definition isn't known."""

    def __init__(self, function: str) -> None:
        self.function = function
        super().__init__(f"one entry of {function}(…) can't be written out: it has no definition")


def entry(expr: Expr, i: int, j: int, shapes: Mapping[str, Shape], axis: Axis = Axis.COLUMNS) -> Expr:
    """Entry (i, j), counted from 0, of the value of `expr`, over names such as `h1[1]` and `W1[2,1]`.

    For a scalar i and j don't matter. Raises NoEntryError, ShapeError, and KeyError for a name without a shape.
    """
    return _Views(axis).of(expr, {name: _named(name, shape) for name, shape in shapes.items()}).at(i, j)


def entry_name(id: str, shape: Shape, i: int, j: int) -> str:
    """How an entry is named, counted from 1: `h1[2]` of a vector, `W1[2,1]` of a matrix, `loss` of a scalar."""
    if not shape:
        return id
    return f"{id}[{max(i, j) + 1}]" if 1 in shape else f"{id}[{i + 1},{j + 1}]"


def split_index(id: str, whole: Container[str] = ()) -> tuple[str, tuple[int, ...]]:
    """`W1[2,1]` as `W1` and (2, 1); a name without an index, or one of the `whole` ones, as itself and ().

    A letter for an index is none.
    """
    base, bracket, index = id.rpartition("[")
    if not bracket or id in whole:
        return id, ()
    return base, tuple(int(part) for part in index.rstrip("]").split(",") if part.isdecimal())


def positions(shape: Shape) -> Iterator[tuple[int, int]]:
    """Every (i, j) of a shape, row by row; (0, 0) for a scalar."""
    rows, columns = shape or (1, 1)
    return ((i, j) for i in range(rows) for j in range(columns))


@dataclass(frozen=True, slots=True)
class _View:
    """A value seen entry by entry."""

    shape: Shape
    at: Callable[[int, int], Expr]

    def spread(self, i: int, j: int) -> Expr:
        """Entry (i, j) of this value stretched over a larger shape."""
        if not self.shape:
            return self.at(0, 0)
        return self.at(i if self.shape[0] > 1 else 0, j if self.shape[1] > 1 else 0)

    def all(self) -> list[Expr]:
        return [self.at(i, j) for i, j in positions(self.shape)]


def _named(id: str, shape: Shape) -> _View:
    return _View(shape, lambda i, j: Name(entry_name(id, shape, i, j)))


def _constant(value: float) -> _View:
    return _View((), lambda i, j: Num(value))


@dataclass(frozen=True, slots=True)
class _Views:
    axis: Axis

    def of(self, expr: Expr, env: Mapping[str, _View]) -> _View:
        """The view of an expression, given those of its names."""
        if isinstance(expr, Num):
            return _constant(expr.value)
        if isinstance(expr, Name):
            return env[expr.id]
        return self.applied(expr, [self.of(arg, env) for arg in expr.args])

    def applied(self, node: Apply, args: list[_View]) -> _View:
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
            return _View(shape, lambda i, j: node)
        if function.of_shapes:
            value = of_shapes(node, [arg.shape for arg in args], self.axis)
            return _View(shape, lambda i, j: Num(float(value[i, j] if shape else value)))
        if function.elementwise:
            return _View(shape, lambda i, j: _flat(node, [arg.spread(i, j) for arg in args]))
        if function.moves:
            return self.moved(node, args, shape)
        if function.definition is None:
            raise NoEntryError(function.name)
        body = bound(function.definition, node)
        if not function.per_sample:
            return self.of(body, dict(zip(function.args, args, strict=True)))
        return _View(shape, lambda i, j: self.sample(body, function, args, i, j))

    def moved(self, node: Apply, args: list[_View], shape: Shape) -> _View:
        """What only stands elsewhere: numbers in the entries' places show where each of them goes."""
        entries: list[tuple[_View, int, int]] = []
        numbers = []
        for arg in args:
            mine = [(arg, i, j) for i, j in positions(arg.shape)]
            numbers.append(np.reshape(np.arange(len(mine)) + len(entries) + 1.0, arg.shape)[()])
            entries += mine
        function = lookup(node.function)
        found = np.asarray(function.value(*numbers, **function.keywords(node.params, self.axis)))

        def at(i: int, j: int) -> Expr:
            number = int(found[i, j] if shape else found)
            arg, *place = entries[number - 1]
            return arg.at(*place) if number else ZERO

        return _View(shape, at)

    def sample(self, body: Expr, function: Function, args: list[_View], i: int, j: int) -> Expr:
        """One entry of a function that works on each sample by itself: its definition, on that sample."""
        full = broadcast([arg.shape for arg in args], {}, self.axis)
        number = j if self.axis is Axis.COLUMNS else i
        parts = [self.one_sample(arg, full, number) for arg in args]
        view = self.of(body, dict(zip(function.args, parts, strict=True)))
        return view.spread(i, 0) if self.axis is Axis.COLUMNS else view.spread(0, j)

    def one_sample(self, arg: _View, full: Shape, number: int) -> _View:
        if not full:
            return arg
        if self.axis is Axis.COLUMNS:
            return _View((full[0], 1), lambda i, j: arg.spread(i, number))
        return _View((1, full[1]), lambda i, j: arg.spread(number, j))

    def transpose(self, node: Apply, args: list[_View]) -> _View:
        (arg,) = args
        return _View(arg.shape[::-1], lambda i, j: arg.at(j, i))

    def matmul(self, node: Apply, args: list[_View]) -> _View:
        left, right = args
        if not (left.shape and right.shape):
            return _View((), lambda i, j: _product(left.at(0, 0), right.at(0, 0)))
        inside = range(left.shape[1])
        shape = (left.shape[0], right.shape[1])
        return _View(shape, lambda i, j: _total(_product(left.at(i, k), right.at(k, j)) for k in inside))

    def sum(self, node: Apply, args: list[_View]) -> _View:
        (arg,) = args
        axis = dict(node.params).get(AXIS, ALL_ENTRIES)
        if axis < 0 or not arg.shape:
            return _View((), lambda i, j: _total(arg.all()))
        rows, columns = arg.shape
        if axis == 0:
            return _View((1, columns), lambda i, j: _total(arg.at(k, j) for k in range(rows)))
        return _View((rows, 1), lambda i, j: _total(arg.at(i, k) for k in range(columns)))

    def inner(self, node: Apply, args: list[_View]) -> _View:
        left, right = args
        full = broadcast([left.shape, right.shape], {}, self.axis)
        if not full:
            return _View((), lambda i, j: _product(left.at(0, 0), right.at(0, 0)))
        count, samples = full[self.axis], full[1 - self.axis]

        def total(i: int, j: int) -> Expr:
            where = [(k, j) if self.axis is Axis.COLUMNS else (i, k) for k in range(count)]
            return _total(_product(left.spread(*at), right.spread(*at)) for at in where)

        if samples == 1:
            return _View((), lambda i, j: total(0, 0))
        return _View((1, samples) if self.axis is Axis.COLUMNS else (samples, 1), total)

    def part(self, node: Apply, args: list[_View]) -> _View:
        (arg,) = args
        params = lookup(node.function).parameters(node.params)
        rows, columns = region(arg.shape, params)
        return _View(part_shape(arg.shape, params), lambda i, j: arg.at(rows.start + i, columns.start + j))

    def place(self, node: Apply, args: list[_View]) -> _View:
        put, whole = args
        rows, columns = region(whole.shape, lookup(node.function).parameters(node.params))

        def at(i: int, j: int) -> Expr:
            inside = rows.start <= i < rows.stop and columns.start <= j < columns.stop
            return put.spread(i - rows.start, j - columns.start) if inside else ZERO

        return _View(whole.shape, at)


_SPECIAL: dict[str, Callable[[_Views, Apply, list[_View]], _View]] = {
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
        return _product(*args)
    if node.function != "add":
        return Apply(node.function, tuple(args), node.params)
    return _total(args)


def _total(terms: Iterable[Expr]) -> Expr:
    """One flat sum, without zeros."""
    flat = [t for term in terms for t in (term.args if isinstance(term, Apply) and term.function == "add" else (term,))]
    return add(*([term for term in flat if term != ZERO] or [ZERO]))


def _product(left: Expr, right: Expr) -> Expr:
    """A product as it is written by hand: without ones, and a² for a · a."""
    if ZERO in (left, right):
        return ZERO
    if ONE in (left, right):
        return right if left == ONE else left
    return call("pow", left, Num(2.0)) if left == right else mul(left, right)
