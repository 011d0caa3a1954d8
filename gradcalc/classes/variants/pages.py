"""What students get, and what their lecturer keeps: the question and the key of each variant, to print and to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from gradcalc.classes.variants.numbers import with_numbers
from gradcalc.classes.variants.search import Variant
from gradcalc.errors import UsageError
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve
from gradcalc.report.document import Document
from gradcalc.report.formats import Report, lookup_format, render
from gradcalc.report.page import Page
from gradcalc.report.story.solution import solution_document
from gradcalc.report.story.worksheet import worksheet_document
from gradcalc.words import visible

ENDINGS: Final = {"html": ".html", "latex": ".tex", "markdown": ".md"}


def formats_of(text: str) -> tuple[str, ...]:
    """The formats in `html,latex`. Raises UsageError."""
    formats = tuple(dict.fromkeys(each.strip() for each in text.split(",") if each.strip()))
    for each in formats:
        if each not in ENDINGS:
            raise UsageError(f"--pages {each}: the formats are {', '.join(ENDINGS)}, with commas between them")
    return formats


@dataclass
class Pages:
    """Makes the pages of variants in these formats; with `together` they are kept, for one file of all of them.

    A page is the name of its file without what says whose it is, and its text: `.question.html`.
    """

    problem: Problem
    formats: Sequence[str]
    together: bool = False
    questions: list[Document] = field(default_factory=list)
    keys: list[Document] = field(default_factory=list)

    def of(self, variant: Variant) -> Iterator[tuple[str, str]]:
        """The question and the key of a student in each of the formats."""
        plain = replace(self.problem, expected={}, misprints=())
        solution = solve(with_numbers(plain, variant.numbers))
        remark = f"Variant of {visible(variant.student)}"
        question = worksheet_document(solution, remark=remark)
        key = solution_document(solution, remark=remark)
        for form in self.formats:
            yield f".question{ENDINGS[form]}", _written(question, form)
            yield f".key{ENDINGS[form]}", _written(key, form, solution)
        if self.together:
            # A page with places to fill in is one student's; a collection is there to be printed.
            self.questions.append(worksheet_document(solution, places=False, remark=remark))
            self.keys.append(key)

    def all(self) -> Iterator[tuple[str, str]]:
        """The questions of all students as one file of each format, and the keys; each student begins a page."""
        for name, documents in (("questions", self.questions), ("keys", self.keys)):
            if documents:
                blocks = tuple(block for each in documents for block in each.blocks)
                for form in self.formats:
                    yield f"{name}{ENDINGS[form]}", _written(replace(documents[0], blocks=blocks), form)


def _written(document: Document, form: str, solution: Solution | None = None) -> str:
    report = Report(lambda: document, solution=None if solution is None else lambda: solution)
    return render(report, lookup_format(form), Page())
