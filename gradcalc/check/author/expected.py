"""Hold a problem's own `expected` against its solution, every number at the digits printed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gradcalc.check.answers.compare import filled, laid_out
from gradcalc.check.answers.model import Answer, Numbers
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.author.precision import Rounding, is_printed
from gradcalc.check.mistakes.in_formulas import formula_numbers, same_on_instances
from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import names
from gradcalc.formula.shapes import spell
from gradcalc.program.beside import with_further
from gradcalc.program.further import MADE
from gradcalc.program.solution import Solution
from gradcalc.program.trajectory import alone_at

EXACT = 1e-9
HALF_UNIT = 0.5 + 1e-6
"""No slack as for answers: of two numbers that differ in their last digit, at most one agrees."""
HALF_CHANGE = 0.5
"""However wide a tolerance is, an updated value must show that a step was made."""
BY_ROUNDING = "but for the rounding of float64"
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


def check_expected(solution: Solution) -> tuple[ExpectedResult, ...]:
    """Every value of `expected`, in the order of the file."""
    problem = solution.problem
    sheet = sheet_from_data(
        problem.expected, solution, problem.written, problem.places, ("expected",), problem.path, strict=True
    )
    solution = with_further(solution, sheet.further)
    alone, rounding = alone_at(solution, sheet.later_steps), Rounding(solution.whole)
    return tuple(agreement(answer, alone.get(answer.step, solution), rounding) for answer in sheet.answers)


def agreement(answer: Answer, solution: Solution, rounding: Rounding | None = None) -> ExpectedResult:
    """Whether an answer agrees with its step's solution as far as it was printed; `rounding` knows the way there."""
    if answer.unreadable:
        return ExpectedResult(answer.quantity, False, answer.unreadable, answer)
    if answer.name not in solution.values:
        solution = with_further(solution, {answer.name, *(names(answer.formula) if answer.formula else ())})
    right, rounding = solution.values[answer.name], rounding or Rounding(solution.problem)
    if answer.formula is not None:
        found = _formula(answer, solution, rounding)
    elif answer.numbers is not None:
        found = _numbers(answer, answer.numbers, solution, rounding)
    else:
        found = ExpectedResult(answer.quantity, False, "has no value: give one, or leave the key out")
    return replace(found, answer=answer, right=right)


def _formula(answer: Answer, solution: Solution, rounding: Rounding) -> ExpectedResult:
    """A formula must agree at the problem's numbers, and at random ones."""
    label, formula = answer.quantity, answer.formula
    assert formula is not None
    found = _numbers(answer, formula_numbers(formula, solution), solution, rounding)
    if not found.agrees:
        return replace(found, message=f"this formula gives other numbers: {found.message}")
    equation = next((eq for eq in solution.equations if eq.name == answer.name), None)
    if equation is not None and not same_on_instances(formula, equation, solution):
        return ExpectedResult(label, False, "this formula is right at the problem's numbers only, not at others")
    return found


def _numbers(answer: Answer, numbers: Numbers, solution: Solution, rounding: Rounding) -> ExpectedResult:
    label, right = answer.quantity, solution.values[answer.name]
    placed = laid_out(filled(numbers, right), right.shape)
    if placed is None:
        wrong = f"is {spell(np.shape(numbers.values))}, but it comes out as {spell(right.shape)}"
        return ExpectedResult(label, False, wrong)
    unit = printed_unit(placed, solution.problem.digits)
    error = np.abs(placed.values - right)
    half = np.where(unit > 0, HALF_UNIT * unit, EXACT * _scale(right))
    fine = error <= np.maximum(half, _tolerated(answer, solution))
    off = np.where(~fine & is_printed(placed.values, unit), error - half, np.inf)
    rounded = rounding.explains(off, answer.name, solution, answer.step)
    agrees = bool((fine | rounded).all())
    if answer.quantity == MADE:
        unit = np.ones(right.shape)  # a count has no decimals
    said = _disagreeing(placed.values, right, unit, ~rounded if agrees else fine | rounded)
    return ExpectedResult(label, agrees, f"{BY_ROUNDING}: {said}" if agrees and said else said, entries=fine | rounded)


def _tolerated(answer: Answer, solution: Solution) -> Array:
    """What the problem's `tolerance` lets a value differ by; a new value must still show half of its change."""
    given, right = solution.problem.tolerance, solution.values[answer.name]
    with np.errstate(invalid="ignore"):  # of what overflows no part is tolerated
        tolerated = given.get("atol", 0.0) + given.get("rtol", 0.0) * np.abs(right)
    equation = solution.by_name.get(answer.name)
    if equation is None or equation.section != "update" or equation.kind != "new value":
        return np.asarray(tolerated)
    return np.minimum(tolerated, HALF_CHANGE * np.abs(right - solution.values[equation.quantity]))


def printed_unit(numbers: Numbers, digits: int) -> Array:
    """The unit of each number's last digit, in their shape; a whole number is exact to `digits` decimals."""
    whole = (numbers.unit >= 1.0) & ~numbers.scientific
    return np.where(whole, 10.0**-digits, numbers.unit)


def _scale(right: Array) -> float:
    return max(1.0, float(np.max(np.abs(right), initial=0.0)))


def _disagreeing(printed: Array, right: Array, unit: Array, fine: npt.NDArray[np.bool_]) -> str:
    said = []
    for place in map(tuple, np.argwhere(~fine)):
        mine, theirs = float(printed[place]), float(right[place])
        said.append(f"{_place_said(mine, theirs, float(unit[place]), place, right)}")
    return "; ".join(said[:SHOWN]) + (f"; and {len(said) - SHOWN} more" if len(said) > SHOWN else "")


def _place_said(mine: float, theirs: float, unit: float, place: tuple[int, ...], right: Array) -> str:
    """`0.66 at [2] comes out as 0.6667`, with digits enough to tell the two apart."""
    decimals = round(-np.log10(unit)) if unit > 0 else -1
    if 0 <= decimals <= 12 and max(abs(mine), abs(theirs)) < 1e12:
        shown, other = f"{mine:.{decimals}f}", f"{theirs:.{decimals and decimals + 2}f}"
    else:
        shown, other = next(
            (pair for digits in range(10, 17) if _differ(*(pair := (f"{mine:.{digits}g}", f"{theirs:.{digits}g}")))),
            (repr(mine), repr(theirs)),
        )
    return f"{shown}{_place(place, right)} comes out as {other}"


def _differ(shown: str, other: str) -> bool:
    return float(shown) != float(other)


def _place(place: tuple[int, ...], right: Array) -> str:
    if right.size == 1:
        return ""
    index = [int(i) + 1 for i in place]
    return f" at [{max(index)}]" if 1 in right.shape else f" at [{index[0]},{index[1]}]"
