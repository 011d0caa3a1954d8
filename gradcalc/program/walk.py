"""Go from one step to the next: the equations compiled once for each number of samples, whatever the update rule is.

Where a descent stands is a small mapping (the parameters, and what the rule remembers): everything else about a step
follows from it, and is worked out for those steps alone that somebody looks at.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from gradcalc.errors import UsageError
from gradcalc.formula.arrays import Array
from gradcalc.formula.compile import compile_formulas
from gradcalc.formula.expr import Expr
from gradcalc.formula.table import Shape
from gradcalc.program.batches import all_of, batches_of, of_step, taken_of
from gradcalc.program.build import Program, build
from gradcalc.program.naming import old_name, state_name
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution
from gradcalc.program.solve import not_finite

Value: TypeAlias = Any
"""A float64 array, or NumPy's own scalar, which takes part in arithmetic several times faster than one with no axes."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a descent stands before step `k`: the values that a step takes over from the one before it, by name."""

    k: int
    carried: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Stride:
    """What came of a step: where the descent stands after it, and what was looked at before it.

    `sound` is False where the step's loss, or one of the values that it hands on, is no finite number.
    """

    state: State
    looked: tuple[Value, ...]
    sound: bool


class Walk:
    """The steps of a problem, and at each of them the values of `looks`: formulas over the names of its equations.

    What is looked at is taken over all samples, whichever the step uses, with the parameters as they are before it.
    """

    def __init__(self, problem: Problem, looks: Sequence[Expr] = ()) -> None:
        self.problem = problem
        self.looks = tuple(looks)
        self.batches = batches_of(problem)
        self._constant = _scalars(problem.given)
        self._changing = bool(problem.by_step) or problem.counts_steps
        self._steps: dict[int, _Step] = {}

    @property
    def start(self) -> State:
        """Where the descent begins. Raises what `build` raises."""
        k = self.problem.first_step
        given, program = self._given(State(k, {})), self._step(k).program
        return State(k, {name: _kept(given[name], program.shapes[name]) for name in program.carry})

    def samples(self, k: int) -> tuple[int, ...] | None:
        """The samples of step `k`, counted from 1; None where each step uses all."""
        return None if self.batches is None else self.batches.of_step(k)

    def take(self, state: State) -> Stride:
        """Take a step."""
        step = self._step(state.k)
        judged, looked = step.values(self._given(state))
        shapes = step.program.shapes
        carried = {name: _kept(value, shapes[name]) for name, value in zip(step.program.carry, judged, strict=False)}
        sound = all(map(_is_finite, judged))
        return Stride(State(state.k + 1, carried), self.look(state) if self.batches else looked, sound)

    def whole(self, state: State) -> dict[str, Array]:
        """The value of every name at a step."""
        return self._step(state.k).program.run({n: np.asarray(v) for n, v in self._given(state).items()})

    def look(self, state: State) -> tuple[Value, ...]:
        """The values of what is looked at, where a descent stands."""
        if not self.looks:
            return ()
        given = self._constant | dict(state.carried)
        if self._changing:  # what isn't given for the step after the last stays as it was
            for k in (max(state.k - 1, self.problem.first_step), state.k):
                given |= _scalars(self.problem.at_step(k))
        return self._looking.values(given)[1]

    def objective(self, state: State) -> float | None:
        """What is differentiated, over all samples, where a descent stands; None without one."""
        name = self.problem.objective
        if name is None:
            return None
        given = self._constant | dict(state.carried)
        return float(self._looking.program.run({n: np.asarray(v) for n, v in given.items()})[name].item())

    def solution(self, state: State) -> Solution:
        """The same as a solution of the problem as it stands there, its gradients unchecked."""
        values, program = self.whole(state), self.program(state.k)
        problem = of_step(self.standing(state), state.k)
        return Solution(problem, program.equations, program.shapes, values, None, not_finite(values, program.equations))

    def program(self, k: int) -> Program:
        """The equations of step `k`."""
        return self._step(k).program

    def standing(self, state: State) -> Problem:
        """The problem as it stands before a step: with its parameters, and what the rule remembers."""
        values = {name: np.asarray(value) for name, value in state.carried.items()}
        parameters = {name: values.get(name, value) for name, value in self.problem.parameters.items()}
        start = {
            line: {name: values.get(old_name(state_name(line, name)), value) for name, value in mine.items()}
            for line, mine in self.problem.start.items()
        }
        return replace(self.problem, parameters=parameters, start=start, first_step=state.k)

    def _given(self, state: State) -> dict[str, Value]:
        given = {**self._constant, **state.carried}
        if self._changing:
            self._refuse_too_far(state.k)
            given |= _scalars(self.problem.at_step(state.k))
        if self.batches is not None:
            given |= taken_of(self.problem, self.batches.of_step(state.k))
        return given

    def _refuse_too_far(self, k: int) -> None:
        for name, values in self.problem.by_step.items():
            if k > len(values):
                raise UsageError(f"{name} is given for {len(values):,} steps, and has no value for step {k:,}")

    def _step(self, k: int) -> _Step:
        samples = 0 if self.batches is None else len(self.batches.of_step(k))
        if samples not in self._steps:
            looks = self.looks if self.batches is None else ()
            self._steps[samples] = _Step(build(of_step(self.problem, k)), self.problem.objective, looks)
        return self._steps[samples]

    @cached_property
    def _looking(self) -> _Step:
        """All samples at once."""
        return self._step(1) if self.batches is None else _Step(build(all_of(self.problem)), None, self.looks)


class _Step:
    """A step of so many samples: its equations, and one function of those values alone that the next step needs."""

    def __init__(self, program: Program, objective: str | None, looks: Sequence[Expr]) -> None:
        self.program = program
        looked = [(f"look {number}", look) for number, look in enumerate(looks)]  # which is nobody's name
        self.looked = len(looked)
        formulas = [*((eq.name, eq.expr) for eq in program.equations), *looked]
        judged = [*program.carry.values(), *([] if objective is None else [objective])]
        self.compiled = compile_formulas(formulas, program.given, program.axis, [*judged, *(n for n, _ in looked)])

    def values(self, given: Mapping[str, Value]) -> tuple[Sequence[Value], tuple[Value, ...]]:
        """What must be finite (what is carried, then the loss), and what is looked at."""
        with np.errstate(all="ignore"):
            found = self.compiled.run(*[given[name] for name in self.compiled.inputs])
        end = len(found) - self.looked
        return found[:end], found[end:]


def _scalars(values: Mapping[str, Array]) -> dict[str, Value]:
    return {name: value[()] for name, value in values.items()}


def _kept(value: Value, shape: Shape) -> Value:
    """A value as the next step has it: in its full shape, its rows one after the other.

    In which order entries lie in memory can decide how a product of matrices is summed, and must not depend on whether
    the values came from a step or from a file.
    """
    if np.shape(value) != shape:
        value = np.broadcast_to(value, shape)
    return np.asarray(value, dtype=np.float64, order="C")[()]


def _is_finite(value: Value) -> bool:
    # A sum of squares is finite only where all are, and takes a third of the time of asking each.
    return math.isfinite(np.vdot(value, value)) or bool(np.isfinite(value).all())
