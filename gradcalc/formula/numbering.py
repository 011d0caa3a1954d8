"""Number the values of formulas, arguments first, so that what is computed alike has one number (value numbering).

The composition of a known pair (cross-entropy of a softmax) is one value, of the inner function's arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from math import copysign
from typing import Any, TypeAlias

import numpy as np

from gradcalc.formula.expr import Apply, Expr, Name, Num
from gradcalc.formula.table import Axis, Pair, lookup, pair, pairs

LONG_SUM = 100

Node: TypeAlias = tuple[Any, ...]
"""("given", name), ("number", value, sign), or (function or Pair, parameters, *numbers of the arguments)."""


class Numbering:
    """Every distinct value's node by its number, and the number that each name stands for."""

    def __init__(self, inputs: Iterable[str], axis: Axis) -> None:
        self.axis = axis
        self.outer = {known.outer for known in pairs()}
        self.nodes: list[Node] = []
        self.number_of: dict[Node, int] = {}
        self.value_of: dict[str, int] = {}
        self.met: dict[int, tuple[Expr, int]] = {}
        """The numbers of formulas by their identity: one that stands at several places is looked at once."""
        for name in inputs:
            self.value_of[name] = self._numbered(("given", name))

    def define(self, name: str, expr: Expr) -> None:
        """Let `name` stand for the value of a formula, of names that are known by now."""
        number = self._number(expr)
        if name in self.value_of:
            self.met.clear()
        self.value_of[name] = number

    def args(self, number: int) -> tuple[int, ...]:
        """The numbers of what a value is computed from."""
        node = self.nodes[number]
        return () if node[0] in ("given", "number") else node[2:]

    def _numbered(self, key: Node) -> int:
        number = self.number_of.setdefault(key, len(self.nodes))
        if number == len(self.nodes):
            self.nodes.append(key)
        return number

    def _number(self, expr: Expr) -> int:
        if isinstance(expr, Name):
            return self.value_of[expr.id]
        if isinstance(expr, Num):
            return self._constant_of(expr.value)
        if id(expr) not in self.met:
            self.met[id(expr)] = expr, self._applied(expr)
        return self.met[id(expr)][1]

    def _applied(self, expr: Apply) -> int:
        args = tuple([self._number(arg) for arg in expr.args])
        if args and all(map(self._is_number, args)) and (folded := self._folded(expr, args)) is not None:
            return folded
        if expr.function == "add":
            return self._numbered_sum(args)
        fused = self._fused(expr, args) if expr.function in self.outer else None
        return self._numbered(fused or (expr.function, expr.params, *args))

    def _is_number(self, number: int) -> bool:
        return bool(self.nodes[number][0] == "number")

    def _numbered_sum(self, terms: tuple[int, ...]) -> int:
        """A long sum goes in pieces, because Python nests each `+` a level deeper."""
        piece = terms[:LONG_SUM]
        for start in range(LONG_SUM, len(terms), LONG_SUM - 1):
            piece = (self._numbered(("add", (), *piece)), *terms[start : start + LONG_SUM - 1])
        return self._numbered(("add", (), *piece))

    def _folded(self, node: Apply, args: tuple[int, ...]) -> int | None:
        """Constants are worked out here: Python's own numbers raise where NumPy's give infinity. None for a matrix."""
        with np.errstate(all="ignore"):
            value = self.function(node.function, node.params)(*(np.float64(self.nodes[arg][1]) for arg in args))
        return None if np.ndim(value) else self._constant_of(float(value))

    def _constant_of(self, value: float) -> int:
        # 0.0 and -0.0 are equal, but not 1/0.0 and 1/-0.0.
        return self._numbered(("number", value, copysign(1.0, value)))

    def function(self, kind: str | Pair, params: tuple[tuple[str, float], ...]) -> Callable[..., Any]:
        """What computes a node from its arguments."""
        if isinstance(kind, Pair):
            return partial(kind.value, axis=self.axis)
        entry = lookup(kind)
        keywords = entry.keywords(params, self.axis)
        return partial(entry.value, **keywords) if keywords else entry.value

    def _fused(self, node: Apply, args: tuple[int, ...]) -> Node | None:
        """The key of a known pair, over the inner arguments and then the outer's others."""
        for position, arg in enumerate(args):
            plain = not (node.params or self.nodes[arg][1])
            found = pair(node.function, self.nodes[arg][0]) if plain else None
            if found is not None and found.through == lookup(node.function).args[position]:
                return (found, (), *self.args(arg), *args[:position], *args[position + 1 :])
        return None
