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
        summary="the exponential function",
        gradient={"a": "g * out"},
        value=np.exp,
        shape=same,
        elementwise=True,
        latex=r"\exp\left({a}\right)",
        mistakes=(
            Mistake("derivative-left-out", "g", "exp is its own derivative: that factor is left out", "a"),
            Mistake(
                "power-rule",
                "g * a * exp(a - 1)",
                "exp is its own derivative: the power rule is for a constant exponent",
                "a",
            ),
        ),
    )
)

register(
    Function(
        name="log",
        args=("a",),
        aliases=("ln",),
        summary="the natural logarithm",
        gradient={"a": "g / a"},
        value=np.log,
        shape=same,
        elementwise=True,
        domain={"a": "positive"},
        latex=r"\log\left({a}\right)",
        mistakes=(
            Mistake("derivative-left-out", "g", "the derivative 1/a of the logarithm is left out", "a"),
            Mistake("derivative-at-wrong-value", "g / out", "the derivative of log a is 1/a, not 1/log a", "a"),
        ),
    )
)

register(
    Function(
        name="sqrt",
        args=("a",),
        summary="the square root",
        definition="a ** 0.5",
        gradient={"a": "g / (2 * out)"},
        value=np.sqrt,
        shape=same,
        elementwise=True,
        domain={"a": "positive"},
        unicode="√({a})",
        latex=r"\sqrt{{a}}",
        mistakes=(
            Mistake("derivative-left-out", "g", "the derivative 1/(2√a) of the root is left out", "a"),
            Mistake("factor-of-two", "g / out", "the 2 in 1/(2√a) is left out", "a"),
        ),
    )
)

register(
    Function(
        name="sin",
        args=("a",),
        summary="the sine, of radians",
        gradient={"a": "g * cos(a)"},
        value=np.sin,
        shape=same,
        elementwise=True,
        latex=r"\sin\left({a}\right)",
        mistakes=(
            Mistake("derivative-left-out", "g", "the derivative of sin, cos, is left out", "a"),
            Mistake("derivative-left-out", "g * out", "the derivative of sin is cos, not sin itself", "a"),
        ),
    )
)

register(
    Function(
        name="cos",
        args=("a",),
        summary="the cosine, of radians",
        gradient={"a": "-g * sin(a)"},
        value=np.cos,
        shape=same,
        elementwise=True,
        latex=r"\cos\left({a}\right)",
        mistakes=(
            Mistake("derivative-left-out", "g", "the derivative of cos, −sin, is left out", "a"),
            Mistake("sign-flipped", "g * sin(a)", "the derivative of cos is −sin: the minus is left out", "a"),
        ),
    )
)

register(
    Function(
        name="abs",
        args=("a",),
        summary="the absolute value",
        definition="maximum(a, -a)",
        gradient={"a": "g * sign(a)"},
        value=np.abs,
        shape=same,
        elementwise=True,
        kinks=("a",),
        latex=r"\left|{a}\right|",
        mistakes=(
            Mistake("derivative-left-out", "g", "the derivative of |a| is −1 where a is negative", "a"),
            Mistake("derivative-misremembered", "g * a", "the derivative of |a| is the sign of a, not a itself", "a"),
        ),
    )
)

register(
    Function(
        name="sign",
        args=("a",),
        summary="-1, 0 or 1",
        definition="step(a) - step(-a)",
        no_gradient=_FLAT,
        value=np.sign,
        shape=same,
        elementwise=True,
        kinks=("a",),
    )
)

register(
    Function(
        name="step",
        args=("a",),
        summary="1 where a > 0, else 0",
        definition="(1 + sign(a)) * abs(sign(a)) / 2",
        no_gradient=_FLAT,
        value=lambda a: np.greater(a, 0.0).astype(np.float64),
        shape=same,
        elementwise=True,
        kinks=("a",),
        latex=r"\mathbf{1}\left[{a:1} > 0\right]",
    )
)

register(
    Function(
        name="threshold",
        args=("a",),
        aliases=("heaviside",),
        summary="1 where a is 0 or more, else 0 (the perceptron's output)",
        definition="1 - step(-a)",
        gradient={"a": "0 * g"},
        source="McCulloch & Pitts, A logical calculus of the ideas immanent in nervous activity (1943)",
        value=lambda a: np.greater_equal(a, 0.0).astype(np.float64),
        shape=same,
        elementwise=True,
        kinks=("a",),
        role="activation",
        latex=r"\mathbf{1}\left[{a:1} \ge 0\right]",
        mistakes=(Mistake("missing-activation-derivative", "g", "a threshold is flat: it passes no gradient on", "a"),),
    )
)

register(
    Function(
        name="floor",
        args=("a",),
        summary="the largest whole number that is not above a",
        no_gradient=_FLAT,
        value=np.floor,
        shape=same,
        elementwise=True,
        latex=r"\left\lfloor{a}\right\rfloor",
    )
)

register(
    Function(
        name="maximum",
        args=("a", "b"),
        summary="the larger of two, entry by entry",
        definition="(a + b + abs(a - b)) / 2",
        gradient={"a": "g * step(a - b)", "b": "g * (1 - step(a - b))"},
        value=np.maximum,
        shape=broadcast,
        elementwise=True,
        kinks=("a - b",),
        latex=r"\max\left({a}, {b}\right)",
        mistakes=(
            Mistake("max-gate", "g", "only the larger of {a} and {b} receives the gradient", "a"),
            Mistake("max-gate", "g", "only the larger of {a} and {b} receives the gradient", "b"),
            Mistake("max-gate", "g * step(b - a)", "the larger of the two receives the gradient, not the smaller", "a"),
            Mistake("max-gate", "g * step(a - b)", "the larger of the two receives the gradient, not the smaller", "b"),
        ),
    )
)

register(
    Function(
        name="minimum",
        args=("a", "b"),
        summary="the smaller of two, entry by entry",
        definition="(a + b - abs(a - b)) / 2",
        gradient={"a": "g * step(b - a)", "b": "g * (1 - step(b - a))"},
        value=np.minimum,
        shape=broadcast,
        elementwise=True,
        kinks=("a - b",),
        latex=r"\min\left({a}, {b}\right)",
        mistakes=(
            Mistake("max-gate", "g", "only the smaller of {a} and {b} receives the gradient", "a"),
            Mistake("max-gate", "g", "only the smaller of {a} and {b} receives the gradient", "b"),
        ),
    )
)

register(
    Function(
        name="erf",
        args=("a",),
        summary="the error function",
        gradient={"a": "g * 2 / sqrt(pi) * exp(-a ** 2)"},
        source="Abramowitz & Stegun, Handbook of Mathematical Functions (1964), 7.1.1",
        value=_erf_value,
        shape=same,
        elementwise=True,
    )
)
