"""A problem whose sizes are letters: what each name stands for, and shapes and counts in letters.

Shapes in letters are read off the same problem with a size of its own for each letter, all of them so far apart that
every sum and product of two says what it is made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from itertools import count as count_from
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from gradcalc.formula.expr import Expr, Name, Num, call, mul, transform
from gradcalc.formula.table import Shape
from gradcalc.program.kinds import ValueKind, numbers_of

if TYPE_CHECKING:
    from gradcalc.program.problem import Problem

MOST_LETTERS: Final = 12
APART: Final = (301, 305, 307, 317, 325, 347, 361, 395, 427, 479, 541, 613)
"""Sizes for letters: no two sums or products of two are alike, and none is a size. None is a multiple of 2 or 3, so
that the 2 of a square doesn't go into the number of what a mean is over."""
NO_SIZES: Final[Mapping[str, int]] = {}
SMALLEST: Final = 2
SMALL: Final = 5
"""Above a letter in a quotient stands a whole number below this."""

_NUMBER: Final = re.compile(r"(?<!\bline )(?<![\w.\[])(?<![0-9],)[0-9]+(?![\w\]]|[.,][0-9])")
_SIZE: Final = re.compile(r"(?<![\w.,])[0-9][0-9,]*(?=×[0-9]| entries)|(?<=×)[0-9]+(?![\w.,])")
"""A number that is a side of a shape, or how many entries something has."""
_TELLING: Final = (7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61)
"""Small sizes that are hardly ever numbers in a rule."""
_FEW: Final = (3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16)
"""Smaller ones, for formulas that are read entry by entry."""

Term: TypeAlias = tuple[str, ...]
"""A product of sizes, letters or numbers; empty for 1."""


@dataclass(frozen=True, slots=True)
class InLetters:
    """What a problem in letters has beside its numbers.

    `kinds` says what each given name stands for, `sizes` the letters' sizes in the problem's own numbers, and
    `apart` is the problem with sizes of their own, which are `marks`: of letters to which an index counts there are
    none. `same` are letters that must be another one.
    """

    kinds: Mapping[str, ValueKind]
    sizes: Mapping[str, int]
    marks: Mapping[str, int]
    apart: Problem
    same: Mapping[str, str]
    least: Mapping[str, int] = field(default_factory=dict)
    """The smallest numbers that some letters may be."""

    @property
    def numbers(self) -> set[int]:
        """The sizes that stand in the file as numbers."""
        return numbers_of(self.kinds.values())


def choices(told: InLetters, count: int) -> Iterator[dict[str, int]]:
    """So many choices of small sizes, those of a choice all different, and none a number of the file's own shapes."""
    random, found = np.random.default_rng(0), list[dict[str, int]]()
    if not told.sizes:  # scalars alone
        count, found = 0, [{}]
    most = max((SMALLEST, *told.least.values())) + len(told.sizes) + count + len(told.numbers)
    free = [size for size in range(SMALLEST, most) if size not in told.numbers]
    while len(found) < count:
        sizes = dict(zip(told.sizes, map(int, random.permutation(free)), strict=False))
        if sizes not in found and all(sizes[letter] >= size for letter, size in told.least.items()):
            found.append(sizes)
    yield from found


def small(letters: Iterable[str], taken: Iterable[int] = (), least: Mapping[str, int] = NO_SIZES) -> dict[str, int]:
    """A small size for each letter, not below its least, all different, and none that the file has as a number."""
    found: dict[str, int] = {}
    for letter in letters:
        used = {*taken, *found.values()}
        found[letter] = next(size for size in count_from(least.get(letter, SMALLEST)) if size not in used)
    return found


def smallest(told: InLetters) -> Iterator[dict[str, int]]:
    """The smallest sizes that are all different, in the letters' order and in the other one."""
    sizes = small(told.sizes, told.numbers, told.least)
    yield sizes
    if told.least:
        yield small(told.sizes, {*told.numbers, *sizes.values()}, told.least)
    elif len(sizes) > 1:
        yield dict(zip(sizes, reversed(sizes.values()), strict=True))


def telling(told: InLetters, count: int, small: bool = False) -> Iterator[dict[str, int]]:
    """So many choices of sizes which in a rule or a sentence say their letters; `small` ones where entries count."""
    free = [size for size in (_FEW if small else _TELLING) if size not in told.numbers]
    for first in range(count if told.sizes else 1):
        turned = free[: len(told.sizes) + count] if small else free
        yield dict(zip(told.sizes, (*turned[first:], *turned[:first]), strict=False))


def as_numbers(sizes: Mapping[str, int]) -> dict[str, Expr]:
    """Sizes as formulas, to be put in the place of their letters."""
    return {letter: Num(float(size)) for letter, size in sizes.items()}


def sized(value: float, marks: Mapping[str, int]) -> Expr | None:
    """A number of a rule in letters: a size, a product of two, or a small number over one; None for another number."""
    for one, mark in marks.items():
        if value == mark:
            return Name(one)
        above = value * mark
        if abs(value) < 1 and 0.5 < abs(above) < SMALL and abs(above - round(above)) < 1e-9:
            return call("div", Num(float(round(above))), Name(one))
    for one, other in combinations_with_replacement(marks, 2):
        if value == marks[one] * marks[other]:
            return mul(Name(one), Name(other))
    return None


def in_letters(expr: Expr, marks: Mapping[str, int]) -> Expr:
    """A rule with letters in the place of their sizes."""
    return transform(expr, lambda node: (sized(node.value, marks) or node) if isinstance(node, Num) else node)


def side(size: int, marks: Mapping[str, int]) -> str:
    """A size in letters: `H`, a sum or a product of two letters, or the number that it is."""
    of = {mark: letter for letter, mark in marks.items()}
    if size in of:
        return of[size]
    for one, other in combinations_with_replacement(marks, 2):
        if marks[one] + marks[other] == size:
            return f"({one} + {other})" if one != other else f"2{one}"
        if marks[one] * marks[other] == size:
            return f"{one}·{other}" if one != other else f"{one}²"
    return str(size)


def spelled(shape: Shape, marks: Mapping[str, int]) -> str:
    """A shape in letters: `Dx×H`, or nothing for a number."""
    return "×".join(side(size, marks) for size in shape)


def text_in_letters(text: str, sizes: Mapping[str, int]) -> str:
    """A text with letters in the place of their sizes, which no other number in it may have."""
    of = {str(size): letter for letter, size in sizes.items()}
    return _NUMBER.sub(lambda found: of.get(found.group(), found.group()), text)


def shapes_in_letters(text: str, marks: Mapping[str, int]) -> str:
    """A text with letters in the shapes that it tells, sums and products too: `n²×1` for `90601×1`."""

    def told(found: re.Match[str]) -> str:
        number = found.group().replace(",", "")
        letters = side(int(number), marks)
        return found.group() if letters == number else letters

    return _SIZE.sub(told, text)


def term(shape: Shape, marks: Mapping[str, int]) -> Term:
    """How many entries an array has, as a product."""
    return tuple(each for each in (side(size, marks) for size in shape) if each != "1")


def count(terms: Iterable[Term]) -> str:
    """A sum of products: `Dx·H + H + H·Dy + Dy`, `n²` for `n·n`, and `2·n` for two of them."""
    every = [_product(each) for each in terms]
    return " + ".join(_times(every.count(each), each) for each in dict.fromkeys(every))


def _times(often: int, product: str) -> str:
    return product if often == 1 else f"{often}" if product == "1" else f"{often}·{product}"


def _product(each: Term) -> str:
    return "·".join(_power(letter, each.count(letter)) for letter in dict.fromkeys(each)) or "1"


def _power(letter: str, exponent: int) -> str:
    return letter + {1: "", 2: "²", 3: "³"}.get(exponent, f"^{exponent}")


def factored(terms: Iterable[Term]) -> str:
    """The same sum with the letter that most of its terms have put before the bracket: `H·(Dx + 1 + Dy) + Dy`."""
    terms = list(terms)
    often = {letter: sum(letter in other for other in {*terms}) for each in terms for letter in each}
    letter = max(often, key=often.__getitem__, default="")
    if often.get(letter, 0) < 2:
        return count(terms)
    inner = [_without(each, letter) for each in terms if letter in each]
    rest = [each for each in terms if letter not in each]
    inner.sort(key=lambda each: not each)  # the 1 last, as courses write it
    bracket = f"{letter}·({factored(inner)})"
    return f"{bracket} + {factored(rest)}" if rest else bracket


def _without(product: Term, letter: str) -> Term:
    place = product.index(letter)
    return product[:place] + product[place + 1 :]
