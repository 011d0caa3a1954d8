"""What a write-up is once it is taken apart: sides of equations with their places, chains of them, what isn't read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradcalc.errors import Span

MOST_WORDS = 120
"""So many characters before a display may be of it."""


@dataclass(frozen=True, slots=True)
class Display:
    """A displayed equation, or a plain line `name = value`, as it stands in the file; `start` is its offset there."""

    tex: str
    start: int
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """What isn't read, at its offset in the file, with the reason."""

    tex: str
    start: int
    reason: str
    is_here: bool = False
    """Whether that offset is where the fault is."""


@dataclass(frozen=True, slots=True)
class Side:
    """A formula in TeX between two signs, at its offset in the file; `number` is its equation's `\\tag`."""

    tex: str
    start: int
    number: str = ""
    is_plain: bool = False
    """Whether it is no TeX, but as on a sheet."""
    is_near: bool = False
    """Whether ≈ stands before it: it is said to be nearly so."""
    is_name: bool = False
    """Whether it is a name that is given to what stands before it: `= y - t := e`."""
    pieces: tuple[tuple[int, int], ...] = ()
    """Where what stands side by side in the file begins: in `tex`, and in the file."""
    written: str = ""
    """What stands in the file, where `tex` is the same in another notation."""

    @property
    def shown(self) -> str:
        """What stands in the file."""
        return self.written or self.tex

    def respelled(self, tex: str) -> Side:
        """The same in another notation; itself where that is no other."""
        return self if tex == self.tex else replace(self, tex=tex, written=self.shown, pieces=())

    def place(self, at: int) -> int:
        """The offset in the file of an offset in `tex`."""
        begin, start = max((each for each in self.pieces if each[0] <= at), default=(0, self.start))
        return start + at - begin


@dataclass(frozen=True, slots=True)
class Row:
    """The sides of one row, from left to right.

    The first is empty where the row begins with its sign. `begins` where a new chain begins with it, as behind ⇒;
    `is_more` where it has no sign, and goes on with the formula before it. `shape` where the row says no equation, but
    of what shape its sides are: `W_1: D_x \\times H`. `condition` is where it holds, as what stands behind `if`.
    """

    sides: tuple[Side, ...]
    begins: bool = False
    is_more: bool = False
    shape: Side | None = None
    condition: Side | None = None


@dataclass(frozen=True, slots=True)
class Derivation:
    """A chain of formulas, each said to be equal to the one before; at least two.

    With `is_shape` the second is the shape of the first. `condition` is where it is said to hold; everywhere, if
    nothing is said.
    """

    sides: tuple[Side, ...]
    is_shape: bool = False
    condition: Side | None = None


@dataclass(frozen=True, slots=True)
class WriteUp:
    """A write-up: its chains in order, and what isn't read of it. `text` is the whole file."""

    path: str
    text: str
    chains: tuple[Derivation, ...]
    refused: tuple[Refused, ...] = ()

    def before(self, start: int) -> str:
        """The words before an offset, not many."""
        return self.text[max(0, start - MOST_WORDS) : start]

    def span(self, start: int) -> Span:
        """The line and the column of an offset, counted from 1."""
        line = self.text.count("\n", 0, start) + 1
        return Span(self.path, line, start - self.text.rfind("\n", 0, start))
