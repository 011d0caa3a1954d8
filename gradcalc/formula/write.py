"""Write a formula: as typed (`code`), in Unicode, in LaTeX, or in whatever a Target builds.

One traversal knows precedence and brackets; a target knows how its pieces are made and joined.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, Literal, TypeVar

from gradcalc.formula.expr import ENTRY, FENCE, PAIRED, PRIME, TOTAL, Apply, Expr, Name, Num, is_negative, negated, walk
from gradcalc.formula.index import written as bracket
from gradcalc.formula.symbols import under
from gradcalc.formula.table import ALL_ENTRIES, AXIS, COMPARISONS, Function, known, lookup, without_brackets
from gradcalc.formula.unknown import ENTRYWISE, OF_VECTOR, called

T = TypeVar("T")
Notation = Literal["code", "unicode", "latex"]

COMPARISON, SUM, PRODUCT, NEGATIVE, POWER, POSTFIX, ATOM = 0, 1, 2, 3, 4, 5, 6
_SCRIPT = r"(\\top|\{([^{}]|\{[^{}]*\})*\}|[^\\{}])"
_RAISED = re.compile(rf"\^{_SCRIPT}(_{_SCRIPT})?$")
"""LaTeX that ends with a superscript (and a subscript): TeX takes no second one."""


def _within(node: Apply) -> bool:
    """Whether the same function stands within it: of two fences in each other nobody knows which is which."""
    return any(isinstance(each, Apply) and each.function == node.function for arg in node.args for each in walk(arg))


def nothing(function: str) -> None:
    """No function has a symbol of its own."""


class Target(ABC, Generic[T]):
    """What a formula is written to. Pieces are made by `text`, put side by side by `join`.

    A target says itself how text, names and their joining are made, and what else is unlike writing on one line.
    """

    notation: Notation = "code"
    called: Callable[[str], str | None] = staticmethod(nothing)
    """The symbol of a function or a sign, in this notation; None where it has none of its own."""

    def sign(self, entry: Function) -> str:
        """The sign of an operator; nothing where factors stand side by side."""
        assert entry.infix is not None
        own = self.called(entry.name)
        return getattr(entry.infix, self.notation) if own is None else own

    @abstractmethod
    def text(self, text: str) -> T:
        """A piece of plain text."""

    @abstractmethod
    def join(self, parts: Sequence[T]) -> T:
        """Pieces side by side."""

    @abstractmethod
    def name(self, id: str) -> T:
        """A name."""

    def function(self, id: str) -> T:
        """The name of a function that a problem gives, which stays where other names have their values."""
        return self.name(id)

    def number(self, value: float) -> T:
        """A number, not negative."""
        return self.text(number(value))

    def group(self, inner: T) -> T:
        """A piece in brackets."""
        return self.join([self.text("("), inner, self.text(")")])

    def operator(self, node: Apply, entry: Function) -> T:
        """The sign between the arguments of `*`, `/`, `@` or `+`, with its spaces."""
        sign = self.sign(entry)
        return self.text(f" {sign} " if sign else " ")

    def fraction(self, node: Apply, numerator: T, denominator: T) -> T | None:
        """A built-up fraction, or None to write it on one line."""
        return None

    def power(self, base: T, exponent: T) -> T:
        """A base with its exponent, both in brackets where they must be."""
        return self.join([base, self.text(" ** " if self.notation == "code" else "^"), exponent])

    def transpose(self, base: T) -> T:
        """A matrix transposed, in brackets where it must be."""
        return self.join([base, self.text(".T" if self.notation == "code" else "ᵀ")])

    def entry(self, base: T, index: str) -> T:
        """The entry of a value that a letter counts: `softmax(a)ᵢ`."""
        return self.join([base, self.text(_lower(index, self.notation))])

    def total(self, index: str, term: T) -> T:
        """A sum over a letter: `Σⱼ exp(aⱼ)`."""
        sign = r"\sum" if self.notation == "latex" else "Σ"
        return self.join([self.text(f"{sign}{_lower(index, self.notation)} "), term])

    def call(self, node: Apply, entry: Function | None, args: Sequence[T]) -> T:
        """A function applied; `entry` is None for a function that isn't in the table."""
        template = getattr(entry, self.notation, None) if entry else None
        if entry is not None and without_brackets(entry.name):
            return self.text(template or entry.name)
        symbol = self.called(entry.name) if entry else None
        if symbol == FENCE and not _within(node):
            return self.fenced(args[0])
        if symbol not in (None, FENCE):
            return self.plain_call(node, self.symbol(symbol), args)
        if entry is None or template is None or node.params:
            return self.plain_call(node, self.word(entry.name if entry else node.function), args)
        return self.fill(template, dict(zip(entry.args, args, strict=True)))

    def fenced(self, inner: T) -> T:
        """‖u‖."""
        return self.join([self.text(FENCE), inner, self.text(FENCE)])

    def word(self, name: str) -> T:
        """The name of a function as the table has it."""
        return self.text(name)

    def symbol(self, symbol: str) -> T:
        """The symbol of a function."""
        return self.text(symbol)

    def primed(self, entry: Function) -> T:
        """The derivative of a function, before its brackets: `σ′`."""
        template = getattr(entry, self.notation, None) or self._word(entry.name)
        name = self.called(entry.name) or re.split(r"(?:\\left)?\(", template)[0]
        return self.symbol(name + ("′" if self.notation == "unicode" else "'"))

    def _word(self, name: str) -> str:
        escaped = name.replace("_", r"\_")
        return rf"\operatorname{{{escaped}}}" if self.notation == "latex" else name

    def plain_call(self, node: Apply, name: T, args: Sequence[T]) -> T:
        """A function applied, as it is typed: `softplus(a1, beta=2)`."""
        parts: list[T] = [name, self.text("(")]
        for position, arg in enumerate(args):
            parts += [self.text(", "), arg] if position else [arg]
        for key, value in node.params:
            parts.append(self.text(f"{', ' if len(parts) > 2 else ''}{key}={_setting(key, value)}"))
        return self.join([*parts, self.text(")")])

    def fill(self, template: str, args: Mapping[str, T]) -> T:
        """A template such as `σ({a})` with its arguments put in; braces of LaTeX's own stay."""
        pieces = re.split(rf"\{{({'|'.join(args)})(?::\d)?\}}", template) if args else [template]
        return self.join([args[p] if i % 2 else self.text(p) for i, p in enumerate(pieces) if p])


def _lower(index: str, notation: Notation) -> str:
    return f"_{{{index}}}" if notation == "latex" else under(index)


class Line(Target[str]):
    """Formulas on one line of text, with what `name` says for each name."""

    def __init__(self, name: Callable[[str], str]) -> None:
        self._name = name

    def text(self, text: str) -> str:
        """As it is."""
        return text

    def join(self, parts: Sequence[str]) -> str:
        """One after the other."""
        return "".join(parts)

    def name(self, id: str) -> str:
        """What it is called here."""
        return self._name(id)


class _Text(Line):
    def __init__(
        self,
        notation: Notation,
        name: Callable[[str], str],
        scalar: Callable[[Expr], bool],
        called: Callable[[str], str | None] = nothing,
    ) -> None:
        super().__init__(name)
        self.notation, self.called = notation, called
        self._scalar = scalar

    def operator(self, node: Apply, entry: Function) -> str:
        if self.notation == "unicode" and node.function == "mul" and any(map(self._scalar, node.args)):
            return " · "
        if self.notation == "latex" and node.function == "mul" and any(map(self._scalar, node.args)):
            return r" \cdot "
        return super().operator(node, entry)

    def fraction(self, node: Apply, numerator: str, denominator: str) -> str | None:
        return rf"\frac{{{numerator}}}{{{denominator}}}" if self.notation == "latex" else None

    def power(self, base: str, exponent: str) -> str:
        if self.notation != "latex":
            return super().power(base, exponent)
        return f"{self.group(base) if _RAISED.search(base) else base}^{{{exponent}}}"

    def transpose(self, base: str) -> str:
        if self.notation != "latex":
            return super().transpose(base)
        return f"{{{base}}}^\\top" if "^" in base else f"{base}^\\top"

    def group(self, inner: str) -> str:
        return rf"\left({inner}\right)" if self.notation == "latex" else f"({inner})"

    def number(self, value: float) -> str:
        text = number(value)
        if self.notation == "latex" and "e" in text:
            mantissa, exponent = text.split("e")
            return rf"{mantissa} \times 10^{{{int(exponent)}}}"
        return text

    def word(self, name: str) -> str:
        return self._word(name)

    def plain_call(self, node: Apply, name: str, args: Sequence[str]) -> str:
        if self.notation != "latex":
            return super().plain_call(node, name, args)
        params = [rf"\text{{{key}}}={_signed(value)}" for key, value in node.params]
        return rf"{name}\left({', '.join([*args, *params])}\right)"


def is_constant(expr: Expr) -> bool:
    """Whether a formula holds no name."""
    return isinstance(expr, Num) or (isinstance(expr, Apply) and all(map(is_constant, expr.args)))


def code(expr: Expr) -> str:
    """As it is typed: `W1.T @ x + b1`."""
    return write(expr, _Text("code", str, is_constant))


def unicode(
    expr: Expr,
    name: Callable[[str], str] = str,
    scalar: Callable[[Expr], bool] = is_constant,
    called: Callable[[str], str | None] = nothing,
) -> str:
    """As it is shown: `W1ᵀ @ x + b1`; `name` shows a name, `scalar` says of what `·` may be written.

    `called` gives the symbol of a function or a sign, if it has one of its own.
    """
    return write(expr, _Text("unicode", name, scalar, called))


def latex(
    expr: Expr,
    name: Callable[[str], str] = str,
    scalar: Callable[[Expr], bool] = is_constant,
    called: Callable[[str], str | None] = nothing,
) -> str:
    """As LaTeX mathematics, without the dollars; `name` and `called` give the LaTeX of names and functions."""
    return write(expr, _Text("latex", name, scalar, called))


def number(value: float) -> str:
    """The shortest decimal text that reads back as `value`."""
    text = repr(value)
    return text[:-2] if text.endswith(".0") else text.replace("e+", "e").replace("e-0", "e-")


def _setting(key: str, value: float) -> str:
    """The value of a parameter; of all axes `None`, as in NumPy."""
    return "None" if key == AXIS and value == ALL_ENTRIES else _signed(value)


def _signed(value: float) -> str:
    return f"-{number(-value)}" if value < 0 else number(value)


def write(expr: Expr, target: Target[T]) -> T:
    """Build `expr` in `target`, with brackets where precedence asks for them and nowhere else."""
    return _write(expr, target)[0]


def _write(expr: Expr, target: Target[T]) -> tuple[T, int]:
    if isinstance(expr, Num):
        if expr.value < 0 or (expr.value == 0 and str(expr.value)[0] == "-"):
            return target.join([target.text("-"), target.number(-expr.value)]), NEGATIVE
        return target.number(expr.value), ATOM
    if isinstance(expr, Name):
        return target.name(expr.id), ATOM
    special = _SPECIAL.get(expr.function)
    if special is not None:
        return special(expr, target)
    return _called(expr, target)


_GRADIENT = {"code": ("", "d", "d2"), "unicode": ("", "∇", "∇²"), "latex": ("", r"\nabla ", r"\nabla^{2} ")}
"""Before a function of a vector, for itself, its gradient and its Hessian."""


def _unknown(node: Apply, target: Target[T]) -> tuple[T, int]:
    """A call of a function that a problem gives: `φ′(z)`, `∇f(v)`."""
    found = called(node)
    if found is None:
        return _called(node, target)
    name, order = found
    before = _GRADIENT[target.notation][order] if node.function in OF_VECTOR else ""
    primes = ("′" if target.notation == "unicode" else "'") * (0 if node.function in OF_VECTOR else order)
    signs = [target.symbol(sign) if sign else None for sign in (before, primes)]
    pieces = [piece for piece in (signs[0], target.function(name.id), signs[1]) if piece is not None]
    args = [write(arg, target) for arg in node.args[1:]]
    return target.plain_call(node, target.join(pieces), args), ATOM


def _called(node: Apply, target: Target[T]) -> tuple[T, int]:
    entry = lookup(node.function) if known(node.function) else None
    if entry is not None and entry.usual:
        node = replace(node, args=_as_called(node.args, entry))
    levels = _levels(node, entry, target.notation)
    args = [_at_least(level, arg, target) for level, arg in zip(levels, node.args, strict=True)]
    return target.call(node, entry, args), ATOM


def _as_called(args: tuple[Expr, ...], entry: Function) -> tuple[Expr, ...]:
    """The arguments without those at the end that a call leaves out."""
    while args and args[-1] == Num(entry.usual.get(entry.args[len(args) - 1], math.nan)):
        args = args[:-1]
    return args


def _levels(node: Apply, entry: Function | None, notation: Notation) -> list[int]:
    """How tight each argument must be; `{y:2}` in a template asks for a product, or brackets."""
    template = getattr(entry, notation, None) if entry and not node.params else None
    asked = dict(re.findall(r"\{(\w+):(\d)\}", template or ""))
    if not (asked and entry):
        return [COMPARISON] * len(node.args)
    return [int(asked.get(name, SUM)) for name in entry.args]


def _at_least(level: int, expr: Expr, target: Target[T]) -> T:
    return _bracketed(level, _write(expr, target), target)


def _bracketed(level: int, written: tuple[T, int], target: Target[T]) -> T:
    piece, precedence = written
    return piece if precedence >= level else target.group(piece)


def _add(node: Apply, target: Target[T]) -> tuple[T, int]:
    parts = [_at_least(PRODUCT if isinstance(node.args[0], Apply) else SUM, node.args[0], target)]
    for term in node.args[1:]:
        minus = is_negative(term)
        parts += [
            target.text(" - " if minus else " + "),
            _at_least(PRODUCT, negated(term) if minus else term, target),
        ]
    return target.join(parts), SUM


def _neg(node: Apply, target: Target[T]) -> tuple[T, int]:
    arg = node.args[0]
    # Of factors side by side, as on paper, it is clear that the minus is before all of them.
    bare = isinstance(arg, Apply) and arg.function == "matmul" and target.called("matmul") == ""
    return target.join([target.text("-"), _at_least(PRODUCT if bare else POWER, arg, target)]), NEGATIVE


def _comparison(node: Apply, target: Target[T]) -> tuple[T, int]:
    left, right = (_at_least(SUM, arg, target) for arg in node.args)
    return target.join([left, target.operator(node, lookup(node.function)), right]), COMPARISON


def _product(node: Apply, target: Target[T]) -> tuple[T, int]:
    return _on_one_line(node, [_write(arg, target) for arg in node.args], target)


def _on_one_line(node: Apply, written: Sequence[tuple[T, int]], target: Target[T]) -> tuple[T, int]:
    left, right = node.args
    mixed = isinstance(left, Apply) and (left.function == "matmul") != (node.function == "matmul")
    loose = mixed and isinstance(left, Apply) and left.function in ("mul", "div", "matmul")
    # A product without a sign must not turn into a difference before a minus.
    bare = node.function == "matmul" and not target.sign(lookup("matmul"))
    parts = [
        _bracketed(NEGATIVE if loose else PRODUCT, written[0], target),
        target.operator(node, lookup(node.function)),
        _bracketed(POWER if bare and _is_signed(right) else NEGATIVE, written[1], target),
    ]
    return target.join(parts), PRODUCT


def _is_signed(expr: Expr) -> bool:
    return expr.value < 0 if isinstance(expr, Num) else isinstance(expr, Apply) and expr.function == "neg"


def _div(node: Apply, target: Target[T]) -> tuple[T, int]:
    # Written once for both: twice on each level would be 2ⁿ times for n levels.
    written = [_write(arg, target) for arg in node.args]
    built = target.fraction(node, *(piece for piece, _ in written))
    return (built, NEGATIVE) if built is not None else _on_one_line(node, written, target)


def _pow(node: Apply, target: Target[T]) -> tuple[T, int]:
    base, exponent = node.args
    raised = write(exponent, target) if target.notation == "latex" else _at_least(NEGATIVE, exponent, target)
    if target.notation == "unicode" and _begins_with_T(exponent):
        raised = target.group(raised)
    return target.power(_at_least(POSTFIX, base, target), raised), POWER


def _begins_with_T(exponent: Expr) -> bool:  # noqa: N802
    """Whether `a^` before this would read as a transpose."""
    while isinstance(exponent, Apply) and exponent.function in ("pow", "transpose"):
        exponent = exponent.args[0]
    # Behind T, a mark such as an accent isn't read as part of a word.
    return isinstance(exponent, Name) and re.match(r"T\b", exponent.id) is not None


def _transpose(node: Apply, target: Target[T]) -> tuple[T, int]:
    arg = node.args[0]
    bare = isinstance(arg, Num)
    piece = target.group(write(arg, target)) if bare else _at_least(POSTFIX, arg, target)
    return target.transpose(piece), POSTFIX


def _entry(node: Apply, target: Target[T]) -> tuple[T, int]:
    """`softmax(a)ᵢ`; as it is typed `softmax(a)[i]`."""
    value, index = node.args
    assert isinstance(index, Name)
    if target.notation == "code":
        return target.join([_at_least(POSTFIX, value, target), target.text(f"[{index.id}]")]), POSTFIX
    return target.entry(_at_least(POSTFIX, value, target), index.id), POSTFIX


def _total(node: Apply, target: Target[T]) -> tuple[T, int]:
    """All factors behind the sign are summed, as textbooks have it; what is added or subtracted is not.

    As it is typed it is a call: `sum(x[k] * w[k], k)`.
    """
    index, term = node.args
    assert isinstance(index, Name)
    if target.notation == "code":
        return target.plain_call(
            Apply("sum", node.args), target.word("sum"), [write(term, target), target.name(index.id)]
        ), ATOM
    return target.total(index.id, _at_least(POWER if _is_signed(term) else PRODUCT, term, target)), POWER


_PAIRED = {"unicode": "⟨{u}, {v}⟩", "latex": r"\left\langle {u}, {v} \right\rangle"}


def _paired(node: Apply, target: Target[T]) -> tuple[T, int]:
    """`⟨u, v⟩`; as it is typed `sum(u * v)`."""
    if target.notation == "code":
        return _write(Apply("sum", (Apply("mul", node.args),)), target)
    written = (write(arg, target) for arg in node.args)
    return target.fill(_PAIRED[target.notation], dict(zip(("u", "v"), written, strict=True))), ATOM


def _derivative(node: Apply, target: Target[T]) -> tuple[T, int]:
    """`σ′(a)`."""
    (call,) = node.args
    assert isinstance(call, Apply)
    args = [write(arg, target) for arg in call.args]
    return target.plain_call(call, target.primed(lookup(call.function)), args), ATOM


def _part(node: Apply, target: Target[T]) -> tuple[T, int]:
    """`W[1,2]`; with parameters that are no index, as a call."""
    index = bracket(dict(node.params))
    if index is None:
        return _called(node, target)
    return _with_bracket(node.args[0], index, target), POSTFIX


def _place(node: Apply, target: Target[T]) -> tuple[T, int]:
    """`place(g, W[1,2])`."""
    index = bracket(dict(node.params))
    if index is None:
        return _called(node, target)
    put, whole = node.args
    args = [write(put, target), _with_bracket(whole, index, target)]
    return target.plain_call(Apply(node.function, node.args), target.word(node.function), args), ATOM


def _with_bracket(base: Expr, index: str, target: Target[T]) -> T:
    bare = isinstance(base, Num)
    piece = target.group(write(base, target)) if bare else _at_least(POSTFIX, base, target)
    return target.join([piece, target.text(index)])


_SPECIAL: dict[str, Callable[..., tuple[Any, int]]] = {
    "add": _add,
    "neg": _neg,
    "mul": _product,
    "matmul": _product,
    "div": _div,
    "pow": _pow,
    "transpose": _transpose,
    ENTRY: _entry,
    TOTAL: _total,
    PRIME: _derivative,
    PAIRED: _paired,
    "part": _part,
    "place": _place,
    **dict.fromkeys((*ENTRYWISE, *OF_VECTOR), _unknown),
    **dict.fromkeys(COMPARISONS, _comparison),
}
