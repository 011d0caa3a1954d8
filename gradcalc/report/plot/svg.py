"""Draw plots as SVG, one below the other: axes with round numbers, each line with its name where it ends."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from xml.sax.saxutils import escape

from gradcalc.report.document import Document, Line, Math, Plot, Text
from gradcalc.report.page import Page
from gradcalc.report.plot.room import Point, along, label_places
from gradcalc.report.plot.scale import Scale, scale_of
from gradcalc.report.plot.style import COURSES, style

WIDTH = 720.0
_HEIGHT, _HEIGHT_OF_MAP = 260.0, 560.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 74.0, 110.0, 34.0, 44.0
MOST_STOPS = 100
"""With more steps than this a dot for each would hide the line."""
_LINE = 16.0
"""How far apart the names at the lines' ends stand at least."""
Shown: TypeAlias = Callable[[str], str]


def render(document: Document, page: Page) -> str:
    """A document's plots as a file of its own, light or dark as the reader's screen is."""
    plots = [block for block in document.blocks if isinstance(block, Plot)]
    return svg(plots, document.names.unicode, alone=True)


def svg(plots: Sequence[Plot], shown: Shown, *, alone: bool = False) -> str:
    """The element; `shown` says how a name is written. Where it doesn't stand alone, its page has the style."""
    frames = [_Frame.of(plot) for plot in plots]
    height = sum(frame.height for frame in frames)
    top, body = 0.0, []
    for frame in frames:
        body += [f'<g transform="translate(0 {top:.0f})">', *frame.drawn(shown), "</g>"]
        top += frame.height
    about = "; ".join(_said(plot.told, shown) for plot in plots)
    space = ' xmlns="http://www.w3.org/2000/svg"' if alone else ""
    lines = [
        f'<svg{space} class="plot-lines" role="img" aria-label="{_attribute(about)}"'
        f' width="{WIDTH:.0f}" height="{height:.0f}" viewBox="0 0 {WIDTH:.0f} {height:.0f}">',
        *(["<style>", style(), "</style>", '<rect class="paper" width="100%" height="100%"></rect>'] if alone else []),
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + ("\n" if alone else "")


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})


def _said(text: Text, shown: Shown) -> str:
    """A sentence as a screen reader has it."""
    return "".join(part if isinstance(part, str) else _word(part, shown) for part in text)


def _word(part: object, shown: Shown) -> str:
    if isinstance(part, Math):
        return shown(getattr(part.expr, "id", ""))
    return f"{float(getattr(part, 'array')):.4g}"  # noqa: B009


@dataclass(frozen=True, slots=True)
class _Frame:
    """A plot with its axes settled."""

    plot: Plot
    across: Scale
    up: Scale
    height: float
    is_map: bool

    @classmethod
    def of(cls, plot: Plot) -> _Frame:
        is_map = all(line.kind != "course" for line in plot.lines)
        across = scale_of([x for line in plot.lines for x in line.across], margin=0.0)
        up = scale_of([y for line in plot.lines for y in line.up], 0.0 if is_map else 0.05, plot.may_be_log)
        return cls(plot, across, up, _HEIGHT_OF_MAP if is_map else _HEIGHT, is_map)

    def at(self, x: float, y: float) -> Point:
        """Where a point stands in the image; not numbers where it can't stand."""
        wide, tall = WIDTH - _LEFT - _RIGHT, self.height - _TOP - _BOTTOM
        return _LEFT + wide * self.across.place(x), _TOP + tall * (1 - self.up.place(y))

    def drawn(self, shown: Shown) -> Iterator[str]:
        yield f'<text class="word title" x="{_LEFT:.0f}" y="{_TOP - 14:.0f}">{escape(shown(self.plot.up))}</text>'
        yield from self._ticks()
        yield self._box()
        yield self._title_across(shown)
        number = 0
        for line in self.plot.lines:
            kind = {"course": f"line course-{number % COURSES}", "way": "line way", "contour": "contour"}[line.kind]
            number += line.kind == "course"
            yield f'<path class="{kind}" d="{self._path(line)}"></path>'
        yield from self._names(shown)
        yield from self._stops()
        yield from self._levels()

    def _box(self) -> str:
        left, right, top, bottom = _LEFT, WIDTH - _RIGHT, _TOP, self.height - _BOTTOM
        around = f" V{top:.1f} H{left:.1f}" if self.is_map else ""
        return f'<path class="axis" d="M{left:.1f} {top:.1f} V{bottom:.1f} H{right:.1f}{around}"></path>'

    def _ticks(self) -> Iterator[str]:
        bottom = self.height - _BOTTOM
        across = "h-5" if self.is_map else f"H{WIDTH - _RIGHT:.1f}"
        for tick, label in self.up.labelled(8 if self.is_map else 5):
            y = self.at(0, tick)[1]
            yield f'<path class="grid" d="M{_LEFT:.1f} {y:.1f} {across}"></path>'
            yield f'<text class="word tick up" x="{_LEFT - 8:.1f}" y="{y + 4:.1f}">{label}</text>'
        for tick, label in self.across.labelled(8):
            x = self.at(tick, 0)[0]
            yield f'<path class="axis" d="M{x:.1f} {bottom:.1f} v5"></path>'
            yield f'<text class="word tick across" x="{x:.1f}" y="{bottom + 19:.1f}">{label}</text>'

    def _title_across(self, shown: Shown) -> str:
        x, y = WIDTH - _RIGHT, self.height - _BOTTOM
        return f'<text class="word behind" x="{x + 24:.1f}" y="{y + 19:.1f}">{escape(shown(self.plot.across))}</text>'

    def _path(self, line: Line) -> str:
        """From point to point; where one can't stand, the line has a gap."""
        parts, down = [], False
        for x, y in map(self.at, line.across, line.up):
            if math.isfinite(x) and math.isfinite(y):
                parts.append(f"{'L' if down else 'M'}{x:.1f} {y:.1f}")
            down = math.isfinite(x) and math.isfinite(y)
        return " ".join(parts)

    def _names(self, shown: Shown) -> Iterator[str]:
        """Each course's name behind its end, none on another."""
        courses = [line for line in self.plot.lines if line.kind == "course"]
        if len(courses) < 2:
            return
        ends = {number: self._end(line) for number, line in enumerate(courses)}
        y = -math.inf
        for number in sorted(ends, key=lambda number: ends[number]):
            y = max(ends[number], y + _LINE)
            name = escape(shown(courses[number].name))
            x = WIDTH - _RIGHT + 8
            yield f'<text class="word behind of-{number % COURSES}" x="{x:.1f}" y="{y + 4:.1f}">{name}</text>'

    def _end(self, line: Line) -> float:
        heights = [self.at(x, y)[1] for x, y in zip(line.across, line.up, strict=True)]
        return next((height for height in reversed(heights) if math.isfinite(height)), _TOP)

    def _points(self, line: Line) -> list[Point]:
        return [*map(self.at, line.across, line.up)]

    def _ways(self) -> list[list[Point]]:
        ways = [self._points(line) for line in self.plot.lines if line.kind == "way"]
        finite = [[point for point in points if all(map(math.isfinite, point))] for points in ways]
        return [points for points in finite if points]

    def _stops(self) -> Iterator[str]:
        """A dot for each step of a way, where they are few; its start and its end by their names."""
        for points in self._ways():
            for x, y in points if len(points) <= MOST_STOPS else (points[0], points[-1]):
                yield f'<circle class="stop" cx="{x:.1f}" cy="{y:.1f}" r="3.5"></circle>'
            for (x, y), name in ((points[0], "start"), (points[-1], "end")):
                yield f'<text class="word level" x="{x:.1f}" y="{y - 9:.1f}">{name}</text>'

    def _levels(self) -> Iterator[str]:
        """A label for each level, where its first line is farthest from the way and from other labels."""
        left, right, top, bottom = _LEFT, WIDTH - _RIGHT, _TOP, self.height - _BOTTOM
        border = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        taken = [place for line in (border, *self._ways()) for place in along(line)]
        contours = [(line.label, self._points(line)) for line in self.plot.lines if line.kind == "contour"]
        for label, (x, y) in label_places(contours, taken).items():
            yield f'<text class="word level" x="{x:.1f}" y="{y + 4:.1f}">{escape(label)}</text>'
