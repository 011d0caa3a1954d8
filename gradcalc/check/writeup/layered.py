r"""Lines for any layer of a network whose layers have numbers, `z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}`; L is the last.

Such a line is read once for each layer; what needs a layer that isn't there isn't read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from gradcalc.check.writeup.model import Derivation

_INDEX: Final = re.compile(
    r"(?P<sign>[\^_])\s*(?:\{\s*(?P<open>[\[(]?)\s*(?P<letter>l|L|\\ell)\s*(?:(?P<away>[+-])\s*(?P<count>\d)\s*)?"
    r"(?P<close>[\])]?)\s*(?P<turned>T|\\top|\\intercal|)\s*\}|(?P<alone>l|L|\\ell)(?![A-Za-z]))"
)
"""The number of a layer as a letter, above or below a name."""
_NUMBERED: Final = re.compile(r"[^\W\d]+(\d{1,2})")


def last_layer(parameters: Iterable[str]) -> int:
    """How many layers there are, by the numbers of parameters' names; 0 where none has one."""
    numbers = map(_NUMBERED.fullmatch, parameters)
    return max((int(found[1]) for found in numbers if found is not None), default=0)


def of_layers(chain: Derivation, last: int) -> Iterator[Derivation]:
    """The chain for each layer; once where it has the last one alone; not at all where it has no such letter."""
    letters = {found["letter"] or found["alone"] for side in chain.sides for found in _INDEX.finditer(side.tex)}
    if not letters or not last or chain.condition is not None:
        return
    for number in range(1, last + 1) if letters - {"L"} else (last,):
        put = partial(_numbered, number=number, last=last)
        yield replace(chain, sides=tuple(replace(side, tex=_INDEX.sub(put, side.tex)) for side in chain.sides))


def _numbered(found: re.Match[str], number: int, last: int) -> str:
    letter = found["letter"] or found["alone"]
    here = last if letter == "L" else number
    if found["count"]:
        here += int(found["count"]) if found["away"] == "+" else -int(found["count"])
    if found["alone"]:
        return f"{found['sign']}{{{here}}}"
    return f"{found['sign']}{{{found['open']}{here}{found['close']}{found['turned']}}}"
