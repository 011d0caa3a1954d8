"""What is wrong with an equation that could be read, as bare facts: which equation, and which part of its formula."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from gradcalc.errors import GradcalcError
from gradcalc.formula.expr import NOWHERE, Apply, Expr, Num
from gradcalc.formula.table import Shape
from gradcalc.formula.write import code

Misfit: TypeAlias = Literal["shapes", "too large", "too much"]
"""Arguments whose shapes don't fit, one value with too many entries, or equations that take too much together."""


class EquationError(GradcalcError):
    """An equation that can't be worked out: `node` is the part of its formula where, `equation` its name if known."""

    def __init__(self, node: Expr, message: str, equation: str | None = None) -> None:
        self.node = node
        self.message = message
        self.equation = equation
        super().__init__(message)

    @property
    def at(self) -> tuple[int, int]:
        """Where the part stands in the text that it was parsed from; NOWHERE if it stands in none."""
        return NOWHERE if isinstance(self.node, Num) else self.node.at


class ShapeError(EquationError):
    """Shapes that don't fit or are too large; `shapes` are those of the arguments of the part at fault."""

    def __init__(
        self,
        node: Expr,
        message: str,
        equation: str | None = None,
        *,
        kind: Misfit = "shapes",
        shapes: Sequence[Shape] = (),
    ) -> None:
        super().__init__(node, message, equation)
        self.kind = kind
        self.shapes = tuple(shapes)

    @property
    def part(self) -> str:
        """The part at fault, as formulas are written."""
        return code(self.node)

    def __str__(self) -> str:
        where = f"{self.equation}: " if self.equation else ""
        return f"{where}{self.message} in {self.part}"


class NoGradientError(EquationError):
    """A gradient is asked for through a function that has none, for the `reason` that the table gives."""

    def __init__(self, node: Apply, reason: str, equation: str | None = None) -> None:
        super().__init__(node, f"{node.function} has no gradient: {reason}", equation)
        self.function = node.function
        self.reason = reason
