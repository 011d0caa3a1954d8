"""A sheet from a write-up: each chain answers the quantity on its left side; what isn't marked is listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from gradcalc.check.answers.chains import Chain, chain
from gradcalc.check.answers.model import Answer, Line, Numbers, Sheet, Unread
from gradcalc.check.answers.read import sheet_from_document
from gradcalc.check.answers.reader import SheetReader
from gradcalc.check.writeup.chains import taken_apart
from gradcalc.check.writeup.model import Derivation, Side, WriteUp
from gradcalc.check.writeup.source import is_writeup
from gradcalc.check.writeup.subjects import Subjects
from gradcalc.errors import Fault, InputError, Span
from gradcalc.problem.document import Document
from gradcalc.problem.reading import read_source, refuse_characters
from gradcalc.problem.source import read, read_text
from gradcalc.program.beside import with_further
from gradcalc.program.sections import Quantity
from gradcalc.program.solution import Solution
from gradcalc.words import shorten, visible

_LONGEST: Final = 300


def read_answers(source: str) -> Document | WriteUp:
    """What a file of answers holds, a sheet or by its ending a write-up; `-` is standard input.

    Raises UsageError where there is no such file, InputError where it can't be read as a whole.
    """
    if source == "-" or not is_writeup(source):
        return read(source, lenient=True)
    return answers_in(*read_source(source))


def answers_in(text: str, path: str) -> Document | WriteUp:
    """The same of a text that `path` names. Raises InputError."""
    if not is_writeup(path):
        return read_text(text, path, lenient=True)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    refuse_characters(text, path)
    found = taken_apart(text, path)
    if not found.chains:
        first = found.refused[0] if found.refused else None
        said = "there is no displayed equation in it: write $$ … = … $$, or an align environment"
        why = said if first is None else f"none of its equations can be read; the first: {first.reason}"
        raise InputError([Fault(Span(path) if first is None else found.span(first.start), why)])
    return found


def sheet_of(answers: Document | WriteUp, solution: Solution) -> Sheet:
    """The answers in what was read. Raises InputError where a document is no sheet."""
    return (
        sheet_from_writeup(answers, solution)
        if isinstance(answers, WriteUp)
        else sheet_from_document(answers, solution)
    )


def sheet_from_writeup(writeup: WriteUp, solution: Solution) -> Sheet:
    """The answers in a write-up, in the order of their first equations."""
    asked: set[str] = set()
    while True:
        reader = _Reader(writeup, with_further(solution, asked))
        sheet = reader.sheet()
        if reader.wanted <= asked:
            return replace(sheet, further=frozenset(asked))
        asked |= reader.wanted


@dataclass(frozen=True, slots=True)
class _Said:
    """What was found of one quantity so far."""

    quantity: Quantity
    place: Span
    lines: tuple[Line, ...]
    text: str


class _Reader:
    def __init__(self, writeup: WriteUp, solution: Solution) -> None:
        self.writeup, self.solution = writeup, solution
        self.reader = SheetReader(solution, {}, {})
        self.subjects = Subjects(self.reader.admission)
        self.said: dict[str, _Said] = {}
        self.unread = [self.refused(Side(each.tex, each.start), each.reason) for each in writeup.refused]

    @property
    def wanted(self) -> set[str]:
        """What was spoken of beside the solution."""
        return self.reader.names.wanted

    def sheet(self) -> Sheet:
        for each in self.writeup.chains:
            self.take(each)
        answers = self.reader.finished(map(self.answer, self.said.values()))
        unread = sorted(self.unread, key=lambda each: (each.place.line, each.place.column))
        return Sheet(answers, self.writeup.path, unread=tuple(unread), is_writeup=True)

    def take(self, each: Derivation) -> None:
        """Put a chain with what was found of its quantity."""
        self.reader.admission.interpreter.all_tex = not each.sides[0].is_plain
        quantity = self.subjects.of(each)
        if isinstance(quantity, Quantity) and quantity.equation not in self.solution.shapes:
            quantity = self.reader.beside(quantity)
        if isinstance(quantity, str) and each.sides[0].is_plain:
            return  # a line of prose or of a program
        if isinstance(quantity, str):
            self.unread.append(self.refused(each.sides[0], quantity, " = ".join(side.tex for side in each.sides)))
            return
        lines = tuple(self.lines(each.sides[1:], quantity))
        if lines:
            first = _Said(quantity, self.writeup.span(each.sides[0].start), (), each.sides[1].tex)
            before = self.said.get(quantity.label, first)
            self.said[quantity.label] = replace(before, lines=(*before.lines, *lines))

    def lines(self, sides: tuple[Side, ...], quantity: Quantity) -> Iterator[Line]:
        """The lines that can be read; the others are listed."""
        found = chain(["", *(side.tex for side in sides)], partial(self.reader.line, quantity=quantity)).lines
        for side, line in zip(sides, found, strict=True):
            if line.is_read:
                yield replace(line, place=self.writeup.span(side.start), number=side.number)
            else:
                self.unread.append(self.refused(side, line.refused))

    def answer(self, said: _Said) -> Answer:
        end = Chain(said.lines).end
        answer = partial(
            Answer, said.quantity.label, said.quantity.equation, text=visible(shorten(said.text, _LONGEST))
        )
        found = answer(numbers=end) if isinstance(end, Numbers) else answer(formula=end)
        remark = self.reader.admission.interpreter.remarks.get(said.quantity.equation, "")
        return replace(found, lines=said.lines, place=lambda: said.place, remark=remark)

    def refused(self, side: Side, reason: str, tex: str = "") -> Unread:
        text = " ".join((tex or side.tex).split())
        return Unread(visible(shorten(text, _LONGEST)), reason, self.writeup.span(side.start), side.number)
