r"""Lines for any layer of a network whose layers have numbers, `z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}`; L is the last.

Such a line is read once for each layer; what needs a layer that isn't there isn't read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from gradcalc.check.writeup.model import Derivation

_INDEX: Final = re.compile(
    r"(?P<sign>[\^_])\s*(?:\{\s*(?P<open>[\[(]?)\s*(?P<letter>l|L|\\ell)\s*(?:(?P<away>[+-])\s*(?P<count>\d)\s*)?"
    r"(?P<close>[\])]?)\s*(?P<turned>T|\\top|\\intercal|)\s*\}|(?P<alone>[lL](?![A-Za-z]{2})|\\ell(?![A-Za-z])))"
)
"""The number of a layer as a letter, above or below a name."""
_NUMBERED: Final = re.compile(r"[^\W\d]+(\d{1,2})")
_SHOWN: Final = re.compile(r"[\^_]\s*\{?\s*[\[(]?\s*(\d{1,2})\s*[\])]?\s*\}?")
"""The number that a name is shown with."""


def numbers_of_layers(parameters: Iterable[str], shown: Mapping[str, str]) -> range:
    """The numbers of the layers: those that their parameters are shown with, else those of their names; or none.

    With Nielsen the first weights are `w^2`, as the inputs are the layer with the number 1.
    """
    named = {name: int(found[1]) for name in parameters if (found := _NUMBERED.fullmatch(name)) is not None}
    seen = [_SHOWN.findall(shown.get(name, "")) for name in named]
    are_shown = all(len(each) == 1 for each in seen)
    numbers = [int(each[0]) for each in seen] if are_shown else [1, *named.values()]
    return range(min(numbers), max(numbers) + 1) if named else range(0)


def of_layers(chain: Derivation, layers: range) -> Iterator[Derivation]:
    """The chain for each layer; once where it has the last one alone; not at all where it has no such letter."""
    letters = {found["letter"] or found["alone"] for side in chain.sides for found in _INDEX.finditer(side.tex)}
    if not letters or not layers or chain.condition is not None:
        return
    for number in layers if letters - {"L"} else layers[-1:]:
        put = partial(_numbered, number=number, last=layers[-1])
        yield replace(chain, sides=tuple(replace(side, tex=_INDEX.sub(put, side.tex)) for side in chain.sides))


def _numbered(found: re.Match[str], number: int, last: int) -> str:
    letter = found["letter"] or found["alone"]
    here = last if letter == "L" else number
    if found["count"]:
        here += int(found["count"]) if found["away"] == "+" else -int(found["count"])
    if found["alone"]:
        return f"{found['sign']}{{{here}}}"
    return f"{found['sign']}{{{found['open']}{here}{found['close']}{found['turned']}}}"
