r"""Two indices that words say to be equal or not, some sentences before a display: `In the case $i = j$ …`."""

from __future__ import annotations

import re
from typing import Final

from gradcalc.check.writeup.conditions import DISPLAY_ENDS, is_of_indices

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
    r"\b(?:otherwise|else|off-diagonal|differ\w*|unequal|not equal|in general|both cases|combin\w+|together)\b",
    re.IGNORECASE,
)
"""Words of the other case, or of both."""
_FAR: Final = 800
"""So far before a display the letters may be compared."""
_SHORT: Final = 60
"""So few words between two displays, which end no sentence, go on with what was said before the first."""


def pair_said(text: str, start: int, tex: str) -> str:
    r"""What words say last of two indices of a formula, `i = j` or `i \neq j`; empty where they say nothing of any.

    It holds for the displays up to the next that has sentences of its own before it.
    """
    while start > 0:
        before = _OPENS.sub("", text[max(0, start - _FAR) : start])
        near = DISPLAY_ENDS.split(before)[-1]
        words = _BEGINS.split(near)[0]
        found = [*_SAID.finditer(words)]
        if found:
            one, sign, other = found[-1].groups()
            if _OTHERWISE.search(words, found[-1].end()):
                return ""
            said = f"{one} {'=' if sign == '=' else chr(92) + 'neq'} {other}"
            return said if is_of_indices(tex, (one, other)) else ""
        if near == before or len(words) > _SHORT or "." in words:
            return ""
        end = start - len(text[max(0, start - _FAR) : start]) + len(before) - len(near)
        start = max(text.rfind(each, 0, max(0, end - 2)) for each in ("$$", r"\[", r"\begin{"))
    return ""
