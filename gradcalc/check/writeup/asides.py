r"""Conditions in the words beside a display: `since $W$ is symmetric`, `for $z_i > 0$`, as formulas.

They are those of the paragraph that leads to it, from the end of the display before, and of what goes on behind it.
What a sentence says of a case, `if $x = 0$`, is over at its end, unless the next goes on from it: `Then …`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gradcalc.check.writeup.conditions import DENIED, DISPLAY_ENDS
from gradcalc.check.writeup.model import MOST_WORDS, Side

_OPENS: Final = re.compile(r"(?:(?:\$\$|\\\[|\\begin\{\w+\*?\})[\s&]*)+\Z")
_CLOSING: Final = re.compile(r"(?:(?:\$\$|\\\]|\\end\{\w+\*?\})\s*)+")
_CASES: Final = "if|when|whenever|for"
"""Words of conditions that hold for their own sentence."""
_LINKS: Final = f"{_CASES}|where|since|because|as|provided|given|with"
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
_DEFINITE: Final = r"(?:positive|negative)[ -](?:semi-?)?definite"
_MEANT: Final = tuple(
    (re.compile(pattern.replace("NAME", _NAME).replace(" ", r"\s+")), form)
    for pattern, form in (
        (r"NAME (?:is|be|has) (?:a |of )?(?:unit|normali[sz]ed)\b", r"\\|\1\\| = 1"),
        (r"\bunit vector NAME", r"\\|\1\\| = 1"),
        (r"NAME (?:is|be) (?:a )?symmetric\b", r"\1^T = \1"),
        (r"\bsymmetric (?:matrix )?NAME", r"\1^T = \1"),
        (rf"NAME (?:is|be) (?:a )?(?:symmetric,? )?(?:and )?{_DEFINITE}\b", r"\1^T = \1"),
        (rf"\b{_DEFINITE} (?:matrix )?NAME", r"\1^T = \1"),
        (r"NAME (?:is|be) (?:an )?(?:orthogonal|orthonormal)\b(?! to)", r"\1^T \1 = I"),
        (r"\borthogonal (?:matrix )?NAME(?! and)", r"\1^T \1 = I"),
        (r"NAME and NAME (?:are|be) (?:orthogonal|perpendicular)\b", r"\1^T \2 = 0"),
        (r"NAME (?:is|be) (?:orthogonal|perpendicular) to NAME", r"\1^T \2 = 0"),
        (r"\borthogonal (?:vectors )?NAME and NAME", r"\1^T \2 = 0"),
        (r"NAME (?:is|be) (?:strictly )?positive\b(?! (?:semi)?-?definite)", r"\1 > 0"),
        (r"\bpositive NAME", r"\1 > 0"),
        (r"NAME (?:is|be) negative\b(?! (?:semi)?-?definite)", r"\1 < 0"),
        (r"\bnegative NAME", r"\1 < 0"),
        (r"NAME (?:is|be) (?:a )?diagonal\b", r"\1 \\odot I = \1"),
        (r"\bdiagonal (?:matrix )?NAME", r"\1 \\odot I = \1"),
        (r"NAME and NAME commute\b", r"\1 \2 = \2 \1"),
    )
)
"""What some words mean, as conditions."""
_UNREAD: Final = re.compile(
    rf"\b(?:{_WORDS})\b[^.]{{0,60}}"
    r"\b(?:(?:in)?active|dead|violated|saturated|commut\w+|(?:semi-?)?definite|diagonal|orthonormal|whitened|centred|centered)\b",
    re.IGNORECASE,
)
"""Words of conditions that are no formula here."""
_ACTIVE: Final = re.compile(r"(?<!not )\b(?:active|violated)\b", re.IGNORECASE)
_INACTIVE: Final = re.compile(r"\b(?:inactive|dead|not (?:active|violated))\b", re.IGNORECASE)
_BACK: Final = re.compile(
    r"\W*(?:then|so|thus|hence|therefore|here|this|it|which|in (?:this|that|which|such a) case|"
    r"we (?:then |therefore |thus )?(?:get|obtain|find))\b",
    re.IGNORECASE,
)
"""How a sentence begins that goes on from the one before."""
_SENTENCE: Final = re.compile(r"(?:(?<=[a-z]{2}\.)|(?<=[$)]\.))\s+(?=[A-Z$])")
_CASE: Final = re.compile(rf"\b(?:{_CASES})\b", re.IGNORECASE)
_EQUATION: Final = re.compile(r"\$[^$<>]*=[^$<>]*\$")
"""What often makes both sides zero, or one thing of two: it is no condition of what is said later on."""
_WHERE: Final = re.compile(
    r"(?:(?!\\\\)[\s\S])*?(?:\\\\\s*)?&*\s*\\(?:text|textrm|mbox|mathrm)\s*\{[^{}\w]*where[^{}\w]*\}"
    r"((?:[^\\&]|\\(?!\\|end|q?quad|text|mbox))+)"
)
"""An equation behind `where` in a row, or in the row behind it: it may say what something is, or of which it is so."""
_GENERAL: Final = re.compile(r"\b(?:in general|general case|otherwise)\b", re.IGNORECASE)


def asides(text: str, start: int, end: int) -> Iterator[Side]:
    """What the words beside a display say of where it holds, as formulas: before it, or behind it at once.

    `start` and `end` are offsets of its first side and of its last.
    """
    for words in _beside(text, start, end):
        yield from (Side(tex, start) for tex in _conditions(words))
    closing = _CLOSING.search(text, end)
    where = _WHERE.match(text, end, closing.start() if closing else len(text))
    if where is not None:
        yield Side(where[1].rstrip(" \n\t.,;"), start)


def activity(text: str, start: int, end: int) -> str:
    """Whether these words say of rectified units that they are `active` or `inactive`; empty where neither is said."""
    said = [each for words in _beside(text, start, end) if (each := _UNREAD.search(words))]
    words = " ".join(each[0] for each in said)
    return "inactive" if _INACTIVE.search(words) else "active" if _ACTIVE.search(words) else ""


def says_definite(text: str, start: int, end: int) -> bool:
    """Whether these words say of a matrix that it is definite, which says more than that it is symmetric."""
    return any("definite" in words for words in _beside(text, start, end))


def has_words(text: str, start: int, end: int, are_read: bool) -> bool:
    """Whether these words have a condition in them that is no formula: `when the unit is saturated`.

    With `are_read` those that mean one, and of which units are active, have been read.
    """
    return any(_UNREAD.search(_without_read(words) if are_read else words) for words in _beside(text, start, end))


def _without_read(words: str) -> str:
    for pattern in (*(pattern for pattern, _ in _MEANT), _INACTIVE, _ACTIVE):
        words = pattern.sub("", words)
    return words


def _beside(text: str, start: int, end: int) -> tuple[str, str]:
    """The words before a display that lead to it, and those that go on behind it."""
    closing = _CLOSING.search(text, end)
    at = closing.end() if closing else len(text)
    behind = _BEHIND.match(text[at : at + MOST_WORDS])
    near = text[max(0, start - MOST_WORDS) : start]
    outside = _OPENS.sub("", near)
    said = DISPLAY_ENDS.split(outside)[-1] if outside != near else ""
    said = "" if said != outside and _BEHIND.match(said) else re.split(r"\n\s*\n", said.rstrip())[-1]
    return _leading(said), behind[0] if behind else ""


def _leading(words: str) -> str:
    """Some words without the sentences about a case that is over before the last one."""
    *before, last = _SENTENCE.split(words)
    kept, goes_on, is_over = [last], _BACK.match(last) is not None, _GENERAL.search(last) is not None
    for sentence in reversed(before):
        is_case = _CASE.search(sentence) is not None and (is_over or _EQUATION.search(sentence) is not None)
        kept += [sentence] if goes_on or not is_case else []
        goes_on = goes_on and _BACK.match(sentence) is not None
    return " ".join(reversed(kept))


def _conditions(words: str) -> Iterator[str]:
    """The formulas in some words that are conditions, and those that some words mean."""
    for found in _SAID.finditer(words):
        tex = found[1]
        if any(sign in tex for sign in _SIGNS) and not DENIED.search(words[: found.start(1)]):
            yield tex
    for pattern, form in _MEANT:
        yield from (found.expand(form) for found in pattern.finditer(words))
