"""Draw plots as SVG, one below the other: axes with round numbers, each line with its name where it ends."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from gradcalc.report.document import Document, Line, Math, Plot, Text
from gradcalc.report.page import Page
from gradcalc.report.plot.scale import Scale, scale_of, tick_labels
from gradcalc.report.plot.style import COURSES, style

WIDTH = 720.0
_HEIGHT, _HEIGHT_OF_MAP = 260.0, 560.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 74.0, 110.0, 34.0, 44.0
_LINE = 16.0
"""How far apart the names at the lines' ends stand at least."""
Shown = Callable[[str], str]


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
        *(["<style>", style(), "</style>", '<rect class="paper" width="100%" height="100%"/>'] if alone else []),
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

    def at(self, x: float, y: float) -> tuple[float, float]:
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
            if line.kind == "course":
                yield f'<path class="line course-{number % COURSES}" d="{self._path(line)}"/>'
                number += 1
            else:
                yield from self._of_map(line)
        yield from self._names(shown)

    def _box(self) -> str:
        left, right, top, bottom = _LEFT, WIDTH - _RIGHT, _TOP, self.height - _BOTTOM
        around = f" V{top:.1f} H{left:.1f}" if self.is_map else ""
        return f'<path class="axis" d="M{left:.1f} {top:.1f} V{bottom:.1f} H{right:.1f}{around}"/>'

    def _ticks(self) -> Iterator[str]:
        bottom = self.height - _BOTTOM
        for tick, label in _labelled(self.up, 8 if self.is_map else 5):
            y = self.at(0, tick)[1]
            yield f'<path class="grid" d="M{_LEFT:.1f} {y:.1f} H{WIDTH - _RIGHT:.1f}"/>'
            yield f'<text class="word tick up" x="{_LEFT - 8:.1f}" y="{y + 4:.1f}">{label}</text>'
        for tick, label in _labelled(self.across, 8):
            x = self.at(tick, 0)[0]
            yield f'<path class="axis" d="M{x:.1f} {bottom:.1f} v5"/>'
            yield f'<text class="word tick across" x="{x:.1f}" y="{bottom + 19:.1f}">{label}</text>'

    def _title_across(self, shown: Shown) -> str:
        x, y = WIDTH - _RIGHT, self.height - _BOTTOM
        return f'<text class="word behind" x="{x + 14:.1f}" y="{y + 19:.1f}">{escape(shown(self.plot.across))}</text>'

    def _path(self, line: Line) -> str:
        """From point to point; where one can't stand, the line has a gap."""
        parts, down = [], False
        for x, y in map(self.at, line.across, line.up):
            if math.isfinite(x) and math.isfinite(y):
                parts.append(f"{'L' if down else 'M'}{x:.1f} {y:.1f}")
            down = math.isfinite(x) and math.isfinite(y)
        return " ".join(parts)

    def _of_map(self, line: Line) -> Iterator[str]:
        kind = "contour" if line.kind == "contour" else "line way"
        yield f'<path class="{kind}" d="{self._path(line)}"/>'
        points = [*map(self.at, line.across, line.up)]
        if line.kind == "contour" and line.label:
            x, y = points[len(points) // 2]
            yield f'<text class="word level" x="{x:.1f}" y="{y + 4:.1f}">{escape(line.label)}</text>'
        if line.kind == "way":
            for x, y in points:
                if math.isfinite(x) and math.isfinite(y):
                    yield f'<circle class="stop" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'

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


def _labelled(scale: Scale, most: int) -> list[tuple[float, str]]:
    ticks = scale.ticks(most)
    return list(zip(ticks, tick_labels(ticks), strict=True))
