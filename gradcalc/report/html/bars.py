"""Bars as a table whose rows have one drawn in SVG; all that they show stands beside them in words."""

from __future__ import annotations

from collections.abc import Callable

from gradcalc.report.document import Bar, Bars, Text
from gradcalc.report.html.markup import escape, tag


def drawn_bars(block: Bars, text: Callable[[Text], str]) -> str:
    """Label, bar, cells; `text` sets a sentence, or what stands in a cell."""
    words = [*dict.fromkeys(word for bar in block.bars for word, _ in bar.parts)]
    heads = [tag("th", escape(head), scope="col", class_=_key(head, words)) for head in block.header]
    heads.insert(1, tag("td", class_="bar-cell"))
    rows = [tag("tr", *_row(bar, block.header, text)) for bar in block.bars]
    return tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows), class_="bars")


def _key(head: str, words: list[str]) -> str | None:
    """The colour of a column's word, where it is a part of several: the head is the legend."""
    return f"key {head}" if len(words) > 1 and head in words else None


def _row(bar: Bar, header: tuple[str, ...], text: Callable[[Text], str]) -> list[str]:
    cells = [
        tag("td", text(cell), data_head=head, class_=None if cell else "empty")
        for head, cell in zip(header[1:], bar.cells, strict=True)
    ]
    return [tag("th", text(bar.label), scope="row"), tag("td", _svg(bar), class_="bar-cell"), *cells]


def _svg(bar: Bar) -> str:
    parts, at = [], 0.0
    for word, share in bar.parts:
        parts.append(tag("rect", x=f"{at:.2f}", y="0", width=f"{100 * share:.2f}", height="10", class_=escape(word)))
        at += 100 * share
    return tag("svg", *parts, viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true")
