"""Turn text into a formula, or say at which column it stops being one."""

from __future__ import annotations

import ast
import keyword
import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from gradcalc.errors import FormulaError
from gradcalc.formula.brackets import (
    MOST_TERMS,
    NO_INDICES,
    Indices,
    by_class,
    class_number,
    is_class,
    over_index,
    subscript,
    without_nothing,
)
from gradcalc.formula.expr import ONE, Apply, Expr, Name, Num, decimals_of, neg
from gradcalc.formula.index import shortened
from gradcalc.formula.lists import array
from gradcalc.formula.spelling import PRIME, Spelling, respell
from gradcalc.formula.syntax import MAX_DEPTH, refuse_unreadable, reserved, syntax_tree
from gradcalc.formula.table import (
    ALL_ENTRIES,
    AXIS,
    IMAGES,
    FromTheBack,
    Function,
    UnknownFunction,
    known,
    lookup,
    until_changed,
    without_brackets,
)
from gradcalc.formula.unknown import ENTRYWISE, OF_VECTOR, meant
from gradcalc.words import did_you_mean

MAX_LENGTH = 2_000
PART, PLACE = "part", "place"
ANY_SETTING = "*"
"""Among the values: a parameter that is passed on by its own name, `stride=stride`, has its usual value."""


@dataclass(frozen=True, slots=True)
class _Readings:
    """How a part of a formula was read, with how many terms its sums have, by the numbers of the names in it."""

    node: ast.expr
    """Kept, as it is known by its identity."""
    names: tuple[str, ...]
    found: dict[tuple[float | None, ...], tuple[Expr, int]]


_Read: TypeAlias = "Callable[[_Parser, ast.expr, int], Expr]"
_Met: TypeAlias = dict[tuple[int, int], _Readings]
_OPERATORS: dict[type[ast.operator], str] = {
    ast.Mult: "mul",
    ast.Div: "div",
    ast.MatMult: "matmul",
    ast.Pow: "pow",
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Gt: "greater",
    ast.Lt: "less",
    ast.GtE: "greater_equal",
    ast.LtE: "less_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}


@until_changed
@lru_cache(maxsize=4096)
def parse(
    text: str,
    extra: tuple[str, ...] = (),
    values: tuple[tuple[str, float], ...] = (),
    indices: Indices = NO_INDICES,
    own: tuple[str, ...] = (),
) -> Expr:
    """The formula that `text` writes.

    `extra` names functions beside those of the table (`grad` in a claim). `values` are names that stand for numbers,
    also where a function's parameter or an index must be one; `indices` says which names have members, `own` are names
    of quantities that a constant of the table has too (`pi`). Raises FormulaError.
    """
    return _parsed(text, extra, dict(values), indices, own, None)


class Parsing:
    """Reads one formula at several choices of numbers for its letters.

    A part whose letters have the same numbers in two choices is read once, and is one node in all that is read: of a
    sum over an index within each of many entries little is read twice. `extra`, `indices` and `own` as for `parse`.
    """

    def __init__(self, text: str, extra: tuple[str, ...], indices: Indices, own: tuple[str, ...]) -> None:
        self.text, self.extra, self.indices, self.own = text, extra, indices, own
        self.met: _Met = {}

    def at(self, values: Sequence[tuple[str, float]]) -> Expr:
        """The formula where names stand for these numbers. Raises FormulaError."""
        return _parsed(self.text, self.extra, dict(values), self.indices, self.own, self.met)


def _parsed(
    text: str,
    extra: tuple[str, ...],
    values: dict[str, float],
    indices: Indices,
    own: tuple[str, ...],
    met: _Met | None,
) -> Expr:
    if len(text) > MAX_LENGTH:
        raise FormulaError(text[:60] + "…", f"a formula has at most {MAX_LENGTH:,} characters, this one {len(text):,}")
    if not text.strip():
        raise FormulaError(text, "a formula is missing here")
    refuse_unreadable(text)
    spelling = respell(text)
    return _Parser(spelling, extra, values, indices, own, met).read(syntax_tree(spelling).body, 1)


class _Parser:
    """Turns Python's syntax tree into formula nodes, and refuses everything that a formula isn't."""

    def __init__(
        self,
        spelling: Spelling,
        extra: tuple[str, ...],
        values: dict[str, float],
        indices: Indices,
        own: tuple[str, ...],
        met: _Met | None,
    ) -> None:
        self.spelling, self.typed = spelling, spelling.typed
        self.extra, self.own = extra, own
        self.values, self.indices = values, indices
        self.terms = 0
        """How many terms the sums over indices have so far."""
        self.met = met
        # ast counts bytes of UTF-8 from the first character that isn't white.
        self.indent = len(spelling.text) - len(spelling.text.lstrip())
        self.char_of_byte = _byte_offsets(spelling.text[self.indent :])

    def read(self, node: ast.expr, depth: int) -> Expr:
        if depth > MAX_DEPTH:
            raise self.error(node, f"nested more than {MAX_DEPTH} levels deep")
        reader: _Read | None = _READERS.get(type(node))
        if reader is None:
            raise self.error(node, f"{_what(node)} can't stand in a formula")
        is_single = isinstance(node, ast.Name | ast.Constant)
        if self.met is None or is_single:
            return reader(self, node, depth)
        return self.read_once(self.met, reader, node, depth)

    def read_once(self, met: _Met, reader: _Read, node: ast.expr, depth: int) -> Expr:
        """The same, as it was read before where its letters had the same numbers; its terms count each time."""
        of_node = met.get((id(node), depth))
        if of_node is None:
            of_node = met[id(node), depth] = _Readings(node, _names_in(node), {})
        numbers = tuple(map(self.values.get, of_node.names))
        found = of_node.found.get(numbers)
        if found is None or self.terms + found[1] > MOST_TERMS:
            before = self.terms
            found = of_node.found[numbers] = reader(self, node, depth), self.terms - before
        else:
            self.terms += found[1]
        return found[0]

    def constant(self, node: ast.Constant, depth: int) -> Expr:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self.error(node, f"{node.value!r} isn't a number")
        try:
            value = float(node.value)
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            raise self.error(node, "this number is too large for float64")
        start, end = self.span(node)
        return Num(value, decimals_of(self.typed[start:end]))

    def name(self, node: ast.Name, depth: int) -> Expr:
        name = _spelled(node.id)
        if keyword.iskeyword(name):
            raise self.error(node, reserved(name))
        if name in self.values:
            return Num(self.values[name])
        number = class_number(self, name) if self.indices.classes else None
        if number is not None:
            return number
        if name not in self.own and without_brackets(name):
            constant = lookup(name).name
            if constant not in self.own:
                return Apply(constant, (), at=self.span(node))
            name = constant  # `π` where the problem has a quantity `pi`
        return Name(name, self.span(node))

    def unary(self, node: ast.UnaryOp, depth: int) -> Expr:
        if isinstance(node.op, ast.UAdd):
            return self.read(node.operand, depth + 1)
        if not isinstance(node.op, ast.USub):
            raise self.error(node, "this operator can't stand in a formula")
        return _negative(self.read(node.operand, depth + 1), self.span(node))

    def binary(self, node: ast.BinOp, depth: int) -> Expr:
        if isinstance(node.op, ast.Add | ast.Sub):
            return self.sum(node, depth)
        operator = _OPERATORS.get(type(node.op))
        if operator is None:
            raise self.error(node, "only + - * / ** @ stand between two values")
        return Apply(operator, (self.read(node.left, depth + 1), self.read(node.right, depth + 1)), at=self.span(node))

    def comparison(self, node: ast.Compare, depth: int) -> Expr:
        function = _COMPARISONS.get(type(node.ops[0]))
        if function is None:
            raise self.error(node, "only > < >= <= == != compare two values")
        if len(node.ops) > 1:
            raise self.error(node, "compare two values at a time: (a < b) * (b < c) is 1 where both hold")
        if self.indices.classes and function in ("equal", "not_equal"):
            found = is_class(self, node.left, node.comparators[0], depth)
            if found is not None:
                return found if function == "equal" else Apply("add", (ONE, neg(found)), at=self.span(node))
        args = (self.read(node.left, depth + 1), self.read(node.comparators[0], depth + 1))
        return Apply(function, args, at=self.span(node))

    def sum(self, node: ast.BinOp, depth: int) -> Expr:
        """A chain of + and - is one flat sum, so that its length doesn't count as depth."""
        terms: list[Expr] = []
        rest: ast.expr = node
        while isinstance(rest, ast.BinOp) and isinstance(rest.op, ast.Add | ast.Sub):
            term = self.read(rest.right, depth + 1)
            terms.append(_negative(term, self.span(rest.right)) if isinstance(rest.op, ast.Sub) else term)
            rest = rest.left
        terms.append(self.read(rest, depth + 1))
        terms = without_nothing(terms) if self.indices.absent else terms
        return terms[0] if not terms[1:] else Apply("add", tuple(reversed(terms)), at=self.span(node))

    def attribute(self, node: ast.Attribute, depth: int) -> Expr:
        if node.attr != "T":
            raise self.error(node, f"'.{node.attr}' isn't part of a formula; only '.T' (transpose) is")
        return Apply("transpose", (self.read(node.value, depth + 1),), at=self.span(node))

    def call(self, node: ast.Call, depth: int) -> Expr:
        if not isinstance(node.func, ast.Name):
            raise self.error(node, "only a function of the table can be called")
        name = _spelled(node.func.id)
        if name.endswith(PRIME):
            return self.differentiated(node, name.rstrip(PRIME), depth)
        of_problem = meant(name, dict(self.indices.functions)) or self.any_function(name)
        if of_problem is not None:
            return self.given(node, *of_problem, depth)
        if name in self.extra:
            if node.keywords:
                raise self.error(node.keywords[0].value, f"{name} has no parameters")
            entry_of = by_class(self, node) if self.indices.classes else None
            if entry_of is not None:
                return self.read(entry_of, depth + 1)
            return Apply(name, tuple(self.read(arg, depth + 1) for arg in node.args), at=self.span(node))
        total = over_index(self, name, node, depth)
        if total is not None:
            return total
        try:
            entry = lookup(name)
        except UnknownFunction as error:
            raise self.error(node.func, f"{error}{'' if error.hint else did_you_mean(name, self.extra)}") from None
        values = tuple(self.read(arg, depth + 1) for arg in node.args)
        whole = values[1] if entry.name == PLACE and len(values) == 2 and not node.keywords else None
        if isinstance(whole, Apply) and whole.function == PART:
            return Apply(PLACE, (values[0], *whole.args), whole.params, self.span(node))
        values += tuple(Num(entry.usual[name]) for name in entry.args[len(values) :] if len(values) >= entry.least)
        count = len(values) if entry.variadic else len(entry.args)
        self.check_arguments(node, entry, values[count:])
        given = dict(self.parameter(entry, keyword, depth) for keyword in node.keywords)
        passed_on = {each.arg for each in node.keywords if isinstance(each.value, ast.Name)}
        for name, value in zip(entry.params, values[count:], strict=False):
            assert isinstance(value, Num)
            given[name] = _from_the_front(name, value.value)
        params = tuple((name, given[name]) for name in entry.settings if name in given)
        if entry.name in (PART, PLACE):
            params = shortened(params)
        if entry.group == IMAGES:
            params = tuple(each for each in params if each[0] not in passed_on or entry.params[each[0]] != each[1])
        return _as_typed(Apply(entry.name, values[:count], params, self.span(node)))

    def any_function(self, name: str) -> tuple[str, str] | None:
        """A call of a function that isn't in the table, where every name may be one."""
        is_one = self.indices.any_name and not known(name) and name not in self.extra
        return (ENTRYWISE[0], name) if is_one else None

    def given(self, node: ast.Call, function: str, name: str, depth: int) -> Expr:
        """A call of a function that the problem gives: the quantity says which it is."""
        if len(node.args) != 1 or node.keywords:
            raise self.error(node, f"{name} takes 1 argument, not {len(node.args)}: write {name}(…)")
        arg = self.read(node.args[0], depth + 1)
        return Apply(function, (Name(name, self.span(node.func)), arg), at=self.span(node))

    def differentiated(self, node: ast.Call, name: str, depth: int) -> Expr:
        """`sigmoid'(a)`: the derivative of a function of one number, at its argument."""
        from gradcalc.formula.primes import derivative  # which reads rules of the table here

        assert isinstance(node.func, ast.Name)
        primes, functions = len(node.func.id) - len(node.func.id.rstrip(PRIME)), dict(self.indices.functions)
        if primes > 1 and functions.get(name) != ENTRYWISE[0]:
            raise self.error(node, f"a second derivative is written with grad: the gradient of sum({name}'(a)) by a")
        plain = ast.Call(ast.copy_location(ast.Name(name), node.func), node.args, node.keywords)
        inner = self.call(ast.copy_location(plain, node), depth)
        found: Expr | None = inner
        for _ in range(primes):
            found = derivative(found) if isinstance(found, Apply) else None
        if found is None and functions.get(name) == OF_VECTOR[0]:
            raise self.error(node, f"{name} is a function of a vector: write its gradient as d{name}(…)")
        if found is None:
            raise self.error(node, f"{name}' can't be had: {name} is no function of one number that has a derivative")
        return found

    def check_arguments(self, node: ast.Call, entry: Function, positional: Sequence[Expr]) -> None:
        """`positional` are the values behind the arguments: numbers for the parameters, in their order."""
        usual = (f"{p}={'None' if p == AXIS else format(v, 'g')}" for p, v in entry.params.items())
        args = [f"{name}={entry.usual[name]:g}" if name in entry.usual else name for name in entry.args]
        signature = f"{entry.name}({', '.join([*args, *usual])})"
        fits = entry.least <= len(node.args)
        numbers = len(positional) <= len(entry.params) and all(isinstance(value, Num) for value in positional)
        if not fits or not numbers:
            count = "1 argument" if len(entry.args) == 1 else f"{len(entry.args)} arguments"
            count = f"{entry.least} or {count}" if entry.usual else count
            of_two = f"; of two values it is {entry.name}imum(a, b)" if entry.name in ("max", "min") else ""
            raise self.error(node, f"{entry.name} takes {count}, not {len(node.args)}: {signature}{of_two}")
        given = [*list(entry.params)[: len(positional)], *(keyword.arg for keyword in node.keywords)]
        if len(set(given)) < len(given):
            raise self.error(node, f"a parameter is given twice: {signature}")

    def parameter(self, entry: Function, keyword: ast.keyword, depth: int) -> tuple[str, float]:
        if keyword.arg is None:
            raise self.error(keyword.value, "'**' can't stand before an argument")
        if keyword.arg not in entry.settings:
            known = ", ".join(entry.settings) or "no parameters"
            raise self.error(keyword.value, f"{entry.name} has no parameter '{keyword.arg}'; it has {known}")
        if keyword.arg in entry.params and keyword.arg == AXIS and _is_none(keyword.value):
            return AXIS, ALL_ENTRIES
        value = self.read(keyword.value, depth + 1)
        if ANY_SETTING in self.values and value == Name(keyword.arg):
            return keyword.arg, entry.params[keyword.arg]
        if not isinstance(value, Num):
            raise self.error(keyword.value, f"parameter '{keyword.arg}' must be a number")
        passed_on = isinstance(keyword.value, ast.Name)
        return keyword.arg, value.value if passed_on else _from_the_front(keyword.arg, value.value)

    def spelled(self, name: str) -> str:
        """A name in its usual form."""
        return _spelled(name)

    def span(self, node: ast.expr) -> tuple[int, int]:
        start = self.char_of_byte(node.col_offset)
        end = self.char_of_byte(node.end_col_offset or node.col_offset + 1)
        return self.spelling.span(start + self.indent, end + self.indent)

    def error(self, node: ast.expr, message: str) -> FormulaError:
        return FormulaError(self.spelling.typed, message, *self.span(node))


def _spelled(name: str) -> str:
    """A name in its usual form; `y` with a hat of its own is yhat in any alphabet."""
    return unicodedata.normalize("NFKC", name).replace("ŷ", "yhat")


@lru_cache(maxsize=4096)
def _names_in(node: ast.expr) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_spelled(inner.id) for inner in ast.walk(node) if isinstance(inner, ast.Name)))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _from_the_front(parameter: str, value: float) -> float:
    """`axis=-1` is the last axis, as in NumPy."""
    return FromTheBack(value + 2.0) if parameter == AXIS and value in (-1.0, -2.0) else value


def _negative(expr: Expr, at: tuple[int, int]) -> Expr:
    return neg(expr) if isinstance(expr, Num) else Apply("neg", (expr,), at=at)


def _as_typed(node: Apply) -> Expr:
    """`neg(2)` and `add(add(a, b), c)` are what `-2` and `a + b + c` are."""
    first = node.args[0] if node.args else None
    if node.function == "neg" and first is not None:
        return _negative(first, node.at)
    if node.function == "add" and isinstance(first, Apply) and first.function == "add":
        return Apply("add", (*first.args, *node.args[1:]), at=node.at)
    return node


def _byte_offsets(text: str) -> Callable[[int], int]:
    if text.isascii():
        return lambda offset: offset
    starts = [index for index, char in enumerate(text) for _ in char.encode()]
    return lambda offset: starts[offset] if 0 <= offset < len(starts) else len(text)


def _what(node: ast.expr) -> str:
    return {
        ast.Tuple: "a comma",
        ast.Lambda: "'lambda'",
        ast.BoolOp: "'and' or 'or'",
        ast.IfExp: "'if'",
    }.get(type(node), "this")


_READERS: dict[type, Callable[..., Expr]] = {
    ast.Constant: _Parser.constant,
    ast.Name: _Parser.name,
    ast.UnaryOp: _Parser.unary,
    ast.BinOp: _Parser.binary,
    ast.Compare: _Parser.comparison,
    ast.Attribute: _Parser.attribute,
    ast.Call: _Parser.call,
    ast.Subscript: subscript,
    ast.List: array,
}
