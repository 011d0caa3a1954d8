"""Build all equations of a problem, in the order in which they are worked out, and the shape of every name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

import gradcalc.functions  # noqa: F401  (fills the table)
from gradcalc.errors import GradcalcError
from gradcalc.formula.arrays import Array
from gradcalc.formula.compile import Compiled, compile_formulas
from gradcalc.formula.expr import ONE, Expr, Name
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.table import Axis, Shape
from gradcalc.garbage import uncollected
from gradcalc.program.dependence import depending_on
from gradcalc.program.derive import backward
from gradcalc.program.limits import refuse_too_much
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.update import after, carried, update


@dataclass(frozen=True)
class Program:
    """All equations of a problem, in order, and the shape of every name."""

    given: tuple[str, ...]
    equations: tuple[Equation, ...]
    shapes: Mapping[str, Shape]
    axis: Axis
    carry: Mapping[str, str] = field(default_factory=dict)
    """Which given takes which equation's value at the next step: `W1` that of `W1_new`."""

    @cached_property
    def compiled(self) -> Compiled:
        """One straight-line function for everything."""
        with uncollected():
            return compile_formulas([(eq.name, eq.expr) for eq in self.equations], self.given, self.axis)

    def run(self, given: Mapping[str, Array]) -> dict[str, Array]:
        """The value of every name, float64, from values in the shapes that the program was built for."""
        # NumPy's own scalars take part in arithmetic several times faster than arrays with no axes.
        results = self.compiled({name: value[()] for name, value in given.items()})
        return dict(given) | {name: _shaped(value, self.shapes[name]) for name, value in results.items()}


def _shaped(value: Array, shape: Shape) -> Array:
    array = np.asarray(value, dtype=np.float64)
    return array if array.shape == shape else np.broadcast_to(array, shape)


@uncollected()
def build(problem: Problem) -> Program:
    """All equations of a problem.

    Raises ShapeError where shapes don't fit or values would be too large, NoGradientError where a function on the way
    back has no gradient, GradcalcError where upstream gradients contradict each other.
    """
    shapes: dict[str, Shape] = {name: np.shape(value) for name, value in problem.given.items()}
    for equation in problem.forward:
        shapes[equation.name] = _inferred(equation, shapes, problem.axis)
    equations = [*problem.forward]
    start = start_of(problem)
    if start:
        equations += [*_seed(problem), *_back_and_update(problem, start, shapes)]
        if problem.is_updated:
            equations += after(problem.forward, problem.parameters)
    equations[len(problem.forward) :] = _placed(equations[len(problem.forward) :], problem)
    for equation in equations[len(problem.forward) :]:
        shapes[equation.name] = _shape(equation, shapes, problem.axis)
    refuse_too_much(problem.forward, sum(map(np.size, problem.given.values())), shapes, problem.axis)
    carry = carried(problem) if start and problem.is_updated else {}
    return Program(tuple(problem.given), tuple(equations), shapes, problem.axis, carry)


def _back_and_update(problem: Problem, start: Mapping[str, Expr], shapes: Mapping[str, Shape]) -> Iterator[Equation]:
    """The backward pass, and the update where there is one; one after the other if the problem says so."""

    def derive(wanted: Iterable[str]) -> tuple[Equation, ...]:
        return backward(problem.forward, start, wanted, shapes, problem.axis, problem.assumed)

    back = () if problem.has_given_gradients else derive(problem.leaves)
    if not problem.is_updated or problem.order == "simultaneous":
        return iter((*back, *(update(problem) if problem.is_updated else ())))
    from gradcalc.program.in_turn import layer_by_layer, one_by_one  # which few problems need

    if isinstance(problem.order, str):
        return layer_by_layer(problem, back)
    return one_by_one(problem, derive)


def _placed(equations: Sequence[Equation], problem: Problem) -> list[Equation]:
    """Gradients and new values stand in the layer and in the unit of their quantity."""
    layer, unit = problem.layer_of, problem.unit_of
    if not (layer or unit):
        return [*equations]
    return [replace(eq, layer=layer.get(eq.quantity), unit=unit.get(eq.quantity)) for eq in equations]


def _seed(problem: Problem) -> list[Equation]:
    """`df = 1`, said aloud where the problem names what is differentiated (for a loss it goes without saying)."""
    name = problem.objective
    if name is None or name == "loss":
        return []
    return [Equation("backward", gradient_name(name), ONE, kind="gradient", quantity=name)]


def _shape(equation: Equation, shapes: Mapping[str, Shape], axis: Axis) -> Shape:
    """A gradient has the shape of its quantity, and a quantity after the update the shape that it had."""
    known = equation.kind in ("gradient", "new value")
    return shapes[equation.quantity] if known else _inferred(equation, shapes, axis)


def _inferred(equation: Equation, shapes: Mapping[str, Shape], axis: Axis) -> Shape:
    try:
        return shape_of(equation.expr, shapes, axis)
    except ShapeError as error:
        error.equation = equation.name
        raise


def start_of(problem: Problem) -> dict[str, Expr]:
    """The gradients from which all others come: 1 for what is differentiated, else those that are given, by name.

    Raises GradcalcError where given ones contradict each other.
    """
    if problem.objective is not None:
        return {problem.objective: ONE}
    _refuse_upstream_of_upstream(problem)
    return {name: Name(gradient_name(name)) for name in problem.upstream}


def _refuse_upstream_of_upstream(problem: Problem) -> None:
    """A gradient that is given holds everything that comes from further on."""
    for name in problem.upstream:
        behind = depending_on(problem.forward, [name]) - {name}
        for other in (each for each in problem.upstream if each in behind):
            raise GradcalcError(f"upstream: {other} depends on {name}, so give the gradient of one of them only")
