"""A sheet from a write-up, or from a file that may be one."""

from __future__ import annotations

from dataclasses import replace

from gradcalc.check.answers.model import Sheet
from gradcalc.check.answers.read import sheet_from_document
from gradcalc.check.writeup.chains import taken_apart
from gradcalc.check.writeup.customary import with_customary_letters
from gradcalc.check.writeup.model import WriteUp
from gradcalc.check.writeup.reader import WriteUpReader
from gradcalc.check.writeup.source import is_writeup
from gradcalc.errors import Fault, InputError, Span
from gradcalc.problem.document import Document
from gradcalc.problem.reading import read_source, refuse_characters
from gradcalc.problem.source import read, read_text
from gradcalc.program.beside import with_further
from gradcalc.program.solution import Solution


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
    solution = with_customary_letters(solution, writeup)
    while True:
        reader = WriteUpReader(writeup, with_further(solution, asked))
        sheet = reader.sheet()
        if reader.wanted <= asked:
            return replace(sheet, further=frozenset(asked))
        asked |= reader.wanted
