"""What a problem's author should know: mistakes that its numbers hide, values on a kink, zeros, wrong `expected`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from gradcalc.check.author.expected import check_expected
from gradcalc.check.author.misprints import check_misprints
from gradcalc.check.mistakes.catalogue import Mutants, Mutation
from gradcalc.check.mistakes.model import UNLIKELY
from gradcalc.check.wording import Told, shown, spots
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.expr import Apply, walk
from gradcalc.formula.kinks import distances
from gradcalc.program.beside import with_further
from gradcalc.program.further import by_labels
from gradcalc.program.instances import instances
from gradcalc.program.problem import Equation
from gradcalc.program.sections import Quantity, quantities
from gradcalc.program.solution import Solution
from gradcalc.words import listed

FindingKind = Literal["expected", "not-finite", "kink", "zeros", "few-digits", "hidden", "alike"]
KINDS: tuple[FindingKind, ...] = ("expected", "not-finite", "kink", "zeros", "few-digits", "hidden", "alike")
FEW = 50
"""A value of fewer units of the last digit has less than two digits that tell anything."""
ON_KINK = 1e-9


@dataclass(frozen=True, slots=True)
class Finding(Told):
    """Something to mend or to know of a problem: what kind of thing, about which quantity, in a sentence."""

    kind: FindingKind
    quantity: str
    said: str


def lint(solution: Solution) -> tuple[Finding, ...]:
    """All findings, the gravest kinds first, each in the order of the solution.

    These are `expected` numbers that disagree, values that aren't finite or lie on a kink, zeros behind which errors
    hide, gradients too small for the digits asked for, and mistakes that these numbers don't show or can't tell apart.
    """
    found = [*_expected(solution), *_kinks(solution)]
    solution = with_further(solution, by_labels(solution.problem, solution.problem.points))
    linter = _Linter(solution)
    for quantity in quantities(solution):
        found += linter.values(quantity)
        if quantity.equation in linter.equations:
            found += linter.mistakes(quantity)
    return tuple(sorted(found, key=lambda finding: KINDS.index(finding.kind)))


def _expected(solution: Solution) -> Iterator[Finding]:
    for value in check_expected(solution):
        if not value.agrees:
            yield Finding("expected", value.quantity, f"`expected` disagrees: {value.message}")
    for misprint in check_misprints(solution):
        if not misprint.differs:
            yield Finding("expected", misprint.misprint.quantity, f"`misprints`: {misprint.message}")


def _kinks(solution: Solution) -> Iterator[Finding]:
    labels = {quantity.equation: quantity.label for quantity in quantities(solution)}
    half_unit = 0.5 * 10.0**-solution.problem.digits
    for equation in solution.equations:
        for node in walk(equation.expr) if equation.section in ("forward", "after") else ():
            for distance in distances(node) if isinstance(node, Apply) else ():
                value = attempt(distance, solution.values, solution.problem.axis)
                if isinstance(node, Apply) and value is not None and (np.abs(value) < half_unit).any():
                    label = labels.get(equation.name, equation.name)
                    yield Finding("kink", label, _kink_message(node, value, half_unit))


def _kink_message(node: Apply, value: Array, half_unit: float) -> str:
    where = _places(np.abs(value) < half_unit)
    if (np.abs(value) < ON_KINK).any():
        return f"{node.function} is on its kink{where}, where it has no derivative: courses differ in what they take"
    return f"{node.function} is within rounding of its kink{where}: who rounds comes to another gradient"


class _Linter:
    """Compares what mistakes come to, at the problem's numbers and at others."""

    def __init__(self, solution: Solution) -> None:
        self.solution, self.axis = solution, solution.problem.axis
        self.digits = solution.problem.digits
        self.mutants = Mutants(solution)
        self.equations = {equation.name: equation for equation in solution.equations}
        self.other: Mapping[str, Array] = next(
            instances(solution.problem, 1, program=solution.program), solution.values
        )

    def values(self, quantity: Quantity) -> Iterator[Finding]:
        """What a quantity's own value hides."""
        value = self.solution.values[quantity.equation]
        zero = np.abs(value) < 0.5 * 10.0**-self.digits
        if not np.isfinite(value).all():
            yield Finding("not-finite", quantity.label, "this isn't finite: no answer to it can be right")
        elif zero.all():
            how = "is 0" if not value.any() else f"is 0 to {self.digits} decimals"
            yield Finding("zeros", quantity.label, f"{shown(quantity.label)} {how}: mistakes before it don't show")
        elif zero.any():
            yield Finding("zeros", quantity.label, f"{shown(quantity.label)} is 0{_places(zero)}: mistakes hide there")
        elif quantity.section == "gradients" and np.abs(value).max() < FEW * 10.0**-self.digits:
            more = self.digits + 2 - int(np.floor(np.log10(np.abs(value).max() * 10.0**self.digits)))
            said = f"{shown(quantity.label)} is so small that {self.digits} decimals tell little: digits: {more} would"
            yield Finding("few-digits", quantity.label, said)

    def mistakes(self, quantity: Quantity) -> Iterator[Finding]:
        """Mistakes in a quantity that don't show, or can't be told apart."""
        equation = self.equations[quantity.equation]
        groups = self.alike(equation)
        hidden = [m.id for m in groups.pop(0, []) if self.differs(m, equation)]
        if hidden:
            message = f"with these numbers {listed(dict.fromkeys(hidden))} in {shown(quantity.label)} can't be seen"
            yield Finding("hidden", quantity.label, message)
        for group in groups.values():
            told = self.told_apart_elsewhere(group)
            if len(told) > 1:
                said = f"with these numbers {listed(told)} in {shown(quantity.label)} can't be told apart"
                yield Finding("alike", quantity.label, said)

    def alike(self, equation: Equation) -> dict[int, list[Mutation]]:
        """The mutations by what they come to when it is rounded; those that come to the right value under 0."""
        seen: dict[tuple[object, ...], int] = {self.key(self.solution.values[equation.name]): 0}
        groups: dict[int, list[Mutation]] = {}
        for mutation in self.mutants.of(equation):
            value = attempt(mutation.expr, self.solution.values, self.axis)
            if value is not None and mutation.id not in UNLIKELY:
                full = value if value.shape else np.broadcast_to(value, self.solution.shapes[equation.name])
                groups.setdefault(seen.setdefault(self.key(full), len(seen)), []).append(mutation)
        return groups

    def key(self, value: Array) -> tuple[object, ...]:
        # Adding 0 makes one zero of 0 and -0.
        return value.shape, (np.round(value, self.digits) + 0.0).tobytes()

    def differs(self, mutation: Mutation, equation: Equation) -> bool:
        """Whether other numbers would show a mistake."""
        value = attempt(mutation.expr, self.other, self.axis)
        return value is None or not _same(value, self.other[equation.name])

    def told_apart_elsewhere(self, group: list[Mutation]) -> list[str]:
        """The ids of mistakes that other numbers would tell apart."""
        values = [(m.id, attempt(m.expr, self.other, self.axis)) for m in group]
        different: list[tuple[str, Array | None]] = []
        for id, value in values:
            if not any(id == other or _same(value, theirs) for other, theirs in different):
                different.append((id, value))
        return [id for id, _ in different]


def _same(value: Array | None, other: Array | None) -> bool:
    return value is not None and other is not None and bool(np.allclose(value, other, rtol=1e-7, atol=1e-10))


def _places(where: npt.NDArray[np.bool_]) -> str:
    """` at [1] and [3]`; nothing where there is only one place."""
    return "" if where.size == 1 else f" at {spots(where)}"
