"""Set the verdicts on a sheet: what is right on as few lines as it takes, what is wrong with its numbers."""

from __future__ import annotations

from gradcalc.report.document import Answered, Judged, Math, Text, Value, Verdicts
from gradcalc.report.numbers import bracketed, entries, is_short
from gradcalc.report.terminal.boxes import Box, beside, box, indented, stack, styled
from gradcalc.report.terminal.formulas import Piece, joined, symbol
from gradcalc.report.terminal.layout import COLUMN_GAP, NARROW, apart, flow, flowed
from gradcalc.report.terminal.setter import Typesetter

_FORMULA = 24
"""A right formula of more columns isn't shown again."""
_INDENT = 2


def set_verdicts(block: Verdicts, set: Typesetter, width: int) -> Box:
    """Each verdict with its answers beside it, or below it where lines are short; apart where one has matrices."""
    labels = [_label(judged, set) for judged in block.judged]
    column = max(label.width for label in labels) + COLUMN_GAP
    rows = [_verdict(judged, label, set, width, column) for judged, label in zip(block.judged, labels, strict=True)]
    return stack([each for i, row in enumerate(rows) for each in ((box(""), row) if i else (row,))])


def _label(judged: Judged, set: Typesetter) -> Box:
    return styled(box(f"{set.prose(judged.sign)} {judged.word}"), judged.word)


def _verdict(judged: Judged, label: Box, set: Typesetter, width: int, column: int) -> Box:
    """The verdict, from `column` on what it is on, and under this its numbers."""
    if width < NARROW:
        column = _INDENT
        head = [label, indented(_said(judged, set, width - column), column)]
    else:
        head = [beside(label, box(" " * (column - label.width)), _said(judged, set, width - column))]
    return stack(head if judged.folded else [*head, *_numbers(judged.answers[0], set, width, column)])


def _said(judged: Judged, set: Typesetter, width: int) -> Box:
    named = [_named(answer, judged, set, width) for answer in judged.answers]
    stops = [*[","] * (len(named) - 1), ":" if judged.why else ""]
    pieces = [each for words, stop in zip(named, stops, strict=True) for each in _stopped(words, stop)]
    return flow([*pieces, *set.words(judged.why)], width)


def _stopped(words: list[Piece], stop: str) -> list[Piece]:
    """Words with a sign behind the last."""
    return [*words[:-1], joined(words[-1], symbol(stop))] if stop else words


def _named(answer: Answered, judged: Judged, set: Typesetter, width: int) -> list[Piece]:
    """A quantity; a right one with what was given for it, where that is short."""
    name = set.words((answer.name,))
    short = _short(answer.yours, set) if judged.word == "correct" else None
    if short is None or len(name) > 1:
        return name
    whole = joined(joined(name[0], symbol(" = ")), short)
    return [whole] if whole.box.width < width else name


def _short(given: Text, set: Typesetter) -> Piece | None:
    match given:
        case (Value(array=array) as value,) if is_short(array.shape, set.document.axis):
            return symbol(bracketed(entries(array, set.document.digits, value.exact), array.shape, set.document.axis))
        case (Math(),):
            formula = set.words(given)[0]
            return formula if formula.box.width <= _FORMULA else None
    return None


def _numbers(answer: Answered, set: Typesetter, width: int, column: int) -> list[Box]:
    """What was given and what is right, beside each other where both fit; further to the left what is wide."""
    shown = [(caption, text) for caption, text in (("yours", answer.yours), ("right", answer.right)) if text]
    parts = [_captioned(f"{caption} ", text, set, width - _INDENT) for caption, text in shown]
    widest = max((part.width for part in parts), default=0)
    indent = column if widest <= width - column else _INDENT
    return [indented(apart(flowed(parts, width - indent, COLUMN_GAP)), indent)] if parts else []


def _captioned(caption: str, text: Text, set: Typesetter, width: int) -> Box:
    room = width - len(caption)
    return beside(styled(box(caption), "faint"), flow(set.words(text, set.page.width - room), room))
