"""Draw a plot for the terminal: each course on axes of its own, the way of two quantities on their contour lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gradcalc.report.document import Line, Plot
from gradcalc.report.plot.raster import Raster
from gradcalc.report.plot.scale import Scale, scale_of, tick_labels
from gradcalc.report.terminal.boxes import Box, box, cells, stack, styled

MOST_COLUMNS = 72
"""A wider plot of so few rows shows no more."""
_ROWS, _ROWS_OF_SEVERAL, _ROWS_OF_MAP = 12, 6, 20
_LEAST_COLUMNS = 8
_SIGNS, _ASCII_SIGNS = "┤│└┬─", "+|++-"


def plotted(plot: Plot, width: int, ascii_only: bool, shown: Callable[[str], str]) -> Box:
    """The plot in at most so many columns; `shown` says how a name is written."""
    courses = [line for line in plot.lines if line.kind == "course"]
    if not courses:
        return _drawn(plot, plot.lines, shown(plot.up), _ROWS_OF_MAP, width, ascii_only, shown)
    rows = _ROWS if len(courses) == 1 else _ROWS_OF_SEVERAL
    return stack([_drawn(plot, [line], shown(line.name), rows, width, ascii_only, shown) for line in courses])


def _drawn(
    plot: Plot,
    lines: Sequence[Line],
    title: str,
    rows: int,
    width: int,
    ascii_only: bool,
    shown: Callable[[str], str],
) -> Box:
    map_like = lines[0].kind != "course"
    up = scale_of([y for line in lines for y in line.up], may_be_log=plot.may_be_log)
    across = scale_of([x for line in lines for x in line.across], margin=0.0 if not map_like else 0.04)
    ticks = up.ticks(max(rows // 3, 2))
    labels = _spread(up, ticks, rows)
    margin = max(map(cells, labels.values()), default=0)
    columns = max(min(width, MOST_COLUMNS) - margin - 2 - max(cells(shown(plot.across)), 1), _LEAST_COLUMNS)
    signs = _ASCII_SIGNS if ascii_only else _SIGNS
    raster = Raster(columns, rows, ascii_only)
    for line in lines:
        raster.line([(across.place(x), up.place(y)) for x, y in zip(line.across, line.up, strict=True)])
    body = [
        f"{labels.get(row, ''):>{margin}} {signs[0] if row in labels else signs[1]}{drawn}"
        for row, drawn in enumerate(raster.lines())
    ]
    below = _axis_below(across, columns, signs, shown(plot.across))
    foot = [" " * (margin + 1) + below[0], " " * (margin + 1) + below[1]]
    return stack([styled(box(title), "name"), box(*body, *foot)])


def _spread(scale: Scale, ticks: Sequence[float], rows: int) -> dict[int, str]:
    """The ticks' labels by the row in which they stand, counted from the top."""
    places = [(round((1 - scale.place(tick)) * (rows - 1)), label) for tick, label in _labelled(ticks)]
    return dict(places)


def _labelled(ticks: Sequence[float]) -> list[tuple[float, str]]:
    return list(zip(ticks, tick_labels(ticks), strict=True))


def _axis_below(scale: Scale, columns: int, signs: str, title: str) -> tuple[str, str]:
    """The axis, and its labels with its title behind them, where there is room."""
    axis, labels = [signs[4]] * columns, ""
    for tick, label in _labelled(scale.ticks(max(columns // 12, 2))):
        place = round(scale.place(tick) * (columns - 1))
        start = max(place + 1 - len(label) // 2, 0)
        if not 0 <= place < columns or (labels and start < len(labels) + 1) or start + len(label) > columns + 1:
            continue
        axis[place] = signs[3]
        labels += " " * (start - len(labels)) + label
    return signs[2] + "".join(axis), f"{labels}  {title}"
