"""Draw a formula as a box, with names or with their values in it; and in parts, for where it must be broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gradcalc.formula.expr import FENCE, Apply, Expr
from gradcalc.formula.symbols import raised
from gradcalc.formula.table import Function
from gradcalc.formula.write import Notation, Target, nothing, number
from gradcalc.report.terminal.boxes import CLOSING, Box, beside, box, fenced

_BRACKET = re.compile(r"([()⟨⟩])")
_OPENING = "(⟨"
_SUPERSCRIPT = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁾ᵀ*′]$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a formula: drawn whole, and the pieces between which a line may be broken."""

    box: Box
    segments: tuple[Piece, ...] = ()
    text: str = ""
    """What it says, if it's only the writing between values."""
    negative: bool = False
    """Begins with a minus, so that it needs brackets behind an operator."""
    bracketed: Callable[[], Piece] | None = None
    """The same with brackets around the negative number that it begins with."""
    elided: bool = False
    """Some of its numbers are left out."""
    transposed: Callable[[], Piece] | None = None
    """The same value with rows and columns exchanged."""

    @property
    def least_width(self) -> int:
        """How narrow it can be made by breaking it."""
        return max((segment.least_width for segment in self.segments), default=self.box.width)


def symbol(shown: str) -> Piece:
    """A name."""
    return Piece(box(shown))


def value(drawn: Box, *, elided: bool = False, transposed: Callable[[], Piece] | None = None) -> Piece:
    """A number or a matrix."""
    negative = drawn.height == 1 and drawn.lines[0].startswith("-")
    return Piece(drawn, negative=negative, elided=elided, transposed=transposed)


def joined(left: Piece, right: Piece) -> Piece:
    """Two pieces side by side, with no break between them."""
    whole = beside(left.box, right.box)
    if not (left.segments or right.segments):
        return Piece(whole)
    first, last = left.segments or (left,), right.segments or (right,)
    return Piece(whole, (*first[:-1], joined(first[-1], last[0]), *last[1:]))


@dataclass(frozen=True)
class ScreenTarget(Target[Piece]):
    """Formulas as pieces; `name` draws a name, `scalar` says beside what `·` may stand for ⊙."""

    draw_name: Callable[[str], Piece]
    scalar: Callable[[Expr], bool]
    ascii_only: bool = False
    called: Callable[[str], str | None] = nothing
    draw_function: Callable[[str], Piece] | None = None
    """Draws the name of a function; `draw_name` where left out."""

    @property
    def notation(self) -> Notation:  # type: ignore[override]
        """As formulas are typed where only ASCII can be shown, else Unicode."""
        return "code" if self.ascii_only else "unicode"

    def text(self, text: str) -> Piece:
        """A piece of plain text."""
        return Piece(box(text), text=text)

    def number(self, value: float) -> Piece:
        """A number, not negative."""
        return symbol(number(value))

    def name(self, id: str) -> Piece:
        """A name, drawn by `draw_name`."""
        return self.draw_name(id)

    def function(self, id: str) -> Piece:
        """The name of a function that the problem gives."""
        return (self.draw_function or self.draw_name)(id)

    def operator(self, node: Apply, entry: Function) -> Piece:
        """The sign between two arguments; `·` beside a single number."""
        if node.function in ("mul", "matmul") and any(map(self.scalar, node.args)):
            return self.text(" * " if self.ascii_only else " · ")
        return super().operator(node, entry)

    def join(self, parts: Sequence[Piece]) -> Piece:
        """Pieces side by side, where a line may be broken; a negative one in brackets behind an operator."""
        first, *rest = self._behind_operators(parts) or [self.text("")]
        return Piece(
            _stretched([first, *rest], self.ascii_only),
            _segments([first, *rest]),
            negative=first.text == "-" or first.negative,
            bracketed=(lambda: self.join([self._bracketed(first), *rest])) if first.negative else None,
            elided=any(part.elided for part in parts),
        )

    def _behind_operators(self, parts: Sequence[Piece]) -> list[Piece]:
        """Negative numbers in brackets where they stand behind an operator: `3 - (-2)`, `1 + (-2) · 3`."""
        before = ["", *(part.text.rstrip() for part in parts)]
        return [
            self._bracketed(part) if part.negative and sign and sign[-1] not in "(⟨,=|" else part
            for part, sign in zip(parts, before, strict=False)
        ]

    def _bracketed(self, piece: Piece) -> Piece:
        return piece.bracketed() if piece.bracketed is not None else self.group(piece)

    def fenced(self, inner: Piece) -> Piece:
        """‖u‖, as tall as u."""
        fence = Piece(Box((FENCE,) * inner.box.height, inner.box.base))
        return replace(joined(joined(fence, inner), fence), elided=inner.elided)

    def power(self, base: Piece, exponent: Piece) -> Piece:
        """A base with its exponent, raised where Unicode has the characters; in brackets where two would meet."""
        if base.negative or (base.box.height == 1 and _SUPERSCRIPT.search(base.box.lines[0].rstrip())):
            base = self.group(base)
        above = None if self.ascii_only or exponent.box.height > 1 else raised(exponent.box.lines[0])
        return super().power(base, exponent) if above is None else self._superscript(base, above)

    def transpose(self, base: Piece) -> Piece:
        """A matrix with ᵀ; a value that knows its own transpose is drawn so."""
        if base.transposed is not None:
            return base.transposed()
        return super().transpose(base) if self.ascii_only else self._superscript(base, "ᵀ")

    def _superscript(self, base: Piece, above: str) -> Piece:
        """At the upper right corner."""
        script = Box((above, *[" " * len(above)] * (base.box.height - 1)), base.box.base)
        return replace(joined(base, symbol(above)), box=beside(base.box, script), elided=base.elided)


def _stretched(parts: Sequence[Piece], ascii_only: bool) -> Box:
    """All of it side by side, brackets as tall as what they hold."""
    rows: list[list[Box]] = [[]]
    opened: list[str] = []
    for piece in parts:
        for segment in _BRACKET.split(piece.text) if piece.text else [None]:
            if segment is None:
                rows[-1].append(piece.box)
            elif segment and segment in _OPENING:
                opened.append(segment)
                rows.append([])
            elif opened and segment == CLOSING[opened[-1]]:
                inner = beside(*rows.pop())
                rows[-1].append(fenced(inner, opened.pop(), ascii_only))
            elif segment:
                rows[-1].append(box(segment))
    return beside(*(each for row in rows for each in row))


def _segments(parts: Sequence[Piece]) -> tuple[Piece, ...]:
    """What a line may be broken between: before an operator, behind a comma."""
    done: list[Piece] = []
    glued = False
    for piece in parts:
        if piece.text.startswith(" ") and piece.text.strip() not in ("", "**"):
            done.append(symbol(piece.text.strip() + " "))
            glued = True
        elif piece.text == " " and done:
            glued = False
        elif piece.text == ", " and done:
            done[-1] = joined(done[-1], symbol(","))
            glued = False
        else:
            done.append(joined(done.pop(), piece) if done and (glued or piece.text) else piece)
            glued = bool(piece.text)
    return done[0].segments if len(done) == 1 else tuple(done)
