"""Find what a problem names and doesn't use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gradcalc.formula.expr import names
from gradcalc.problem.goal import Parts


def unused(parts: Parts, expected: Mapping[str, Any]) -> Iterable[str]:
    """A warning for each given value that no equation uses, and each equation that leads nowhere.

    What `expected` asks for is wanted for itself.
    """
    used = {name for equation in parts.forward for name in names(equation.expr)}
    wanted = {name for section in expected.values() if isinstance(section, dict) for name in section}
    for name in parts.given:
        if name not in used | wanted:
            yield f"{name} is given, but no equation uses it"
    goals = {parts.objective, *parts.upstream} - {None}
    if not goals:
        return
    for name in parts.computed:
        if name not in used | wanted | goals:
            yield f"{name} is computed, but not used for {' or '.join(sorted(map(str, goals)))}"
