r"""Conditions of an equation: `z > 0 \implies h = 1`, `h = 1 \quad \text{if } z > 0`, `\text{for } i \neq j`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from gradcalc.check.writeup.model import Display, Side
from gradcalc.check.writeup.sides import is_sign, side_of, text_of
from gradcalc.check.writeup.tokens import Token

UNEQUAL: Final = frozenset(("<", ">", r"\le", r"\ge", r"\leq", r"\geq", r"\neq", r"\ne", r"\propto", r"\sim", "≤", "≥"))
_COMPARED: Final = UNEQUAL - {r"\propto", r"\sim"}
_WORDS: Final = (r"\text", r"\textrm", r"\mbox", r"\mathrm", r"\operatorname")
_BEFORE: Final = frozenset(("if", "for", "when", "whenever", "where"))
"""Words before a condition; behind `where` an equation says what a letter is."""
_LETTER: Final = re.compile(r"\\?[A-Za-z]+\s*'*(?:\s*[_^]\s*(?:\w|\{\s*\(?\w+\)?\s*\}))*")


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


def behind(display: Display, segment: Sequence[Token]) -> tuple[Sequence[Token], Side | None]:
    """A segment without what stands behind `if` or `for`, and that."""
    for at, token in enumerate(segment):
        if token.depth or token.brackets or token.text not in _WORDS:
            continue
        end = next((i for i in range(at + 1, len(segment)) if segment[i].text == "}"), at)
        word = text_of(segment[at + 1 : end]).strip("{ ,")
        rest = segment[end + 1 :]
        is_equation = word == "where" and any(map(is_sign, rest))
        if word in _BEFORE and text_of(rest) and text_of(segment[:at]) and not is_equation:
            return segment[:at], side_of(display, rest)
    return segment, None
