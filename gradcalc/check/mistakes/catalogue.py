"""All wrong forms of an equation that students are known to use."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeAlias

from gradcalc.check.mistakes import (
    beside,
    derivatives,
    losses,
    mixups,
    moves,
    paths,
    penalties,
    updates,
    values,
    weights,
)
from gradcalc.check.mistakes.model import UNLIKELY, Maker, Mutation, likelihood
from gradcalc.check.mistakes.others import other_quantities, other_step, values_for_gradients
from gradcalc.check.mistakes.rules import activations_within, mistaken_rules, mistaken_values
from gradcalc.check.mistakes.steps import (
    descent,
    exchanged,
    of_earlier_step,
    old_parameters,
    over_samples,
    updated_parameters,
)
from gradcalc.check.mistakes.terms import factors, signs, squares, terms, transposes, twos
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.expr import Expr, names
from gradcalc.program.problem import Equation, Section
from gradcalc.program.solution import LaterStep, Solution

__all__ = ["Mutants", "Mutation", "likelihood", "mutations"]

_EVERYWHERE: tuple[Maker, ...] = (transposes, exchanged, over_samples, squares, signs, twos)
_VALUES: tuple[Maker, ...] = (
    mistaken_values,
    terms,
    losses.other_values,
    values.variances,
    values.clipped,
    weights.exchanged_edges,
    moves.forgotten,
)
_MIXUPS: tuple[Maker, ...] = (
    mixups.exchanged_parts,
    mixups.minus_within,
    losses.shifted_classes,
    losses.without_targets,
    values.unmasked,
)
_OPERATIONS: tuple[Maker, ...] = (values.divisions, values.roots, values.axes, values.twice)
_BACKWARD: tuple[Maker, ...] = (
    other_step,
    values_for_gradients,
    paths.contributions,
    paths.last_use,
    paths.one_unit,
    penalties.penalties,
    weights.edge_weights,
    weights.kernels,
    weights.exchanged_edges,
    derivatives.on_gradient,
    derivatives.softmax_on_gradient,
    derivatives.at_gradient,
    derivatives.alone,
    derivatives.twice,
    derivatives.of_a_linear_output,
    derivatives.at_other_values,
    derivatives.of_output,
    derivatives.softmax_rules,
    losses.other_gradients,
    mixups.inner_terms,
    activations_within,
    mixups.bias_of_weights,
    mixups.sum_as_product,
    losses.shifted_classes,
    losses.without_targets,
)
GENERAL = (*UNLIKELY, "divisor-left-out")
"""What says less than another mistake that is the same formula."""
MAKERS: dict[Section, tuple[Maker, ...]] = {
    "forward": (*_VALUES, *_MIXUPS, *_OPERATIONS, *_EVERYWHERE, other_quantities),
    "backward": (
        mistaken_rules,
        updated_parameters,
        updates.in_turn,
        *_BACKWARD,
        factors,
        *_OPERATIONS,
        *_EVERYWHERE,
        other_quantities,
    ),
    "update": (descent, updates.by_rule, updates.schedules, updates.in_turn),
    "after": (*_VALUES, *_MIXUPS, old_parameters, *_OPERATIONS, *_EVERYWHERE),
}
"""What makes the wrong forms, by the section in which an equation stands."""


def mutations(equation: Equation, solution: Solution) -> tuple[Mutation, ...]:
    """All wrong forms of an equation, likeliest first, each formula once for each mistake."""
    numbers: dict[Expr, int] = {equation.expr: 0}
    found: dict[tuple[str, int], Mutation] = {}
    for mutation in _made(equation, solution):
        number = numbers.setdefault(mutation.expr, len(numbers))
        if number:
            found.setdefault((mutation.id, number), mutation)
    founded = {number for id, number in found if id not in GENERAL}
    kept = (m for (id, number), m in found.items() if id not in GENERAL or number not in founded)
    return tuple(sorted(kept, key=likelihood))


def _made(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    if equation.kind == "delta":
        return beside.of_delta(equation, solution, mutations)
    if equation.kind == "change" and equation.section == "update":
        return beside.of_change(equation, solution, mutations)
    return (mutation for make in MAKERS[equation.section] for mutation in make(equation, solution))


EVERYWHERE = (
    "missing-activation-derivative",
    "derivative-at-wrong-value",
    "other-activation-derivative",
    "weights-transposed",
    "updated-weights-in-backprop",
    "old-parameters-used",
    "gradient-of-earlier-step",
    "bias-left-out",
    "activation-left-out",
    "other-activation",
    "ascent-not-descent",
    "learning-rate-left-out",
    "not-updated",
    "contribution-left-out",
    "only-one-use",
    "weights-left-out",
    "kernel-not-flipped",
    "summed-over-everything",
    "activation-on-gradient",
    "divisor-left-out",
    "penalty-on-bias",
    "penalty-left-out",
    "derivative-misremembered",
    "class-off-by-one",
    *updates.OF_RULES,
)
"""Mistakes of understanding, which are made wherever they can be made."""


MutationKey: TypeAlias = tuple[str, str, bool, int]
"""Where a mistake is made: the section, its id, whether of a parameter, and which one of that id it is."""


MOST_KEPT = 500_000
"""So many numbers that mistakes lead to are kept for a problem: four megabytes."""
MOST_ALIKE = 50
"""In how many equations of a section the same mistake is looked for."""


class Mutants:
    """The mutations of a solution's equations; each equation's are made once."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self._made: dict[str, tuple[Mutation, ...]] = {}
        self._alone: dict[int, Mutants] = {}
        """Those of each later step."""
        self._in_section: dict[Section, dict[MutationKey, dict[str, Expr]]] = {}
        self._by_kind: dict[str, dict[MutationKey, Mutation]] = {}
        self._ranks: dict[str, list[tuple[int, bool]]] = {}
        self._uses: dict[str, frozenset[str]] = {}
        self._values: dict[str, Sequence[Array | None]] = {}
        self._room = MOST_KEPT

    def of(self, equation: Equation) -> tuple[Mutation, ...]:
        """The wrong forms of an equation; of one with another derivative at a kink, those of the solution's own."""
        if equation.name not in self._made:
            later = self.solution.steps.get(equation.step)
            own = self.solution.by_name.get(equation.name, equation)
            made = mutations(own, self.solution) if later is None else self._of_step(own, later)
            self._made[equation.name] = made
        return self._made[equation.name]

    def _of_step(self, equation: Equation, step: LaterStep) -> tuple[Mutation, ...]:
        """Those of the step by itself, in the names of the whole solution."""
        mutants = self._alone.setdefault(step.number, Mutants(step.alone))
        made = mutants.of(step.alone.by_name[step.plain[equation.name]])
        lifted = (replace(mutation, expr=step.lifted(mutation.expr)) for mutation in made)
        return tuple(sorted([*lifted, *of_earlier_step(equation, step, self.solution)], key=likelihood))

    def values(self, equation: Equation, base: Mapping[str, Array]) -> Sequence[Array | None]:
        """What each of them comes to on these values, None where it can't be worked out.

        Where they use right values alone it is kept: on those a class makes the same mistakes again and again.
        """
        key = self.solution.values
        is_key = all(base.get(name) is key.get(name) for name in self.uses(equation))
        if is_key and equation.name in self._values:
            return self._values[equation.name]
        found = [attempt(mutation.expr, base, self.solution.problem.axis) for mutation in self.of(equation)]
        size = sum(value.size for value in found if value is not None)
        if is_key and size <= self._room:
            self._room -= size
            self._values[equation.name] = found
        return found

    def uses(self, equation: Equation) -> frozenset[str]:
        """All names in the wrong forms of an equation."""
        if equation.name not in self._uses:
            mine = (names(mutation.expr) for mutation in self.of(equation))
            self._uses[equation.name] = frozenset().union(*mine)
        return self._uses[equation.name]

    def by_kind(self, equation: Equation) -> dict[MutationKey, Mutation]:
        """Those that may be made everywhere, by section and id, and which one of that id it is."""
        if equation.name not in self._by_kind:
            self._by_kind[equation.name] = self._made_by_kind(equation)
        return self._by_kind[equation.name]

    def likelier(self, equation: Equation, rank: tuple[int, bool]) -> int:
        """How many of them have this rank, or a likelier one."""
        if equation.name not in self._ranks:
            self._ranks[equation.name] = sorted(map(likelihood, self.of(equation)))
        return bisect_right(self._ranks[equation.name], rank)

    def _made_by_kind(self, equation: Equation) -> dict[MutationKey, Mutation]:
        counts: Counter[str] = Counter()
        found: dict[MutationKey, Mutation] = {}
        of_parameter = equation.quantity in self.solution.problem.parameters
        for mutation in self.of(equation):
            if mutation.id in EVERYWHERE:
                found[equation.section, mutation.id, of_parameter, counts[mutation.id]] = mutation
                counts[mutation.id] += 1
        return found

    def again(self, mutation: Mutation, at: str) -> dict[str, Expr]:
        """The same mistake in the other equations, as wrong formulas by name."""
        place = self.solution.by_name[at]
        kind = next((kind for kind, each in self.by_kind(place).items() if each is mutation), None)
        found: Mapping[str, Expr] = {} if kind is None else self.in_section(place.section).get(kind, {})
        return {name: wrong for name, wrong in found.items() if name != at}

    def in_section(self, section: Section) -> Mapping[MutationKey, Mapping[str, Expr]]:
        """All that may be made everywhere in a section: by which it is, wrong formulas by name.

        Of a very long section the first equations alone: a habit shows in them.
        """
        if section not in self._in_section:
            found = self._in_section[section] = {}
            mine = (equation for equation in self.solution.equations if equation.section == section)
            for equation in islice(mine, MOST_ALIKE):
                for key, mutation in self.by_kind(equation).items():
                    found.setdefault(key, {})[equation.name] = mutation.expr
        return self._in_section[section]
