"""Tell what was read as what on a sheet or a write-up, which isn't marked: each answer, each line of a chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gradcalc.check.answers.model import Answer, LetterChain, Line, Reading, Sheet
from gradcalc.check.marking.letter_chains import by_itself
from gradcalc.errors import Span
from gradcalc.formula.table import Axis
from gradcalc.formula.write import code
from gradcalc.program.solution import Solution
from gradcalc.report.document import Block, Document, Heading, Paragraph, Table, Text
from gradcalc.report.story.labels import by_label
from gradcalc.report.story.marks import place_data, placed, unread_blocks, unread_data
from gradcalc.report.story.solution import document_of, opening
from gradcalc.words import visible


@dataclass(frozen=True, slots=True)
class Listed:
    """One line as it was typed, what it answers, and how it was read."""

    quantity: str
    typed: str
    read_as: str
    place: Span
    number: str = ""


def listed(sheet: Sheet, axis: Axis) -> Iterator[Listed]:
    """Every answer of a sheet that can be read, line by line, in the order of the file; samples lie along `axis`."""
    found = [each for answer in sheet.answers if not answer.unreadable for each in _of(answer)]
    found += [each for chain in sheet.letter_chains for each in _stated(chain, axis)]
    yield from sorted(found, key=lambda each: (each.place.line, each.place.column))


def _stated(said: LetterChain, axis: Axis) -> Iterator[Listed]:
    reading = by_itself(said, axis)
    texts = [line.statement for line in said.lines] if reading is None else reading.texts[1:]
    letters = "" if reading is None else f", {_kinds(reading)}"
    for line, text in zip(said.lines, texts, strict=True):
        if text:
            yield Listed(said.text, line.text, f"{text}{letters}", line.place or said.place, line.number)


def _kinds(reading: Reading) -> str:
    """`with A, B: matrix(n, n); x: scalar`."""
    by_kind: dict[str, list[str]] = {}
    for name, kind in reading.where:
        by_kind.setdefault(str(kind), []).append(name)
    return "with " + "; ".join(f"{', '.join(names)}: {kind}" for kind, names in by_kind.items())


def _of(answer: Answer) -> Iterator[Listed]:
    span = answer.span
    for line in answer.lines or (Line(answer.text, answer.formula, numbers=answer.numbers),):
        if line.is_read:
            yield Listed(answer.quantity, line.text, _read_as(line), line.place or span, line.number)


def _read_as(line: Line) -> str:
    if line.written_out:
        return line.text
    if line.statement:
        return line.statement
    if line.formula is not None:
        return code(line.formula)
    return "numbers" if line.numbers is None else str(line.numbers.values.tolist())


def listed_document(sheet: Sheet, solution: Solution) -> Document:
    """What was read as what, and what wasn't read."""
    named = by_label(solution)
    rows: list[tuple[Text, ...]] = [
        ((placed(each.place, each.number),), (named(each.quantity),), (each.typed,), (each.read_as,))
        for each in listed(sheet, solution.problem.axis)
    ]
    blocks: list[Block] = [*opening(solution.problem, f"Answers: {visible(sheet.path)}"), Heading("What was read")]
    blocks.append(
        Table(("place", "quantity", "as written", "read as"), tuple(rows))
        if rows
        else Paragraph(("No equation could be read.",), "warning")
    )
    return document_of(solution.problem, solution.shapes, [*blocks, *unread_blocks(sheet.unread)])


def listed_data(sheet: Sheet, solution: Solution) -> dict[str, object]:
    """The same for programs."""
    lines = [
        {"quantity": each.quantity, "typed": each.typed, "read_as": each.read_as, **place_data(each.place, each.number)}
        for each in listed(sheet, solution.problem.axis)
    ]
    return {"equations": lines, "not_marked": unread_data(sheet.unread)}
