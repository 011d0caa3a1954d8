"""Write a document one fact a line: formulas as they are typed, no drawing; for screen readers and for diffs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gradcalc.formula.arrays import Array, Mask
from gradcalc.formula.expr import Expr, Num
from gradcalc.formula.write import code
from gradcalc.report.document import (
    Answered,
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
    Heading,
    Judged,
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
)
from gradcalc.report.images import kept
from gradcalc.report.numbers import bracketed, entries, marked
from gradcalc.report.page import Page
from gradcalc.report.scalars import has_numbers
from gradcalc.report.terminal.setter import Typesetter

_NO_END = 10**9
_BREAK = re.compile(r"\s*[\r\n\v\f\x85\u2028\u2029]\s*")


def render(document: Document, page: Page) -> str:
    """The document as lines of text; how wide the page is doesn't matter."""
    return "".join(line + "\n" for line in _Plain(document).lines())


class _Plain:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.set = Typesetter(document, Page(_NO_END, ascii_only=True))

    def lines(self) -> Iterator[str]:
        for position, block in enumerate(self.document.blocks):
            if position and isinstance(block, Heading):
                yield ""
            yield from self.block(block)

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading():
                yield self.text(block.parts)
            case Paragraph():
                yield self.text(block.text)
            case NameLine():
                return
            case Given():
                for group in block.groups:
                    yield from [f"{group.caption}:"] * bool(group.caption)
                    yield from (self.value_line(quantity) for quantity in group.shown(self.document.full))
            case Workings():
                for quantity in block.quantities:
                    yield from self.quantity(quantity, block)
            case Derivation():
                for reason in block.reasons:
                    yield from self.reason(reason, block)
            case Chain():
                yield from self.chain(block)
            case Definitions():
                yield from (f"{code(left)} = {code(right)}" for left, right in block.pairs)
                yield from (f"{code(sign)} {words}" for sign, words in block.signs)
            case Table():
                yield from (self.row(block.header, row) for row in block.rows)
            case Bars() | Fields():
                yield from self.block(block.table)
            case Plot():
                yield self.text(block.told)
            case Verdicts():
                for judged in block.judged:
                    yield from (self.verdict(judged, answer) for answer in judged.answers)
            case Contrast():
                for caption, workings in block.ways:
                    yield f"{caption}:"
                    yield from self.block(workings)

    def quantity(self, quantity: Quantity, block: Workings) -> Iterator[str]:
        if quantity.rule is not None:
            yield f"{quantity.name} = {code(quantity.rule)}"
        yield from map(self.value_line, kept(quantity.maps, self.document.full) or [quantity])
        yield from map(self.inline, quantity.notes)
        yield from (self.entry(entry, block) for entry in quantity.entries)

    def value_line(self, quantity: Quantity) -> str:
        shape = f" ({quantity.shape[0]} by {quantity.shape[1]})" if quantity.shape else ""
        return f"{quantity.name} = {self.value(quantity.value, quantity.section == 'given')}{shape}"

    def entry(self, entry: Entry, block: Workings) -> str:
        steps = [entry.name, code(entry.expr)]
        if has_numbers(entry.expr, block.values):
            steps.append(self.numbers(entry.expr, block))
        return " = ".join([*steps, self.value(entry.value)])

    def reason(self, reason: Reason, block: Derivation) -> Iterator[str]:
        steps = [f"({reason.number}) {reason.name}"]
        if reason.rule is not None:
            steps.append(code(reason.rule))
            if has_numbers(reason.rule, block.values):
                steps.append(self.numbers(reason.rule, block))
        if reason.rule != Num(float(reason.value)):
            steps.append(self.value(reason.value))
        yield " = ".join(steps)
        yield from map(self.text, reason.remarks)

    def chain(self, block: Chain) -> Iterator[str]:
        yield from [self.text(block.caption)] * bool(block.caption)
        yield code(block.left)
        for link in block.links:
            yield f"= {code(link.expr)}" + (f" ({self.text(link.why)})" if link.why else "")

    def numbers(self, expr: Expr, block: Workings | Derivation) -> str:
        return self.set.numbers(expr, block.values, block.exact).box.lines[0]

    def value(self, array: Array, exact: bool = False, digits: int | None = None, wrong: Mask | None = None) -> str:
        """`0.3927`, `[0.6267, 0.3733✗]`, `[[3, 6], [4, 5]]`."""
        digits = self.document.digits if digits is None else digits
        return bracketed(marked(entries(array, digits, exact), wrong), array.shape, self.document.axis)

    def text(self, text: Text) -> str:
        return "".join(map(self.inline, text))

    def inline(self, inline: str | Math | Value) -> str:
        match inline:
            case Math():
                return code(inline.expr)
            case Value():
                return self.value(inline.array, inline.exact, inline.digits, inline.wrong)
            case _:
                return _BREAK.sub(" ", inline.replace("\u00a0", " "))

    def row(self, header: Sequence[str | Math], row: Sequence[Text]) -> str:
        """The cells behind their headers, without those that say nothing."""
        cells = zip(map(self.inline, header), map(self.text, row), strict=True)
        return ", ".join(f"{head} {cell}" for head, cell in cells if cell)

    def verdict(self, judged: Judged, answer: Answered) -> str:
        header = ("verdict", "quantity", "yours", "right", "why")
        return self.row(
            header, ((f"{judged.sign} {judged.word}",), (answer.name,), answer.yours, answer.right, judged.why)
        )
