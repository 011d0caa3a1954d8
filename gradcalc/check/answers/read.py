"""Read an answer sheet: YAML or JSON, numbers or formulas, any subset of a solution's quantities."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcalc.check.answers.circles import circular
from gradcalc.check.answers.formulas import Admission
from gradcalc.check.answers.layouts import numbers
from gradcalc.check.answers.model import Answer, Numbers, Sheet
from gradcalc.check.answers.names import Names
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.partial import Parts, has_gaps, region, with_gaps, without_gaps
from gradcalc.errors import Fault, InputError, Span
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.parse import MAX_LENGTH
from gradcalc.formula.table import Shape
from gradcalc.problem.constants import Constants
from gradcalc.problem.document import UNREADABLE, Document, Places, Spellings
from gradcalc.problem.source import read
from gradcalc.program.course import MAX_STEPS
from gradcalc.program.designation import split
from gradcalc.program.problem import Path
from gradcalc.program.quantities import SECTIONS, STEPS, Quantity
from gradcalc.program.solve import Solution
from gradcalc.words import did_you_mean, shorten, visible


def read_sheet(source: str, solution: Solution) -> Sheet:
    """The answers in a file, or on standard input for `-`.

    Raises UsageError where there is no such file, InputError where it can't be read as a whole (not YAML, too
    large, no mapping); what is wrong with one answer makes that answer unreadable.
    """
    return sheet_from_document(read(source, lenient=True), solution)


def sheet_from_document(document: Document, solution: Solution) -> Sheet:
    """The answers in a document that was read. Raises InputError where it is no mapping."""
    if not isinstance(document.data, dict):
        must = "an answer sheet is a mapping with sections forward, loss, gradients, updated and after"
        raise InputError([*document.faults, Fault(document.span(), f"this is no answer sheet: {must}")])
    reader = _SheetReader(solution, Spellings(document), Places(document), document.faults)
    answers = reader.sheet(document.data, ())
    return Sheet((*answers, *_stray(document)), document.path)


def sheet_from_data(
    data: Mapping[str, Any],
    solution: Solution,
    written: Mapping[Path, str] | None = None,
    places: Mapping[Path, Span] | None = None,
    at: Path = (),
    path: str = "",
    strict: bool = False,
) -> Sheet:
    """The answers in plain data: a problem's `expected`, or what a program made.

    `written` and `places` have the spelling and the place of each value by path, `at` is the path to the sheet. With
    `strict`, as in problem files, formulas are read as those of equations are.
    """
    return Sheet(_SheetReader(solution, written or {}, places or {}, strict=strict).sheet(data, at), path)


def read_answer(
    label: str,
    value: Any,
    solution: Solution,
    written: Mapping[Path, str] | None = None,
    places: Mapping[Path, Span] | None = None,
    at: Path = (),
    strict: bool = False,
) -> Answer:
    """One answer, to the quantity of that label (`gradients.W1`); `strict` as in `sheet_from_data`."""
    reader = _SheetReader(solution, written or {}, places or {}, strict=strict)
    quantity = reader.names.catalogue.lookup(label)
    if isinstance(quantity, str):
        return Answer(label, "", unreadable=quantity, span=reader.span(at))
    if quantity.step == 1:
        return reader.answer(quantity, value, at)
    first = reader.names.catalogue.find(quantity.section, quantity.name)
    assert not isinstance(first, str)  # the label has been found already
    return _of_step(quantity.step, reader.answer(first, value, at))


class _SheetReader:
    """Turns the values of a sheet into answers; nothing that is wrong with one stops the others."""

    def __init__(
        self,
        solution: Solution,
        written: Mapping[Path, str],
        places: Mapping[Path, Span],
        faults: Sequence[Fault] | dict[tuple[int, int], str] = (),
        strict: bool = False,
    ) -> None:
        self.solution, self.strict = solution, strict
        self.axis, self.shapes = solution.problem.axis, solution.shapes
        self.names = Names(solution)
        self.admission = Admission(solution, self.names, strict)
        self.constants = Constants() if strict else None
        self.written, self.places = written, places
        self.faults = faults if isinstance(faults, dict) else _by_place(faults)
        self.first: dict[str, Path] = {}
        self.readers: dict[int, _SheetReader] = {}
        """Of each later step its own."""
        self.parts: dict[str, tuple[Answer, Parts]] = {}
        """Of quantities that are answered entry by entry, what there is so far, by label."""

    def sheet(self, data: Mapping[str, Any], at: Path) -> tuple[Answer, ...]:
        """Every answer; a formula that rests on itself is unreadable."""
        answers = tuple(self.answers(data, at))
        mine = (answer for answer in answers if answer.step == 1)
        answered = {a.name for a in mine if a.numbers is not None or a.formula is not None}
        circles = circular(self.admission.uses)
        return tuple(self.grounded(answer, answered, circles) for answer in answers)

    def grounded(self, answer: Answer, answered: Collection[str], circles: Mapping[str, Collection[str]]) -> Answer:
        """The answer, if its formula rests on what is known without it: what comes before it, or is on the sheet."""
        if answer.formula is None or answer.step != 1:  # another reader has looked at it
            return answer
        reason = ""
        used = self.admission.uses[answer.name]
        ahead = next((name for name in used if self.admission.is_later(name, answer.name) and name not in answered), "")
        if answer.name in circles:
            through = next(name for name in used if name in circles[answer.name])
            reason = f"a circle: on this sheet {shorten(through)} rests on {answer.name} in its turn"
        elif ahead:
            reason = f"{shorten(ahead)} comes after {answer.quantity}, and this sheet doesn't say what it is"
        return replace(answer, formula=None, unreadable=reason) if reason else answer

    def answers(self, data: Mapping[str, Any], at: Path) -> Iterator[Answer]:
        for key, value in data.items():
            path, section = (*at, key), str(key).strip()
            if section == STEPS:
                yield from self.steps(value, path)
            elif section == "loss" and not isinstance(value, dict):
                yield from self.named("loss", "loss", value, path)
            elif section not in SECTIONS or section == "loss":
                yield from self.at_top(section, value, path)
            elif isinstance(value, dict):
                for name, inner in value.items():
                    yield from self.named(section, str(name), inner, (*path, name))
            elif value is not None:
                reason = self.refusal(path) or f"write a mapping from names to answers, such as {section}: {{W1: …}}"
                yield self.refused(section, path, reason)
        yield from (replace(whole, numbers=parts.numbers) for whole, parts in self.parts.values() if parts.given.any())

    def at_top(self, written: str, value: Any, path: Path) -> Iterator[Answer]:
        """The answer to a name outside all sections (`dW1`, `dW1[1,2]`), if it stands for itself."""
        find = self.names.at_top if not isinstance(value, dict) else lambda name: None
        part = self.part(written, find)
        quantity = find(written) if part is None else None
        if part is not None:
            yield from self.in_part(*part, value, path)
        elif quantity is not None:
            yield self.once(quantity, value, path)
        else:
            yield self.refused(shorten(written), path, self.unknown_section(written))

    def steps(self, value: Any, path: Path) -> Iterator[Answer]:
        """The answers of each step; what stands outside of all is of the first."""
        if not isinstance(value, dict):
            if value is not None:
                yield self.refused(
                    STEPS, path, "write a mapping from steps to answers, such as steps: {2: {loss: 0.5}}"
                )
            return
        if not self.solution.has_update:
            yield self.refused(STEPS, path, "this problem makes no step: it has no update")
            return
        for key, inner in value.items():
            number, here = self.names.catalogue.step(str(key).strip()), (*path, key)
            if isinstance(number, str) or number > MAX_STEPS:
                reason = number if isinstance(number, str) else f"there are at most {MAX_STEPS:,} steps"
                yield self.refused(f"{STEPS}.{shorten(str(key))}", here, reason)
            elif isinstance(inner, dict):
                yield from self.of_step(number, inner, here)
            elif inner is not None:
                yield self.refused(
                    f"{STEPS}.{key}", here, "write a mapping with sections, such as {forward: {h1: 0.5}}"
                )

    def of_step(self, number: int, data: Mapping[str, Any], path: Path) -> Iterator[Answer]:
        reader = self if number == 1 else self.readers.setdefault(number, self.another())
        if STEPS in data:
            yield self.refused(f"{STEPS}.{number}.{STEPS}", (*path, STEPS), "steps don't stand within a step")
        mine = {key: value for key, value in data.items() if str(key).strip() != STEPS}
        if number == 1:
            yield from self.answers(mine, path)
        else:
            yield from (_of_step(number, answer) for answer in reader.sheet(mine, path))

    def another(self) -> _SheetReader:
        """A reader of the same sheet, for another step."""
        return _SheetReader(self.solution, self.written, self.places, self.faults, self.strict)

    def unknown_section(self, section: str) -> str:
        if section == "loss":
            return "the loss is one number: write loss: 0.5"
        owners = [s for s in SECTIONS if self.names.catalogue.get(s, section)]
        if owners:
            return f"write this under {' or '.join(owners)}: {{{shorten(section)}: …}}"
        hint = did_you_mean(section, SECTIONS) if len(section) <= 100 else ""
        return f"there is no section '{shorten(section)}'{hint or '; the sections are ' + ', '.join(SECTIONS)}"

    def named(self, section: str, name: str, value: Any, path: Path) -> Iterator[Answer]:
        """The answer under a name in a section; that of an entry or a row is put with the others of its quantity."""
        part = self.part(name, lambda whole: self.names.get(section, whole))
        quantity = self.names.find(section, name) if part is None else ""
        if part is not None:
            yield from self.in_part(*part, value, path)
        elif isinstance(quantity, str):
            yield self.refused(f"{section}.{shorten(name)}", path, quantity)
        else:
            yield self.once(quantity, value, path)

    def part(self, written: str, find: Callable[[str], Quantity | None]) -> tuple[Quantity, str] | None:
        """The quantity and the index of `W1[1,2]`; None of a name without an index, or with a number in brackets."""
        if not written.endswith("]"):
            return None
        name, index = split(written) or (written, None)
        whole = None if index is None else find(name)
        # `h[2]` is the second layer's, where there is no vector h.
        return None if whole is None or index is None or not self.shapes[whole.equation] else (whole, index)

    def in_part(self, quantity: Quantity, index: str, value: Any, path: Path) -> Iterator[Answer]:
        """Put the answer to a part of a quantity with the others; an answer of its own where it can't be read."""
        label = f"{quantity.label}[{shorten(index)}]"
        if quantity.label in self.first and quantity.label not in self.parts:
            yield self.refused(label, path, f"{quantity.label} is answered already, as a whole")
            return
        self.first.setdefault(quantity.label, path)
        shape = self.shapes[quantity.equation]
        whole = Answer(quantity.label, quantity.equation, span=self.span(path))
        _, parts = self.parts.setdefault(quantity.label, (whole, Parts(shape)))
        try:
            place = region(index, quantity.name, shape)
            found = self.numbers(value, path, parts.shape(place))
            parts.put(place, self.worked_out(value, quantity) if found is None else found, label)
        except NotReadable as error:
            yield self.refused(label, path, error.reason)

    def worked_out(self, value: Any, quantity: Quantity) -> Numbers:
        """A formula for a part of a quantity, as the numbers that it comes to here."""
        found = attempt(self.admission.formula(str(value), quantity), self.solution.values, self.axis)
        if found is None:
            raise NotReadable("this formula can't be worked out: its shapes don't fit")
        return Numbers(found, np.zeros(found.shape), np.zeros(found.shape, dtype=np.bool_))

    def once(self, quantity: Quantity, value: Any, path: Path) -> Answer:
        """The answer to a quantity, if it is the first one."""
        if quantity.label in self.first:
            first = self.first[quantity.label]
            line = f" in line {self.span(first).line}" if first in self.places else ""
            reason = f"{quantity.label} is answered already{line}, as {'.'.join(map(str, first[-2:]))}"
            return self.refused(quantity.label, path, reason)
        self.first[quantity.label] = path
        return self.answer(quantity, value, path)

    def answer(self, quantity: Quantity, value: Any, path: Path) -> Answer:
        """The answer to a quantity: empty, numbers, a formula, or unreadable."""
        span = self.span(path)
        empty = Answer(quantity.label, quantity.equation, text=self.text(value, path), span=span)
        if _is_empty(value):
            return empty
        try:
            found = self.read(value, quantity, path)
        except NotReadable as error:
            return replace(empty, unreadable=error.reason)
        if isinstance(found, Numbers):
            return replace(empty, numbers=found, remark=found.remark)
        return replace(empty, formula=found, remark=self.admission.interpreter.remarks.get(quantity.equation, ""))

    def read(self, value: Any, quantity: Quantity, path: Path) -> Any:
        if value is UNREADABLE:
            raise NotReadable(self.refusal(path) or "this can't be read")
        found = self.numbers(value, path, self.shapes.get(quantity.equation))
        return self.admission.formula(str(value), quantity) if found is None else found

    def numbers(self, value: Any, path: Path, shape: Shape | None) -> Numbers | None:
        """The numbers of an answer, of which some may be left out; None where it is text that writes none."""
        if not has_gaps(value):
            return numbers(value, self.written, path, self.axis, self.refusal, shape, self.constants)
        zeros, written, given = without_gaps(value, self.written, path)
        found = numbers(zeros, written, path, self.axis, self.refusal, shape, self.constants)
        return None if found is None else with_gaps(found, given)

    def text(self, value: Any, path: Path) -> str:
        """The answer as it was typed, where it is no list."""
        if isinstance(value, str):
            return visible(value.strip()[:MAX_LENGTH])
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (self.written.get(path) or repr(value))[:MAX_LENGTH]
        return ""

    def refused(self, label: str, path: Path, reason: str) -> Answer:
        return Answer(label, "", unreadable=reason, span=self.span(path))

    # Places, and what was refused when the file was read.

    def span(self, path: Path) -> Span:
        return self.places.get(path) or Span("")

    def refusal(self, path: Path) -> str:
        """Why reading the file refused the value there."""
        span = self.span(path)
        return self.faults.pop((span.line, span.column), "")


def _by_place(faults: Sequence[Fault]) -> dict[tuple[int, int], str]:
    return {(fault.span.line, fault.span.column): fault.message for fault in faults}


def _of_step(number: int, answer: Answer) -> Answer:
    return replace(answer, quantity=f"{STEPS}.{number}.{answer.quantity}", step=number)


def _stray(document: Document) -> Iterator[Answer]:
    """An answer for each key that was dropped with its value: a repeated one, or one that is no name."""
    faults = [fault for fault in document.faults if fault.of_key]
    lines = re.split(r"\r\n|\r|\n", document.text) if faults else []
    starts = [(document.key_span(str(section)), str(section)) for section in document.data] if faults else []
    places = [(start.line, start.column) for start, _ in starts]
    for fault in faults:
        span = fault.span
        key = shorten(lines[span.line - 1][span.column - 1 :].split(":")[0])
        before = bisect_left(places, (span.line, span.column))
        label = f"{starts[before - 1][1]}.{key}" if before and span.column > 1 else key
        yield Answer(label, "", unreadable=fault.message, span=span)


def _is_empty(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_empty, value))
    return value is None or (isinstance(value, str) and not value.strip())
