"""The computation graph of a solution: which value is computed from which, by what operation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Apply, Expr, Name
from gradcalc.formula.table import Shape
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution

NodeKind: TypeAlias = Literal["input", "target", "parameter", "quantity"]


@dataclass(frozen=True, slots=True)
class Node:
    """A value: given, or computed by `rule` from others. `gradient` is None where there is none.

    Both are float64 arrays of one shape, with no axes for a scalar, else two.
    """

    name: str
    kind: NodeKind
    value: Array
    gradient: Array | None = None
    rule: Expr | None = None

    @property
    def shape(self) -> Shape:
        """The shape of the value: `()` or `(rows, columns)`."""
        return self.value.shape


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` is used in the rule of `target`, by these functions of the table.

    Transposes are passed over, a term with a minus is under `neg`, and what is only renamed is under `identity`.
    """

    source: str
    target: str
    operations: tuple[str, ...]


@dataclass(frozen=True)
class Graph:
    """Nodes so that each comes after those it is computed from, a given value right before its first use."""

    problem: Problem
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def ends(self) -> tuple[str, ...]:
        """What is differentiated, or has a gradient from above."""
        objective = self.problem.objective
        return tuple(self.problem.upstream) if objective is None else (objective,)


def graph_of(solution: Solution) -> Graph:
    """The graph of the forward pass, with the values and gradients of the solution; unknown functions are no nodes."""
    edges = (edge for eq in solution.forward_equations for edge in _edges(eq.name, eq.expr))
    known = tuple(edge for edge in edges if edge.source not in solution.problem.functions)
    return Graph(solution.problem, tuple(_nodes(solution, known)), known)


def _nodes(solution: Solution, edges: tuple[Edge, ...]) -> Iterator[Node]:
    problem = solution.problem
    given: dict[str, NodeKind] = {
        **dict.fromkeys(problem.inputs, "input"),
        **dict.fromkeys(problem.targets, "target"),
        **dict.fromkeys(problem.parameters, "parameter"),
    }
    sources: dict[str, list[str]] = {}
    for edge in edges:
        sources.setdefault(edge.target, []).append(edge.source)
    order = {name: position for position, name in enumerate(given)}
    for equation in solution.forward_equations:
        used = [name for name in sources.get(equation.name, ()) if name in given]
        for name in sorted(used, key=order.__getitem__):
            yield _node(solution, name, given.pop(name))
        yield _node(solution, equation.name, "quantity", equation.expr)
    for name, kind in given.items():
        yield _node(solution, name, kind)


def _node(solution: Solution, name: str, kind: NodeKind, rule: Expr | None = None) -> Node:
    value, gradient = solution.values[name], solution.gradients.get(name)
    if name == solution.problem.objective:
        gradient = np.ones_like(value)
    return Node(name, kind, value, gradient, rule)


def _edges(target: str, rule: Expr) -> Iterator[Edge]:
    """One edge for each name that a rule uses."""
    uses: dict[str, dict[str, None]] = {}
    for name, operation in _uses(rule):
        uses.setdefault(name, {})[operation] = None
    for name, operations in uses.items():
        yield Edge(name, target, tuple(operations))


def _uses(rule: Expr) -> Iterator[tuple[str, str]]:
    """Every use of a name, left to right, with the function that takes it."""
    todo: list[tuple[Expr, str]] = [(rule, "identity")]
    while todo:
        node, under = todo.pop()
        if isinstance(node, Name):
            yield node.id, under
        elif isinstance(node, Apply):
            todo.extend((arg, _operation(node.function, under)) for arg in reversed(node.args))


def _operation(function: str, under: str) -> str:
    """What a value is said to be used by; a minus matters between terms only."""
    if function == "transpose":
        return under
    if function == "neg":
        return "neg" if under in ("add", "identity") else under
    return function
