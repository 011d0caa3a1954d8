"""Read how a problem is updated: its rule, the learning rate of each step, and where the steps start."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Expr, names
from gradcalc.optimizers.rule import RATE, STEP
from gradcalc.problem.document import is_read
from gradcalc.problem.draft import Draft
from gradcalc.problem.forms import WorkedKeys
from gradcalc.problem.objective import Parts
from gradcalc.words import shorten

_RATE: Final = "a positive number, a list of one for each step, or a formula over k such as 0.1 / sqrt(k)"
_NOT_YET = ("gradients", "optimizer", "update", "start", "signs", "let")


def optimizing(draft: Draft, model: WorkedKeys, parts: Parts) -> dict[str, Any]:
    """The fields of a Problem that say how it is updated; faults at what can't be used."""
    for key in _NOT_YET:
        if draft.value((key,)) is not None:
            draft.key_fault((key,), ": this can't be used yet")
    for key, usual in (("direction", "descent"), ("order", "simultaneous")):
        if getattr(model, key) != usual:
            draft.key_fault((key,), ": this can't be used yet")
    return {**_rate(draft, model.lr)}


def _rate(draft: Draft, written: Any) -> dict[str, Any]:
    """The learning rate: a number, one for each step, or a formula over k."""
    if isinstance(written, list):
        rates = _rates(draft, written)
        return {"lr": float(rates[0]), "by_step": {RATE: rates}} if rates else {}
    if isinstance(written, str):
        return {"rate": _schedule(draft, written)}
    return {"lr": written}


def _rates(draft: Draft, written: list[Any]) -> tuple[Array, ...]:
    if not written:
        draft.fault((RATE,), f"is an empty list: it must be {_RATE}")
    for i, rate in enumerate(written):
        if is_read(rate) and not (isinstance(rate, int | float) and not isinstance(rate, bool) and rate > 0):
            draft.fault((RATE, i), f"is {shorten(str(rate))}: it must be a positive number")
    return () if draft.faults else tuple(np.array(float(rate)) for rate in written)


def _schedule(draft: Draft, written: str) -> Expr | None:
    formula = draft.formula((RATE,), written)
    if formula is None:
        return None
    if STEP not in names(formula):
        draft.fault((RATE,), f"is {shorten(written)}: it must be {_RATE}")
    else:
        draft.names_known((RATE,), formula, [STEP])
    return formula
