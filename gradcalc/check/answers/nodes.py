"""The parts of a node of TeX, as rows: to compare nodes of one kind, and to make others of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradcalc.formula.tex.tree import (
    Accented,
    Fenced,
    Fraction,
    Grid,
    Group,
    Node,
    Root,
    Row,
    Scripted,
    Styled,
)


def outside(node: Node) -> object:
    """What nodes of one kind must share, beside their parts."""
    match node:
        case Scripted(_, primes, scripts):
            return primes, tuple(sign for sign, _ in scripts)
        case Fenced(opening, _, closing):
            return opening, closing
        case Accented(name) | Styled(name):
            return name
        case Grid(kind, rows):
            return kind, tuple(map(len, rows))
        case Group() | Fraction() | Root():
            return None
    return node


def rows_in(node: Node) -> list[Row]:
    """The parts of a node, as rows."""
    match node:
        case Scripted(base, _, scripts):
            return [(() if base is None else (base,)), *((script,) for _, script in scripts)]
        case Group(items):
            return [items]
        case Fenced(_, inner):
            return [inner]
        case Accented(_, inside) | Styled(_, inside) | Root(inside):
            return [(inside,)]
        case Fraction(above, below):
            return [(above,), (below,)]
        case Grid(_, rows):
            return [cell for row in rows for cell in row]
    return []


def made_of(node: Node, parts: Sequence[Row]) -> Node:
    """A node with other parts."""
    match node:
        case Scripted(base, primes, scripts):
            below = tuple((sign, part[0]) for (sign, _), part in zip(scripts, parts[1:], strict=True))
            return Scripted(None if base is None else parts[0][0], primes, below)
        case Group():
            return Group(parts[0])
        case Fenced():
            return replace(node, inner=parts[0])
        case Accented() | Styled() | Root():
            return replace(node, inner=parts[0][0])
        case Fraction():
            return Fraction(parts[0][0], parts[1][0])
        case Grid(kind, rows):
            cells = iter(parts)
            return Grid(kind, tuple(tuple(next(cells) for _ in row) for row in rows))
    return node


def signs_of(node: Node) -> list[str]:
    """For each part of a node `_` or `^` where it is a script."""
    return ["", *(sign for sign, _ in node.scripts)] if isinstance(node, Scripted) else [""] * len(rows_in(node))
