"""Values for the names of a claim: sizes to try, round values first, then random ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, permutations, product
from math import prod

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.table import Shape
from gradcalc.problem.claims import ValueKind

ROUND = (0.0, 1.0, -1.0, 2.0, 0.5, -2.0, -0.5, 3.0, -3.0)
"""Numbers that are easy to check by hand, roundest first."""
ROUND_POSITIVE = (1.0, 2.0, 0.5, 3.0, 4.0, 0.25)
LARGEST = 5
MANY_SIZES = 24
DISTRIBUTIONS = ("one_hot", "probability")

Sizes = Mapping[str, int]


def size_choices(kinds: Mapping[str, ValueKind]) -> list[dict[str, int]]:
    """Sizes for the letters: all different ones first (so that a wrong shape shows), then small ones."""
    letters = list(dict.fromkeys(size for kind in kinds.values() for size in kind.sizes if isinstance(size, str)))
    if not letters:
        return [{}]
    different = list(islice(permutations(range(2, max(LARGEST, len(letters) + 1) + 1), len(letters)), 6))
    random = np.random.default_rng(1)
    drawn = random.integers(1, LARGEST + 1, (MANY_SIZES, len(letters))).tolist()
    small = product((1, 2, 3), repeat=len(letters)) if len(letters) <= 2 else product((1, 2), repeat=len(letters))
    every = [*different, *islice(small, MANY_SIZES), *map(tuple, drawn)]
    return [dict(zip(letters, sizes, strict=True)) for sizes in list(dict.fromkeys(every))[:MANY_SIZES]]


def shape_of_kind(kind: ValueKind, sizes: Sizes) -> Shape:
    """The shape of a kind for these sizes: a number, a column or a matrix."""
    sides = tuple(sizes[size] if isinstance(size, str) else size for size in kind.sizes)
    return (sides[0], 1) if len(sides) == 1 else sides


def round_values(kinds: Mapping[str, ValueKind], shapes: Mapping[str, Shape], count: int) -> Iterator[dict[str, Array]]:
    """Up to `count` assignments of round values: all there are where they are few, else some.

    Each is float64 by name, in these shapes.
    """
    options = [entry for name, kind in kinds.items() for entry in _options(kind, shapes[name])]
    if prod(float(len(option)) for option in options) <= count:
        choices: Iterator[Sequence[float]] = product(*options)
    else:
        random = np.random.default_rng(2)
        choices = ([option[random.integers(len(option))] for option in options] for _ in range(count))
    for choice in choices:
        yield _assembled(kinds, shapes, list(choice))


def _options(kind: ValueKind, shape: Shape) -> list[tuple[float, ...]]:
    """What each free number of a value can be: an entry; for a one-hot vector the place of its 1."""
    count = int(np.prod(shape))
    if kind.kind == "one_hot":
        return [tuple(map(float, range(count)))]
    entry = {"sign": (1.0, -1.0), "positive": ROUND_POSITIVE, "probability": (1.0, 2.0, 0.0, 3.0)}
    return [entry.get(kind.kind, ROUND)] * count


def _assembled(kinds: Mapping[str, ValueKind], shapes: Mapping[str, Shape], numbers: list[float]) -> dict[str, Array]:
    values = {}
    for name, kind in kinds.items():
        count = 1 if kind.kind == "one_hot" else int(np.prod(shapes[name]))
        mine, numbers = numbers[:count], numbers[count:]
        values[name] = _from_numbers(kind, shapes[name], mine)
    return values


def _from_numbers(kind: ValueKind, shape: Shape, numbers: list[float]) -> Array:
    if kind.kind == "one_hot":
        return np.eye(shape[0])[:, [int(numbers[0])]]
    value = np.array(numbers).reshape(shape)
    if kind.kind == "probability":
        return np.asarray(value / value.sum()) if value.any() else np.full(shape, 1.0 / value.size)
    return value


def random_value(kind: ValueKind, shape: Shape, random: np.random.Generator) -> Array:
    """A float64 value at random, of that kind and in that shape."""
    match kind.kind:
        case "one_hot":
            value = np.eye(shape[0])[:, [int(random.integers(shape[0]))]]
        case "probability":
            weights = random.exponential(1.0, shape) + 0.01
            value = weights / weights.sum()
        case "sign":
            value = random.choice([-1.0, 1.0], shape)
        case "positive":
            value = random.exponential(1.0, shape) + 0.05
        case _:
            value = 1.5 * random.standard_normal(shape)
    return np.asarray(value, dtype=np.float64)


def rounder(kind: ValueKind, value: Array) -> Iterator[Array]:
    """Rounder values than this one, roundest first: some of the same kind with an entry exchanged."""
    if kind.kind == "one_hot":
        place = int(np.argmax(value))
        yield from (np.eye(value.size)[:, [i]] for i in range(place))
    elif kind.kind == "probability":
        yield from (each for each in _plain_distributions(value.size) if roughness(each) < roughness(value))
    else:
        entries = {"sign": (1.0, -1.0), "positive": ROUND_POSITIVE}.get(kind.kind, ROUND)
        for index in np.ndindex(value.shape):
            for entry in entries:
                if _rough(entry) < _rough(float(value[index])):
                    other = value.copy()
                    other[index] = entry
                    yield other


def _plain_distributions(size: int) -> Iterator[Array]:
    yield np.full((size, 1), 1.0 / size)
    yield from (np.eye(size)[:, [i]] for i in range(size))


def roughness(value: Array) -> float:
    """How hard a value is to check by hand: zeros are easiest, then small whole numbers, then halves."""
    return sum(_rough(float(entry)) for entry in np.ravel(value))


def _rough(entry: float) -> float:
    if entry == 0:
        return 0.0
    penalty = 0.0 if entry == int(entry) else 2.0 if 2 * entry == int(2 * entry) else 50.0
    return abs(entry) + penalty + (0.25 if entry < 0 else 0.0)
