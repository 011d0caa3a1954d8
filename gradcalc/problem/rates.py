"""Read a learning rate: a number, one for each step, or a formula over the number of the step."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Num, names, substitute
from gradcalc.optimizers.rule import RATE, STEP
from gradcalc.problem.draft import Draft
from gradcalc.program.problem import Path
from gradcalc.words import shorten

_RATE: Final = "a positive number, a list of one for each step, or a formula over k such as 0.1 / sqrt(k)"


def read_rate(draft: Draft, written: Any) -> dict[str, Any]:
    """The fields of a Problem that say the learning rate; faults at what can't be one."""
    if isinstance(written, list):
        rates = _rates(draft, written)
        return {"lr": float(rates[0]), "by_step": {RATE: rates}} if rates else {}
    return _schedule(draft, written) if isinstance(written, str) else {"lr": written}


def _rates(draft: Draft, written: list[Any]) -> tuple[Array, ...]:
    if not written:
        draft.fault((RATE,), f"is an empty list: it must be {_RATE}")
    rates = [_positive(draft, (RATE, i), rate) for i, rate in enumerate(written)]
    return () if None in rates else tuple(np.array(rate) for rate in rates)


def _positive(draft: Draft, path: Path, written: Any) -> float | None:
    array = draft.array(path, written)
    if array is None or (array.ndim == 0 and array > 0):
        return None if array is None else float(array)
    draft.fault(path, f"is {shorten(str(written))}: it must be a positive number")
    return None


def _schedule(draft: Draft, written: str) -> dict[str, Any]:
    """A formula over k; one without k, such as 1/3, is a number."""
    formula = draft.formula((RATE,), written)
    if formula is None:
        return {}
    if STEP in names(formula):
        formula = substitute(formula, {"pi": Num(math.pi)})
        return {"rate": formula} if draft.names_known((RATE,), formula, [STEP]) else {}
    if names(formula):
        draft.fault((RATE,), f"is {shorten(written)}: it must be {_RATE}")
        return {}
    rate = _positive(draft, (RATE,), written)
    return {} if rate is None else {"lr": rate}
