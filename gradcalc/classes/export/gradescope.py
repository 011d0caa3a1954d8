"""One student's marks as Gradescope reads them in `results.json`, by its autograder specification."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from gradcalc.classes.model import Result
from gradcalc.words import visible

Visibility = Literal["visible", "hidden", "after_due_date", "after_published"]
SUBMISSION = "submission"
RESULTS = "results/results.json"
"""Where these stand in `/autograder`."""


def results_data(results: Iterable[Result], visibility: Visibility = "visible") -> dict[str, Any]:
    """What stands in `results.json`: a test for each answer. No right number is in it.

    A student hands in one sheet. Of several the one with the most answers counts, which is said; where none can be
    marked, it says why.
    """
    every = list(results)
    marked = sorted((each for each in every if each.is_marked), key=_answers, reverse=True)
    if not marked:
        return {"score": 0, "output": _why_not(every), "output_format": "text", "tests": []}
    tests = [_test(verdict, visibility) for verdict in marked[0].marks["verdicts"]]
    said = "\n".join(_said(marked[0], len(marked)))
    return {"score": marked[0].marks["score"], "output": said, "output_format": "text", "tests": tests}


def _answers(result: Result) -> int:
    return int(result.marks["answered"])


def _why_not(results: list[Result]) -> str:
    if not results:
        return "No answer sheet was handed in."
    return "\n".join(visible(f"{each.file.rpartition('/')[2]}: {each.status}: {each.message}") for each in results)


def _said(result: Result, sheets: int) -> Iterator[str]:
    marks = result.marks
    yield f"{marks['score']:g} of {marks['points']:g} points; {marks['answered']} of {marks['asked']} answered."
    if marks.get("first_error"):
        yield f"The first error is in {visible(marks['first_error'])}."
    if sheets > 1:
        yield f"{sheets} sheets were handed in. This is {visible(result.file.rpartition('/')[2])}."
    if result.message:
        yield visible(result.message)
    for where, equation, why in result.not_marked:
        yield visible(f"Not marked, {where}: {equation}: {why}")


def _test(verdict: dict[str, Any], visibility: Visibility) -> dict[str, Any]:
    earned = verdict["points"] >= verdict["of"]
    word, said = verdict["verdict"], verdict["message"]
    return {
        "name": visible(verdict["quantity"]),
        "score": verdict["points"],
        "max_score": verdict["of"],
        "status": "passed" if earned and word != "wrong" else "failed",
        "output": visible(said if word in said else f"{word}: {said}"),
        "output_format": "text",
        "visibility": visibility,
    }
