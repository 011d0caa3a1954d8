"""Write a formula as tokens of TeX, with names or with their values in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gradcalc.formula.expr import Apply, Expr
from gradcalc.formula.table import Function
from gradcalc.formula.tex.commands import GREEK
from gradcalc.formula.write import Notation, Target, nothing
from gradcalc.formula.write import number as shortest
from gradcalc.report.tex import tokens
from gradcalc.report.tex.metrics import SCRIPT
from gradcalc.report.tex.tokens import Token, Tokens, atom, braced, closing, comma, lex, merged, opening, scripted
from gradcalc.report.tex.tokens import operator as sign
from gradcalc.report.tex.values import number

_WIDEST_FRACTION = 24.0
_TOP = 0.68


@dataclass(frozen=True, slots=True)
class TexPiece:
    """A part of a formula."""

    tokens: Tokens
    elided: bool = False
    """Some of its numbers are left out."""
    transposed: Callable[[], TexPiece] | None = None
    """The same value with rows and columns exchanged."""

    @property
    def negative(self) -> bool:
        """Begins with a minus, so that it needs brackets behind an operator."""
        return bool(self.tokens) and self.tokens[0].tex.startswith("-") and self.tokens[0].kind != "operator"


def settled(piece: TexPiece) -> TexPiece:
    """The same, its brackets as tall as what they hold."""
    return replace(piece, tokens=tokens.settled(piece.tokens))


@dataclass(frozen=True)
class TexTarget(Target[TexPiece]):
    """Formulas as pieces; `draw_name` draws a name, `scalar` says beside what a dot may stand for ⊙.

    A `flat` formula has no built-up fractions.
    """

    draw_name: Callable[[str], TexPiece]
    scalar: Callable[[Expr], bool]
    flat: bool = False
    called: Callable[[str], str | None] = nothing
    draw_function: Callable[[str], TexPiece] | None = None
    """Draws the name of a function; `draw_name` where left out."""

    @property
    def notation(self) -> Notation:  # type: ignore[override]
        """That of the function templates: LaTeX."""
        return "latex"

    def text(self, text: str) -> TexPiece:
        """Text of a template, cut into tokens."""
        return TexPiece(lex(text))

    def name(self, id: str) -> TexPiece:
        """A name, drawn by `draw_name`."""
        return self.draw_name(id)

    def function(self, id: str) -> TexPiece:
        """The name of a function that the problem gives."""
        return (self.draw_function or self.draw_name)(id)

    def number(self, value: float) -> TexPiece:
        """A number, not negative; π by its letter."""
        return TexPiece((atom(r"\pi" if value == math.pi else number(shortest(value))),))

    def join(self, parts: Sequence[TexPiece]) -> TexPiece:
        """Pieces side by side; one that begins with a minus gets brackets behind an operator."""
        row: list[Token] = []
        for part in parts:
            behind = bool(row) and (row[-1].kind == "operator" or row[-1].tex == "-")
            row += self._bracketed(part).tokens if behind and part.negative else part.tokens
        return TexPiece(braced(row), any(part.elided for part in parts))

    def _bracketed(self, piece: TexPiece) -> TexPiece:
        """Brackets around the negative number that it begins with; around all of it behind a minus sign."""
        first, *rest = piece.tokens
        if first.kind != "number":
            return self.group(piece)
        return replace(piece, tokens=(opening(), first, closing(), *rest))

    def group(self, inner: TexPiece) -> TexPiece:
        """A piece in brackets, which grow with it when it is settled."""
        return TexPiece((opening(), *inner.tokens, closing()), inner.elided)

    def operator(self, node: Apply, entry: Function) -> TexPiece:
        r"""The sign between two arguments; `\cdot` beside a single number."""
        dotted = node.function in ("mul", "matmul") and any(map(self.scalar, node.args))
        return TexPiece((sign(r"\cdot" if dotted else self.sign(entry)),))

    def fraction(self, node: Apply, numerator: TexPiece, denominator: TexPiece) -> TexPiece | None:
        """A built-up fraction; None on a line of text, and where its parts are too wide or too tall."""
        above, below = merged(numerator.tokens), merged(denominator.tokens)
        wide = max(above.width, below.width)
        if self.flat or max(above.rows, below.rows) > 1 or wide > _WIDEST_FRACTION:
            return None
        built = Token(rf"\frac{{{above.tex}}}{{{below.tex}}}", wide + 0.26, rows=2)
        return TexPiece((built,), numerator.elided or denominator.elided)

    def power(self, base: TexPiece, exponent: TexPiece) -> TexPiece:
        """A base with its exponent raised, in brackets where it begins with a minus, has a script or a fraction."""
        if base.negative or _has_script(base) or r"\frac" in base.tokens[-1].tex:
            base = self.group(base)
        above = merged(exponent.tokens)
        return TexPiece(scripted(base.tokens, f"^{{{above.tex}}}", SCRIPT * above.width + 0.05), base.elided)

    def transpose(self, base: TexPiece) -> TexPiece:
        r"""A matrix with `^\top`; a value that knows its own transpose is drawn so."""
        if base.transposed is not None:
            return base.transposed()
        if _has_script(base):
            base = self.group(base)
        return TexPiece(scripted(base.tokens, r"^\top", _TOP), base.elided)

    def entry(self, base: TexPiece, index: str) -> TexPiece:
        """The entry of a value that a letter counts."""
        return TexPiece(scripted(base.tokens, f"_{{{index}}}", SCRIPT), base.elided)

    def word(self, name: str) -> TexPiece:
        """The name of a function."""
        escaped = name.replace("_", r"\_")
        return TexPiece((atom(rf"\operatorname{{{escaped}}}"),))

    def symbol(self, symbol: str) -> TexPiece:
        """The symbol of a function."""
        return TexPiece((atom(symbol),))

    def plain_call(self, node: Apply, name: TexPiece, args: Sequence[TexPiece]) -> TexPiece:
        """A function, its arguments and parameters in brackets."""
        row: list[Token] = [*name.tokens, opening()]
        for i, arg in enumerate([*args, *map(_parameter, node.params)]):
            row += [comma(), *arg.tokens] if i else arg.tokens
        return TexPiece((*row, closing()), any(arg.elided for arg in args))


def _has_script(piece: TexPiece) -> bool:
    """Whether another script would be read as a part of it: `W^1`, or the gradient `\\nabla a`."""
    last = piece.tokens[-1]
    return "^" in last.tex + last.script or last.tex.startswith(r"\nabla")


def _parameter(param: tuple[str, float]) -> TexPiece:
    key, value = param
    letter = rf"\{key}" if key in GREEK else rf"\mathrm{{{key}}}"
    return TexPiece((atom(f"{letter} = {number(shortest(value))}"),))
