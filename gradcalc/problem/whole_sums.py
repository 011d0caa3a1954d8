"""Sums over all entries, written of whole arrays: `sum(y * log(p))` for `sum(y[i] * log(p[i]), i)`.

In letters a sum has as many terms as a size says, so it can't be written out; whole arrays say the same.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from gradcalc.formula.table import Shape, known, lookup
from gradcalc.problem.letter_ranges import nodes_of, parts_of

_PLAIN: Final = (ast.BinOp, ast.UnaryOp, ast.Constant, ast.operator, ast.unaryop, ast.expr_context)


def whole(tree: ast.AST, shapes: Mapping[str, Shape], over: Collection[str] = ()) -> str | None:
    """A formula with whole arrays in its sums without limits, where their terms take the same entry of each array.

    None where there is no such sum. `over` are letters that count otherwise; any other counts over the entries of a
    column or a row, two over those of a matrix.
    """
    writer = _Whole(shapes, over)
    written = writer.visit(ast.parse(ast.unparse(tree), mode="eval"))
    return ast.unparse(written) if writer.found else None


class _Whole(ast.NodeTransformer):
    def __init__(self, shapes: Mapping[str, Shape], over: Collection[str]) -> None:
        self.shapes, self.over, self.found = shapes, over, False

    def visit_Call(self, node: ast.Call) -> ast.AST:
        letters, term = _letters(node)
        apart = len({*letters} - {*self.over}) == len(letters)
        if letters and apart and _is_by_entry(term, letters, self.shapes):
            self.found = True
            return ast.Call(node.func, [_Bare().visit(term)], [])
        return self.generic_visit(node)


class _Bare(ast.NodeTransformer):
    """Takes the indices away."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return node.value


def _letters(node: ast.expr) -> tuple[list[str], ast.expr]:
    """The letters of a sum of sums, and its term."""
    match node:
        case ast.Call(ast.Name("sum"), [inner, ast.Name(letter)]):
            letters, term = _letters(inner)
            return [letter, *letters], term
    return [], node


def _is_by_entry(term: ast.expr, letters: list[str], shapes: Mapping[str, Shape]) -> bool:
    """Whether a term is of the same entry of arrays of one shape, and of numbers, entry by entry."""
    found = [node for node in nodes_of(term) if isinstance(node, ast.Subscript)]
    indices = {tuple(part.id if isinstance(part, ast.Name) else "" for part in parts_of(node)) for node in found}
    sizes = {shapes.get(node.value.id, ()) if isinstance(node.value, ast.Name) else () for node in found}
    if len(indices) != 1 or len(sizes) != 1 or sorted(*indices) != sorted(letters):
        return False
    sides = len([side for side in next(iter(sizes)) if side != 1])
    return sides == len(letters) and all(_is_plain(node, shapes) for node in _outside(term))


def _outside(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in a term outside of entries and of the names of functions."""
    if isinstance(node, ast.Subscript):
        return
    yield node
    for inner in node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node):
        yield from _outside(inner)


def _is_plain(node: ast.AST, shapes: Mapping[str, Shape]) -> bool:
    """Whether a part of a term goes entry by entry: a number, an operator, or a function that does."""
    if isinstance(node, ast.Name):
        return shapes.get(node.id) == ()
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) and not node.keywords else ""
        return known(name) and lookup(name).elementwise
    return isinstance(node, _PLAIN) and not isinstance(node, ast.MatMult)
