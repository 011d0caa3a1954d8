r"""Conditions in the words beside a display: `since $W$ is symmetric`, `for $z_i > 0$`, as formulas.

They are those of the sentence that leads to it, from the end of the display before, and of what goes on behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gradcalc.check.writeup.conditions import DISPLAY_ENDS
from gradcalc.check.writeup.model import MOST_WORDS, Side

_OPENS: Final = re.compile(r"(?:(?:\$\$|\\\[|\\begin\{\w+\*?\})[\s&]*)+\Z")
_CLOSING: Final = re.compile(r"(?:(?:\$\$|\\\]|\\end\{\w+\*?\})\s*)+")
_LINKS: Final = "where|if|when|whenever|for|since|because|as|provided|given|with"
_WORDS: Final = rf"{_LINKS}|assum\w+|suppose|let"
"""Words of conditions: those that go on in a sentence, and those that also begin one."""
_BEHIND: Final = re.compile(rf"[\s,;]*(?:{_LINKS}|assuming)\b[^.]*?(?:\.(?!\d)|\n\s*\n|\Z)")
"""What goes on behind a display, up to the end of its sentence."""
_SAID: Final = re.compile(
    rf"\b(?:{_WORDS}|and)\b[^$.]{{0,25}}\$([^$]+)\$",
    re.IGNORECASE,
)
"""A formula behind a word of conditions."""
_SIGNS: Final = ("=", "<", ">", r"\neq", r"\ne ", r"\ge", r"\le ", r"\leq")
_NAME: Final = r"\$([^$=<>]{1,30})\$"
_MEANT: Final = tuple(
    (re.compile(pattern.replace("NAME", _NAME).replace(" ", r"\s+")), form)
    for pattern, form in (
        (r"NAME (?:is|be|has) (?:a |of )?(?:unit|normali[sz]ed)\b", r"\\|\1\\| = 1"),
        (r"\bunit vector NAME", r"\\|\1\\| = 1"),
        (r"NAME (?:is|be) (?:a )?symmetric\b", r"\1^T = \1"),
        (r"\bsymmetric (?:matrix )?NAME", r"\1^T = \1"),
        (r"NAME (?:is|be) (?:an )?orthogonal\b(?! to)", r"\1^T \1 = I"),
        (r"\borthogonal (?:matrix )?NAME(?! and)", r"\1^T \1 = I"),
        (r"NAME and NAME (?:are|be) (?:orthogonal|perpendicular)\b", r"\1^T \2 = 0"),
        (r"NAME (?:is|be) (?:orthogonal|perpendicular) to NAME", r"\1^T \2 = 0"),
        (r"\borthogonal (?:vectors )?NAME and NAME", r"\1^T \2 = 0"),
        (r"NAME (?:is|be) (?:strictly )?positive\b(?! (?:semi)?-?definite)", r"\1 > 0"),
        (r"\bpositive NAME", r"\1 > 0"),
        (r"NAME (?:is|be) negative\b(?! (?:semi)?-?definite)", r"\1 < 0"),
        (r"\bnegative NAME", r"\1 < 0"),
    )
)
"""What some words mean, as conditions."""
_UNREAD: Final = re.compile(
    rf"\b(?:{_WORDS})\b[^.]{{0,60}}"
    r"\b(?:(?:in)?active|dead|saturated|commut\w+|(?:semi-?)?definite|diagonal|orthonormal|whitened|centred|centered)\b",
    re.IGNORECASE,
)
"""Words of conditions that are no formula here."""


def asides(text: str, start: int, end: int) -> Iterator[Side]:
    """What the words beside a display say of where it holds, as formulas: before it, or behind it at once.

    `start` and `end` are offsets of its first side and of its last.
    """
    for words in _beside(text, start, end):
        yield from (Side(tex, start) for tex in _conditions(words))


def has_words(text: str, start: int, end: int) -> bool:
    """Whether these words have a condition in them that is no formula: `when the unit is active`."""
    return any(map(_UNREAD.search, _beside(text, start, end)))


def _beside(text: str, start: int, end: int) -> tuple[str, str]:
    """The words before a display that lead to it, and those that go on behind it."""
    closing = _CLOSING.search(text, end)
    at = closing.end() if closing else len(text)
    behind = _BEHIND.match(text[at : at + MOST_WORDS])
    near = text[max(0, start - MOST_WORDS) : start]
    outside = _OPENS.sub("", near)
    said = DISPLAY_ENDS.split(outside)[-1] if outside != near else ""
    said = "" if said != outside and _BEHIND.match(said) else re.split(r"\n\s*\n", said.rstrip())[-1]
    return said, behind[0] if behind else ""


def _conditions(words: str) -> Iterator[str]:
    """The formulas in some words that are conditions, and those that some words mean."""
    for found in _SAID.finditer(words):
        tex = found[1]
        if any(sign in tex for sign in _SIGNS):
            yield tex
    for pattern, form in _MEANT:
        yield from (found.expand(form) for found in pattern.finditer(words))
