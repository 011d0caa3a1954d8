"""Where a character of a text value stands in the file, behind quotes and escapes and over folded lines.

YAML keeps every character that isn't white, in order, whichever way a text is written, and is free with white space
alone: so characters that aren't white are counted, in the value and in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

WHITE: Final = frozenset(" \t\r\n\x85\u2028\u2029")
_UNITS: Final = {
    "'": re.compile(r"''|.", re.DOTALL),
    '"': re.compile(r"\\(?:x..|u.{4}|U.{8}|.)|.", re.DOTALL),
}
"""How one character is written between quotes; elsewhere it stands for itself."""
_WHITE_ESCAPES: Final = frozenset("nrtNLP") | WHITE


def offset_in_file(written: str, value: str, offset: int) -> int:
    """Where the value's character at `offset` stands in it as `written`, with its quotes or the `>` before it.

    White space is taken for what follows it; behind the last character, for the place after that.
    """
    wanted = sum(char not in WHITE for char in value[:offset])
    ink = list(_ink(written))
    if wanted < len(ink):
        return ink[wanted][0]
    return ink[-1][1] if ink else 0


def _ink(written: str) -> Iterator[tuple[int, int]]:
    """Start and end of each character that isn't white."""
    quote, begin, end = written[:1], 0, len(written)
    if quote in _UNITS:
        begin, end = 1, end - 1
    elif quote in ("|", ">"):
        begin = written.find("\n") + 1 or end
    for found in _UNITS.get(quote, re.compile(".", re.DOTALL)).finditer(written, begin, end):
        if not _is_white(found.group()):
            yield found.span()


def _is_white(unit: str) -> bool:
    if len(unit) < 2 or unit == "''":
        return unit in WHITE
    return unit[1] in _WHITE_ESCAPES or (unit[1] in "xuU" and chr(int(unit[2:], 16)) in WHITE)
