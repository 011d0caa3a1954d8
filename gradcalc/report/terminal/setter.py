"""Set formulas, values and sentences of one document as boxes: names and numbers as this document shows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Expr
from gradcalc.formula.write import write
from gradcalc.report.document import Document, Judgement, Math, Text, Value
from gradcalc.report.page import Page
from gradcalc.report.scalars import scalar_over, value_of, with_entries
from gradcalc.report.styled import InStyle
from gradcalc.report.terminal import matrices
from gradcalc.report.terminal.boxes import styled
from gradcalc.report.terminal.formulas import Piece, ScreenTarget, joined, symbol, value

_SPACE = re.compile(r"([ \n\t]+)")
_NO_BREAK = "\u00a0"
_ASCII = str.maketrans(
    {"✓": "+", "✗": "x", "↪": ">", "≈": "~", "○": "o"}
    | {"…": "...", "×": "x", "−": "-", "–": "-", "·": "*", "⊙": "*", "½": "1/2", "ŷ": "yhat", "∇": "d", "σ": "sigmoid"}
    | {
        "′": "'",
        "’": "'",
        "≤": "<=",
        "≥": ">=",
        "ᵢ": "_i",
        "ⱼ": "_j",
        "²": "^2",
        "Σ": "sum",
        "δ": "delta",
        "α": "alpha",
    }
)


@dataclass
class Typesetter:
    """Boxes for the parts of one document; remembers whether numbers had to be left out."""

    document: Document
    page: Page
    elided: bool = False
    crowded: bool = False
    _scalar: Callable[[Expr], bool] = field(init=False)
    _styled: InStyle = field(init=False)

    def __post_init__(self) -> None:
        document = self.document
        self._scalar = scalar_over(document.shapes, document.axis)
        self._styled = InStyle(document.names, document.shapes, document.axis)

    def name(self, id: str) -> str:
        """A name as this page can show it: `W¹`, or as it is typed."""
        return id if self.page.ascii_only else self.document.names.unicode(id)

    def formula(self, expr: Expr) -> Piece:
        """With names."""
        return self._written(expr, self._named)

    def _named(self, id: str) -> Piece:
        return symbol(self.name(id))

    def numbers(self, expr: Expr, values: Mapping[str, Array], exact: frozenset[str]) -> Piece:
        """The same with the names' values in their place."""
        return self._written(with_entries(expr), lambda id: self._value_of(id, values, exact))

    def _written(self, expr: Expr, draw_name: Callable[[str], Piece]) -> Piece:
        if self.page.ascii_only:  # as it is typed
            return write(expr, ScreenTarget(draw_name, self._scalar, ascii_only=True, draw_function=self._named))
        called = self.document.names.function_unicode
        target = ScreenTarget(draw_name, self._scalar, called=called, draw_function=self._named)
        return write(self._styled(expr), target)

    def value(self, array: Array, exact: bool = False, beside: int = 2) -> Piece:
        """A number or a matrix, its middle left out where it's too large; `beside` columns are taken by others."""
        return self.inline(Value(array, exact), beside)

    def inline(self, value: Value, beside: int = 2) -> Piece:
        """A number or a matrix as it stands in a sentence."""
        piece = self._drawn(value, beside, self.document.full)
        self.elided |= piece.elided
        return piece

    def _value_of(self, id: str, values: Mapping[str, Array], exact: frozenset[str]) -> Piece:
        base, array = value_of(id, values)
        return self._drawn(Value(array, base in exact))

    def _drawn(self, shown: Value, beside: int = 2, full: bool = False) -> Piece:
        drawn = matrices.draw(
            shown.array,
            self.document.digits if shown.digits is None else shown.digits,
            exact=shown.exact,
            width=self.page.width - beside,
            ascii_only=self.page.ascii_only,
            wrong=shown.wrong,
            seen=shown.seen,
            full=full,
        )
        turned = Value(shown.array.T, shown.exact)
        return value(drawn.box, elided=drawn.elided, transposed=lambda: self._drawn(turned))

    def words(self, text: Text, beside: int = 2) -> list[Piece]:
        """A sentence as pieces, between any two of which a line may end; `beside` columns are taken by others."""
        words: list[list[Piece]] = [[]]
        for inline in text:
            if isinstance(inline, Math):
                words[-1].append(self.formula(inline.expr))
            elif isinstance(inline, Value):
                words[-1].append(self.inline(inline, beside))
            else:
                for part in _SPACE.split(inline):
                    words += [[]] if part[:1] in (" ", "\n", "\t") else []
                    words[-1] += [] if not part.strip(" \n\t") else [self._word(part, inline)]
        return [reduce(joined, word) for word in words if word]

    def _word(self, part: str, of: str) -> Piece:
        word = symbol(self.prose(part))
        return replace(word, box=styled(word.box, of.word)) if isinstance(of, Judgement) else word

    def prose(self, text: str) -> str:
        """A word as this page can show it."""
        text = text.replace(_NO_BREAK, " ")
        return text.translate(_ASCII) if self.page.ascii_only else text
