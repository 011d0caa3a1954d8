"""Tell where many steps led: each step's loss, what was watched and its curve, and why there was no further step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import numpy as np

from gradcalc.formula.entries import split_index
from gradcalc.formula.expr import Name
from gradcalc.program.descent import Descent, Step
from gradcalc.program.looking import Curve
from gradcalc.program.walk import State
from gradcalc.report.as_json import finite
from gradcalc.report.document import (
    Block,
    Given,
    Group,
    Heading,
    Line,
    Math,
    Paragraph,
    Plot,
    Quantity,
    Table,
    Text,
    Value,
)
from gradcalc.report.plot.thinned import thinned
from gradcalc.report.story.given import ranges
from gradcalc.report.story.solution import loss_sentence

MAX_ROWS = 20
"""Of a longer table only the first and the last rows are shown."""
MOST_TOGETHER = 6
"""No more courses than these are drawn over each other."""


def is_drawn(descent: Descent, curve: bool | None) -> bool:
    """Whether the curve is told: as is asked; else where more is watched than what is differentiated."""
    columns = descent.curve.columns
    return len(columns) > 1 if curve is None else curve and bool(columns)


def course(descent: Descent, curve: bool | None = None) -> Iterator[Block]:
    """The losses of all steps, what was watched and its curve, and where the parameters end."""
    if descent.problem.objective is not None and descent.steps:
        yield Heading("Loss")
        yield _losses(descent)
        yield _fell(descent)
    if is_drawn(descent, curve):
        yield Heading("Curve")
        yield from plots(descent)
        if len(descent.curve.columns) > 1:
            yield _watched(descent)
    yield Heading(f"Parameters after {'1 step' if descent.made == 1 else f'{descent.made:,} steps'}")
    yield Given((Group("", tuple(Quantity(name, value) for name, value in descent.parameters.items())),))


def in_full(descent: Descent, most: int, last: bool = False) -> tuple[State, ...]:
    """The steps that are shown in full: each that was asked for, else all if they are few, else the first.

    With `last`, of many the last one too.
    """
    states = descent.states
    if descent.keep.every > 1 or len(states) == descent.made <= most:
        return states
    return (states[0], states[-1]) if last and states else states[:1]


def exact_names(descent: Descent, k: int) -> frozenset[str]:
    """The names whose values the problem gives, and not the step before."""
    given = frozenset(descent.problem.given)
    return given if k == descent.problem.first_step else given - {*descent.end.carried}


def ending(descent: Descent) -> Iterator[Paragraph]:
    """Why there was no further step, where that isn't just that no more were asked for."""
    if descent.overflowed is not None:
        said = f"Step {descent.end.k - 1:,} is the last: there "
        yield Paragraph((said, Math(Name(descent.overflowed)), " overflows float64."), "warning")
    elif descent.until is not None:
        yield _until(descent, descent.until.text)


def _until(descent: Descent, condition: str) -> Paragraph:
    if descent.made == 0:
        return Paragraph((f"{condition} holds at the start, so no step is taken.",))
    made = "1 step" if descent.made == 1 else f"{descent.made:,} steps"
    if descent.ended == "reached":
        return Paragraph((f"{condition} holds after {made}.",))
    return Paragraph((f"{condition} doesn't hold after {made}.",), "warning")


def _fell(descent: Descent) -> Paragraph:
    """Whether the loss fell; over all samples, where each step has others."""
    steps, walk = descent.steps, descent.walk
    if walk.batches is None:
        return loss_sentence(descent.problem, steps[0].loss_before, steps[-1].loss_after)
    losses = walk.objective(walk.start), walk.objective(descent.end)
    return Paragraph((*loss_sentence(descent.problem, *losses).text[:-1], ", over all samples."))


def _losses(descent: Descent) -> Table:
    """The loss before and after each step, and which samples it used where these are divided."""
    header = ("step", *(["samples"] if descent.walk.batches else []), "loss before", "loss after")
    return Table(header, _shortened(descent, [_row(step) for step in descent.steps], _gap(descent)))


def _row(step: Step) -> tuple[Text, ...]:
    losses = (step.loss_before, step.loss_after)
    samples = [(ranges(step.samples),)] if step.samples else []
    return ((f"{step.number}",), *samples, *((Value(np.array(loss)),) for loss in losses if loss is not None))


def _gap(descent: Descent) -> int | None:
    """Before which row the steps are missing that weren't kept, where the first and the last ones are."""
    numbers = [state.k for state in descent.states]
    return next((i for i in range(1, len(numbers)) if numbers[i] != numbers[i - 1] + 1), None)


def _shortened(descent: Descent, rows: list[tuple[Text, ...]], gap: int | None = None) -> tuple[tuple[Text, ...], ...]:
    """With `…` in place of the middle of many rows; all of them where every so many steps were asked for."""
    if descent.keep.every > 1 or (gap is None and len(rows) <= MAX_ROWS + 1):
        return tuple(rows)
    half = MAX_ROWS // 2
    return (*rows[:half], _dots(rows), *rows[-half:]) if gap is None else (*rows[:gap], _dots(rows), *rows[gap:])


def _dots(rows: list[tuple[Text, ...]]) -> tuple[Text, ...]:
    return (("…",), *[("",)] * (len(rows[0]) - 1))


def _watched(descent: Descent) -> Table:
    """What was watched, after so many steps."""
    curve = descent.curve
    columns = zip(*curve.columns.values(), strict=True)
    rows: list[tuple[Text, ...]] = [
        ((f"{made}",), *((Value(np.array(number)),) for number in numbers))
        for made, numbers in zip(curve.steps, columns, strict=True)
    ]
    return Table(("after step", *curve.columns), _shortened(descent, rows))


def plots(descent: Descent) -> Iterator[Plot]:
    """The curve of each quantity that was watched; entries of one together, as long as they are few."""
    curve = descent.curve
    for name, columns in groupby(curve.columns, key=lambda column: split_index(column)[0]):
        together = [*columns]
        for start in range(0, len(together), MOST_TOGETHER):
            shown = together[start : start + MOST_TOGETHER]
            lines = tuple(_line(curve, column) for column in shown)
            yield Plot("step", name, lines, _told(lines), may_be_log=name == descent.problem.objective)


def _line(curve: Curve, column: str) -> Line:
    numbers = curve.columns[column]
    places = thinned(numbers)
    return Line(tuple(float(curve.steps[place]) for place in places), tuple(numbers[place] for place in places), column)


def _told(lines: Iterable[Line]) -> Text:
    """Where each line begins, and where it ends."""
    told: list[Any] = []
    for line in lines:
        start, end = (Value(np.array(number)) for number in (line.up[0], line.up[-1]))
        told += ["; " if told else "", Math(Name(line.name)), " goes from ", start, " to ", end]
        told += [f" in {line.across[-1] - line.across[0]:,.0f} steps"]
    return (*(part for part in told if part != ""), ".")


def curve_data(descent: Descent, curve: bool | None = None) -> dict[str, Any]:
    """What was written down, by name; `step` has after how many steps. Empty where nothing was."""
    if not is_drawn(descent, curve):
        return {}
    columns = {name: [finite(number) for number in numbers] for name, numbers in descent.curve.columns.items()}
    return {"curve": {"step": list(descent.curve.steps), **columns}}


def overflow(descent: Descent) -> list[str]:
    """The warning that a step was the last because of a value that is no finite number; none where all is well."""
    name = descent.overflowed
    return [] if name is None else [f"step {descent.end.k - 1} is the last: there {name} overflows float64"]


def ending_data(descent: Descent) -> dict[str, Any]:
    """How many steps were made, and whether the condition holds; empty where there is none."""
    if descent.until is None:
        return {}
    return {"until": descent.until.text, "reached": descent.ended == "reached", "made": descent.made}
