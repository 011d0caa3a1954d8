"""Draw a chain of equal formulas: its `=` signs under each other, and beside each line why it is so."""

from __future__ import annotations

from collections.abc import Sequence

from gradcalc.report.document import Chain
from gradcalc.report.terminal.boxes import Box, beside, box, indented, stack, styled
from gradcalc.report.terminal.formulas import Piece
from gradcalc.report.terminal.layout import NARROW, fitted, flow
from gradcalc.report.terminal.setter import Typesetter

_GAP = 3
_UNDER = 4
"""How far a reason under a line is indented from its sign."""
_ENDLESS = 10**6


def set_chain(block: Chain, set: Typesetter, width: int) -> Box:
    """The lines of a chain; a reason for which there is no room stands under its line."""
    left = set.formula(block.left).box
    formulas = [set.formula(link.expr) for link in block.links]
    widest = max(formula.least_width for formula in formulas)
    above = width < NARROW or left.width > width // 3 or left.width + len(" = ") + widest > width
    indent = 0 if above else left.width + 1
    lines = [beside(box("= "), fitted(formula, width - indent - 2)) for formula in formulas]
    if not above:
        lines = [beside(left, box(" "), lines[0]), *(indented(line, indent) for line in lines[1:])]
    words = [set.words(link.why) for link in block.links]
    reasons = [flow(each, _ENDLESS).width for each in words]
    column = _column([line.width for line in lines], reasons, width)
    drawn = [fitted(set.formula(block.left), width)] if above else []
    for line, why, reason in zip(lines, words, reasons, strict=True):
        if why and line.width + _GAP <= column and column + reason <= width:
            drawn.append(beside(line, box(" " * (column - line.width)), styled(flow(why, _ENDLESS), "faint")))
        else:
            drawn += [line, *([_under(why, indent, width)] if why else [])]
    return stack(drawn)


def _under(why: Sequence[Piece], indent: int, width: int) -> Box:
    """A reason under its line, less indented where it is wide."""
    widest = max(piece.least_width for piece in why)
    indent = max(min(indent + _UNDER, width - widest), 1)
    return indented(styled(flow(why, width - indent), "faint"), indent)


def _column(lines: Sequence[int], reasons: Sequence[int], width: int) -> int:
    """Where reasons begin: where most of them stand beside their lines, the nearest such column; 0 if none can."""

    def beside(column: int) -> int:
        both = zip(lines, reasons, strict=True)
        return sum(line + _GAP <= column and column + reason <= width for line, reason in both)

    columns = sorted({line + _GAP for line in lines})
    best = max(columns, key=beside)
    return best if beside(best) else 0
