r"""Two indices that words say to be equal or not, some sentences before a display: `In the case $i = j$ …`."""

from __future__ import annotations

import re
from typing import Final

from gradcalc.check.writeup.conditions import DENIED, DISPLAY_ENDS, is_of_indices

_SAID: Final = re.compile(
    r"(?<![\w\\])([a-z])\s*(=|\\neq?(?![a-z])|≠|!=|\\not\s*=)\s*([a-z])(?=\s*(?:\$|\\\)|[,.;:)*]|\Z))"
)
_OPENS: Final = re.compile(
    r"(?:\$\$|\\\[|\\begin\{(?:equation|align|gather|eqnarray|multline)\*?\})\s*"
    r"(?:\\begin\{(?:aligned|split|gathered|array)\})?[\s&]*\Z"
)
"""How one display begins: a `$$` before it ends another."""
_BEGINS: Final = re.compile(r"\$\$|\\\[|\\begin\{")
_OTHERWISE: Final = re.compile(
    r"\b(?:otherwise|else|off(?:-diagonal)?|differ(?!ent|enc)\w*|unequal|not equal|rest|remaining|left|"
    r"others?|whereas|while|next|second|in general|both cases|combin\w+|together)\b",
    re.IGNORECASE,
)
"""Words of the other case, or of both."""
_FAR: Final = 800
"""So far before a display the letters may be compared."""
_GOES_ON: Final = re.compile(
    r"\W*(?:(?:so|thus|that|this|it|which|hence|therefore|then|or|again|is|are|we|get|have|obtain|gives?|equals?|as|to|"
    r"can|be|now|further|simplif\w+|written|rewritten|reduces?|becomes?)\W+)*",
    re.IGNORECASE,
)
"""Words between two displays of which the second goes on from the first."""
_BEHIND: Final = re.compile(
    r"(?:\$\$|\\\]|\\end\{\w+\*?\}|\\(?:text|mbox|textrm|mathrm)\s*\{|\\q?quad|&|[\s,.])*(?:otherwise|else|off-diagonal)\b"
)
"""What says behind a formula that it is for the other case."""


def pair_said(text: str, start: int, end: int, tex: str) -> str:
    r"""What words say last of two indices of a formula, `i = j` or `i \neq j`; empty where they say nothing of any.

    It holds for the displays up to the next that has words of its own before it. `start` and `end` are offsets of the
    formula in the text.
    """
    if _BEHIND.match(text, end):
        return ""
    while start > 0:
        before = _OPENS.sub("", text[max(0, start - _FAR) : start])
        near = DISPLAY_ENDS.split(before)[-1]
        words = _BEGINS.split(near)[0]
        found = [*_SAID.finditer(words)]
        if found:
            one, sign, other = found[-1].groups()
            if _OTHERWISE.search(words, found[-1].end()) or DENIED.search(words[: found[-1].start()]):
                return ""
            said = f"{one} {'=' if sign == '=' else chr(92) + 'neq'} {other}"
            return said if is_of_indices(tex, (one, other)) else ""
        if near == before or not _GOES_ON.fullmatch(words):
            return ""
        behind = start - len(text[max(0, start - _FAR) : start]) + len(before) - len(near)
        start = max(text.rfind(each, 0, max(0, behind - 2)) for each in ("$$", r"\[", r"\begin{"))
    return ""
