"""Set formulas, values and quantities of one document in TeX: names and numbers as this document shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gradcalc.formula.arrays import Array
from gradcalc.formula.entries import split_index
from gradcalc.formula.expr import Expr, Num
from gradcalc.formula.names import name_table
from gradcalc.formula.write import write
from gradcalc.report.document import Document, Math, Value
from gradcalc.report.scalars import has_numbers, scalar_over, value_of, with_entries
from gradcalc.report.styled import InStyle
from gradcalc.report.tex.drawing import TexPiece, TexTarget, settled
from gradcalc.report.tex.tokens import atom
from gradcalc.report.tex.values import drawn, is_elided


@dataclass
class TexSetter:
    """Pieces of TeX for the parts of one document; remembers whether numbers had to be left out."""

    document: Document
    elided: bool = False
    _scalar: Callable[[Expr], bool] = field(init=False)
    _styled: InStyle = field(init=False)

    def __post_init__(self) -> None:
        document = self.document
        self._scalar = scalar_over(document.shapes, document.axis)
        self._styled = InStyle(document.names, document.shapes, document.axis)

    def name(self, id: str) -> TexPiece:
        """A name or an entry (`h1[2]`), as one token."""
        names = self.document.names
        known = split_index(id, names.latex_of)[0] in names.latex_of
        return TexPiece((atom((names if known else name_table([id])).latex(id)),))

    def formula(self, expr: Expr, *, flat: bool = False) -> TexPiece:
        """With names; `flat` for a line of text, without built-up fractions."""
        return settled(self._written(expr, self.name, flat))

    def numbers(self, expr: Expr | None, values: Mapping[str, Array], exact: frozenset[str]) -> TexPiece | None:
        """The same with the names' values in their place; None where that says nothing, or not all of it."""
        if expr is None or not has_numbers(expr, values):
            return None
        piece = self._written(with_entries(expr), lambda id: self._value_of(id, values, exact))
        return None if piece.elided else settled(piece)

    def _written(self, expr: Expr, draw_name: Callable[[str], TexPiece], flat: bool = False) -> TexPiece:
        target = TexTarget(draw_name, self._scalar, flat, self.document.names.function_latex, self.name)
        return write(self._styled(expr), target)

    def rule(self, expr: Expr | None) -> TexPiece | None:
        """With names; None for a number alone, which the value says again."""
        return None if expr is None or isinstance(expr, Num) else self.formula(expr)

    def value(self, array: Array, exact: bool = False) -> TexPiece:
        """A number or a matrix."""
        return self.inline(Value(array, exact))

    def inline(self, inline: Math | Value) -> TexPiece:
        """What stands within a sentence or a cell."""
        if isinstance(inline, Math):
            return self.formula(inline.expr, flat=True)
        piece = self._drawn(inline, self.document.full)
        self.elided |= piece.elided
        return piece

    def _value_of(self, id: str, values: Mapping[str, Array], exact: frozenset[str]) -> TexPiece:
        base, array = value_of(id, values)
        return self._drawn(Value(array, base in exact))

    def _drawn(self, value: Value, full: bool = False) -> TexPiece:
        digits = self.document.digits if value.digits is None else value.digits
        tokens = drawn(value.array, digits, value.exact, value.wrong, full=full, seen=value.seen)
        turned = Value(value.array.T, value.exact, value.digits)
        return TexPiece(tokens, not full and is_elided(value.array), lambda: self._drawn(turned))
