"""Wording that messages share: text from outside as it is shown and quoted, what was perhaps meant, names in a row."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Final

_KNOWN: Final = 12
_LONGEST: Final = 60
_HIDDEN: Final = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters but for tabs and line ends, and what turns the direction of writing (Unicode, annex 9)."""
_OPEN: Final = "([{"
_CLOSED: Final = ")]}"


def visible(text: str) -> str:
    """Text from outside as it is shown: what would act on the screen, or on what stands around it, as an escape."""
    return _HIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def shorten(text: str, width: int = 40) -> str:
    """Text from a file as a message quotes it: on one line, and cut where it is long."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= width else f"{line[: width - 1]}…"


def separators(count: int) -> list[str]:
    """What stands before each of so many things in a row: nothing, commas, `and`."""
    return ["", *[", "] * (count - 2), *[" and "] * (count > 1)][:count]


def listed(items: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    every = list(items)
    return "".join(sign + item for sign, item in zip(separators(len(every)), every, strict=True))


def known(names: Iterable[str]) -> str:
    """The first few of what there is, for a message: `x, y, z`, and `, …` where there are more than twelve."""
    every = list(names)
    return ", ".join(every[:_KNOWN]) + (", …" if len(every) > _KNOWN else "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`"; did you mean 'sigmoid'?"` for a near miss, else an empty string."""
    folded = {k.lower(): k for k in sorted(known, key=lambda k: k[:1] == word[:1])}  # of two alike that in its case
    near = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return f"; did you mean '{folded[near[0]]}'?" if near else ""


def near(word: str, names: Iterable[str]) -> str:
    """`; did you mean 'W1'?` for a near miss, else the names that are known (the first of many)."""
    every = list(names)
    # Names are compared by their letters, which takes long for long ones.
    meant = did_you_mean(word, every) if len(word) <= _LONGEST else ""
    return meant or (f"; known are {known(every)}" if every else "; there are none")


def outside_brackets(signs: str, text: str) -> Iterator[re.Match[str]]:
    """Where a regular expression fits outside of all brackets, in a time that grows with the text alone."""
    depth = 0
    for found in re.finditer(rf"{signs}|[][(){{}}]", text):
        if found.group() in _OPEN:
            depth += 1
        elif found.group() in _CLOSED:
            depth -= 1
        elif depth == 0:
            yield found
