"""Say at a point where a gradient is 0 what the eigenvalues of the Hessian tell: a minimum, a maximum, a saddle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from gradcalc.formula.expr import Name
from gradcalc.program.beside import with_further
from gradcalc.program.further import HESSIANS, by_labels
from gradcalc.program.solution import Solution
from gradcalc.program.stationary import Kind, Stationary, stationary
from gradcalc.report.document import Block, Math, Paragraph, Text, Value

_SAID: Final[dict[Kind, str]] = {
    "minimum": ": a minimum, as all are positive.",
    "maximum": ": a maximum, as all are negative.",
    "saddle": ": a saddle, as they have both signs.",
    "undecided": ": one is 0, so that they don't tell whether it is a minimum.",
}
_ALONG: Final[dict[Kind, str]] = {"minimum": "a minimum along ", "maximum": "a maximum along "}
_UNTOLD: Final = ", so that it doesn't tell whether this is a minimum."


def with_asked(solution: Solution) -> Solution:
    """The solution with the Hessians that the problem gives points for or expects."""
    return with_further(solution, _asked(solution))


def _asked(solution: Solution) -> set[str]:
    expected = solution.problem.expected.get(HESSIANS) or {}
    labels = [*solution.problem.points, *(f"{HESSIANS}.{name}" for name in expected)]
    mine = [label for label in labels if label.startswith(f"{HESSIANS}.")]
    return by_labels(solution.problem, mine) if mine else set()


def of_what_is_asked(more: Solution) -> Iterator[Block]:
    """What is said of those, and of the Hessians in the problem's own equations."""
    mine = {*more.problem.derivatives} if more.without is None else _asked(more)
    if mine:
        yield from (_said(each) for each in stationary(more) if each.hessian in mine)


def of_one(solution: Solution, hessian: str) -> Iterator[Block]:
    """The same of one Hessian, by its name."""
    yield from (_said(each) for each in stationary(solution) if each.hessian == hessian)


def _said(found: Stationary) -> Paragraph:
    by = [part for name in found.by for part in (", ", Math(Name(name)))][1:]
    values = [part for value in found.eigenvalues for part in (", ", Value(np.array(value)))][1:]
    here: Text = ("The gradient of ", Math(Name(found.of)), " by ", *by, " is 0 here, and ", Math(Name(found.hessian)))
    if len(found.eigenvalues) == 1:
        told = found.kind in _ALONG
        end = (": ", _ALONG[found.kind], *by, ".") if told else (_UNTOLD,)
        return Paragraph((*here, " is ", *values, *end))
    return Paragraph((*here, " has the eigenvalues ", *values, _SAID[found.kind]))
