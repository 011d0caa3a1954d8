"""Write a lowered formula as Python: operators as in the formula, and templates with their arguments put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from gradcalc.formula.expr import Apply, Expr
from gradcalc.formula.table import Function
from gradcalc.formula.write import Line, write

_SIMPLE = re.compile(r"[^\W\d][\w.]*|-?[\d.]+")
_FIELD = re.compile(r"\{(\d+)\}")


def written(expr: Expr, name: Callable[[str], str] = str) -> str:
    """The formula on one line; `name` gives the variable for a name."""
    return write(expr, _Python(name))


class _Python(Line):
    def power(self, base: str, exponent: str) -> str:
        # As formatters have it: no spaces between names and numbers.
        hugged = _SIMPLE.fullmatch(base) and _SIMPLE.fullmatch(exponent)
        return f"{base}{'**' if hugged else ' ** '}{exponent}"

    def call(self, node: Apply, entry: Function | None, args: Sequence[str]) -> str:
        """A template with its arguments put in."""
        return _FIELD.sub(lambda match: args[int(match[1])], node.function)
