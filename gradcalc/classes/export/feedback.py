"""A web page for each student, from the marks alone, so that it can be had of results in a file too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from gradcalc.classes.model import VARIANT, Result
from gradcalc.classes.variants.own import Variants
from gradcalc.errors import GradcalcError
from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Name
from gradcalc.program.naming import at_first
from gradcalc.program.sections import quantities
from gradcalc.program.shown import shown_names
from gradcalc.program.solution import Solution
from gradcalc.report.document import (
    Answered,
    Block,
    Document,
    Heading,
    Inline,
    Judged,
    Math,
    Paragraph,
    Table,
    Text,
    Value,
)
from gradcalc.report.document import Verdicts as Listed
from gradcalc.report.dust import zero_if_dust
from gradcalc.report.html.page import render
from gradcalc.report.page import Page
from gradcalc.report.story.marks import FOLDED, SIGNS
from gradcalc.report.story.rule import rule_shapes
from gradcalc.report.story.solution import opening
from gradcalc.report.story.told import told_again
from gradcalc.report.story.worksheet import key, stated
from gradcalc.words import visible


class Feedback:
    """Makes the pages of one problem; with `hide_key` no right number stands anywhere in them.

    With `states` the question and its key stand below the marks, as a student with numbers of their own wants to see.
    """

    def __init__(self, solution: Solution, *, hide_key: bool = False, states: bool = False) -> None:
        self.solution = solution
        self.hide_key = hide_key
        self.states = states
        self.known = {each.label: each for each in quantities(solution)}
        self.names = shown_names(solution.problem, solution.shapes)

    def page(self, result: Result) -> str:
        """The page of a student, whose sheet may have no marks, as HTML."""
        problem = self.solution.problem
        said = self.marks(result) if result.is_marked else _unmarked(result)
        blocks = (*opening(problem, _whose(result)), *said, *(self.question() if self.states else ()))
        shapes = {**rule_shapes(problem), **self.solution.shapes}
        document = Document(blocks, self.names, problem.digits, shapes, problem.axis)
        return render((document, None), Page())

    def question(self) -> Iterator[Block]:
        """What was asked, and unless it is hidden the key."""
        yield from stated(self.solution)
        if not self.hide_key:
            yield from key(self.solution)

    def marks(self, result: Result) -> Iterator[Block]:
        """What the marks say."""
        marks = result.marks
        left = int(marks["asked"]) - int(marks["answered"])
        unanswered = f"; {left} not answered" if left else ""
        yield Paragraph((f"{marks['score']:g} of {marks['points']:g} points{unanswered}.",))
        if result.message:
            yield Paragraph((visible(result.message),), "note")
        first = next((each for each in marks["verdicts"] if each["quantity"] == marks["first_error"]), None)
        if first is not None:
            yield Paragraph(("The first error is in ", self.name(first), ": ", *self.told(first), "."), "warning")
        yield Heading("Verdicts")
        alike = groupby(enumerate(marks["verdicts"]), key=lambda each: _kind(*each))
        yield Listed(tuple(self.judged([verdict for _, verdict in run]) for _, run in alike))
        if result.not_marked:
            yield Heading("Not marked")
            rows = [[(visible(each),) for each in row] for row in result.not_marked]
            yield Table(("place", "equation", "why"), tuple(map(tuple, rows)))

    def judged(self, verdicts: Sequence[Mapping[str, Any]]) -> Judged:
        """Answers with one verdict for one reason."""
        word, said = verdicts[0]["verdict"], self.told(verdicts[0])
        why: Text = () if said == ("right",) else said
        return Judged(SIGNS[word], word, tuple(map(self.answered, verdicts)), why, word in FOLDED)

    def answered(self, verdict: Mapping[str, Any]) -> Answered:
        """What was answered, and what is right."""
        known = self.known.get(verdict["quantity"])
        right = None if known is None else self.solution.values.get(known.equation)
        if known is None or right is None or verdict["verdict"] == "correct" or self.hide_key:
            return Answered(self.name(verdict), _yours(verdict))
        right = zero_if_dust(right, known.equation, self.solution)
        return Answered(self.name(verdict), _yours(verdict), (Value(right),))

    def told(self, verdict: Mapping[str, Any]) -> Text:
        """Why, with the problem's own symbols."""
        return told_again(verdict, self.solution.shapes)

    def name(self, verdict: Mapping[str, Any]) -> Inline:
        """What the quantity is called."""
        known = self.known.get(verdict["quantity"])
        return visible(verdict["quantity"]) if known is None else Math(Name(at_first(known.equation)))


class VariantFeedback:
    """Makes the pages of students who have variants: each is of its own problem, and states it.

    `plain` is of the problem that the variants were made of; who has no variant sees nothing of its numbers.
    """

    def __init__(self, plain: Feedback, variants: Variants) -> None:
        self.plain, self.variants = plain, variants

    def page(self, result: Result) -> str:
        """The page of a student, as HTML. Raises GradcalcError where the variant of a marked sheet isn't there."""
        names = (result.marks[VARIANT],) if result.by_variant else (result.student, result.name)
        try:
            solution = self.variants.solution(self.variants.owner(names))
        except GradcalcError:
            if result.by_variant:
                raise
            return self.plain.page(result)
        return Feedback(solution, hide_key=self.plain.hide_key, states=True).page(result)


def _whose(result: Result) -> str:
    return ", ".join(visible(each) for each in dict.fromkeys((result.name, result.student)) if each)


def _unmarked(result: Result) -> Iterator[Block]:
    yield Paragraph((f"This sheet has no marks ({result.status}): {visible(result.message)}",), "warning")


def _kind(place: int, verdict: Mapping[str, Any]) -> tuple[str, str, int]:
    """What neighbours that are folded together share; what isn't folded stands alone."""
    return verdict["verdict"], verdict["message"], -1 if verdict["verdict"] in FOLDED else place


def _yours(verdict: Mapping[str, Any]) -> Text:
    answer = verdict.get("answer")
    if answer is None:
        return ()
    numbers = _numbers(answer)
    if numbers is None:
        return (visible(answer if isinstance(answer, str) else str(answer).replace("None", "null")),)
    entries = np.array(verdict["entries"], dtype=bool)
    marked = verdict["verdict"] == "wrong" and entries.shape == numbers.shape and entries.size > 1
    return (Value(numbers, exact=True, wrong=~entries if marked else None),)


def _numbers(answer: Any) -> Array | None:
    """The numbers that were answered; None where they aren't all there, or it is no number."""
    try:
        found = np.array(answer, dtype=float)
    except (TypeError, ValueError):
        return None
    return found if found.ndim in (0, 2) and np.isfinite(found).all() and not isinstance(answer, str) else None
