r"""Write a document as LaTeX: a whole one that pdflatex turns into pages, or a fragment for `\input`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gradcalc.report.document import (
    Bars,
    Block,
    Chain,
    Contrast,
    Definitions,
    Derivation,
    Document,
    Field,
    Fields,
    Given,
    Heading,
    Judged,
    Math,
    NameLine,
    Paragraph,
    Plot,
    Table,
    Text,
    Value,
    Verdicts,
    Workings,
    is_title,
)
from gradcalc.report.page import Page
from gradcalc.report.terminal.matrices import IN_PART
from gradcalc.report.tex.breaking import lines, narrowest
from gradcalc.report.tex.derivation import chain, derivation
from gradcalc.report.tex.equations import DEFINED_SHARE, Display, Row, definitions, narrowest_room, rows, workings
from gradcalc.report.tex.escape import mathematics, prose
from gradcalc.report.tex.fields import blank, name_line
from gradcalc.report.tex.given import given
from gradcalc.report.tex.plots import picture
from gradcalc.report.tex.tables import SIZES, Cell, set_table
from gradcalc.report.tex.tokens import total, written
from gradcalc.report.tex.typeset import TexSetter
from gradcalc.report.tex.verdicts import numbers, said

PAGE_WIDTH, FRAGMENT_WIDTH = 41.0, 32.5
"""How wide a line is, in em: of the document's own page, and of the narrowest of LaTeX's own classes."""
_NUMBER = 2.7
"""Kept free for the number of an equation."""
_COMMANDS = {1: "section", 2: "subsection"}
_TOGETHER = 4
"""An equation of no more lines than this isn't parted by the end of a page."""
_PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[margin=2.5cm]{geometry}
\usepackage{amsmath,amssymb}
\usepackage{array,longtable}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt plus 2pt}
\sloppy
"""
_NEEDS = "% For \\input into a document with \\usepackage{amsmath,amssymb,array,longtable}.\n"
_COLOURED = r"\textcolor{"
_COLOUR = r"""\providecommand{\textcolor}[2]{#2}% In colour with \usepackage{color}.
\ifdefined\definecolor\definecolor{gradcalcright}{rgb}{0,0.4,0}\definecolor{gradcalchalf}{rgb}{0.48,0.32,0}\fi
"""
_COLOURS = {
    **{"correct": "gradcalcright", "wrong": "red", "unreadable": "red"},
    **dict.fromkeys(("carried", "imprecise", "missing"), "gradcalchalf"),
}
_CLOSER = "\n\\vspace{-\\baselineskip}\n"
"""TeX begins a paragraph before a display: an empty line where no text stands above it."""
_SHORT = 10.0
_CONTINUED = 0.3
"""How much wider the sign makes a line that goes on."""
_COLUMNS = re.compile(r"\\begin\{b?matrix\}(.*?)(?:\\\\|\\end)")
_LEAST_COLUMNS = 10
"""So many columns amsmath allows without being asked."""


def render(document: Document, page: Page) -> str:
    """The document; how wide the page is on which the text is shown doesn't matter."""
    body = "".join(_Latex(document, FRAGMENT_WIDTH if page.fragment else PAGE_WIDTH).parts())
    if _COLOURED in body:
        body = _COLOUR + body
    if page.fragment:
        return f"{_NEEDS}\\begingroup\\sloppy\\allowdisplaybreaks\n{_wide_matrices(body)}{body}\\endgroup\n"
    bold = "\\usepackage{bm}\n" if r"\bm{" in body else ""
    bold += "\\usepackage{color}\n" if _COLOURED in body else ""
    return f"{_PREAMBLE}{bold}\\begin{{document}}\n{_wide_matrices(body)}{body}\n\\end{{document}}\n"


def _wide_matrices(body: str) -> str:
    most = max((row.count("&") + 1 for row in _COLUMNS.findall(body)), default=0)
    return f"\\setcounter{{MaxMatrixCols}}{{{most}}}\n" if most > _LEAST_COLUMNS else ""


class _Latex:
    def __init__(self, document: Document, width: float) -> None:
        self.document = document
        self.width = width
        self.set = TexSetter(document)

    def parts(self) -> Iterator[str]:
        above: Block | None = None
        for block in self.document.blocks:
            yield "\n\\clearpage" if above is not None and is_title(block) else ""
            yield _between(above, block)
            yield from self.block(block)
            above = block
        if self.set.elided:
            yield "\n" + self.paragraph(Paragraph((IN_PART,), "note"))

    def block(self, block: Block) -> Iterator[str]:
        match block:
            case Heading():
                yield f"\\{_COMMANDS.get(block.level, 'subsubsection')}*{{\\raggedright {self.text(block.parts)}}}\n"
            case Paragraph():
                yield self.paragraph(block)
            case NameLine():
                yield f"{name_line()}\n"
            case Given():
                yield _aligned(given(block, self.set, self.width - _NUMBER))
            case Workings():
                yield _aligned(rows(workings(block, self.set), self.width - _NUMBER))
                yield from self.notes(block)
            case Derivation():
                yield _aligned(derivation(block, self.set, self.width))
            case Chain():
                yield f"\n{self.text(block.caption)}\n" if block.caption else ""
                yield _aligned(chain(block, self.set, self.width))
            case Definitions():
                yield from self.definitions(block)
            case Table():
                yield self.table(block)
            case Bars():
                yield self.table(block.table)
            case Fields():
                yield from map(self.field, block.fields)
            case Plot():
                yield picture(block, self.document.names.latex)
            case Verdicts():
                yield from map(self.verdict, block.judged)
            case Contrast():
                for caption, way in block.ways:
                    yield f"\n{caption}:\n"
                    yield self.whole(workings(way, self.set), _NUMBER)

    def paragraph(self, paragraph: Paragraph) -> str:
        text = self.text(paragraph.text)
        if paragraph.kind == "note":
            return f"{{\\small {text}\\par}}\n"
        return f"\\emph{{{text}}}\n" if paragraph.kind == "warning" else f"{text}\n"

    def text(self, text: Text) -> str:
        return "".join(prose(inline) if isinstance(inline, str) else self.inline(inline) for inline in text)

    def inline(self, inline: Math | Value, room: float = 0.0) -> str:
        """Mathematics within a line; what is long in several pieces, so that lines can end between them."""
        room = room or self.width / 3
        return " ".join(f"${mathematics(written(line))}$" for line in lines(self.set.inline(inline).tokens, room, room))

    def notes(self, block: Workings) -> Iterator[str]:
        for quantity in block.quantities:
            name = mathematics(written(self.set.name(quantity.name).tokens))
            yield from (f"{{\\small ${name}$: {prose(note)}.\\par}}\n" for note in quantity.notes)

    def definitions(self, block: Definitions) -> Iterator[str]:
        if block.pairs:
            yield _aligned(rows(definitions(block, self.set), self.width, DEFINED_SHARE))
        signs = [f"{self.inline(Math(sign))} {prose(words)}" for sign, words in block.signs]
        if signs:
            yield ", ".join(signs) + ".\n"

    def field(self, field: Field) -> str:
        shown = mathematics(blank(field, self.set, self.width - _NUMBER))
        return f"\\[{shown}\\]\n"

    def verdict(self, judged: Judged) -> str:
        """A paragraph, with the numbers under it where they are to be looked at."""
        word = rf"{prose(judged.sign)} \textbf{{{judged.word}}}"
        word = rf"\textcolor{{{_COLOURS[judged.word]}}}{{{word}}}"
        return f"\n{word}\\quad {self.text(said(judged))}\n{self.whole(numbers(judged, self.set))}"

    def whole(self, equations: Sequence[Display], taken: float = 0.0) -> str:
        """Equations on one page, where matrices aren't shown in full, in the largest type in which none is parted.

        `taken` is kept free at the right.
        """
        if not equations:
            return ""
        needed = narrowest_room(equations) + taken
        command, scale = next((size for size in SIZES if needed <= self.width / size[1]), SIZES[-1])
        shown = _aligned(rows(equations, self.width / scale - taken), together=not self.document.full)
        return f"{{{command}\n{shown}}}\n" if command else shown

    def table(self, block: Table) -> str:
        cells = [[self.cell(cell) for cell in row] for row in block.rows]
        return set_table([self.text((head,)) for head in block.header], cells, self.width)

    def cell(self, cell: Text) -> Cell:
        """A cell, and how it is set in a column of a given width."""
        words = [each if isinstance(each, str) else self.extent(each) for each in cell]
        number = len(cell) == 1 and isinstance(cell[0], Value) and cell[0].array.ndim == 0

        def fitted(room: float) -> str:
            return "".join(prose(each) if isinstance(each, str) else self.inline(each, room) for each in cell)

        return Cell(tuple(words), fitted, number)

    def extent(self, inline: Math | Value) -> tuple[float, float]:
        """How wide a formula is, whole and broken; a short one is better left whole."""
        tokens = self.set.inline(inline).tokens
        whole = total(tokens)
        return whole, whole if whole <= _SHORT else narrowest(tokens) + _CONTINUED


def _between(above: Block | None, block: Block) -> str:
    """An empty line, but not between a sentence and what it introduces."""
    if not isinstance(block, Given | Workings | Derivation | Chain | Definitions):
        return "\n"
    return "" if isinstance(above, Paragraph) and above.kind == "text" else _CLOSER


def _aligned(found: Sequence[Row], *, together: bool = False) -> str:
    """Rows with their `=` signs under each other; the last line of each has its number."""
    star = "" if any(row.numbered for row in found) else "*"
    apart = "[6pt]" if any(row.tall or len(row.cells) > 1 for row in found) else ""
    end = r"\\*" if together else r"\\"
    body = f" {end}{apart}\n".join(_row(row, starred=bool(star)) for row in found)
    return f"\\begin{{align{star}}}\n{body}\n\\end{{align{star}}}\n"


def _row(row: Row, starred: bool) -> str:
    between = r" \\*" if len(row.cells) <= _TOGETHER else r" \\"
    texts = [f"  {mathematics(left)} &{mathematics(right)}" for left, right in row.cells]
    if starred:
        return f"{between}\n".join(texts)
    *above, last = texts
    unnumbered = [f"{text} \\notag{between}\n" for text in above]
    return "".join(unnumbered) + last + ("" if row.numbered else r" \notag")
