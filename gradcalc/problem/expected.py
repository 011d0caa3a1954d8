"""Check the names and the numbers of a problem's own answer sheet, section by section."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

from gradcalc.formula.spelling import canonical
from gradcalc.problem.document import is_read
from gradcalc.problem.draft import Draft
from gradcalc.problem.forms import Sheet, StepSheet, WorkedKeys, given, is_updated
from gradcalc.problem.gaps import filled
from gradcalc.program.designation import split
from gradcalc.program.further import CHANGES, DELTAS, HESSIANS, JACOBIANS, LET, LOSSES, MADE, SHAPES
from gradcalc.program.problem import Path
from gradcalc.program.quantities import Quantities
from gradcalc.program.sections import SECTIONS, STEPS, WHOLE
from gradcalc.words import shorten

_NAMED: Final = ("forward", DELTAS, "gradients", HESSIANS, CHANGES, "updated", "after", LET, SHAPES, JACOBIANS)
_OF_THE_STEP: Final = ("updated", "after", CHANGES, "state")
STEP: Final = "step"


def expected(draft: Draft, model: WorkedKeys, quantities: Quantities, values: Collection[str]) -> dict[str, Any]:
    """The answer sheet as it is in the file, with its names known and its arrays in order.

    What is given may be expected too: `values` are the names of it.
    """
    if model.expected is None:
        return {}
    checker = _Checker(draft, model, quantities, values)
    checker.sheet(model.expected, ("expected",))
    checker.table(model.expected)
    sheet = given(model.expected)
    if STEPS in sheet:
        sheet[STEPS] = {number: given(step) for number, step in sheet[STEPS].items() if is_read(step)}
        for number, step in model.expected.steps.items():
            checker.step(number, step)
    return sheet


class _Checker:
    def __init__(self, draft: Draft, model: WorkedKeys, quantities: Quantities, values: Collection[str]) -> None:
        self.draft, self.model, self.quantities, self.values = draft, model, quantities, values
        self.is_updated = is_updated(model)

    def step(self, number: str, step: StepSheet) -> None:
        """The sheet of one step."""
        path: Path = ("expected", STEPS, number)
        found = self.quantities.step(number)
        if isinstance(found, str):
            self.draft.key_fault(path, f": {found}")
        elif not self.is_updated:
            self.draft.key_fault(path, ": there are no steps without 'lr'")
        elif is_read(step):
            self.sheet(step, path)

    def sheet(self, sheet: StepSheet, at: Path) -> None:
        """All answers of a sheet."""
        for section, raw, value, path in _answers(given(sheet), at):
            self.answer(path, section, raw, value)
        if is_read(sheet.state) and not isinstance(sheet.state, dict | None):
            self.draft.fault((*at, "state"), ": write a mapping from lines to parameters, such as {v: {W1: [[1, 2]]}}")

    def answer(self, path: Path, section: str, raw: str, value: Any) -> None:
        """One answer: its name is known, and its numbers are an array."""
        if section == MADE and self.model.until is None:
            self.draft.key_fault(path, ": there is nothing to count without 'until'")
        elif section in _OF_THE_STEP and not self.is_updated:
            self.draft.key_fault(path, f": there is nothing {section} without 'lr'")
        elif not self.asked(section, raw):
            known = sorted(self.quantities.names(section))
            self.draft.key_fault(path, f": unknown quantity{self.draft.near(canonical(raw), known)}")
        if not isinstance(value, str):
            self.draft.array(path, filled(value))

    def asked(self, section: str, raw: str) -> bool:
        """Whether a section has a quantity of that name, or of that before an index (`W1[1,2]`)."""
        name, index = split(raw) or (raw, None)
        written = (raw,) if index is None else (raw, name)
        if section == "forward" and any(canonical(each) in self.values for each in written):
            return True
        return any(self.quantities.get(section, each) is not None for each in written)

    def table(self, sheet: Sheet) -> None:
        """The columns of a table: known quantities, and equally many rows."""
        if is_read(sheet.table) and not isinstance(sheet.table, dict | None):
            said = ": write a mapping from columns to lists, such as {step: [1, 2], updated.u: [0.1, 0.2]}"
            self.draft.fault(("expected", "table"), said)
        columns = sheet.table if isinstance(sheet.table, dict) else {}
        lengths = {label: len(column) for label, column in columns.items() if isinstance(column, list)}
        for label, column in columns.items():
            path: Path = ("expected", "table", label)
            if not isinstance(column, list):
                self.draft.fault(path, ": a column is a list, with a row for each step")
            elif len(column) != next(iter(lengths.values())):
                first = next(iter(lengths))
                self.draft.fault(path, f"has {len(column)} rows, but {shorten(first)} has {lengths[first]}")
            elif label == STEP:
                self._steps(column, path)
            else:
                self._column(label, column, path)

    def _steps(self, column: list[Any], path: Path) -> None:
        for i, number in enumerate(column):
            found = self.quantities.step(str(number))
            if isinstance(found, str):
                self.draft.fault((*path, i), f": {found}")

    def _column(self, label: str, column: list[Any], path: Path) -> None:
        section, dot, name = label.partition(".")
        if section not in SECTIONS or not (dot or section in WHOLE):
            self.draft.key_fault(path, ": write the section and the name, such as updated.W1, or loss")
            return
        if not self.asked(section, name or section):
            known = sorted(self.quantities.names(section))
            self.draft.key_fault(path, f": unknown quantity{self.draft.near(canonical(name), known)}")
        for i, value in enumerate(column):
            if value is not None and not isinstance(value, str):
                self.draft.array((*path, i), filled(value))


def _answers(sheet: dict[str, Any], at: Path) -> Iterator[tuple[str, str, Any, Path]]:
    """Section, name and value of each answer, and the path to it."""
    for section in _NAMED:
        for raw, value in sheet.get(section, {}).items():
            yield section, raw, value, (*at, section, raw)
    if "loss" in sheet:
        yield "loss", "loss", sheet["loss"], (*at, "loss")
    if MADE in sheet:
        yield MADE, MADE, sheet[MADE], (*at, MADE)
    losses = sheet.get(LOSSES)
    if isinstance(losses, dict):
        for raw, value in losses.items():
            yield LOSSES, LOSSES if raw.isdecimal() else raw, value, (*at, LOSSES, raw)
    state = sheet.get("state")
    for line, inner in state.items() if isinstance(state, dict) else ():
        mine = inner.items() if isinstance(inner, dict) else [(None, inner)]
        for raw, value in mine:
            yield "state", f"{line}.{raw}" if raw else line, value, (*at, "state", line, *([raw] if raw else []))
