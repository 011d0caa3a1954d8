"""Refuse to compare the times of two programs that don't compute the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


class DisagreementError(Exception):
    """A peer's gradients aren't gradcalc's."""


def agree(peer: str, ours: Mapping[str, Any], theirs: Mapping[str, Any], tolerance: float = 1e-8) -> None:
    """Raise DisagreementError unless both have the same names with the same values."""
    if set(ours) != set(theirs):
        raise DisagreementError(f"{peer} has {sorted(theirs)}, gradcalc {sorted(ours)}")
    for name, value in ours.items():
        mine, other = np.asarray(value, dtype=float), np.asarray(theirs[name], dtype=float)
        if mine.size != other.size:
            raise DisagreementError(f"{peer}: {name} has {other.size} entries, not {mine.size}")
        error = np.max(np.abs(mine.ravel() - other.ravel())) / max(1.0, np.max(np.abs(mine)))
        if not error <= tolerance:
            raise DisagreementError(f"{peer}: {name} differs by {error:.2g}")
