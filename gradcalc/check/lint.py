"""Tell an author what a problem's numbers hide: mistakes that can't be told apart, zeros, kinks, stale values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gradcalc.check.evaluate import attempt
from gradcalc.check.expected import check_expected
from gradcalc.check.mutation import UNLIKELY
from gradcalc.check.mutations import mutants
from gradcalc.check.quantities import Quantity, quantities
from gradcalc.check.wording import listed
from gradcalc.errors import ShapeError
from gradcalc.formula.expr import Expr
from gradcalc.formula.shapes import shape_of
from gradcalc.program.problem import Array, Equation
from gradcalc.program.solve import Solution

Kind = Literal["hides", "alike", "zero", "kink", "expected"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a problem's numbers that its author should know.

    `kind`: a mistake that `hides` (it gives the right numbers), mistakes that come out `alike`, a `zero` behind which
    errors hide, a value on a `kink`, or an `expected` value that disagrees. `quantity` is the label that sheets use.
    """

    kind: Kind
    quantity: str
    message: str


def lint(solution: Solution) -> tuple[Finding, ...]:
    """All findings on a solution that was checked (`solve` with `check`), the gravest kinds first."""
    found = [*_stale(solution), *_on_kinks(solution)]
    for quantity, equation in _answerable(solution):
        found += [*_zeros(quantity, solution), *_mistakes(quantity, equation, solution)]
    order = ("expected", "kink", "zero", "hides", "alike")
    return tuple(sorted(found, key=lambda finding: order.index(finding.kind)))


def _answerable(solution: Solution) -> Iterator[tuple[Quantity, Equation]]:
    equations = {equation.name: equation for equation in solution.equations}
    return ((q, equations[q.equation]) for q in quantities(solution) if q.equation in equations)


def _stale(solution: Solution) -> Iterator[Finding]:
    for agreement in check_expected(solution):
        if not agreement.agrees:
            yield Finding("expected", agreement.quantity, f"the expected value disagrees: {agreement.message}")


def _on_kinks(solution: Solution) -> Iterator[Finding]:
    for kink in solution.verification.kinks if solution.verification else ():
        where = kink.rpartition(" in ")[2]
        yield Finding("kink", f"forward.{where.partition('[')[0]}", f"{kink}: there the derivative isn't defined")


def _zeros(quantity: Quantity, solution: Solution) -> Iterator[Finding]:
    value = solution.values[quantity.equation]
    if quantity.section not in ("gradients", "forward", "loss") or value.all():
        return
    if not value.any():
        yield Finding("zero", quantity.label, "it is zero: whatever goes wrong before it or in it may not show")
    elif quantity.section == "gradients":
        places = [_place(index, value) for index in np.argwhere(value == 0)]
        said = listed(places[:4]) + (f" and {len(places) - 4} more" if len(places) > 4 else "")
        yield Finding("zero", quantity.label, f"it is zero at {said}: an error in a factor there doesn't show")


def _fits(wrong: Expr, right: Array, solution: Solution) -> bool:
    """Whether a wrong formula has the right shape: what NumPy alone would stretch to it isn't a mistake of interest."""
    try:
        return shape_of(wrong, solution.shapes, solution.problem.axis) == right.shape
    except (ShapeError, KeyError):
        return False


def _place(index: np.typing.NDArray[np.int_], value: Array) -> str:
    """`[2]` of a vector, `[2,1]` of a matrix, counted from 1."""
    row, column = (int(i) + 1 for i in index)
    return f"[{max(row, column)}]" if 1 in value.shape else f"[{row},{column}]"


def _mistakes(quantity: Quantity, equation: Equation, solution: Solution) -> Iterator[Finding]:
    """The mistakes in one equation that give its right value, and those that give the same wrong one."""
    right = solution.values[equation.name]
    digits = solution.problem.digits
    hiding: list[str] = []
    alike: dict[bytes, list[str]] = {}
    for mutation in mutants(solution).of(equation):
        if mutation.id in UNLIKELY or not _fits(mutation.expr, right, solution):
            continue
        value = attempt(mutation.expr, solution.values, solution.problem.axis)
        if value is None:
            continue
        # Adding zero makes -0 and 0 the same bytes.
        shown = (np.round(value, digits) + 0.0).tobytes()
        if shown == (np.round(right, digits) + 0.0).tobytes():
            hiding.append(mutation.id)
        else:
            alike.setdefault(shown, []).append(mutation.id)
    if hiding and right.any():
        named = listed(dict.fromkeys(hiding))
        yield Finding("hides", quantity.label, f"the right numbers come out all the same with {named}")
    for ids in alike.values():
        if len(set(ids)) > 1:
            yield Finding("alike", quantity.label, f"{listed(dict.fromkeys(ids))} give the same numbers")
