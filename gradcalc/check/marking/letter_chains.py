"""The verdict on a chain of a write-up that answers no quantity by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcalc.check.answers.model import Answer, LetterChain, Line, Reading, Unread
from gradcalc.check.answers.stated import CLAIMS
from gradcalc.check.marking.by_numbers import tried
from gradcalc.check.marking.own_letters import chosen
from gradcalc.check.marking.statements import Statements, Tried
from gradcalc.check.marking.verdicts import LineVerdict, Verdict, Word
from gradcalc.errors import GradcalcError
from gradcalc.formula.table import Axis
from gradcalc.problem.claims import in_letters


def on_statement(said: LetterChain, statements: Statements) -> Verdict | None:
    """The verdict on a chain that answers no quantity; None where no line of it could be tried."""
    reading, found = _tried(said, statements)
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
    about = said.text if reading is None or not reading.claim else _claim(reading, statements) or said.text
    return Verdict(about, word, why, answer=answer, line=line, lines=lines)


def not_tried(said: LetterChain, statements: Statements) -> Iterator[Unread]:
    """The lines of such a chain, with the reasons; a single one with its left side."""
    found = _tried(said, statements)[1]
    left = f"{said.text} = " if len(found) == 1 else ""
    for each, line in zip(found, said.lines, strict=True):
        yield Unread(left + line.text, each.said, line.place or said.place, line.number)


def by_itself(said: LetterChain, axis: Axis) -> Reading | None:
    """How a chain is read by itself; None where the problem may have all of it, or nothing fits."""
    found = chosen(said.readings, axis) if not said.left else None
    return None if found is None else found.reading


def _tried(said: LetterChain, statements: Statements) -> tuple[Reading | None, Sequence[Tried]]:
    """What came of each line: in the problem where it has all of it, else by itself, with how it was read."""
    statements = statements.at(said.point)
    if said.layers:
        every = [tried(each, statements) for each in (said, *said.layers)]
        return None, [_for_all_layers(lines) for lines in zip(*every, strict=True)]
    found = best_reading([tried(each, statements) for each in (said, *said.others)]) if said.left else []
    telling = ("correct", "imprecise") if said.is_guess else ("correct", "imprecise", "wrong")
    if said.readings and not any(each.verdict in telling for each in found):
        alone = chosen(said.readings, statements.problem.axis)
        if alone is not None and not (found and all(each.verdict == "unreadable" for each in alone.lines)):
            return alone.reading, [_sure(each, line) for each, line in zip(alone.lines, said.lines, strict=True)]
    return None, found or (Tried("unreadable", said.reason),) * len(said.lines)


def _for_all_layers(found: Sequence[Tried]) -> Tried:
    """What comes of a line for any layer: what holds for some alone may be meant for these."""
    told = [each for each in found if each.verdict != "unreadable"] or [*found]
    wrong = [each for each in told if each.verdict in ("wrong", "carried")]
    if wrong and len(wrong) < len(told):
        return Tried("unreadable", "this holds for some layers, and not for others")
    return next((each for each in told if each.verdict == "imprecise"), told[0])


def best_reading(every: Sequence[Sequence[Tried]]) -> Sequence[Tried]:
    """The lines of the reading that is meant: another one than the first, of which nothing can be tried, is none."""
    first, *others = every
    told = (each for each in others if any(line.verdict != "unreadable" for line in each))
    return min((first, *told), key=_worst)


def _worst(lines: Sequence[Tried]) -> tuple[int, int]:
    """How much is wrong in a reading, and of what is right as much as can be."""
    words = [line.verdict for line in lines]
    return sum(word in ("wrong", "carried") for word in words), -words.count("correct")


def _sure(found: Tried, line: Line) -> Tried:
    """What came of a line that may be meant in another way."""
    is_wrong = found.verdict in ("wrong", "carried")
    return Tried("unreadable", line.doubt) if line.doubt and is_wrong else found


def _claim(reading: Reading, statements: Statements) -> str:
    """The label of the claim from one side of which to the other a chain goes; empty where it is none's."""
    try:
        ends = in_letters(f"{reading.texts[0]} == {reading.texts[-1]}", dict(reading.where), statements.problem.axis)
    except GradcalcError:
        return ""
    for number, claim in enumerate(statements.problem.claims, 1):
        if ends.sides in ((claim.sides[0], claim.sides[-1]), (claim.sides[-1], claim.sides[0])):
            return f"{CLAIMS}.{number}"
    return ""
