"""Whether an explanation says more than chance would: many mistakes are tried, and a coarse number fits some."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradcalc.check.answers.compare import FLOAT, HALF_UNIT, Mask, Tolerance, asked_unit, laid_out
from gradcalc.check.answers.model import Numbers
from gradcalc.formula.arrays import Array, every, some

COINCIDENCES = 14.0
"""So many of the mistakes tried may be expected to fit by chance. A student's error is one of them far more often than
not, and the likelier ones are counted alone, so these are still good odds."""
TELLING = 0.85
"""But digits that nearly any other wrong value would fit as well, as those of a whole number, tell nothing."""
ZERO = 0.2
"""How often a wrong formula gives 0 somewhere: gates and inputs make zeros, so that a zero tells little."""
SHAPE = 0.5
"""How often another mistake would give a program's array the same shape, where that isn't the right one."""
SIDE = 0.5
"""How often an entry falls on the side of a gate on which a mistake puts it."""


def tells(chance: float, tried: int) -> bool:
    """Whether digits that fit with this chance speak for one of so many mistakes."""
    return chance <= TELLING and chance * tried <= COINCIDENCES


def by_chance(written: Numbers, value: Array, right: Array, wrong: Mask, tolerance: Tolerance) -> float:
    """The chance that some other wrong value would lie as near to the numbers as `value` does.

    Of each wrong entry it is the room that the written digits leave, as a part of how far the mistake leads from the
    right value; equal entries count once.
    """
    placed = laid_out(written, value.shape)
    if placed is None or value.shape != right.shape:
        return _in_other_shape(written, value, tolerance)
    room = _room(placed, value, tolerance)
    with np.errstate(all="ignore"):
        chances = np.minimum(room / np.maximum(np.abs(value - right), 1e-300), 1.0)
    chances = np.where(value == 0, np.maximum(chances, ZERO), chances)
    told = {(v, r): c for v, r, c in zip(value[wrong], right[wrong], chances[wrong], strict=True)}
    return float(np.prod([*told.values()], initial=1.0))


def of_sides(values: Array) -> float:
    """The chance that entries fall on the same sides of a gate as they do by a mistake: so it must be a rare one."""
    return min(COINCIDENCES * SIDE ** len(np.unique(values)), 1.0)


def _room(placed: Numbers, value: Array, tolerance: Tolerance) -> Array:
    """What the digits leave open; where a number is written to its last digit (3 for 3.0), only those asked for."""
    asked = asked_unit(placed, tolerance.digits)
    exact = np.abs(placed.values - value) <= FLOAT * np.maximum(np.abs(value), 1.0)
    return np.asarray(2.0 * HALF_UNIT * np.where(exact, asked, np.maximum(asked, placed.unit)))


def _in_other_shape(written: Numbers, value: Array, tolerance: Tolerance) -> float:
    placed = laid_out(written, value.shape)
    if placed is None:
        return 1.0
    room = _room(placed, value, tolerance)
    size = np.maximum(np.max(np.abs(value), initial=0.0), 1e-300)
    chance = float(np.prod(np.minimum(room / size, 1.0)))
    return min(chance, SHAPE) if written.computed else chance


def of_others(
    values: Mapping[str, Array], answers: Mapping[str, Numbers], key: Mapping[str, Array], tolerance: Tolerance
) -> float:
    """The chance that the other wrong answers, too, would lie as near to what follows from a mistake."""
    total = 1.0
    for name, value in values.items():
        placed = None if name not in answers else laid_out(answers[name], value.shape)
        if placed is not None and value.shape == key[name].shape:
            room = HALF_UNIT * np.maximum(asked_unit(placed, tolerance.digits), placed.unit)
            wrong = np.abs(placed.values - key[name]) > room
            if some(wrong) and every(np.abs(placed.values - value) <= 2 * room):
                total *= by_chance(placed, value, key[name], wrong, tolerance)
    return total
