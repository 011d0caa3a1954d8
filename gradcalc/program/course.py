"""How far a descent goes, and which of its steps are kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcalc.errors import FormulaError, UsageError
from gradcalc.formula.brackets import Indices
from gradcalc.program.batches import batches_of
from gradcalc.program.problem import Problem
from gradcalc.program.until import Condition, condition
from gradcalc.program.walk import State

MAX_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class Course:
    """At most so many steps, and no further than where a condition holds."""

    most: int
    until: Condition | None = None

    @property
    def sides(self) -> int:
        """How many values have to be looked at to know."""
        return 0 if self.until is None else 2

    def reached(self, looked: Sequence[Any]) -> bool:
        """Whether the condition holds, by what was looked at; its sides come first."""
        return self.until is not None and self.until.holds(*(float(np.asarray(side).item()) for side in looked[:2]))


def course_of(
    problem: Problem, steps: int | None = None, epochs: int | None = None, until: str | None = None
) -> Course:
    """The course that is asked for; where nothing is asked, the problem's own, and one step where it has none.

    Raises UsageError for what can't be gone.
    """
    ends = None if until is None else _condition(until, problem.indices)
    if steps is None and epochs is None and ends is None:
        steps, epochs, ends = problem.steps, problem.epochs, problem.until
    if steps is not None and epochs is not None:
        raise UsageError("steps and epochs both say how far to go: give one of them")
    if epochs is not None:
        steps = _whole(epochs, "epochs") * _steps_in_epoch(problem)
    if steps is None:
        steps = 1 if ends is None else MAX_STEPS
    return Course(_whole(steps, "steps"), ends)


def _whole(count: int, what: str) -> int:
    if not 1 <= count <= MAX_STEPS:
        raise UsageError(f"the number of {what} must be from 1 to {MAX_STEPS:,}, not {count:,}")
    return count


def _condition(text: str, indices: Indices) -> Condition:
    try:
        return condition(text, indices)
    except FormulaError as error:
        raise UsageError(f"until: {error}") from None


def _steps_in_epoch(problem: Problem) -> int:
    if problem.form == "equations" and not problem.samples:
        raise UsageError("epochs are passes over samples: name what holds these in the problem file, 'samples: [x, t]'")
    batches = batches_of(problem)
    return 1 if batches is None else batches.in_epoch


@dataclass(frozen=True, slots=True)
class Keep:
    """Which steps are kept: the first few, the last few (one at least), and every so many (none for 0)."""

    first: int = 0
    last: int = 0
    every: int = 0


EACH = Keep(every=1)
"""Every step is kept."""


class Kept:
    """Where a descent stands before each of the steps that are kept."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._chosen: list[State] = []
        self._last: deque[State] = deque(maxlen=max(keep.last, 1))

    def add(self, number: int, state: State) -> None:
        """Note where a step begins, the first being number 1."""
        every = self._keep.every
        if number <= self._keep.first or (every and state.k % every == 0):
            self._chosen.append(state)
        self._last.append(state)

    @property
    def states(self) -> tuple[State, ...]:
        """What is kept, each step once."""
        every = {state.k: state for state in (*self._chosen, *self._last)}
        return tuple(every[k] for k in sorted(every))
