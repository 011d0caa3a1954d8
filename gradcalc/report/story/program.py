"""Tell how a student's program was marked: the gradient check, array by array, and the first one that is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from gradcalc.check.code.judge import CodeMarks, Row, Told
from gradcalc.check.code.run import Outcome
from gradcalc.check.wording import plain_text
from gradcalc.report.document import Block, Document, Heading, Judgement, Paragraph, Table, Text
from gradcalc.report.story.first_error import first_error
from gradcalc.report.story.labels import Named, by_label
from gradcalc.report.story.marks import marks_data, verdict_data
from gradcalc.report.story.solution import document_of, opening
from gradcalc.report.story.told import told, told_data
from gradcalc.words import visible

SAYS: dict[Told, Judgement] = {
    "right": Judgement("✓ right", "correct"),
    "precision": Judgement("✓ right at its precision", "correct"),
    "kink": Judgement("✓ right: another derivative at a kink", "correct"),
    "layout": Judgement("✗ laid out otherwise", "wrong"),
    "carried": Judgement("↪ carries an error on", "carried"),
    "wrong": Judgement("✗ wrong", "wrong"),
    "missing": Judgement("○ isn't returned", "missing"),
    "unreadable": Judgement("? can't be used", "unreadable"),
}
"""What a line of the gradient check says of an array."""
ANOTHER = "These are the numbers of a random instance: the mistake shows better on them than on the problem's own."


def program_document(marks: CodeMarks, *, hide_key: bool = False) -> Document:
    """The gradient check and the first error as a report; with `hide_key` no right number stands anywhere in it."""
    solution = marks.solution
    blocks = (
        *opening(solution.problem, f"Program: {visible(marks.program)}"),
        *_run(marks),
        *_failed(marks),
        *_table(marks),
        *_first(marks, hide_key),
    )
    return document_of(solution.problem, solution.shapes, blocks)


def _run(marks: CodeMarks) -> Iterator[Block]:
    count = len(marks.each)
    if count:
        on = "on the problem's numbers" + (f" and {count - 1} random instances" if count > 1 else "")
        yield Paragraph((f"{marks.outcome.function} was run {on}, in a process of its own.",))
    said = nothing(marks.outcome)
    if said:
        yield Paragraph((f"{said[0].upper()}{said[1:]}.",), "warning")


def _failed(marks: CodeMarks) -> Iterator[Block]:
    """Why there is no more, and the last lines that were printed."""
    outcome = marks.outcome
    if not outcome.failure:
        return
    what = "fails" if marks.each else "gives no answer"
    yield Paragraph((f"The program {what}: {visible(failed(outcome))}.",), "warning")
    last = [visible(line) for line in outcome.printed.splitlines() if line.strip()][-3:]
    if last:
        yield Paragraph((f"It printed last: {' / '.join(last)}",), "note")


def nothing(outcome: Outcome) -> str:
    """What is to be said of a function that returns nothing in which gradients could be; usually nothing."""
    returned = outcome.returned[0].get(outcome.function, {}) if outcome.returned else {}
    if "none" in returned:
        return f"the function {outcome.function} returns nothing: a 'return' may be missing"
    return f"the function {outcome.function} returns a {visible(returned['type'])}" if "type" in returned else ""


def failed(outcome: Outcome) -> str:
    """Why a program gives no answer, or no more, and where in it that was; empty where it doesn't fail."""
    said = f"line {outcome.line}: {outcome.failure}" if outcome.line else outcome.failure
    if not said or not outcome.returned:
        return said
    return f"{'update' if outcome.whole else 'on a random instance'}, {said}"


def _table(marks: CodeMarks) -> Iterator[Block]:
    if not marks.rows:
        return
    named = by_label(marks.solution)
    yield Heading("Gradient check")
    header = ("array", "relative error", "precision", "verdict")
    yield Table(header, tuple(_cells(row, named, len(marks.each)) for row in marks.rows))


def _cells(row: Row, named: Named, count: int) -> tuple[Text, ...]:
    verdict = Judgement(f"{SAYS[row.told]}{_often(row, count)}", SAYS[row.told].word)
    error = "" if row.error is None else f"{row.error:.1e}" if row.error else "0"
    return (named(row.quantity),), (error,), (row.precision,), (verdict,)


def _often(row: Row, count: int) -> str:
    return f" on {row.wrong_on} of {count}" if 0 < row.wrong_on < count else ""


def _first(marks: CodeMarks, hide_key: bool) -> Iterator[Block]:
    """The first array that is wrong, beside the right way; of what is missing or can't be used why."""
    first = marks.first
    if first is None or marks.marks is None:
        return
    shown = [*first_error(marks.marks, hide_key)]
    if shown:
        yield from shown
        if marks.marks is not marks.each[0]:
            yield Paragraph((ANOTHER,), "note")
        return
    yield Heading("The first error")
    yield Paragraph((by_label(marks.solution)(first.quantity), ": ", *told(first.said, marks.solution.shapes), "."))


def program_data(marks: CodeMarks) -> dict[str, object]:
    """The same for programs: each array, the first error, why there is no more, and the marks that show it."""
    outcome, first = marks.outcome, marks.first
    failure = {"message": outcome.failure, "line": outcome.line or None} if outcome.failure else None
    return {
        "program": marks.program,
        "function": outcome.function,
        "instances": len(marks.each),
        "passes": marks.passes,
        "failure": failure,
        "arrays": [_row_data(row) for row in marks.rows],
        "first_error": first.quantity if first else None,
        "mistakes": [{"id": m.id, "at": m.at, "message": m.message} for m in first.mistakes] if first else [],
        "marks": None if marks.marks is None else marks_data(marks.marks),
    }


def program_marks(marks: CodeMarks) -> dict[str, object]:
    """The marks as those of a sheet are told: an array a verdict, which says on how many instances it holds.

    What was answered isn't there, as the numbers would be those of random instances.
    """
    count, counted = len(marks.each), marks.marks
    return {
        "score": sum(row.verdict.points for row in marks.rows),
        "points": sum(row.verdict.of for row in marks.rows),
        "answered": counted.answered if counted is not None else 0,
        "asked": counted.asked if counted is not None else 0,
        "verdicts": [verdict_data(row.verdict) | _message(row, count) for row in marks.rows],
        "first_error": marks.first.quantity if marks.first else None,
        "function": marks.outcome.function,
        "instances": count,
    }


def _message(row: Row, count: int) -> dict[str, object]:
    often = _often(row, count)
    said = f"{row.verdict.said} ({often.strip()} instances)" if often else row.verdict.said
    return {"message": plain_text(said), **told_data(said)}


def _row_data(row: Row) -> dict[str, object]:
    return {
        "quantity": row.quantity,
        "relative_error": row.error,
        "precision": row.precision,
        "verdict": row.told,
        "wrong_on": row.wrong_on,
        "message": row.verdict.message,
    }
