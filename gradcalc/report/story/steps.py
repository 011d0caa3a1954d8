"""Tell steps of gradient descent: each update with its numbers, and what became of the loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcalc.formula.expr import Name
from gradcalc.optimizers.rule import RATE
from gradcalc.program.descent import Descent, Step
from gradcalc.program.surface import Surface
from gradcalc.report.as_json import finite, lost, values_data
from gradcalc.report.document import Block, Document, Heading, Math, Paragraph, Quantity, Value, Workings
from gradcalc.report.story.course import (
    course,
    curve_data,
    ending,
    ending_data,
    exact_names,
    in_full,
    is_drawn,
    overflow,
)
from gradcalc.report.story.given import divided
from gradcalc.report.story.rule import rule_blocks, rule_shapes
from gradcalc.report.story.solution import closing, document_of, frozen_sentence, loss_sentence, opening
from gradcalc.report.story.way import way_blocks

IN_FULL = 3
"""So many steps are worked out in full; of more only the first."""


def step_document(
    descent: Descent, *, curve: bool | None = None, surface: Surface | None = None, remark: str = ""
) -> Document:
    """The updates alone: old value, gradient, new value; the loss before and after, and its curve on demand.

    On a surface the way of two parameters is drawn.
    """
    problem = descent.problem
    blocks = [
        *opening(problem, remark),
        *_introduction(descent),
        *_worked(descent),
        *ending(descent),
        *(course(descent, curve) if descent.made > 1 or is_drawn(descent, curve) else ()),
        *(() if surface is None else way_blocks(surface)),
        *closing(descent.first.verification, descent.first),
    ]
    return document_of(problem, {**rule_shapes(problem), **descent.first.shapes}, blocks)


def _introduction(descent: Descent) -> Iterator[Block]:
    problem, count = descent.problem, descent.made
    yield from rule_blocks(problem)
    way = f"gradient {problem.direction}" if problem.optimizer is None else "the update"
    said = f"One step of {way}" if count == 1 else f"{count:,} steps of {way}"
    if RATE in problem.by_step:
        yield Paragraph((f"{said}, each with a learning rate of its own.",))
    elif problem.lr is None:
        yield Paragraph((f"{said}.",))
    else:
        rate = Value(np.array(problem.lr), exact=True)
        yield Paragraph((f"{said} with learning rate ", Math(Name("lr")), " = ", rate, "."))
    if problem.frozen:
        yield frozen_sentence(problem)
    yield from divided(problem)


def _worked(descent: Descent) -> Iterator[Block]:
    for step in map(descent.step, in_full(descent, IN_FULL)):
        if descent.made > 1:
            yield Heading(f"Step {step.number}")
        yield _workings(descent, step)
        if not descent.problem.has_given_gradients:
            yield loss_sentence(descent.problem, step.loss_before, step.loss_after)


def _workings(descent: Descent, step: Step) -> Workings:
    quantities = tuple(Quantity(eq.name, step.values[eq.name], eq.expr, eq.section) for eq in descent.updates)
    given = exact_names(descent, step.number)
    return Workings(quantities, step.values, given)


def descent_data(descent: Descent, *, curve: bool | None = None) -> dict[str, Any]:
    """Steps of gradient descent: the losses and the parameters at each, and the last parameters."""
    problem = descent.problem
    steps, warnings = [], dict.fromkeys([*descent.first.warnings, *overflow(descent)])
    for step in map(descent.step, descent.states):  # one at a time: a program may ask for a hundred thousand
        steps.append(_step_data(descent, step))
        warnings |= dict.fromkeys(lost(step.values.values()))
    return {
        "title": problem.title,
        "source": problem.source,
        "lr": problem.lr,
        "frozen": [name for name in problem.parameters if name in problem.frozen],
        "steps": steps,
        "parameters": values_data(descent.parameters, problem.axis),
        "warnings": [*warnings],
        **ending_data(descent),
        **curve_data(descent, curve),
    }


def _step_data(descent: Descent, step: Step) -> dict[str, Any]:
    return {
        "step": step.number,
        "loss_before": finite(step.loss_before),
        "loss_after": finite(step.loss_after),
        "updated": values_data(descent.updated(step), descent.problem.axis),
        **({"samples": list(step.samples)} if step.samples else {}),
    }
