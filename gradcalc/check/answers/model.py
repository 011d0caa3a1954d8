"""Answers as they were written: numbers with their last digit, formulas, or text that can't be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from gradcalc.errors import Span
from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Expr

if TYPE_CHECKING:
    from gradcalc.check.answers.stated import Statement
    from gradcalc.program.kinds import ValueKind

NEARLY_SO: Final = "≈ says that it is nearly so"
UNREAD_CONDITION: Final = "where this is said to hold can't be read"
IN_WORDS: Final = "it may hold under the condition that is said in words"
SEVERAL_WAYS: Final = "this can be read in several ways"
CONDITION: Final = "a condition, not a value: it doesn't hold everywhere"
"""Why a line is never called wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Numbers of an answer, in the shape in which they were written; equal are they to none but themselves.

    `values` is a scalar or a matrix (a flat list: a column, or a row where samples are rows; `flat` says that
    it was one). `unit` has the size of each number's last digit (0.0001 for `0.2880`, 1 for `3`, 0 for an exact
    fraction); `scientific` is true where it was written with an exponent. `remark` says how they were read, where
    that is not what stands there. Of a partial answer `given` says which entries were given; what stands in
    the place of the others (0, until it is marked) means nothing. `computed` says that a program gave them as an array,
    so that nobody chose their digits: `unit` is the room that the array's precision leaves, whatever digits are asked.
    """

    values: Array
    unit: Array
    scientific: npt.NDArray[np.bool_]
    flat: bool = False
    remark: str = ""
    given: npt.NDArray[np.bool_] | None = None
    computed: bool = False

    @property
    def share(self) -> float:
        """The part of the entries that was given."""
        return 1.0 if self.given is None else float(np.mean(self.given))


def _nowhere() -> Span:
    return Span("")


@dataclass(frozen=True, slots=True)
class Line:
    """One formula of a chain as it was typed, and as it was read, or its numbers; or why it couldn't be read."""

    text: str
    formula: Expr | None = None
    refused: str = ""
    numbers: Numbers | None = None
    place: Span | None = None
    """Of a write-up, where it stands."""
    number: str = ""
    """Of a write-up, the number of its equation."""
    odd: str = ""
    """What is odd about its letters: limits that don't fit, which are the mistake where the line is wrong."""
    written_out: bool = False
    """Whether the formula is what letters and derivatives come to, which nobody wrote."""
    restates: bool = False
    """Whether it only says what is asked: `grad(loss, W2)` for the gradient of W2."""
    statement: str = ""
    """A formula with letters of indices or derivatives in it, as claims have it; it has no `formula`."""
    second: str = ""
    """The same in its second reading, where it has two."""
    doubt: str = ""
    """Why it is never called wrong: it may be meant in another way."""

    aside: str = ""
    """Where the words beside it say that it holds, as a number that is 1 there and 0 elsewhere."""

    @property
    def is_read(self) -> bool:
        """Whether it is a formula or numbers."""
        return self.formula is not None or self.numbers is not None or bool(self.statement)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was given for one quantity: numbers, or a formula, or nothing, or something unreadable.

    `quantity` is `SECTION.NAME`; `name` is the quantity's name in the equations (`dW1`, `h1_new`), empty where
    there is no such quantity. Of `numbers`, `formula` and `unreadable` (the reason) at most one is there; with
    none of them the answer was left empty.
    """

    quantity: str
    name: str
    numbers: Numbers | None = None
    formula: Expr | None = None
    text: str = ""
    unreadable: str = ""
    said: str = ""
    """The reason with its formulas marked for reports, where there are any."""
    place: Callable[[], Span] = field(default=_nowhere, compare=False, repr=False)
    """Finds where it stands: few are asked for that."""
    remark: str = ""
    """How it was read, where that isn't the obvious reading."""
    step: int = 1
    """Of several steps, which one it is of; `name` and `formula` have the names of the first."""
    lines: tuple[Line, ...] = ()
    """Of a chain all its lines; `formula` or `numbers` is that of the last one that can be read."""
    by_entry: bool = False
    """Whether it says every entry by letters (`W2[i,j]`), which may stand beside an answer to the whole."""
    statement: Statement | None = None
    """What it says of a claim; then it answers no quantity."""

    @property
    def span(self) -> Span:
        """Where it stands on its sheet, as far as that is known."""
        return self.place()


@dataclass(frozen=True, slots=True)
class Unread:
    """An equation of a write-up that isn't marked, with the reason."""

    text: str
    reason: str
    place: Span
    number: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a chain by itself: what each of its letters is, and its sides as claims have them.

    A side that can't be read is empty, and `reasons` has why. `is_stated` where a claim of the problem says what all
    letters are, which else
    was inferred from what fits; `claim` is the number of one that has the first side as one of its own, else 0.
    """

    where: tuple[tuple[str, ValueKind], ...]
    texts: tuple[str, ...]
    reasons: tuple[str, ...]
    is_stated: bool = False
    claim: int = 0
    condition: str = ""
    """Where it is said to hold."""


def where(condition: str, text: str) -> str:
    """A formula where a condition holds, and 0 elsewhere; it is 1 or 0."""
    return f"({condition}) * ({text})" if condition and text else text


@dataclass(frozen=True, slots=True)
class LetterChain:
    """A chain of a write-up about what is no quantity by itself: an entry by letters, a derivative, a differential.

    `left` is its first side as claims have it; each of the `lines` is said to be equal to that. `free` has the names
    that vary, each with the name in whose shape it does. `readings` are ways to read it with letters of its own, the
    most natural first; where the problem has nothing of it, `left` is empty.
    """

    left: str
    lines: tuple[Line, ...]
    place: Span
    free: tuple[tuple[str, str], ...] = ()
    text: str = ""
    """The first side as it was typed."""
    is_derivative: bool = False
    """Whether that is a derivative: by an entry of another index, where there are two letters."""
    is_row_too: bool = False
    """Whether it is a product of derivatives of a number by a vector, which is a row as well as the gradient."""
    formula: Expr | None = None
    """The first side, in which what is no formula of quantities stands as a name."""
    is_guess: bool = False
    """Whether a letter in it may be something else than it is read as."""
    excluded: str = ""
    """Which case of the target the words before it exclude: `ones`, or `zeros`."""
    condition: str = ""
    """Where it is said to hold, as a number that is 1 there and 0 elsewhere; everywhere where that is empty."""
    is_where_equal: bool = False
    """Whether the words before it say that two letters are one: `if i = k`."""
    readings: tuple[Reading, ...] = ()
    reason: str = ""
    """Why it can't be read where none of these fits."""
    point: tuple[tuple[str, float], ...] = ()
    """The values of what the problem gives at which all of it is taken."""
    layers: tuple[LetterChain, ...] = ()
    """The same chain for further layers, where it is one for any."""
    others: tuple[LetterChain, ...] = ()
    """The same chain with other names for a letter without its number."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The answers of one sheet, in the order in which they were written."""

    answers: tuple[Answer, ...]
    path: str = ""
    further: frozenset[str] = frozenset()
    """What it speaks of beside the solution, by the names of the equations (`change_W1`)."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What it says of its student: `name`, `id` and `comment`, as far as it does."""

    letter_chains: tuple[LetterChain, ...] = ()
    """Of a write-up the chains that answer no quantity."""
    unread: tuple[Unread, ...] = ()
    """Of a write-up what isn't marked."""
    is_writeup: bool = False

    @property
    def states_equations(self) -> bool:
        """Whether there are lines on it that are tried as equations."""
        return any(line.statement or line.aside or line.second for answer in self.answers for line in answer.lines)

    @property
    def later_steps(self) -> tuple[int, ...]:
        """The steps after the first that it has answers of, in order."""
        return tuple(sorted({answer.step for answer in self.answers} - {1}))
