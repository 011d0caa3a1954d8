"""Tell how a sheet was marked: a row a quantity, then the first error with its rule and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from gradcalc.check.answers.compare import Mask
from gradcalc.check.answers.model import Numbers
from gradcalc.check.marking.verdicts import Marks, Verdict, Word
from gradcalc.formula.expr import Name
from gradcalc.program.problem import Problem
from gradcalc.program.quantities import quantities
from gradcalc.program.shown import shown_names
from gradcalc.report.document import (
    Block,
    Document,
    Heading,
    Inline,
    Math,
    Paragraph,
    Quantity,
    Table,
    Text,
    Value,
    Workings,
)
from gradcalc.report.numbers import bracketed, entries
from gradcalc.report.story.solution import opening
from gradcalc.words import visible

SIGNS: dict[Word, str] = {
    "correct": "✓",
    "carried": "↪",
    "imprecise": "≈",
    "wrong": "✗",
    "missing": "○",
    "unreadable": "?",
}


def marks_document(marks: Marks, *, hide_key: bool = False, sheet: str = "") -> Document:
    """The verdicts as a report; with `hide_key` no right number stands anywhere in it."""
    solution = marks.solution
    blocks = [
        *opening(solution.problem, f"Answers: {visible(sheet)}" if sheet else ""),
        *_table(marks, hide_key),
        _summary(marks),
        *_first_error(marks, hide_key),
    ]
    return Document(
        tuple(blocks),
        shown_names(solution.problem, solution.shapes),
        digits=solution.problem.digits,
        shapes=solution.shapes,
        axis=solution.problem.axis,
    )


def _table(marks: Marks, hide_key: bool) -> Iterator[Block]:
    yield Heading("Verdicts")
    names = {quantity.label: quantity.equation for quantity in quantities(marks.solution)}
    header = ("verdict", "quantity", "yours", *(() if hide_key else ("right",)), "why")
    problem = marks.solution.problem
    rows = [_row(verdict, names.get(verdict.quantity), problem, hide_key) for verdict in marks.verdicts]
    if rows:
        yield Table(header, tuple(rows))
    else:
        yield Paragraph(("The sheet holds no answers.",), "warning")


def _row(verdict: Verdict, equation: str | None, problem: Problem, hide_key: bool) -> tuple[Text, ...]:
    name: Inline = verdict.quantity if equation is None else Math(Name(equation))
    key = () if hide_key else (_right(verdict),)
    why: Text = (verdict.message,) if verdict.message not in ("right", _right_as_read(verdict)) else _remark(verdict)
    return ((f"{SIGNS[verdict.verdict]} {verdict.verdict}",), (name,), _yours(verdict, problem), *key, why)


def _remark(verdict: Verdict) -> Text:
    """How a right answer was read, where that isn't the obvious way."""
    return (verdict.answer.remark,) if verdict.answer and verdict.answer.remark else ()


def _right_as_read(verdict: Verdict) -> str:
    return f"right ({verdict.answer.remark})" if verdict.answer else "right"


def _yours(verdict: Verdict, problem: Problem) -> Text:
    answer = verdict.answer
    if answer is None:
        return ()
    if answer.formula is not None:
        return (Math(answer.formula),)
    if answer.numbers is None:
        return (answer.text,)
    if answer.numbers.given is not None:
        return (_with_gaps(answer.numbers, answer.numbers.given, problem),)
    return (Value(answer.numbers.values, exact=True),)


def _with_gaps(numbers: Numbers, given: Mask, problem: Problem) -> str:
    """`[0.5, null]`: what wasn't given isn't shown."""
    cells = np.where(given, entries(numbers.values, problem.digits, exact=True), "null")
    return bracketed(np.atleast_2d(cells).tolist(), numbers.values.shape, problem.axis)


def _right(verdict: Verdict) -> Text:
    if verdict.right is None or verdict.verdict == "correct":
        return ()
    return (Value(verdict.right),)


def _summary(marks: Marks) -> Paragraph:
    counts = Counter(verdict.verdict for verdict in marks.verdicts)
    said = ", ".join(f"{counts[word]} {word}" for word in SIGNS if counts[word])
    left = marks.asked - marks.answered
    counted = sum(verdict.verdict == "missing" for verdict in marks.verdicts)
    score = f"{marks.score:g} of {marks.points:g} points"
    if left > counted:
        score = f"{marks.score:g} of {marks.points:g} answered; {left} not answered"
    return Paragraph((f"{score}: {said}.",) if said else (f"{score}.",))


def _first_error(marks: Marks, hide_key: bool) -> Iterator[Block]:
    verdict = marks.first_error
    equation = next((q.equation for q in quantities(marks.solution) if verdict and q.label == verdict.quantity), None)
    if verdict is None or equation is None:
        return
    yield Heading("The first error")
    yield Paragraph((Math(Name(equation)), ": ", verdict.message, "."))
    for mistake in verdict.mistakes:
        yield Paragraph((f"{mistake.id}, in {mistake.at}",), "note")
    yield from _rule(marks, equation, hide_key)


def _rule(marks: Marks, equation: str, hide_key: bool) -> Iterator[Block]:
    """The rule that holds here, with its numbers put in where they may be shown."""
    solution = marks.solution
    rule = next((eq.expr for eq in solution.equations if eq.name == equation), None)
    if rule is None:
        return
    if hide_key:
        yield Paragraph(("The rule is ", Math(Name(equation)), " = ", Math(rule), "."))
        return
    quantity = Quantity(equation, solution.values[equation], rule)
    yield Paragraph(("It comes out like this:",))
    yield Workings((quantity,), solution.values, frozenset(solution.problem.given))


def marks_data(marks: Marks) -> dict[str, object]:
    """The score and the verdicts for programs, each verdict with its points, its right entries and its mistakes."""
    first = marks.first_error
    return {
        "score": marks.score,
        "points": marks.points,
        "answered": marks.answered,
        "asked": marks.asked,
        "verdicts": [_verdict_data(verdict) for verdict in marks.verdicts],
        "first_error": first.quantity if first else None,
    }


def _verdict_data(verdict: Verdict) -> dict[str, object]:
    entries = np.zeros((0,)) if verdict.entries is None else np.atleast_2d(verdict.entries)
    return {
        "quantity": verdict.quantity,
        "verdict": verdict.verdict,
        "points": verdict.points,
        "of": verdict.of,
        "message": verdict.message,
        "entries": entries.tolist(),
        "mistakes": [{"id": m.id, "at": m.at, "message": m.message} for m in verdict.mistakes],
    }
