"""Write a formula as MathML, with names or with their values in it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from gradcalc.formula.expr import Apply, Expr
from gradcalc.formula.symbols import to_unicode
from gradcalc.formula.table import Function
from gradcalc.formula.write import Notation, Target, nothing
from gradcalc.formula.write import number as shortest
from gradcalc.report.html.markup import escape, tag
from gradcalc.report.html.tex import APPLY, fenced, mathml, row

_WIDEST_FRACTION = 40
_PLACE = 0xE000
"""From here on Unicode has characters without a meaning, which hold the places of arguments."""
_MARKUP = re.compile(r"<[^>]*>")
_BETWEEN = '<mo form="infix">'
"""A sign at the beginning of a line, which would be taken for one before a number."""
_SCRIPTED = re.compile(r"\^.{1,5}$|^\\frac")


Kind: TypeAlias = Literal["sum", "product", "operator", "number", "negative", "other"]


@dataclass(frozen=True, slots=True)
class Item:
    """One element in a row; `sum` and `product` are signs between terms and between factors."""

    markup: str
    kind: Kind = "other"


@dataclass(frozen=True, slots=True)
class Markup:
    """A part of a formula."""

    items: tuple[Item, ...]
    elided: bool = False
    """Some of its numbers are left out."""
    scripted: bool = False
    """Ends with a superscript, or begins with a fraction, so that it takes no other script without brackets."""
    transposed: Callable[[], Markup] | None = None
    """The same value with rows and columns exchanged."""

    @property
    def markup(self) -> str:
        """All of it, its elements side by side."""
        return "".join(item.markup for item in self.items)

    @property
    def element(self) -> str:
        """All of it as one element."""
        return row([item.markup for item in self.items])

    @property
    def negative(self) -> bool:
        """Begins with a minus, so that it needs brackets behind an operator."""
        return bool(self.items) and self.items[0].kind in ("negative", "operator")

    @property
    def text(self) -> str:
        """What is read in all of it."""
        return _MARKUP.sub("", self.markup)

    @property
    def width(self) -> int:
        """About how many characters wide it is; of a matrix, all that is in it."""
        return len(self.text)

    def lines(self) -> list[str]:
        """Its markup in parts, between which a line may end: its terms, or the factors where there is but one."""
        sign = "sum" if any(item.kind == "sum" for item in self.items[1:]) else "product"
        parts: list[list[str]] = [[]]
        for item in self.items:
            begins = item.kind == sign and bool(parts[-1])
            if begins:
                parts.append([])
            parts[-1].append(item.markup.replace("<mo>", _BETWEEN, 1) if begins else item.markup)
        return ["".join(part) for part in parts]


def element(markup: str, kind: Kind = "other") -> Markup:
    """A piece of one element."""
    return Markup((Item(markup, kind),))


def number_markup(text: str) -> str:
    """A number as one element: `1.2e-7` as 1.2 × 10⁻⁷."""
    return row(number_parts(text))


def number_parts(text: str) -> list[str]:
    """The same in its elements, where nothing else stands beside them, as in a cell."""
    text = {"inf": "∞", "-inf": "-∞"}.get(text, text)
    mantissa, _, exponent = text.removeprefix("-").partition("e")
    minus = [tag("mo", "−")] if text.startswith("-") else []
    power = [tag("mo", "×"), tag("msup", tag("mn", "10"), number_markup(exponent))] if exponent else []
    return [*minus, tag("mn", escape(mantissa)), *power]


@dataclass(frozen=True)
class MathML(Target[Markup]):
    """Formulas as pieces; `draw_name` draws a name, `scalar` says beside what a dot may stand for ⊙."""

    draw_name: Callable[[str], Markup]
    scalar: Callable[[Expr], bool]
    called: Callable[[str], str | None] = nothing
    draw_function: Callable[[str], Markup] | None = None
    """Draws the name of a function; `draw_name` where left out."""

    @property
    def notation(self) -> Notation:  # type: ignore[override]
        """That of the function templates: LaTeX, which is turned into MathML."""
        return "latex"

    def text(self, text: str) -> Markup:
        """The sign between two terms, or a minus before one."""
        sign = escape(text.strip().replace("-", "−"))
        between = text != text.strip()
        return element(tag("mo", sign, form=None if between else "prefix"), "sum" if between else "operator")

    def name(self, id: str) -> Markup:
        """A name, drawn by `draw_name`."""
        return self.draw_name(id)

    def function(self, id: str) -> Markup:
        """The name of a function that the problem gives."""
        return (self.draw_function or self.draw_name)(id)

    def number(self, value: float) -> Markup:
        """A number, not negative; π by its letter, `1e-7` as a power of ten."""
        if value == math.pi:
            return element(tag("mi", "π"))
        return element(number_markup(shortest(value)), "number")

    def join(self, parts: Sequence[Markup]) -> Markup:
        """Pieces side by side; one that begins with a minus gets brackets behind an operator."""
        items: list[Item] = []
        for part in parts:
            behind = bool(items) and items[-1].kind in ("sum", "product", "operator")
            items += self._bracketed(part).items if behind and part.negative else part.items
        lone_minus = len(items) == 2 and items[0].kind == "operator" and items[1].kind == "number"
        if lone_minus:
            items = [Item(tag("mrow", *(item.markup for item in items)), "negative")]
        scripted = parts[0].scripted if len(parts) == 1 else False
        return Markup(tuple(items), any(part.elided for part in parts), scripted)

    def _bracketed(self, piece: Markup) -> Markup:
        """Brackets around the negative number that it begins with; around all of it behind a minus sign."""
        first, *rest = piece.items
        if first.kind == "operator":
            return self.group(piece)
        return replace(piece, items=(*self.group(Markup((first,))).items, *rest))

    def group(self, inner: Markup) -> Markup:
        """A piece in brackets that grow with it."""
        return Markup((Item(fenced(inner.markup)),), inner.elided)

    def operator(self, node: Apply, entry: Function) -> Markup:
        """The sign, `·` beside a single number; a matrix product has one that isn't seen, and is read out."""
        dotted = node.function in ("mul", "matmul") and any(map(self.scalar, node.args))
        own = self.called(entry.name)
        if own and not dotted:
            return element(tag("mo", to_unicode(own) or own), "operator")
        assert entry.infix is not None
        if dotted or node.function != "matmul":
            return element(tag("mo", "·" if dotted else entry.infix.unicode), "product")
        return element(tag("mo", "\u2062"), "operator")  # An invisible sign of multiplication, which is read out.

    def fraction(self, node: Apply, numerator: Markup, denominator: Markup) -> Markup | None:
        """A built-up fraction; None where its parts are too wide to stand above each other."""
        if max(numerator.width, denominator.width) > _WIDEST_FRACTION:
            return None
        built = tag("mfrac", numerator.element, denominator.element)
        return Markup((Item(built),), numerator.elided or denominator.elided)

    def power(self, base: Markup, exponent: Markup) -> Markup:
        """A base with its exponent raised; a base that begins with a minus or has a script gets brackets."""
        if base.negative or base.scripted:
            base = self.group(base)
        return Markup((Item(tag("msup", base.element, exponent.element)),), base.elided, scripted=True)

    def transpose(self, base: Markup) -> Markup:
        """A matrix with ⊤ raised; a value that knows its own transpose is drawn so."""
        if base.transposed is not None:
            return base.transposed()
        if base.scripted:
            base = self.group(base)
        return Markup((Item(tag("msup", base.element, tag("mo", "⊤"))),), base.elided, scripted=True)

    def entry(self, base: Markup, index: str) -> Markup:
        """The entry of a value that a letter counts."""
        return Markup((Item(tag("msub", base.element, tag("mi", index))),), base.elided)

    def total(self, index: str, term: Markup) -> Markup:
        """A sum over a letter, which stands below the sign."""
        sign = tag("munder", tag("mo", "∑"), tag("mi", index))
        return Markup((Item(sign), *term.items), term.elided)

    def word(self, name: str) -> Markup:
        """The name of a function."""
        return element(tag("mi", escape(name)))

    def symbol(self, symbol: str) -> Markup:
        """The symbol of a function."""
        return element(mathml(symbol))

    def plain_call(self, node: Apply, name: Markup, args: Sequence[Markup]) -> Markup:
        """A function, its arguments and parameters in brackets."""
        shown = [arg.element for arg in args]
        shown += [f"{mathml(_letter(key))}{tag('mo', '=')}{number_markup(shortest(v))}" for key, v in node.params]
        inner = tag("mo", ",").join(shown)
        call = tag("mrow", name.element, APPLY, fenced(inner))
        return Markup((Item(call),), any(arg.elided for arg in args))

    def fill(self, template: str, args: Mapping[str, Markup]) -> Markup:
        """The TeX of a function with its arguments in their places."""
        places = {name: chr(_PLACE + i) for i, name in enumerate(args)}
        for name, place in places.items():
            template = re.sub(rf"\{{{name}(?::\d)?\}}", place, template)
        markup = mathml(template, {places[name]: args[name].element for name in args})
        scripted = bool(_SCRIPTED.search(template))
        return Markup((Item(markup),), any(arg.elided for arg in args.values()), scripted)


def _letter(key: str) -> str:
    return rf"\{key}" if key in ("alpha", "delta") else rf"\mathrm{{{key}}}"
