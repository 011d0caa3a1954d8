"""Which samples each step uses: batches cut from the file's order, or from an order shuffled anew in each epoch.

Both follow from the number of the step alone, so that going on from a step needs nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.table import Axis
from gradcalc.program.problem import Problem


@dataclass(frozen=True, slots=True)
class Batches:
    """`size` samples for each step; at an epoch's end the rest, then from the start. `seed` shuffles each epoch."""

    samples: int
    size: int
    seed: int | None = None

    @property
    def in_epoch(self) -> int:
        """How many steps an epoch takes."""
        return -(-self.samples // self.size)

    def of_step(self, k: int) -> tuple[int, ...]:
        """The samples of step `k`, both counted from 1."""
        epoch, place = divmod(k - 1, self.in_epoch)
        order = _order(self.samples, self.seed, epoch + 1)
        return order[place * self.size : (place + 1) * self.size]


@lru_cache(maxsize=4)
def _order(samples: int, seed: int | None, epoch: int) -> tuple[int, ...]:
    if seed is None:
        return tuple(range(1, samples + 1))
    # NumPy promises that this generator gives the same numbers in every release.
    return tuple(int(i) + 1 for i in np.random.RandomState([seed, epoch]).permutation(samples))


def sample_count(problem: Problem) -> int:
    """How many samples a problem has; 1 where it doesn't say what holds them."""
    return next((problem.data[name].shape[1 - problem.axis] for name in problem.samples), 1)


def batches_of(problem: Problem) -> Batches | None:
    """How the samples are divided among the steps; None where each step uses all of them as they are."""
    samples = sample_count(problem)
    size = samples if problem.batch_size is None else problem.batch_size
    return None if size >= samples else Batches(samples, size, problem.shuffle)


def step_count(problem: Problem) -> int | None:
    """How many steps a problem takes, where it says so in steps or epochs."""
    if problem.epochs is None:
        return problem.steps
    batches = batches_of(problem)
    return problem.epochs * (1 if batches is None else batches.in_epoch)


def of_step(problem: Problem, k: int) -> Problem:
    """The problem with the samples of step `k` alone."""
    batches = batches_of(problem)
    if batches is None:
        return problem
    taken = taken_of(problem, batches.of_step(k))
    inputs = {name: taken.get(name, value) for name, value in problem.inputs.items()}
    targets = {name: taken.get(name, value) for name, value in problem.targets.items()}
    return replace(problem, inputs=inputs, targets=targets, batch_size=None)


def all_of(problem: Problem) -> Problem:
    """The problem with all samples in each step."""
    return replace(problem, batch_size=None)


def taken_of(problem: Problem, wanted: tuple[int, ...]) -> Mapping[str, Array]:
    """The values that hold samples, cut down to these, by name."""
    places = [number - 1 for number in wanted]
    along = 1 if problem.axis is Axis.COLUMNS else 0
    return {name: problem.data[name].take(places, axis=along) for name in problem.samples}
