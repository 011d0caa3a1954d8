"""Explain a quantity or one entry of it: the chain rule as a tree of sums and products, down to what is given."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradcalc.display import Displayed
from gradcalc.formula.arrays import Array
from gradcalc.formula.entries import NoEntryError, entry, split_index
from gradcalc.formula.expr import Expr, Name, names, walk
from gradcalc.formula.table import Shape
from gradcalc.program.beside import with_further
from gradcalc.program.customs import is_second_derivative
from gradcalc.program.dependence import leading_to
from gradcalc.program.designation import Designation, designated, position, split
from gradcalc.program.further import HESSIANS
from gradcalc.program.problem import Equation
from gradcalc.program.quantities import Quantities, of_solution
from gradcalc.program.solution import Solution

MAX_STEPS = 200
MAX_NAMES = 60
"""A sum over more entries than this can't be read, so it isn't written out."""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry: its number in the explanation, and the formula over other entries that gives it.

    `steps` are the numbers of the steps that explain its factors next, `elsewhere` of those that explain a factor for
    another step; `left` are factors that aren't explained, as there would be too many steps, or more levels than are
    wanted.
    """

    number: int
    name: str
    value: float
    expr: Expr | None = None
    steps: tuple[int, ...] = ()
    elsewhere: tuple[int, ...] = ()
    left: tuple[str, ...] = ()
    note: str = ""
    """Why there is no formula."""


@dataclass(frozen=True)
class Explanation(Displayed):
    """Why an entry (`dW1[1,2]`) has its value, or a whole quantity (`dW1`; then `steps` is empty).

    `steps` begin with the entry itself; every other one explains a factor of an earlier one. `given` are the entries
    at which the explanation ends. For a given quantity there is no equation.
    """

    solution: Solution
    designation: Designation
    steps: tuple[Link, ...] = ()

    def __repr__(self) -> str:
        """One line: what is explained, and the value of an entry."""
        value = f" = {self.value:.{self.solution.problem.digits}f}" if self.entry else ""
        return f"<Explanation: {self.entry or self.quantity}{value}>"

    @property
    def quantity(self) -> str:
        """The name in the equations of the quantity that is explained, or whose entry is: `dW1`."""
        return self.designation.name

    @property
    def entry(self) -> str:
        """The entry, as `dW1[1,2]`; empty for a whole quantity."""
        return self.designation.entry

    @property
    def value(self) -> float:
        """The value of the entry. Raises KeyError for a whole quantity."""
        return _value(self.solution, self.entry)

    @property
    def equation(self) -> Equation | None:
        """The quantity's own equation."""
        return self.solution.by_name.get(self.quantity)

    @property
    def is_part(self) -> bool:
        """Whether it is the part of a gradient that comes by one use."""
        return self.equation is not None and self.equation.kind == "further"

    @property
    def differentiated(self) -> tuple[str, str] | None:
        """For a gradient: what is differentiated, and with respect to what."""
        objective, quantity = self.solution.problem.objective, self.designation.quantity
        if objective is None or quantity.section != "gradients" or quantity.name == objective or self.is_part:
            return None
        return objective, quantity.name

    @property
    def given(self) -> dict[str, float]:
        """The given entries that the steps use, with their values, in the order of the problem."""
        problem = self.solution.problem
        order = {name: place for place, name in enumerate(problem.given) if name not in problem.functions}
        whole = self.solution.shapes
        used = {id: split_index(id, whole) for step in self.steps if step.expr is not None for id in names(step.expr)}
        known = sorted((order[name], index, id) for id, (name, index) in used.items() if name in order)
        return {id: _value(self.solution, id) for *_, id in known}

    @cached_property
    def sources(self) -> tuple[Equation, ...]:
        """The equations of the same part of the solution that lead to the quantity, its own left out."""
        if self.equation is None:
            return ()
        same = [eq for eq in self.solution.equations if eq.section == self.equation.section]
        return leading_to(same[: same.index(self.equation)], self.equation.uses)


def explain(solution: Solution, what: str, depth: int | None = None) -> Explanation:
    """Explain a quantity of a solution, or one entry of it: the formula that gives it, and what its factors come from.

    `what` is written as reports write it: `dW1[1,2]`, `dW1`, `h1[2]`, `loss`, `gradients.W1`, `after.h1[1]`, `∇W¹`;
    indices count from 1. It may be a further quantity, such as `changes.W1`. With `depth`, an entry's factors are
    explained so many levels down (0: none). Raises UsageError for what isn't there, NoGradientError
    for a second derivative through a function that has none.
    """
    solution = with_further(solution, _further(what, of_solution(solution)), strict=True)
    designation = designated(what, of_solution(solution), solution.shapes)
    if not (designation.index or not solution.shapes[designation.name]):
        return Explanation(solution, designation)
    return Explanation(solution, designation, _Explainer(solution, depth).steps(designation.entry))


def is_second(what: str, solution: Solution) -> bool:
    """Whether a second derivative is meant, or an entry of one: `d2L/dw2`, `hessians.x/y[1,2]`."""
    known = of_solution(solution)
    meant = any(known.further[name].section == HESSIANS for name in _further(what, known))
    return meant or is_second_derivative((split(what) or (what,))[0])


def _further(what: str, known: Quantities) -> set[str]:
    """The name of the equation of a further quantity, if one is meant."""
    name, _ = split(what) or (what, None)
    meant = known.alone(what) or known.alone(name)
    return {meant.equation} & known.further.keys() if meant is not None else set()


class _Explainer:
    def __init__(self, solution: Solution, depth: int | None = None) -> None:
        self.solution = solution
        self.depth = math.inf if depth is None else depth
        self.rules = solution.by_name

    def steps(self, root: str) -> tuple[Link, ...]:
        """Each entry explained once, as near to the root as it is used; numbered from the root, branch by branch."""
        if split_index(root, self.solution.shapes)[0] not in self.rules:
            return ()
        found = self.found(root)
        order = list(_depth_first(root, found))
        numbers = {name: number for number, name in enumerate(order, 1)}
        return tuple(self.step(name, found[name], numbers) for name in order)

    def found(self, root: str) -> dict[str, _Found]:
        """The entries to explain, level by level."""
        found = {root: self.rule(root)}
        waiting = [root]
        depths = {root: 0}
        for name in waiting:
            if depths[name] >= self.depth:
                break
            for used in self.computed(found[name].expr):
                if used not in found and len(found) < MAX_STEPS:
                    found[used] = self.rule(used)
                    depths[used] = depths[name] + 1
                    found[name].children.append(used)
                    waiting.append(used)
        return found

    def rule(self, name: str) -> _Found:
        base, index = split_index(name, self.solution.shapes)
        equation, shape = self.rules[base], self.solution.shapes[base]
        shapes = {id: self.solution.shapes[id] for id in equation.uses}
        try:
            expr = entry(equation.expr, position(index, shape), shapes, self.solution.problem.axis)
        except NoEntryError as error:
            return _Found(None, [], f"{error.function} has no definition to write out")
        count = sum(isinstance(node, Name) for node in walk(expr))
        if count > MAX_NAMES:
            return _Found(None, [], f"a formula of {count:,} entries, too long to write out")
        return _Found(expr, [])

    def computed(self, expr: Expr | None) -> Iterator[str]:
        """The entries in a formula that aren't given."""
        used = () if expr is None else names(expr)
        return (name for name in used if split_index(name, self.solution.shapes)[0] in self.rules)

    def step(self, name: str, found: _Found, numbers: Mapping[str, int]) -> Link:
        others = [used for used in self.computed(found.expr) if used not in found.children]
        return Link(
            numbers[name],
            name,
            _value(self.solution, name),
            found.expr,
            steps=tuple(numbers[child] for child in found.children),
            elsewhere=tuple(numbers[used] for used in others if used in numbers),
            left=tuple(used for used in others if used not in numbers),
            note=found.note,
        )


@dataclass(slots=True)
class _Found:
    expr: Expr | None
    children: list[str]
    note: str = ""


def _depth_first(root: str, found: Mapping[str, _Found]) -> Iterator[str]:
    todo = [root]
    while todo:
        name = todo.pop()
        yield name
        todo.extend(reversed(found[name].children))


def _value(solution: Solution, name: str) -> float:
    base, index = split_index(name, solution.shapes)
    value: Array = solution.values[base]
    shape: Shape = solution.shapes[base]
    return float(np.asarray(value[position(index, shape)] if shape else value).item())
