"""How far a letter counts: as far as what it is an index of has entries."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from gradcalc.errors import GradcalcError
from gradcalc.formula.brackets import MATRICES, Indices
from gradcalc.formula.expr import Expr, Name, transform
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.parse import parse
from gradcalc.formula.spelling import respell
from gradcalc.formula.table import Axis, Shape
from gradcalc.program.derivatives import DERIVATIVES
from gradcalc.program.inlined import asked_shape

Range: TypeAlias = tuple[int, int]
"""The first and the last number."""
SUMS = ("sum", "mean", "prod", MATRICES)


@dataclass(frozen=True)
class Surroundings:
    """What is known where a formula with letters stands: the shapes of names, and what else is no index."""

    shapes: Mapping[str, Shape]
    axis: Axis = Axis.COLUMNS
    families: frozenset[str] = frozenset()
    sizes: Mapping[str, int] = field(default_factory=dict)
    classes: tuple[tuple[str, str], ...] = ()
    called: tuple[tuple[str, str], ...] = ()
    """The unknown functions, with the table's function for each."""
    own: tuple[str, ...] = ()
    """Names that are called as constants are (`pi`)."""
    renamed: Callable[[Expr], Expr] = lambda expr: expr
    """Puts the names of `shapes` in the place of others."""
    functions: tuple[str, ...] = ()
    """Functions that `renamed` puts formulas in the place of."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """Numbers of letters that are an index of members."""

    def counted(self, text: str) -> Iterator[tuple[str, int]]:
        """Each letter in a bracket, with the length of what it is an index of, where that is known.

        Where shapes don't fit in what stands before the bracket, the length is 0.
        """
        tree = tree_of(text)
        bound = {*bound_in(tree)} if tree is not None else set()
        sizes = {*self.sizes} - bound  # `x[K]` is the last entry
        letters = {*letters_in(tree), *bound} - sizes if tree is not None else set()
        for node in brackets_in(tree) if tree is not None else ():
            shape, parts = self._shape(node.value, letters), parts_of(node)
            if not shape or (len(parts) == 1 and not {0, 1} & {*shape}):
                continue
            lengths = (max(shape),) if len(parts) == 1 else shape
            for part, length in zip(parts, lengths, strict=False):
                if isinstance(part, ast.Name) and part.id not in sizes:
                    yield part.id, length

    def _shape(self, node: ast.expr, letters: set[str]) -> Shape | None:
        """The shape of what stands before a bracket, whatever its own letters count; None where it can't be told."""
        if isinstance(node, ast.Name) and node.id in self.families:
            return None
        ones = tuple((letter, float(self.numbers.get(letter, 1))) for letter in sorted(letters - {*self.sizes}))
        values = (*((letter, float(size)) for letter, size in self.sizes.items()), *ones)
        ranges = tuple((letter, (1, 1)) for letter in sorted(letters))
        indices = Indices(self.families, ranges, classes=self.classes, functions=self.called)
        try:
            expr = parse(ast.unparse(node), (*DERIVATIVES, *self.functions), values, indices, self.own)
            return asked_shape(transform(self.renamed(expr), self._some_member), dict(self.shapes), self.axis)
        except ShapeError:
            return 0, 0
        except (GradcalcError, KeyError):
            return None

    def _some_member(self, node: Expr) -> Expr:
        """Another member in the place of one that isn't there: all are alike."""
        family = node.id.partition("[")[0] if isinstance(node, Name) and node.id not in self.shapes else ""
        there = (name for name in self.shapes if family in self.families and name.startswith(f"{family}["))
        return Name(next(there, family)) if family in self.families else node


def of_members(texts: Sequence[str], over: Indices, shapes: Mapping[str, Shape]) -> dict[str, Range]:
    """From where to where letters count that are an index of families: as far as all these have members.

    A letter of `over` counts as that says, if it counts to the last member.
    """
    found: dict[str, Range] = {}
    for tree in filter(None, map(tree_of, texts) if over.families else ()):
        for node in brackets_in(tree):
            family = node.value.id if isinstance(node.value, ast.Name) else ""
            numbers = _numbers(family, shapes) if family in over.families else []
            for part, column in zip(parts_of(node), zip(*numbers, strict=True), strict=False):
                letter, away = offset(part)
                if letter:
                    least, most = min(column) - away, max(column) - away
                    first, last = found.get(letter, (least, most))
                    found[letter] = max(first, least), min(last, most)
    declared = dict(over.ranges)
    return {
        letter: declared[letter] if letter in declared and declared[letter][1] == each[1] else each
        for letter, each in found.items()
    }


def are_there(texts: Sequence[str], over: Indices, shapes: Mapping[str, Shape], numbers: Mapping[str, int]) -> bool:
    """Whether all members are there that these formulas have where letters are these numbers."""
    for tree in filter(None, map(tree_of, texts)):
        for node in brackets_in(tree):
            family = node.value.id if isinstance(node.value, ast.Name) else ""
            parts = [offset(part) for part in parts_of(node)] if family in over.families else []
            if parts and all(letter in numbers for letter, _ in parts):
                index = ",".join(str(numbers[letter] + away) for letter, away in parts)
                if f"{family}[{index}]" not in shapes:
                    return False
    return True


def are_alike(over: Indices, shapes: Mapping[str, Shape]) -> bool:
    """Whether all members of each family have one shape."""
    found: dict[str, Shape] = {}
    members = ((name.partition("[")[0], shape) for name, shape in shapes.items() if name.endswith("]"))
    return all(found.setdefault(family, shape) == shape for family, shape in members if family in over.families)


def offset(part: ast.expr) -> tuple[str, int]:
    """`t-1` as its letter and how far it is from it; no letter of anything else."""
    match part:
        case ast.Name(letter):
            return letter, 0
        case ast.BinOp(ast.Name(letter), ast.Add() | ast.Sub() as sign, ast.Constant(int(number))):
            return letter, number if isinstance(sign, ast.Add) else -number
    return "", 0


def _numbers(family: str, shapes: Mapping[str, Shape]) -> list[tuple[int, ...]]:
    """The indices of the members of a family."""
    indices = (name[len(family) + 1 : -1] for name in shapes if name.startswith(f"{family}[") and name.endswith("]"))
    return [tuple(map(int, index.split(","))) for index in indices if re.fullmatch(r"[-\d,]+", index)]


@lru_cache(maxsize=256)
def tree_of(text: str) -> ast.AST | None:
    """Python's tree of a formula; None where it is none."""
    try:
        return ast.parse(respell(text).text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=256)
def nodes_of(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Every node of such a tree, of which much is asked for each of the sizes at which a formula is tried."""
    return tuple(ast.walk(tree))


def compared_in(text: str) -> Iterator[str]:
    """The letters that a formula compares, as `(k == i)` does, and names that it compares."""
    tree = tree_of(text)
    for node in nodes_of(tree) if tree is not None else ():
        if isinstance(node, ast.Compare):
            yield from (side.id for side in (node.left, *node.comparators) if isinstance(side, ast.Name))


def off_limits(
    tree: ast.AST | None, ranges: Mapping[str, Range], sizes: Mapping[str, int]
) -> tuple[str, int, int] | None:
    """A letter of a sum with the last number that it counts to, and how many entries there are; None where all fit."""
    for node in nodes_of(tree) if tree is not None else ():
        if not (isinstance(node, ast.Call) and len(node.args) == 4 and isinstance(node.args[1], ast.Name)):
            continue
        letter, end = node.args[1].id, node.args[3]
        last = end.value if isinstance(end, ast.Constant) else sizes.get(end.id) if isinstance(end, ast.Name) else None
        if letter in ranges and isinstance(last, int) and last != ranges[letter][1]:
            return letter, last, ranges[letter][1]
    return None


def brackets_in(tree: ast.AST) -> Iterator[ast.Subscript]:
    """Every value with an index."""
    return (node for node in nodes_of(tree) if isinstance(node, ast.Subscript))


def parts_of(node: ast.Subscript) -> list[ast.expr]:
    """The one or two parts of an index."""
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def letters_in(tree: ast.AST) -> Iterator[str]:
    """The letters in brackets, alone or in what is calculated of them."""
    for node in brackets_in(tree):
        for part in parts_of(node):
            yield from (inner.id for inner in ast.walk(part) if isinstance(inner, ast.Name))


def bound_in(tree: ast.AST) -> Iterator[str]:
    """The letters of sums, means and products over an index."""
    for node in nodes_of(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SUMS:
            second = node.args[1] if len(node.args) > 1 else None
            letter = second.left if isinstance(second, ast.Compare) else second
            if isinstance(letter, ast.Name):
                yield letter.id
