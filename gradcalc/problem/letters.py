"""Values given as shapes in letters or as kinds: numbers for them, and letters again in what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.table import Axis
from gradcalc.problem.graphs import Edges, all_edges, random_edges
from gradcalc.problem.kinds import NoKind, is_kind, numbered, read_kind
from gradcalc.problem.matrices import NotAnArray, Wrong
from gradcalc.program.kinds import ValueKind, letters_of, numbers_of, random_value, shape_of_kind
from gradcalc.program.letters import APART, MOST_LETTERS, shapes_in_letters, small, text_in_letters
from gradcalc.program.problem import Path

MOST_ENTRIES: Final = 1_000_000
ROUNDED: Final = 1
"""Decimals of numbers that are made to be calculated with by hand."""


@dataclass
class Letters:
    """What the values of one file that are kinds come to.

    `sizes` are those of the letters, by which a letter that isn't among them gets the next of APART. `rounded` makes
    numbers of few decimals.
    """

    sizes: dict[str, int] = field(default_factory=dict)
    seed: int = 0
    rounded: bool = False
    same: Mapping[str, str] = field(default_factory=dict)
    """Letters that are another one: those of kinds that were written without sizes."""
    kinds: dict[Path, ValueKind] = field(default_factory=dict)
    implied: set[str] = field(default_factory=set)
    """The letters of kinds that were written without sizes."""
    counts: dict[str, int] = field(default_factory=dict)
    """Letters to which an index counts: always small, as every member has a line of its own."""

    least: dict[str, int] = field(default_factory=dict)
    """The smallest numbers that some of these may be."""

    def __post_init__(self) -> None:
        self.random, self.sizes = np.random.default_rng(self.seed), dict(self.sizes)
        self.marked = not self.sizes
        self.graphs: dict[int, Edges] = {}

    def value(self, path: Path, text: str, axis: Axis) -> Array | None:
        """An array of the kind that a text names; None where it is none. Raises NotAnArray."""
        if not is_kind(text):
            return None
        try:
            kind = read_kind(numbered(text, self.counts))
        except NoKind as error:
            raise NotAnArray([Wrong((), error.message)]) from None
        if "(" not in text and "×" not in text and " x " not in text:
            self.implied.update(letters_of([kind]))
        kind = replace(kind, sizes=tuple(self.same.get(str(size), size) for size in kind.sizes))
        for letter in letters_of([kind]):
            if letter not in self.counts:
                self._size(letter)
        shape = shape_of_kind(kind, {**self.sizes, **self.counts}, axis)
        if np.prod(shape, dtype=float) > MOST_ENTRIES:
            raise NotAnArray([Wrong((), f"is {text}, which is too large: at most {MOST_ENTRIES:,} entries")])
        self.kinds[path] = kind
        made = random_value(kind, shape, self.random, axis)
        return np.round(made, ROUNDED) if self.rounded and not kind.is_finite and not kind.is_distribution else made

    def counted(self, letter: str, least: int) -> int:
        """How far an index counts that counts to this letter: as asked for, or to a small number of its own."""
        if letter not in self.counts:
            self.least |= {letter: least} if least else {}
            own = small([letter], self.counts.values(), self.least)[letter]
            self.counts[letter] = self.sizes.pop(letter, own)
        return self.counts[letter]

    def edges(self, count: int) -> Edges:
        """The edges of a graph of so many vertices: all there can be where sizes say letters, else some at random."""
        if count not in self.graphs:
            self.graphs[count] = all_edges(count) if self.marked else random_edges(count, self.seed)
        return self.graphs[count]

    def _size(self, letter: str) -> None:
        if letter not in self.sizes:
            if self.marked and len(self.sizes) >= MOST_LETTERS:
                raise NotAnArray([Wrong((), f"a problem has at most {MOST_LETTERS} letters for sizes")])
            taken = [*self.sizes.values(), *self.counts.values()]
            self.sizes[letter] = APART[len(self.sizes)] if self.marked else small([letter], taken)[letter]

    def in_letters(self, message: str) -> str:
        """A message with letters in the place of their sizes, where these are none that stand in a file."""
        if not (self.marked and self.kinds):
            return message
        return text_in_letters(shapes_in_letters(message, self.sizes), self.sizes)

    @property
    def numbers(self) -> set[int]:
        """The sizes that stand in the file as numbers."""
        return numbers_of(self.kinds.values())
