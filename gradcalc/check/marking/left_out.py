"""Name what is left out where numbers are put into a line of a derivation: a gradient that the line before has."""

from __future__ import annotations

import re

import numpy as np

from gradcalc.check.answers.model import Line
from gradcalc.check.claims.lowering import ClaimError
from gradcalc.check.marking.put_in import Reach
from gradcalc.check.marking.statements import Statements
from gradcalc.check.wording import gradient
from gradcalc.errors import FormulaError
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import AT_RUN_TIME
from gradcalc.formula.write import code
from gradcalc.program.naming import gradient_name


def left_out(before: Line, numbers: Reach, statements: Statements) -> str:
    """What to say of a wrong line that is the one before with ones in the place of a gradient; nothing of any other."""
    text = before.statement or ("" if before.formula is None else code(before.formula))
    values = statements.own_values[0]
    for name in values:
        written = gradient_name(name)
        if written in values and re.search(rf"\b{written}\b", text):
            found = _with_ones(text, written, statements)
            if found is not None and found.size == numbers.value.size and _alike(found, numbers):
                return f"{gradient(name)} is left out"
    return ""


def _with_ones(text: str, name: str, statements: Statements) -> Array | None:
    """What a formula comes to with ones in the place of a quantity."""
    values = statements.own_values[0]
    ones = {f"ones_of_{name}": np.ones(np.shape(values[name]))}
    put = re.sub(rf"\b{name}\b", next(iter(ones)), text)
    try:
        cases = statements.sides((put, put), ones, values)(ones)[0]
    except (ClaimError, FormulaError, *AT_RUN_TIME):
        return None
    return cases[0] if len(cases) == 1 else None


def _alike(value: Array, numbers: Reach) -> bool:
    apart = np.abs(value.reshape(numbers.value.shape) - numbers.value)
    return bool((apart <= numbers.most + 1e-9).all())
