"""Entries counted from 0 in formulas, where their index is made of several letters: `X[i + m]` of a convolution."""

from __future__ import annotations

import ast
from typing import Final

from gradcalc.problem.letter_ranges import brackets_in, parts_of, tree_of

_ONE_LETTER: Final = 1


def counted_from_zero(text: str) -> str:
    """A formula with indices as they are counted from 1: `X[i + m - 1]` for `X[i + m]`, where i and m are from 0.

    A letter alone counts the same entries either way.
    """
    tree = tree_of(text) if text.isascii() else None
    parts = [part for node in brackets_in(tree) for part in parts_of(node)] if tree is not None else []
    for part in sorted(parts, key=lambda each: each.col_offset, reverse=True):
        count = _letters(part)
        if count not in (None, _ONE_LETTER) and isinstance(part, ast.BinOp):
            moved = f"{ast.unparse(part)} {'-' if count > _ONE_LETTER else '+'} {abs(count - _ONE_LETTER)}"
            text = f"{text[: part.col_offset]}{moved}{text[part.end_col_offset :]}"
    return text


def _letters(node: ast.expr) -> int | None:
    """How many letters an index has, each as often as it counts: `i - m` has none; None of what isn't such a sum."""
    match node:
        case ast.Name():
            return 1
        case ast.Constant(int()):
            return 0
        case ast.BinOp(left, ast.Add() | ast.Sub() as sign, right):
            one, other = _letters(left), _letters(right)
            if one is None or other is None:
                return None
            return one + other if isinstance(sign, ast.Add) else one - other
        case ast.BinOp(ast.Constant(int(factor)), ast.Mult(), right):
            count = _letters(right)
            return None if count is None else factor * count
    return None
