"""What a computation graph says at its vertices and edges, whatever it's drawn with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Expr
from gradcalc.formula.names import Names
from gradcalc.formula.table import Shape, known, lookup
from gradcalc.formula.write import code, unicode
from gradcalc.program.graph import Edge, Graph, Node
from gradcalc.program.shown import shown_names
from gradcalc.report.images import is_image
from gradcalc.report.numbers import entries, is_vector
from gradcalc.report.scalars import scalar_over
from gradcalc.report.styled import InStyle

MOST_ENTRIES = 9
"""A matrix of more entries is shown by its shape."""
A_LINE = 3
"""So many entries stand on a line."""
_SIGNS = {"neg": "−", "identity": "=", "div": "÷"}


@dataclass(frozen=True)
class Labels:
    """The words of one graph; with `ascii_only`, names and formulas as they are typed."""

    graph: Graph
    ascii_only: bool = False

    @cached_property
    def _shapes(self) -> dict[str, Shape]:
        return {node.name: node.shape for node in self.graph.nodes}

    @cached_property
    def _names(self) -> Names:
        return shown_names(self.graph.problem, self._shapes)

    @property
    def title(self) -> str:
        """The problem's title on one line; `Computation graph` where it has none."""
        return " ".join(self.graph.problem.title.split()) or "Computation graph"

    def name(self, id: str) -> str:
        """A name as this graph shows it: `W¹`, or as it is typed."""
        return id if self.ascii_only else self._names.unicode(id)

    def equation(self, node: Node) -> str:
        """`a = W @ x + b`, or the name of what is given."""
        return self.name(node.name) if node.rule is None else f"{self.name(node.name)} = {self._rule(node.rule)}"

    def _rule(self, rule: Expr) -> str:
        if self.ascii_only:
            return code(rule)
        styled = InStyle(self._names, self._shapes, self.graph.problem.axis)(rule)
        return unicode(styled, self._names.unicode, self._scalar, self._names.function_unicode)

    @cached_property
    def _scalar(self) -> Callable[[Expr], bool]:
        return scalar_over(self._shapes, self.graph.problem.axis)

    def value(self, node: Node) -> list[str]:
        """The lines of a value; of a large matrix its shape."""
        return self._small(node.value, exact=node.rule is None) or [self.shape(node.shape)]

    def gradient(self, node: Node) -> list[str]:
        """The lines of the gradient; none where there is none, or a large matrix of them."""
        return [] if node.gradient is None else self._small(node.gradient)

    def shape(self, shape: Shape) -> str:
        """`2×3`."""
        return ("x" if self.ascii_only else "×").join(map(str, shape))

    def _small(self, array: Array, exact: bool = False) -> list[str]:
        """A number, or the rows of a small matrix, a vector a few entries a line; nothing of a large one."""
        if array.size > MOST_ENTRIES or is_image(array):
            return []
        rows = entries(array, self.graph.problem.digits, exact)
        if array.size == 1:
            return [rows[0][0]]
        if is_vector(array.shape, self.graph.problem.axis):
            flat = [cell for row in rows for cell in row]
            parts = [", ".join(flat[i : i + A_LINE]) for i in range(0, len(flat), A_LINE)]
            return ("[" + ",\n ".join(parts) + "]").splitlines()
        wide = max(len(cell) for row in rows for cell in row)
        return [f"[{', '.join(cell.rjust(wide) for cell in row)}]" for row in rows] if array.shape[1] <= A_LINE else []

    def facts(self, node: Node) -> list[str]:
        """The lines of the value, or the shape, and those of the gradient."""
        gradient = self.gradient(node)
        if len(gradient) > 1:
            return [*self.value(node), "gradient", *gradient]
        return [*self.value(node), *(f"gradient {line}" for line in gradient)]

    def operation(self, edge: Edge) -> str:
        """`@`, `+`, `σ`: what the source of an edge is used by in its target."""
        number = not (self._shapes[edge.source] and self._shapes[edge.target])
        return ", ".join(dict.fromkeys(self._sign(function, number) for function in edge.operations))

    def _sign(self, function: str, number: bool) -> str:
        if function == "mul" and number:
            return "·"
        if function in _SIGNS:
            return _SIGNS[function]
        entry = lookup(function) if known(function) else None
        if entry is None:
            return function
        sign = (entry.unicode or "").partition("({")[0]
        return entry.infix.unicode if entry.infix else sign if sign and "{" not in sign else function
