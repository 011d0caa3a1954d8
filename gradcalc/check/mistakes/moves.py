"""A stride or a padding forgotten in a convolution or a pool: windows elsewhere, mostly a value of another shape."""

from __future__ import annotations

from collections.abc import Iterator

from gradcalc.check.mistakes.misfits import misfit
from gradcalc.check.mistakes.model import Mutation, applications, replaced
from gradcalc.check.wording import formula
from gradcalc.formula.expr import Num, call
from gradcalc.formula.table import lookup
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution


def forgotten(equation: Equation, solution: Solution) -> Iterator[Mutation]:
    """Windows in every place, a pool's side by side, or over the image without the zeros around it."""
    for node in applications(equation.expr, "conv2d", "conv1d", "max_pool", "avg_pool"):
        params = {**lookup(node.function).params, **dict(node.params)}
        for name, other, said in _OTHERS[node.function]:
            value = params[other] if isinstance(other, str) else other
            if params[name] != value:
                wrong = replaced(equation.expr, node, call(node.function, *node.args, **{**params, name: value}))
                if misfit(wrong, solution) is None:
                    given = formula(Num(params[name]), solution)
                    yield Mutation(f"{name}-left-out", wrong, said.format(given))


_STRIDE = ("stride", 1.0, "the windows lie a stride of {} apart: the stride is left out")
_PADDING = ("padding", 0.0, "the padding of {} is left out: the windows lie over the image with the zeros around it")
_SIDE_BY_SIDE = ("stride", "size", "the windows lie a stride of {} apart, and not side by side")
_OTHERS: dict[str, tuple[tuple[str, float | str, str], ...]] = {
    **dict.fromkeys(("conv2d", "conv1d"), (_STRIDE, _PADDING)),
    **dict.fromkeys(("max_pool", "avg_pool"), (_STRIDE, _SIDE_BY_SIDE)),
}
"""Which parameter is forgotten, what it is taken for (a number, or another parameter), and what is said of it."""
