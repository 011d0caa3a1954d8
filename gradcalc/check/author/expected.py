"""Hold a problem's own `expected` and `misprints` against its solution, every number at the digits printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gradcalc.check.answers.compare import laid_out
from gradcalc.check.answers.model import Answer, Numbers
from gradcalc.check.answers.read import read_answer, sheet_from_data
from gradcalc.check.mistakes.in_formulas import formula_numbers, same_on_instances
from gradcalc.formula.arrays import Array
from gradcalc.formula.shapes import spell
from gradcalc.program.problem import Misprint, Path
from gradcalc.program.solve import Solution

EXACT = 1e-9
HALF_UNIT = 0.5 + 1e-6
"""No slack as for answers: of two numbers that differ in their last digit, at most one agrees."""
SHOWN = 5
"""How many entries that disagree a message names."""


@dataclass(frozen=True, slots=True)
class ExpectedResult:
    """Whether one printed value agrees with the solution; `entries` says which of its numbers do."""

    quantity: str
    agrees: bool
    message: str = ""
    answer: Answer | None = None
    right: Array | None = None
    entries: npt.NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class MisprintResult:
    """Whether a number that is listed as misprinted really differs from the right one."""

    misprint: Misprint
    differs: bool
    message: str = ""
    right: Array | None = None


def check_expected(solution: Solution) -> tuple[ExpectedResult, ...]:
    """Every value of `expected`, in the order of the file."""
    problem = solution.problem
    sheet = sheet_from_data(
        problem.expected, solution, problem.written, problem.places, ("expected",), problem.path, strict=True
    )
    return tuple(agreement(answer, solution) for answer in sheet.answers)


def check_misprints(solution: Solution) -> tuple[MisprintResult, ...]:
    """Every entry of `misprints`: the printed value must be wrong."""
    return tuple(_misprint(misprint, i, solution) for i, misprint in enumerate(solution.problem.misprints))


def _misprint(misprint: Misprint, number: int, solution: Solution) -> MisprintResult:
    problem, at = solution.problem, ("misprints", number, "printed")
    answer = read_answer(
        misprint.quantity, misprint.printed, solution, problem.written, problem.places, at, strict=True
    )
    if answer.unreadable:
        return MisprintResult(misprint, False, answer.unreadable)
    found = agreement(answer, solution)
    if found.agrees:
        return MisprintResult(misprint, False, "the printed value is right: it is no misprint", found.right)
    return MisprintResult(misprint, True, found.message, found.right)


def check_value(label: str, value: object, solution: Solution, written: Mapping[Path, str], at: Path) -> ExpectedResult:
    """One value, as `expected` would have it at that path."""
    return agreement(read_answer(label, value, solution, written, solution.problem.places, at, strict=True), solution)


def agreement(answer: Answer, solution: Solution) -> ExpectedResult:
    """Whether an answer agrees with the solution as far as it was printed."""
    if answer.unreadable:
        return ExpectedResult(answer.quantity, False, answer.unreadable, answer)
    right = solution.values[answer.name]
    if answer.formula is not None:
        found = _formula(answer, solution, right)
    elif answer.numbers is not None:
        found = _numbers(answer.quantity, answer.numbers, right, solution.problem.digits)
    else:
        found = ExpectedResult(answer.quantity, False, "has no value: give one, or leave the key out")
    return replace(found, answer=answer, right=right)


def _formula(answer: Answer, solution: Solution, right: Array) -> ExpectedResult:
    """A formula must agree at the problem's numbers, and at random ones."""
    label, formula = answer.quantity, answer.formula
    assert formula is not None
    found = _numbers(label, formula_numbers(formula, solution), right, solution.problem.digits)
    if not found.agrees:
        return replace(found, message=f"this formula gives other numbers: {found.message}")
    equation = next((eq for eq in solution.equations if eq.name == answer.name), None)
    if equation is not None and not same_on_instances(formula, equation, solution):
        return ExpectedResult(label, False, "this formula is right at the problem's numbers only, not at others")
    return found


def _numbers(label: str, numbers: Numbers, right: Array, digits: int) -> ExpectedResult:
    placed = laid_out(numbers, right.shape)
    if placed is None:
        wrong = f"is {spell(np.shape(numbers.values))}, but it comes out as {spell(right.shape)}"
        return ExpectedResult(label, False, wrong)
    unit = printed_unit(placed, digits)
    allowed = np.where(unit > 0, HALF_UNIT * unit + 1e-15 * np.abs(right), EXACT * _scale(right))
    fine = np.abs(placed.values - right) <= allowed
    message = "" if fine.all() else _disagreeing(placed.values, right, unit, fine)
    return ExpectedResult(label, bool(fine.all()), message, entries=fine)


def printed_unit(numbers: Numbers, digits: int) -> Array:
    """The unit of each number's last digit; a whole number is taken to be exact to the problem's digits."""
    whole = (numbers.unit >= 1.0) & ~numbers.scientific
    return np.where(whole, 10.0**-digits, numbers.unit)


def _scale(right: Array) -> float:
    return max(1.0, float(np.max(np.abs(right), initial=0.0)))


def _disagreeing(printed: Array, right: Array, unit: Array, fine: npt.NDArray[np.bool_]) -> str:
    places = np.argwhere(~fine)
    said = [f"{_shown(printed, unit, p)}{_place(p, right)} comes out as {_shown(right, unit / 100, p)}" for p in places]
    return "; ".join(said[:SHOWN]) + (f"; and {len(said) - SHOWN} more" if len(said) > SHOWN else "")


def _shown(values: Array, unit: Array, place: npt.NDArray[np.int_]) -> str:
    value, size = float(values[tuple(place)]), float(unit[tuple(place)])
    if size <= 0 or size < 1e-12:
        return f"{value:.10g}"
    decimals = max(0, round(-np.log10(size)))
    return f"{value:.{decimals}f}" if decimals <= 12 and abs(value) < 1e12 else f"{value:.10g}"


def _place(place: npt.NDArray[np.int_], right: Array) -> str:
    if right.size == 1:
        return ""
    index = [int(i) + 1 for i in place]
    return f" at [{max(index)}]" if 1 in right.shape else f" at [{index[0]},{index[1]}]"
