"""Set an explanation: numbered entries, each indented under the one that uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradcalc.report.document import Derivation, Reason, Text
from gradcalc.report.tex.equations import Row, filled
from gradcalc.report.tex.escape import prose
from gradcalc.report.tex.metrics import width as measured
from gradcalc.report.tex.tokens import EQUALS, total, written
from gradcalc.report.tex.typeset import TexSetter

_STEP = 1.5
_SHARE = 0.3
"""Indentation takes this part of a line at most."""
_HANGING = 1.5
_WORD = re.compile(r"[^ \n\t]+[ \n\t]*|[ \n\t]+")


def derivation(block: Derivation, set: TexSetter, width: float) -> list[Row]:
    """A row for each reason, not numbered as equations are."""
    deepest = max((reason.depth for reason in block.reasons), default=0)
    step = min(_STEP, _SHARE * width / max(deepest, 1))
    room = width - max(map(measured, map(_number, block.reasons)), default=0.0)
    return [Row(tuple(_cells(each, block, set, room, step)), numbered=False) for each in block.reasons]


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
    line, used = "", 0.0
    for tex in _words(text, set):
        if line and used + measured(tex) > room:
            yield _joined(line)
            line, used = "", 0.0
        line += tex
        used += measured(tex)
    yield _joined(line)


def _joined(line: str) -> str:
    return line.replace(r"}\text{", "").rstrip()


def _words(text: Text, set: TexSetter) -> Iterator[str]:
    for inline in text:
        if isinstance(inline, str):
            yield from (rf"\text{{{prose(word)}}}" for word in _WORD.findall(inline))
        else:
            yield written(set.inline(inline).tokens)
