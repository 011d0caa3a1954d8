"""Set an explanation: numbered entries, each indented under the one that uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gradcalc.report.document import Chain, Derivation, Link, Reason, Text
from gradcalc.report.tex.equations import Row, filled
from gradcalc.report.tex.escape import prose
from gradcalc.report.tex.metrics import width as measured
from gradcalc.report.tex.tokens import EQUALS, total, written
from gradcalc.report.tex.typeset import TexSetter

_STEP = 1.5
_SHARE = 0.3
"""Indentation takes this part of a line at most."""
_HANGING = 1.5
_APART = 2.0
_TEXT = r"\text{"
_WORD = re.compile(r"[^ \n\t]+[ \n\t]*|[ \n\t]+")


def derivation(block: Derivation, set: TexSetter, width: float) -> list[Row]:
    """A row for each reason, not numbered as equations are."""
    deepest = max((reason.depth for reason in block.reasons), default=0)
    step = min(_STEP, _SHARE * width / max(deepest, 1))
    room = width - max(map(measured, map(_number, block.reasons)), default=0.0)
    return [Row(tuple(_cells(each, block, set, room, step)), numbered=False) for each in block.reasons]


def chain(block: Chain, set: TexSetter, width: float) -> list[Row]:
    """The lines of a chain, each with its reason behind it, or under it where there is no room."""
    left = set.formula(block.left).tokens
    room = width - total(left) - EQUALS.width
    cells = [cell for link in block.links for cell in _link(link, set, room)]
    return [Row(((written(left), cells[0]), *(("", cell) for cell in cells[1:])), numbered=False)]


def _link(link: Link, set: TexSetter, room: float) -> Iterator[str]:
    lines = filled([set.formula(link.expr).tokens], room)
    whole = _joined([*_words(link.why, set)])
    beside = len(lines) == 1 and total(set.formula(link.expr).tokens) + _APART + measured(whole) <= room
    if beside and whole:
        yield rf"{lines[0]} \qquad {whole}"
        return
    yield from lines
    yield from (rf"\qquad {line}" for line in (_remark(link.why, set, room - _APART) if whole else ()))


def _number(reason: Reason) -> str:
    return rf"\text{{({reason.number})}}\quad"


def _cells(reason: Reason, block: Derivation, set: TexSetter, width: float, step: float) -> Iterator[tuple[str, str]]:
    indent = round(step * reason.depth, 1)
    first, hanging = _space(indent), _space(indent + _HANGING)
    label = set.name(reason.name).tokens
    forms = [set.rule(reason.rule), set.numbers(reason.rule, block.values, block.exact), set.value(reason.value)]
    chains = [form.tokens for form in forms if form is not None]
    room = width - indent - EQUALS.width
    begun, *others = filled(chains, room - _HANGING, first=room - total(label))
    yield _number(reason), f"{first}{written(label)} {begun}"
    yield from (("", hanging + line) for line in others)
    for text in reason.remarks:
        yield from (("", hanging + line) for line in _remark(text, set, width - indent - _HANGING))


def _space(wide: float) -> str:
    return rf"\hspace{{{wide:g}em}}" if wide else ""


def _remark(text: Text, set: TexSetter, room: float) -> Iterator[str]:
    """A sentence within mathematics, in lines."""
    line, used = list[str](), 0.0
    for tex in _words(text, set):
        if line and used + measured(tex) > room:
            yield _joined(line)
            line, used = [], 0.0
        line.append(tex)
        used += measured(tex)
    yield _joined(line)


def _joined(pieces: Sequence[str]) -> str:
    """The pieces of a line; words side by side are one text."""
    joined = ""
    for before, piece in zip(("", *pieces), pieces, strict=False):
        both = before.startswith(_TEXT) and piece.startswith(_TEXT)
        joined = joined[:-1] + piece.removeprefix(_TEXT) if both else joined + piece
    return joined.rstrip()


def _words(text: Text, set: TexSetter) -> Iterator[str]:
    for inline in text:
        if isinstance(inline, str) and inline.strip() == "=":
            yield " = "
        elif isinstance(inline, str):
            yield from (f"{_TEXT}{prose(word)}}}" for word in _WORD.findall(inline))
        else:
            yield written(set.inline(inline).tokens)
