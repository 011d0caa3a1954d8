"""Sequences in the layers form: inputs and targets by step, and the families of names that come of them."""

from __future__ import annotations

from dataclasses import replace

from gradcalc.problem.document import is_read
from gradcalc.problem.draft import Draft
from gradcalc.problem.objective import Parts
from gradcalc.problem.over import member_of
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Path
from gradcalc.words import shorten


def by_step(draft: Draft, section: str, base: str) -> dict[str, Path]:
    """The members of `x[t]`, written out, and where each stands; a fault at every other name."""
    found: dict[str, Path] = {}
    mapping = draft.value((section,))
    for raw in mapping if isinstance(mapping, dict) else ():
        member = member_of(raw)
        if raw == base or (member is not None and member[0] == base):
            found[raw] = (section, raw)
        elif is_read(mapping[raw]):
            what = f"the {section} of a layered network are called {base}"
            draft.key_fault((section, raw), f": {what}: write {base}[t], not '{shorten(raw)}'")
            draft.stop()  # nothing of what follows could be told
    return found


def note_member(parts: Parts, name: str) -> tuple[int, ...]:
    """The index of a name, which is noted as a member of its family; none of one without an index."""
    member = member_of(name)
    if member is None:
        return ()
    parts.members[name] = member
    return member[1]


def know_families(draft: Draft, parts: Parts) -> None:
    """Let formulas of the file name members of the families that layers have made, and their gradients."""
    families = {family for family, _ in parts.members.values()}
    named = {make(family) for family in families for make in (str, gradient_name, new_name)}
    draft.indices = replace(draft.indices, families=draft.indices.families | named)
