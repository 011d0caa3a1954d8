r"""A plot as a picture of LaTeX's own, for which no package is needed: lines are Bézier curves that are straight."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from gradcalc.report.document import Line, Plot
from gradcalc.report.plot.room import Point, along, label_places
from gradcalc.report.plot.scale import scale_of

_WIDTH, _HEIGHT, _HEIGHT_OF_MAP = 97.0, 36.0, 80.0
"""In millimetres."""
_MOST_POINTS, _MOST_OF_CONTOUR = 150, 40
"""So many points of a line are drawn: TeX draws every one of its dots."""
_SHORTEST = 0.4
"""TeX divides by how many of its dots are in half of what is drawn."""
_UNITS = 2.8
"""Units of an image in a millimetre, in which the room around labels is measured."""
_GAP = 4.0
"""How much of a contour gives way to its label, at either side."""


def picture(plot: Plot, tex: Callable[[str], str]) -> str:
    """The picture; `tex` says how a name is written as mathematics."""
    drawn = _Picture(plot, tex)
    size = f"({_WIDTH + 24:g},{drawn.height + 16:g})(-12,-10)"
    begin = f"\\begin{{center}}\\setlength{{\\unitlength}}{{1mm}}\\begin{{picture}}{size}"
    return "\n".join([begin, *drawn.lines(), "\\end{picture}\\end{center}", ""])


class _Picture:
    def __init__(self, plot: Plot, tex: Callable[[str], str]) -> None:
        self.plot, self.tex = plot, tex
        self.is_map = all(line.kind != "course" for line in plot.lines)
        self.across = scale_of([x for line in plot.lines for x in line.across], 0.0)
        self.up = scale_of([y for line in plot.lines for y in line.up], 0.0 if self.is_map else 0.05, plot.may_be_log)
        self.height = _HEIGHT_OF_MAP if self.is_map else _HEIGHT

    def lines(self) -> Iterator[str]:
        yield from self.axes()
        labels = self.levels()
        for line in self.plot.lines:
            contour = line.kind == "contour"
            points = _fewer([*map(self.at, line.across, line.up)], _MOST_OF_CONTOUR if contour else _MOST_POINTS)
            yield "\\thinlines" if contour else "\\thicklines"
            yield from _drawn(points, labels.get(line.label) if contour else None)
        yield from self.names()
        for label, (x, y) in labels.items():
            yield _put(x, y, f"\\makebox(0,0){{\\scriptsize ${_number(label)}$}}")

    def axes(self) -> Iterator[str]:
        yield _put(0, 0, f"\\line(1,0){{{_WIDTH:g}}}") + _put(0, 0, f"\\line(0,1){{{self.height:g}}}")
        for tick, label in self.up.labelled(5):
            y = self.at(0, tick)[1]
            yield _put(0, y, "\\line(-1,0){1}") + _put(-1.5, y, f"\\makebox(0,0)[r]{{\\small ${_number(label)}$}}")
        for tick, label in self.across.labelled(6):
            x = self.at(tick, 0)[0]
            yield _put(x, 0, "\\line(0,-1){1}") + _put(x, -1.5, f"\\makebox(0,0)[t]{{\\small ${_number(label)}$}}")
        yield _put(_WIDTH + 4, -1.5, f"\\makebox(0,0)[tl]{{{self.title(self.plot.across)}}}")
        yield _put(0, self.height + 2, f"\\makebox(0,0)[bl]{{{self.title(self.plot.up)}}}")

    def title(self, name: str) -> str:
        """A quantity as mathematics; what counts the steps as a word."""
        return name if name == "step" else f"${self.tex(name)}$"

    def at(self, x: float, y: float) -> Point:
        """Where a point stands; not numbers where it can't stand."""
        return self.across.place(x) * _WIDTH, self.up.place(y) * self.height

    def names(self) -> Iterator[str]:
        """Each course's name behind its end, none on another."""
        courses = [line for line in self.plot.lines if line.kind == "course"]
        ends = [(self.at(line.across[-1], line.up[-1])[1], line.name) for line in courses]
        y = -math.inf
        for end, name in sorted(end for end in ends if math.isfinite(end[0])) if len(courses) > 1 else ():
            y = max(end, y + 4)
            yield _put(_WIDTH + 2, y, f"\\makebox(0,0)[l]{{\\small ${self.tex(name)}$}}")

    def levels(self) -> dict[str, Point]:
        """Where each level's label stands."""
        ways = [[*map(self.at, line.across, line.up)] for line in self.plot.lines if line.kind == "way"]
        border = [(0.0, 0.0), (_WIDTH, 0.0), (_WIDTH, self.height), (0.0, self.height), (0.0, 0.0)]
        taken = [place for line in (border, *ways) for place in along([_scaled(point, _UNITS) for point in line])]
        contours = [(line.label, self._in_units(line)) for line in self.plot.lines if line.kind == "contour"]
        return {label: _scaled(place, 1 / _UNITS) for label, place in label_places(contours, taken).items()}

    def _in_units(self, contour: Line) -> list[Point]:
        points = _fewer([*map(self.at, contour.across, contour.up)], _MOST_OF_CONTOUR)
        return [_scaled(point, _UNITS) for point in points]


def _fewer(points: Sequence[Point], most: int) -> list[Point]:
    step = max(1, len(points) // most)
    return [*points[:-1:step], points[-1]]


def _scaled(point: Point, by: float) -> Point:
    return point[0] * by, point[1] * by


def _drawn(points: Sequence[Point], label: Point | None) -> Iterator[str]:
    """From point to point, with a gap where one can't stand, and where a label does."""
    start = points[0]
    for end in points[1:]:
        (x, y), (u, v) = start, end
        known = all(map(math.isfinite, (x, y, u, v)))
        if known and max(abs(u - x), abs(v - y)) < _SHORTEST:
            continue
        start, middle = end, ((x + u) / 2, (y + v) / 2)
        if known and (label is None or math.dist(middle, label) > _GAP):
            yield f"\\qbezier({x:.2f},{y:.2f})({middle[0]:.2f},{middle[1]:.2f})({u:.2f},{v:.2f})"


def _put(x: float, y: float, what: str) -> str:
    return f"\\put({x:.2f},{y:.2f}){{{what}}}"


def _number(label: str) -> str:
    """`2e-7` as mathematics."""
    mantissa, e, exponent = label.partition("e")
    if not e:
        return label
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else f"{mantissa} \\cdot {power}"
