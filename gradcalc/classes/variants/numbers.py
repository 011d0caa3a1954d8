"""Draw small round numbers in a problem's own shapes, each as what it is used as."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

import numpy as np

from gradcalc.errors import UsageError
from gradcalc.formula.arrays import Array
from gradcalc.formula.table import Axis
from gradcalc.optimizers.rule import RATE
from gradcalc.program.instances import uses
from gradcalc.program.problem import Problem

Draw: TypeAlias = Callable[[np.random.Generator], Array]
MOST_DECIMALS: Final = 3
LEAST_STEPS: Final = 4
"""A range that follows from the problem's own numbers has so many steps on a side at least."""


class Numbers:
    """The values that are drawn, by name, and those that stay; `vary` in the problem file says otherwise.

    Unless it does, inputs, targets, parameters and the learning rate are drawn: on the grid of their own decimals, not
    larger than the largest of them, positive where they are; zeros stay, and targets stay what they are (one-hot,
    probabilities, signs). Raises UsageError where there is nothing to draw.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.uses = uses(problem)
        self.keeps_zeros = "zeros" not in problem.vary
        given = {**problem.data, **({} if problem.lr is None else {RATE: np.array(problem.lr)})}
        self.draws: dict[str, Draw] = {
            name: self._draw(name, value)
            for name, value in given.items()
            if problem.vary.get(name) != () and name not in problem.by_step
        }
        self.zeros = [name for name in self.draws if self.keeps_zeros and self._is_plain(name) and _some(given[name])]
        if not self.draws:
            raise UsageError("there is nothing to vary in this problem")

    def anew(self, random: np.random.Generator, names: Iterable[str] | None = None) -> dict[str, Array]:
        """A value for each of the names, by default for all that are drawn."""
        return {name: self.draws[name](random) for name in (self.draws if names is None else names)}

    def _is_plain(self, name: str) -> bool:
        return name not in self.problem.targets and self.uses.get(name) in (None, "positive") and name != RATE

    def _draw(self, name: str, value: Array) -> Draw:
        axis, own = self.problem.axis, self.problem.vary.get(name)
        if own is None and not self._is_plain(name) and name != RATE:
            kind = self.uses.get(name) or _kind(value, axis)
            if kind in _KINDS:
                return _KINDS[kind](value, axis)
        low, high, step = _range(value, name == RATE or self.uses.get(name) == "positive", own)
        mask = value == 0 if self.keeps_zeros and self._is_plain(name) else np.zeros(value.shape, bool)
        return on_grid(low, high, step, mask)


def _some(value: Array) -> bool:
    return bool((value == 0).any())


def decimals(value: Array) -> int:
    """How many decimals it takes to write these numbers, as far as they are round."""
    found = (d for d in range(MOST_DECIMALS + 1) if np.allclose(np.round(value, d), value, rtol=0, atol=1e-9))
    return next(found, MOST_DECIMALS)


def _range(value: Array, positive: bool, own: tuple[float, ...] | None) -> tuple[float, float, float]:
    step = 10.0 ** -decimals(value)
    if own is not None:
        return own[0], own[1], own[2] if len(own) > 2 else 10.0 ** -decimals(np.array(own[:2]))
    high = max(float(np.abs(value).max()), LEAST_STEPS * step)
    return (step if positive or not (value < 0).any() else -high), high, step


def on_grid(low: float, high: float, step: float, mask: Any) -> Draw:
    """Multiples of `step` from `low` to `high`, none of them 0; 0 where `mask` says so. Raises UsageError."""
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    choices = np.array([k for k in range(first, last + 1) if k], dtype=np.float64)
    if not choices.size:
        raise UsageError(f"vary: there is no multiple of {step:g} but 0 from {low:g} to {high:g}")
    # A product by 0.1 isn't the number that is written 0.3; a rounded one is.
    choices = np.round(choices * step, 12)
    # With 0 added, what isn't kept is 0 and no -0.
    kept, shape = ~np.asarray(mask), np.shape(mask)
    return lambda random: np.asarray(choices[random.integers(choices.size, size=shape)] * kept + 0.0)


def _kind(value: Array, axis: Axis) -> str:
    """What targets are that no loss says anything of."""
    if not np.isin(value, (0.0, 1.0)).all():
        return ""
    per_sample = value.sum(axis=axis) if value.ndim else value
    classes = value.shape[axis] if value.ndim else 1
    return "one_hot" if classes > 1 and (per_sample == 1).all() else "bits"


def _one_hot(value: Array, axis: Axis) -> Draw:
    def draw(random: np.random.Generator) -> Array:
        if not value.shape:
            return np.ones(())
        rows: Array = np.eye(value.shape[axis])[random.integers(value.shape[axis], size=value.shape[1 - axis])]
        return rows.T.copy() if axis is Axis.COLUMNS else rows

    return draw


def _bits(value: Array, axis: Axis) -> Draw:
    return lambda random: random.integers(0, 2, value.shape).astype(np.float64) + 0.0


def _signs(value: Array, axis: Axis) -> Draw:
    return lambda random: np.asarray(random.choice([-1.0, 1.0], value.shape))


def _probabilities(value: Array, axis: Axis) -> Draw:
    if np.isin(value, (0.0, 1.0)).all():
        return _bits(value, axis)
    step = 10.0 ** -max(1, decimals(value))
    return on_grid(step, 1 - step, step, np.zeros(value.shape, bool))


def _distribution(value: Array, axis: Axis) -> Draw:
    """Shares in whole steps, each at least one."""
    steps = 10 ** max(1, decimals(value))

    def draw(random: np.random.Generator) -> Array:
        if not value.shape:
            return np.ones(())
        rows: Array
        classes, samples = value.shape[axis], value.shape[1 - axis]
        rest = random.multinomial(max(0, steps - classes), np.full(classes, 1 / classes), size=samples)
        rows = np.round((rest + 1) / (rest + 1).sum(axis=1, keepdims=True), 12)
        return rows.T.copy() if axis is Axis.COLUMNS else rows

    return draw


_KINDS: Mapping[str, Callable[[Array, Axis], Draw]] = {
    "one_hot": _one_hot,
    "bits": _bits,
    "sign": _signs,
    "probability": _probabilities,
    "distribution": _distribution,
}


def with_numbers(problem: Problem, new: Mapping[str, Array]) -> Problem:
    """The problem with other values of these names."""

    def of(values: Mapping[str, Array]) -> dict[str, Array]:
        return {name: new.get(name, value) for name, value in values.items()}

    lr = float(new[RATE]) if RATE in new else problem.lr
    inputs, targets, parameters = of(problem.inputs), of(problem.targets), of(problem.parameters)
    return replace(problem, lr=lr, inputs=inputs, targets=targets, parameters=parameters)
