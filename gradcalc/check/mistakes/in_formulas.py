"""Formula answers: whether they agree with an equation everywhere, and which mistake they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np

from gradcalc.check.answers.compare import Tolerance, laid_out
from gradcalc.check.answers.model import Numbers
from gradcalc.check.ledger import Ledger
from gradcalc.check.mistakes.catalogue import Mutants
from gradcalc.check.mistakes.search import Budget, Candidate, Search
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import attempt, evaluate
from gradcalc.formula.expr import Expr, names
from gradcalc.formula.kinks import switches
from gradcalc.program.build import Program, build
from gradcalc.program.instances import Drawer, instances, uses
from gradcalc.program.problem import Equation
from gradcalc.program.sides import Reached, Sides, relevant
from gradcalc.program.solution import Solution

INSTANCES = 20
CONFIRMED = 5
"""At how many instances a mistake must give what the formula gives."""
EXACT = Tolerance(digits=9)


def formula_numbers(formula: Expr, solution: Solution, values: Mapping[str, Array] | None = None) -> Numbers:
    """The value of a formula as exact numbers, at the problem's values or others. Raises what `evaluate` raises."""
    value = evaluate(formula, solution.values if values is None else values, solution.problem.axis)
    return Numbers(value, np.zeros(value.shape), np.zeros(value.shape, dtype=np.bool_))


def same_on_instances(formula: Expr, equation: Equation, solution: Solution) -> bool:
    """Whether a formula gives what the equation gives at random values of the same shapes."""
    return Formulas(solution, Mutants(solution)).agrees(formula, equation)


class Formulas:
    """Judges formulas at random instances of a problem, which are made once."""

    def __init__(self, solution: Solution, mutants: Mutants) -> None:
        self.solution, self.mutants = solution, mutants
        self.budget = Budget()
        self._instances: list[dict[str, Array]] = []
        self._beyond: dict[tuple[Expr, ...], Reached] = {}
        self._ledger: tuple[dict[str, Array], Ledger] | None = None

    def instances(self) -> list[dict[str, Array]]:
        """The values of everything, with other given numbers in the same shapes."""
        if not self._instances:
            drawn = instances(self.solution.problem, INSTANCES, program=self.program)
            self._instances = [values for values in drawn if all(np.isfinite(v).all() for v in values.values())]
            forward = relevant(switch for eq in self.solution.problem.forward for switch in switches(eq.expr))
            self._instances += self.sides.reach(forward, self._instances).instances
        return self._instances

    @cached_property
    def sides(self) -> Sides:
        """Looks for instances on the other side of a kink."""
        return Sides(Drawer(self.solution.problem), self.program)

    def beyond(self, formula: Expr, equation: Equation) -> Reached:
        """Instances on both sides of what this formula and this equation switch at, and what has but one side."""
        own = relevant((*switches(equation.expr), *switches(formula)))
        if own not in self._beyond:
            self._beyond[own] = self.sides.reach(own, self.instances())
        return self._beyond[own]

    def agrees(self, formula: Expr, equation: Equation) -> bool:
        """Whether a formula gives what the equation gives, at all instances.

        A formula with a number in the place of the learning rate is tried with the problem's own, and one that picks
        the entry of the right class, `-log(p[2])`, with the problem's own targets.
        """
        tried = [*self.instances(), *self.beyond(formula, equation).instances]
        if all(self.same(formula, values, values[equation.name]) for values in tried):
            return True
        own = {name: value for name, value in self.settled.items() if name not in names(formula)}
        if not own:
            return False
        rerun = (self.program.run({**self.given(values), **own}) for values in tried)
        return all(self.same(formula, values, values[equation.name]) for values in rerun)

    @cached_property
    def settled(self) -> dict[str, Array]:
        """The problem's own values of what a formula may have put in: the learning rate, the classes of targets."""
        problem = self.solution.problem
        used = uses(problem)
        classes = {name: value for name, value in problem.targets.items() if used.get(name) == "one_hot"}
        return classes if problem.lr is None else {**classes, "lr": problem.given["lr"]}

    def given(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """Those of an instance's values that the problem gives, by name."""
        return {name: values[name] for name in self.solution.problem.given}

    @cached_property
    def program(self) -> Program:
        """The problem's equations, compiled; of several steps all of them, and those of further quantities."""
        if not self.solution.later and self.solution.without is None:
            return build(self.solution.problem)
        return self.solution.program

    def same(self, formula: Expr, values: Mapping[str, Array], value: Array) -> bool:
        """Whether a formula has a value, in whatever layout."""
        mine = attempt(formula, values, self.solution.problem.axis)
        if mine is None or mine.size != value.size:
            return False
        scale = max(1.0, float(np.max(np.abs(value), initial=0.0)))
        off = np.abs(mine.reshape(value.shape) - value)
        return bool(((off <= 1e-9 * scale + 1e-8 * np.abs(value)) & np.isfinite(value)).all())

    def explanations(self, formula: Expr, equation: Equation) -> Iterator[Candidate]:
        """The mistakes that the formula makes: what gives the same everywhere."""
        used = set(names(formula))
        tried = [*self.instances(), *self.beyond(formula, equation).instances]
        # Where it gives the right value nothing shows which mistake it is.
        telling = [values for values in tried if not self.same(formula, values, values[equation.name])] or tried
        for first in telling[:1]:
            ledger = self.ledger(first)
            # What the formula names was there for it: no mistake lies before that.
            ledger.answered = used
            numbers = formula_numbers(formula, self.solution, first)
            placed = laid_out(numbers, first[equation.name].shape) or numbers
            fine = np.zeros(first[equation.name].shape, dtype=np.bool_)
            search = Search(ledger, self.mutants, EXACT, equation, placed, fine, self.budget)
            others = [*telling[1 : 1 + CONFIRMED], *self.instances()[1 : 1 + CONFIRMED]]
            for explanation in search.on(ledger.exact, 0.0):
                own = self.beyond(explanation.mutation.expr, equation).instances
                if all(self.confirmed(explanation, formula, equation, v) for v in (*others, *own)):
                    yield explanation

    def ledger(self, values: dict[str, Array]) -> Ledger:
        """A ledger with an instance's values; the last one is kept, as most formulas are told by one instance."""
        if self._ledger is None or self._ledger[0] is not values:
            self._ledger = values, Ledger(self.solution, values=values)
        return self._ledger[1]

    def confirmed(self, found: Candidate, formula: Expr, equation: Equation, values: dict[str, Array]) -> bool:
        """Whether the mistake leads to what the formula gives, at another instance too."""
        changed = dict(values)
        for each in self.solution.equations:
            if each.name in found.values:
                mutation = found.made.get(each.name)
                value = attempt(each.expr if mutation is None else mutation.expr, changed, self.solution.problem.axis)
                if value is None:
                    return False
                changed[each.name] = value
        return self.same(formula, values, changed[equation.name])
