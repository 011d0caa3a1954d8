r"""Conditions of an equation: `z > 0 \implies h = 1`, `h = 1 \quad \text{if } z > 0`, `\text{for } i \neq j`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from gradcalc.check.writeup.model import Display, Side
from gradcalc.check.writeup.sides import ENDS, WIDE, is_sign, side_of, text_of
from gradcalc.check.writeup.tokens import Token

UNEQUAL: Final = frozenset(("<", ">", r"\le", r"\ge", r"\leq", r"\geq", r"\neq", r"\ne", r"\propto", r"\sim", "≤", "≥"))
_COMPARED: Final = UNEQUAL - {r"\propto", r"\sim"}
_WORDS: Final = (r"\text", r"\textrm", r"\mbox", r"\mathrm", r"\operatorname")
_BEFORE: Final = frozenset(("if", "for", "when", "whenever", "where", "given", "assuming", "provided", "provided that"))
"""Words before a condition; behind `where` an equation says what a letter is."""
_LETTER: Final = re.compile(r"\\?[A-Za-z]+\s*'*(?:\s*[_^]\s*(?:\w|\{\s*\(?\w+\)?\s*\}))*")

_FEW: Final = 40
"""In so many tokens a word stands that begins a segment."""
LONGEST: Final = 120
"""So many tokens a text within a display has at most."""
RANGE: Final = re.compile(
    r"(?:\\forall|∀|\\(?:text|mathrm|mbox|textrm)\s*\{[^{}]*\b(?:all|any|each|every)\b[^{}]*\})\s*"
    r"[A-Za-z](?:\s*,\s*[A-Za-z])*\s*(?:(?:\\in|∈).*)?[\s.,]*|"
    r"(?:\\(?:text|mathrm|mbox|textrm)\s*\{[^{}]*\bfor\b[^{}]*\}|\\forall|∀)?\s*[A-Za-z](?:\s*,\s*[A-Za-z])*"
    r"\s*(?:=|\\in|∈)\s*(?:\\left\s*)?(?:\\\{)?\s*[01]\s*,.*(?:\\[cl]?dots|…|\.\.\.).*",
    re.DOTALL,
)
"""How far an index goes, which says nothing else: `i = 1, \\dots, n`, `for i ∈ {1, …, n}`."""


def said_first(display: Display, segment: Sequence[Token]) -> Side | None:
    r"""The condition that a segment is to what follows behind `\implies`: an inequality, or of two letters.

    None where it is an equation of its own.
    """
    signs = [token for token in segment if is_sign(token)]
    compared = any(token.depth == token.brackets == 0 and token.text in _COMPARED for token in segment)
    if len(signs) == 1 and not compared:
        at = segment.index(signs[0])
        letters = (text_of(segment[:at]), text_of(segment[at + 1 :]))
        return side_of(display, segment) if all(map(_LETTER.fullmatch, letters)) else None
    return side_of(display, segment) if compared and not signs else None


def begins_with_word(segment: Sequence[Token]) -> bool:
    """Whether a segment begins with `if` or `for`."""
    said = text_of(segment[:_FEW]).lstrip()
    return any(re.match(rf"{re.escape(word)}\s*\{{\s*(?:{'|'.join(_BEFORE - {'where'})})\b", said) for word in _WORDS)


def behind(display: Display, segment: Sequence[Token]) -> tuple[Sequence[Token], Side | None]:
    r"""A segment without what stands behind `if` or `for`, or as `\quad (i \neq j)` at its end, and that."""
    at = _at_end(segment)
    if at < len(segment):
        return segment[:at], side_of(display, _without_gap(segment[at + 1 :]))
    at = max((i for i, token in enumerate(segment) if token.depth == 0 and token.text in WIDE), default=len(segment))
    inside = _in_brackets(segment[at + 1 :]) or _compared(segment[at + 1 :])
    if inside:
        return segment[:at], side_of(display, inside)
    for at in range(len(segment)):
        word, size = said_at(segment, at)
        if word.lower() not in _BEFORE:
            continue
        rest = segment[at + size :]
        is_equation = word == "where" and says_what_is(rest)
        if text_of(rest) and text_of(segment[:at]) and not is_equation:
            return segment[:at], side_of(display, rest)
    return segment, None


COMPARED: Final = re.compile(r"\s*([a-z])\s*(?:=|\\neq?|≠|!=|\\not\s*=)\s*([a-z])[\s.,;]*")
"""Two letters that are compared."""


def about_indices(before: Sequence[Token], part: Sequence[Token]) -> bool:
    r"""Whether a part says of two indices of what stands before it that they are equal or not: `, \quad i \neq j`."""
    found = COMPARED.fullmatch(text_of(part)) if len(part) < _FEW else None
    return found is not None and is_of_indices(text_of(before), found.groups())


def is_of_indices(tex: str, letters: Sequence[str]) -> bool:
    """Whether these letters are all indices of something in a formula."""
    return all(re.search(rf"_(?:{it}|\{{[^{{}}]*{it})|\[[^\]]*{it}", tex) for it in letters)


def _at_end(segment: Sequence[Token]) -> int:
    """Where a condition on indices begins at the end of a row, behind a comma or a wide space; else the end."""
    gaps = (i for i, token in enumerate(segment) if not token.depth and (token.text in WIDE or token.text == ","))
    return next((i for i in gaps if about_indices(segment[:i], _without_gap(segment[i + 1 :]))), len(segment))


def _without_gap(part: Sequence[Token]) -> Sequence[Token]:
    """A part without the spaces at its beginning."""
    first = next((i for i, token in enumerate(part) if token.text not in (*WIDE, *ENDS, " ", "\n")), len(part))
    return part[first:]


def said_at(segment: Sequence[Token], at: int) -> tuple[str, int]:
    r"""What a text says that begins at a token, `\text{ and }`, and how many tokens it is; nothing of anything else."""
    if segment[at].text not in _WORDS or segment[at].depth or segment[at].brackets:
        return "", 0
    return words_of(segment, at), _end_of_words(segment, at) + 1 - at


def words_of(segment: Sequence[Token], at: int) -> str:
    """What the text says that begins at a token, wherever it stands; nothing of anything else."""
    return text_of(segment[at + 1 : _end_of_words(segment, at)]).strip("{ ,.:") if segment[at].text in _WORDS else ""


def _end_of_words(segment: Sequence[Token], at: int) -> int:
    few = range(at + 1, min(at + LONGEST, len(segment)))
    return next((i for i in few if segment[i].text == "}"), at)


def _compared(part: Sequence[Token]) -> Sequence[Token]:
    """A part that is an inequality; nothing where it isn't."""
    outside = [token for token in part if token.depth == token.brackets == 0]
    signs = [token for token in outside if token.text in _COMPARED]
    has_words = any(is_sign(token) or token.text in _WORDS for token in outside)
    return part if len(signs) == 1 and not has_words and outside[0] is not signs[0] else []


def says_what_is(part: Sequence[Token]) -> bool:
    """Whether a part is an equation of its own, and no condition, as `u^T v = 0` is."""
    part = part[:LONGEST]
    at = next((i for i, token in enumerate(part) if is_sign(token)), None)
    left, right = ("", "") if at is None else (text_of(part[:at]), text_of(part[at + 1 :]))
    is_of_number = right.rstrip(" ,.;").isdecimal() and not _LETTER.fullmatch(left) and r"\partial" not in left
    return at is not None and not is_of_number


def _in_brackets(part: Sequence[Token]) -> Sequence[Token]:
    """What is compared in brackets, if they are all of a part; nothing where there are none."""
    said = [at for at, token in enumerate(part) if token.text.strip(" \n\t,.;")]
    is_whole = said and (part[said[0]].text, part[said[-1]].text) == ("(", ")")
    inside = part[said[0] + 1 : said[-1]] if is_whole else []
    alone = all(token.brackets for token in inside) and not any(token.text in "()" for token in inside)
    return inside if alone and any(token.text in (*_COMPARED, "=") for token in inside) else []


def without_range(segment: Sequence[Token]) -> Sequence[Token]:
    """A row without what it says at its end of how far an index goes."""
    starts = True
    for i, token in enumerate(segment):
        if token.text.isspace():
            continue
        told = starts or token.text in (r"\text", r"\mathrm", r"\mbox", r"\textrm", r"\forall", "∀")
        is_outside = token.depth == 0 and token.brackets == (token.text == "(")
        if told and is_outside and len(segment) - i <= LONGEST and RANGE.fullmatch(text_of(segment[i:]).lstrip("(")):
            return segment[:i]
        starts = token.depth == 0 and (token.text in WIDE or token.text == ",")
    return segment


_OPENS: Final = re.compile(r"(?:\$\$|\\\[|\\begin\{\w+\*?\})\s*\Z")
DENIED: Final = re.compile(
    r"\b(?:unless|unlike|not|except|excluding|without|apart from|besides?|contrary to)\b(?:\s+\w+){0,2}\s*\$?\Z",
    re.IGNORECASE,
)
"""Words before a comparison by which it is the other case that is meant."""
DISPLAY_ENDS: Final = re.compile(r"\$\$|\\\]|\\end\{\w+\*?\}")
_DIFFER: Final = re.compile(r"\\neq?(?![A-Za-z])|≠|=\s*0(?!\w)|\bnot\b")
_SAME: Final = re.compile(r"(?<![\w\\])[a-zA-Z]\s*=\s*[a-zA-Z](?!\w)")
"""Words on letters: `for i = k`."""
_AGREE: Final = re.compile(rf"{_SAME.pattern}|=\s*1(?!\w)")


def excluded(before: str) -> str:
    """Which case of the target the words between two displays exclude: `ones` for `i ≠ k`, `zeros` for `i = k`."""
    words = _words(before)
    return "ones" if _DIFFER.search(words) else "zeros" if _AGREE.search(words) else ""


def says_equal(before: str) -> bool:
    """Whether these words say that two letters are equal; an equation of the display before doesn't."""
    return _SAME.search(_words(before)) is not None


def _words(before: str) -> str:
    """What stands before a display, from the end of the one before."""
    return DISPLAY_ENDS.split(_OPENS.sub("", before))[-1]
