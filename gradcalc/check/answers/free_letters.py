"""What letters may be that a problem doesn't have, by what fits: numbers, vectors and square matrices."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from gradcalc.check.answers.model import Reading
from gradcalc.errors import GradcalcError
from gradcalc.formula.table import Axis, known
from gradcalc.formula.tex.commands import GREEK
from gradcalc.problem.claims import Claim, in_letters
from gradcalc.program.kinds import ValueKind

MOST_LETTERS: Final = 5
MOST_WAYS: Final = 10
"""In so many ways beside the least natural one."""
NUMBER: Final = ValueKind("scalar")
_MEAN_OTHERS: Final = frozenset(("d", "e", "E", "I", "J", "L", "P"))
"""Letters that stand for what is no value: the differential, Euler's number, expectations, the unit matrix, a loss."""
_BY_ENTRY: Final = ("\\odot", "\\circ", "⊙", "∘")
_NAME: Final = re.compile(r"(?<![\w.])[^\W\d]\w*(?!\w|\s*\()")
"""A name in a formula that isn't called."""


def can_be_a_letter(name: str) -> bool:
    """Whether a name is one letter, which means no function and nothing else by custom."""
    spelled = name.removesuffix("hat").removesuffix("bar")
    greek = len(spelled) > 1 and spelled in GREEK
    return (len(spelled) == 1 or greek) and spelled.isalpha() and name not in _MEAN_OTHERS and not known(name)


def options(text: str, letter: str, beside: Iterable[str]) -> tuple[ValueKind, ...]:
    """What a letter may be in a text beside these others, the most natural first: vectors beside a matrix."""
    size = next((each for each in "nmpqrst" if each not in text), "n")
    vector, matrix = ValueKind("vector", (size,)), ValueKind("matrix", (size, size))
    if letter[0].isupper():
        return matrix, NUMBER
    has_arrays = any(sign in text for sign in _BY_ENTRY) or any(each[0].isupper() for each in beside)
    return (vector, NUMBER) if has_arrays else (NUMBER, vector)


def choices(text: str, letters: Sequence[str]) -> Iterator[Mapping[str, ValueKind]]:
    """What all letters may be together: with as few as can be that aren't what is most natural."""
    every = [options(text, letter, letters) for letter in letters]
    ranked = product(*(range(len(each)) for each in every))
    *some, last = sorted(ranked, key=sum)
    for ranks in (*some[:MOST_WAYS], last):
        yield {name: each[rank] for name, each, rank in zip(letters, every, ranks, strict=True)}


def readings(text: str, claims: Iterable[Claim], known_names: Collection[str], axis: Axis) -> tuple[Reading, ...]:
    """The ways to read an equation of a sheet in letters that its problem doesn't have; none of anything else.

    As the letters of one of the problem's `claims` stand for, where that has all of them.
    """
    left, sign, right = text.partition("==")
    letters = tuple(dict.fromkeys(_NAME.findall(text)))
    if not sign or "==" in right or len(letters) > MOST_LETTERS or {*letters} <= {*known_names}:
        return ()
    stated = [claim.where for claim in claims if {*letters} <= {*claim.where}]
    inferred = [] if stated or not all(map(can_be_a_letter, letters)) else choices(text, letters)
    found = []
    for where in (*stated, *inferred):
        mine = {name: where[name] for name in letters}
        try:
            in_letters(text, mine, axis)
        except GradcalcError:
            continue
        sides = left.strip(), right.strip()
        found.append(Reading(tuple(mine.items()), sides, ("", ""), is_stated=bool(stated)))
    return tuple(found)
