r"""Letters of indices with a prime, `\sum_{w'} e^{u_{w'}^T v}`, which counts by another letter than w; Greek ones."""

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
_STARRED: Final = re.compile(r"_\s*\{\s*[A-Za-z]\s*\^\s*(?:\{\s*)?(?:\*|\\(?:ast|star)(?![A-Za-z]))(?:\s*\})?\s*\}")
_OTHERS: Final = "qpruvsgmnkabcxyzwhijlt"
"""Letters for these, of which one is taken that means nothing else."""
_GREEK: Final = r"\\(?:alpha|beta|gamma|kappa|lambda|mu|nu|rho|tau)(?![A-Za-z])"
"""Greek letters that people number entries by."""
_GREEK_BELOW: Final = re.compile(rf"(?<!\\nabla)\s*_\s*(?:({_GREEK})|\{{((?:{_GREEK}|\\neq?|[\w\s,=≠+-])*)\}})")
"""What stands below a name or a sum, if it is made of indices."""


def without_greek(text: str, put: dict[str, str], is_taken: Callable[[str], object]) -> str:
    r"""A formula with other letters for Greek ones as indices, `W_{\mu\nu}`, that mean nothing else; no place moves.

    `put` is as in `unprimed`.
    """
    below = [] if "brace" in text else [alone or inside for alone, inside in _GREEK_BELOW.findall(text)]
    found = dict.fromkeys(each for script in below for each in re.findall(_GREEK, script))
    for each in found:
        if each not in put and not is_taken(each[1:]):
            put[each] = _free(text, put, is_taken, "p")
    return re.sub(_GREEK, lambda it: put.get(it[0], it[0]).ljust(len(it[0])), text) if found or put else text


def _free(text: str, put: dict[str, str], is_taken: Callable[[str], object], other: str) -> str:
    """A letter that means nothing in a formula yet; `other` where there is none."""
    typed = {letter for word in _TYPED.findall(text) for letter in (() if word[0] == "\\" else word)}
    return next((one for one in _OTHERS if one not in {*typed, *put.values()} and not is_taken(one)), other)


def unprimed(text: str, put: dict[str, str], is_taken: Callable[[str], object], shown: Iterable[str]) -> str:
    """A formula with a letter of its own for each that has a prime as an index; no place in it moves.

    `put` has those that were put for others already, and gets the new ones. `shown` is how a problem shows its names:
    a letter that has a prime there is an index only where a sum counts by it.
    """
    if "'" not in text and "prime" not in text:
        return text
    found = [*map(_key, _COUNTED.finditer(text))]
    named = {_key(each) for name in shown for each in _ONE.finditer(name)}
    below = (_key(each) for below in _BELOW.finditer(text) for each in _ONE.finditer(below[0]))
    found += (each for each in below if each not in named)
    for each in dict.fromkeys(filter(None, found)):
        if each not in put:
            put[each] = _free(text, put, is_taken, each[0])
    return _ONE.sub(lambda each: put.get(_key(each), each[0]).ljust(len(each[0])), text)


def unstarred(text: str, letter: str) -> str:
    r"""A formula with the letter of the target's class for each that has a star as an index: `y_{j^*}`."""
    return _STARRED.sub(lambda found: f"_{{{letter}}}".ljust(len(found[0])), text) if letter else text


def _key(found: re.Match[str]) -> str:
    """A letter with its primes, `a''`; nothing of a command."""
    letter, primes = found["letter"], found["primes"]
    return letter + "'" * max(1, primes.count("'")) if letter else ""
