"""Sentences of other rooms as text of a document: what they say of quantities in the problem's own symbols.

Marks that go from process to process, or into a file, take their formulas along under `told`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from gradcalc.check.wording import as_typed, read_formula, split
from gradcalc.formula.entries import split_index
from gradcalc.formula.expr import Expr, names
from gradcalc.report.document import Inline, Math, Text
from gradcalc.words import visible


def told(said: str, known: Collection[str]) -> Text:
    """A sentence with its formulas as mathematics; those with other names than the `known` ones stay text."""
    return _text(split(said), known)


def told_data(said: str) -> dict[str, list[object]]:
    """The parts of a sentence, formulas as `{"formula", "text"}`; nothing where it has none."""
    parts = [*as_typed(said)]
    if len(parts) == 1:
        return {}
    return {"told": [text if typed is None else {"formula": typed, "text": text} for typed, text in parts if text]}


def told_again(data: Mapping[str, Any], known: Collection[str]) -> Text:
    """The same as `told` from such data, which may come from any file; without parts its `message`."""
    told = data.get("told")
    parts = [*map(_part, told)] if isinstance(told, list) else []
    said = [part for part in parts if part is not None]
    return _text(said, known) if parts and len(said) == len(parts) else (visible(str(data["message"])),)


def _part(data: object) -> tuple[Expr | None, str] | None:
    match data:
        case str(text):
            return None, visible(text)
        case {"formula": str(typed), "text": str(text)}:
            return read_formula(typed), visible(text)
    return None


def _text(parts: Iterable[tuple[Expr | None, str]], known: Collection[str]) -> Text:
    found: list[Inline] = []
    for expr, text in parts:
        if expr is not None and all(split_index(name, known)[0] in known for name in names(expr)):
            found.append(Math(expr))
        elif text:
            found.append(text)
    return tuple(found)
