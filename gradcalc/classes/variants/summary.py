"""What is said at the end of a run: how many variants tell everything apart, and what none of them can."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcalc.classes.variants.certify import EQUAL, Alike, common, missed, own
from gradcalc.classes.variants.search import Search, Variant
from gradcalc.formula.names import Names
from gradcalc.report.document import Block, Document, Heading, Paragraph, Table
from gradcalc.report.story.solution import opening
from gradcalc.words import listed, visible

MOST_LISTED = 20


@dataclass
class Made:
    """Counts variants as they come; of those that hide something the first few are kept."""

    search: Search
    count: int = 0
    separating: int = 0
    hard_to_read: int = 0
    others: list[tuple[str, Alike]] = field(default_factory=list)

    def add(self, variant: Variant) -> None:
        """Count one."""
        hidden = own(self.search, variant)
        self.count += 1
        self.separating += not hidden
        self.hard_to_read += bool(missed(self.search, variant.seen.holds))
        room = MOST_LISTED - len(self.others)
        self.others += [(variant.student, each) for each in hidden[:room]]


def made_document(made: Made, folder: str) -> Document:
    """The counts, and what isn't told apart, with the reason."""
    blocks: list[Block] = [*opening(made.search.problem), Heading("Variants"), Paragraph((_counts(made, folder),))]
    never = missed(made.search, made.search.reach.conditions, np.ones(len(made.search.judge.conditions), bool))
    blocks += [Paragraph((f"In no variant that was tried: {'; '.join(never)}.",), "note")] if never else []
    alike = [each for each in common(made.search) if each.why != EQUAL]
    if alike:
        rows = tuple(_row(each) for each in alike[:MOST_LISTED])
        blocks += [Heading("What no variant tells apart"), Table(("quantity", "mistakes", "why"), rows)]
    if made.others:
        rows = tuple(((visible(student),), *_row(each)) for student, each in made.others)
        blocks += [Heading("What single variants hide"), Table(("student", "quantity", "mistakes", "why"), rows)]
    return Document(tuple(blocks), Names({}, {}))


def _row(alike: Alike) -> tuple[tuple[str, ...], ...]:
    what = listed(alike.mistakes) if len(alike.mistakes) > 1 else f"{alike.mistakes[0]} and the right value"
    return (alike.quantity,), (what,), (alike.why,)


def _counts(made: Made, folder: str) -> str:
    judge = made.search.judge
    count = f"{made.count:,} variant{'s' if made.count != 1 else ''}"
    reachable = int(made.search.reach.pairs.sum())
    said = (
        f"{count} in {visible(folder)}, {made.separating:,} of them separating: {judge.mistakes:,} usual mistakes, "
        f"{reachable:,} of {len(judge.pairs):,} pairs of values told apart."
    )
    hard = made.hard_to_read
    return f"{said} {hard:,} have values that are hard to read: their certificates say which." if hard else said


def made_data(made: Made) -> dict[str, Any]:
    """The same for programs."""
    return {
        "variants": made.count,
        "separating": made.separating,
        "hard_to_read": made.hard_to_read,
        "mistakes": made.search.judge.mistakes,
        "pairs": len(made.search.judge.pairs),
        "told_apart": int(made.search.reach.pairs.sum()),
        "not_told_apart": [
            {"quantity": each.quantity, "mistakes": [*each.mistakes], "why": each.why} for each in common(made.search)
        ],
    }
