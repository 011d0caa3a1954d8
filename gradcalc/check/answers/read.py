"""Read an answer sheet: YAML or JSON, numbers or formulas, any subset of a solution's quantities."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from gradcalc.check.answers.model import Answer, Sheet
from gradcalc.check.answers.reader import SheetReader, of_step
from gradcalc.errors import Fault, InputError, Span
from gradcalc.problem.document import Document, Places, Spellings
from gradcalc.problem.source import read
from gradcalc.program.beside import with_further
from gradcalc.program.designation import split
from gradcalc.program.problem import Path
from gradcalc.program.solution import Solution
from gradcalc.words import shorten


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
    written, places = Spellings(document), Places(document)
    sheet = _sheet(solution, document.data, (), lambda of: SheetReader(of, written, places, document.faults))
    return replace(sheet, answers=(*sheet.answers, *_stray(document)), path=document.path)


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
    sheet = _sheet(solution, data, at, lambda of: SheetReader(of, written or {}, places or {}, strict=strict))
    return replace(sheet, path=path)


def _sheet(solution: Solution, data: Mapping[str, Any], at: Path, read: Callable[[Solution], SheetReader]) -> Sheet:
    """The sheet, read again where it speaks of what isn't in the solution: then with the equations of that."""
    asked: set[str] = set()
    while True:
        reader = read(with_further(solution, asked))
        answers = reader.sheet(data, at)
        if reader.names.wanted <= asked:
            return Sheet(answers, further=frozenset(asked), about=reader.about)
        asked |= reader.names.wanted


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
    reader = SheetReader(solution, written or {}, places or {}, strict=strict)
    catalogue = reader.names.catalogue
    found, index = catalogue.lookup(label), None
    if isinstance(found, str) and label.endswith("]"):
        name, index = split(label) or (label, None)
        found = catalogue.lookup(name)
    if isinstance(found, str):
        return Answer(label, "", unreadable=found, place=partial(reader.span, at))
    quantity = found if found.step == 1 else catalogue.find(found.section, found.name)
    assert not isinstance(quantity, str)  # the label has been found already
    if quantity.equation not in reader.shapes:
        reader = reader.another(with_further(solution, {quantity.equation}))
    parts = () if index is None else (*reader.in_part(quantity, index, value, at), *reader.finished(()))
    answer = parts[0] if parts else reader.answer(quantity, value, at)
    return answer if found.step == 1 else of_step(found.step, answer)


def _here(span: Span) -> Span:
    return span


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
        yield Answer(label, "", unreadable=fault.message, place=partial(_here, span))
