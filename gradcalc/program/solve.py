"""Solve a problem: forward pass, backward pass, update, and the pass after it, with every value by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

import gradcalc.functions  # noqa: F401  (fills the table)
from gradcalc.display import Displayed
from gradcalc.errors import GradcalcError
from gradcalc.formula.arrays import Array
from gradcalc.formula.compile import Compiled, compile_formulas
from gradcalc.formula.expr import ONE, Apply, Expr, Name, substitute, walk
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.table import Axis, Shape, lookup
from gradcalc.garbage import uncollected
from gradcalc.program.batches import of_step
from gradcalc.program.dependence import depending_on
from gradcalc.program.derive import backward
from gradcalc.program.differences import verified
from gradcalc.program.limits import refuse_too_much
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.update import after, carried, update
from gradcalc.program.verify import Verification
from gradcalc.words import shorten


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


@dataclass(frozen=True, repr=False)
class Solution(Displayed):
    """A problem worked out. The mappings hold float64 arrays by name: no axes for a scalar, else two.

    `forward`, `gradients`, `updated` and `after` have the parts, each by the names of the quantities themselves
    (`gradients["W1"]`); `values` has everything, given values too, by the names of the equations (`dW1`, `W1_new`).
    `equations` are in the order of calculation. `verification` says how well the gradients agree with central
    differences; None where that wasn't checked, or there is none. `warnings` name what isn't finite.
    """

    problem: Problem
    equations: tuple[Equation, ...]
    shapes: Mapping[str, Shape]
    values: Mapping[str, Array]
    verification: Verification | None = None
    warnings: tuple[str, ...] = ()
    undivided: Problem | None = None
    """The problem with all its samples, where the solution has those of one step alone."""
    without: Solution | None = None
    """The same without the further quantities that were added to it, if any were."""
    later: tuple[LaterStep, ...] = ()
    """Steps after the first that belong to it; `equations` and `values` have theirs too, by names of their own."""

    def __repr__(self) -> str:
        """One line: what it solves, the loss, and of what there are gradients."""
        problem = self.problem
        title = shorten(" ".join(problem.title.split()) or problem.path or problem.form)
        loss = "" if self.loss is None else f"; {problem.objective} {self.loss:.{problem.digits}f}"
        mine = ", ".join(name for name in problem.parameters if name in self.gradients)
        gradients = f"; gradients of {shorten(mine)}" if mine else ""
        return f"<Solution: {title}{loss}{gradients}>"

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What others work out of it once, by a name of theirs."""
        return {}

    @cached_property
    def program(self) -> Program:
        """All its equations, compiled when they are first run."""
        return Program(tuple(self.problem.given), self.equations, self.shapes, self.problem.axis)

    @cached_property
    def by_name(self) -> Mapping[str, Equation]:
        """Every equation by its name; what is given has none."""
        return {eq.name: eq for eq in self.equations}

    def quantity(self, name: str) -> str:
        """The quantity of which a name is the value, the gradient or the new value."""
        equation = self.by_name.get(name)
        return name if equation is None else equation.quantity

    def is_new(self, name: str) -> bool:
        """Whether a name stands for a value after the update."""
        equation = self.by_name.get(name)
        return equation is not None and equation.kind == "new value"

    @cached_property
    def forward_equations(self) -> tuple[Equation, ...]:
        """The equations of the forward pass."""
        return tuple(eq for eq in self.equations if eq.leads_on and eq.step == 1)

    @cached_property
    def place(self) -> dict[str, int]:
        """Where each equation stands among all, by name."""
        return {name: place for place, name in enumerate(self.by_name)}

    @cached_property
    def compared(self) -> tuple[tuple[str, str], ...]:
        """The quantities that a loss of the table compares with targets, each after the equation of that loss."""
        nodes = ((eq.name, node) for eq in self.forward_equations for node in walk(eq.expr))
        losses = ((name, n.args[0]) for name, n in nodes if isinstance(n, Apply) and lookup(n.function).role == "loss")
        return tuple((name, output.id) for name, output in losses if isinstance(output, Name))

    @cached_property
    def users(self) -> dict[str, tuple[Equation, ...]]:
        """The equations that use a name, in order, by that name."""
        users: dict[str, list[Equation]] = {}
        for equation in self.equations:
            for name in equation.uses:
                users.setdefault(name, []).append(equation)
        return {name: tuple(mine) for name, mine in users.items()}

    @cached_property
    def consumers(self) -> dict[str, tuple[Equation, ...]]:
        """Those of the forward pass that use a name, in order, by that name."""
        return {name: tuple(eq for eq in mine if eq.leads_on) for name, mine in self.users.items()}

    @cached_property
    def applications(self) -> dict[str, tuple[Equation, ...]]:
        """Those that apply a function to a name and to nothing else, as a vertex applies its activation to its sum."""
        alone = {name: [eq for eq in mine if is_application(eq)] for name, mine in self.consumers.items()}
        return {name: tuple(mine) for name, mine in alone.items()}

    @cached_property
    def forward(self) -> dict[str, Array]:
        """The quantities of the forward pass, the loss among them, by name."""
        return {eq.name: self.values[eq.name] for eq in self.forward_equations}

    @cached_property
    def gradients(self) -> dict[str, Array]:
        """The gradient with respect to each quantity, in its shape: `gradients["W1"]` is dW1."""
        upstream = {name: self.values[gradient_name(name)] for name in self.problem.upstream}
        mine = (eq for eq in self.equations if eq.kind == "gradient" and eq.step == 1)
        return upstream | {eq.quantity: self.values[eq.name] for eq in mine}

    @cached_property
    def updated(self) -> dict[str, Array]:
        """The parameters after the step, by name; empty without an update."""
        return {name: self.values[new_name(name)] for name in self.problem.parameters if self.has_update}

    @cached_property
    def after(self) -> dict[str, Array]:
        """The forward quantities on the updated parameters, the loss among them; empty without an update."""
        return {name: self.values[new_name(name)] for name in self.forward if self.has_update}

    @cached_property
    def has_update(self) -> bool:
        """Whether the solution goes on to the update and the pass after it."""
        return any(eq.section == "update" for eq in self.equations)

    @property
    def carry(self) -> dict[str, str]:
        """What each step starts from, by name, and the name of the value at the end of the step before."""
        return carried(self.problem) if self.has_update else {}

    @cached_property
    def steps(self) -> Mapping[int, LaterStep]:
        """The later steps by their numbers."""
        return {step.number: step for step in self.later}

    def before(self, equation: Equation) -> str:
        """The name of what a new value was before the update."""
        later = self.steps.get(equation.step)
        return equation.quantity if later is None else later.names.get(equation.quantity, equation.quantity)

    @property
    def loss(self) -> float | None:
        """The value of the scalar that is differentiated; None without one."""
        objective = self.problem.objective
        return None if objective is None else float(self.values[objective].item())

    @property
    def loss_after(self) -> float | None:
        """The same after the update; None without one."""
        objective = self.problem.objective
        return None if objective is None or not self.has_update else float(self.after[objective].item())


@dataclass(frozen=True)
class LaterStep:
    """A step after the first: by itself, and the names that its quantities have in the solution of all steps."""

    number: int
    alone: Solution
    names: Mapping[str, str]

    @cached_property
    def plain(self) -> Mapping[str, str]:
        """The step's own name of an equation of the whole solution."""
        return {self.names[name]: name for name in self.alone.by_name}

    def lifted(self, expr: Expr) -> Expr:
        """A formula over the step's own names, in those of the whole solution."""
        return substitute(expr, {name: Name(new) for name, new in self.names.items() if name != new})

    def lowered(self, expr: Expr) -> Expr:
        """The same the other way round."""
        return substitute(expr, {new: Name(name) for name, new in self.names.items() if name != new})


def is_application(equation: Equation) -> bool:
    """Whether a value is a function of one quantity alone, by its name."""
    expr = equation.expr
    return isinstance(expr, Apply) and len(expr.args) == 1 and isinstance(expr.args[0], Name)


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
    start = _start(problem)
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


def _start(problem: Problem) -> dict[str, Expr]:
    if problem.objective is not None:
        return {problem.objective: ONE}
    _refuse_upstream_of_upstream(problem)
    return {name: Name(gradient_name(name)) for name in problem.upstream}


def _refuse_upstream_of_upstream(problem: Problem) -> None:
    """A gradient that is given holds everything that comes from further on."""
    for name in problem.upstream:
        for other in depending_on(problem.forward, [name]) & set(problem.upstream) - {name}:
            raise GradcalcError(f"upstream: {other} depends on {name}, so give the gradient of one of them only")


def solve(problem: Problem, *, check: bool = True) -> Solution:
    """Work a problem out; with `check`, verify every gradient against central differences.

    Of a problem that is gone through in batches, this is the first step, with its samples alone.

    Raises ShapeError where shapes don't fit or values would be too large, NoGradientError where a function on the way
    has no gradient, and GradcalcError, the base of both, where upstream gradients contradict each other.
    """
    whole, problem = problem, of_step(problem, problem.first_step)
    program = build(problem)
    values = program.run(problem.given)
    solution = Solution(problem, program.equations, program.shapes, values, None, problem.warnings + not_finite(values))
    if problem is not whole:
        solution = replace(solution, undivided=whole)
    if check and _start(problem):
        solution = replace(solution, verification=verified(solution))
    return solution


def not_finite(values: Mapping[str, Array]) -> tuple[str, ...]:
    """A warning for each quantity that overflows or isn't defined."""
    return tuple(f"{name}{why}" for name, why in lost_in(values).items())


def lost_in(values: Mapping[str, Array]) -> dict[str, str]:
    """What is to be said of each quantity that isn't finite, to follow its name."""
    return {
        name: f" is not finite: {'it is not defined here' if np.isnan(value).any() else 'it overflows float64'}"
        for name, value in values.items()
        if not np.isfinite(value).all()
    }
