"""Quantities by their labels (`gradients.W1`), as formulas show them (`dW1`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from gradcalc.formula.expr import Name
from gradcalc.program.sections import quantities
from gradcalc.program.solution import Solution
from gradcalc.report.document import Inline, Math

Named: TypeAlias = Callable[[str], Inline]


def by_label(solution: Solution | None) -> Named:
    """What shows a quantity of the solution by its label; one that it hasn't is shown as it is written."""
    equations = {quantity.label: quantity.equation for quantity in quantities(solution)} if solution is not None else {}
    return lambda label: Math(Name(equations[label])) if label in equations else label
