"""What numbers show: which mistakes come to visibly different values, and whether the values can be read.

All right and wrong formulas of a problem are compiled to one function, as only the numbers change from variant to
variant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from gradcalc.check.author.lint import FEW
from gradcalc.check.mistakes.catalogue import Mutants
from gradcalc.check.mistakes.model import UNLIKELY
from gradcalc.classes.variants.compared import Block, Entries, Numeric, Table, Wrong
from gradcalc.classes.variants.numbers import with_numbers
from gradcalc.formula.arrays import Array
from gradcalc.formula.compile import compile_formulas
from gradcalc.formula.evaluate import CANNOT, attempt
from gradcalc.formula.expr import Apply, Expr, walk
from gradcalc.formula.kinks import distances
from gradcalc.formula.shapes import shape_of
from gradcalc.program.batches import of_step
from gradcalc.program.beside import with_further
from gradcalc.program.further import by_labels
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.sections import quantities
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve

VISIBLE: Final = 2.0
"""Units of the last digit by which values differ visibly: more than rounding."""
CLEAR: Final = 20.0
"""So many units a value stays away from a kink."""
LARGEST: Final = 1e4
_SAME: Final = 1e-8
Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Seen:
    """What numbers show: which conditions hold, and by how many units the two of each pair differ."""

    holds: Flags
    apart: Numeric

    @property
    def separated(self) -> Flags:
        """Which pairs differ visibly."""
        return self.apart >= VISIBLE


class Mistaken(NamedTuple):
    """A usual mistake in a quantity: its id, the sentence that says what was done, and the value that it comes to."""

    id: str
    message: str
    value: Array


class Judge:
    """Judges the numbers of a problem: `conditions` are what must hold of values, `pairs` what should differ."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        solution = solve(problem, check=False)
        self.solution = with_further(solution, by_labels(solution.problem, solution.problem.points))
        self.unit = 10.0**-problem.digits
        self.asked = [each for each in quantities(self.solution) if each.equation in self.solution.by_name]
        self.kinks = [*_kinks(self.solution)]
        self.conditions = [
            *(f"{each.label} is finite and below {LARGEST:,.0f}" for each in self.asked),
            *(f"{each.label} has digits to tell by" for each in self.asked),
            *(f"{name} is off its kink" for name, _ in self.kinks),
        ]
        self._compile()

    def _compile(self) -> None:
        solution, axis = self.solution, self.problem.axis
        mutants = Mutants(solution)
        self.blocks = blocks = [
            _block(solution.by_name[each.equation], each.label, mutants, solution) for each in self.asked
        ]
        wrong = [formula for block in blocks for formula in block.formulas]
        self.pairs = [pair for block in blocks for pair in block.pairs]
        self.mistakes = len(wrong)
        equations = [(eq.name, eq.expr) for eq in solution.equations]
        given, kinks = tuple(solution.problem.given), [(f"kink {i}", expr) for i, (_, expr) in enumerate(self.kinks)]
        self.right = compile_formulas([*equations, *kinks], given, axis)
        rows = [name for block in blocks for name in block.names]
        self.all = compile_formulas([*equations, *wrong], given, axis, dict.fromkeys(rows))
        self.table = Table(blocks)
        self.entries = Entries([each.equation for each in self.asked], [block.shape for block in blocks])
        self.formulas = dict(wrong)

    def given(self, new: Mapping[str, Array]) -> dict[str, Any]:
        """The values from which the equations start, with these numbers in the place of the problem's own."""
        if self.problem.batch_size is not None:
            problem = of_step(with_numbers(self.problem, new), self.problem.first_step)
            return {name: value[()] for name, value in problem.given.items()}
        return {**self.own, **{name: value[()] for name, value in new.items()}}

    @cached_property
    def own(self) -> dict[str, Any]:
        """The problem's own numbers."""
        return {name: value[()] for name, value in self.solution.problem.given.items()}

    def rights(self, new: Mapping[str, Array]) -> dict[str, Any]:
        """The right values with these numbers."""
        given = self.given(new)
        return given | self.right(given)

    def holds(self, rights: Mapping[str, Any]) -> Flags:
        """Which conditions hold of the right values."""
        with np.errstate(all="ignore"):
            sizes, starts = np.abs(self.entries(rights)), self.entries.starts
            most = np.maximum.reduceat(sizes, starts)
            # An entry that isn't 0 is within a few units of it.
            tiny = np.logical_or.reduceat((sizes > 0) & (sizes < VISIBLE * self.unit), starts)
            off = [np.abs(rights[f"kink {i}"]).min() > CLEAR * self.unit for i in range(len(self.kinks))]
            return np.concatenate([most < LARGEST, (most >= FEW * self.unit) & ~tiny, np.array(off, bool)])

    def tells(self, pair: int, rights: Mapping[str, Any]) -> bool:
        """Whether one pair differs visibly, by the right values."""
        both = (self.table.names[self.table.first[pair]], self.table.names[self.table.second[pair]])
        found = [rights[name] if name not in self.formulas else self._wrong(name, rights) for name in both]
        return any(each is None for each in found) or bool(np.abs(found[0] - found[1]).max() >= VISIBLE * self.unit)

    def _wrong(self, name: str, rights: Mapping[str, Any]) -> Any:
        return attempt(self.formulas[name], rights, self.problem.axis)

    def apart(self, new: Mapping[str, Array]) -> Numeric:
        """By how many units of the last digit the two of each pair differ with these numbers."""
        with np.errstate(all="ignore"):
            return self.table.apart(self.all(self.given(new))) / self.unit

    def mistaken(self, new: Mapping[str, Array]) -> dict[str, list[Mistaken]]:
        """What the usual mistakes in each quantity, by its label, come to with these numbers."""
        with np.errstate(all="ignore"):
            values = self.all(self.given(new))
        return {
            block.label: [
                Mistaken(each.id, each.message, np.broadcast_to(values[name], block.shape))
                for (name, _), each in zip(block.formulas, block.wrong, strict=True)
            ]
            for block in self.blocks
        }

    def seen(self, new: Mapping[str, Array]) -> Seen:
        """What these numbers show."""
        return Seen(self.holds(self.rights(new)), self.apart(new))

    def same(self, new: Mapping[str, Array]) -> Flags:
        """Which pairs are the same numbers at full precision, so that no digits would tell them apart."""
        with np.errstate(all="ignore"):
            values = self.all(self.given(new))
            return self.table.apart(values) <= _SAME * self.table.sizes(values)


def _block(equation: Equation, label: str, mutants: Mutants, solution: Solution) -> Block:
    """The usual mistakes in a quantity that give an answer of its shape (or one number for all entries)."""
    shape = solution.shapes[equation.name]
    usual = (mutation for mutation in mutants.of(equation) if mutation.id not in UNLIKELY)
    shaped = ((mutation, _shape(mutation.expr, solution)) for mutation in usual)
    wrong = [Wrong(m.id, m.message, m.expr, its) for m, its in shaped if its is not None and its in ((), shape)]
    return Block(equation.name, label, shape, wrong)


def _shape(expr: Expr, solution: Solution) -> tuple[int, ...] | None:
    try:
        return shape_of(expr, solution.shapes, solution.problem.axis)
    except CANNOT:
        return None


def _kinks(solution: Solution) -> list[tuple[str, Expr]]:
    """What must not be 0, with the quantity in which it stands."""
    found = []
    for equation in solution.equations:
        for node in walk(equation.expr) if equation.section in ("forward", "after") else ():
            for distance in distances(node) if isinstance(node, Apply) else ():
                if _shape(distance, solution) is not None:
                    found.append((equation.name, distance))
    return found
