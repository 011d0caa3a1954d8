"""What a computation graph says at its vertices and edges, whatever it's drawn with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from gradcalc.formula.expr import Expr
from gradcalc.formula.names import Names
from gradcalc.formula.table import Shape, known, lookup
from gradcalc.formula.write import code, unicode
from gradcalc.program.graph import Edge, Graph, Node
from gradcalc.program.shown import shown_names
from gradcalc.report.numbers import entries
from gradcalc.report.scalars import scalar_over

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
        return code(rule) if self.ascii_only else unicode(rule, self._names.unicode, self._scalar)

    @cached_property
    def _scalar(self) -> Callable[[Expr], bool]:
        return scalar_over(self._shapes, self.graph.problem.axis)

    def value(self, node: Node) -> str:
        """A number; of a matrix the shape."""
        if node.shape not in ((), (1, 1)):
            return ("x" if self.ascii_only else "×").join(map(str, node.shape))
        return entries(node.value, self.graph.problem.digits, exact=node.rule is None)[0][0]

    def gradient(self, node: Node) -> str:
        """The gradient on a number; empty where there is none, or a matrix of them."""
        if node.gradient is None or node.shape not in ((), (1, 1)):
            return ""
        return entries(node.gradient, self.graph.problem.digits)[0][0]

    def facts(self, node: Node) -> list[str]:
        """Number or shape, and the gradient on a number, a line each."""
        gradient = self.gradient(node)
        return [self.value(node), *([f"gradient {gradient}"] if gradient else [])]

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
