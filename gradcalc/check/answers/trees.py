"""What stands in trees of TeX: without braces around it, and as names are typed."""

from __future__ import annotations

from collections.abc import Iterator

from gradcalc.formula.tex.tree import Accented, Char, Group, Node, Row, Scripted, Styled, Symbol, Words


def bare(node: Node | None) -> Row:
    """What stands in braces, or alone."""
    return () if node is None else node.items if isinstance(node, Group) else (node,)


def typed(row: Row) -> str:
    """A row as names are typed without TeX: `W2`, `h_i`, `(2)`; empty where it has fractions and the like."""
    return "".join(_pieces(row))


def _pieces(row: Row) -> Iterator[str]:
    for node in row:
        match node:
            case Char(text) | Words(_, text):
                yield text
            case Symbol(command):
                yield command.char
            case Group(items):
                yield typed(items)
            case Styled(_, inner):
                yield typed(bare(inner))
            case Accented(name, inner):
                yield typed(bare(inner)) + ("hat" if name in ("hat", "widehat") else name)
            case Scripted(base, primes, scripts):
                shown = {sign: typed(bare(script)) for sign, script in scripts}
                lower, upper = shown.get("_", ""), shown.get("^", "")
                under = lower if lower.isdecimal() else f"_{lower}" if lower else ""
                yield f"{typed(bare(base))}{under}{upper and upper.strip('()[]')}{'′' * primes}"
