"""What formulas of write-ups take for granted of a problem: its one-hot targets, its samples, how far it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from gradcalc.check.answers.deltas import is_activation
from gradcalc.check.answers.rectified import rectified
from gradcalc.check.answers.stated import sizes_of
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.expr import Apply, Expr, Name, walk
from gradcalc.formula.shapes import MATRIX
from gradcalc.formula.table import known, lookup
from gradcalc.formula.unknown import called as function_called
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution


class Facts:
    """Finds them of one solution."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self.axis = solution.problem.axis

    @cached_property
    def forward(self) -> Sequence[Equation]:
        """The equations of the forward pass."""
        return [eq for eq in self.solution.equations if eq.section == "forward"]

    @cached_property
    def one_hot(self) -> str:
        """The targets, if there is one array of them and it is 1 for one class of each sample."""
        targets = self.solution.problem.targets
        name, value = next(iter(targets.items()), ("", np.zeros(())))
        one = value.ndim == MATRIX and np.isin(value, (0, 1)).all()
        whole = 1 in value.shape and value.sum() == 1
        each = value.ndim == MATRIX and (value.sum(axis=self.axis) == 1).all()
        return name if len(targets) == 1 and one and (whole or each) else ""

    @cached_property
    def class_of_target(self) -> str:
        """The letter of the class at which the one array of targets is 1; empty where it has none."""
        classes = self.solution.problem.classes
        return next((letter for letter, name in classes.items() if name == self.one_hot), "")

    @cached_property
    def loss_has_parts(self) -> bool:
        """Whether the loss is a sum of parts, or there are numbers beside it that may be parts of it."""
        whole = self.solution.by_name.get(self.solution.problem.objective or "")
        shapes = self.solution.shapes
        others = (eq for eq in self.forward if eq is not whole)
        is_sum = whole is not None and isinstance(whole.expr, Apply) and whole.expr.function == "add"
        return is_sum or any(shapes[eq.name] in ((), (1, 1)) for eq in others)

    @cached_property
    def over_samples(self) -> dict[str, str]:
        """What the problem's loss takes over samples, by the loss of one."""
        equation = self.solution.by_name.get(self.solution.problem.objective or "")
        nodes = walk(equation.expr) if equation is not None else ()
        totals = (node for node in nodes if isinstance(node, Apply) and node.function in ("sum", "mean"))
        each = ((total.function, total.args[0]) for total in totals)
        inner = ((how, of.function) for how, of in each if isinstance(of, Apply) and known(of.function))
        return {function: how for how, function in inner if lookup(function).per_sample}

    @cached_property
    def used(self) -> frozenset[str]:
        """The functions that are applied in the forward pass, at whatever depth."""
        return frozenset(node.function for eq in self.forward for node in walk(eq.expr) if isinstance(node, Apply))

    @cached_property
    def slopes(self) -> dict[str, str]:
        """The argument of each function that one equation alone applies, and to a name."""
        applied = [each for eq in self.forward if isinstance(eq.expr, Apply) and (each := _call(eq.expr))]
        where, counts = dict(applied), Counter(function for function, _ in applied)
        return {f: arg.id for f, arg in where.items() if counts[f] == 1 and isinstance(arg, Name)}

    @cached_property
    def rectified(self) -> tuple[Expr, ...]:
        """What is rectified in the forward pass."""
        return rectified(self.forward)

    @cached_property
    def activations(self) -> dict[str, str]:
        """The function of the table that one equation makes its quantity of another one with, by that other one."""
        applied = [each for eq in self.forward if isinstance(eq.expr, Apply) and (each := _call(eq.expr))]
        counts = Counter(arg.id for _, arg in applied if isinstance(arg, Name))
        found = {arg.id: f for f, arg in applied if isinstance(arg, Name) and known(f) and counts[arg.id] == 1}
        return {name: f for name, f in found.items() if lookup(f).role == "activation"}

    @cached_property
    def predicted(self) -> dict[str, str]:
        """Of targets what the problem compares with them."""
        targets, losses = self.solution.problem.targets, [eq.expr for eq in self.forward if isinstance(eq.expr, Apply)]
        pairs = [loss.args for loss in losses if len(loss.args) == 2]
        found = {other.id: one.id for one, other in pairs if isinstance(one, Name) and isinstance(other, Name)}
        nodes = (node for loss in losses for node in walk(loss) if isinstance(node, Apply))
        written = {name: p for node in nodes for name, p in _weighted_logarithm(node)}
        return {target: p for target, p in {**written, **found}.items() if target in targets}

    @cached_property
    def copied(self) -> dict[str, str]:
        """The families whose members are all one name that is no member, by that name: its copies for each step."""
        members = (eq for eq in self.forward if eq.name.endswith("]"))
        found = ((eq.expr.id, eq.name.partition("[")[0]) for eq in members if isinstance(eq.expr, Name))
        return {name: family for name, family in found if not name.endswith("]")}

    @cached_property
    def last(self) -> str:
        """How far the index of the problem counts, if there is but one: a size, or a number."""
        ranges = {last for _, last in self.solution.problem.over.values()}
        sizes = {size: letter for letter, size in sizes_of(self.solution.problem).items()}
        last = ranges.pop() if len(ranges) == 1 else 0
        return sizes.get(last, str(last or ""))

    @property
    def has_one_sample(self) -> bool:
        """Whether the targets are of one sample."""
        shapes = [self.solution.shapes[name] for name in self.solution.problem.targets if name in self.solution.shapes]
        return bool(shapes) and all(shape[1 - self.axis :][:1] in ((), (1,)) for shape in shapes)

    @cached_property
    def has_steps(self) -> bool:
        """Whether a member of a family rests on another one, as steps do and samples don't."""
        every = [(_index(equation.name), map(_index, equation.uses)) for equation in self.solution.problem.forward]
        return any(own and used and used != own for own, uses in every for used in uses)

    @cached_property
    def arguments(self) -> dict[str, str]:
        """What the activations of steps, as gates are, are applied to: by the families of their outputs."""
        families = {name: family for name, (family, _) in self.solution.problem.members.items()}
        found = (
            (eq.name, eq.expr.args[0].id)
            for eq in self.forward
            if is_activation(eq) and isinstance(eq.expr, Apply) and isinstance(eq.expr.args[0], Name)
        )
        return {families[name]: families.get(of, of) for name, of in found if name in families and self.has_steps}

    @cached_property
    def recurrent_sum(self) -> str:
        """The family of sums that rest on those of another step, if there is but one: `a` of `a[t]`."""
        members = self.solution.problem.members
        sums = [eq.name for eq in self.forward if eq.name in members and not is_activation(eq)]
        found = {
            members[name][0]
            for name in sums
            if any(other != name and members[other][0] == members[name][0] for other in self.rests_on(name) & {*sums})
        }
        return found.pop() if len(found) == 1 else ""

    def rests_on(self, name: str) -> frozenset[str]:
        """All names that a quantity is made of."""
        found, todo = set[str](), [name]
        while todo:
            equation = self.solution.by_name.get(todo.pop())
            new = set() if equation is None else {*equation.uses} - found
            found |= new
            todo += new
        return frozenset(found)

    def holds(self, one: Expr, other: Expr) -> bool:
        """Whether two formulas come to the same."""
        values = [attempt(each, self.solution.values, self.axis) for each in (one, other)]
        if values[0] is None or values[1] is None or np.shape(values[0]) != np.shape(values[1]):
            return False
        return bool(np.allclose(values[0], values[1], rtol=1e-12, atol=0))

    def quantity_of(self, expr: Expr) -> str | None:
        """The quantity of the forward pass that has a formula's value."""
        value = attempt(expr, self.solution.values, self.axis)
        forward = (eq.name for eq in self.solution.equations if eq.section == "forward")
        if value is None:
            return None
        for name in forward:
            right = self.solution.values[name]
            if np.shape(right) == np.shape(value) and np.allclose(right, value, rtol=1e-12, atol=0):
                return name
        return None


def _index(name: str) -> str:
    """The index of a family's member, with its bracket; empty for any other name."""
    return name.partition("[")[2]


def _weighted_logarithm(node: Apply) -> Iterator[tuple[str, str]]:
    """Of `y * log(p)` and `y.T @ log(p)` the y and the p."""
    if node.function in ("mul", "matmul"):
        logs = [each.args[0] for each in node.args if isinstance(each, Apply) and each.function == "log"]
        turned = [each.args[0] for each in node.args if isinstance(each, Apply) and each.function == "transpose"]
        weights = [each.id for each in (*node.args, *turned) if isinstance(each, Name)]
        yield from ((name, of.id) for name in weights for of in logs if isinstance(of, Name))


def _call(node: Apply) -> tuple[str, Expr] | None:
    """The function of one argument that is applied, or the problem's own that is, and to what."""
    own = function_called(node)
    if own is not None:
        return own[0].id, node.args[1]
    return (node.function, node.args[0]) if len(node.args) == 1 else None
