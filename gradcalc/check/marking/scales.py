"""Deltas on another scale: who leaves the 1/N of the mean to the parameters' gradients has other deltas, and is right.

So it is in the notes of Ng's courses, where a delta is that of its sample's own loss; others keep a sign or a factor
back in the same way. What makes it right is that the parameters' gradients are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from gradcalc.check.answers.compare import CORRECT, Tolerance, fits, laid_out
from gradcalc.check.answers.model import Answer, Numbers, Sheet
from gradcalc.check.marking.verdicts import Verdict
from gradcalc.check.mistakes.rules import samples
from gradcalc.check.wording import shown
from gradcalc.formula.arrays import Array, every, some
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.expr import Expr, Name, Num, call, mul, substitute
from gradcalc.program.dependence import depending_on
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Kind
from gradcalc.program.solution import Solution

FEWEST_ENTRIES = 2
"""One wrong number is some multiple of the right one; two that are the same multiple say something."""
PLAIN = 0.005
_KINDS: tuple[tuple[Kind, ...], ...] = (("gradient", "delta"), ("change",))
"""What has a scale together."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A sheet's deltas are `factor` times the right ones: those in `answers`, and the `names` that formulas use."""

    factor: float
    answers: tuple[str, ...]
    names: frozenset[str]


def scales_of(solution: Solution, sheet: Sheet, tolerance: Tolerance) -> Iterator[Scale]:
    """The factor of the deltas on a sheet, if all from the first wrong one on have the same; then of the changes."""
    for kinds in _KINDS:
        deltas = solution.once(f"{' and '.join(kinds)} in order", partial(_deltas, solution, kinds))
        scale = _scale_of(deltas, solution, sheet, tolerance)
        if scale is not None:
            yield scale


def _scale_of(deltas: Sequence[str], solution: Solution, sheet: Sheet, tolerance: Tolerance) -> Scale | None:
    given = {answer.name: answer for answer in sheet.answers if answer.name in deltas}
    factors = ((name, _factor(given[name], solution, tolerance)) for name in deltas if name in given)
    first, factor = next(((name, factor) for name, factor in factors if factor != 1.0), ("", None))
    if factor is None:
        return None
    same = [first]
    for name, each in factors:
        if each != factor and given[name].formula is None:
            return None
        same.append(name)
    after = deltas[deltas.index(first) :]
    entries = sum(np.size(solution.values[name]) for name in same)
    # In a section of its own the other sign is a matter of custom.
    custom = factor == -1 and any(solution.by_name[name].is_beside for name in same)
    if entries < FEWEST_ENTRIES and not custom:
        return None
    gradients = (gradient_name(solution.quantity(name)) for name in after if solution.by_name[name].kind == "delta")
    return Scale(factor, tuple(same), frozenset((*after, *gradients)))


def rescaled(sheet: Sheet, scale: Scale, solution: Solution, digits: int) -> Sheet:
    """The sheet as it would be on the usual scale, to that many digits."""
    put: dict[str, Expr] = {name: mul(Num(scale.factor), Name(name)) for name in scale.names}
    half_unit = 0.5 * 10.0**-digits
    return replace(sheet, answers=tuple(_rescaled(each, scale, put, solution, half_unit) for each in sheet.answers))


def said_of_scale(
    found: Sequence[Verdict], before: Sequence[Verdict], scale: Scale, solution: Solution
) -> list[Verdict] | None:
    """The verdicts on a rescaled sheet, with what was rescaled said; None where the parameters' gradients aren't right.

    `before` has the verdicts on the sheet as it is, with the answers as they were given.
    """
    given = {verdict.quantity: verdict.answer for verdict in before}
    found = [replace(verdict, answer=given.get(verdict.quantity, verdict.answer)) for verdict in found]
    ends = _ends(found, scale, solution)
    right = [v for v in ends if v.verdict == "correct"]
    if not right or 2 * len(right) <= len(ends):
        return None
    message = _message(scale.factor, shown(right[0].quantity), solution)
    mine = {v.quantity for v in found if v.answer is not None and v.answer.name in scale.answers}
    changed = {v.quantity for v in before if v.verdict != "correct"}
    return [replace(v, said=message) if v.verdict == "correct" and v.quantity in mine & changed else v for v in found]


def may_be_meant(before: Sequence[Verdict], scale: Scale, solution: Solution) -> bool:
    """Whether the parameters' gradients may be right on that scale: those in numbers are, or aren't, on any."""
    ends = _ends(before, scale, solution)
    right = [v for v in ends if v.verdict == "correct" or (v.answer is not None and v.answer.formula is not None)]
    return 2 * len(right) > len(ends)


def _ends(verdicts: Sequence[Verdict], scale: Scale, solution: Solution) -> Sequence[Verdict]:
    """The verdicts on the parameters' gradients to which the deltas lead; on new values where none is answered."""
    leads_to = _reached(scale.answers, solution)
    ends = [v for v in verdicts if v.answer is not None and v.answer.name in leads_to]
    gradients = [v for v in ends if v.quantity.startswith("gradients.")]
    # A sign that is turned back in the step alone leaves gradients that are asked for wrong.
    ends = gradients or ends
    # 1/m may be forgotten in all the biases: the weights tell.
    biases = {gradient_name(name) for name in solution.problem.biases}
    return [v for v in ends if v.answer is not None and v.answer.name not in biases] or ends


def _deltas(solution: Solution, kinds: Collection[Kind]) -> list[str]:
    """The gradients on the way back, in order, but for what the loss is directly taken of; and deltas, or changes."""
    parameters, forward = solution.problem.parameters, {eq.name: eq for eq in solution.forward_equations}
    scalar = [eq for eq in forward.values() if solution.shapes[eq.name] == ()]
    ends = {name for equation in scalar for name in (equation.name, *equation.uses)}
    ends |= {*parameters}
    mine = [eq for eq in solution.equations if eq.kind in kinds and eq.section in ("backward", "update")]
    return [eq.name for eq in mine if eq.is_beside or eq.quantity not in ends]


def _factor(answer: Answer, solution: Solution, tolerance: Tolerance) -> float | None:
    """How many times the right one an answer is; None where it is no multiple of it."""
    right = solution.values[answer.name]
    numbers = _numbers(answer, solution)
    placed = None if numbers is None else laid_out(numbers, right.shape)
    if placed is None or not some(right) or not some(placed.values):
        return None
    if not every(np.isfinite([placed.values, right])):
        return None
    for usual in (1.0, -1.0):
        if _fits(placed, usual * right, tolerance):
            return usual
    factor = _plain(float(np.vdot(placed.values, right) / np.vdot(right, right)))
    return factor if factor != 0 and _fits(placed, factor * right, tolerance) else None


def _numbers(answer: Answer, solution: Solution) -> Numbers | None:
    if answer.formula is None:
        return answer.numbers
    value = attempt(answer.formula, solution.values, solution.problem.axis)
    return None if value is None else Numbers(value, np.zeros(value.shape), np.zeros(value.shape, dtype=np.bool_))


def _fits(numbers: Numbers, value: Array, tolerance: Tolerance) -> bool:
    return every(fits(numbers, value, tolerance) == CORRECT)


def _plain(factor: float) -> float:
    """A whole number or one over such, where it is one but for rounding."""
    for each in (factor, 1 / factor if factor else 0.0):
        if round(each) and abs(each - round(each)) <= PLAIN * abs(each):
            return float(round(each)) if each == factor else 1.0 / round(each)
    return factor


def _rescaled(answer: Answer, scale: Scale, put: Mapping[str, Expr], solution: Solution, half_unit: float) -> Answer:
    mine = answer.name in scale.answers
    if answer.formula is not None:
        formula = substitute(answer.formula, put)
        return replace(answer, formula=call("div", formula, Num(scale.factor)) if mine else formula)
    right = solution.values[answer.name] if mine else None
    placed = None if right is None or answer.numbers is None else laid_out(answer.numbers, right.shape)
    if placed is None or right is None:
        return answer
    # They agree on their own scale; on a larger one their last digit counts for more than a unit.
    values = np.clip(placed.values / scale.factor, right - half_unit, right + half_unit)
    return replace(answer, numbers=replace(placed, values=values, unit=placed.unit / abs(scale.factor)))


def _reached(deltas: Sequence[str], solution: Solution) -> frozenset[str]:
    """The parameters' gradients and new values to which the deltas lead."""
    parameters = {gradient_name(name) for name in solution.problem.parameters}
    later = [equation for equation in solution.equations if equation.section in ("backward", "update")]
    met = depending_on(later, deltas)
    ends = (equation for equation in later if equation.name in parameters or equation.section == "update")
    return frozenset(equation.name for equation in ends if not met.isdisjoint(equation.uses))


def _message(factor: float, end: str, solution: Solution) -> str:
    count = samples(solution)
    if factor == count > 1:
        return f"right without the 1/{count} of the mean, which comes in {end}"
    if factor == -1:
        return f"right with the other sign, which is turned in {end}"
    return f"right but for a factor that is the same in all deltas, and made good in {end}"
