"""The verdict on a chain of a write-up that answers no quantity by itself."""

from __future__ import annotations

from collections.abc import Iterator

from gradcalc.check.answers.model import Answer, LetterChain, Unread
from gradcalc.check.marking.by_numbers import tried
from gradcalc.check.marking.statements import Statements
from gradcalc.check.marking.verdicts import LineVerdict, Verdict, Word


def on_statement(said: LetterChain, statements: Statements) -> Verdict | None:
    """The verdict on a chain that answers no quantity; None where no line of it could be tried."""
    found = tried(said, statements)
    if all(each.verdict == "unreadable" for each in found):
        return None
    lines = tuple(
        LineVerdict(each.verdict, each.said, line.text, line.place, line.number)
        for each, line in zip(found, said.lines, strict=True)
    )
    wrong = next((i for i, each in enumerate(found) if each.verdict == "wrong"), None)
    layout = next((i for i, each in enumerate(found) if each.verdict == "imprecise"), None)
    first = wrong if wrong is not None else layout
    word: Word = "correct" if first is None else found[first].verdict
    why = found[0].said if first is None else f"{f'line {first + 1}: ' if lines[1:] else ''}{found[first].said}"
    place = said.place
    answer = Answer(said.text, "", text=lines[0].text, lines=said.lines, place=lambda: place)
    line = None if wrong is None else wrong + 1
    return Verdict(said.text, word, why, answer=answer, line=line, lines=lines)


def not_tried(said: LetterChain, statements: Statements) -> Iterator[Unread]:
    """The lines of such a chain, with the reasons."""
    for each, line in zip(tried(said, statements), said.lines, strict=True):
        yield Unread(line.text, each.said, line.place or said.place, line.number)
