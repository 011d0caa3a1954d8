"""Read the answer to one quantity, or to a part of it: numbers, a formula, or why it is neither."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcalc.check.answers.chains import Chain, chain, sides
from gradcalc.check.answers.computed import Arrays, is_array
from gradcalc.check.answers.formulas import Admission
from gradcalc.check.answers.layouts import numbers
from gradcalc.check.answers.lettered import Index, Read, index_with_letters, members_of
from gradcalc.check.answers.model import Answer, Line, Numbers
from gradcalc.check.answers.names import Names
from gradcalc.check.answers.numerals import NotReadable, RestsOnLater
from gradcalc.check.answers.partial import Parts, has_gaps, region, with_gaps, without_gaps
from gradcalc.check.answers.plain import plain
from gradcalc.check.answers.shapes import as_row
from gradcalc.check.answers.typesetting import is_tex
from gradcalc.errors import Fault, Span
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.expr import Expr
from gradcalc.formula.parse import MAX_LENGTH
from gradcalc.formula.spelling import canonical
from gradcalc.formula.table import Shape
from gradcalc.problem.constants import Constants
from gradcalc.problem.document import UNREADABLE
from gradcalc.program.blocks import blocks_of
from gradcalc.program.designation import split
from gradcalc.program.further import JACOBIANS, LOSSES, MADE, SHAPES
from gradcalc.program.problem import Path
from gradcalc.program.sections import GIVEN, Quantity
from gradcalc.program.solution import Solution
from gradcalc.words import shorten, visible

_LIST = re.compile(r"\s*-?\s*(?:\[|\\left\s*[\[(]\s*\\begin|\\begin\{[bpBvV]?(?:small)?matrix\}|\\begin\{array\})")
"""How numbers in a row or a matrix begin."""
NOTHING: Mapping[str, int] = MappingProxyType({})
SAID_OF = ("forward", "gradients", "loss")
"""The sections in which equations can be tried at random instances."""
_LETTER = re.compile(
    r"(?<![\\A-Za-z{])(?![eE][-+]?\d)[A-Za-z](?![A-Za-z]*\})|\\(?!begin|end|left|right|q?quad)[A-Za-z]"
)
"""What has no place in them."""


class Entries:
    """Reads what a sheet answers by name; keeps which quantities have their answer."""

    def __init__(
        self,
        solution: Solution,
        written: Mapping[Path, str],
        places: Mapping[Path, Span],
        faults: Sequence[Fault] | dict[tuple[int, int], str] = (),
        strict: bool = False,
    ) -> None:
        self.solution, self.strict = solution, strict
        self.axis, self.shapes, self.families = solution.problem.axis, solution.shapes, solution.problem.members
        self.names = Names(solution)
        self.admission = Admission(solution, self.names, strict)
        self.constants = Constants() if strict else None
        self.written, self.places = written, places
        self.faults = faults if isinstance(faults, dict) else _by_place(faults)
        self.all_tex = False
        """Whether lines are TeX, as those of a write-up, of which letters are read with the others of their chain."""
        self.first: dict[str, Path] = {}
        self.parts: dict[str, tuple[Answer, Parts]] = {}
        """Of quantities that are answered entry by entry, what there is so far, by label."""

    def named(
        self, section: str, name: str, value: Any, path: Path, fixed: Mapping[str, int] = NOTHING
    ) -> Sequence[Answer]:
        """The answer under a name in a section; that of an entry or a row is put with the others of its quantity.

        A family may have a list with an answer for each member, or one formula for all, with letters for the index
        (`w[u]`); `fixed` are the numbers of such letters.
        """
        if self.families and not fixed and "[" in name:
            every = members_of(name, self.solution.problem.indices, self.names.equations)
            every = [each for each in every if not self.is_last(section, each[1])]
            if every:
                each = (self.named(section, member, value, path, numbers) for member, numbers in every)
                return [answer for answers in each for answer in answers]
        members = self.members(section, name) if self.families and isinstance(value, list) else ()
        if members and len(members) == len(value):
            listed = zip(members, value, range(len(value)), strict=True)
            return [answer for member, one, i in listed for answer in self.named(section, member, one, (*path, i))]
        is_part = name.endswith("]") and section != JACOBIANS
        part = self.part(name, partial(self.get, section)) if is_part else None
        if part is not None:
            return [*self.in_part(*part, value, path, fixed)]
        quantity = self.get(section, name) or self.names.find(section, name)
        if isinstance(quantity, str):
            return (self.refused(f"{section}.{shorten(name)}", path, quantity),)
        return (self.once(quantity, value, path, fixed),)

    def is_last(self, section: str, numbers: Mapping[str, int]) -> bool:
        """Whether it is a gradient at a graph's last vertex, which no recurrence is about: it leads to no other."""
        problem = self.solution.problem
        last = max(last for _, last in problem.over.values()) if problem.absent else 0
        return section in ("gradients", "deltas") and [*numbers.values()] == [last]

    def members(self, section: str, family: str) -> tuple[str, ...]:
        """The names in a section of a family's members, in the order of their index; none of what is no family."""
        known, written = self.families, canonical(family)
        mine = [name for name in self.names.catalogue.names(section) if known.get(name, ("",))[0] == written]
        return tuple(sorted(mine, key=lambda name: known[name][1]))

    def get(self, section: str, name: str) -> Quantity | None:
        """The quantity of a name in a section; a file may expect what it gives too."""
        found = self.names.get(section, name)
        if found is not None or not self.strict or section != "forward":
            return found
        given = self.names.catalogue.get(GIVEN, name)
        return given and replace(given, section="forward")

    def part(self, written: str, find: Callable[[str], Quantity | None]) -> tuple[Quantity, str] | None:
        """The quantity and the index of `W1[1,2]`; None of a name without an index, or with a number in brackets."""
        if not written.endswith("]"):
            return None
        name, index = split(written) or (written, None)
        whole = None if index is None else find(name)
        # `h[2]` is the second layer's, where there is no vector h.
        # A vector of losses may not be there yet.
        return None if whole is None or index is None or self.shapes.get(whole.equation) == () else (whole, index)

    def in_part(
        self, quantity: Quantity, index: str, value: Any, path: Path, fixed: Mapping[str, int] = NOTHING
    ) -> Iterator[Answer]:
        """Put the answer to a part of a quantity with the others; an answer of its own where it can't be read."""
        label = f"{quantity.label}[{shorten(index)}]"
        if _is_empty(value):
            return
        letters = index_with_letters(index)
        if letters is not None and letters.fits(self.shapes.get(quantity.equation)) and self.has_rule(quantity):
            yield self.by_entry(quantity, letters, label, value, path, fixed)
            return
        if quantity.label in self.first and quantity.label not in self.parts:
            yield self.refused(label, path, f"{quantity.label} is answered already, as a whole")
            return
        self.first.setdefault(quantity.label, path)
        shape = self.shapes.get(quantity.equation)
        if shape is None:
            yield self.refused(label, path, self.beside(quantity))
            return
        whole = Answer(quantity.label, quantity.equation, place=partial(self.span, path))
        _, parts = self.parts.setdefault(quantity.label, (whole, Parts(shape)))
        value = value.tolist() if is_array(value) and hasattr(value, "tolist") else value
        try:
            place = region(index, quantity.name, shape)
            found = self.numbers(value, path, parts.shape(place))
            parts.put(place, self.worked_out(value, quantity) if found is None else found, label)
        except NotReadable as error:
            yield self.refused(label, path, error.reason)

    def has_rule(self, quantity: Quantity) -> bool:
        """Whether it is worked out, and not given."""
        return quantity.equation in self.solution.by_name

    def by_entry(
        self, quantity: Quantity, index: Index, label: str, value: Any, path: Path, fixed: Mapping[str, int]
    ) -> Answer:
        """The answer that says every entry of a quantity, with letters for the index."""
        answer = partial(Answer, label, text=self.text(value, path), place=partial(self.span, path))
        try:
            found = chain(sides(value) or ["", str(value)], lambda text: self.line(text, quantity, index, fixed))
            end = found.end
            assert not isinstance(end, Numbers)  # what is read for every entry is put together
            return answer(name=quantity.equation, formula=end, lines=found.lines, by_entry=True)
        except NotReadable as error:
            return answer(name="", unreadable=error.reason, said=error.said)

    def worked_out(self, value: Any, quantity: Quantity) -> Numbers:
        """A formula for a part of a quantity, as the numbers that it comes to here."""
        found = attempt(self.admission.formula(str(value), quantity), self.solution.values, self.axis)
        if found is None:
            raise NotReadable("this formula can't be worked out: its shapes don't fit")
        return Numbers(found, np.zeros(found.shape), np.zeros(found.shape, dtype=np.bool_))

    def once(self, quantity: Quantity, value: Any, path: Path, fixed: Mapping[str, int] = NOTHING) -> Answer:
        """The answer to a quantity, if it is the first one."""
        if quantity.label in self.first:
            first = self.first[quantity.label]
            line = f" in line {self.span(first).line}" if first in self.places else ""
            reason = f"{quantity.label} is answered already{line}, as {'.'.join(map(str, first[-2:]))}"
            return self.refused(quantity.label, path, reason)
        self.first[quantity.label] = path
        return self.answer(quantity, value, path, fixed)

    def answer(self, quantity: Quantity, value: Any, path: Path, fixed: Mapping[str, int] = NOTHING) -> Answer:
        """The answer to a quantity: empty, numbers, a formula, or unreadable."""
        if quantity.equation not in self.shapes:
            return self.refused(quantity.label, path, self.beside(quantity))
        if quantity.section == SHAPES and not _is_empty(value):
            return self.shape(quantity, value, path)
        if quantity.section == JACOBIANS and not _is_empty(value):
            found_blocks = self.jacobian(quantity, value, path)
            if found_blocks is not None:
                return found_blocks
        place = partial(self.span, path)
        try:
            plainly = plain(value, self.written, path, self.axis, self.shapes[quantity.equation])
        except NotReadable:  # which is told below, with what else may be meant
            plainly = None
        if plainly is not None:
            return Answer(quantity.label, quantity.equation, plainly, place=place)
        text = self.text(value, path)
        answer = partial(Answer, quantity.label, quantity.equation, text=text, place=place)
        if _is_empty(value):
            return answer()
        try:
            found = self.read(value, quantity, path, fixed)
            if isinstance(found, Chain):
                end, lines = found.end, found.lines
                return (
                    answer(numbers=end, lines=lines) if isinstance(end, Numbers) else answer(formula=end, lines=lines)
                )
        except NotReadable as error:
            return answer(unreadable=error.reason, said=error.said)
        if isinstance(found, Numbers):
            return answer(numbers=found, remark=found.remark)
        return answer(formula=found, remark=self.admission.interpreter.remarks.get(quantity.equation, ""))

    def jacobian(self, quantity: Quantity, value: Any, path: Path) -> Answer | None:
        """The answer to a Jacobian by its diagonal, or by blocks with letters; None of any other."""
        shape = self.shapes[quantity.equation]
        answer = partial(Answer, quantity.label, quantity.equation, place=partial(self.span, path))
        blocks = blocks_of(quantity.equation, lambda name: name if name in self.shapes else None)
        assert blocks is not None  # else it were no quantity
        try:
            if blocks.letters and not isinstance(value, list):
                texts = sides(value) or ["", str(value)]
                lines = chain(texts, lambda text: self.admission.block_line(text, quantity, blocks)).lines
                end = next((line.formula for line in reversed(lines) if line.formula is not None), None)
                if end is None:
                    raise NotReadable(lines[-1].refused)
                return answer(formula=end, text=self.text(value, path), lines=lines)
            is_flat = isinstance(value, list) and not any(isinstance(each, list) for each in value)
            if is_flat and shape[:1] == shape[1:] == (len(value),) and len(value) > 1:
                found = self.numbers(value, path, None)
                return None if found is None else answer(numbers=on_diagonal(found))
        except NotReadable as error:
            return answer(unreadable=error.reason, text=self.text(value, path))
        return None

    def shape(self, quantity: Quantity, value: Any, path: Path) -> Answer:
        """The answer that says a shape, shown as it was typed."""
        row = as_row(value, self.shapes[quantity.name])
        answer = partial(Answer, quantity.label, quantity.equation, place=partial(self.span, path))
        try:
            found = (
                self.numbers(row, path, None) if isinstance(row, list) else self.admission.formula(str(row), quantity)
            )
        except NotReadable:
            return answer(unreadable="a shape is rows and columns, such as 2×3 or [2, 3]", text=self.text(value, path))
        if isinstance(found, Numbers) or found is None:
            return answer(numbers=found)
        text = self.text(value, path) or "×".join(map(str, value))
        return answer(formula=found, text=text, lines=(Line(text, found, written_out=True),))

    def read(self, value: Any, quantity: Quantity, path: Path, fixed: Mapping[str, int] = NOTHING) -> Any:
        """An answer as Numbers, or as a formula. Raises NotReadable."""
        if value is UNREADABLE:
            raise NotReadable(self.refusal(path) or "this can't be read")
        if is_array(value):
            return self.arrays.numbers(value, quantity.equation)
        signed = sides(value)
        if signed is not None:
            return chain(signed, lambda text: self.line_of_chain(text, quantity, fixed, text == signed[-1]))
        try:
            found = self.numbers(value, path, self.shapes.get(quantity.equation))
        except NotReadable:
            if not (_LIST.match(str(value)) and is_tex(str(value))):
                raise
            found = None  # a matrix of formulas
        if found is not None:
            return found
        line = self.line(str(value), quantity, None, fixed, is_alone=True)
        return Chain((replace(line, text=self.text(value, path)),)) if isinstance(line, Line) else line

    def line_of_chain(self, text: str, quantity: Quantity, fixed: Mapping[str, int], is_last: bool) -> Any:
        """A line; on the way it may rest on what comes from the quantity, and is tried as an equation."""
        try:
            return self.line(text, quantity, None, fixed)
        except RestsOnLater:
            if is_last or quantity.section not in SAID_OF:
                raise
            return Line(text, statement=text)

    def line(
        self,
        text: str,
        quantity: Quantity,
        index: Index | None = None,
        fixed: Mapping[str, int] = NOTHING,
        is_alone: bool = False,
    ) -> Expr | Numbers | Line:
        """One line of a chain: numbers, or a formula, which rests on what all lines rest on. Raises NotReadable.

        A formula with letters for indices, or derivatives, comes as a Line.
        """
        if index is None and _LIST.match(text.lstrip()[:MAX_LENGTH]) and not _LETTER.search(text[:MAX_LENGTH]):
            try:
                found = self.numbers(text, (), self.shapes.get(quantity.equation))
            except NotReadable:  # a formula of matrices, perhaps
                found = None
            if found is not None:
                return found
        uses, name = self.admission.uses, quantity.equation
        before = uses.pop(name, ())
        try:
            lettered = None if self.strict or self.all_tex else self.admission.lettered(text, quantity, index, fixed)
            formula = self.admission.formula(text, quantity) if lettered is None else lettered.formula
            before = tuple(dict.fromkeys((*before, *uses[name])))
        except NotReadable:
            if is_alone:  # what a refused answer names may close a circle all the same
                before = uses.get(name, before)
            raise
        finally:
            uses[name] = before  # without a line of a chain that can't be read
        return formula if lettered is None else _lettered_line(lettered, quantity)

    @cached_property
    def arrays(self) -> Arrays:
        """Reads what programs give as arrays."""
        return Arrays(self.solution)

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
        if is_array(value):
            return f"array of {getattr(value, 'dtype', 'unknown type')}"
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (self.written.get(path) or repr(value))[:MAX_LENGTH]
        return ""

    def refused(self, label: str, path: Path, reason: str) -> Answer:
        """An answer that can't be read, with the reason."""
        return Answer(label, "", unreadable=reason, place=partial(self.span, path))

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


def on_diagonal(numbers: Numbers) -> Numbers:
    """The square matrix of which these numbers are the diagonal, with zeros beside it."""
    values, unit = (np.diagflat(each) for each in (numbers.values, numbers.unit))
    return Numbers(values, unit, np.diagflat(numbers.scientific), remark="read as the diagonal")


def _lettered_line(read: Read, quantity: Quantity) -> Line:
    restates = quantity.section == "gradients" and read.restates == quantity.name
    return Line("", read.formula, odd=read.odd, written_out=True, restates=restates)


def _by_place(faults: Sequence[Fault]) -> dict[tuple[int, int], str]:
    return {(fault.span.line, fault.span.column): fault.message for fault in faults}


def _is_empty(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_empty, value))
    return value is None or (isinstance(value, str) and not value.strip())
