"""Every way in which gradcalc says no.

Inner code raises bare facts (a column, two shapes, a name); the edge that knows the file adds the place.
Everything here ends a command with exit code 2 and one clear message, never a traceback. What can be wrong with an
equation stands in `gradcalc.formula.faults`, which knows what formulas are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gradcalc.words import visible


class GradcalcError(Exception):
    """The base of all errors that gradcalc raises on purpose: who catches this catches all.

    The text is a message for people, in which what is quoted from outside can be shown; `exit_code` is what a command
    ends with.
    """

    exit_code = 2

    def __str__(self) -> str:
        return visible(super().__str__())


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a file; `line` and `column` count from 1, as editors show them."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{visible(self.path)}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an input: where, and a message that says what would be right.

    `of_key` is for a key that was dropped with its value: a repeated one, or one that is no name.
    """

    span: Span
    message: str
    of_key: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", visible(self.message))

    def __str__(self) -> str:
        return f"{self.span}: {self.message}"


class InputError(GradcalcError):
    """Everything that is wrong with one input, in the order of the file.

    `faults` has each with its place; the text has a line for each: `problem.yaml:3:5: …`.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda f: (f.span.line, f.span.column)))
        super().__init__("\n".join(map(str, self.faults)))


class TooMuch(InputError):
    """An input with more in it than is read; reading it once more, in another way, would be in vain."""


class UsageError(GradcalcError):
    """Something is asked for that isn't there or can't be done, on the command line or by a call."""


class FormulaError(GradcalcError):
    """A formula that can't be read; `start` and `end` are 0-based offsets into `text`."""

    def __init__(self, text: str, message: str, start: int = 0, end: int | None = None) -> None:
        self.text = text
        self.message = message
        self.start = start
        self.end = start + 1 if end is None else max(end, start + 1)
        super().__init__(message)

    def __str__(self) -> str:
        return f"{self.message}\n{self.pointer()}"

    def pointer(self) -> str:
        """The formula with carets under the part at fault."""
        shown = self.text.replace("\t", " ").replace("\n", " ")
        before, part = visible(shown[: self.start]), visible(shown[self.start : self.end])
        return f"    {visible(shown)}\n    {' ' * len(before)}{'^' * max(len(part), self.end - self.start)}"
