"""Draw a plot for the terminal: each course on axes of its own, the way of two quantities on some contour lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gradcalc.report.document import Line, Plot
from gradcalc.report.plot.raster import Raster
from gradcalc.report.plot.scale import Scale, scale_of
from gradcalc.report.terminal.boxes import Box, box, cells, stack, styled

MOST_COLUMNS = 72
"""A wider plot of so few rows shows no more."""
_ROWS, _ROWS_OF_SEVERAL, _ROWS_OF_MAP = 12, 6, 20
_LEAST_COLUMNS = 8
_EACH_LEVEL = 3
"""Of a map's levels every so many has its lines drawn: characters are coarse."""
_SIGNS, _ASCII_SIGNS = "┤│└┬─●", "+|++-o"


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a plot goes: so many columns, with or without Unicode; `shown` says how a name is written."""

    width: int
    ascii_only: bool
    shown: Callable[[str], str]

    @property
    def signs(self) -> str:
        """What axes are drawn with (at a number, beside none, the corner, below a number, below none), and a way."""
        return _ASCII_SIGNS if self.ascii_only else _SIGNS


def plotted(plot: Plot, screen: Screen) -> Box:
    """The plot as lines of text."""
    courses = [line for line in plot.lines if line.kind == "course"]
    if not courses:
        return _map(plot, screen)
    rows = _ROWS if len(courses) == 1 else _ROWS_OF_SEVERAL
    return stack([_course(plot, line, rows, screen) for line in courses])


def _course(plot: Plot, line: Line, rows: int, screen: Screen) -> Box:
    up = scale_of(line.up, may_be_log=plot.may_be_log)
    frame = _Frame(scale_of(line.across, margin=0.0), up, rows, plot.across, screen)
    return frame.drawn(screen.shown(line.name), frame.raster([line]).lines())


def _map(plot: Plot, screen: Screen) -> Box:
    across, up = (scale_of([n for line in plot.lines for n in getattr(line, axis)], 0.0) for axis in ("across", "up"))
    frame = _Frame(across, up, _ROWS_OF_MAP, plot.across, screen)
    levels = [*dict.fromkeys(line.label for line in plot.lines if line.kind == "contour")][::_EACH_LEVEL]
    contours = frame.raster([line for line in plot.lines if line.label in levels]).lines()
    way = frame.raster([line for line in plot.lines if line.kind == "way"], coarse=True).lines()
    sign = screen.signs[5]
    rows = [
        "".join(sign if dot.strip() else other for dot, other in zip(above, below, strict=True))
        for above, below in zip(way, contours, strict=True)
    ]
    return frame.drawn(screen.shown(plot.up), rows)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Axes around so many rows, `title` behind the one below."""

    across: Scale
    up: Scale
    rows: int
    title: str
    screen: Screen

    @property
    def labels(self) -> dict[int, str]:
        """The numbers at the left by the row in which they stand, counted from the top."""
        places = [(1 - self.up.place(tick), label) for tick, label in self.up.labelled(max(self.rows // 3, 2))]
        return {round(place * (self.rows - 1)): label for place, label in places}

    @property
    def margin(self) -> int:
        return max(map(cells, self.labels.values()), default=0)

    @property
    def columns(self) -> int:
        beside = self.margin + len(" ┤") + len("  ") + cells(self.screen.shown(self.title))
        return max(min(self.screen.width, MOST_COLUMNS) - beside, _LEAST_COLUMNS)

    def raster(self, lines: Sequence[Line], coarse: bool = False) -> Raster:
        raster = Raster(self.columns, self.rows, coarse or self.screen.ascii_only)
        for line in lines:
            raster.line([(self.across.place(x), self.up.place(y)) for x, y in zip(line.across, line.up, strict=True)])
        return raster

    def drawn(self, name: str, rows: Sequence[str]) -> Box:
        labels, margin, signs = self.labels, self.margin, self.screen.signs
        body = [f"{labels.get(i, ''):>{margin}} {signs[i not in labels]}{row}" for i, row in enumerate(rows)]
        axis, numbers = self.below()
        foot = [f"{'':{margin}} {axis}", f"{'':{margin}} {numbers}"]
        return stack([styled(box(name), "name"), box(*body, *foot)])

    def below(self) -> tuple[str, str]:
        """The axis, and its numbers with its title behind them."""
        corner, mark, plain = self.screen.signs[2], self.screen.signs[3], self.screen.signs[4]
        axis, labels = [plain] * self.columns, ""
        for tick, label in self.across.labelled(max(self.columns // 12, 2)):
            place = round(self.across.place(tick) * (self.columns - 1))
            start = max(place + 1 - len(label) // 2, 0)
            if 0 <= place < self.columns and (not labels or start > len(labels)):
                axis[place] = mark
                labels += " " * (start - len(labels)) + label
        return corner + "".join(axis), f"{labels}  {self.screen.shown(self.title)}"
