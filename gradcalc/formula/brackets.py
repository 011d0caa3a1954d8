"""Read what depends on indices: entries `x[2]`, members of families `h[t-1]`, sums `sum(L[t], t)`.

An index is a whole number when a formula is read: a letter stands for the number of the member whose equation it is, or
for each number of a sum in turn.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, Protocol

from gradcalc.errors import FormulaError
from gradcalc.formula.expr import ONE, ZERO, Apply, Expr, Name, Num, add, call, mul, neg
from gradcalc.formula.index import ALL, ALONE, AXES, TO_THE_END, Along, params_of
from gradcalc.words import listed

MOST_TERMS: Final = 20_000
"""So many terms may all sums of one formula have."""
MOST_FACTORS: Final = 90
"""A product over an index nests its factors."""
_GRADIENT: Final = "grad"
_OF_MATRICES: Final = 5
_NUMPY: Final = re.compile(r"\b(?:np|numpy|jnp|torch|tf)\.")
MATRICES: Final = "matprod"
"""Multiplies matrices over an index, from the left to the right; behind the limits stands how many rows they have."""
_SUMS: Final = ("sum", "mean", "prod", MATRICES)


@dataclass(frozen=True, slots=True)
class Indices:
    """What a problem knows of indices: the names that have members, and how far each letter counts.

    `ranges` has the first and the last number of each letter.
    """

    families: frozenset[str] = frozenset()
    ranges: tuple[tuple[str, tuple[int, int]], ...] = ()
    any_name: bool = False
    """Every name may have members: `h[2]` is a name then, whatever h is."""
    classes: tuple[tuple[str, str], ...] = ()
    """Letters for classes, with the names of vectors that are one-hot there: `z[k]` is the sum of y ⊙ z."""
    absent: frozenset[str] = frozenset()
    """Members that are 0: the weights of edges that a graph hasn't."""
    lists: int | None = None
    """The axis along which the numbers of a list stand in formulas; None where no list may stand there."""
    functions: tuple[tuple[str, str], ...] = ()
    """The quantities that are functions, with the table's function for each: `phi(z)` is a call then."""


NO_INDICES: Final = Indices()
AS_NAMES: Final = Indices(any_name=True)
"""For formulas of sentences, in which entries and members are names alike."""


def member_name(family: str, index: tuple[int, ...]) -> str:
    """The name of a member: `h[2]` of h."""
    return f"{family}[{','.join(map(str, index))}]"


class Reader(Protocol):
    """What reads the formula around an index."""

    indices: Indices
    values: dict[str, float]
    terms: int

    @property
    def typed(self) -> str:
        """The whole formula."""

    def read(self, node: ast.expr, depth: int) -> Expr:
        """A part of it."""

    def spelled(self, name: str) -> str:
        """A name in its usual form."""

    def span(self, node: ast.expr) -> tuple[int, int]:
        """Where a part stands."""

    def error(self, node: ast.expr, message: str) -> FormulaError:
        """What is wrong with a part."""


def subscript(reader: Reader, node: ast.Subscript, depth: int) -> Expr:
    """A member of a family, or a part of any other value."""
    if _NUMPY.search(reader.typed):
        raise reader.error(node, "NumPy counts entries from 0, formulas here from 1: write this without NumPy's names")
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    family = reader.spelled(node.value.id) if isinstance(node.value, ast.Name) else ""
    if family and (family in reader.indices.families or (reader.indices.any_name and not _is_range(parts))):
        index = tuple(_number(reader, part, depth, f"{family} has members, such as {family}[1]") for part in parts)
        name = member_name(family, index)
        return ZERO if name in reader.indices.absent else Name(name, reader.span(node))
    if not 1 <= len(parts) <= len(AXES):
        raise reader.error(node, "an index is one number, or a row and a column: x[2], W[1,2]; of images up to four")
    if len(parts) <= 2 and any(_class(reader, part) for part in parts):
        return _at_class(reader, reader.read(node.value, depth + 1), parts, depth)
    taken = tuple(_along(reader, part, depth) for part in parts)
    return Apply("part", (reader.read(node.value, depth + 1),), params_of(taken), reader.span(node))


def _class(reader: Reader, part: ast.expr) -> Expr | None:
    """The one-hot vector whose class an index names, as a column; None for any other index."""
    letter = reader.spelled(part.id) if isinstance(part, ast.Name) else ""
    name = dict(reader.indices.classes).get(letter) if letter not in reader.values else None
    return None if name is None else call("vec", Name(name, reader.span(part)))


def is_class(reader: Reader, left: ast.expr, right: ast.expr, depth: int) -> Expr | None:
    """`k == 2` for a letter of a class and a number: that entry of the vector; None of anything else."""
    for one, other in ((left, right), (right, left)):
        chosen, number = _class(reader, one), _constant(reader.read(other, depth + 1))
        if chosen is not None and number is not None and number >= 1 and number.is_integer():
            return Apply("part", (chosen,), params_of((Along(int(number)),)), reader.span(one))
    return None


def class_number(reader: Reader, letter: str) -> Expr | None:
    """What a letter for a class comes to where it is compared, counted from 1; None where it is none."""
    name = dict(reader.indices.classes).get(letter)
    return None if name is None else add(call("argmax", call("vec", Name(name)), axis=0.0), ONE)


def _at_class(reader: Reader, value: Expr, parts: Sequence[ast.expr], depth: int) -> Expr:
    """An entry, a row or a column at the class that a letter names: a product with the vector that is one-hot there."""
    chosen = [_class(reader, part) for part in parts]
    if len(parts) == 1:
        return call("sum", mul(chosen[0] or ONE, call("vec", value)))
    row, column = chosen
    value = value if row is None else call("matmul", call("transpose", row), value)
    value = value if column is None else call("matmul", value, column)
    if None not in chosen:
        return call("sum", value)
    rest = tuple(Along(1) if each else _along(reader, part, depth) for part, each in zip(parts, chosen, strict=True))
    if any(each == ALL for each in rest):
        return value
    return Apply("part", (value,), params_of(rest))


def by_class(reader: Reader, node: ast.Call) -> ast.Subscript | None:
    """`grad(L, z)[k]` for `grad(L, z[k])` with the letter of a class: an entry of a gradient is that by the entry."""
    by = node.args[1] if len(node.args) == 2 else None
    if not (isinstance(node.func, ast.Name) and node.func.id == _GRADIENT and isinstance(by, ast.Subscript)):
        return None
    parts = by.slice.elts if isinstance(by.slice, ast.Tuple) else [by.slice]
    if not any(_class(reader, part) for part in parts):
        return None
    whole = ast.copy_location(ast.Call(node.func, [node.args[0], by.value], []), node)
    return ast.copy_location(ast.Subscript(whole, by.slice, by.ctx), node)


def _is_range(parts: Sequence[ast.expr]) -> bool:
    return any(isinstance(part, ast.Slice) for part in parts)


def _along(reader: Reader, part: ast.expr, depth: int) -> Along:
    if not isinstance(part, ast.Slice):
        return Along(_counted(reader, part, depth))
    if part.step is not None:
        raise reader.error(part.step, "a range has a first and a last number: 2:4")
    if part.lower is None and part.upper is None:
        return ALL
    first = 1 if part.lower is None else _counted(reader, part.lower, depth)
    if part.upper is None:
        return Along(first, TO_THE_END)
    last = _counted(reader, part.upper, depth)
    if last < first:
        raise reader.error(part.upper, f"this range ends at {last}, before it starts at {first}")
    return Along(first, last)


def _counted(reader: Reader, node: ast.expr, depth: int) -> int:
    """A whole number from 1."""
    number = _number(reader, node, depth, "an index is a whole number from 1, as in x[2]")
    if number <= ALONE:
        raise reader.error(node, f"entries are counted from 1: there is none with index {number}")
    return number


def _number(reader: Reader, node: ast.expr, depth: int, else_said: str) -> int:
    """The whole number that an index is."""
    if isinstance(node, ast.Slice):
        raise reader.error(node, else_said)
    value = _constant(reader.read(node, depth + 1))
    if value is None or value != int(value) or abs(value) > 10**9:
        raise reader.error(node, _unbound(reader, node) or else_said)
    return int(value)


def _unbound(reader: Reader, node: ast.expr) -> str:
    """What to say of a letter that stands for no number here."""
    letters = [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)]
    ranges = [letter for letter, _ in reader.indices.ranges]
    letter = next((each for each in letters if each not in reader.values), "")
    if not letter:
        return ""
    if letter in ranges:
        return f"the index '{letter}' stands for no number here: only a name with [{letter}] has one for each"
    known = f"; 'over' has {listed(ranges)}" if ranges else ""
    return f"the index '{letter}' stands for no number here{known}"


def _constant(expr: Expr) -> float | None:
    """The number that a formula of numbers comes to, by sums and products."""
    if isinstance(expr, Num):
        return expr.value
    values = [_constant(arg) for arg in expr.args] if isinstance(expr, Apply) else [None]
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(values) or not isinstance(expr, Apply):
        return None
    if expr.function == "add":
        return sum(numbers)
    if expr.function == "neg":
        return -numbers[0]
    return reduce(float.__mul__, numbers) if expr.function == "mul" else None


# Sums, means and products over an index.


def over_index(reader: Reader, name: str, node: ast.Call, depth: int) -> Expr | None:
    """What `sum(e, t)`, `mean(e, k, 1, K)` or `prod(e, j != i)` stands for; None where this isn't over an index.

    Of `matprod(A[i], i, 1, 3, n)` what is n×n.
    """
    if name not in _SUMS or len(node.args) < 2 or node.keywords:
        return None
    if name == MATRICES:
        return _matrices(reader, node, depth)
    if isinstance(node.args[1], ast.Name):
        letter, numbers = _by_range(reader, node, depth)
    elif isinstance(node.args[1], ast.Compare):
        letter, numbers = _all_but_one(reader, node.args[1], depth)
    else:
        return None
    reader.terms += len(numbers)
    if reader.terms > MOST_TERMS or (name == "prod" and len(numbers) > MOST_FACTORS):
        most = MOST_FACTORS if name == "prod" else MOST_TERMS
        raise reader.error(node, f"this has more than {most:,} {'factors' if name == 'prod' else 'terms'}")
    terms = list(_each(reader, node.args[0], letter, numbers, depth))
    chosen = _class(reader, node.args[1].comparators[0]) if isinstance(node.args[1], ast.Compare) else None
    if chosen is not None:
        terms = _but_at_class(reader, name, node, chosen, list(zip(numbers, terms, strict=True)))
    return _JOINED[name](without_nothing(terms) if name == "sum" and reader.indices.absent else terms)


def _matrices(reader: Reader, node: ast.Call, depth: int) -> Expr:
    """The product of matrices in the order of their index; the identity where there are none."""
    if len(node.args) != _OF_MATRICES or not isinstance(node.args[1], ast.Name):
        said = f"write {MATRICES}(A[i], i, 1, 3, n) for the product of A[1], A[2] and A[3], which are n×n"
        raise reader.error(node, said)
    *limits, rows = (_number(reader, each, depth, "a whole number belongs here") for each in node.args[2:])
    first, last = limits
    if last - first >= MOST_FACTORS:
        raise reader.error(node, f"this has more than {MOST_FACTORS} factors")
    factors = list(_each(reader, node.args[0], reader.spelled(node.args[1].id), range(first, last + 1), depth))
    return reduce(lambda left, right: call("matmul", left, right), factors) if factors else call("eye", n=float(rows))


def without_nothing(terms: list[Expr]) -> list[Expr]:
    """The terms of a sum without those that have an edge in them that a graph hasn't; 0 if all have."""
    return [term for term in terms if not _is_nothing(term)] or [ZERO]


def _is_nothing(term: Expr) -> bool:
    """Whether a term is 0 because a factor of it is."""
    products = isinstance(term, Apply) and term.function in ("mul", "matmul")
    return term == ZERO or (products and any(map(_is_nothing, term.args)))  # type: ignore[union-attr]


def _by_range(reader: Reader, node: ast.Call, depth: int) -> tuple[str, Sequence[int]]:
    letter = reader.spelled(node.args[1].id) if isinstance(node.args[1], ast.Name) else ""
    if len(node.args) == 4:
        hint = f"write whole numbers from where to where {letter} counts: sum(x[k], k, 1, 3)"
        first, last = (_number(reader, each, depth, hint) for each in node.args[2:])
    elif len(node.args) == 2:
        first, last = _range_of(reader, node.args[1], letter)
    else:
        raise reader.error(node, f"a sum over an index has four arguments, or two: sum(x[k], {letter}, 1, 3)")
    if last - first >= MOST_TERMS:
        raise reader.error(node, f"a sum over an index has at most {MOST_TERMS:,} terms")
    return letter, range(first, last + 1)


def _range_of(reader: Reader, node: ast.expr, letter: str) -> tuple[int, int]:
    found = dict(reader.indices.ranges).get(letter)
    if found is None:
        last = next(iter(reader.values), 3)  # a letter of a size, where there are such
        raise reader.error(node, f"how far does '{letter}' count? Write sum(x[{letter}], {letter}, 1, {last})")
    return found


def _all_but_one(reader: Reader, node: ast.Compare, depth: int) -> tuple[str, Sequence[int]]:
    if not (len(node.ops) == 1 and isinstance(node.ops[0], ast.NotEq) and isinstance(node.left, ast.Name)):
        raise reader.error(node, "only a condition such as j != i can stand here")
    letter = reader.spelled(node.left.id)
    first, last = _range_of(reader, node.left, letter)
    if _class(reader, node.comparators[0]) is not None:
        return letter, range(first, last + 1)
    left_out = _number(reader, node.comparators[0], depth, "write a number or an index behind !=")
    return letter, [number for number in range(first, last + 1) if number != left_out]


def _but_at_class(
    reader: Reader, name: str, node: ast.Call, chosen: Expr, terms: Sequence[tuple[int, Expr]]
) -> list[Expr]:
    """The terms but that of the class: each times 1, and 0 where the vector is 1."""
    if name != "sum":
        raise reader.error(node, f"only a sum leaves out a class: this is a {name}")
    entries = (Apply("part", (chosen,), params_of((Along(number),))) for number, _ in terms)
    return [mul(add(ONE, neg(entry)), term) for entry, (_, term) in zip(entries, terms, strict=True)]


def _each(reader: Reader, node: ast.expr, letter: str, numbers: Sequence[int], depth: int) -> Iterator[Expr]:
    """The term for each number of the letter, which may stand for another around it."""
    around = reader.values.get(letter)
    for number in numbers:
        reader.values[letter] = float(number)
        yield reader.read(node, depth + 1)
    if around is None:
        reader.values.pop(letter, None)
    else:
        reader.values[letter] = around


def _sum(terms: list[Expr]) -> Expr:
    """One flat sum."""
    flat = [each for term in terms for each in (term.args if _is_sum(term) else (term,))]  # type: ignore[union-attr]
    return flat[0] if len(flat) == 1 else Apply("add", tuple(flat)) if flat else ZERO


def _is_sum(term: Expr) -> bool:
    return isinstance(term, Apply) and term.function == "add"


def _mean(terms: list[Expr]) -> Expr:
    return call("div", _sum(terms), Num(float(len(terms))))


def _product(terms: list[Expr]) -> Expr:
    return reduce(mul, terms) if terms else ONE


_JOINED: Final[dict[str, Callable[[list[Expr]], Expr]]] = {"sum": _sum, "mean": _mean, "prod": _product}
