"""A problem in letters, read at sizes of which each says its letter, and again at small ones for its numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import TypeAlias

from gradcalc.errors import InputError, UsageError
from gradcalc.problem.draft import Draft
from gradcalc.problem.letters import Letters
from gradcalc.program.kinds import letters_of
from gradcalc.program.letters import InLetters, small
from gradcalc.program.problem import Problem
from gradcalc.words import did_you_mean

Reading: TypeAlias = Callable[[Letters], tuple[Draft, Problem]]
LARGEST = 1_000


def lettered(
    draft: Draft, apart: Problem | None, read: Reading, at: Mapping[str, int] | None, seed: int | None
) -> Problem:
    """The problem in letters, at small sizes; where sizes or a seed are asked for, one in numbers of few decimals.

    `apart` is the problem as the draft has it, at sizes that say their letters; None where something didn't fit.
    Raises InputError for what doesn't, UsageError for sizes of letters that the problem hasn't, and for a seed that is
    none.
    """
    letters = draft.letters
    if letters is None or not letters.kinds:
        raise UsageError("the problem has numbers already, no letters for sizes: leave --at and --seed out")
    if seed is not None and seed < 0:
        raise UsageError(f"the seed is {seed}: it must be a whole number from 0 up")
    if apart is None:
        letters.same = _same_letters(draft, read)
        draft, apart = read(Letters(same=letters.same))
        letters = draft.letters or letters
    _refuse_clashes(draft, letters)
    sizes = _sizes(letters, at or {})
    in_numbers = at is not None or seed is not None
    made = Letters(sizes, seed or 0, in_numbers, letters.same)
    _, problem = read(made)
    if in_numbers:
        _refuse_unused(at or {}, made)
        return problem
    paths = {name: ((path[0], name), path) for name, path in problem.origins.items()}  # a member has its family's
    kinds = {name: letters.kinds[path] for name, both in paths.items() for path in both if path in letters.kinds}
    said = tuple(f"{letter} is {other} here" for letter, other in letters.same.items())
    told = InLetters(kinds, sizes, dict(letters.sizes), apart, letters.same, letters.least)
    return replace(problem, letters=told, warnings=(*problem.warnings, *said))


def _refuse_clashes(draft: Draft, letters: Letters) -> None:
    for letter in (*letters.sizes, *letters.counts):
        if letter in draft.origins:
            draft.key_fault(draft.origins[letter], f": '{letter}' is a size already, in a shape; choose another letter")
    for letter, name in draft.indices.classes:
        if letter in (*letters.sizes, *letters.counts, *draft.origins):
            also = "a quantity" if letter in draft.origins else "a size"
            draft.fault(draft.origins[name], f": '{letter}' is {also} already; choose another letter for the class")
    draft.stop()


def _sizes(letters: Letters, at: Mapping[str, int]) -> dict[str, int]:
    """The sizes that are asked for, and small ones for the other letters."""
    every = {**letters.sizes, **letters.counts}
    families = {letter.partition("[")[0] for letter in every if "[" in letter}
    for letter, size in at.items():
        if letter not in every and letter.partition("[")[0] not in families:
            raise UsageError(f"the problem has no letter '{letter}'{did_you_mean(letter, every)}")
        if not 1 <= size <= LARGEST:
            raise UsageError(f"{letter}={size}: a size is a whole number from 1 to {LARGEST:,}")
    found = {**letters.counts, **at}
    others = [letter for letter in letters.sizes if letter not in at]
    return found | small(others, {*letters.numbers, *found.values()}, letters.least)


def _refuse_unused(at: Mapping[str, int], made: Letters) -> None:
    """Refuse sizes with an index beyond those that there are."""
    used = [*letters_of(made.kinds.values()), *made.counts]
    for letter in at:
        if letter not in used:
            raise UsageError(f"the problem has no letter '{letter}' at these sizes{did_you_mean(letter, used)}")


def _same_letters(draft: Draft, read: Reading) -> Mapping[str, str]:
    """Which letters of kinds without sizes must be which other ones for the problem to fit.

    Raises InputError, with what didn't fit at first, where none do, or several.
    """
    found = [same for same in _choices(draft.letters or Letters()) if _fits(read, same)]
    if len(found) != 1:
        draft.stop()
    return found[0]


def _choices(letters: Letters) -> Iterator[Mapping[str, str]]:
    implied = sorted(letters.implied & {*letters.sizes})
    others = [letter for letter in letters.sizes if letter not in implied]
    for choice in product(others, repeat=len(implied)) if implied else ():
        yield dict(zip(implied, choice, strict=True))


def _fits(read: Reading, same: Mapping[str, str]) -> bool:
    try:
        read(Letters(same=same))
    except InputError:
        return False
    return True
