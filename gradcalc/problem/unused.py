"""Find what a problem names and doesn't use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from gradcalc.problem.objective import Parts
from gradcalc.program.quantities import Quantities
from gradcalc.program.sections import STEPS, Quantity

_WORD = re.compile(r"\w+")


def unused(parts: Parts, quantities: Quantities, expected: Any, let: Any, updated: bool = False) -> Iterable[str]:
    """A warning for each given value that no equation uses, and each equation that leads nowhere.

    What `expected` asks for and `let` speaks of is wanted for itself, and so are parameters that are `updated` by given
    gradients, and so are derivatives.
    """
    used = {quantity.name for quantity in _wanted(quantities, expected)}
    used |= {word for text in (let.values() if isinstance(let, dict) else ()) for word in _WORD.findall(str(text))}
    used |= {name for equation in parts.forward for name in equation.uses}
    used |= {*parts.derivatives, *(of for of, *_ in parts.derivatives.values())}
    if updated:
        used |= {*parts.parameters}
    for name in parts.given:
        if name not in used:
            yield f"{name} is given, but no equation uses it"
    ends = {parts.objective, *parts.upstream} - {None}
    if not ends:
        return
    for name in parts.computed:
        if name not in used and name not in ends:
            yield f"{name} is computed, but not used for {' or '.join(sorted(map(str, ends)))}"


def _wanted(quantities: Quantities, expected: Any) -> Iterable[Quantity]:
    steps = expected.get(STEPS) if isinstance(expected, dict) else None
    sheets = [expected, *(steps.values() if isinstance(steps, dict) else ())]
    sections = [each for sheet in sheets if isinstance(sheet, dict) for each in sheet.items()]
    named = ((section, name) for section, names in sections if isinstance(names, dict) for name in names)
    return filter(None, (quantities.get(str(section), str(name)) for section, name in named))
