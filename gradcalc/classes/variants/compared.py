"""Right values, and those that mistakes come to, as rows of one table, compared pair by pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Expr
from gradcalc.formula.table import Shape

_AT_ONCE: Final = 4_000_000
"""So many numbers are compared at once."""

Numeric: TypeAlias = npt.NDArray[np.float64]


class Pair(NamedTuple):
    """Two mistakes in a quantity (by its label); the first is empty where it is the right value."""

    quantity: str
    one: str
    other: str


class Wrong(NamedTuple):
    """A usual mistake in a quantity: its id, the sentence that says what was done, and what it calculates."""

    id: str
    message: str
    expr: Expr
    shape: Shape


class Entries:
    """Reads the entries of values of these shapes, one value behind the other; each starts where `starts` says."""

    def __init__(self, names: Sequence[str], shapes: Sequence[Shape]) -> None:
        self.names = names
        self.starts = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes[:-1])])
        self.numbers = not any(shapes)

    def __call__(self, values: Mapping[str, Array]) -> Numeric:
        """All entries, in a row."""
        found = [values[name] for name in self.names]
        # Single numbers, as a graph has them, are read in a quarter of the time.
        return np.array([*map(float, found)]) if self.numbers else np.concatenate([*map(np.ravel, found)])


class Block:
    """The right value of a quantity and those that mistakes come to; the mistakes of a pair are of different kinds."""

    def __init__(self, name: str, label: str, shape: Shape, wrong: Sequence[Wrong]) -> None:
        self.label, self.shape, self.wrong = label, shape, wrong
        self.shapes = [shape, *(each.shape for each in wrong)]
        ids = ["", *(each.id for each in wrong)]
        self.formulas = [(f"{name} {number}", each.expr) for number, each in enumerate(wrong)]
        self.names = [name, *(each for each, _ in self.formulas)]
        self.places = [(i, j) for j in range(len(ids)) for i in range(j) if ids[i] != ids[j]]
        self.pairs = [Pair(label, ids[i], ids[j]) for i, j in self.places]


class Table:
    """The values of all blocks as rows of one table, so that a few operations compare all pairs."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.names = [name for block in blocks for name in block.names]
        starts = np.cumsum([0, *(len(block.names) for block in blocks)])
        places = [(start + i, start + j) for start, block in zip(starts, blocks, strict=False) for i, j in block.places]
        self.first, self.second = np.array(places, dtype=int).reshape(-1, 2).T
        firsts = [start for start, block in zip(starts, blocks, strict=False) for _ in block.places]
        self.rights = np.array(firsts, dtype=int)
        shapes = [shape for block in blocks for shape in block.shapes]
        self.entries = Entries(self.names, shapes)
        widths = np.array([int(np.prod(block.shape)) for block in blocks for _ in block.names], dtype=int)
        self.width = int(widths.max(initial=1))
        columns = np.arange(self.width)
        self.filled = columns < widths[:, None]
        # A single number stands in the place of every entry.
        steps = np.array([bool(shape) for shape in shapes], dtype=int)
        self.read = np.where(self.filled, self.entries.starts[:, None] + steps[:, None] * columns, 0)

    def rows(self, values: Mapping[str, Array]) -> Numeric:
        """Each value as a row, zeros behind it."""
        return np.where(self.filled, self.entries(values)[self.read], 0.0)

    def apart(self, values: Mapping[str, Array]) -> Numeric:
        """By how much the two of each pair differ in the entry where they differ most.

        What isn't finite is no answer, so it is infinitely far from any.
        """
        rows = self.rows(values)
        found = np.zeros(len(self.first))
        part = max(1, _AT_ONCE // self.width)
        for start in range(0, len(found), part):
            some = slice(start, start + part)
            found[some] = np.abs(rows[self.first[some]] - rows[self.second[some]]).max(axis=1)
        found[~np.isfinite(found)] = np.inf
        return found

    def sizes(self, values: Mapping[str, Array]) -> Numeric:
        """How large the right values are, for each pair, and 1 at least."""
        sizes: Numeric = 1.0 + np.abs(self.rows(values)[self.rights]).max(axis=1)
        return sizes
