"""Values at which a condition holds: drawn at random; for an equation, as `norm(u) == 1`, moved by Gauss and Newton."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from copy import copy
from functools import partial
from itertools import islice
from typing import Final

import numpy as np

from gradcalc.check.answers.condition import Condition
from gradcalc.check.claims.lowering import ClaimError, Sides
from gradcalc.check.marking.tries import Instance, Values
from gradcalc.errors import FormulaError
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import AT_RUN_TIME
from gradcalc.formula.spelling import NAME

_STEPS: Final = 30
_STEP: Final = 1e-6
_NEAR: Final = 1e-12
"""How far both sides may be apart in the end."""
_FEW: Final = 200
"""With more numbers than these nothing is moved."""
_FURTHER: Final = 12
"""At so many more values a line is tried under an inequality, which the usual ones may meet once."""


def fulfilled(instance: Instance, condition: str) -> Instance | None:
    """The same problem at values at which a condition holds; None where none are found.

    For an equation given values are moved, but no target: these are of their kind. One between what is
    worked out is no condition on values. Where it is no equation, many values are drawn.
    """
    problem, said = instance.problem, {*NAME.findall(condition)}
    used = [name for name in problem.given if name in said and name not in problem.targets]
    equation = Condition(condition).sides
    if equation is not None and Condition(condition).are_several:
        return None  # several at once
    try:
        _, sides, _ = instance.program_of(equation or (condition, condition), {})
    except (ClaimError, FormulaError):
        return None
    if equation is not None and not used and said.isdisjoint(problem.targets):
        return instance
    found = copy(instance)
    found.values = [*(_on(instance, used, sides) if equation is not None else _among(instance, sides))]
    found.more = partial(iter, ())
    return found if found.values else None


def further(instance: Instance, condition: str) -> Instance:
    """The same problem at more values, at which an inequality holds; at none more for any other condition.

    Where it holds at one of the usual values alone, what isn't so may be so there by chance.
    """
    if "step(" not in condition:
        return instance
    found = copy(instance)
    with suppress(ClaimError, FormulaError):
        _, sides, _ = instance.program_of((condition, condition), {})
        found.values = [*instance.values, *islice(_among(instance, sides), _FURTHER)]
    return found


def _among(instance: Instance, sides: Sides) -> Iterator[Values]:
    """Of values at random those at which a condition holds."""
    for each in instance.more():
        with suppress(*AT_RUN_TIME):
            if all(case.all() for case in sides.by_case({name: each[name] for name in instance.problem.given})[0]):
                yield each


def _on(instance: Instance, used: Sequence[str], sides: Sides) -> Iterator[Values]:
    """The values of an instance, of which some are moved onto an equation."""
    problem = instance.problem
    if used and sum(problem.given[name].size for name in used) <= _FEW:
        every = (_moved({name: each[name] for name in problem.given}, used, sides.by_case) for each in instance.values)
        yield from (each for each in every if each is not None)


def _moved(values: Values, used: Sequence[str], sides: Callable[[Values], list[list[Array]]]) -> Values | None:
    """Values near these at which both sides are equal; None where steps to them don't end."""
    whole = {**values}

    def apart(flat: Array) -> Array:
        ends = np.cumsum([values[name].size for name in used])
        parts = np.split(flat, ends[:-1])
        whole.update((name, part.reshape(values[name].shape)) for name, part in zip(used, parts, strict=True))
        one, other = sides(whole)
        return np.concatenate([np.ravel(a - b) for a, b in zip(one, other, strict=True)])

    flat = np.concatenate([np.ravel(values[name]) for name in used])
    try:
        for _ in range(_STEPS):
            now = apart(flat)
            if np.max(np.abs(now)) <= _NEAR:
                return whole
            steps = _STEP * np.eye(flat.size)
            slopes = np.stack([(apart(flat + step) - apart(flat - step)) / (2 * _STEP) for step in steps], axis=1)
            flat = flat - np.linalg.lstsq(slopes, now, rcond=1e-8)[0]
    except (*AT_RUN_TIME, np.linalg.LinAlgError):
        return None
    return None
