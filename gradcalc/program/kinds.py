"""What a letter in a formula may stand for: kinds of values, the sizes of each, its round values and random ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.table import Axis, Shape

Size: TypeAlias = str | int
Sizes = Mapping[str, int]
Draw: TypeAlias = "Callable[[Shape, np.random.Generator], Array]"
"""In quotes, as `numpy.random` takes a while to load and few problems draw numbers."""

EDGE: Final = "edge"
ROUND: Final = (0.0, 1.0, -1.0, 2.0, 0.5, -2.0, -0.5, 3.0, -3.0)
"""Numbers that are easy to check by hand, roundest first."""


FUNCTION: Final = "function"
"""The kind of an unknown function, whose value tells which function is taken."""


@dataclass(frozen=True, slots=True)
class ValueKind:
    """What a name stands for: `kind`, and a letter or a number for each size; the same letter is the same size.

    Without sizes it is a number, with one a vector, with two a matrix. `at` is the letter for the place of a one-hot
    vector's 1, counted from 1.
    """

    kind: str
    sizes: tuple[Size, ...] = ()
    at: str = ""

    def __str__(self) -> str:
        """As it is written: `vector(n)`."""
        inside = [*map(str, self.sizes), *([f"at={self.at}"] if self.at else [])]
        return f"{self.kind}({', '.join(inside)})" if inside else self.kind

    @property
    def is_finite(self) -> bool:
        """Whether there are only so many values of it for given sizes."""
        return KINDS[self.kind].finite

    @property
    def is_distribution(self) -> bool:
        """Whether the entries of each sample sum to 1."""
        return KINDS[self.kind].by_sample


@dataclass(frozen=True, slots=True)
class Kind:
    """An entry of the table of kinds.

    `counts` are how many sizes may be written, `usual` those that are meant without any. `draw` gives an array of a
    shape at random, `entries` the round numbers that entries can be. Of a kind `by_sample` the first size is that of
    a sample, which lies as the notation has samples, and arrays are drawn with samples as columns.
    """

    name: str
    summary: str
    counts: tuple[int, ...]
    draw: Draw
    usual: tuple[Size, ...] = ()
    entries: tuple[float, ...] = ROUND
    finite: bool = False
    by_sample: bool = False

    @property
    def example(self) -> str:
        """How it is written, with letters for as many sizes as it can have."""
        letters = ", ".join("nm"[: max(self.counts)])
        return f"{self.name}({letters})" if letters else self.name


def _normal(shape: Shape, random: np.random.Generator) -> Array:
    return np.asarray(1.5 * random.standard_normal(shape))


def _positive(shape: Shape, random: np.random.Generator) -> Array:
    return np.asarray(random.exponential(1.0, shape) + 0.05)


def _signs(shape: Shape, random: np.random.Generator) -> Array:
    return np.asarray(random.choice([-1.0, 1.0], shape))


def _bits(shape: Shape, random: np.random.Generator) -> Array:
    return np.asarray(random.choice([0.0, 1.0], shape))


def _symmetric(shape: Shape, random: np.random.Generator) -> Array:
    half = _normal(shape, random)
    return np.asarray(np.tril(half) + np.tril(half, -1).T)


def _distribution(shape: Shape, random: np.random.Generator) -> Array:
    weights = random.exponential(1.0, shape) + 0.01
    return np.asarray(weights / weights.sum(axis=0))


def _one_hot(shape: Shape, random: np.random.Generator) -> Array:
    return np.eye(shape[0])[:, random.integers(shape[0], size=shape[1])]


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("scalar", "a number", (0,), _normal),
        Kind(EDGE, "for w[u,v]: a number for each edge of a graph, 0 where there is none", (0,), _normal),
        Kind("vector", "a vector, laid out as a sample is", (1,), _normal, ("n",), by_sample=False),
        Kind("matrix", "a matrix", (2,), _normal, ("n", "m")),
        Kind("symmetric", "a symmetric matrix", (1,), _symmetric, ("n",)),
        Kind("one_hot", "one 1 among zeros, in each of m samples", (1, 2), _one_hot, ("n",), (), True, True),
        Kind("probability", "a distribution, one for each of m samples", (1, 2), _distribution, ("n",), by_sample=True),
        Kind("sign", "1 or -1", (0, 1, 2), _signs, (), (1.0, -1.0), finite=True),
        Kind("bit", "0 or 1", (0, 1, 2), _bits, (), (0.0, 1.0), finite=True),
        Kind("binary", "a vector of 0 and 1", (1,), _bits, ("n",), (0.0, 1.0), finite=True),
        Kind(FUNCTION, "an unknown smooth function, entry by entry; of n, a number of a vector", (0, 1), _normal),
        Kind("positive", "a positive number", (0, 1, 2), _positive, (), (1.0, 2.0, 0.5, 3.0, 4.0, 0.25)),
    )
}
"""All kinds, by name."""
_WEIGHTS: Final = (1.0, 2.0, 0.0, 3.0)
"""Round numbers that a distribution may be made of."""


def is_any(kind: ValueKind) -> bool:
    """Whether every array of its shape is of a kind."""
    return KINDS[kind.kind].draw is _normal


def letters_of(kinds: Iterable[ValueKind]) -> list[str]:
    """The letters that stand for sizes, each once."""
    return list(dict.fromkeys(size for kind in kinds for size in kind.sizes if isinstance(size, str)))


def numbers_of(kinds: Iterable[ValueKind]) -> set[int]:
    """The sizes that are written as numbers."""
    return {size for kind in kinds for size in kind.sizes if isinstance(size, int)}


def shape_of_kind(kind: ValueKind, sizes: Sizes, axis: Axis = Axis.COLUMNS) -> Shape:
    """The shape for these sizes: `()`, or rows and columns; a vector lies as a sample does, along `axis`."""
    sides = tuple(sizes[size] if isinstance(size, str) else size for size in kind.sizes)
    if not sides:
        return ()
    if kind.kind == "symmetric":
        return sides[0], sides[0]
    laid = (*sides, 1)[:2]
    return laid[::-1] if _is_turned(kind, axis) else laid


def _is_turned(kind: ValueKind, axis: Axis) -> bool:
    """Whether the first size is that of the columns."""
    return axis is Axis.ROWS and (len(kind.sizes) == 1 or kind.is_distribution)


def sizes_in(kinds: Mapping[str, ValueKind], shapes: Mapping[str, Shape], axis: Axis) -> dict[str, int]:
    """The other way round: the size of each letter where names of these kinds have these shapes."""
    found: dict[str, int] = {}
    for name, kind in kinds.items():
        shape = shapes[name][::-1] if _is_turned(kind, axis) else shapes[name]
        found |= {size: side for size, side in zip(kind.sizes, shape, strict=False) if isinstance(size, str)}
    return found


def random_value(kind: ValueKind, shape: Shape, random: np.random.Generator, axis: Axis = Axis.COLUMNS) -> Array:
    """A float64 value at random, of that kind and in that shape."""
    entry = KINDS[kind.kind]
    if entry.by_sample and axis is Axis.ROWS:
        return np.ascontiguousarray(entry.draw(shape[::-1], random).T)
    return np.asarray(entry.draw(shape, random), dtype=np.float64)


def choices(kind: ValueKind, shape: Shape, axis: Axis = Axis.COLUMNS) -> list[tuple[float, ...]]:
    """What each free number of a value can be: an entry; for a one-hot sample the place of its 1."""
    if kind.kind == "one_hot":
        return [tuple(map(float, range(shape[axis])))] * shape[1 - axis]
    if kind.kind == "symmetric":
        return [ROUND] * (shape[0] * (shape[0] + 1) // 2)
    return [_WEIGHTS if kind.is_distribution else KINDS[kind.kind].entries] * int(np.prod(shape))


def chosen(kind: ValueKind, shape: Shape, numbers: Sequence[float], axis: Axis = Axis.COLUMNS) -> Array:
    """The value that has these free numbers, float64 in that shape."""
    if kind.kind == "one_hot":
        columns = np.eye(shape[axis])[:, np.asarray(numbers, dtype=int)]
        return np.ascontiguousarray(columns if axis is Axis.COLUMNS else columns.T)
    if kind.kind == "symmetric":
        half = np.zeros(shape)
        half[np.tril_indices(shape[0])] = numbers
        return np.asarray(half + np.tril(half, -1).T)
    value = np.array(numbers, dtype=np.float64).reshape(shape)
    return _normalized(value, axis) if kind.is_distribution else value


def _normalized(weights: Array, axis: Axis) -> Array:
    """Each sample divided by its sum; equal parts where that is 0."""
    totals = weights.sum(axis=axis, keepdims=True)
    return np.asarray(np.where(totals > 0, weights / np.where(totals > 0, totals, 1.0), 1.0 / weights.shape[axis]))


def rounder(kind: ValueKind, value: Array, axis: Axis = Axis.COLUMNS) -> Iterator[Array]:
    """Rounder values than this one, roundest first: some of the same kind with an entry exchanged."""
    if kind.is_distribution:
        yield from _rounder_samples(kind, value, axis)
        return
    for index in np.ndindex(value.shape):
        for entry in KINDS[kind.kind].entries:
            if _rough(entry) < _rough(float(value[index])):
                other = value.copy()
                other[index] = entry
                if kind.kind == "symmetric":
                    other[index[::-1]] = entry
                yield other


def _rounder_samples(kind: ValueKind, value: Array, axis: Axis) -> Iterator[Array]:
    for sample in range(value.shape[1 - axis]):
        mine = (slice(None), sample) if axis is Axis.COLUMNS else (sample, slice(None))
        for plain in _plain_samples(kind, value[mine]):
            other = value.copy()
            other[mine] = plain
            yield other


def _plain_samples(kind: ValueKind, sample: Array) -> Iterator[Array]:
    units = np.eye(sample.size)
    if kind.kind == "one_hot":
        yield from units[: int(np.argmax(sample))]
        return
    even = np.full(sample.size, 1.0 / sample.size)
    yield from (each for each in (even, *units) if roughness(each) < roughness(sample))


def roughness(value: Array) -> float:
    """How hard a value is to check by hand: zeros are easiest, then small whole numbers, then halves."""
    return sum(_rough(float(entry)) for entry in np.ravel(value))


def _rough(entry: float) -> float:
    if entry == 0:
        return 0.0
    penalty = 0.0 if entry == int(entry) else 2.0 if 2 * entry == int(2 * entry) else 50.0
    return abs(entry) + penalty + (0.25 if entry < 0 else 0.0)
