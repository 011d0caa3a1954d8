"""Set formulas, values and names of one document in MathML: names and numbers as this document shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from gradcalc.formula.arrays import Array
from gradcalc.formula.entries import split_index
from gradcalc.formula.expr import Expr, Num
from gradcalc.formula.names import Names, name_table
from gradcalc.formula.write import unicode, write
from gradcalc.report.document import Document, Value
from gradcalc.report.html.markup import showing
from gradcalc.report.html.mathml import Item, Markup, MathML
from gradcalc.report.html.tex import mathml
from gradcalc.report.html.values import drawn, is_elided
from gradcalc.report.scalars import has_numbers, scalar_over, value_of, with_entries
from gradcalc.report.styled import InStyle


@dataclass
class Setter:
    """Pieces of MathML for the parts of one document; remembers whether numbers had to be left out."""

    document: Document
    elided: bool = False
    aliases: Mapping[str, str] = field(default_factory=dict)
    """What names are called among all of the document's, where one name has several meanings."""
    _scalar: Callable[[Expr], bool] = field(init=False)
    _styled: InStyle = field(init=False)

    def __post_init__(self) -> None:
        document = self.document
        self._scalar = scalar_over(document.shapes, document.axis)
        self._styled = InStyle(document.names, document.shapes, document.axis)

    def name(self, id: str) -> Markup:
        """A name, which says whose it is."""
        base = split_index(id, self.document.names.latex_of)[0]
        latex = self._known(id).latex(id)
        markup = showing(mathml(latex), self.alias(base))
        return Markup((Item(markup),), scripted="^" in latex or latex.startswith(r"\nabla"))

    def name_said(self, id: str) -> str:
        """A name as a screen reader has it: in Unicode."""
        return self._known(id).unicode(id)

    def said(self, expr: Expr) -> str:
        """A formula as a screen reader has it, in one line of Unicode."""
        return unicode(self._styled(expr), self.name_said, self._scalar, self.document.names.function_unicode)

    def _known(self, id: str) -> Names:
        base, names = split_index(id, self.document.names.latex_of)[0], self.document.names
        return names if base in names.latex_of else name_table([base])

    def alias(self, name: str) -> str:
        """By what a name can be told from others that are written alike."""
        return self.aliases.get(name, name)

    def formula(self, expr: Expr) -> Markup:
        """With names."""
        return self._written(expr, self.name)

    def _written(self, expr: Expr, draw_name: Callable[[str], Markup]) -> Markup:
        called = self.document.names.function_latex
        return write(self._styled(expr), MathML(draw_name, self._scalar, called, self.name))

    def rule(self, expr: Expr | None) -> Markup | None:
        """With names; None for a number alone, which the value says again."""
        return None if expr is None or isinstance(expr, Num) else self.formula(expr)

    def numbers(self, expr: Expr | None, values: Mapping[str, Array], exact: frozenset[str]) -> Markup | None:
        """The same with the names' values in their place; None where that says nothing, or not all of it."""
        if expr is None or not has_numbers(expr, values):
            return None
        piece = self._written(with_entries(expr), lambda id: self._value_of(id, values, exact))
        return None if piece.elided else piece

    def value(self, array: Array, exact: bool = False) -> Markup:
        """A number or a matrix."""
        return self.inline(Value(array, exact))

    def inline(self, value: Value) -> Markup:
        """A number or a matrix as it stands in a sentence."""
        full = self.document.full
        self.elided |= not full and is_elided(value.array)
        digits = self.document.digits if value.digits is None else value.digits
        return drawn(value.array, digits, value.exact, value.wrong, full=full, seen=value.seen)

    def _value_of(self, id: str, values: Mapping[str, Array], exact: frozenset[str]) -> Markup:
        base, array = value_of(id, values)
        return self._drawn(array, base, base in exact)

    def _drawn(self, array: Array, base: str, exact: bool) -> Markup:
        """A value in the place of a name."""
        piece = drawn(array, self.document.digits, exact)
        items = tuple(replace(item, markup=showing(item.markup, self.alias(base))) for item in piece.items)
        return Markup(items, is_elided(array), transposed=lambda: self._drawn(array.T, base, exact))
