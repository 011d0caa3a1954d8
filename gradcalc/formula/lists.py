"""Read lists and matrices of numbers in formulas: `[2, 4]`, `[[3, 4], [6, 5]]`, where they may stand."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from gradcalc.formula.brackets import Reader
from gradcalc.formula.expr import Expr, call


def array(reader: Reader, node: ast.List, depth: int) -> Expr:
    """A list as a column, or a row where samples are rows; a list of lists as a matrix, row by row."""
    axis = reader.indices.lists
    if axis is None:
        raise reader.error(node, "a list can't stand in a formula")
    if not node.elts:
        raise reader.error(node, "an empty list")
    rows = [each.elts for each in node.elts if isinstance(each, ast.List)]
    if not rows:
        return _joined([reader.read(each, depth + 1) for each in node.elts], axis)
    if len(rows) < len(node.elts) or len({len(row) for row in rows}) > 1 or not rows[0]:
        raise reader.error(node, "rows of different lengths")
    return _joined([_joined([reader.read(each, depth + 2) for each in row], 1) for row in rows], 0)


def _joined(parts: Sequence[Expr], axis: int) -> Expr:
    return call("concat", *parts, axis=float(axis))
