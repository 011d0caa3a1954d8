"""Set given quantities as rows of an alignment: a caption, and as many quantities to a line as it holds."""

from __future__ import annotations

from gradcalc.report.document import Given, Group, Quantity
from gradcalc.report.tex.equations import Row, side_by_side
from gradcalc.report.tex.metrics import width as measured
from gradcalc.report.tex.tokens import EQUALS, Tokens
from gradcalc.report.tex.typeset import TexSetter

_AFTER_CAPTION = 1.0


def given(block: Given, set: TexSetter, width: float) -> list[Row]:
    """A row for each group; one without a caption belongs to the text, and has no number."""
    captions = [rf"\text{{{group.caption}:}}\quad" if group.caption else "" for group in block.groups]
    room = width - max((measured(caption) for caption in captions), default=0.0) - _AFTER_CAPTION
    return [_row(group, caption, set, room) for group, caption in zip(block.groups, captions, strict=True)]


def _row(group: Group, caption: str, set: TexSetter, room: float) -> Row:
    set.elided |= group.is_cut(set.document.full)
    found = list(side_by_side((_equation(each, set) for each in group.shown(set.document.full)), room))
    cells = [("" if i else caption, line) for i, line in enumerate(found)]
    return Row(tuple(cells), numbered=bool(caption), tall=any(r"\begin" in line for line in found))


def _equation(quantity: Quantity, set: TexSetter) -> Tokens:
    value = set.value(quantity.value, quantity.section == "given")
    return (*set.name(quantity.name).tokens, EQUALS, *value.tokens)
