"""Tell the way of two parameters as a map: their values step by step, on the contour lines of the loss."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcalc.formula.expr import Name
from gradcalc.program.surface import Surface
from gradcalc.report.document import Block, Heading, Line, Math, Paragraph, Plot
from gradcalc.report.plot.contours import contours
from gradcalc.report.plot.thinned import thinned

LEVELS = 12


def way_blocks(surface: Surface) -> Iterator[Block]:
    """The map under a heading, and what it shows."""
    across, up = (Math(Name(name)) for name in surface.names)
    rest = "." if surface.alone else "; everything else is as it is after the last step."
    yield Heading("Way")
    yield Paragraph(("The way of ", across, " and ", up, " on contour lines of ", Math(Name(surface.of)), rest))
    yield way_plot(surface)


def way_plot(surface: Surface) -> Plot:
    """The map alone."""
    x, y = surface.way
    places = sorted({*thinned(x), *thinned(y)})
    way = Line(tuple(x[place] for place in places), tuple(y[place] for place in places), kind="way")
    start, end = (", ".join(f"{numbers[place]:.4g}" for numbers in surface.way) for place in (0, -1))
    one, other = (Math(Name(name)) for name in surface.names)
    told = ("The way of ", one, " and ", other, f" goes from ({start}) to ({end}) in {len(x) - 1:,} steps.")
    return Plot(surface.names[0], surface.names[1], (*_contours(surface), way), told)


def _contours(surface: Surface) -> Iterator[Line]:
    """Lines at round heights, between any two of which lies about as much of the map; of each the longest first."""
    finite = surface.heights[np.isfinite(surface.heights)]
    if not finite.size:
        return
    heights = np.quantile(finite, (np.arange(LEVELS) + 0.5) / LEVELS)
    for level in sorted({float(f"{height:.2g}") for height in heights}):
        for line in sorted(contours(surface.heights, surface.across, surface.up, level), key=len, reverse=True):
            across, up = zip(*line, strict=True)
            yield Line(across, up, kind="contour", label=f"{level:g}")
