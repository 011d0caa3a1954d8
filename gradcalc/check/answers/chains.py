"""A chain of formulas, each equal to the one before: `= x.T @ da1 = x.T @ (dh1 * h1 * (1 - h1))`, or a line each.

A line may be numbers: what the formulas come to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from gradcalc.check.answers.model import Line, Numbers
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.formula.expr import Expr
from gradcalc.words import outside_brackets, shorten, visible

MOST_LINES: Final = 100
_SIGN: Final = r"(?<![=<>!:])=(?!=)"
_ALIGNED: Final = re.compile(r"&\s*(?==)|\\\\\s*$", re.MULTILINE)
"""What lines of LaTeX are aligned by, and how they end."""
_CALCULATED: Final = re.compile(r"[@*⊙∘·×]\s*[\w(\\]|\s[-−+]\s")
"""What no quantity has in its name, and the first line of a chain may have."""
_COMMENT: Final = re.compile(r"#.*")


@dataclass(frozen=True, slots=True)
class Chain:
    """The lines of an answer that is a chain."""

    lines: tuple[Line, ...]

    @property
    def end(self) -> Expr | Numbers:
        """What the last line says that could be read. Raises NotReadable where none could."""
        read = [line.numbers if line.formula is None else line.formula for line in self.lines]
        ends = [each for each in read if each is not None]
        if not ends:
            raise NotReadable(f"no line of this chain can be read; line 1: {self.lines[0].refused}")
        return ends[-1]


def sides(value: Any) -> list[str] | None:
    """The formulas of a chain, with what stands before its first sign, perhaps nothing; None of any other answer.

    A text with one sign after a name is no chain, but a formula with its name: `dW1 = x.T @ da1`.
    """
    if isinstance(value, list):
        texts = [text for text in value if isinstance(text, str) and text.strip().startswith("=")]
        value = "\n".join(texts) if value and len(texts) == len(value) else None
    if not isinstance(value, str) or "=" not in value:
        return None
    text = _ALIGNED.sub("", "\n".join(_COMMENT.sub("", line) for line in value.splitlines()))
    signs = [found.start() for found in outside_brackets(_SIGN, text)]
    if not signs or (len(signs) == 1 and text[: signs[0]].strip() and not _CALCULATED.search(text[: signs[0]])):
        return None
    ends = [*signs, len(text)]
    return [text[: signs[0]].strip(), *(text[a + 1 : b].strip() for a, b in zip(signs, ends[1:], strict=True))]


Read = Callable[[str], Expr | Numbers | Line]
"""Reads one line; raises NotReadable."""


def chain(found: list[str], read: Read) -> Chain:
    """The chain of these sides. Before the first sign may stand the quantity's own name; `read` raises NotReadable."""
    first, *rest = found
    if len(rest) > MOST_LINES:
        raise NotReadable(f"a chain has at most {MOST_LINES} lines, and this one has {len(rest)}")
    if not first:
        return Chain(tuple(_line(text, read) for text in rest))
    named = _line(f"{first} = {rest[0]}", read)
    if named.is_read:
        return Chain((replace(named, text=visible(rest[0])), *(_line(text, read) for text in rest[1:])))
    lines = tuple(_line(text, read) for text in found)
    if len(lines) == 2 and not lines[1].is_read:
        # What the formula is said to come to, perhaps numbers, is the answer: the formula alone would be called right.
        raise NotReadable(lines[1].refused)
    return Chain(lines)


def _line(text: str, read: Read) -> Line:
    if not text:
        return Line("", refused="a side is missing behind =")
    try:
        found = read(" ".join(text.split()))
        if isinstance(found, Line):
            return replace(found, text=visible(text))
        return Line(visible(text), numbers=found) if isinstance(found, Numbers) else Line(visible(text), found)
    except NotReadable as error:
        return Line(shorten(visible(text), 200), refused=error.reason)
