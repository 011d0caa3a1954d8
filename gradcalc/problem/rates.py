"""Read a learning rate: a number, one for each step, a formula over the step's number; in letters a letter."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Num, names, substitute
from gradcalc.formula.spelling import canonical
from gradcalc.formula.tex.commands import GREEK
from gradcalc.optimizers.rule import RATE, STEP
from gradcalc.problem.draft import Draft
from gradcalc.program.kinds import KINDS
from gradcalc.program.problem import Path
from gradcalc.words import shorten

_RATE: Final = "a positive number, a list of one for each step, or a formula over k such as 0.1 / sqrt(k)"
USUAL: Final = 0.1
"""What a letter stands for where sizes make numbers of the problem."""


def rate_letter(draft: Draft, written: Any) -> str:
    """The letter that a problem in letters has for its learning rate, which is any; empty of anything else."""
    word = _word(written) if isinstance(written, str) else ""
    return word if draft.is_in_letters and word.isidentifier() and word != STEP else ""


def _word(written: str) -> str:
    """A letter as formulas have it: `alpha` for `\\alpha` and α."""
    return canonical(written.strip().lstrip("\\"))


def rate_symbol(draft: Draft, written: Any) -> dict[str, str]:
    """How such a letter is shown, under the name of the learning rate; kinds have the usual one."""
    word = rate_letter(draft, written)
    return {RATE: rf"\{word}" if word in GREEK else word} if word and word not in KINDS else {}


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
    letter = rate_letter(draft, written)
    if letter:
        return _lettered(draft, letter)
    formula = draft.formula((RATE,), written)
    if formula is None:
        return {}
    if STEP in names(formula):
        formula = substitute(formula, {"pi": Num(math.pi)})
        return {"rate": formula} if draft.names_known((RATE,), formula, [STEP]) else {}
    if names(formula):
        word = _word(written)
        said = rf"; symbols: {{lr: \{word}}} shows it by that letter" if word in GREEK else ""
        draft.fault((RATE,), f"is {shorten(written)}: it must be {_RATE}{said}")
        return {}
    rate = _positive(draft, (RATE,), written)
    return {} if rate is None else {"lr": rate}


def _lettered(draft: Draft, letter: str) -> dict[str, Any]:
    """Any learning rate, as every problem in letters has; a fault where its letter is something else already."""
    sizes = () if draft.letters is None else (*draft.letters.sizes, *draft.letters.counts)
    if letter in (*draft.origins, *sizes):
        also = "a quantity" if letter in draft.origins else "a size"
        draft.fault((RATE,), f": '{letter}' is {also} already; choose another letter for the learning rate")
    return {"lr": USUAL}
