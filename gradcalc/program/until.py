"""A condition that ends a descent: two formulas, and which must be the larger."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from gradcalc.errors import FormulaError
from gradcalc.formula.brackets import NO_INDICES, Indices
from gradcalc.formula.expr import Expr, names
from gradcalc.formula.parse import parse

_SIGNS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}
_SIGN: Final = re.compile("<=|>=|==|<|>")
FORM: Final = "a condition compares two numbers: loss < 0.01"


@dataclass(frozen=True, slots=True)
class Condition:
    """`left sign right`, as it was written; both sides are formulas that give a number."""

    text: str
    left: Expr
    sign: str
    right: Expr

    def holds(self, left: float, right: float) -> bool:
        """Whether it is fulfilled by these values of its sides."""
        return _SIGNS[self.sign](left, right)

    @property
    def uses(self) -> tuple[str, ...]:
        """The names on both sides."""
        return tuple(dict.fromkeys((*names(self.left), *names(self.right))))


def condition(text: str, indices: Indices = NO_INDICES) -> Condition:
    """The condition that a text writes; `indices` says which names have members. Raises FormulaError."""
    signs = list(_SIGN.finditer(text))
    if len(signs) != 1:
        raise FormulaError(text, FORM, signs[1].start() if signs else 0)
    (sign,) = signs
    return Condition(
        text.strip(), _side(text, 0, sign.start(), indices), sign[0], _side(text, sign.end(), len(text), indices)
    )


def _side(text: str, start: int, end: int, indices: Indices) -> Expr:
    try:
        return parse(text[start:end], indices=indices)
    except FormulaError as error:
        raise FormulaError(text, error.message, start + error.start, start + error.end) from None
