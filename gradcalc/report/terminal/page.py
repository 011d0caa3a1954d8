"""Draw a document for the terminal: matrices as matrices, as wide as the screen, down to 20 columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradcalc.formula.expr import Expr, Num
from gradcalc.formula.shapes import spell
from gradcalc.report.document import (
    QUIET,
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
    NameLine,
    Paragraph,
    Plot,
    Quantity,
    Reason,
    Table,
    Verdicts,
    Workings,
    caption,
)
from gradcalc.report.images import kept
from gradcalc.report.numbers import aligned
from gradcalc.report.page import Page
from gradcalc.report.scalars import has_numbers
from gradcalc.report.terminal.bars import with_bars
from gradcalc.report.terminal.boxes import Box, beside, box, indented, stack, styled
from gradcalc.report.terminal.chains import set_chain
from gradcalc.report.terminal.formulas import Piece, joined, symbol
from gradcalc.report.terminal.layout import NARROW, Line, flow, flowed, set_equations, set_table
from gradcalc.report.terminal.matrices import IN_PART
from gradcalc.report.terminal.setter import Typesetter
from gradcalc.report.terminal.trees import drawn_branches, hung
from gradcalc.report.terminal.verdicts import set_verdicts

BLANK = box("")
GAP = 3
"""Between the matrices of an image."""
_NUMBER = re.compile(r"-?\d[\d.]*(e-?\d+)?|…|-?inf|nan")
_STYLES = {"text": "", "note": "faint", "warning": "warning"}


def render(document: Document, page: Page) -> str:
    """The document as lines of text, none with spaces at its end."""
    return _text(_Terminal(document, page).whole(), page)


def _text(drawn: Box, page: Page) -> str:
    if page.colour:
        from gradcalc.report.terminal.colour import painted

        return painted(drawn)
    return "".join(line.rstrip() + "\n" for line in drawn.lines)


class _Terminal:
    def __init__(self, document: Document, page: Page) -> None:
        self.document = document
        self.page = page
        self.width = page.width
        self.set = Typesetter(document, page)

    def whole(self) -> Box:
        boxes: list[Box] = []
        above: Block | None = None
        for block in self.document.blocks:
            if above is not None and (not isinstance(above, Heading) or isinstance(block, Heading)):
                boxes.append(BLANK)
            boxes.append(self.block(block))
            above = block
        return stack([*boxes, *self.apologies()])

    def block(self, block: Block) -> Box:
        match block:
            case Heading():
                return self.heading(block)
            case Paragraph():
                return styled(flow(self.set.words(block.text), self.width), _STYLES[block.kind])
            case NameLine():
                return box("Name: " + "_" * 30)
            case Given():
                return spaced([self.group(group) for group in block.groups], self.width, 4)
            case Workings():
                return self.workings(block)
            case Derivation():
                return self.derivation(block)
            case Chain():
                above = [flow(self.set.words(block.caption), self.width)] if block.caption else []
                return stack([*above, set_chain(block, self.set, self.width)])
            case Definitions():
                return self.definitions(block)
            case Table():
                return self.table(block)
            case Bars():
                return self.table(with_bars(block, self.width, self.page.ascii_only))
            case Fields():
                return self.table(block.table)
            case Plot():
                return self.plot(block)
            case Verdicts():
                return set_verdicts(block, self.set, self.width)
            case Contrast():
                return self.contrast(block)

    def apologies(self) -> list[Box]:
        """What was left out for want of room, and where it can be had."""
        said = []
        if self.set.elided:
            said.append(IN_PART)
        if self.set.crowded:
            said.append(f"Where the numbers of a rule don't fit into {self.width} columns, they are left out.")
        return [each for text in said for each in (BLANK, styled(flow(self.set.words((text,)), self.width), "faint"))]

    def heading(self, heading: Heading) -> Box:
        text = flow(self.set.words(heading.parts), self.width)
        if heading.level == QUIET:
            return styled(text, "heading")
        line = ("=" if heading.level == 1 else "-") if self.page.ascii_only else ("═" if heading.level == 1 else "─")
        return styled(stack([text, box(line * text.width)]), "heading")

    def group(self, group: Group) -> Box:
        self.set.elided |= group.is_cut(self.document.full)
        quantities = [self.given(quantity) for quantity in group.shown(self.document.full)]
        if not group.caption:
            return spaced(quantities, self.width, 2)
        caption = styled(box(group.caption + ":"), "faint")
        if caption.width + 2 + quantities[0].width > self.width:
            return stack([caption, spaced(quantities, self.width, 2)])
        return spaced([caption, *quantities], self.width, 2)

    def given(self, quantity: Quantity) -> Box:
        label, note = beside(self.label(quantity.name), box(" = ")), f"  ({self.shape(quantity)})"
        value = self.set.value(quantity.value, quantity.section == "given", label.width)
        if value.elided:
            value = self.set.value(quantity.value, quantity.section == "given", label.width + len(note))
        return beside(label, value.box, *([styled(box(note), "faint")] if value.elided else []))

    def label(self, id: str) -> Box:
        return styled(box(self.set.name(id)), "name")

    def shape(self, quantity: Quantity) -> str:
        shape = spell(quantity.shape) if quantity.shape else ""
        return shape.replace("×", "x") if self.page.ascii_only else shape

    def workings(self, block: Workings) -> Box:
        labels = [self.label(quantity.name) for quantity in block.quantities]
        label_width = min(max((label.width for label in labels), default=0), self.width // 6)
        equations = [
            self.equation(quantity, block, label, max(label.width, label_width))
            for quantity, label in zip(block.quantities, labels, strict=True)
        ]
        boxes = [
            stack([each, *self.maps(quantity), *self.notes(quantity), *self.entries(quantity.entries, block)])
            for each, quantity in zip(set_equations(equations, self.width, label_width), block.quantities, strict=True)
        ]
        tall = any(eq.value is None or eq.value.box.height > 1 for eq in equations)
        airy = tall or any(quantity.entries for quantity in block.quantities)
        return separated(boxes) if airy else stack(boxes)

    def equation(self, quantity: Quantity, block: Workings, label: Box, label_width: int) -> Line:
        value = None if quantity.maps else self.set.value(quantity.value)
        if value is not None and value.elided and self.width >= NARROW:
            value = self.set.value(quantity.value, beside=label_width + len(" = "))
        rule = quantity.rule
        shown = None if rule is None or isinstance(rule, Num) else self.set.formula(rule)
        return Line(label, shown, self.numbers(rule, block), value, self.shape(quantity))

    def maps(self, quantity: Quantity) -> list[Box]:
        """The matrices of images side by side."""
        shown = kept(quantity.maps, self.document.full)
        self.set.elided |= len(shown) < len(quantity.maps)
        indent = 2 if self.width >= NARROW else 0
        boxes = [self.given(each) for each in shown]
        return [indented(spaced(boxes, self.width - indent, GAP), indent)] if boxes else []

    def notes(self, quantity: Quantity) -> list[Box]:
        return [styled(flow(self.set.words((f"({note})",)), self.width), "faint") for note in quantity.notes]

    def numbers(self, rule: Expr | None, block: Workings | Derivation) -> Piece | None:
        """The rule with its numbers in it, if that says anything and can be shown."""
        if rule is None or not has_numbers(rule, block.values):
            return None
        piece = self.set.numbers(rule, block.values, block.exact)
        if piece.elided:
            return None
        if piece.least_width > self.width - len("= "):
            self.set.crowded = True
            return None
        return piece

    def entries(self, entries: Sequence[Entry], block: Workings) -> list[Box]:
        equations = [
            Line(
                self.label(entry.name),
                self.set.formula(entry.expr),
                self.numbers(entry.expr, block),
                self.set.value(entry.value),
            )
            for entry in entries
        ]
        label_width = max((eq.label.width for eq in equations), default=0)
        indent = 2 if self.width >= NARROW else 0
        return [indented(each, indent) for each in set_equations(equations, self.width - indent, label_width)]

    def derivation(self, block: Derivation) -> Box:
        branches = drawn_branches([reason.depth for reason in block.reasons], self.width, self.page.ascii_only)
        return stack(
            [
                hung(self.reason(reason, block, self.width - len(branch.first)), branch)
                for reason, branch in zip(block.reasons, branches, strict=True)
            ]
        )

    def reason(self, reason: Reason, block: Derivation, width: int) -> Box:
        label = beside(styled(box(f"({reason.number}) "), "faint"), self.label(reason.name))
        rule = None if reason.rule is None or isinstance(reason.rule, Num) else self.set.formula(reason.rule)
        equation = Line(label, rule, self.numbers(reason.rule, block), self.set.value(reason.value))
        under = [styled(flow(self.set.words(text), width - 4), "faint") for text in reason.remarks]
        return stack([*set_equations([equation], width), *(indented(each, 4) for each in under)])

    def definitions(self, block: Definitions) -> Box:
        written = block.written if not self.page.ascii_only else [(*pair, "") for pair in block.pairs]
        equations = [
            Line(self.defined(left, words), None, None, self.set.formula(right)) for left, right, words in written
        ]
        signs = [[self.set.formula(sign), *self.set.words((words,))] for sign, words in block.signs]
        sentence = [word for i, sign in enumerate(signs) for word in _listed(sign, last=i == len(signs) - 1)]
        return stack([*set_equations(equations, self.width), *([flow(sentence, self.width)] if sentence else [])])

    def defined(self, expr: Expr, words: str) -> Box:
        """What is defined, behind what it is called."""
        shown = self.set.formula(expr).box
        return beside(box(caption(words, "".join(shown.lines))), shown)

    def contrast(self, block: Contrast) -> Box:
        """Each way under its caption, one below the other, so that the two can be compared sign by sign."""
        return separated([stack([box(f"{caption}:"), self.workings(each)]) for caption, each in block.ways])

    def table(self, block: Table) -> Box:
        header = [flow(self.set.words((text,)), self.width) for text in block.header]
        rows = [[self.set.words(cell) for cell in row] for row in block.rows]
        return set_table(header, _pointed(rows), self.width, "-" if self.page.ascii_only else "─")

    def plot(self, block: Plot) -> Box:
        from gradcalc.report.terminal.plots import Screen, plotted  # which few reports need

        return plotted(block, Screen(self.width, self.page.ascii_only, self.set.name))


def _listed(words: Sequence[Piece], last: bool) -> list[Piece]:
    return [*words[:-1], joined(words[-1], symbol("." if last else ","))]


def _pointed(rows: list[list[list[Piece]]]) -> list[list[list[Piece]]]:
    """The rows with the decimals under each other in columns of numbers."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    for column in columns:
        texts = [cell[0].box.lines[0] if len(cell) == 1 and cell[0].box.height == 1 else "" for cell in column]
        if all(_NUMBER.fullmatch(text) for text, cell in zip(texts, column, strict=True) if cell):
            column[:] = [[symbol(text)] for text in aligned(texts)]
    return [list(row) for row in zip(*columns, strict=True)]


def separated(boxes: Sequence[Box]) -> Box:
    """Boxes under each other, a blank line between any two."""
    return stack([each for i, b in enumerate(boxes) for each in ((BLANK, b) if i else (b,))])


def spaced(boxes: Sequence[Box], width: int, gap: int) -> Box:
    """Boxes flowed into rows, with a blank line between rows where one is tall."""
    rows = flowed(boxes, width, gap)
    return separated(rows) if any(row.height > 1 for row in rows) and width >= NARROW else stack(rows)
