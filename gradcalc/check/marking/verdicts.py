"""What marking says: a verdict for each quantity, and the marks of a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gradcalc.check.answers.model import Answer, Unread
from gradcalc.check.mistakes.diagnose import NamedMistake
from gradcalc.check.mistakes.model import Working
from gradcalc.check.wording import Told
from gradcalc.display import Displayed
from gradcalc.errors import Span
from gradcalc.formula.arrays import Array, throughout
from gradcalc.program.solution import Solution

Word = Literal["correct", "carried", "imprecise", "wrong", "missing", "unreadable"]
MEANINGS: dict[Word, str] = {
    "correct": "right",
    "carried": "wrong, but right given an earlier answer that is wrong",
    "imprecise": "right, but with fewer digits than asked for, rounded too early, or in another layout",
    "wrong": "wrong",
    "missing": "no answer",
    "unreadable": "neither numbers nor a formula that can be worked out",
}
_FINE: tuple[Word, ...] = ("correct", "carried")
LAYOUT = ("answer-transposed", "wrong-layout")
"""Mistakes of right numbers in a wrong layout."""


@dataclass(frozen=True, slots=True)
class Credit:
    """The share of a quantity's points that a verdict earns; with `by_entry`, wrong answers earn for right entries."""

    carried: float = 1.0
    imprecise: float = 0.5
    by_entry: bool = False

    def share(self, verdict: Verdict) -> float:
        """The part of its points that a verdict earns, from 0 to 1; of a partial answer, for what is given."""
        numbers = verdict.answer.numbers if verdict.answer else None
        given = 1.0 if numbers is None else numbers.share
        match verdict.verdict:
            case "correct":
                return given
            case "carried":
                return self.carried * given
            case "imprecise":
                return self.imprecise * given
            case "wrong" if self.by_entry and verdict.entries is not None and verdict.entries.size > 1:
                return float(np.mean(verdict.entries))
        return 0.0


@dataclass(frozen=True, slots=True)
class LineVerdict(Told):
    """The mark of one line of a chain, and the line as it was typed."""

    verdict: Word
    said: str
    text: str
    place: Span | None = None
    """Of a write-up, where it stands."""
    number: str = ""
    """Of a write-up, the number of its equation."""


@dataclass(frozen=True, slots=True)
class Verdict(Told):
    """The mark of one quantity. `entries` says of each entry whether it is right; `said` shows no key."""

    quantity: str
    verdict: Word
    said: str
    points: float = 0.0
    of: float = 1.0
    entries: npt.NDArray[np.bool_] | None = None
    mistakes: tuple[NamedMistake, ...] = ()
    answer: Answer | None = None
    right: Array | None = None
    expected: Array | None = None
    """What the quantity comes to on the student's own earlier answers; of a right answer the right value."""
    after: str = ""
    """The wrong answer that this one carries on."""
    taken: Working | None = None
    """How the student came to a wrong answer, where that is known."""
    due: Working | None = None
    """How it would have come out right, on the same numbers."""
    rank: int = 0
    """Where the quantity stands in the order of the calculation, in which the first error is looked for."""

    line: int | None = None
    """Of a chain the first line that is wrong, counted from 1."""
    lines: tuple[LineVerdict, ...] = ()

    @property
    def is_layout(self) -> bool:
        """Whether the numbers are right, and rows and columns are not."""
        return self.verdict == "imprecise" and any(mistake.id in LAYOUT for mistake in self.mistakes)


_FIELDS = tuple(field.name for field in fields(Verdict))


def changed(verdict: Verdict, **changes: Any) -> Verdict:
    """The verdict with other values: `dataclasses.replace` in a third of its time, which each verdict takes twice."""
    new = object.__new__(Verdict)
    for name in _FIELDS:
        object.__setattr__(new, name, changes[name] if name in changes else getattr(verdict, name))
    return new


def missing(label: str, rank: int) -> Verdict:
    """The verdict on a quantity without an answer."""
    return Verdict(label, "missing", "no answer is given", rank=rank)


def right_at_sight(label: str, answer: Answer, right: Array, rank: int) -> Verdict:
    """The verdict on numbers that fit the right value in every entry, at the point that a quantity has by itself."""
    said = f"right ({answer.remark})" if answer.remark else "right"
    return Verdict(label, "correct", said, 1.0, 1.0, throughout(right.shape, True), (), answer, right, right, rank=rank)


@dataclass(frozen=True, slots=True, repr=False)
class Marks(Displayed):
    """The verdicts of a sheet, in the order of the solution; `labels` are those of the quantities that are asked."""

    verdicts: tuple[Verdict, ...]
    solution: Solution
    labels: frozenset[str] = frozenset()
    about: Mapping[str, str] = field(default_factory=dict)
    """What the sheet says of its student: `name`, `id` and `comment`, as far as it does."""
    unread: tuple[Unread, ...] = ()
    """Of a write-up what isn't marked."""
    is_writeup: bool = False

    @property
    def asked(self) -> int:
        """How many quantities are asked."""
        return len(self.labels)

    @property
    def answered(self) -> int:
        """How many of them have an answer, though it may not be readable."""
        return len({v.quantity for v in self.verdicts if v.verdict != "missing"} & self.labels)

    @property
    def score(self) -> float:
        """The points earned."""
        return sum(verdict.points for verdict in self.verdicts)

    @property
    def points(self) -> float:
        """The points to be had."""
        return sum(verdict.of for verdict in self.verdicts)

    @property
    def first_error(self) -> Verdict | None:
        """The first quantity that is wrong by itself, as one calculates; else the first that is laid out wrong."""
        wrong = [v for v in self.verdicts if v.verdict == "wrong"] or [v for v in self.verdicts if v.is_layout]
        return min(wrong, key=lambda verdict: verdict.rank, default=None)

    def __bool__(self) -> bool:
        """Whether there are answers, and nothing is wrong: `assert marks`."""
        return bool(self.verdicts) and self.all_right

    def __repr__(self) -> str:
        """The score in the first line, then what is wrong, a line each: what a failed `assert` shows."""
        lines = [f"{v.quantity}: {v.verdict}, {v.message}" for v in self.verdicts if v.verdict not in _FINE]
        return "\n  ".join([f"<Marks: {self.score:g} of {self.points:g} points>", *lines])

    @property
    def all_right(self) -> bool:
        """Whether nothing is wrong; too few digits are no error."""
        return all(v.verdict == "correct" or (v.verdict == "imprecise" and not v.is_layout) for v in self.verdicts)
