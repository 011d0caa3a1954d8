"""Functions that a problem doesn't say: any smooth function will do, another one at each instance.

The first argument is what tells one from another: a number, or of a function of a vector a number for each entry. What
is shown never depends on which function was taken: one that is neither bounded, nor odd or even, nor in the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from gradcalc.formula.shapes import broadcast, spell
from gradcalc.formula.table import Axis, Function, Mistake, Shape, ShapeMismatch, register


def _of_vector(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    f, v = args
    if f != v:
        raise ShapeMismatch(f"the function takes {spell(f)}, not {spell(v)}")
    return v


def _number(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    _of_vector(args, params, axis)
    return ()


def _square(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    size = prod(_of_vector(args, params, axis))
    return size, size


register(
    Function(
        name="unknown",
        args=("phi", "a"),
        summary="an unknown function, entry by entry",
        definition="phi * a ** 2 / 4 + sin(2 * a + phi)",
        gradient={"a": "g * unknown_d1(phi, a)"},
        stops=("phi",),
        value=lambda f, a: f * a**2 / 4 + np.sin(2 * a + f),
        shape=broadcast,
        elementwise=True,
        group="unknown",
        mistakes=(
            Mistake("missing-activation-derivative", "g", "the derivative of the function is left out", "a"),
            Mistake(
                "derivative-at-wrong-value",
                "g * unknown_d1(phi, out)",
                "the derivative is taken at the function's value, not at its argument",
                "a",
            ),
            Mistake("derivative-at-wrong-value", "g * out", "the function stands where its derivative belongs", "a"),
        ),
    )
)


def _derivative(name: str, summary: str, definition: str, value: Any, following: str = "") -> Function:
    """A derivative of the unknown function; `following` is the next one."""
    return register(
        Function(
            name=name,
            args=("phi", "a"),
            summary=summary,
            definition=definition,
            gradient={"a": f"g * {following}(phi, a)"} if following else {},
            no_gradient=None if following else "no fourth derivative of an unknown function is worked out",
            stops=("phi",),
            value=value,
            shape=broadcast,
            elementwise=True,
            group="unknown",
        )
    )


_derivative(
    "unknown_d1",
    "its derivative",
    "phi * a / 2 + 2 * cos(2 * a + phi)",
    lambda f, a: f * a / 2 + 2 * np.cos(2 * a + f),
    "unknown_d2",
)
_derivative(
    "unknown_d2",
    "its second derivative",
    "phi / 2 - 4 * sin(2 * a + phi)",
    lambda f, a: f / 2 - 4 * np.sin(2 * a + f),
    "unknown_d3",
)
_derivative("unknown_d3", "its third derivative", "-8 * cos(2 * a + phi)", lambda f, a: -8 * np.cos(2 * a + f))


def _of(f: Any, v: Any) -> Any:
    return np.sin(np.sum(f * (v + 1))) + np.sum(f * v**2) / 2


def _gradient(f: Any, v: Any) -> Any:
    return f * (np.cos(np.sum(f * (v + 1))) + v)


def _hessian(f: Any, v: Any) -> Any:
    weights = np.ravel(f, order="F")
    return np.diag(weights) - np.sin(np.sum(f * (v + 1))) * np.outer(weights, weights)


register(
    Function(
        name="unknown_of",
        args=("phi", "v"),
        summary="an unknown function of a vector, a number",
        definition="sin(sum(phi * (v + 1))) + sum(phi * v ** 2) / 2",
        gradient={"v": "g * unknown_gradient(phi, v)"},
        stops=("phi",),
        value=_of,
        shape=_number,
        group="unknown",
    )
)

register(
    Function(
        name="unknown_gradient",
        args=("phi", "v"),
        summary="its gradient, in the shape of the vector",
        definition="phi * (cos(sum(phi * (v + 1))) + v)",
        gradient={"v": "unvec(unknown_hessian(phi, v) @ vec(g), v)"},
        stops=("phi",),
        value=_gradient,
        shape=_of_vector,
        group="unknown",
    )
)

register(
    Function(
        name="unknown_hessian",
        args=("phi", "v"),
        summary="its Hessian, a symmetric matrix",
        definition="diag(vec(phi)) - sin(sum(phi * (v + 1))) * (vec(phi) @ vec(phi).T)",
        no_gradient="no third derivative of an unknown function of a vector is worked out",
        value=_hessian,
        shape=_square,
        group="unknown",
    )
)
