"""Write a document as one self-contained web page: nothing is loaded, and nothing but its own script runs."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence

from gradcalc.program.solution import Solution
from gradcalc.report.document import (
    Bars,
    Block,
    Chain,
    Contrast,
    Derivation,
    Document,
    Fields,
    Given,
    Heading,
    NameLine,
    Paragraph,
    Plot,
    Table,
    Verdicts,
    Workings,
    is_title,
)
from gradcalc.report.html.blocks import Blocks
from gradcalc.report.html.diagram.draw import diagram
from gradcalc.report.html.fields import toolbar
from gradcalc.report.html.markup import escape, tag
from gradcalc.report.html.parts import script_of, style_of
from gradcalc.report.page import Page
from gradcalc.report.terminal.matrices import IN_PART

_SEVERAL = 3
"""So many sections have a line of contents."""
_TITLES = "@media print { .gradcalc section h1 { break-before: page; } }\n"
"""Each title after the first begins a page."""
_IN_PART = Paragraph((IN_PART,), "note")
_LACK = re.compile(r'class="(?:bad )?(?:lack|point)(\d+)"')
_HELP = "Point at a quantity, or go from one to the next with the arrow keys ← and →: "
_KEYS = (
    tag("span", "where it comes from", class_="source"),
    tag("span", "where it is used", class_="use"),
)


def render(illustrated: tuple[Document, Solution | None], page: Page) -> str:
    """The document, with a diagram where there is a solution to be drawn; for a fragment, only what a page holds."""
    document, solution = illustrated
    shown = _Page(document, solution)
    inner = "\n".join(shown.parts())
    style, script = (part(document, bool(shown.figure)) for part in (_style, _script))
    style += _lacking(inner)
    if page.fragment:
        root = tag("div", inner, class_="gradcalc", lang="en")
        return f"<style>{style}</style>\n{root}\n<script>{script}</script>\n"
    return _WHOLE.format(
        title=escape(_title(document)),
        policy=f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'",
        style=style,
        inner=inner,
        script=script,
    )


_WHOLE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="{policy}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta name="generator" content="gradcalc"/>
<link rel="icon" href="data:,"/>
<title>{title}</title>
<style>{style}</style>
</head>
<body class="gradcalc">
{inner}
<script>{script}</script>
</body>
</html>
"""


_STYLES: tuple[tuple[tuple[type[Block], ...], str], ...] = (
    ((Table,), "table"),
    ((Table, Verdicts, Contrast), "verdicts"),
    ((Derivation,), "derivation"),
    ((Chain,), "chain"),
    ((Bars,), "bars"),
    ((Fields,), "fields"),
)


def _style(document: Document, drawn: bool) -> str:
    """The style of all pages, and that of diagrams, plots and other blocks where there are some."""
    shown = [name for kinds, name in _STYLES if any(isinstance(block, kinds) for block in document.blocks)]
    style = style_of(["style", *(["diagram"] if drawn else []), *shown])
    if any(isinstance(block, Plot) for block in document.blocks):
        from gradcalc.report.plot.style import style as of_plots

        style += f"{of_plots()}\n"
    return style + (_TITLES if _is_collected(document) else "")


def _lacking(inner: str) -> str:
    """How many decimals numbers lack that keep free the room of these, for the numbers of this page."""
    found = sorted({int(lack) for lack in _LACK.findall(inner)})
    return "".join(f".gradcalc :is(.lack{lack},.point{lack}){{--lack:{lack}}}" for lack in found)


def _script(document: Document, drawn: bool) -> str:
    """The script of all pages, and that of diagrams and fields where there are some."""
    return script_of(["script", *(["diagram"] if drawn else []), *(["fields"] if _is_filled_in(document) else [])])


def _is_filled_in(document: Document) -> bool:
    return any(isinstance(block, Fields) for block in document.blocks)


def _is_collected(document: Document) -> bool:
    """Whether it has several titles, one behind the other."""
    return sum(map(is_title, document.blocks)) > 1


def _hash(text: str) -> str:
    """By which a browser knows the page's own script from any other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _title(document: Document) -> str:
    title = next((each for each in document.blocks if isinstance(each, Heading) and is_title(each)), None)
    return "".join(part for part in title.parts if isinstance(part, str)) if title else "gradcalc"


class _Page:
    def __init__(self, document: Document, solution: Solution | None) -> None:
        self.document = document
        self.blocks = Blocks(document)
        self.figure = "" if solution is None else diagram(solution, document.names)

    def parts(self) -> Iterator[str]:
        opening, sections = _divided(self.document.blocks)
        main = [self.section(number, section) for number, section in enumerate(sections, 1)]
        if self.blocks.elided:
            main.append("".join(self.blocks.block(_IN_PART)))
        opened = "".join(self.lowered(opening))
        yield tag("header", opened) if opened else ""
        bar = [self.contents(sections)]
        if any(isinstance(block, Workings | Derivation | Contrast) for block in self.document.blocks):
            bar.append(_controls())
        if _is_filled_in(self.document):
            bar.append(toolbar(self.document, opened + "".join(main)))
        yield tag("div", *bar, class_="bar") if any(bar) else ""
        aside = self.aside(sections)
        pictured = tag("div", *main[:aside], self.figure, class_="side") if self.figure else ""
        rest = tag("div", "\n".join(main[aside:]), class_="sections")
        yield tag("main", pictured, rest, class_=self.layout)

    def contents(self, sections: Sequence[Sequence[Block]]) -> str:
        """Links to the sections, where there are several; in a collection they would be too many."""
        if _is_collected(self.document):
            return ""
        titles = [(number, blocks[0]) for number, blocks in enumerate(sections, 1) if isinstance(blocks[0], Heading)]
        if len(titles) < _SEVERAL:
            return ""
        links = [tag("a", self.blocks.text(title.parts), href=f"#{_id(number)}") for number, title in titles]
        return tag("nav", *links, aria_label="Contents", class_="contents")

    @property
    def layout(self) -> str | None:
        """A small diagram stands beside the equations."""
        return "beside" if 'class="diagram small"' in self.figure else None

    def aside(self, sections: Sequence[Sequence[Block]]) -> int:
        """How many of the sections, from the first, stand by the diagram: what is given, from which it all comes."""
        return int(bool(self.figure and sections) and any(isinstance(block, Given) for block in sections[0]))

    def section(self, number: int, blocks: Sequence[Block]) -> str:
        if not isinstance(blocks[0], Heading):
            return "".join(self.lowered(blocks))
        id = _id(number)
        heading = tag("h1" if is_title(blocks[0]) else "h2", self.blocks.text(blocks[0].parts), id=id)
        return tag("section", heading, *self.lowered(blocks[1:]), aria_labelledby=id)

    def lowered(self, blocks: Sequence[Block]) -> Iterator[str]:
        for block in blocks:
            yield from self.blocks.block(block)


def _id(section: int) -> str:
    return f"gradcalc-{section}"


def _divided(blocks: Sequence[Block]) -> tuple[list[Block], list[list[Block]]]:
    """What stands above the first section, and the sections, each with its heading.

    A title is followed by its notes; what comes after these without a heading is a section without one.
    """
    opening: list[Block] = []
    sections: list[list[Block]] = []
    for block in blocks:
        if isinstance(block, Heading) and (block.level == 2 or (is_title(block) and (opening or sections))):
            sections.append([block])
        elif sections:
            sections[-1].append(block)
        elif isinstance(block, Heading | Paragraph | NameLine):
            opening.append(block)
        else:
            sections.append([block])
    return opening, sections


def _controls() -> str:
    """Buttons for who has no arrow keys, and where the steps are told to a screen reader."""
    buttons = "".join(
        tag("button", sign, type="button", data_step=step, aria_label=label)
        for sign, step, label in (("←", "-1", "Previous quantity"), ("→", "1", "Next quantity"))
    )
    copy = tag("button", "Copy LaTeX", type="button", class_="copy", disabled="disabled")
    legend = tag("span", _HELP + ", ".join(_KEYS) + ".", class_="help")
    said = tag("span", "", class_="said", role="status", aria_live="polite")
    seen = tag("span", "", class_="seen", aria_hidden="true")
    inner = (buttons, copy, legend, said, seen)
    return tag("nav", *inner, aria_label="Steps of the computation", class_="steps", hidden="hidden")
