"""Tell steps of gradient descent: each update with its numbers, and what became of the loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcalc.formula.expr import Name
from gradcalc.program.descent import Descent, Step
from gradcalc.program.shown import shown_names
from gradcalc.report.as_json import finite, lost, values_data
from gradcalc.report.document import (
    Block,
    Document,
    Given,
    Group,
    Heading,
    Math,
    Paragraph,
    Quantity,
    Table,
    Text,
    Value,
    Workings,
)
from gradcalc.report.story.rule import rule_blocks, rule_shapes
from gradcalc.report.story.solution import closing, frozen_sentence, loss_sentence, opening

IN_FULL = 3
"""So many steps are worked out in full; of more only the first."""
MAX_ROWS = 20


def step_document(descent: Descent, *, remark: str = "") -> Document:
    """The updates alone: old value, gradient, new value; the loss before and after."""
    problem = descent.problem
    blocks = [
        *opening(problem, remark),
        *_introduction(descent),
        *_worked(descent),
        *(_course(descent) if len(descent.steps) > 1 else ()),
        *closing(descent.first.verification, descent.first.warnings),
    ]
    shapes = {**rule_shapes(problem), **descent.first.shapes}
    return Document(tuple(blocks), shown_names(problem, shapes), problem.digits, shapes, problem.axis)


def _introduction(descent: Descent) -> Iterator[Block]:
    problem, count = descent.problem, len(descent.steps)
    yield from rule_blocks(problem)
    way = f"gradient {problem.direction}" if problem.optimizer is None else "the update"
    said = f"One step of {way}" if count == 1 else f"{count:,} steps of {way}"
    if problem.lr is None:
        yield Paragraph((f"{said}.",))
    else:
        rate = Value(np.array(problem.lr), exact=True)
        yield Paragraph((f"{said} with learning rate ", Math(Name("lr")), " = ", rate, "."))
    if problem.frozen:
        yield frozen_sentence(problem)


def _worked(descent: Descent) -> Iterator[Block]:
    several = len(descent.steps) > 1
    for step in descent.steps[: len(descent.steps) if len(descent.steps) <= IN_FULL else 1]:
        if several:
            yield Heading(f"Step {step.number}")
        yield _workings(descent, step)
        if not descent.problem.has_given_gradients:
            yield loss_sentence(descent.problem, step.loss_before, step.loss_after)


def _workings(descent: Descent, step: Step) -> Workings:
    quantities = tuple(Quantity(eq.name, step.values[eq.name], eq.expr, eq.section) for eq in descent.updates)
    given = frozenset(descent.problem.given) if step.number == 1 else frozenset({"lr"})
    return Workings(quantities, step.values, given)


def _course(descent: Descent) -> Iterator[Block]:
    """The losses of all steps, and where the parameters end."""
    steps = descent.steps
    if descent.problem.objective is not None:
        yield Heading("Loss")
        yield Table(("step", "loss before", "loss after"), tuple(_rows(steps)))
        yield loss_sentence(descent.problem, steps[0].loss_before, steps[-1].loss_after)
    yield Heading(f"Parameters after {len(steps):,} steps")
    quantities = tuple(Quantity(name, value) for name, value in descent.parameters.items())
    yield Given((Group("", quantities),))


def _rows(steps: tuple[Step, ...]) -> Iterator[tuple[Text, ...]]:
    """A row a step, the middle left out where there are many."""
    if len(steps) <= MAX_ROWS:
        yield from map(_row, steps)
        return
    half = MAX_ROWS // 2
    yield from map(_row, steps[:half])
    yield (("…",), ("",), ("",))
    yield from map(_row, steps[-half:])


def _row(step: Step) -> tuple[Text, ...]:
    losses = (step.loss_before, step.loss_after)
    return ((f"{step.number}",), *((Value(np.array(loss)),) for loss in losses if loss is not None))


def descent_data(descent: Descent) -> dict[str, Any]:
    """Steps of gradient descent: the losses and the parameters at each, and the last parameters."""
    problem = descent.problem
    everything = (array for step in descent.steps for array in step.values.values())
    return {
        "title": problem.title,
        "source": problem.source,
        "lr": problem.lr,
        "frozen": [name for name in problem.parameters if name in problem.frozen],
        "steps": [_step_data(descent, step) for step in descent.steps],
        "parameters": values_data(descent.parameters, problem.axis),
        "warnings": [*descent.first.warnings, *lost(everything)],
    }


def _step_data(descent: Descent, step: Step) -> dict[str, Any]:
    return {
        "step": step.number,
        "loss_before": finite(step.loss_before),
        "loss_after": finite(step.loss_after),
        "updated": values_data(descent.updated(step), descent.problem.axis),
    }
