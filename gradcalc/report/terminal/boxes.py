"""Two-dimensional text: boxes put side by side along a base line, stacked, and fenced with tall brackets."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of one line that may be coloured: characters `start` to `stop` of line `row`."""

    row: int
    start: int
    stop: int
    style: str


@dataclass(frozen=True, slots=True)
class Box:
    """Lines of equal width; line `base` is the one that stands level with its neighbours."""

    lines: tuple[str, ...]
    base: int = 0
    marks: tuple[Mark, ...] = ()

    @property
    def width(self) -> int:
        """How many columns of a terminal it takes."""
        return cells(self.lines[0]) if self.lines else 0

    @property
    def height(self) -> int:
        """How many lines it has."""
        return len(self.lines)


@lru_cache(maxsize=4096)
def cells(text: str) -> int:
    """How many columns of a terminal `text` takes: accents take none, Chinese characters two."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


@lru_cache(maxsize=1024)
def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def padded(text: str, width: int) -> str:
    """`text` with spaces up to `width` columns."""
    return text + " " * (width - cells(text))


def box(*lines: str, base: int = 0) -> Box:
    """A box of these lines, padded to one width."""
    if len(lines) == 1:
        return Box(lines)
    width = max(map(cells, lines), default=0)
    return Box(tuple(padded(line, width) for line in lines), base)


EMPTY = Box(("",))


def styled(inner: Box, style: str) -> Box:
    """The same box, to be coloured where there is colour."""
    marks = tuple(Mark(row, 0, len(line), style) for row, line in enumerate(inner.lines))
    return replace(inner, marks=marks)


def beside(*boxes: Box) -> Box:
    """Boxes side by side, their base lines level."""
    if len(boxes) == 1:
        return boxes[0]
    above = max((b.base for b in boxes), default=0)
    below = max((b.height - b.base for b in boxes), default=1)
    lines = [""] * (above + below)
    marks: list[Mark] = []
    for each in boxes:
        top = above - each.base
        marks += [_moved(mark, top, len(lines[top + mark.row])) for mark in each.marks]
        lines = [line + _row(each, row - top) for row, line in enumerate(lines)]
    return Box(tuple(lines), above, tuple(marks))


def _row(each: Box, row: int) -> str:
    return each.lines[row] if 0 <= row < each.height else " " * each.width


def _moved(mark: Mark, down: int, right: int) -> Mark:
    return Mark(mark.row + down, mark.start + right, mark.stop + right, mark.style)


def stack(boxes: Sequence[Box]) -> Box:
    """Boxes under each other, flush left; the base line is the first one's."""
    width = max((b.width for b in boxes), default=0)
    lines: list[str] = []
    marks: list[Mark] = []
    for each in boxes:
        marks += [_moved(mark, len(lines), 0) for mark in each.marks]
        lines += [padded(line, width) for line in each.lines]
    return Box(tuple(lines) or ("",), boxes[0].base if boxes else 0, tuple(marks))


def indented(inner: Box, columns: int) -> Box:
    """A box moved to the right."""
    return beside(Box((" " * columns,)), inner) if columns > 0 else inner


# Tall brackets: what stands at the top, in between and at the bottom, on the left and on the right.

_TALL = {"[": ("⎡⎢⎣", "⎤⎥⎦"), "(": ("⎛⎜⎝", "⎞⎟⎠"), "⟨": ("╱│╲", "╲│╱")}
CLOSING = {"[": "]", "(": ")", "⟨": "⟩"}


def fenced(inner: Box, opening: str = "(", ascii_only: bool = False) -> Box:
    """A box between brackets as tall as itself: ⎡ ⎤ and ⎣ ⎦, or `[` and `]` on every line."""
    left, right = _fence(inner.height, opening, ascii_only)
    return beside(Box(left, inner.base), inner, Box(right, inner.base))


def _fence(height: int, opening: str, ascii_only: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if height == 1 or ascii_only:
        return (opening,) * height, (CLOSING[opening],) * height
    left, right = ((s[0], *[s[1]] * (height - 2), s[2]) for s in _TALL[opening])
    return left, right
