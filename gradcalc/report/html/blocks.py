"""Lower each block of a document to HTML."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from gradcalc.formula.arrays import Array, Mask
from gradcalc.formula.entries import split_index
from gradcalc.formula.expr import Expr, names
from gradcalc.report.document import (
    Bars,
    Block,
    Chain,
    Contrast,
    Definitions,
    Derivation,
    Document,
    Entry,
    Fields,
    Given,
    Group,
    Heading,
    Inline,
    Judgement,
    Math,
    NameLine,
    Paragraph,
    Plot,
    Quantity,
    Reason,
    Table,
    Text,
    Value,
    Verdicts,
    Workings,
    caption,
)
from gradcalc.report.html.bars import drawn_bars
from gradcalc.report.html.fields import fieldset
from gradcalc.report.html.markup import escape, tag
from gradcalc.report.html.mathml import Item, Markup
from gradcalc.report.html.setter import Setter
from gradcalc.report.html.values import lacking, spoken
from gradcalc.report.html.verdicts import listed
from gradcalc.report.images import is_image, kept
from gradcalc.report.numbers import entries

_NO_BREAK = "\u00a0"
_WIDE = 18
"""A formula of more characters is divided between its terms, so that lines may end there."""


class Blocks:
    """The blocks of one document; `elided` tells whether numbers had to be left out."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.set = Setter(document)

    @property
    def elided(self) -> bool:
        """Whether numbers had to be left out of what was lowered so far."""
        return self.set.elided

    def block(self, block: Block) -> Iterator[str]:
        """The HTML of a block; a heading is its section's affair."""
        self.set.aliases = block.aliases if isinstance(block, Workings) else {}
        match block:
            case Heading():
                yield tag(f"h{block.depth}", self.text(block.parts))
            case Paragraph():
                yield tag("p", self.text(block.text), class_=None if block.kind == "text" else block.kind)
            case NameLine():
                return
            case Given():
                yield tag("div", *map(self._group, block.groups), class_="given")
            case Workings():
                yield tag("div", *(self._quantity(each, block) for each in block.quantities), class_="workings")
            case Derivation():
                yield tag("ol", *(self._reason(each, block) for each in block.reasons), class_="derivation")
            case Chain():
                caption = tag("p", self.text(block.caption)) if block.caption else ""
                yield tag("div", caption, *self._links(block), class_="chain")
            case Definitions():
                name, above = ("details", tag("summary", "Definitions")) if block.folded else ("div", "")
                yield tag(name, above, *self._definitions(block), class_="definitions")
            case Table():
                yield self._table(block)
            case Bars():
                yield drawn_bars(block, self.text)
            case Fields():
                shown = (fieldset(each, self.text((each.name,)), self.document) for each in block.fields)
                yield tag("div", *shown, class_="fields")
            case Plot():
                from gradcalc.report.plot.svg import svg

                yield tag(
                    "figure", svg([block], self.document.names.unicode), class_="plot", tabindex=0, aria_label="Plot"
                )
            case Verdicts():
                yield listed(block, self.text)
            case Contrast():
                yield tag("div", *(self._way(*way) for way in block.ways), class_="contrast")

    def _way(self, caption: str, workings: Workings) -> str:
        return tag("div", tag("h3", escape(caption)), *self.block(workings))

    def _group(self, group: Group) -> str:
        self.set.elided |= group.is_cut(self.document.full)
        shown = "".join(self._given(quantity) for quantity in group.shown(self.document.full))
        caption = tag("h3", escape(group.caption)) if group.caption else ""
        return tag("div", caption, tag("div", shown, class_="values"), class_="group")

    def _traced(self, quantity: Quantity, label: str, *inner: str) -> str:
        """An element that the script can light up and step to."""
        return tag("div", *inner, **self._trace(quantity.name, quantity.rule, label))

    def _trace(self, name: str, rule: Expr | None, label: str) -> dict[str, str | float]:
        return {
            "class_": "quantity",
            "role": "group",
            "aria_label": label,
            "data_name": self.set.alias(name),
            "data_uses": " ".join(map(self.set.alias, used(rule, self.document.shapes))),
        }

    def _given(self, quantity: Quantity) -> str:
        exact = quantity.section == "given"
        shown = f"{self.set.name(quantity.name).markup}{_EQUALS}{self.set.value(quantity.value, exact).markup}"
        label = f"{self.set.name_said(quantity.name)} = {self._spoken(quantity.value, exact)}"
        return self._traced(quantity, label, _math(shown))

    def _quantity(self, quantity: Quantity, block: Workings) -> str:
        """Its rule, the rule with its numbers, and its value; then its entries and what is to be noted."""
        rule = [] if quantity.rule is None else [self.set.said(quantity.rule)]
        label = " = ".join([self.set.name_said(quantity.name), *rule, self._spoken(quantity.value)])
        forms = self._forms(quantity.rule, quantity.value, block)
        below = [self._maps(quantity)] if quantity.maps else []
        below += [self._entry(entry, block) for entry in quantity.entries]
        below += [tag("p", f"{escape(note)}.", class_="note") for note in quantity.notes]
        return self._traced(quantity, label, self._equation(self.set.name(quantity.name), forms), *below)

    def _maps(self, quantity: Quantity) -> str:
        """The matrices of images side by side."""
        shown = kept(quantity.maps, self.document.full)
        self.set.elided |= len(shown) < len(quantity.maps)
        return tag("div", *map(self._given, shown), class_="values")

    def _forms(self, rule: Expr | None, value: Array, block: Workings | Derivation) -> list[Markup]:
        shown = None if is_image(value) else self.set.value(value)
        forms = (self.set.rule(rule), self.set.numbers(rule, block.values, block.exact), shown)
        return [form for form in forms if form is not None]

    def _entry(self, entry: Entry, block: Workings) -> str:
        label = f"{self.set.name_said(entry.name)} = {self.set.said(entry.expr)} = {self._spoken(entry.value)}"
        forms = self._forms(entry.expr, entry.value, block)
        return tag(
            "div", self._equation(self.set.name(entry.name), forms), class_="entry", role="group", aria_label=label
        )

    def _equation(self, left: Markup, forms: Sequence[Markup]) -> str:
        """`left = form = form`, on one line where they fit, else their signs under each other."""
        shown = tag("div", *map(_line, forms), class_="forms")
        return tag("div", tag("div", _math(left.markup)), shown, class_="equation")

    def _reason(self, reason: Reason, block: Derivation) -> str:
        label = f"({reason.number}) {self.set.name_said(reason.name)} = {self._spoken(reason.value)}"
        forms = self._forms(reason.rule, reason.value, block)
        below = [tag("p", self.text(remark), class_="note") for remark in reason.remarks]
        shown = self._equation(self.set.name(reason.name), forms)
        number = tag("span", f"({reason.number})", class_="number")
        base = split_index(reason.name, block.values)[0]
        inner = tag("div", number, shown, *below, **self._trace(base, reason.rule, label))
        return tag("li", inner, class_=f"depth-{min(reason.depth, 8)}")

    def _links(self, block: Chain) -> Iterator[str]:
        for number, link in enumerate(block.links):
            left = tag("div", _math(self.set.formula(block.left).markup) if number == 0 else "", class_="left")
            why = tag("div", self.text(link.why), class_="note") if link.why else ""
            label = f"{self.set.said(block.left)} = {self.set.said(link.expr)}"
            shown = tag("div", _line(self.set.formula(link.expr)), class_="forms")
            yield tag("div", left, shown, why, class_="link", role="group", aria_label=label)

    def _definitions(self, block: Definitions) -> Iterator[str]:
        for typed, (left, right, words) in zip(block.pairs, block.written, strict=True):
            label = " = ".join(map(self.set.said, typed))
            meaning = self._equation(self._defined(left, words), [self.set.formula(right)])
            yield tag("div", meaning, class_="meaning", role="group", aria_label=label)
        signs = [f"{self._inline(Math(sign))} {escape(words)}" for sign, words in block.signs]
        if signs:
            yield tag("p", f"{', '.join(signs)}.", class_="note")

    def _defined(self, expr: Expr, words: str) -> Markup:
        """What is defined, behind what it is called."""
        shown = self.set.formula(expr)
        said = caption(words, shown.text)
        return Markup((Item(tag("mtext", said.replace(" ", _NO_BREAK))), *shown.items)) if said else shown

    def _table(self, block: Table) -> str:
        head = tag("tr", *(tag("th", self.text((each,)), scope="col") for each in block.header))
        columns = [self._column(column) for column in zip(*block.rows, strict=True)]
        rows = [tag("tr", *row) for row in zip(*columns, strict=True)]
        return tag(
            "div",
            tag("table", tag("thead", head), tag("tbody", *rows)),
            class_="wide",
            tabindex=0,
            role="region",
            aria_label="Table",
        )

    def _column(self, cells: Sequence[Text]) -> Iterator[str]:
        """The cells of a column; numbers with their decimal points under each other."""
        texts = [self._number(cell) for cell in cells]
        filled = [text for text in texts if text is not None]
        lacks = iter(lacking(filled))
        for cell, text in zip(cells, texts, strict=True):
            if text is None:
                yield tag("td", self.text(cell))
            else:
                yield tag("td", tag("span", self.text(cell), class_=next(lacks)), class_="figure")

    def _number(self, cell: Text) -> str | None:
        """The text of a cell that holds one number and nothing else."""
        if len(cell) != 1 or not isinstance(cell[0], Value) or cell[0].array.ndim:
            return None
        digits = self.document.digits if cell[0].digits is None else cell[0].digits
        return entries(cell[0].array, digits, cell[0].exact)[0][0]

    def text(self, text: Text) -> str:
        """A sentence."""
        return "".join(map(self._inline, text))

    def _inline(self, inline: Inline) -> str:
        if isinstance(inline, Judgement):
            return tag("span", escape(inline), class_=f"mark {inline.word}")
        if isinstance(inline, str):
            return escape(inline)
        if isinstance(inline, Math):
            return _math(self.set.formula(inline.expr).markup, self.set.said(inline.expr))
        value = self.set.inline(inline)
        return _math(value.markup, self._spoken(inline.array, inline.exact, inline.digits, inline.wrong))

    def _spoken(self, array: Array, exact: bool = False, digits: int | None = None, wrong: Mask | None = None) -> str:
        digits = self.document.digits if digits is None else digits
        return spoken(array, digits, self.document.axis, exact, wrong)


def used(rule: Expr | None, whole: Container[str]) -> list[str]:
    """The names in a rule, each once: without their indices, but for those of `whole`, of which it is a part."""
    return [*dict.fromkeys(split_index(name, whole)[0] for name in names(rule))] if rule is not None else []


_EQUALS = tag("mo", "=")


def _math(markup: str, label: str | None = None) -> str:
    """A formula on its own, with its plain text for who can't read MathML where what is around it has none."""
    return tag("math", markup, alttext=label)


def _line(form: Markup) -> str:
    """`= form`; what is long in parts, between which a line may end."""
    first, *rest = form.lines() if form.width > _WIDE else [form.markup]
    shown = [_display(_EQUALS + first), *map(_display, rest)]
    return tag("div", " ".join(shown))


def _display(markup: str) -> str:
    return tag("math", markup)
