"""What a sheet is asked: what has points, else all that a blank sheet has; a delta under the name that is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from gradcalc.check.answers.model import Answer, Sheet
from gradcalc.program.further import DELTAS, FURTHER, is_minus, of_problem
from gradcalc.program.naming import at_first, gradient_name
from gradcalc.program.problem import Problem
from gradcalc.program.sections import Quantity


def asked(known: Iterable[Quantity], sheet: Sheet, complete: bool, untold: Collection[str] = ()) -> dict[str, float]:
    """A point for each quantity of the steps that a sheet answers, where the problem gives no points.

    What the sheet has beside the solution is asked as well, unless it is to be `complete`: no blank sheet has that.
    So is what is `untold`, by the names of equations, where it is answered.
    """
    steps = {1, *sheet.later_steps}
    left_out = {*untold} - {answer.name for answer in sheet.answers}
    mine = (each for each in known if each.step in steps and at_first(each.equation) not in left_out)
    return {each.label: 1.0 for each in mine if not (complete and each.section in FURTHER)}


def as_asked(sheet: Sheet, worth: Mapping[str, float], problem: Problem) -> Sheet:
    """The sheet with deltas as answers to the gradients that count, and the other way round.

    Only where a delta is the gradient, and only one of the two is asked and answered.
    """
    answered = {answer.quantity for answer in sheet.answers}
    speaks_of_deltas = any(label.startswith(DELTAS) for label in (*answered, *worth))
    if not speaks_of_deltas or is_minus(DELTAS, problem.signs):
        return sheet
    put = {
        label: (other, name)
        for label, (other, name) in _pairs(problem)
        if label in answered and label not in worth and other in worth and other not in answered
    }
    return replace(sheet, answers=tuple(_renamed(answer, put) for answer in sheet.answers)) if put else sheet


def _pairs(problem: Problem) -> Iterator[tuple[str, tuple[str, str]]]:
    """The label of a delta, and label and equation of the gradient; and the other way round."""
    for each in of_problem(problem):
        if each.section == DELTAS:
            gradient = f"gradients.{each.of}"
            yield each.label, (gradient, gradient_name(each.of))
            yield gradient, (each.label, each.equation)


def _renamed(answer: Answer, put: Mapping[str, tuple[str, str]]) -> Answer:
    label, name = put.get(answer.quantity, (answer.quantity, answer.name))
    return replace(answer, quantity=label, name=name)
