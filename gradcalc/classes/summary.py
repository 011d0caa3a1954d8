"""What is said at the end of a run: how many sheets were marked, what they earn, and which came to nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradcalc.classes.insight.counts import Insight
from gradcalc.classes.insight.data import insight_data
from gradcalc.classes.model import STATUSES, Result
from gradcalc.formula.names import Names
from gradcalc.program.solution import Solution
from gradcalc.report.document import Block, Document, Heading, Paragraph, Table
from gradcalc.report.story.solution import document_of, opening
from gradcalc.words import known, visible

MOST_LISTED = 20
"""So many sheets without marks are listed; the file has them all."""


@dataclass
class Tally:
    """Counts results as they come; of those without marks the first few are kept."""

    statuses: Counter[str] = field(default_factory=Counter)
    right: int = 0
    score: float = 0.0
    points: float = 0.0
    others: list[Result] = field(default_factory=list)
    insight: Insight = field(default_factory=Insight)

    def count(self, results: Iterator[Result]) -> Iterator[Result]:
        """Hand results on, counted."""
        for result in results:
            self.add(result)
            yield result

    def add(self, result: Result) -> None:
        """Count one."""
        self.statuses[result.status] += 1
        self.insight.add(result)
        self.right += result.all_right
        self.score += float(result.marks.get("score", 0))
        self.points += float(result.marks.get("points", 0))
        if not result.is_marked and len(self.others) < MOST_LISTED:
            self.others.append(result)

    @property
    def sheets(self) -> int:
        """How many results there are."""
        return sum(self.statuses.values())

    @property
    def students(self) -> int:
        """How many of them are no older sheet of the same student."""
        return self.sheets - self.statuses["duplicate"]

    @property
    def all_right(self) -> bool:
        """Whether every student's sheet is right."""
        return self.right == self.students


def summary_document(tally: Tally, solution: Solution | None, remarks: Sequence[str] = ()) -> Document:
    """The counts, what the class got wrong, and the sheets without marks."""
    from gradcalc.classes.insight.blocks import Story  # which formats for programs don't need

    head = opening(solution.problem) if solution is not None else ()
    blocks: list[Block] = [*head, Heading("The class"), Paragraph((_counts(tally),))]
    blocks += [Paragraph((remark,), "note") for remark in remarks]
    blocks += Story(tally.insight, solution).blocks()
    if tally.others:
        rows = tuple(
            ((visible(r.student),), (visible(r.file),), (r.status,), (visible(r.message),)) for r in tally.others
        )
        blocks += [Heading("Sheets without marks"), Table(("student", "sheet", "", "why"), rows)]
        left = tally.sheets - tally.statuses["marked"] - len(tally.others)
        blocks += [Paragraph((f"And {left:,} more.",))] if left else []
    if solution is None:
        return Document(tuple(blocks), Names({}, {}))
    return document_of(solution.problem, solution.shapes, blocks)


def _counts(tally: Tally) -> str:
    """`30 sheets: 28 marked, 2 unreadable. 12 are all right; 18.5 of 23 points on average.`"""
    count, marked = tally.sheets, tally.statuses["marked"]
    parts = ", ".join(f"{tally.statuses[each]:,} {each}" for each in STATUSES if tally.statuses[each])
    said = f"{count:,} sheet{'s' if count != 1 else ''}: {parts or 'none'}."
    if not marked:
        return said
    score, points = tally.score / marked, tally.points / marked
    return f"{said} {tally.right:,} all right; {score:.4g} of {points:.4g} points on average."


def summary_data(tally: Tally) -> dict[str, Any]:
    """The same for programs."""
    statuses: dict[str, int] = {each: tally.statuses[each] for each in STATUSES}
    marked = tally.statuses["marked"]
    return {
        "sheets": tally.sheets,
        **statuses,
        "all_right": tally.right,
        "mean_score": tally.score / marked if marked else None,
        "mean_points": tally.points / marked if marked else None,
        **insight_data(tally.insight),
    }


def passed_over(strangers: Sequence[str]) -> list[str]:
    """What to say of files and columns that are none of a sheet."""
    return [f"Passed over, as no sheet and no quantity: {visible(known(strangers))}."] if strangers else []
