r"""Write a tree of TeX as LaTeX: from what was read alone, so that nothing else gets through."""

from __future__ import annotations

import re
from typing import Final

from gradcalc.formula.tex.commands import FONTS, WORDS
from gradcalc.formula.tex.tree import (
    Accented,
    Braced,
    Char,
    Fenced,
    Fraction,
    Grid,
    Group,
    Node,
    Root,
    Row,
    Scripted,
    Styled,
    Symbol,
    Unknown,
    Words,
)

_SPECIAL: Final = re.compile("[_%&#${}]")
_TIE: Final = "\u00a0"
_COMMAND_AT_END: Final = re.compile(r"\\[A-Za-z]+$")


def latex(row: Row) -> str:
    """The row for LaTeX with amsmath and amssymb, for KaTeX and for MathJax."""
    shown = ""
    for node in row:
        tex = _written(node)
        shown += " " + tex if tex[:1].isalpha() and _COMMAND_AT_END.search(shown) else tex
    return shown


def _written(node: Node) -> str:
    match node:
        case Char(text):
            return text
        case Symbol(command):
            return command.tex or f"\\{command.name}"
        case Unknown(name):
            return f"\\{name}"
        case Group(items):
            return f"{{{latex(items)}}}"
        case Scripted(base, primes, scripts):
            return _scripted(base, primes, dict(scripts))
        case Accented(name, inner):
            return f"\\{name}{argument(inner)}"
        case Styled(font, inner):
            return f"\\{FONTS[font].tex or font}{argument(inner)}"
        case Words(font, text):
            return rf"\{WORDS[font]}{{{_escaped(text)}}}"
        case Fraction(above, below):
            return rf"\frac{argument(above)}{argument(below)}"
        case Root(inner):
            return rf"\sqrt{argument(inner)}"
        case Braced(inner, said):
            return rf"\underbrace{argument(inner)}_{argument(said)}"
        case Grid(kind, rows):
            cells = r" \\ ".join(" & ".join(map(latex, row)) for row in rows)
            return rf"\begin{{{kind}}} {cells} \end{{{kind}}}"
        case Fenced(opening, inside, closing):
            return rf"\left{_fence(opening)}{latex(inside)} \right{_fence(closing)}"


def argument(node: Node) -> str:
    """A node in braces, as arguments stand best."""
    return _written(node) if isinstance(node, Group) else f"{{{_written(node)}}}"


def _scripted(base: Node | None, primes: int, scripts: dict[str, Node]) -> str:
    # A superscript joins primes only where it stands right behind them.
    order = [sign for sign in "^_" if sign in scripts] if primes else list(scripts)
    begun = (_written(base) if base is not None else "") + "'" * primes
    return begun + "".join(sign + _script(scripts[sign]) for sign in order)


def _script(node: Node) -> str:
    return node.text if isinstance(node, Char) else argument(node)


def _fence(fence: Char | Symbol | None) -> str:
    return "." if fence is None else _written(fence) + " " * isinstance(fence, Symbol)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text).replace(_TIE, "~")
