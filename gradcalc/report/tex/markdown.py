"""Write a document as Markdown, with mathematics that GitHub, Jupyter, Quarto and MyST read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from gradcalc.report.document import (
    Bars,
    Block,
    Chain,
    Contrast,
    Definitions,
    Derivation,
    Document,
    Fields,
    Given,
    Heading,
    Inline,
    Math,
    NameLine,
    Paragraph,
    Plot,
    Table,
    Text,
    Verdicts,
    Workings,
)
from gradcalc.report.page import Page
from gradcalc.report.terminal.matrices import IN_PART
from gradcalc.report.terminal.plots import Screen, plotted
from gradcalc.report.tex.commonmark import cell, line, mathematics, prose
from gradcalc.report.tex.derivation import chain, derivation
from gradcalc.report.tex.equations import DEFINED_SHARE, Row, definitions, narrowest_room, rows, workings
from gradcalc.report.tex.fields import blank, name_line
from gradcalc.report.tex.given import given
from gradcalc.report.tex.tokens import written
from gradcalc.report.tex.typeset import TexSetter
from gradcalc.report.tex.verdicts import numbers, said

WIDTH = 42.0
"""How wide an equation may get, in em: about what GitHub and Jupyter show without scrolling."""
_DRAWN = 72
"""How many characters wide a plot is drawn, in a block of code."""
MOST = 2500
"""So many characters of equations stand in one block: MathJax takes no endless text."""


def render(document: Document, page: Page) -> str:
    """The document; how wide the page is on which the text is shown doesn't matter."""
    return "\n\n".join(_Markdown(document).blocks()) + "\n"


class _Markdown:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.set = TexSetter(document)

    def blocks(self) -> Iterator[str]:
        for block in self.document.blocks:
            yield from self.block(block)
        if self.set.elided:
            yield IN_PART

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading():
                yield f"{'#' * block.depth} {self.text(block.parts)}"
            case Paragraph():
                yield ("> " if block.kind == "warning" else "") + line(self.text(block.text))
            case NameLine():
                yield name_line()
            case Given():
                yield from _aligned(given(block, self.set, WIDTH))
            case Workings():
                yield from _aligned(rows(workings(block, self.set), WIDTH))
                yield from self.notes(block)
            case Derivation():
                yield from _aligned(derivation(block, self.set, WIDTH))
            case Chain():
                yield from [line(self.text(block.caption))] * bool(block.caption)
                yield from _aligned(chain(block, self.set, WIDTH))
            case Definitions():
                yield from self.definitions(block)
            case Table():
                yield self.table(block)
            case Bars():
                yield self.table(block.table)
            case Fields():
                for field in block.fields:
                    yield f"$$\n{mathematics(blank(field, self.set, WIDTH))}\n$$"
            case Plot():
                drawn = plotted(block, Screen(_DRAWN, ascii_only=False, shown=self.document.names.unicode))
                yield "\n".join(["```text", *(row.rstrip() for row in drawn.lines), "```"])
                yield line(self.text(block.told))
            case Verdicts():
                for judged in block.judged:
                    yield line(f"{judged.sign} {judged.word} {self.text(said(judged))}")
                    shown = numbers(judged, self.set)
                    # A matrix that is compared with another isn't parted.
                    yield from _aligned(rows(shown, max([WIDTH, narrowest_room(shown)] if shown else [WIDTH])))
            case Contrast():
                for caption, way in block.ways:
                    yield f"{caption}:"
                    yield from self.block(way)

    def text(self, text: Text) -> str:
        return "".join(map(self.inline, text))

    def inline(self, inline: Inline) -> str:
        if isinstance(inline, str):
            return prose(inline)
        return f"${mathematics(written(self.set.inline(inline).tokens)).rstrip()}$"

    def notes(self, block: Workings) -> Iterator[str]:
        for quantity in block.quantities:
            name = mathematics(written(self.set.name(quantity.name).tokens))
            yield from (f"${name}$: {prose(note)}." for note in quantity.notes)

    def definitions(self, block: Definitions) -> Iterator[str]:
        yield from _aligned(rows(definitions(block, self.set), WIDTH, DEFINED_SHARE))
        signs = [f"{self.inline(Math(sign))} {prose(words)}" for sign, words in block.signs]
        if signs:
            yield ", ".join(signs) + "."

    def table(self, block: Table) -> str:
        lines = [[self.inline(head) for head in block.header], ["---"] * len(block.header)]
        lines += [[self.text(each) for each in row] for row in block.rows]
        return "\n".join(f"| {' | '.join(map(cell, each))} |" for each in lines)


def _aligned(found: Sequence[Row]) -> Iterator[str]:
    """Rows with their `=` signs under each other, in as few blocks of about MOST characters as can be."""
    shown = [[f"{mathematics(left)} &{mathematics(right)}".strip() for left, right in row.cells] for row in found]
    sizes = [sum(map(len, lines)) for lines in shown]
    share = sum(sizes) / max(-(-sum(sizes) // MOST), 1)
    blocks: dict[int, list[str]] = {}
    for lines, end in zip(shown, accumulate(sizes), strict=True):
        blocks.setdefault(int((end - 1) // share), []).extend(lines)
    return map(_block, blocks.values())


def _block(lines: Sequence[str]) -> str:
    body = " \\cr\n".join(lines)
    return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"
