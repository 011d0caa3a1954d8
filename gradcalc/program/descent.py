"""Take several steps of an update rule, and keep of each what a report of the update needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from gradcalc.display import Displayed
from gradcalc.errors import UsageError
from gradcalc.formula.arrays import Array
from gradcalc.program.asked import over_steps, with_named
from gradcalc.program.batches import all_of, batches_of
from gradcalc.program.chart import chart
from gradcalc.program.course import EACH, Course, Keep, Kept, course_of
from gradcalc.program.designation import designated
from gradcalc.program.looking import Columns, Curve, Watched, settled, watched
from gradcalc.program.naming import new_name
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.quantities import Quantities, of_solution
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve
from gradcalc.program.until import Condition
from gradcalc.program.walk import State, Walk

Ended: TypeAlias = Literal["count", "reached", "overflow"]
Tell: TypeAlias = Callable[[int, int], None]
_COUNT: Final = "count"
_REACHED: Final = "reached"
_OVERFLOW: Final = "overflow"


@dataclass(frozen=True)
class Step:
    """One step: the loss before and after it, and the values that the update's equations name.

    `number` counts from 1, or from where the problem starts; the losses are None where what starts the gradients is
    given instead. `values` are float64 arrays by name (`W1`, `dW1`, `W1_new`), with no axes for a scalar, else two.
    `samples` are those that the step uses, counted from 1; empty where each step uses all.
    """

    number: int
    loss_before: float | None
    loss_after: float | None
    values: Mapping[str, Array]
    samples: tuple[int, ...] = ()


@dataclass(frozen=True)
class Descent(Displayed):
    """Steps of an update rule; `first` is the whole solution that the first step belongs to.

    `made` is how many steps were taken, and `states` where the descent stood before those that are kept: their values
    are worked out when they are asked for. `ended` says why there was no further step: so many were asked for, a
    condition was reached, or a value was no finite number any more. `curve` is what was written down on the way.
    """

    first: Solution
    updates: tuple[Equation, ...]
    walk: Walk
    states: tuple[State, ...]
    end: State
    made: int
    ended: Ended = _COUNT
    until: Condition | None = None
    keep: Keep = EACH
    curve: Curve = field(default_factory=Curve)

    def __repr__(self) -> str:
        """One line: of what problem, and how many steps there are."""
        return f"<Descent: {self.problem.called}; {self.made} step{'s' * (self.made != 1)}>"

    @property
    def problem(self) -> Problem:
        """The problem, with the parameters as they are before the first step."""
        return self.walk.problem

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps that are kept."""
        return tuple(map(self.step, self.states))

    def updated(self, step: Step) -> dict[str, Array]:
        """The parameters after a step, float64 by name."""
        return {name: step.values[new_name(name)] for name in self.problem.parameters}

    @cached_property
    def parameters(self) -> dict[str, Array]:
        """The parameters after the last step, float64 by name."""
        return {name: np.asarray(self.end.carried[name]) for name in self.problem.parameters}

    @property
    def next(self) -> Problem:
        """The problem as it stands after the last step: going on from it is the same as not having stopped."""
        return self.walk.standing(self.end)

    def solution(self, state: State) -> Solution:
        """All values of a step, its gradients unchecked."""
        if state.k == self.problem.first_step:
            return self.first
        return self.walk.solution(state)

    @cached_property
    def overflowed(self) -> str | None:
        """The first value of the last step, as they are computed, that is no finite number, if it ended there."""
        if self.ended != _OVERFLOW:
            return None
        values = self.walk.whole(self.states[-1])
        return next((name for name, value in values.items() if not np.isfinite(value).all()), None)

    def plot(self, axes: Any = None) -> Any:
        """Draw the curve with matplotlib, into `axes` or a new figure; returns the axes it is drawn on.

        Raises GradcalcError where there is no matplotlib (`pip install gradcalc[plot]`), or no curve.
        """
        return chart(self.curve, axes)

    def step(self, state: State) -> Step:
        """A step from where it begins."""
        is_first = state.k == self.problem.first_step
        values, objective = self.first.values if is_first else self.walk.whole(state), self.problem.objective
        names = {name for eq in self.updates for name in (eq.name, *eq.uses)} | {*self.problem.parameters}
        kept, samples = {name: values[name] for name in names}, self.walk.samples(state.k) or ()
        if objective is None:
            return Step(state.k, None, None, kept, samples)
        before, after = (float(values[name].item()) for name in (objective, new_name(objective)))
        return Step(state.k, before, after, kept, samples)


def take_steps(
    problem: Problem,
    count: int | None = None,
    *,
    epochs: int | None = None,
    until: str | None = None,
    watch: Sequence[str] | None = (),
    keep: Keep = EACH,
    tell: Tell | None = None,
) -> Descent:
    """Take `count` steps, or `epochs` passes over all samples, or steps `until` a condition holds (`loss < 0.01`).

    Where none of the three is given, the problem says how far to go, and one step is taken where it doesn't. `watch`
    names quantities and entries whose values make the curve, beside what is differentiated (None: there is no curve).
    `keep` says which steps are kept (all, if left out). `tell` is called after each step with how many are made, and at
    most will be.

    Raises UsageError where there is nothing to update (no learning rate, no parameters, no gradient), for a count
    below 1 or above 100,000, a condition that can't be read and a name that isn't known; and what `solve` raises.
    """
    _check(problem)
    course = course_of(problem, count, epochs, until)
    first = solve(problem)
    whole = first if batches_of(problem) is None else solve(all_of(problem), check=False)
    known = of_solution(whole)
    whole = with_named(whole, known, [*(course.until.uses if course.until else ()), *(watch or ())])
    stop = None if course.until is None else settled(course.until, known, whole.shapes)
    columns = Columns(_watched(whole, known, watch), max(keep.every, 1))
    sides = [] if stop is None else [stop.left, stop.right]
    walk = Walk(problem, [over_steps(look, whole) for look in (*sides, *columns.looks)])
    return _gone(first, walk, replace(course, until=stop), columns, keep, tell)


def _watched(whole: Solution, known: Quantities, watch: Sequence[str] | None) -> list[Watched]:
    if watch is None:
        return []
    objective = whole.problem.objective
    names = [*([] if objective is None else [objective]), *watch]
    found = [watched(designated(name, known, whole.shapes)) for name in names]
    return [*{(each.name, each.places): each for each in found}.values()]


def _gone(first: Solution, walk: Walk, course: Course, columns: Columns, keep: Keep, tell: Tell | None) -> Descent:
    """The way from the start to where the course ends."""
    state, made, kept = walk.start, 0, Kept(keep)
    ended: Ended = _COUNT
    while made < course.most and ended == _COUNT:
        stride = walk.take(state)
        if course.reached(stride.looked):
            ended = _REACHED
            break
        columns.add(state.k - 1, stride.looked[course.sides :])
        kept.add(made + 1, state)
        state, made = stride.state, made + 1
        ended = _COUNT if stride.sound else _OVERFLOW
        if tell is not None:
            tell(made, course.most)
    looked = walk.look(state)
    if ended == _COUNT and course.reached(looked):
        ended = _REACHED
    columns.add(state.k - 1, looked[course.sides :], last=True)
    updates = tuple(eq for eq in first.equations if eq.section == "update")
    return Descent(first, updates, walk, kept.states, state, made, ended, course.until, keep, columns.curve)


def _check(problem: Problem) -> None:
    if problem.lr is None and problem.rate is None and problem.optimizer is None:
        raise UsageError("a step needs a learning rate: --lr 0.1, or 'lr: 0.1' in the problem file")
    if not problem.parameters:
        raise UsageError("this problem has no parameters, so there is nothing to update")
    if not problem.has_gradients:
        raise UsageError("this problem has no loss, so there is no gradient to follow")
