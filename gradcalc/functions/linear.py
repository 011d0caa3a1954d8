"""Linear algebra of square matrices: inverse, solution of a system, determinant, identity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcalc.formula.shapes import counted, spell
from gradcalc.formula.table import Axis, Function, Mistake, Shape, ShapeMismatch, register

_COOKBOOK = "Petersen & Pedersen, The Matrix Cookbook (2012)"
_SINGULAR = "the matrix is singular, so it has no inverse"


def _side(shape: Shape) -> int:
    if not shape or shape[0] != shape[1]:
        raise ShapeMismatch(f"a square matrix is needed, and this is {spell(shape)}")
    return shape[0]


def _square(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    side = _side(args[0])
    return side, side


def _number(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    _side(args[0])
    return ()


def _solved(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    side, right = _side(args[0]), args[1]
    if not right or right[0] != side:
        raise ShapeMismatch(
            f"{spell(args[0])} and {spell(right)} don't fit: the right side has as many rows as the matrix, "
            f"{counted(side, 'row')}"
        )
    return right


def _identity(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    n = params["n"]
    if n < 1 or n != int(n):
        raise ShapeMismatch("n must be a whole number from 1")
    return int(n), int(n)


def _is_singular(a: Any) -> bool:
    """Whether it is but for rounding: numpy.linalg tells a pivot of 0 alone."""
    if not np.isfinite(a).all():
        return True
    values = np.linalg.svd(a, compute_uv=False)
    return bool(values[-1] <= values[0] * len(a) * np.finfo(np.float64).eps)


def _inverse(a: Any) -> Any:
    return np.full(a.shape, np.nan) if _is_singular(a) else np.linalg.inv(a)


def _solution(a: Any, b: Any) -> Any:
    return np.full(b.shape, np.nan) if _is_singular(a) else np.linalg.solve(a, b)


register(
    Function(
        name="inv",
        args=("a",),
        summary="the inverse of a square matrix",
        gradient={"a": "-out.T @ g @ out.T"},
        source=f"{_COOKBOOK}, eq. 59",
        value=_inverse,
        shape=_square,
        undefined=_SINGULAR,
        group="matrix",
        latex="{{a:5}}^{-1}",
        mistakes=(
            Mistake("sign-flipped", "out.T @ g @ out.T", "the derivative of an inverse has a minus", "a"),
            Mistake("factor-transposed", "-out @ g @ out", "the inverses stand transposed on the way back", "a"),
            Mistake(
                "power-rule", "-g / a ** 2", "1/a² is for numbers: of a matrix the inverse stands on both sides", "a"
            ),
        ),
    )
)

register(
    Function(
        name="solve",
        args=("a", "b"),
        summary="the x for which a @ x is b, without the inverse",
        definition="inv(a) @ b",
        gradient={"a": "-solve(a.T, g) @ out.T", "b": "solve(a.T, g)"},
        source="Giles, Collected matrix derivative results for forward and reverse mode AD (2008), section 2.2.3",
        value=_solution,
        shape=_solved,
        undefined=_SINGULAR,
        group="matrix",
        mistakes=(
            Mistake("sign-flipped", "solve(a.T, g) @ out.T", "the derivative of an inverse has a minus", "a"),
            Mistake("factor-transposed", "-solve(a, g) @ out.T", "{a} stands transposed on the way back", "a"),
            Mistake("factor-transposed", "solve(a, g)", "{a} stands transposed on the way back", "b"),
            Mistake("weights-transposed", "a.T @ g", "it is the inverse of {a} that is transposed, not {a}", "b"),
        ),
    )
)

register(
    Function(
        name="det",
        args=("a",),
        summary="the determinant of a square matrix",
        gradient={"a": "g * out * inv(a).T"},
        source=f"{_COOKBOOK}, eq. 49",
        value=np.linalg.det,
        shape=_number,
        group="matrix",
        latex=r"\det\left({a}\right)",
        mistakes=(
            Mistake(
                "factor-left-out", "g * inv(a).T", "this is the gradient of log det: the determinant is left out", "a"
            ),
            Mistake("factor-transposed", "g * out * inv(a)", "the inverse stands transposed", "a"),
        ),
    )
)

register(
    Function(
        name="eye",
        args=(),
        params={"n": 1},
        summary="the identity matrix, n by n",
        no_gradient="it is constant",
        value=lambda n: np.eye(int(n)),
        shape=_identity,
        of_shapes=True,
        group="count",
    )
)
