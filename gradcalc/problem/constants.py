"""Values that a file writes as constant formulas: `1/3`, `cos(1)`, `linspace(-1, 1, 5)`, `0.1 * ones(2, 3)`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

import gradcalc.functions  # noqa: F401 - fills the functions table
from gradcalc.errors import FormulaError
from gradcalc.formula.arrays import Array
from gradcalc.formula.cost import Cost
from gradcalc.formula.evaluate import evaluate
from gradcalc.formula.expr import Apply, Expr, Name, transform, walk
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.parse import parse
from gradcalc.formula.shapes import MATRIX
from gradcalc.formula.table import Axis
from gradcalc.words import shorten

MOST_ENTRIES: Final = 1_000_000
"""What all constant formulas of a file together may make, all that is on the way to their values counted."""
READING: Final = 50
"""To read a formula takes about as long as to make this many entries."""
_DECIMAL: Final = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_FRACTION: Final = re.compile(rf"\s*([-+]?\s*{_DECIMAL})\s*/\s*({_DECIMAL})\s*")


class NotConstant(Exception):
    """Why a text is no constant formula, and at which of its characters (from 0)."""

    def __init__(self, message: str, at: int = 0) -> None:
        self.message, self.at = message, at
        super().__init__(message)


class Constants:
    """Works out the constant formulas of one file, as long as they don't make more entries than MOST_ENTRIES."""

    def __init__(self) -> None:
        self.left = MOST_ENTRIES

    def value(self, text: str, axis: Axis) -> Array:
        """What a formula without names comes to, float64: a number, or a matrix; a list lies along `axis`.

        Raises NotConstant, also for what isn't finite and for what is too large.
        """
        fraction = _FRACTION.fullmatch(text)
        if fraction is not None:
            return _finite(np.asarray(_quotient(fraction[1].replace(" ", ""), fraction[2])))
        self._spend(READING)
        try:
            expr = parse(text, tuple(_MADE), (("pi", math.pi),))
            return _finite(self._evaluated(expr, axis))
        except FormulaError as error:
            raise NotConstant(error.message, error.start) from None
        except ShapeError as error:
            raise NotConstant(f"{error.message} in {text[slice(*error.at)]}", error.at[0]) from None

    def _evaluated(self, expr: Expr, axis: Axis) -> Array:
        name = next((node for node in walk(expr) if isinstance(node, Name)), None)
        if name is not None:
            why = f"'{shorten(name.id)}' is a name, and a value is of numbers and functions alone, such as cos(1)"
            raise NotConstant(why, name.at[0])
        made: dict[str, Array] = {}

        def with_arrays(node: Expr) -> Expr:
            """The node, or a name in place of a call that makes an array."""
            if not isinstance(node, Apply) or node.function not in _MADE:
                return node
            name = f"_{len(made)}"
            made[name] = self._made(node, [self._worked_out(arg, made, axis) for arg in node.args], axis)
            return Name(name, node.at)

        return self._worked_out(transform(expr, with_arrays), made, axis)

    def _worked_out(self, expr: Expr, made: Mapping[str, Array], axis: Axis) -> Array:
        cost = Cost({name: value.shape for name, value in made.items()}, axis)
        cost.shape(expr)
        self._spend(cost.entries)
        return evaluate(expr, made, axis)

    def _made(self, node: Apply, args: Sequence[Array], axis: Axis) -> Array:
        maker = _MADE[node.function]
        if len(args) not in maker.takes or any(arg.size != 1 for arg in args):
            raise NotConstant(f"write {maker.signature}, with a number for each", node.at[0])
        numbers = [arg.item() for arg in args]
        for size in numbers[maker.before_sizes :]:
            if not (size >= 1 and size.is_integer()):
                raise NotConstant(f"{size:g} is no size: in {maker.signature} it is a whole number from 1", node.at[0])
        sizes = [int(size) for size in numbers[maker.before_sizes :]]
        self._spend(maker.entries(sizes), node.at[0])
        with np.errstate(all="ignore"):  # what isn't finite is refused at the end
            found = maker.make(*numbers[: maker.before_sizes], *sizes)
        return found if found.ndim >= MATRIX else found[:, None] if axis is Axis.COLUMNS else found[None, :]

    def _spend(self, entries: int, at: int = 0) -> None:
        if entries > self.left:
            raise NotConstant(f"too large: a file's formulas for values make at most {MOST_ENTRIES:,} entries", at)
        self.left -= entries


def _finite(value: Array) -> Array:
    if not np.isfinite(value).all():
        wrong = value[~np.isfinite(value)].flat[0]
        raise NotConstant(f"it comes to {wrong:g}, and a finite number is needed")
    return value


def _quotient(numerator: str, denominator: str) -> float:
    below = float(denominator)
    if below == 0:
        raise NotConstant("it divides by zero")
    return float(numerator) / below


@dataclass(frozen=True, slots=True)
class _Maker:
    """A function that makes an array: its form, how many arguments it may have, how many stand before the sizes."""

    signature: str
    takes: tuple[int, ...]
    make: Callable[..., Array]
    before_sizes: int = 0
    entries: Callable[[Sequence[int]], int] = math.prod


_MADE: Final[Mapping[str, _Maker]] = {
    "linspace": _Maker("linspace(first, last, count)", (3,), np.linspace, before_sizes=2),
    "zeros": _Maker("zeros(count) or zeros(rows, columns)", (1, 2, 3, 4), lambda *sizes: np.zeros(sizes)),
    "ones": _Maker("ones(count) or ones(rows, columns)", (1, 2, 3, 4), lambda *sizes: np.ones(sizes)),
    "eye": _Maker("eye(size)", (1,), np.eye, entries=lambda sizes: sizes[0] ** 2),
}
