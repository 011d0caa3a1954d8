r"""One index of a matrix: its column, or its row where only that fits, as in `w \cdot X_1` and `p_i^T q_j`."""

from __future__ import annotations

from itertools import product
from typing import Final

from gradcalc.check.answers.interpreter import Interpreter
from gradcalc.check.writeup.formulas import Formulas
from gradcalc.check.writeup.model import Derivation

_MOST: Final = 2
"""Of so many matrices in one chain rows are tried: each in two ways."""


def by_rows(chain: Derivation, found: Formulas, interpreter: Interpreter) -> Formulas:
    """The chain with rows for columns where more of it fits so.

    A side in which nothing fits may be meant otherwise.
    """
    names, every = sorted(found.meanings.columns), [found]
    if not 0 < len(names) <= _MOST or _unfit(found) == (0, 0):
        return found
    for ways in product((None, "column", "row"), repeat=len(names)):
        interpreter.by_rows = {name: way for name, way in zip(names, ways, strict=True) if way is not None}
        if interpreter.by_rows:
            every.append(Formulas(chain, interpreter))
    interpreter.by_rows = {}
    best = min(every, key=_unfit)
    for i, shape in enumerate(best.shapes):
        best.uncertain[i] |= shape is None
    return best


def _unfit(found: Formulas) -> tuple[int, int]:
    """How many letters count otherwise in one place than in another, and how many sides don't fit."""
    return len(found.meanings.clashing), len(found.misfits())
