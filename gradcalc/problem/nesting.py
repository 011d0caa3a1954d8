"""Brackets in YAML text, by our own look at it: which are open at a place, and what is nested too deep."""

from __future__ import annotations

import re
from typing import Final

MAX_DEPTH: Final = 50
TOO_DEEP: Final = f"more than {MAX_DEPTH} levels of nesting: write this flatter"
QUOTED: Final = r"""'[^']*+(?:''[^']*+)*+'?|"[^"\\]*+(?:\\.?[^"\\]*+)*+"?"""
"""A quoted text; the quote at its end may be missing."""
_SIGNS: Final = re.compile(rf"(?<!\w)(?:{QUOTED})|(?<!\S)#[^\r\n]*|[\[\]{{}}]", re.DOTALL)
"""Brackets, and what can hold some that don't count: quoted texts and comments."""


def opened(text: str, start: int, end: int) -> list[int]:
    """Where in `text[start:end]` the brackets stand that are not closed there, the outermost first."""
    found: list[int] = []
    for sign in _SIGNS.finditer(text, start, end):
        if sign[0] in "[{":
            found.append(sign.start())
        elif sign[0] in "]}" and found:
            found.pop()
    return found


def flattened(text: str, start: int, depth: int) -> tuple[str, frozenset[int]]:
    """The text with `~` and blanks in place of each list and mapping that is too deep, and where these stood.

    `depth` lists and mappings are open at `start`, where the look begins. Every other character keeps its place.
    """
    pieces, places, done, begin = [], [], 0, start
    for sign in _SIGNS.finditer(text, start):
        if sign[0] in "[{":
            depth += 1
            begin = sign.start() if depth == MAX_DEPTH + 1 else begin
        elif sign[0] in "]}":
            if depth == MAX_DEPTH + 1:
                pieces += [text[done:begin], "~", re.sub(r"[^\r\n]", " ", text[begin + 1 : sign.end()])]
                places.append(begin)
                done = sign.end()
            depth = max(depth - 1, 0)
    return "".join([*pieces, text[done:]]), frozenset(places)
