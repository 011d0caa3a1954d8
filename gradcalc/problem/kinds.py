"""Read what a name stands for: `vector(n)`, `one_hot(K)`, `scalar`, or a shape such as `Dx×H`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from gradcalc.problem.other_forms import right_form
from gradcalc.program.kinds import FUNCTION, KINDS, Kind, ValueKind
from gradcalc.words import shorten

LARGEST: Final = 100
_SIZE: Final = r"(\w+(?:\[\s*\w+\s*(?:[-+]\s*\d{1,9})?\s*\])?)"
"""A letter or a number; `m[l-1]` is a letter of its own for each number."""
_KIND: Final = re.compile(rf"\s*(\w+)\s*(?:\(\s*{_SIZE}\s*(?:,\s*{_SIZE}\s*)?(?:,\s*at\s*=\s*(\w+)\s*)?\)\s*)?")
_SHAPE: Final = re.compile(rf"\s*{_SIZE}\s*(?:×|\sx\s)\s*{_SIZE}\s*")
_INDEX: Final = re.compile(r"\[\s*(\w+)\s*(?:([-+])\s*(\d{1,9}))?\s*\]")


class NoKind(Exception):
    """Why a text names no kind; `word` is the unknown name in it, if that is why."""

    def __init__(self, message: str, word: str = "") -> None:
        self.message, self.word = message, word
        super().__init__(message)


def is_kind(text: str) -> bool:
    """Whether a text is meant as a kind or a shape, whatever is wrong with its sizes."""
    found = _KIND.fullmatch(text)
    return _SHAPE.fullmatch(text) is not None or (found is not None and found[1] in KINDS)


def is_function(text: str) -> bool:
    """Whether a text is the kind of an unknown function, with sizes that can be read."""
    try:
        return is_kind(text) and read_kind(text).kind == FUNCTION
    except NoKind:
        return False


def read_kind(text: str) -> ValueKind:
    """The kind that a text names. Raises NoKind."""
    shape, found = _SHAPE.fullmatch(text), _KIND.fullmatch(text)
    if shape is not None:
        return _sized(text, KINDS["matrix"], shape.groups())
    if found is None or found[1] not in KINDS:
        right = right_form(text)
        if right:
            raise NoKind(f": unknown kind '{shorten(text)}': write {right}")
        word = found[1] if found else text
        raise NoKind(f": unknown kind '{shorten(text)}'", word)
    kind = _sized(text, KINDS[found[1]], tuple(size for size in found.groups()[1:3] if size))
    return replace(kind, at=_place(text, kind, found[4])) if found[4] else kind


def numbered(text: str, numbers: Mapping[str, int]) -> str:
    """A kind with numbers in the place of these letters of an index: `m[2]×m[1]` for `m[l]×m[l-1]`."""

    def number(found: re.Match[str]) -> str:
        if found[1] not in numbers and not found[1].isdecimal():
            return found[0]
        start = int(found[1]) if found[1].isdecimal() else numbers[found[1]]
        step = int(f"{found[2]}{found[3]}") if found[2] else 0
        return f"[{start + step}]"

    return _INDEX.sub(number, text)


def class_letter(text: object) -> str:
    """The letter for the class in a kind such as `one_hot(K, at=k)`; empty for any other value."""
    found = _KIND.fullmatch(text) if isinstance(text, str) and "at" in text else None
    return (found[4] or "") if found is not None and found[1] == "one_hot" else ""


def _place(text: str, kind: ValueKind, letter: str) -> str:
    if kind.kind != "one_hot" or len(kind.sizes) != 1:
        raise NoKind(f": only the place of one vector's 1 has a letter, as in one_hot(K, at=k), and this is '{text}'")
    if letter.isdecimal() or letter in kind.sizes:
        raise NoKind(f": 'at' in '{shorten(text)}' must be a letter of its own, for the place of the 1")
    return letter


def _sized(text: str, kind: Kind, written: tuple[str, ...]) -> ValueKind:
    sizes = tuple(int(size) if size.isdecimal() else size for size in written)
    letter = next((found[1] for found in map(_INDEX.search, written) if found and not found[1].isdecimal()), "")
    if letter:
        raise NoKind(f": how far does '{letter}' count in '{shorten(text)}'? Say so under 'over', as in over: {{l: L}}")
    if sizes and len(sizes) not in kind.counts:
        raise NoKind(f": '{shorten(text)}' has the wrong number of sizes: write {kind.example}")
    if any(isinstance(size, int) and not 1 <= size <= LARGEST for size in sizes):
        raise NoKind(f": a size in '{shorten(text)}' must be a letter or a number from 1 to {LARGEST}")
    return ValueKind(kind.name, sizes or kind.usual)
