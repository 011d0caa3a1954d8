"""Letters for classes: with `y: one_hot(K, at=k)` formulas have `z[k]` for the entry of the class, and `k == j`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from gradcalc.formula.spelling import canonical
from gradcalc.problem.draft import Draft
from gradcalc.problem.kinds import class_letter
from gradcalc.program.problem import Path

_USUAL: Final = {"inputs": "x", "targets": "y", "parameters": ""}
"""Where values stand, and what the only one of a network is called."""


def note_classes(draft: Draft) -> None:
    """Let formulas know the letters for classes; a fault at each that is something else as well."""
    found: dict[str, str] = {}
    data = draft.document.data
    for path, name, letter in _letters(data) if isinstance(data, dict) else ():
        index = letter in found or letter in dict(draft.indices.ranges)
        if index or letter in _names(data):
            also = "an index" if index else "a quantity"
            draft.fault(path, f": '{letter}' is {also} already; choose another letter for the class")
        else:
            found[letter] = name
    if found:
        draft.indices = replace(draft.indices, classes=tuple(found.items()))


def _names(data: dict[str, Any]) -> set[str]:
    """The names that a file defines."""
    sections = (data.get(section) for section in (*_USUAL, "equations"))
    return {canonical(raw) for section in sections if isinstance(section, dict) for raw in section}


def _letters(data: dict[str, Any]) -> Iterator[tuple[Path, str, str]]:
    for section, usual in _USUAL.items():
        value = data.get(section)
        values = value.items() if isinstance(value, dict) else [(None, value)]
        for raw, each in values:
            letter = class_letter(each)
            if letter:
                path: Path = (section,) if raw is None else (section, raw)
                yield path, usual if raw is None else canonical(raw), letter
