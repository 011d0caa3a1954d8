"""A problem worked out: its equations with every value by name, the parts of the solution, and its later steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from gradcalc.display import Displayed
from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Apply, Expr, Name, substitute, walk
from gradcalc.formula.table import Shape, lookup
from gradcalc.program.build import Program
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.update import carried
from gradcalc.program.verify import Verification
from gradcalc.words import shorten

T = TypeVar("T")


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
        loss = "" if self.loss is None else f"; {problem.objective} {self.loss:.{problem.digits}f}"
        mine = ", ".join(name for name in problem.parameters if name in self.gradients)
        gradients = f"; gradients of {shorten(mine)}" if mine else ""
        return f"<Solution: {problem.called}{loss}{gradients}>"

    @property
    def whole(self) -> Problem:
        """The problem with all its samples, whichever of them the solution has: from it the steps go on."""
        return self.undivided or self.problem

    @cached_property
    def _kept(self) -> dict[str, Any]:
        """What others work out of it once, by a name of theirs."""
        return {}

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What others work out of it, by a name of theirs: made when it is first asked for."""
        if name not in self._kept:
            self._kept[name] = make()
        found: T = self._kept[name]
        return found

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

    def on_paper(self, name: str) -> Array:
        """A value as it is written: a loss that is a matrix of one entry is a number (that of a layer stays one)."""
        value, equation = self.values[name], self.by_name.get(name)
        is_loss = equation is not None and equation.quantity == self.problem.objective and equation.layer is None
        return value.reshape(()) if is_loss and value.size == 1 else value

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

    @cached_property
    def _renamed(self) -> Mapping[str, Expr]:
        return {name: Name(new) for name, new in self.names.items() if name != new}

    def lifted(self, expr: Expr) -> Expr:
        """A formula over the step's own names, in those of the whole solution."""
        return substitute(expr, self._renamed)

    def lowered(self, expr: Expr) -> Expr:
        """The same the other way round."""
        return substitute(expr, {new: Name(name) for name, new in self.names.items() if name != new})


def is_application(equation: Equation) -> bool:
    """Whether a value is a function of one quantity alone, by its name."""
    expr = equation.expr
    return isinstance(expr, Apply) and len(expr.args) == 1 and isinstance(expr.args[0], Name)
