r"""Places for answers in TeX: a matrix of lines to write on, in the right shape."""

from __future__ import annotations

from gradcalc.report.document import Field
from gradcalc.report.tex.tokens import total, written
from gradcalc.report.tex.typeset import TexSetter

_WIDEST, _NARROWEST = 4.5, 1.5
_GAP, _AROUND = 1.0, 12.0
"""Between two columns; and around them, with the points. All in em, as the widths of lines are."""
_NAME = 18.0
_MOST_ROWS = 24
"""Higher matrices aren't drawn: a page has no room for them."""
_STRUT = r"\rule{0pt}{1.7em}"
"""Makes a row high enough to be written in by hand."""


def blank(field: Field, set: TexSetter, width: float) -> str:
    """`W = [_ _]` and its points; where a line or a page has no room for so many, the shape and a line alone."""
    name = set.inline(field.name).tokens
    *leading, rows, columns = field.shape or (1, 1)
    each = min(_WIDEST, (width - total(name) - _AROUND) / columns - _GAP)
    left, points = f"{written(name)} = ", rf"\qquad \text{{({field.earns})}}" if field.earns else ""
    if each < _NARROWEST or rows > _MOST_ROWS or leading:
        sizes = r" \times ".join(map(str, field.shape))
        return rf"{left}{_line(_WIDEST)} \quad ({sizes}){points}"
    if rows * columns == 1:
        return f"{left}{_line(_WIDEST)}{points}"
    row = _STRUT + " & ".join([_line(each)] * columns)
    grid = r" \\ ".join([row] * rows)
    return rf"{left}\begin{{bmatrix}} {grid} \end{{bmatrix}}{points}"


def name_line() -> str:
    """A line to write one's name on, in text."""
    return f"Name: ${_line(_NAME)}$"


def _line(width: float) -> str:
    return rf"\underline{{\hspace{{{width:.1f}em}}}}"
