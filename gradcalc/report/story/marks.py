"""Tell how a sheet was marked: each answer with its verdict, then chains line by line, and the first error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np

from gradcalc.check.answers.compare import laid_out
from gradcalc.check.answers.model import Unread
from gradcalc.check.marking.verdicts import LineVerdict, Marks, Verdict, Word
from gradcalc.errors import Span
from gradcalc.formula.expr import Expr, Name
from gradcalc.formula.write import code
from gradcalc.program.naming import at_first
from gradcalc.program.sections import Quantity as Asked
from gradcalc.program.sections import quantities
from gradcalc.program.solution import Solution
from gradcalc.report.document import (
    Answered,
    Block,
    Document,
    Heading,
    Inline,
    Judged,
    Judgement,
    Math,
    Paragraph,
    Table,
    Text,
    Value,
    Verdicts,
)
from gradcalc.report.dust import zero_if_dust
from gradcalc.report.story.first_error import first_error
from gradcalc.report.story.images import written
from gradcalc.report.story.labels import by_label
from gradcalc.report.story.solution import document_of, opening
from gradcalc.report.story.told import told, told_data
from gradcalc.words import visible

SIGNS: dict[Word, str] = {
    "correct": "✓",
    "carried": "↪",
    "imprecise": "≈",
    "wrong": "✗",
    "missing": "○",
    "unreadable": "?",
}
FOLDED: tuple[Word, ...] = ("correct", "carried", "missing")
"""Verdicts on answers whose numbers say nothing that their owner doesn't know."""


def marks_document(marks: Marks, *, hide_key: bool = False, readings: bool = False, sheet: str = "") -> Document:
    """The verdicts as a report; with `hide_key` no right number stands anywhere in it.

    With `readings` it says how each formula was read.
    """
    solution = marks.solution
    blocks = [
        *opening(solution.problem, f"Answers: {visible(sheet)}" if sheet else ""),
        *_student(marks),
        *_verdicts(marks, hide_key),
        _summary(marks),
        *_chains(marks),
        *unread_blocks(marks.unread),
        *first_error(marks, hide_key),
        *(_readings(marks) if readings else ()),
    ]
    return document_of(solution.problem, solution.shapes, blocks)


def _student(marks: Marks) -> Iterator[Block]:
    """What the sheet says of who filled it in."""
    said = [f"{key.capitalize() if key != 'id' else 'ID'}: {text}" for key, text in marks.about.items() if text]
    if said:
        yield Paragraph(("; ".join(said),), "note")


def _verdicts(marks: Marks, hide_key: bool) -> Iterator[Block]:
    yield Heading("Verdicts")
    if not marks.verdicts:
        yield Paragraph(("The sheet holds no answers.",), "warning")
        return
    names = {quantity.label: quantity for quantity in quantities(marks.solution)}
    for step, mine in groupby(marks.verdicts, key=lambda each: _step(each, names)):
        if step > 1:
            yield Heading(f"Step {step}", 3)
        alike = groupby(enumerate(mine), key=lambda each: _kind(*each))
        runs = ([verdict for _, verdict in run] for _, run in alike)
        yield Verdicts(tuple(_judged(run, names, marks.solution, hide_key) for run in runs))


def _step(verdict: Verdict, names: Mapping[str, Asked]) -> int:
    return names[verdict.quantity].step if verdict.quantity in names else 1


def _kind(place: int, verdict: Verdict) -> tuple[str, str, int]:
    """What neighbours that are folded together share; what isn't folded stands alone."""
    return verdict.verdict, verdict.said, -1 if _is_folded(verdict) else place


def _is_folded(verdict: Verdict) -> bool:
    """Whether its numbers needn't be looked at; of a partial answer it is to be seen what was given."""
    numbers = verdict.answer.numbers if verdict.answer else None
    return verdict.verdict in FOLDED and (numbers is None or numbers.given is None)


def _judged(verdicts: list[Verdict], names: Mapping[str, Asked], solution: Solution, hide_key: bool) -> Judged:
    first = verdicts[0]
    answers = tuple(_answered(each, names.get(each.quantity), solution, hide_key) for each in verdicts)
    return Judged(SIGNS[first.verdict], first.verdict, answers, _why(first, solution), _is_folded(first))


def _answered(verdict: Verdict, asked: Asked | None, solution: Solution, hide_key: bool) -> Answered:
    """Names are those of its step, which a heading names."""
    name: Inline = verdict.quantity if asked is None else Math(Name(at_first(asked.equation)))
    yours, equation = _yours(verdict, solution), verdict.quantity if asked is None else at_first(asked.equation)
    shown = tuple(part for each in yours for part in (written(equation, each) if isinstance(each, Value) else (each,)))
    if verdict.right is None or verdict.verdict == "correct" or hide_key:
        return Answered(name, shown)
    wrong = next((value.wrong for value in yours if isinstance(value, Value)), None)
    right = zero_if_dust(verdict.right, "" if asked is None else asked.equation, solution)
    return Answered(name, shown, written(equation, Value(right, seen=wrong)))


def _why(verdict: Verdict, solution: Solution) -> Text:
    """The reason; of a right answer how it was read, where that isn't the obvious way."""
    remark = verdict.answer.remark if verdict.answer else ""
    if verdict.said in ("right", f"right ({remark})"):
        return told(remark, solution.shapes) if remark else ()
    return told(verdict.said, solution.shapes)


def _yours(verdict: Verdict, solution: Solution) -> Text:
    answer = verdict.answer
    if answer is None:
        return ()
    if answer.lines and answer.lines[-1].written_out:
        return (answer.lines[-1].text,)
    if answer.formula is not None:
        step = solution.steps.get(answer.step)
        return (Math(answer.formula if step is None else step.lowered(answer.formula)),)
    if answer.numbers is None:
        return (answer.text,) if answer.text else ()
    placed = laid_out(answer.numbers, np.shape(verdict.right)) if verdict.right is not None else None
    if placed is None:
        return (Value(answer.numbers.values, exact=not answer.numbers.computed),)
    shown = placed.values if placed.given is None else np.ma.array(placed.values, mask=~placed.given)
    wrong = None
    if verdict.verdict == "wrong" and verdict.entries is not None and placed.values.size > 1:
        wrong = ~verdict.entries & ~np.ma.getmaskarray(shown)
    return (Value(shown, exact=placed.given is not None or not placed.computed, wrong=wrong),)


def _summary(marks: Marks) -> Paragraph:
    counts = Counter(verdict.verdict for verdict in marks.verdicts)
    said = ", ".join(f"{counts[word]} {word}" for word in SIGNS if counts[word])
    left = marks.asked - marks.answered
    counted = sum(verdict.verdict == "missing" for verdict in marks.verdicts)
    score = f"{marks.score:g} of {marks.points:g} points"
    if left > counted:
        mine = f"{marks.score:g} of {marks.points:g} answered; {left} not answered"
        score = mine if marks.points else f"{left} not answered; beside these"  # as entries, of which none is asked
    return Paragraph((f"{score}: {said}.",) if said else (f"{score}.",))


def _chains(marks: Marks) -> Iterator[Block]:
    """The lines of each chain in which one is wrong or can't be read; of a write-up where each stands."""
    named, met = by_label(marks.solution), set[tuple[str, ...]]()
    for verdict in marks.verdicts:
        texts = tuple(line.text for line in verdict.lines)
        again = texts in met and not marks.is_writeup  # the same for each member of a family
        is_chain = len(texts) > 1 or marks.is_writeup
        if again or not is_chain or all(line.verdict == "correct" for line in verdict.lines):
            continue
        met.add(texts)
        yield Heading(("Line by line: ", named(verdict.quantity)), 3)
        rows = [_line(*each, marks) for each in numbered(verdict)]
        if marks.is_writeup:
            places = [placed(line.place, line.number) if line.place else "" for line in verdict.lines]
            rows = [((place,), *row[1:]) for place, row in zip(places, rows, strict=True)]
        yield Table(("place" if marks.is_writeup else "line", "verdict", "formula", "why"), tuple(rows))


def numbered(verdict: Verdict) -> Iterator[tuple[int, LineVerdict, Expr | None]]:
    """The lines of a chain with their numbers, and their formulas as far as they could be read."""
    answer = verdict.answer
    for number, (mark, line) in enumerate(zip(verdict.lines, answer.lines if answer else (), strict=True), 1):
        yield number, mark, None if line.written_out else line.formula


def _line(number: int, line: LineVerdict, formula: Expr | None, marks: Marks) -> tuple[Text, ...]:
    why = () if line.verdict == "correct" else told(line.said, marks.solution.shapes)
    shown: Inline = line.text if formula is None else Math(formula)
    return (str(number),), (Judgement(f"{SIGNS[line.verdict]} {line.verdict}", line.verdict),), (shown,), why


def unread_blocks(unread: Sequence[Unread]) -> Iterator[Block]:
    """The equations of a write-up that aren't marked, with their places."""
    if unread:
        yield Heading("Not marked", 3)
        rows = [((placed(each.place, each.number),), (each.text,), told(each.reason, {})) for each in unread]
        yield Table(("place", "equation", "why"), tuple(rows))


def placed(place: Span, number: str) -> str:
    """Where an equation stands, and its number."""
    return f"line {place.line}{f', ({number})' if number else ''}"


def _readings(marks: Marks) -> Iterator[Block]:
    """How each formula was read, beside what was typed."""
    named = by_label(marks.solution)
    rows = tuple(((named(quantity),), (typed,), (code(formula),)) for quantity, typed, formula in _formulas(marks))
    yield Heading("How formulas were read")
    yield Table(("quantity", "as typed", "read as"), rows) if rows else Paragraph(("The sheet holds no formulas.",))


def _formulas(marks: Marks) -> Iterator[tuple[str, str, Expr]]:
    """The quantity, the text and the formula of each answer that is one."""
    for verdict in marks.verdicts:
        if verdict.answer is not None and verdict.answer.formula is not None:
            yield verdict.quantity, verdict.answer.text, verdict.answer.formula


def marks_data(marks: Marks, *, readings: bool = False, answers: bool = False) -> dict[str, object]:
    """The score and the verdicts for programs, each verdict with its points, its right entries and its mistakes.

    With `readings` also how each formula was read; with `answers` also the formulas in messages, and what was answered
    where that isn't correct.
    """
    first = marks.first_error
    read = [{"quantity": q, "typed": typed, "read_as": code(formula)} for q, typed, formula in _formulas(marks)]
    return {
        "score": marks.score,
        "points": marks.points,
        "answered": marks.answered,
        "asked": marks.asked,
        "verdicts": [verdict_data(verdict, answers) for verdict in marks.verdicts],
        "first_error": first.quantity if first else None,
        **marks.about,
        **({"not_marked": unread_data(marks.unread)} if marks.is_writeup else {}),
    } | ({"readings": read} if readings else {})


def verdict_data(verdict: Verdict, answers: bool = False) -> dict[str, object]:
    """A verdict for programs; with `answers` also the formulas in its message, and what was answered if not correct."""
    entries = np.zeros((0,)) if verdict.entries is None else verdict.entries
    data: dict[str, object] = {
        "quantity": verdict.quantity,
        "verdict": verdict.verdict,
        "points": verdict.points,
        "of": verdict.of,
        "message": verdict.message,
        "entries": (entries if entries.ndim == 2 else np.atleast_2d(entries)).tolist(),
        "mistakes": [{"id": m.id, "at": m.at, "message": m.message} for m in verdict.mistakes],
    }
    if verdict.lines:
        data |= _lines_data(verdict)
    if answers:
        data |= told_data(verdict.said)
    return data | _answer_data(verdict) if answers and verdict.verdict != "correct" else data


def _lines_data(verdict: Verdict) -> dict[str, object]:
    """Of a chain the first wrong line, from 1, and what was found of each."""
    return {"line": verdict.line, "lines": [_line_data(each) for each in verdict.lines]}


def _line_data(line: LineVerdict) -> dict[str, object]:
    data: dict[str, object] = {"text": line.text, "verdict": line.verdict, "message": line.message}
    return data if line.place is None else data | place_data(line.place, line.number)


def place_data(place: Span, number: str) -> dict[str, object]:
    """The same for programs."""
    data: dict[str, object] = {"file": place.path, "at": [place.line, place.column]}
    return data | ({"number": number} if number else {})


def unread_data(unread: Sequence[Unread]) -> list[dict[str, object]]:
    """What isn't marked of a write-up, for programs."""
    return [{"text": u.text, "message": u.reason, **place_data(u.place, u.number)} for u in unread]


def _answer_data(verdict: Verdict) -> dict[str, object]:
    """The numbers, `null` for those of a partial answer that weren't given; else the text."""
    answer = verdict.answer
    if answer is None:
        return {}
    numbers = answer.numbers
    if numbers is None or not np.isfinite(numbers.values).all():
        return {"answer": answer.text} if answer.text else {}
    if numbers.given is None:
        return {"answer": numbers.values.tolist()}
    return {"answer": np.ma.array(numbers.values, mask=np.logical_not(numbers.given)).tolist()}
