"""Find what would give an answer's numbers: run mutated equations, and carry them on to the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from gradcalc.check.answers.compare import (
    HALF_UNIT,
    Closeness,
    Mask,
    Tolerance,
    as_given,
    asked_unit,
    closeness,
    laid_out,
)
from gradcalc.check.answers.model import Numbers
from gradcalc.check.ledger import Ledger
from gradcalc.check.mistakes.catalogue import Mutants, MutationKey
from gradcalc.check.mistakes.model import Mutation, likelihood
from gradcalc.formula.arrays import Array, every, some, spread
from gradcalc.formula.evaluate import attempt
from gradcalc.program.problem import Equation

MOST_AT_ONCE = 100_000
"""So many numbers are compared at once; of larger ones the comparison itself takes the time."""
MOST_UPSTREAM = 40
"""How many unanswered equations before a wrong answer are tried."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mutation that reproduces an answer, where it was made, and the values that it leads to on the way there."""

    mutation: Mutation
    at: str
    values: dict[str, Array]
    fit: int
    """How closely it does (a Closeness; for an answer in part, more)."""
    made: Mapping[str, Mutation]
    """The mutation by equation: at one place, or the same mistake wherever it can be made."""

    @property
    def end(self) -> str:
        """The answer that is explained."""
        return next(reversed(self.values))

    @property
    def others(self) -> tuple[str, ...]:
        """The other places where the mistake was made as well."""
        return tuple(name for name in self.made if name != self.at)


@dataclass(slots=True)
class Budget:
    """How many equations may still be worked out for one sheet, in the search for what isn't written on it."""

    left: int = 25_000


class Search:
    """Tries the mutations of one answer's equation, and of the unanswered ones before it."""

    def __init__(
        self,
        ledger: Ledger,
        mutants: Mutants,
        tolerance: Tolerance,
        equation: Equation,
        numbers: Numbers,
        fine: Mask,
        budget: Budget | None = None,
    ) -> None:
        self.ledger, self.mutants, self.tolerance = ledger, mutants, tolerance
        self.equation, self.numbers = equation, numbers
        self.shape = ledger.solution.shapes[equation.name]
        self.wrong = ~fine
        self.budget = budget or Budget()
        self.placed = laid_out(numbers, self.shape)
        if self.placed is not None:
            self.reach = HALF_UNIT * np.maximum(asked_unit(self.placed, tolerance.digits), self.placed.unit)
        self.chain = unanswered_before(equation, ledger)

    def explanations(self) -> list[Candidate]:
        """Those that fit best: on the values as they were before they were written down, else on those written."""
        found = self.on(self.ledger.exact, 0.0)
        if not found:
            found = self.on(self.ledger.own, self.slack())
        best = min((explanation.fit for explanation in found), default=0)
        return [explanation for explanation in found if explanation.fit == best]

    def tried(self, candidate: Candidate) -> int:
        """How many mistakes were tried that are as likely as this one, or likelier."""
        places = [self.equation]
        if candidate.at != self.equation.name:
            places = [*self.chain, self.equation]
        rank = likelihood(candidate.mutation)
        return sum(self.mutants.likelier(place, rank) for place in places)

    def slack(self) -> Array:
        """How far, at each entry, rounding may have moved the answer and what it is compared with."""
        return 2.0 * self.ledger.rounding.of(self.equation).most

    def on(self, base: Mapping[str, Array], slack: Array | float) -> list[Candidate]:
        """All mistakes that reproduce the answer, on these values of what comes before it."""
        return [*self.here(base, slack), *self.before(base, slack), *self.everywhere(base, slack)]

    def here(self, base: Mapping[str, Array], slack: Array | float) -> Iterator[Candidate]:
        """Mistakes made in the answer's own equation."""
        right, name = self.ledger.follow(self.equation, base), self.equation.name
        values = [self.full(value) for value in self.mutants.values(self.equation, base)]
        for which in self.near(values, slack):
            mutation, value = self.mutants.of(self.equation)[which], values[which]
            fit = Closeness.NOT if value is None or _equal(value, right) else self.fit(value, slack, in_part=True)
            if value is not None and fit != Closeness.NOT:
                yield Candidate(mutation, name, {name: value}, fit, {name: mutation})

    def near(self, values: Sequence[Array | None], slack: Array | float) -> Sequence[int]:
        """Which of these values are to be looked at: those in the answer's shape all at once, as nearly all are far."""
        mine = [i for i, value in enumerate(values) if value is not None and value.shape == self.shape]
        if self.placed is None or not 0 < len(mine) * self.placed.values.size <= MOST_AT_ONCE:
            return range(len(values))
        far = self.off(self.placed, np.array([values[i] for i in mine]), slack)[:, self.wrong]
        passed_over = {mine[i] for i in np.flatnonzero(far.any(axis=1)).tolist()}
        return [i for i in range(len(values)) if i not in passed_over]

    def full(self, value: Array | None) -> Array | None:
        """A number in the place of a matrix of equal numbers, as a matrix; not where a number was answered."""
        if value is None or value.shape or self.numbers.values.size == 1:
            return value
        return np.broadcast_to(value, self.shape)

    def before(self, base: Mapping[str, Array], slack: Array | float) -> Iterator[Candidate]:
        """Mistakes made before, in quantities without an answer, and carried on to this one."""
        for position in reversed(range(len(self.chain))):
            if self.budget.left <= 0:
                return  # nothing more will be worked out, so the mistakes needn't be made either
            source = self.chain[position]
            for mutation in self.mutants.of(source):
                made = {source.name: mutation}
                yield from self.if_fits(made, self.carried(made, base, position), slack)

    def everywhere(self, base: Mapping[str, Array], slack: Array | float) -> Iterator[Candidate]:
        """The same mistake made wherever it can be made."""
        if self.budget.left <= 0:
            return
        places: dict[MutationKey, dict[str, Mutation]] = {}
        for equation in [*self.chain, self.equation]:
            for key, mutation in self.mutants.by_kind(equation).items():
                places.setdefault(key, {})[equation.name] = mutation
        for made in places.values():
            if len(made) > 1:
                yield from self.if_fits(made, self.carried(made, base, 0), slack)

    def if_fits(
        self, made: Mapping[str, Mutation], values: dict[str, Array] | None, slack: Array | float
    ) -> Iterator[Candidate]:
        """The mutations, by where they are made, as a candidate, if what they lead to reproduces the answer."""
        fit = Closeness.NOT if values is None else self.fit(values[self.equation.name], slack)
        if values is not None and fit != Closeness.NOT:
            at = next(iter(made))
            yield Candidate(made[at], at, values, fit, made)

    def carried(
        self,
        made: Mapping[str, Mutation],
        base: Mapping[str, Array],
        start: int,
        begun: Mapping[str, Array] | None = None,
    ) -> dict[str, Array] | None:
        """What mutated equations lead to, down to the answer; None where that has no value, or isn't touched.

        `begun` are values of `base` that a student came to without an equation.
        """
        if self.budget.left <= 0:
            return None
        values: dict[str, Array] = {**(begun or {})}
        changed = {**base}
        for equation in [*self.chain[start:], self.equation]:
            mutation = made.get(equation.name)
            if mutation is None and values.keys().isdisjoint(self.ledger.uses[equation.name]):
                continue
            value = attempt(equation.expr if mutation is None else mutation.expr, changed, self.ledger.axis)
            self.budget.left -= 1
            shape = self.ledger.solution.shapes[equation.name]
            if value is None or value.shape not in (shape, ()):
                return None
            value = spread(value, shape)
            if mutation is not None and not values and _equal(value, base[equation.name]):
                continue
            values[equation.name] = changed[equation.name] = value
        return values if self.equation.name in values else None

    def fit(self, value: Array, slack: Array | float, in_part: bool = False) -> int:
        """How closely the answer is this value; with `in_part`, where it is wrong (the rest may be right)."""
        if value.shape != self.shape or self.placed is None:
            return self.fit_in_shape(value, float(np.max(slack)))
        # Nearly all values are nowhere near: they are to be sorted out quickly.
        value, off = as_given(self.placed, value), self.off(self.placed, value, slack)
        if some(off[self.wrong]) or not (in_part or not some(off)):
            return Closeness.NOT
        near = closeness(self.placed, value, self.tolerance, slack)
        if every(near < Closeness.NOT):
            return int(near.max())
        part = int(near[self.wrong].max())
        return part + IN_PART if in_part and part < Closeness.NOT else Closeness.NOT

    def off(self, placed: Numbers, value: Array, slack: Array | float) -> Mask:
        """At which entries a value (or several, along an axis before theirs) is surely none that was written."""
        value = as_given(placed, value)
        return np.asarray(np.abs(placed.values - value) > self.reach + slack + 1e-8 * np.abs(value))

    def fit_in_shape(self, value: Array, slack: float) -> int:
        """The same for a value in another shape than the right one."""
        placed = laid_out(self.numbers, value.shape)
        return Closeness.NOT if placed is None else int(closeness(placed, value, self.tolerance, slack).max())


IN_PART = 10


def unanswered_before(equation: Equation, ledger: Ledger) -> list[Equation]:
    """The equations without an answer that lead to this one, nearest last, in order; of many the nearest."""
    solution, chain = ledger.solution, [equation]
    nearest: list[int] = []  # a heap, the nearest first: places counted backwards
    met: set[str] = set(ledger.answered)
    while len(chain) <= MOST_UPSTREAM:
        for name in ledger.uses[chain[-1].name] - met:
            met.add(name)
            if name in solution.place:
                heappush(nearest, -solution.place[name])
        if not nearest:
            break
        chain.append(solution.equations[-heappop(nearest)])
    return chain[:0:-1]


def _equal(value: Array, other: Array) -> bool:
    return value.shape == other.shape and every(value == other)
