"""Run numbered values one by one: of a very long program, Python would compile the text for longer than it runs."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeAlias

import numpy as np

from gradcalc.formula.numbering import Numbering

_OPERATORS: Final[dict[Any, Callable[..., Any]]] = {
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "neg": operator.neg,
}
"""What Python's signs mean; for NumPy's scalars five times as fast as NumPy's functions."""

Instruction: TypeAlias = tuple[int, Callable[..., Any], tuple[int, ...]]
"""The number of a value, and the function and arguments that it is computed by."""


def interpreted(values: Numbering, outputs: Iterable[str]) -> Callable[..., tuple[Any, ...]]:
    """A function of the inputs, in their order, that gives the outputs in theirs."""
    returned = [values.value_of[name] for name in outputs]
    blank = [np.float64(node[1]) if node[0] == "number" else None for node in values.nodes]
    steps = list(_steps(values, returned))

    def run(*inputs: Any) -> tuple[Any, ...]:
        known = [*inputs, *blank[len(inputs) :]]
        for number, function, args in steps:
            known[number] = function(*[known[arg] for arg in args])
        return tuple([known[number] for number in returned])

    return run


def _steps(values: Numbering, outputs: Iterable[int]) -> Iterator[Instruction]:
    """What the outputs are computed by, arguments first."""
    needed = set(outputs)
    for number in reversed(range(len(values.nodes))):
        if number in needed:
            needed.update(values.args(number))
    for number in sorted(needed):
        kind, params, *args = values.nodes[number]
        if kind not in ("given", "number"):
            yield number, _OPERATORS.get(kind) or values.function(kind, params), tuple(args)
