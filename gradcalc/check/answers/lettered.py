"""Formulas with letters for indices, sums over them, and derivatives, as one formula for a whole quantity.

`W2[i,j]: sum(h1[n,i] * da2[n,j], n)` says every entry of W2 by one text. It is read once for each entry, and what comes
out is put together: a formula like any other.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod
from typing import Final

from gradcalc.check.answers.names import Names
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.stated import sizes_of
from gradcalc.errors import FormulaError, GradcalcError
from gradcalc.formula.brackets import Indices
from gradcalc.formula.expr import Apply, Expr, call, shared, substitute, transform, walk
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.index import ALL, Along, params_of
from gradcalc.formula.parse import PART, parse
from gradcalc.formula.spelling import NAME
from gradcalc.formula.table import Shape, without_brackets
from gradcalc.problem.letter_ranges import Surroundings, bound_in, letters_in, off_limits, tree_of
from gradcalc.program.derivatives import DERIVATIVES, DerivativeError, asks
from gradcalc.program.inlined import Inlined
from gradcalc.program.solution import Solution
from gradcalc.words import shorten

MOST_ENTRIES: Final = 2_000
"""So many entries may be read one by one, over all letters of a key together."""
_MOST_LETTERS: Final = 2
"""So many letters may say which members a key means."""
MOST_NODES: Final = 100_000
"""So large may the formula of a whole quantity become."""
_INDEXED: Final = re.compile(r"([^\W\d]\w*)\[([^\[\]]+)\]")
_INDEX: Final = re.compile(r"\s*([^\W\d]\w*)\s*([-+]\d{1,9})?\s*")
_GRADIENT: Final = re.compile(r"grad\s*\(\s*(\w+)\s*,\s*(\w+)\s*(?:\[[^\[\]]*\]\s*)?\)")
_ASKS: Final = re.compile(rf"\b(?:{'|'.join(DERIVATIVES)})\s*\(")

Values = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A formula, and what is odd about its letters, which is the mistake where it is wrong."""

    formula: Expr
    odd: str = ""
    restates: str = ""
    """Where it is the gradient of the objective and nothing else, of what."""


@dataclass(frozen=True, slots=True)
class Index:
    """The index of a key, `i,j` of `W2[i,j]`: a letter, a number or a colon for each part."""

    parts: tuple[str, ...]

    @property
    def letters(self) -> tuple[str, ...]:
        """Its letters, each once."""
        return tuple(dict.fromkeys(part for part in self.parts if NAME.fullmatch(part)))

    def fits(self, shape: Shape | None) -> bool:
        """Whether a quantity of that shape has such an index."""
        return bool(shape) and (len(self.parts) == 2 or 1 in (shape or ()))

    def ranges(self, shape: Shape) -> dict[str, int]:
        """How far each letter counts in a quantity of that shape; of one that stands twice as far as both do."""
        found: dict[str, int] = {}
        for part, size in zip(self.parts, _lengths(self.parts, shape), strict=True):
            if NAME.fullmatch(part):
                found[part] = min(size, found.get(part, size))
        return found

    def at(self, numbers: Mapping[str, int]) -> tuple[Along, ...]:
        """The part that is meant where the letters are these numbers."""
        return tuple(_along(str(numbers.get(part, part))) for part in self.parts)


def index_with_letters(text: str) -> Index | None:
    """An index with a letter in it; None of any other."""
    parts = tuple(part.strip() for part in text.split(","))
    letters = any(NAME.fullmatch(part) for part in parts)
    fine = all(NAME.fullmatch(part) or re.fullmatch(r":|[1-9]\d{0,8}", part) for part in parts)
    return Index(parts) if letters and fine and len(parts) <= 2 else None


def members_of(name: str, indices: Indices, there: Container[str]) -> list[tuple[str, dict[str, int]]]:
    """The members that `w[u]`, `w[u][i]` or `h[k]/h[k-1]` stands for, where they all are `there`.

    Each with the number of its letters; none of any other name. A letter that the problem doesn't count with counts as
    its first one does.
    """
    ranges = dict(indices.ranges)
    found = [each for each in _INDEXED.finditer(name) if each[1] in indices.families]
    written = [part for each in found for part in each[2].split(",")]
    letters = dict.fromkeys(it[1] for part in written if (it := _INDEX.fullmatch(part)) is not None)
    if not letters or not ranges or len(letters) > _MOST_LETTERS:
        return []
    any_range = next(iter(ranges.values()))
    counted = [ranges.get(letter, any_range) for letter in letters]
    if prod(last - first + 1 for first, last in counted) > MOST_ENTRIES:
        return []
    every = []
    for numbers in product(*(range(first, last + 1) for first, last in counted)):
        put = dict(zip(letters, numbers, strict=True))
        members = {each.start(): _numbered(each, put) for each in found}
        if all(member in there for member in members.values()):
            every.append((_INDEXED.sub(lambda it, put=members: put.get(it.start(), it[0]), name), put))  # type: ignore[misc]
    return every


def _numbered(found: re.Match[str], put: Mapping[str, int]) -> str:
    """`h[t-1]` where t is a number."""
    parts = ((part, _INDEX.fullmatch(part)) for part in found[2].split(","))
    index = (part.strip() if it is None else put.get(it[1], 0) + int(it[2] or 0) for part, it in parts)
    return f"{found[1]}[{','.join(map(str, index))}]"


def _lengths(parts: Sequence[str], shape: Shape) -> Shape:
    return (max(shape),) if len(parts) == 1 else shape


def _along(part: str) -> Along:
    return ALL if part == ":" else Along(int(part))


class LetterReader:
    """Reads such formulas against one solution."""

    def __init__(self, solution: Solution, called: Names, renamed: Callable[[Expr], Expr]) -> None:
        self.solution, self.called, self.renamed = solution, called, renamed
        self.problem = solution.problem
        self.inlined = Inlined(solution)
        self.functions: dict[str, tuple[str, Expr]] = {}
        """The student's own functions of one argument: its name, and what they stand for."""

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The sizes of the problem's letters, which stand among its abbreviations."""
        return sizes_of(self.problem)

    def is_lettered(self, text: str) -> bool:
        """Whether there are letters for indices in a text, or derivatives, that only this reader knows."""
        if "[" not in text and not _ASKS.search(text) and not ((self.sizes or self.functions) and "(" in text):
            return False
        tree = tree_of(text)
        if tree is None:
            return False
        known = {*self.called.equations, *self.called.abbreviations}
        letters = {*letters_in(tree), *bound_in(tree)} - known
        counts = ("eye", "ones", "zeros", *self.functions)
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
        return bool(letters or any(call.func.id in (*DERIVATIVES, *counts) for call in calls))  # type: ignore[attr-defined]

    def formula(self, text: str, letters: Mapping[str, int] | None = None) -> Read:
        """The formula that a text writes where these letters are numbers. Raises NotReadable."""
        values = tuple((letter, float(number)) for letter, number in (letters or {}).items())
        ranges, odd = self._ranges(text, letters or {})
        return Read(shared(self._read(text, values, ranges)), odd, self.restates(text))

    def blocks(self, text: str, choices: Sequence[Mapping[str, int]]) -> list[Expr]:
        """The formula for each choice of numbers for letters. Raises NotReadable."""
        counts = {letter: max(each[letter] for each in choices) for letter in choices[0]} if choices else {}
        ranges, _ = self._ranges(text, counts)
        found, nodes = list[Expr](), 0
        for numbers in choices:
            values = tuple((letter, float(number)) for letter, number in numbers.items())
            found.append(shared(self._read(text, values, ranges)))
            nodes += sum(1 for _ in walk(found[-1]))
            if nodes > MOST_NODES:
                raise NotReadable("written out for every block this formula is too long")
        return found

    def restates(self, text: str) -> str:
        """Of what a text, the gradient of the objective and nothing else, is the gradient; empty of any other text."""
        found = _GRADIENT.fullmatch(text.strip())
        of = self.called.alone(found[1]) if found else None
        named = of == self.problem.objective or (found is not None and found[1] == "loss")
        return (self.called.alone(found[2]) or "") if found and named else ""

    def whole(self, text: str, index: Index, shape: Shape, equation: Expr, fixed: Mapping[str, int]) -> Read:
        """The formula of a whole quantity of that shape, of which a text writes the part that a key names.

        What the key doesn't name is as in `equation`; `fixed` are numbers of further letters. Raises NotReadable.
        """
        counts = index.ranges(shape)
        ranges, odd = self._ranges(text, {**fixed, **counts})
        found, nodes = dict[tuple[Along, ...], Expr](), 0
        for numbers in choices(counts):
            values = tuple((letter, float(number)) for letter, number in {**fixed, **numbers}.items())
            one = found[index.at(numbers)] = self._read(text, values, ranges)
            nodes += sum(1 for _ in walk(one))
            if nodes > MOST_NODES:
                raise NotReadable("written out for every entry this formula is too long")
        return Read(shared(put_together(found, shape, equation)), odd, self.restates(text))

    def _ranges(self, text: str, fixed: Mapping[str, int]) -> tuple[tuple[tuple[str, tuple[int, int]], ...], str]:
        """From where to where each letter of a sum counts, and what doesn't fit. Raises NotReadable."""
        families = self.problem.indices.families
        around = Surroundings(
            self.inlined.shapes,
            self.problem.axis,
            families,
            self.sizes,
            self.problem.indices.classes,
            self.problem.indices.functions,
            self._own,
            self._plain,
            tuple(self.functions),
        )
        tree = tree_of(text)
        bound = {*bound_in(tree)} if tree is not None else set()
        found, odd, misfits = dict(self.problem.indices.ranges), "", list[str]()
        for letter, size in around.counted(text):
            if not size:
                misfits.append(letter)
            elif letter in fixed and letter not in bound and size < fixed[letter]:
                odd = odd or f"the index {letter} counts to {fixed[letter]}, and here there are {size} entries"
            elif letter in bound:
                _, known = found.setdefault(letter, (1, size))
                if known != size:
                    odd = odd or f"the index {letter} counts to {known} in one place, and to {size} in another"
        for letter in misfits:  # what doesn't fit doesn't at any number
            found.setdefault(letter, (1, 1))
        off = off_limits(tree, found, self.sizes)
        if off is not None and not odd:
            letter, last, right = off
            odd = f"the sum over {letter} stops at {last}, and what {letter} is an index of has {right} entries"
        return tuple(found.items()), odd

    @property
    def _own(self) -> tuple[str, ...]:
        return tuple(sorted(name for name in self.called.equations if without_brackets(name)))

    def _read(self, text: str, values: Values, ranges: Sequence[tuple[str, tuple[int, int]]]) -> Expr:
        own = self.problem.indices
        every = (*((letter, float(size)) for letter, size in self.sizes.items()), *values)
        indices = replace(own, ranges=tuple(ranges), lists=int(self.problem.axis))
        try:
            expr = parse(text, (*DERIVATIVES, *self.functions), every, indices, self._own)
            expr = self._plain(expr)
            return self.inlined.plain(expr) if asks(expr) else expr
        except FormulaError as error:
            raise NotReadable(f"{shorten(text)}, column {error.start + 1}: {error.message}") from None
        except KeyError as error:
            raise NotReadable(f"unknown name '{shorten(str(error.args[0]))}'") from None
        except ShapeError as error:
            if error.kind == "shapes":
                return error.node  # which is wrong wherever it stands
            raise NotReadable(f"{shorten(text)}: {error.message}") from None
        except DerivativeError as error:
            raise NotReadable(f"{shorten(text)}: {error.message}") from None
        except GradcalcError as error:
            raise NotReadable(f"{shorten(text)}: {error}") from None

    def _plain(self, expr: Expr) -> Expr:
        """With the problem's names, and without abbreviations."""
        expr = self.renamed(transform(expr, self._called) if self.functions else expr)
        return substitute(expr, self.called.abbreviations)

    def _called(self, node: Expr) -> Expr:
        """What a function of the student's own stands for."""
        own = self.functions.get(node.function) if isinstance(node, Apply) else None
        if own is None or not isinstance(node, Apply):
            return node
        if len(node.args) != 1:
            raise NotReadable(f"{node.function} takes one argument here")
        return substitute(own[1], {own[0]: node.args[0]})

    def define(self, name: str, argument: str, body: str) -> None:
        """Take in a function of the student's own. Raises NotReadable."""
        self.functions.pop(name, None)
        try:
            formula = parse(body, tuple(self.functions))
        except FormulaError as error:
            raise NotReadable(f"{shorten(body)}, column {error.start + 1}: {error.message}") from None
        self.functions[name] = argument, transform(formula, self._called)


def choices(counts: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """All numbers of these letters. Raises NotReadable where there are too many."""
    if prod(counts.values()) > MOST_ENTRIES:
        raise NotReadable(f"the letters have more than {MOST_ENTRIES:,} values together")
    for numbers in product(*(range(1, count + 1) for count in counts.values())):
        yield dict(zip(counts, numbers, strict=True))


def put_together(parts: Mapping[tuple[Along, ...], Expr], shape: Shape, rest: Expr) -> Expr:
    """A formula of that shape with these parts; what isn't among them is as in `rest`."""
    cells = {_two_sided(key, shape): expr for key, expr in parts.items()}
    rows, columns = (range(1, size + 1) for size in shape or (1, 1))

    def cell(row: Along, column: Along) -> Expr:
        found = cells.get((row, column))
        return found if found is not None else Apply(PART, (rest,), params_of((row, column)))

    if any(row == ALL for row, _ in cells):
        return _joined([cell(ALL, Along(j)) for j in columns], 1)
    whole = [cells.get((Along(i), ALL)) for i in rows]
    each = [
        _joined([cell(Along(i), Along(j)) for j in columns], 1) if one is None else one
        for i, one in enumerate(whole, 1)
    ]
    return _joined(each, 0)


def _two_sided(key: tuple[Along, ...], shape: Shape) -> tuple[Along, Along]:
    """The row and the column of an index."""
    if len(key) == 2:
        return key[0], key[1]
    return (Along(1), key[0]) if shape[0] == 1 else (key[0], Along(1))


def _joined(parts: Sequence[Expr], axis: int) -> Expr:
    return parts[0] if len(parts) == 1 else call("concat", *parts, axis=float(axis))
