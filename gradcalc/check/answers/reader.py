"""Turn the values of a sheet into answers, section by section, name by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcalc.check.answers.circles import circular
from gradcalc.check.answers.formulas import Admission
from gradcalc.check.answers.layouts import numbers
from gradcalc.check.answers.model import Answer, Numbers
from gradcalc.check.answers.names import Names
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.partial import Parts, has_gaps, region, with_gaps, without_gaps
from gradcalc.check.answers.table import TABLE, by_rows
from gradcalc.errors import Fault, Span
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.parse import MAX_LENGTH
from gradcalc.formula.table import Shape
from gradcalc.problem.constants import Constants
from gradcalc.problem.document import UNREADABLE
from gradcalc.program.course import MAX_STEPS
from gradcalc.program.designation import split
from gradcalc.program.further import LET, LOSSES, MADE
from gradcalc.program.problem import Path
from gradcalc.program.quantities import EVERY_SHEET, GIVEN, SECTIONS, STEPS, WHOLE, Quantity
from gradcalc.program.solve import Solution
from gradcalc.words import did_you_mean, shorten, visible

ABOUT = ("name", "id", "comment")
"""What a sheet may say of its student, unless it is the name of a quantity."""


class SheetReader:
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
        self.about: dict[str, str] = {}
        """What the sheet says of its student."""
        self.first: dict[str, Path] = {}
        self.readers: dict[int, SheetReader] = {}
        """Of each later step its own."""
        self.parts: dict[str, tuple[Answer, Parts]] = {}
        """Of quantities that are answered entry by entry, what there is so far, by label."""

    def sheet(self, data: Mapping[str, Any], at: Path) -> tuple[Answer, ...]:
        """Every answer; a formula that rests on itself is unreadable."""
        return self.finished((*self.abbreviated(data, at), *self.answers(data, at)))

    def finished(self, answers: Iterable[Answer]) -> tuple[Answer, ...]:
        """The answers, those put together of parts too, where formulas rest on something."""
        parts = (replace(whole, numbers=each.numbers) for whole, each in self.parts.values() if each.given.any())
        every = (*answers, *parts)
        mine = (answer for answer in every if answer.step == 1)
        answered = {a.name for a in mine if a.numbers is not None or a.formula is not None}
        circles = circular(self.admission.uses)
        return tuple(self.grounded(answer, answered, circles) for answer in every)

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
        """The answers of each section, and those that stand outside of all."""
        for key, value in data.items():
            path, section = (*at, key), str(key).strip()
            if section == STEPS:
                yield from self.steps(value, path)
            elif section == TABLE:
                yield from self.table(value, path)
            elif section == LOSSES:
                yield from self.losses(value, path)
            elif section in ("loss", MADE) and not isinstance(value, dict):
                yield from self.named(section, section, value, path)
            elif section == "state" and isinstance(value, dict):
                yield from self.state(value, path)
            elif section not in SECTIONS or section == "loss":
                yield from self.at_top(section, value, path)
            elif section == LET and isinstance(value, dict):
                mine = {name: inner for name, inner in value.items() if self.is_asked(name)}
                for name, inner in mine.items():
                    yield from self.named(LET, str(name), inner, (*path, name))
            elif isinstance(value, dict):
                for name, inner in value.items():
                    yield from self.named(section, str(name), inner, (*path, name))
            elif value is not None:
                reason = self.refusal(path) or f"write a mapping from names to answers, such as {section}: {{W1: …}}"
                yield self.refused(section, path, reason)

    def at_top(self, written: str, value: Any, path: Path) -> Iterator[Answer]:
        """The answer to a name outside all sections (`dW1`, `dW1[1,2]`), if it stands for itself."""
        find = self.names.at_top if not isinstance(value, dict) else lambda name: None
        part = self.part(written, find)
        quantity = find(written) if part is None else None
        if part is not None:
            yield from self.in_part(*part, value, path)
        elif quantity is not None:
            yield self.once(quantity, value, path)
        elif written in ABOUT and not isinstance(value, dict | list) and not self.strict:
            self.about[written] = visible(str(value if value is not None else "").strip()[:MAX_LENGTH])
        else:
            yield self.refused(shorten(written), path, self.unknown_section(written))

    def state(self, value: Mapping[str, Any], path: Path) -> Iterator[Answer]:
        """What the optimizer remembers: `{v: {W1: …}}` by line and parameter, or `{v_W1: …}`."""
        for line, inner in value.items():
            mine = inner.items() if isinstance(inner, dict) else ()
            for name, answer in mine:
                yield from self.named("state", f"{line}.{name}", answer, (*path, line, name))
            if not isinstance(inner, dict):
                yield from self.named("state", str(line), inner, (*path, line))

    def losses(self, value: Any, path: Path) -> Iterator[Answer]:
        """The losses: a list of all, or one by one, by the number of the sample or output, or by its vertex."""
        vertices = [name for name in self.names.catalogue.names(LOSSES) if name != LOSSES]
        if isinstance(value, dict):
            for key, inner in value.items():
                name = f"{LOSSES}[{key}]" if not vertices and str(key).isdecimal() else str(key)
                yield from self.named(LOSSES, name, inner, (*path, key))
        elif vertices and isinstance(value, list) and len(value) == len(vertices):
            for i, (name, inner) in enumerate(zip(vertices, value, strict=True)):
                yield from self.named(LOSSES, name, inner, (*path, i))
        else:
            yield from self.named(LOSSES, LOSSES, value, path)

    # Abbreviations of the student's own.

    def is_asked(self, name: object) -> bool:
        """Whether a name under `let` is one of the problem's, and so asks for an answer."""
        return self.names.catalogue.get(LET, str(name)) is not None

    def abbreviated(self, data: Mapping[str, Any], at: Path) -> Iterator[Answer]:
        """Take in the student's abbreviations; an answer for each that can't be used."""
        own = data.get(LET)
        for name, value in own.items() if isinstance(own, dict) else ():
            if not self.is_asked(name):
                reason = self.admission.abbreviate(str(name).strip(), value)
                if reason:
                    yield self.refused(f"{LET}.{shorten(str(name))}", (*at, LET, name), reason)

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
        """The answers of one step."""
        reader = self.reader_of(number)
        if STEPS in data:
            yield self.refused(f"{STEPS}.{number}.{STEPS}", (*path, STEPS), "steps don't stand within a step")
        mine = {key: value for key, value in data.items() if str(key).strip() != STEPS}
        if number == 1:
            yield from self.answers(mine, path)
        else:
            yield from (of_step(number, answer) for answer in reader.sheet(mine, path))

    def another(self, solution: Solution | None = None) -> SheetReader:
        """A reader of the same sheet, for another step, or by another solution."""
        reader = SheetReader(solution or self.solution, self.written, self.places, self.faults, self.strict)
        reader.names.wanted, reader.names.abbreviations = self.names.wanted, self.names.abbreviations
        return reader

    def table(self, value: Any, path: Path) -> Iterator[Answer]:
        """The answers of a table by columns: each row is a step."""
        try:
            rows = by_rows(value)
        except NotReadable as error:
            yield self.refused(TABLE, path, error.reason)
            return
        for written, cells in rows:
            number = self.names.catalogue.step(written)
            if isinstance(number, str):
                yield self.refused(f"{TABLE}.{shorten(written)}", path, number)
                continue
            reader = self.reader_of(number)
            found = [answer for label, cell, place in cells for answer in reader.labelled(label, cell, (*path, *place))]
            yield from found if number == 1 else (of_step(number, answer) for answer in reader.finished(found))

    def reader_of(self, number: int) -> SheetReader:
        """The reader of a step: this one for the first."""
        return self if number == 1 else self.readers.setdefault(number, self.another())

    def labelled(self, label: str, value: Any, path: Path) -> Iterator[Answer]:
        """The answer to a quantity by its label (`updated.u`, `loss`), or by a name that says what it is."""
        section, dot, name = label.partition(".")
        if section in SECTIONS and (dot or section in WHOLE):
            return self.named(section, name or section, value, path)
        return self.at_top(label, value, path)

    def unknown_section(self, section: str) -> str:
        """What to say of a key that is no section."""
        if section == "loss":
            return "the loss is one number: write loss: 0.5"
        owners = [s for s in EVERY_SHEET if self.names.catalogue.get(s, section)]
        if owners:
            return f"write this under {' or '.join(owners)}: {{{shorten(section)}: …}}"
        hint = did_you_mean(section, SECTIONS) if len(section) <= 100 else ""
        known = ", ".join([*EVERY_SHEET, *(each for each in SECTIONS if each not in EVERY_SHEET)])
        return f"there is no section '{shorten(section)}'{hint or f'; the sections are {known}'}"

    def named(self, section: str, name: str, value: Any, path: Path) -> Iterator[Answer]:
        """The answer under a name in a section; that of an entry or a row is put with the others of its quantity."""
        part = self.part(name, lambda whole: self.get(section, whole))
        quantity = (self.get(section, name) or self.names.find(section, name)) if part is None else ""
        if part is not None:
            yield from self.in_part(*part, value, path)
        elif isinstance(quantity, str):
            yield self.refused(f"{section}.{shorten(name)}", path, quantity)
        else:
            yield self.once(quantity, value, path)

    def get(self, section: str, name: str) -> Quantity | None:
        """The quantity of a name in a section; a file may expect what it gives too."""
        found = self.names.get(section, name)
        given = self.names.catalogue.get(GIVEN, name) if self.strict and section == "forward" else None
        return found or (given and replace(given, section="forward"))

    def part(self, written: str, find: Callable[[str], Quantity | None]) -> tuple[Quantity, str] | None:
        """The quantity and the index of `W1[1,2]`; None of a name without an index, or with a number in brackets."""
        if not written.endswith("]"):
            return None
        name, index = split(written) or (written, None)
        whole = None if index is None else find(name)
        # `h[2]` is the second layer's, where there is no vector h.
        # A vector of losses may not be there yet.
        return None if whole is None or index is None or self.shapes.get(whole.equation) == () else (whole, index)

    def in_part(self, quantity: Quantity, index: str, value: Any, path: Path) -> Iterator[Answer]:
        """Put the answer to a part of a quantity with the others; an answer of its own where it can't be read."""
        label = f"{quantity.label}[{shorten(index)}]"
        if quantity.label in self.first and quantity.label not in self.parts:
            yield self.refused(label, path, f"{quantity.label} is answered already, as a whole")
            return
        self.first.setdefault(quantity.label, path)
        shape = self.shapes.get(quantity.equation)
        if shape is None:
            yield self.refused(label, path, self.beside(quantity))
            return
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
        if quantity.equation not in self.shapes:
            return self.refused(quantity.label, path, self.beside(quantity))
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
        """An answer as Numbers, or as a formula. Raises NotReadable."""
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
        """An answer that can't be read, with the reason."""
        return Answer(label, "", unreadable=reason, span=self.span(path))

    def beside(self, quantity: Quantity) -> str:
        """Note that something is asked for beside the solution; what to say where it can't be had."""
        self.names.wanted.add(quantity.equation)
        if quantity.section == MADE:
            return "the condition doesn't come true"
        if quantity.section == LOSSES:
            return "the loss of this problem is no sum or mean with one term for each sample or output"
        return f"{quantity.label} can't be had in this problem"

    # Places, and what was refused when the file was read.

    def span(self, path: Path) -> Span:
        """The place of a value; none, where it isn't known."""
        return self.places.get(path) or Span("")

    def refusal(self, path: Path) -> str:
        """Why reading the file refused the value there."""
        span = self.span(path)
        return self.faults.pop((span.line, span.column), "")


def _by_place(faults: Sequence[Fault]) -> dict[tuple[int, int], str]:
    return {(fault.span.line, fault.span.column): fault.message for fault in faults}


def of_step(number: int, answer: Answer) -> Answer:
    """An answer to a quantity of the first step as one to that of a later step."""
    return replace(answer, quantity=f"{STEPS}.{number}.{answer.quantity}", step=number)


def _is_empty(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_empty, value))
    return value is None or (isinstance(value, str) and not value.strip())
