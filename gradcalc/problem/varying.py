"""Read how the variants of a problem differ: ranges by name, and what stays."""

from __future__ import annotations

import math
from typing import Any, Final

from gradcalc.formula.spelling import canonical
from gradcalc.optimizers.rule import RATE
from gradcalc.problem.draft import Draft
from gradcalc.problem.objective import Parts
from gradcalc.words import shorten

ZEROS: Final = "zeros"
_FORM: Final = "write [from, to], [from, to, step] or keep"


def ranges(draft: Draft, written: Any, parts: Parts) -> dict[str, tuple[float, ...]]:
    """From where to where, and in which steps, by name; nothing for what stays, and for `zeros` where they may not."""
    if not isinstance(written, dict):
        draft.fault(("vary",), ": it must be a mapping such as {W1: [-3, 3, 0.5], b1: keep}")
        return {}
    found: dict[str, tuple[float, ...]] = {}
    known = [*parts.given, RATE]
    for raw, value in written.items():
        name, path = canonical(raw), ("vary", raw)
        if raw == ZEROS and raw not in known:
            found |= _zeros(draft, path, value)
        elif name not in known:
            if name not in draft.unread:
                draft.key_fault(path, f": unknown name '{shorten(raw)}'{draft.near(name, known)}")
        elif value == "keep":
            found[name] = ()
        elif _is_range(value):
            found[name] = tuple(map(float, value))
        else:
            draft.fault(path, f": {_FORM}")
    return found


def _zeros(draft: Draft, path: tuple[str, ...], value: Any) -> dict[str, tuple[float, ...]]:
    if value not in ("keep", "free"):
        draft.fault(path, ": write keep, or free where zeros may be other numbers")
    return {ZEROS: ()} if value == "free" else {}


def _is_range(value: Any) -> bool:
    if not isinstance(value, list) or not 2 <= len(value) <= 3:
        return False
    if not all(isinstance(each, int | float) and not isinstance(each, bool) and math.isfinite(each) for each in value):
        return False
    return value[0] <= value[1] and (len(value) == 2 or value[2] > 0)
