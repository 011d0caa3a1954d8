"""The elementary functions of calculus, applied entry by entry."""

from __future__ import annotations

from math import erf
from typing import Any

import numpy as np

from gradcalc.formula.shapes import broadcast, same
from gradcalc.formula.table import Function, Mistake, register

_FLAT = "it is flat wherever its derivative exists, so it passes no gradient on"
_erf = np.frompyfunc(erf, 1, 1)


def _erf_value(a: Any) -> Any:
    return np.asarray(_erf(a), dtype=np.float64)[()]


register(
    Function(
        name="exp",
        args=("a",),
        value=np.exp,
        summary="the exponential function",
        shape=same,
        elementwise=True,
        gradient={"a": "g * out"},
        mistakes=(
            Mistake("derivative-left-out", "g", "exp is its own derivative: that factor is left out", "a"),
            Mistake(
                "power-rule",
                "g * a * exp(a - 1)",
                "exp is its own derivative: the power rule is for a constant exponent",
                "a",
            ),
        ),
        latex=r"\exp\left({a}\right)",
    )
)

register(
    Function(
        name="log",
        args=("a",),
        value=np.log,
        summary="the natural logarithm",
        shape=same,
        elementwise=True,
        gradient={"a": "g / a"},
        mistakes=(
            Mistake("derivative-left-out", "g", "the derivative 1/a of the logarithm is left out", "a"),
            Mistake("derivative-at-wrong-value", "g / out", "the derivative of log a is 1/a, not 1/log a", "a"),
        ),
        latex=r"\log\left({a}\right)",
        aliases=("ln",),
        domain={"a": "positive"},
    )
)

register(
    Function(
        name="sqrt",
        args=("a",),
        value=np.sqrt,
        summary="the square root",
        definition="a ** 0.5",
        shape=same,
        elementwise=True,
        gradient={"a": "g / (2 * out)"},
        mistakes=(
            Mistake("derivative-left-out", "g", "the derivative 1/(2√a) of the root is left out", "a"),
            Mistake("factor-of-two", "g / out", "the 2 in 1/(2√a) is left out", "a"),
        ),
        unicode="√({a})",
        latex=r"\sqrt{{a}}",
        domain={"a": "positive"},
    )
)

register(
    Function(
        name="sin",
        args=("a",),
        value=np.sin,
        summary="the sine, of radians",
        shape=same,
        elementwise=True,
        gradient={"a": "g * cos(a)"},
        mistakes=(
            Mistake("derivative-left-out", "g", "the derivative of sin, cos, is left out", "a"),
            Mistake("derivative-left-out", "g * out", "the derivative of sin is cos, not sin itself", "a"),
        ),
        latex=r"\sin\left({a}\right)",
    )
)

register(
    Function(
        name="cos",
        args=("a",),
        value=np.cos,
        summary="the cosine, of radians",
        shape=same,
        elementwise=True,
        gradient={"a": "-g * sin(a)"},
        mistakes=(
            Mistake("derivative-left-out", "g", "the derivative of cos, −sin, is left out", "a"),
            Mistake("sign-flipped", "g * sin(a)", "the derivative of cos is −sin: the minus is left out", "a"),
        ),
        latex=r"\cos\left({a}\right)",
    )
)

register(
    Function(
        name="abs",
        args=("a",),
        value=np.abs,
        summary="the absolute value",
        definition="maximum(a, -a)",
        shape=same,
        elementwise=True,
        gradient={"a": "g * sign(a)"},
        mistakes=(Mistake("derivative-left-out", "g", "the derivative of |a| is −1 where a is negative", "a"),),
        latex=r"\left|{a}\right|",
        kinks=("a",),
    )
)

register(
    Function(
        name="sign",
        args=("a",),
        value=np.sign,
        summary="-1, 0 or 1",
        definition="step(a) - step(-a)",
        shape=same,
        elementwise=True,
        no_gradient=_FLAT,
        kinks=("a",),
    )
)

register(
    Function(
        name="step",
        args=("a",),
        value=lambda a: np.greater(a, 0.0).astype(np.float64),
        mask=lambda a: np.greater(a, 0.0),
        summary="1 where a > 0, else 0",
        definition="(1 + sign(a)) * abs(sign(a)) / 2",
        shape=same,
        elementwise=True,
        no_gradient=_FLAT,
        latex=r"\mathbf{1}\left[{a} > 0\right]",
        kinks=("a",),
    )
)

register(
    Function(
        name="maximum",
        args=("a", "b"),
        value=np.maximum,
        summary="the larger of two, entry by entry",
        definition="(a + b + abs(a - b)) / 2",
        shape=broadcast,
        elementwise=True,
        gradient={"a": "g * step(a - b)", "b": "g * (1 - step(a - b))"},
        mistakes=(
            Mistake("max-gate", "g", "only the larger of the two receives the gradient, the other one nothing", "a"),
            Mistake("max-gate", "g", "only the larger of the two receives the gradient, the other one nothing", "b"),
            Mistake("max-gate", "g * step(b - a)", "the larger of the two receives the gradient, not the smaller", "a"),
            Mistake("max-gate", "g * step(a - b)", "the larger of the two receives the gradient, not the smaller", "b"),
        ),
        latex=r"\max\left({a}, {b}\right)",
        kinks=("a - b",),
    )
)

register(
    Function(
        name="minimum",
        args=("a", "b"),
        value=np.minimum,
        summary="the smaller of two, entry by entry",
        definition="(a + b - abs(a - b)) / 2",
        shape=broadcast,
        elementwise=True,
        gradient={"a": "g * step(b - a)", "b": "g * (1 - step(b - a))"},
        mistakes=(
            Mistake("max-gate", "g", "only the smaller of the two receives the gradient, the other one nothing", "a"),
            Mistake("max-gate", "g", "only the smaller of the two receives the gradient, the other one nothing", "b"),
        ),
        latex=r"\min\left({a}, {b}\right)",
        kinks=("a - b",),
    )
)

register(
    Function(
        name="erf",
        args=("a",),
        value=_erf_value,
        summary="the error function",
        shape=same,
        elementwise=True,
        gradient={"a": "g * 2 / sqrt(3.141592653589793) * exp(-a ** 2)"},
        source="Abramowitz & Stegun, Handbook of Mathematical Functions (1964), 7.1.1",
    )
)
