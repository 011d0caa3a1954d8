"""An entry of a formula by letters: `x.T @ g` at i, j is the sum of x[n,i] * g[n,j] over n.

A letter stands for every place along an axis, counted from 1. What can't be written by entries is taken by its entry
as a whole: `softmax(a)[n,j]`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, TypeAlias

from gradcalc.formula.bound import applied
from gradcalc.formula.expr import ENTRY, ONE, PRIME, TOTAL, Apply, Expr, Name, Num, mul, names, rebuild
from gradcalc.formula.table import ALL_ENTRIES, AXIS, lookup
from gradcalc.program.broadcasting import Shapes

Place: TypeAlias = tuple[str, ...]
"""A row and a column, or a place along each axis of an image: each a letter; nothing where there is only one."""
NOWHERE: Final[Place] = ("", "")
_SAMPLES: Final = "nms"
_OTHERS: Final = "ijklprtuvx"
"""Letters for samples and for anything else, all of which Unicode can lower."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """Entries of formulas over names with these shapes.

    `parameters` are names whose axes aren't samples; `taken` are letters that mean something already.
    """

    shapes: Shapes
    parameters: Collection[str]
    taken: Collection[str] = ()

    def place(self, expr: Expr, used: Collection[str] = ()) -> Place:
        """A letter for each axis of a value that has more than one place along it; none of those that are used."""
        place: list[str] = []
        for axis, size in enumerate(self.shapes.of(expr) or (1, 1)):
            place.append(self.letter(expr, axis, {*used, *place}) if size > 1 else "")
        return tuple(place)

    def letter(self, expr: Expr, axis: int, used: Collection[str]) -> str:
        """A letter for an axis."""
        pool = _SAMPLES + _OTHERS if self.counts_samples(expr, axis) else _OTHERS
        free = [letter for letter in pool if letter not in used]
        return next((letter for letter in free if letter not in self.taken), free[0])

    def counts_samples(self, expr: Expr, axis: int) -> bool:
        """Whether a sample lies at each place along an axis."""
        if isinstance(expr, Name):
            shape = self.shapes.of(expr)
            return len(shape) == 2 and axis == 1 - self.shapes.axis and expr.id not in self.parameters
        if not isinstance(expr, Apply):
            return False
        if expr.function == "transpose":
            return self.counts_samples(expr.args[0], 1 - axis)
        if expr.function == "matmul":
            return self.counts_samples(expr.args[axis], axis)
        return any(self.counts_samples(arg, axis) for arg in expr.args if self._size(arg, axis) > 1)

    def named(self, id: str, at: Place) -> Name:
        """The entry of a name: `W[i,j]`, of a vector `x[i]`, of a number the name alone."""
        shape = self.shapes.known[id]
        if not shape:
            return Name(id)
        letters = [letter or "1" for letter in at]
        is_vector = len(shape) == 2 and 1 in shape
        index = [letters[0] if shape[0] > 1 else letters[1]] if is_vector else letters
        return Name(f"{id}[{','.join(index)}]")

    def entry(self, expr: Expr, at: Place, used: Collection[str] = ()) -> Expr:
        """The entry at a place. Letters that are `used` aren't summed over."""
        used = {*used, *at}
        if isinstance(expr, Name):
            return self.named(expr.id, at)
        if not isinstance(expr, Apply):
            return expr
        if expr.function == PRIME:
            return rebuild(expr, (self.entry(expr.args[0], at, used),))
        if self._has_images(expr):
            return self._of_images(expr, at, used)
        special = _SPECIAL.get(expr.function)
        if special is not None:
            return special(self, expr, at, used)
        function = lookup(expr.function)
        if function.elementwise:
            return rebuild(expr, tuple(self.entry(arg, self._within(arg, at), used) for arg in expr.args))
        if function.definition is not None and not (function.per_sample or function.of_shapes):
            return self.entry(applied(function.definition, expr), at, used)
        return self._whole(expr, at)

    def _has_images(self, expr: Apply) -> bool:
        return any(len(self.shapes.of(each)) > 2 for each in (expr, *expr.args))

    def _of_images(self, expr: Apply, at: Place, used: Collection[str]) -> Expr:
        """Of images of one shape what goes entry by entry is written so; all else is taken by its entry."""
        shape = self.shapes.of(expr)
        alike = all(self.shapes.of(arg) in ((), shape) for arg in expr.args)
        if not (alike and lookup(expr.function).elementwise):
            return self._whole(expr, at)
        places = [at if self.shapes.of(arg) else NOWHERE for arg in expr.args]
        return rebuild(expr, tuple(self.entry(arg, place, used) for arg, place in zip(expr.args, places, strict=True)))

    def _whole(self, expr: Apply, at: Place) -> Expr:
        """What isn't written by entries: ones and sizes are numbers, and the rest is taken as it is."""
        if expr.function in ("ones", "ones_like"):
            return ONE
        shape = self.shapes.of(expr)
        if not shape:
            return self.shapes.counted(expr)
        letters = [letter or "1" for letter in at] if len(shape) > 2 else [letter for letter in at if letter]
        return Apply(ENTRY, (expr, Name(",".join(letters)))) if letters else Apply("sum", (expr,))

    def _within(self, arg: Expr, at: Place) -> Place:
        """The place in an argument that is stretched."""
        row, column = self.shapes.of(arg) or (1, 1)
        return (at[0] if row > 1 else "", at[1] if column > 1 else "")

    def _size(self, expr: Expr, axis: int) -> int:
        shape = self.shapes.of(expr) or (1, 1)
        return shape[axis] if axis < len(shape) else 1

    def transpose(self, node: Apply, at: Place, used: Collection[str]) -> Expr:
        """Rows and columns exchanged."""
        return self.entry(node.args[0], (at[1], at[0]), used)

    def matmul(self, node: Apply, at: Place, used: Collection[str]) -> Expr:
        """A row times a column."""
        left, right = node.args
        if not (self.shapes.of(left) and self.shapes.of(right)):
            return mul(self.entry(left, self._within(left, at), used), self.entry(right, self._within(right, at), used))
        inner = self.letter(left, 1, used) if self._size(left, 1) > 1 else ""
        used = {*used, inner}
        product = _product(self.entry(left, (at[0], inner), used), self.entry(right, (inner, at[1]), used))
        return total(inner, product, self._size(left, 1))

    def sum(self, node: Apply, at: Place, used: Collection[str]) -> Expr:
        """A sum over one axis or over both."""
        (arg,) = node.args
        along = dict(node.params).get(AXIS, ALL_ENTRIES)
        shape = self.shapes.of(arg)
        if not shape:
            return self.entry(arg, NOWHERE, used)
        return self._summed((arg,), at, [axis for axis in (0, 1) if along in (ALL_ENTRIES, axis)], used)

    def inner(self, node: Apply, at: Place, used: Collection[str]) -> Expr:
        """A sum over the entries of each sample."""
        return self._summed(node.args, at, [lookup(node.function).along(node.params, self.shapes.axis)], used)

    def _summed(self, factors: tuple[Expr, ...], at: Place, axes: list[int], used: Collection[str]) -> Expr:
        """The product of some factors, summed along these axes."""
        widest = max(factors, key=lambda each: self._size(each, 0) * self._size(each, 1))
        place, letters = [*at], list[tuple[str, int]]()
        for axis in axes:
            size = self._size(widest, axis)
            place[axis] = self.letter(widest, axis, used) if size > 1 else ""
            used = {*used, place[axis]}
            letters.append((place[axis], size))
        within = [self.entry(each, self._within(each, (place[0], place[1])), used) for each in factors]
        found = within[0]
        for factor in within[1:]:
            found = _product(found, factor)
        for letter, size in reversed(letters):
            found = total(letter, found, size)
        return found


def total(letter: str, term: Expr, size: int) -> Expr:
    """The sum over a letter; where it isn't in the term, so many times that."""
    if not letter:
        return term
    if not any(letter in _letters(name) for name in names(term)):
        return mul(Num(float(size)), term)
    return Apply(TOTAL, (Name(letter), term))


def _letters(name: str) -> list[str]:
    return name.rpartition("[")[2].rstrip("]").split(",")


def _product(left: Expr, right: Expr) -> Expr:
    if ONE in (left, right):
        return right if left == ONE else left
    return mul(left, right)


_SPECIAL: Final = {
    "transpose": Indexed.transpose,
    "matmul": Indexed.matmul,
    "sum": Indexed.sum,
    "inner": Indexed.inner,
}
