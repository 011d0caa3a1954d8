"""Bars as rows of a table, drawn of characters that tell their parts apart without colour."""

from __future__ import annotations

from gradcalc.report.document import Bars, Table
from gradcalc.report.terminal.layout import NARROW

_SIGNS = {"correct": "█", "carried": "▓", "imprecise": "▒", "wrong": "✗", "unreadable": "?", "missing": "·"}
_ASCII = {"correct": "#", "carried": "=", "imprecise": "+", "wrong": "x", "unreadable": "?", "missing": "."}


def with_bars(block: Bars, width: int, ascii_only: bool) -> Table:
    """The table with the bars in a column behind the labels; without them where there is no room."""
    if width < NARROW:
        return block.table
    length = max(10, min(30, width // 4))
    header = (block.header[0], "", *block.header[1:])
    return Table(header, tuple((bar.label, (_drawn(bar.parts, length, ascii_only),), *bar.cells) for bar in block.bars))


def _drawn(parts: tuple[tuple[str, float], ...], length: int, ascii_only: bool) -> str:
    """Each part as long as its share; one that is there at all has a sign."""
    signs, whole = (_ASCII, "#") if ascii_only else (_SIGNS, "█")
    counts = [max(round(share * length), share > 0) for _, share in parts]
    while sum(counts) > length:
        counts[counts.index(max(counts))] -= 1
    return "".join(signs.get(word, whole) * count for (word, _), count in zip(parts, counts, strict=True))
