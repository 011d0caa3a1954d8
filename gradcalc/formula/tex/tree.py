r"""What TeX mathematics is once it is read: a row of a few kinds of nodes, whoever wrote it and whatever it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from gradcalc.formula.tex.commands import Command


@dataclass(frozen=True, slots=True)
class Char:
    """A letter or a sign as it is typed, or a number: one character, or digits and perhaps a decimal point."""

    text: str


@dataclass(frozen=True, slots=True)
class Symbol:
    r"""A command that stands for itself: `\theta`, `\cdot`, `\exp`, `\quad`."""

    command: Command


@dataclass(frozen=True, slots=True)
class Unknown:
    r"""A command that isn't in the table; only a lenient reading has it."""

    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """What stands in braces."""

    items: Row


@dataclass(frozen=True, slots=True)
class Scripted:
    """A base (None where nothing stands before the scripts), its primes, its scripts in the order typed."""

    base: Node | None
    primes: int
    scripts: tuple[tuple[str, Node], ...]
    """`("_", lower)` and `("^", upper)`, each at most once."""


@dataclass(frozen=True, slots=True)
class Accented:
    r"""`\hat{y}`."""

    name: str
    inner: Node


@dataclass(frozen=True, slots=True)
class Styled:
    r"""Mathematics in a font of its own: `\mathbf{W}`, `\operatorname{softmax}`."""

    font: str
    inner: Node


@dataclass(frozen=True, slots=True)
class Words:
    r"""Text: `\text{new value}`. Spaces count in it."""

    font: str
    text: str


@dataclass(frozen=True, slots=True)
class Fraction:
    """A fraction."""

    above: Node
    below: Node


@dataclass(frozen=True, slots=True)
class Root:
    """A square root."""

    inner: Node


@dataclass(frozen=True, slots=True)
class Fenced:
    r"""What stands between `\left` and `\right`; a fence is None where TeX has a dot for it."""

    opening: Char | Symbol | None
    inner: Row
    closing: Char | Symbol | None


@dataclass(frozen=True, slots=True)
class Braced:
    r"""`\underbrace{A}_{B}`: what stands at the brace, and what is said of it there. As for grids."""

    inner: Node
    said: Node


@dataclass(frozen=True, slots=True)
class Grid:
    r"""Cells in rows: `\begin{bmatrix} … \end{bmatrix}`, `cases`. Only a reading of formulas has it."""

    kind: str
    rows: tuple[tuple[Row, ...], ...]


Node: TypeAlias = (
    Char | Symbol | Unknown | Group | Scripted | Accented | Styled | Words | Fraction | Root | Fenced | Braced | Grid
)
Row: TypeAlias = tuple[Node, ...]


def fence_sign(fence: Char | Symbol | None) -> str:
    """The sign of a fence; nothing for a dot."""
    return "" if fence is None else fence.text if isinstance(fence, Char) else fence.command.char


def is_visible(row: Row) -> bool:
    """Whether a row shows anything."""
    return any(map(_visible, row))


def _visible(node: Node) -> bool:
    match node:
        case Symbol(command):
            return command.kind != "space"
        case Words(_, text):
            return bool(text.strip())
        case Group(items):
            return is_visible(items)
        case Styled(_, inner) | Accented(_, inner):
            return _visible(inner)
        case Scripted(base, primes, _):
            return primes > 0 or (base is not None and _visible(base))
    return True
