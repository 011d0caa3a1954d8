"""Values for the names of a claim: sizes to try, round values first, then random ones; all, where they are few."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, islice, permutations, product
from math import prod

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.table import Axis, Shape
from gradcalc.program.kinds import ValueKind, choices, chosen, letters_of, shape_of_kind

LARGEST = 5
MANY_SIZES = 24
MOST_TUPLES = 1_000
WHOLE = 5_000
"""Of kinds with finitely many values all are tried, the smallest sizes first, up to so many instances together."""

Kinds = Mapping[str, ValueKind]
Shapes = Mapping[str, Shape]


def size_choices(kinds: Kinds) -> list[dict[str, int]]:
    """Sizes for the letters: all different ones first (so that a wrong shape shows), then small ones."""
    letters = letters_of(kinds.values())
    if not letters:
        return [{}]
    different = list(islice(permutations(range(2, max(LARGEST, len(letters) + 1) + 1), len(letters)), 6))
    random = np.random.default_rng(1)
    drawn = random.integers(1, LARGEST + 1, (MANY_SIZES, len(letters))).tolist()
    small = product((1, 2, 3), repeat=len(letters)) if len(letters) <= 2 else product((1, 2), repeat=len(letters))
    every = [*different, *islice(small, MANY_SIZES), *map(tuple, drawn)]
    return [dict(zip(letters, sizes, strict=True)) for sizes in list(dict.fromkeys(every))[:MANY_SIZES]]


def whole_choices(kinds: Kinds, axis: Axis) -> list[dict[str, int]]:
    """The sizes for which all values are tried, fewest first; none where a kind has infinitely many values."""
    if not kinds or not all(kind.is_finite for kind in kinds.values()):
        return []
    letters = letters_of(kinds.values())
    tuples = islice(product(range(1, LARGEST + 1), repeat=len(letters)), MOST_TUPLES)
    every = [dict(zip(letters, sizes, strict=True)) for sizes in tuples]
    counts = [count_of(kinds, shapes_of(kinds, sizes, axis), axis) for sizes in every]
    fewest_first = sorted(range(len(every)), key=counts.__getitem__)[:MANY_SIZES]
    totals = accumulate(counts[i] for i in fewest_first)
    return [every[i] for i, total in zip(fewest_first, totals, strict=True) if total <= WHOLE]


def shapes_of(kinds: Kinds, sizes: Mapping[str, int], axis: Axis) -> dict[str, Shape]:
    """The shape of each name for these sizes."""
    return {name: shape_of_kind(kind, sizes, axis) for name, kind in kinds.items()}


def count_of(kinds: Kinds, shapes: Shapes, axis: Axis) -> int:
    """How many assignments of round values there are."""
    return prod(len(option) for name, kind in kinds.items() for option in choices(kind, shapes[name], axis))


def round_values(kinds: Kinds, shapes: Shapes, count: int, axis: Axis = Axis.COLUMNS) -> Iterator[dict[str, Array]]:
    """Up to `count` assignments of round values: all there are where they are few, else some.

    Each is float64 by name, in these shapes.
    """
    options = [entry for name, kind in kinds.items() for entry in choices(kind, shapes[name], axis)]
    if prod(float(len(option)) for option in options) <= count:
        picked: Iterator[Sequence[float]] = product(*options)
    else:
        random = np.random.default_rng(2)
        picked = ([option[random.integers(len(option))] for option in options] for _ in range(count))
    for choice in picked:
        yield _assembled(kinds, shapes, list(choice), axis)


def _assembled(kinds: Kinds, shapes: Shapes, numbers: list[float], axis: Axis) -> dict[str, Array]:
    values = {}
    for name, kind in kinds.items():
        count = len(choices(kind, shapes[name], axis))
        mine, numbers = numbers[:count], numbers[count:]
        values[name] = chosen(kind, shapes[name], mine, axis)
    return values
