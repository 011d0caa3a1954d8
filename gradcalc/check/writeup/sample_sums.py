r"""Sums over a set of samples, `\sum_{x \in B}`, `\sum_{(x, y)}`, `\sum_{\text{batch}}`, as sums over their number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from gradcalc.check.writeup.model import Derivation, Side

_SUM: Final = re.compile(r"\\sum(?:\\limits)?\s*_\s*\{(?P<below>(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_SET: Final = re.compile(r"\\in(?![A-Za-z])|∈")
_WORDS: Final = re.compile(
    r"\s*(?:\\(?:text|mathrm|textrm|mbox)\s*\{)?\s*(?:mini-?)?(?:batch|samples?|examples|data|all)\s*(?:data|samples)?\s*\}?\s*"
)
_NUMBER: Final = re.compile(r"_\s*\{?\s*([a-z])\s*\}?|\^\s*\{\s*\(\s*([a-z])\s*\)\s*\}")


def with_numbers(chain: Derivation, members: Mapping[str, str], letter: str) -> Derivation:
    r"""A chain with sums over the number of the sample.

    `members` has what stands for each family without its index, `x`, and with the `letter` that it is shown with,
    `x^{(i)}`.
    """
    sides = tuple(_side(side, members, letter) for side in chain.sides)
    return chain if sides == chain.sides else replace(chain, sides=sides)


def _side(side: Side, members: Mapping[str, str], letter: str) -> Side:
    found = next((each for each in _SUM.finditer(side.tex) if _is_of_samples(each["below"], members)), None)
    if found is None:
        return side
    before, body = side.tex[: found.start()], side.tex[found.end() :]
    number = _NUMBER.search(found["below"]) or (_NUMBER.search(body) if _WORDS.fullmatch(found["below"]) else None)
    if number is None:
        for bare, shown in members.items():
            alone = rf"(?<![A-Za-z\\{{]){re.escape(bare)}(?![A-Za-z]|\s*[_^]\s*(?:\{{\s*\(?\s*{letter}|{letter}))"
            body = re.sub(alone, lambda _, shown=shown: f"{{{shown}}}", body)  # type: ignore[misc]
    counted = letter if number is None else number[1] or number[2]
    return side.respelled(rf"{before}\sum_{{{counted}}} {body}")


def _is_of_samples(below: str, members: Mapping[str, str]) -> bool:
    """Whether what stands below a sum is a set of samples: words, or members of families, in brackets or in a set."""
    if _WORDS.fullmatch(below):
        return True
    said = _SET.split(below)[0]
    inside = said.strip().removeprefix("(").removesuffix(")")
    is_pair = inside != said.strip()
    parts = [_NUMBER.sub("", each).strip(" {}") for each in re.split(r",(?![^(]*\))", inside)]
    return (is_pair or _SET.search(below) is not None) and all(each in members for each in parts)
