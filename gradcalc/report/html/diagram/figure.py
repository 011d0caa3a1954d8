"""What every diagram is made of: its frame, and texts, of which the width has to be known before a browser draws them.

A part that stands elsewhere when the diagram is laid out from top to bottom says so in `data-down`: the other value of
its own attribute (of a text, its other words). The page's script exchanges the two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise

from gradcalc.report.graph.layout import Point, Size
from gradcalc.report.html.markup import escape, tag

NARROW = 334.0
"""What a window of 375 pixels, as a phone's, has room for beside its scroll bar and the margins of a page."""
TEXT, SMALL = 12.0, 11.0
"""The sizes of letters across the page, and from top to bottom."""
LINE = 15.0
BESIDE = 640.0
"""A diagram at most so wide stands beside the equations."""
_HYPHEN = re.compile(r"-(?=\d|inf)")
_EM = {
    " ": 0.33,
    ".": 0.33,
    ",": 0.33,
    "−": 0.84,
    "-": 0.84,
    "∇": 0.67,
    "…": 1.0,
    "×": 0.84,
    "m": 1.0,
    "w": 0.85,
    "W": 1.0,
    "M": 0.9,
}
_NARROW = frozenset(":;[]()|/'ijlt¹²³₁₂₃")


def width_of(text: str, size: float, bold: bool = False) -> float:
    """How wide a text is at most, in the widest of the letters that the style asks for (DejaVu Sans)."""
    ems = sum(_em(char) for char in minus(text) if not unicodedata.combining(char))
    return size * ems * (1.1 if bold else 1.0)


def _em(char: str) -> float:
    return 0.4 if char in _NARROW else _EM.get(char, 0.64)


def minus(text: str) -> str:
    """Numbers with a true minus sign."""
    return _HYPHEN.sub("−", text)


def text(y: float, words: str, class_: str | None = None, name: str | None = None, down: str | None = None) -> str:
    """A line in the middle of what it belongs to; `down` is what it says where there is less room."""
    other = None if down is None or down == words else minus(down)
    return tag("text", escape(minus(words)), y=y, class_=class_, data_name=name, data_down=other)


def placed(across: Point, down: Point | None) -> dict[str, str | None]:
    """The attributes that move a part to its place; none from top to bottom where it isn't shown there."""
    first, other = (None if point is None else f"{point[0]:.0f},{point[1]:.0f}" for point in (across, down))
    return {"transform": f"translate({first})", "data_down": other}


def line(points: Sequence[Point]) -> str:
    """Straight from point to point, as a path has it."""
    return "M" + "L".join(f"{x:.0f},{y:.0f}" for x, y in points)


def curve(points: Sequence[Point], down: bool = False) -> str:
    """A smooth line through the points, level at each; with `down`, upright at each."""
    path = f"M{points[0][0]:.0f},{points[0][1]:.0f}"
    for (x0, y0), (x1, y1) in pairwise(points):
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        bend = f"C{x0:.0f},{y:.0f} {x1:.0f},{y:.0f} " if down else f"C{x:.0f},{y0:.0f} {x:.0f},{y1:.0f} "
        path += f"{'L' if x0 == x1 or y0 == y1 else bend}{x1:.0f},{y1:.0f}"
    return path


def figure(parts: Sequence[str], across: Size, down: Size, *, kind: str, label: str, captions: Iterable[str]) -> str:
    """A diagram with its captions (HTML), `across` and `down` its sizes in both arrangements."""
    (width, height), (narrow, tall) = across, down
    svg = tag(
        "svg",
        *parts,
        class_=kind,
        role="group",
        aria_label=label,
        width=width,
        height=height,
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        data_down=f"0 0 {narrow:.0f} {tall:.0f}",
    )
    small = " small" if width <= BESIDE else ""
    said = [tag("p", caption) for caption in captions]
    return tag("figure", tag("div", svg, class_="scroll"), tag("figcaption", *said), class_=f"diagram{small}")
