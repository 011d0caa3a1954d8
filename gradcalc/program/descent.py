"""Take several steps of gradient descent, and keep of each what a report of the update needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gradcalc.display import Displayed
from gradcalc.errors import UsageError
from gradcalc.formula.arrays import Array
from gradcalc.program.naming import new_name
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.solve import Solution, descend, solve

MAX_STEPS = 100_000


@dataclass(frozen=True)
class Step:
    """One step: the loss before and after it, and the values that the update's equations name.

    `number` counts from 1; the losses are None where what starts the gradients is given instead. `values` are float64
    arrays by name (`W1`, `dW1`, `W1_new`), with no axes for a scalar, else two.
    """

    number: int
    loss_before: float | None
    loss_after: float | None
    values: Mapping[str, Array]


@dataclass(frozen=True)
class Descent(Displayed):
    """Steps of gradient descent; `first` is the whole solution that the first step belongs to."""

    first: Solution
    updates: tuple[Equation, ...]
    steps: tuple[Step, ...]

    @property
    def problem(self) -> Problem:
        """The problem, with the parameters as they are before the first step."""
        return self.first.problem

    def updated(self, step: Step) -> dict[str, Array]:
        """The parameters after a step, float64 by name."""
        return {name: step.values[new_name(name)] for name in self.problem.parameters}

    @property
    def parameters(self) -> dict[str, Array]:
        """The parameters after the last step, float64 by name."""
        return self.updated(self.steps[-1])


def take_steps(problem: Problem, count: int = 1) -> Descent:
    """Take `count` steps.

    Raises UsageError where there is nothing to update (no learning rate, no parameters, no gradient) and for a count
    below 1 or above 100,000; and what `solve` raises.
    """
    if not 1 <= count <= MAX_STEPS:
        raise UsageError(f"the number of steps must be from 1 to {MAX_STEPS:,}, not {count:,}")
    _check(problem)
    first = solve(problem)
    updates = tuple(eq for eq in first.equations if eq.section == "update")
    kept = {name for eq in updates for name in (eq.name, *eq.uses)} | set(problem.parameters)
    runs = [first.values] if count == 1 else descend(problem, count)
    steps = tuple(_step(problem, number, values, kept) for number, values in enumerate(runs, 1))
    return Descent(first, updates, steps)


def _check(problem: Problem) -> None:
    if problem.lr is None and problem.rate is None and problem.optimizer is None:
        raise UsageError("a step needs a learning rate: --lr 0.1, or 'lr: 0.1' in the problem file")
    if not problem.parameters:
        raise UsageError("this problem has no parameters, so there is nothing to update")
    if problem.objective is None and not problem.upstream:
        raise UsageError("this problem has no loss, so there is no gradient to follow")


def _step(problem: Problem, number: int, values: Mapping[str, Array], kept: set[str]) -> Step:
    objective, kept_values = problem.objective, {name: values[name] for name in kept}
    if objective is None:
        return Step(number, None, None, kept_values)
    before, after = (float(values[name].item()) for name in (objective, new_name(objective)))
    return Step(number, before, after, kept_values)
