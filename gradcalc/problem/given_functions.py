"""Functions among what a file gives: `inputs: {phi: function}` lets formulas call `phi(z)`, whatever phi is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from gradcalc.formula.spelling import canonical
from gradcalc.formula.table import known
from gradcalc.formula.unknown import entry_for
from gradcalc.problem.draft import Draft
from gradcalc.problem.kinds import is_function, read_kind
from gradcalc.program.problem import Path

_SECTIONS: Final = ("inputs", "targets")


def note_functions(draft: Draft) -> None:
    """Let formulas call the functions that a file of equations gives; a fault at each that can't be called so."""
    data = draft.document.data
    if not isinstance(data, dict) or "layers" in data or "vertices" in data:
        return
    found: dict[str, str] = {}
    for path, raw, sizes in _given(data):
        name = canonical(raw)
        if "[" in name:
            draft.key_fault(path, ": a function has no index: give each one a name of its own")
        elif known(name):
            draft.key_fault(path, f": '{name}' is a function of the table; choose another name")
        found[name] = entry_for(sizes)
    if found:
        draft.indices = replace(draft.indices, functions=tuple(found.items()))


def _given(data: dict[str, Any]) -> Iterator[tuple[Path, str, tuple[object, ...]]]:
    for section in _SECTIONS:
        values = data.get(section)
        for raw, value in values.items() if isinstance(values, dict) else ():
            if isinstance(value, str) and is_function(value):
                yield (section, raw), raw, read_kind(value).sizes
