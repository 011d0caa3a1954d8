"""Sentences of other rooms as text of a document: what they say of quantities in the problem's own symbols."""

from __future__ import annotations

from collections.abc import Collection

from gradcalc.check.wording import split
from gradcalc.formula.entries import split_index
from gradcalc.formula.expr import names
from gradcalc.report.document import Inline, Math, Text


def told(said: str, known: Collection[str]) -> Text:
    """A sentence with its formulas as mathematics; those with other names than the `known` ones stay text."""
    parts: list[Inline] = []
    for expr, text in split(said):
        if expr is not None and all(split_index(name, known)[0] in known for name in names(expr)):
            parts.append(Math(expr))
        elif text:
            parts.append(text)
    return tuple(parts)
