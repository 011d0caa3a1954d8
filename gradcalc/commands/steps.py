"""`step`, and `solve` with several steps: how far they go, what is kept of them, and what is made of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gradcalc.commands.progress import shown_progress
from gradcalc.commands.request import Request, in_numbers, loaded, placed
from gradcalc.errors import UsageError
from gradcalc.report.formats import FORMATS, Report

if TYPE_CHECKING:
    from gradcalc.program.course import Keep
    from gradcalc.program.descent import Descent
    from gradcalc.program.problem import Problem
    from gradcalc.program.surface import Surface
    from gradcalc.report.document import Document

SHOWN = 10
"""Of many steps so many of the first and of the last are kept for a report."""


@dataclass(frozen=True)
class Way:
    """How far the steps go, and what is wanted of them; None and nothing for what the problem says."""

    steps: int | None = None
    epochs: int | None = None
    until: str | None = None
    every: int | None = None
    watch: Sequence[str] = ()
    curve: bool = False
    contour: tuple[str, str] | None = None
    save: Path | None = None
    form: str = "table"
    """The format in which it is wanted."""

    @property
    def each(self) -> bool:
        """Whether every step is wanted, as in data for programs."""
        return self.form == "json"

    @property
    def goes_on(self) -> bool:
        """Whether more is asked for than one step."""
        return any(each is not None for each in (self.steps, self.epochs, self.until, self.save))

    @property
    def drawn(self) -> bool:
        """Whether the curve is wanted."""
        return self.curve or bool(self.watch)

    @property
    def watched(self) -> Sequence[str] | None:
        """What is written down on the way."""
        named = [*self.watch, *(self.contour or ())]
        return named if self.curve or named else None

    @property
    def keep(self) -> Keep:
        """Which steps are kept. Raises UsageError."""
        from gradcalc.program.course import EACH, Keep

        if self.every is None:
            return EACH if self.each else Keep(first=SHOWN, last=SHOWN)
        if self.every < 1:
            raise UsageError(f"--every {self.every}: it must be a whole number from 1")
        return Keep(first=1, last=1, every=self.every)


def step_report(request: Request, way: Way | None = None, *, steps: int | None = None) -> Report:
    """The updates of steps. Raises UsageError, InputError."""
    way = way or Way(steps=steps, form="json")
    problem = in_numbers(loaded(request))
    if way.contour is not None:
        refuse_contour(problem, way.contour)
    descent = gone(request, problem, way)

    def document() -> Document:
        from gradcalc.report.story.steps import step_document

        return step_document(descent, curve=way.drawn, surface=seen(descent, way), remark=request.remark)

    def data() -> object:
        from gradcalc.report.story.steps import descent_data

        return descent_data(descent, curve=way.drawn)

    return Report(document, data, request.remark, curve=lambda: descent.curve)


def refuse_contour(problem: Problem, names: tuple[str, str]) -> None:
    """Raises UsageError, before any step is taken, for names over which no contour lines can be drawn."""
    from gradcalc.program.surface import entries

    entries(problem, names)


def seen(descent: Descent, way: Way) -> Surface | None:
    """The surface that is asked for."""
    if way.contour is None:
        return None
    from gradcalc.program.surface import surface

    return surface(descent, way.contour)


def whole_steps_report(request: Request, problem: Problem, way: Way, *, expand: bool = False) -> Report:
    """Steps whole. Raises UsageError, InputError."""
    form = FORMATS.get(way.form)
    if way.goes_on and form is not None and form.of == "solution":
        raise UsageError(f"--format {way.form} writes a program of one step: leave the number of steps out")
    descent = gone(request, problem, way)

    def document() -> Document:
        from gradcalc.report.story.whole_steps import whole_steps_document

        return whole_steps_document(descent, expand=expand, curve=way.drawn, remark=request.remark)

    def data() -> object:
        from gradcalc.report.story.whole_steps import whole_steps_data

        return whole_steps_data(descent, curve=way.drawn)

    return Report(document, data, request.remark, solution=lambda: descent.first)


def gone(request: Request, problem: Problem, way: Way) -> Descent:
    """The steps, and the problem after them saved where that is asked for. Raises UsageError, InputError."""
    if way.save is None:
        return _taken(problem, way)
    from gradcalc.commands.save import refuse_save, save

    refuse_save(request, way.save)
    descent = _taken(problem, way)
    save(request, descent, way.save)
    return descent


def _taken(problem: Problem, way: Way) -> Descent:
    from gradcalc.program.descent import take_steps

    def work() -> Descent:
        return take_steps(
            problem,
            way.steps,
            epochs=way.epochs,
            until=way.until,
            watch=way.watched,
            keep=way.keep,
            tell=tell,
        )

    with shown_progress() as tell:
        return placed(problem, work)
