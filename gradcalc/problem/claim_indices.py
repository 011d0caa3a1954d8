"""Letters in claims: of indices, `softmax(z)[i] == exp(z[i]) / sum(exp(z[j]), j)`, tried at every i, and of sizes.

An index counts as far as what it is an index of has entries, and a size (`eye(m)`) is a number to functions that make
arrays, so that formulas are read anew for each choice of sizes.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from types import MappingProxyType
from typing import Final

from gradcalc.errors import FormulaError
from gradcalc.formula.brackets import Indices
from gradcalc.formula.expr import Expr
from gradcalc.formula.parse import parse
from gradcalc.formula.spelling import canonical
from gradcalc.formula.table import Shape, without_brackets

DERIVATIVES: Final = ("grad", "jacobian")
"""Functions of claims alone: `grad(f, x)` and `jacobian(f, x)`."""
MOST_CASES: Final = 400
_OVER: Final = ("sum", "mean", "prod")


class NoRange(FormulaError):
    """A letter that counts to two numbers, or to none that is known."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """The formulas of a claim as they are written, and its letters: those that are free, and those of sums."""

    texts: tuple[str, ...]
    free: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    """Names that are called as constants are (`pi`)."""
    sizes: tuple[str, ...] = ()
    """Letters of sizes in the formulas."""
    at: Mapping[str, int] = field(default_factory=dict)
    """Sizes of its problem's letters."""
    classes: tuple[tuple[str, str], ...] = ()
    """Letters for classes, with the names that are one-hot there."""

    def __bool__(self) -> bool:
        return bool(self.free or self.bound or self.sizes or self.classes)

    def cases(self, shapes: Mapping[str, Shape], sizes: Mapping[str, int]) -> list[tuple[Expr, ...]]:
        """The formulas for every choice of the free letters, at these sizes. Raises FormulaError."""
        ranges, sizes = self.ranges(shapes), {**sizes, **self.at}
        missing = [letter for letter in self.free if letter not in ranges]
        if missing:
            raise NoRange(self.texts[0], f"how far does '{missing[0]}' count? It is no index of a name here")
        counted = [range(1, ranges[letter] + 1) for letter in self.free]
        if prod(map(len, counted)) > MOST_CASES:
            raise NoRange(self.texts[0], f"its letters have more than {MOST_CASES} values together: take smaller sizes")
        every = product(*counted)
        return [tuple(self._read(text, numbers, ranges, sizes) for text in self.texts) for numbers in every]

    def first(self, text: str, shapes: Mapping[str, Shape], sizes: Mapping[str, int]) -> Expr:
        """A formula where every free letter is 1, at these sizes. Raises FormulaError."""
        return self._read(text, (1,) * len(self.free), self.ranges(shapes), sizes)

    def _read(self, text: str, numbers: Sequence[int], ranges: Mapping[str, int], sizes: Mapping[str, int]) -> Expr:
        mine = [(letter, float(sizes[letter])) for letter in self.sizes if letter in sizes]
        values = (*mine, *zip(self.free, map(float, numbers), strict=True))
        counted = tuple((letter, (1, last)) for letter, last in ranges.items())
        indices = Indices(ranges=counted, classes=self.classes)
        return parse(text, DERIVATIVES, values, indices, self.own)

    def ranges(self, shapes: Mapping[str, Shape]) -> dict[str, int]:
        """How far each letter counts. Raises NoRange where it is an index of two lengths."""
        found: dict[str, int] = {}
        for text in self.texts:
            for letter, size in _counts(text, shapes):
                if found.setdefault(letter, size) != size:
                    raise NoRange(text, f"the index '{letter}' counts to {found[letter]} elsewhere, and to {size} here")
        return found


NO_INDICES: Final = Indexed(())


def indexed(
    texts: Sequence[str],
    known: set[str],
    sizes: Collection[str] = (),
    classes: Mapping[str, str] = MappingProxyType({}),
) -> Indexed:
    """The letters of these formulas; `known` are names that are no letters, `sizes` letters of sizes.

    `classes` are letters for classes, with the names that are one-hot there.
    """
    trees = [tree for text in texts if (tree := _tree(text)) is not None]
    bound = dict.fromkeys(letter for tree in trees for letter in _bound(tree))
    used = dict.fromkeys(part.id for tree in trees for each in _brackets(tree) for part in _names(each))
    free = tuple(letter for letter in used if letter not in {*bound, *known, *sizes, *classes})
    own = tuple(sorted(filter(without_brackets, known)))
    written = {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}
    mine = tuple(letter for letter in sizes if letter in written and letter not in {*bound, *known})
    counting = tuple(letter for letter in bound if letter not in known)
    return Indexed(tuple(texts), free, counting, own, mine, classes=tuple(classes.items()))


def _tree(text: str) -> ast.AST | None:
    try:
        return ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _brackets(tree: ast.AST) -> Iterator[ast.Subscript]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Subscript))


def _parts(node: ast.Subscript) -> list[ast.expr]:
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _names(node: ast.Subscript) -> list[ast.Name]:
    return [part for part in _parts(node) if isinstance(part, ast.Name)]


def _bound(tree: ast.AST) -> Iterator[str]:
    """The letters of sums, means and products over an index."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _OVER:
            second = node.args[1] if len(node.args) > 1 else None
            letter = second.left if isinstance(second, ast.Compare) else second
            if isinstance(letter, ast.Name):
                yield letter.id


def _counts(text: str, shapes: Mapping[str, Shape]) -> Iterator[tuple[str, int]]:
    """Each letter in a bracket, with the length of what it is an index of, where that is known."""
    tree = _tree(text)
    for node in _brackets(tree) if tree is not None else ():
        shape, parts = _shape(node.value, shapes), _parts(node)
        if shape is None or (len(parts) == 1 and 1 not in shape):
            continue
        lengths = (max(shape),) if len(parts) == 1 else shape
        for part, length in zip(parts, lengths, strict=False):
            if isinstance(part, ast.Name):
                yield part.id, length


def _shape(node: ast.expr, shapes: Mapping[str, Shape]) -> Shape | None:
    """The shape of a name, or of what a function makes of it entry by entry; a Jacobian's where both are names' own."""
    if isinstance(node, ast.Name):
        return shapes.get(canonical(node.id)) or None
    if not isinstance(node, ast.Call) or not node.args:
        return None
    inner = _shape(node.args[0], shapes)
    if isinstance(node.func, ast.Name) and node.func.id == "jacobian" and len(node.args) == 2:
        by = _shape(node.args[1], shapes)
        return None if inner is None or by is None else (prod(inner), prod(by))
    if isinstance(node.func, ast.Name) and node.func.id == "grad" and len(node.args) == 2:
        return _shape(node.args[1], shapes)
    return inner if len(node.args) == 1 else None
