r"""Letters of indices with a prime: `\sum_{w'} e^{u_{w'}^T v}` counts by another letter than w."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

_PRIMED: Final = r"(?P<letter>[A-Za-z])\s*(?P<primes>'+|\^\s*(?:\\prime(?![A-Za-z])|\{\s*\\prime\s*\}))"
_ONE: Final = re.compile(rf"\\[A-Za-z]+|{_PRIMED}")
"""A command, or a letter with primes."""
_COUNTED: Final = re.compile(rf"\\(?:sum|prod)(?![A-Za-z])[^_]{{0,12}}_\s*(?:\{{[^{{}}=]*?)?{_PRIMED}")
"""What a sum counts by; it needn't stand first: `\\sum_{i, j'}`."""
_BELOW: Final = re.compile(r"_\s*\{(?:[^{}]|\{[^{}]*\})*\}")
_TYPED: Final = re.compile(r"\\[A-Za-z]+|[A-Za-z]+")
_OTHERS: Final = "qpruvsgmnkabcxyzwhijlt"
"""Letters for these, of which one is taken that means nothing else."""


def unprimed(text: str, put: dict[str, str], is_taken: Callable[[str], object], shown: Iterable[str]) -> str:
    """A formula with a letter of its own for each that has a prime as an index; no place in it moves.

    `put` has those that were put for others already, and gets the new ones. `shown` is how a problem shows its names:
    where one of these has a prime, only what a sum counts by is an index.
    """
    if "'" not in text and "prime" not in text:
        return text
    found = [*map(_key, _COUNTED.finditer(text))]
    if not any("'" in each or "prime" in each for each in shown):
        found += [_key(each) for below in _BELOW.finditer(text) for each in _ONE.finditer(below[0])]
    for each in dict.fromkeys(filter(None, found)):
        if each not in put:
            typed = {letter for word in _TYPED.findall(text) for letter in (() if word[0] == "\\" else word)}
            free = (one for one in _OTHERS if one not in {*typed, *put.values()} and not is_taken(one))
            put[each] = next(free, each[0])
    return _ONE.sub(lambda each: put.get(_key(each), each[0]).ljust(len(each[0])), text)


def _key(found: re.Match[str]) -> str:
    """A letter with its primes, `a''`; nothing of a command."""
    letter, primes = found["letter"], found["primes"]
    return letter + "'" * max(1, primes.count("'")) if letter else ""
