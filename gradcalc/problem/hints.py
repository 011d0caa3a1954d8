"""End a sentence about an unknown name with what was perhaps meant, or with what is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gradcalc.errors import did_you_mean

_LISTED: Final = 12
_LONGEST: Final = 60


def near(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'W1'?` for a near miss, else the names that are known (the first of many)."""
    known = list(known)
    # Names are compared by their letters, which takes long for long ones.
    meant = did_you_mean(word, known) if len(word) <= _LONGEST else ""
    shown = ", ".join(known[:_LISTED]) + (", …" if len(known) > _LISTED else "")
    return meant or (f"; known are {shown}" if known else "; there are none")
