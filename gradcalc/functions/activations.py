"""The activation functions of a layer."""

from __future__ import annotations

from math import erfc
from typing import Any

import numpy as np

from gradcalc.formula.shapes import each_sample, same
from gradcalc.formula.table import Axis, Function, Mistake, register
from gradcalc.functions.samples import total_each_sample

_erfc = np.frompyfunc(erfc, 1, 1)
LEAKS = (0.01, 0.1, 0.2)
"""What is usual as a leaky ReLU's alpha."""


def _sigmoid(a: Any) -> Any:
    # exp never overflows, and far to the left the value is exp(a), down to the smallest float64.
    return np.exp(np.minimum(a, 0.0)) / (1.0 + np.exp(-np.abs(a)))


def _softplus(a: Any) -> Any:
    return np.maximum(a, 0.0) + np.log1p(np.exp(-np.abs(a)))


def _elu(a: Any, alpha: float) -> Any:
    return np.where(a > 0, a, alpha * np.expm1(np.minimum(a, 0.0)))[()]


def _gelu(a: Any) -> Any:
    # 1 + erf(a) would lose every digit far to the left; erfc(-a) keeps them.
    return a * np.asarray(_erfc(-a / np.sqrt(2.0)), dtype=np.float64)[()] / 2.0


def _softmax(a: Any, axis: Axis) -> Any:
    if a.ndim == 0:
        return np.float64(1.0) + 0.0 * a
    powers = np.exp(a - np.maximum.reduce(a, axis=axis, keepdims=True))
    return powers / np.add.reduce(powers, axis=axis, keepdims=True)


def _log_softmax(a: Any, axis: Axis) -> Any:
    if a.ndim == 0:
        return 0.0 * a
    shifted = a - np.maximum.reduce(a, axis=axis, keepdims=True)
    return shifted - np.log(np.add.reduce(np.exp(shifted), axis=axis, keepdims=True))


def _softmax_weighted_sum(a: Any, axis: Axis) -> Any:
    return total_each_sample(_softmax(a, axis) * a, axis)


register(
    Function(
        name="identity",
        args=("a",),
        summary="the value itself (a linear layer)",
        definition="a",
        gradient={"a": "g"},
        value=lambda a: a,
        shape=same,
        elementwise=True,
        role="activation",
    )
)

register(
    Function(
        name="sigmoid",
        args=("a",),
        aliases=("σ", "logistic"),
        summary="the logistic function",
        definition="1 / (1 + exp(-a))",
        gradient={"a": "g * out * (1 - out)"},
        source="Rumelhart, Hinton & Williams, Learning representations by back-propagating errors (1986), eq. 2",
        value=_sigmoid,
        shape=same,
        elementwise=True,
        role="activation",
        unicode="σ({a})",
        latex=r"\sigma\left({a}\right)",
        mistakes=(
            Mistake("missing-activation-derivative", "g", "the factor σ′(a) = σ(a)(1 − σ(a)) is left out", "a"),
            Mistake(
                "derivative-at-wrong-value",
                "g * sigmoid(out) * (1 - sigmoid(out))",
                "σ′ is taken at σ(a) in place of a: σ′(a) = σ(a)(1 − σ(a)), with σ(a) computed already",
                "a",
            ),
            Mistake(
                "derivative-at-wrong-value",
                "g * a * (1 - a)",
                "σ′(a) = h(1 − h) holds for h = σ(a), not for a itself",
                "a",
            ),
            Mistake("sign-flipped", "1 / (1 + exp(a))", "the exponent in σ(a) is −a, not a"),
            Mistake("function-misremembered", "1 / (1 - exp(-a))", "σ(a) is 1/(1 + e⁻ᵃ), with a plus"),
            Mistake("function-misremembered", "1 + exp(-a)", "this is 1 + e⁻ᵃ: σ(a) is one over it"),
            Mistake("function-misremembered", "exp(a) / (1 + exp(-a))", "σ(a) is 1/(1 + e⁻ᵃ) or eᵃ/(1 + eᵃ)"),
            Mistake(
                "sigmoid-of-one-minus",
                "g * out * sigmoid(1 - a)",
                "σ′(a) is σ(a)(1 − σ(a)), not σ(a)σ(1 − a)",
                "a",
            ),
            Mistake("derivative-misremembered", "g * (1 - out) ** 2", "σ′(a) is h(1 − h), not (1 − h)²", "a"),
            Mistake("derivative-misremembered", "g * out ** 2", "σ′(a) is h(1 − h), not h²", "a"),
        ),
    )
)

register(
    Function(
        name="tanh",
        args=("a",),
        summary="the hyperbolic tangent",
        definition="(exp(a) - exp(-a)) / (exp(a) + exp(-a))",
        gradient={"a": "g * (1 - out ** 2)"},
        value=np.tanh,
        shape=same,
        elementwise=True,
        role="activation",
        latex=r"\tanh\left({a}\right)",
        mistakes=(
            Mistake("missing-activation-derivative", "g", "the factor tanh′(a) = 1 − tanh²(a) is left out", "a"),
            Mistake(
                "derivative-at-wrong-value",
                "g * (1 - tanh(out) ** 2)",
                "tanh′ is taken at tanh(a) in place of a: tanh′(a) = 1 − h² with h = tanh(a)",
                "a",
            ),
            Mistake(
                "derivative-at-wrong-value",
                "g * (1 - a ** 2)",
                "tanh′(a) = 1 − h² holds for h = tanh(a), not for a itself",
                "a",
            ),
            Mistake("derivative-misremembered", "g * (1 - out) ** 2", "tanh′(a) is 1 − h², not (1 − h)²", "a"),
            Mistake("derivative-misremembered", "g * out ** 2", "tanh′(a) is 1 − h², not h²", "a"),
            Mistake("function-misremembered", "(exp(a) - exp(-a)) / 2", "this is sinh(a): tanh(a) is sinh(a)/cosh(a)"),
            Mistake("function-misremembered", "sin(a) / cos(a)", "this is the tangent, and not the hyperbolic one"),
        ),
    )
)

register(
    Function(
        name="relu",
        args=("a",),
        aliases=("ReLU",),
        summary="the rectifier: a where a > 0, else 0",
        definition="maximum(a, 0)",
        gradient={"a": "g * step(a)"},
        source="Nair & Hinton, Rectified linear units improve restricted Boltzmann machines (2010)",
        value=lambda a: np.maximum(a, 0.0),
        shape=same,
        elementwise=True,
        kinks=("a",),
        role="activation",
        unicode="ReLU({a})",
        latex=r"\operatorname{ReLU}\left({a}\right)",
        mistakes=(
            Mistake("missing-activation-derivative", "g", "the factor ReLU′(a), 0 where a ≤ 0, is left out", "a"),
            Mistake(
                "derivative-at-wrong-value",
                "g * out",
                "ReLU′(a) is 1 where a > 0, not the value ReLU(a)",
                "a",
            ),
            Mistake("function-misremembered", "minimum(a, 0)", "ReLU keeps what is positive, not what is negative"),
            Mistake("function-misremembered", "abs(a)", "ReLU makes 0 of what is negative, not its opposite"),
            Mistake("function-misremembered", "step(a)", "where a > 0 ReLU is a itself; 1 is its derivative"),
            *(
                mistake
                for alpha in LEAKS
                for mistake in (
                    Mistake("leak-added", f"leaky_relu(a, alpha={alpha})", "ReLU is 0 below 0; this is a leaky ReLU"),
                    Mistake(
                        "leak-added",
                        f"g * ({alpha} + {1 - alpha} * step(a))",
                        "below 0 the derivative of ReLU is 0; this is that of a leaky ReLU",
                        "a",
                    ),
                )
            ),
            Mistake(
                "derivative-misremembered",
                "g * (1 - step(a))",
                "the derivative is 1 where a > 0 and 0 elsewhere, not the other way round",
                "a",
            ),
        ),
    )
)

register(
    Function(
        name="leaky_relu",
        args=("a",),
        params={"alpha": 0.01},
        summary="a where a > 0, else alpha times a",
        definition="a * (alpha + (1 - alpha) * step(a))",
        gradient={"a": "g * (alpha + (1 - alpha) * step(a))"},
        source="Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models (2013)",
        value=lambda a, alpha: np.where(a > 0, a, alpha * a)[()],
        shape=same,
        elementwise=True,
        kinks=("a",),
        role="activation",
        mistakes=(
            Mistake("missing-activation-derivative", "g", "the factor, alpha where a ≤ 0, is left out", "a"),
            Mistake("leak-left-out", "g * step(a)", "below 0 the derivative is alpha, not 0", "a"),
            Mistake("leak-everywhere", "g * alpha", "the derivative is alpha below 0 alone; above it is 1", "a"),
            Mistake(
                "derivative-misremembered",
                "g * (1 - (1 - alpha) * step(a))",
                "the derivative is 1 where a > 0 and alpha elsewhere, not the other way round",
                "a",
            ),
            Mistake("leak-left-out", "relu(a)", "below 0 the value is alpha times a, not 0"),
        ),
    )
)

register(
    Function(
        name="elu",
        args=("a",),
        params={"alpha": 1.0},
        summary="a where a > 0, else alpha (exp(a) - 1)",
        definition="maximum(a, 0) + alpha * (exp(minimum(a, 0)) - 1)",
        gradient={"a": "g * (step(a) + (1 - step(a)) * (out + alpha))"},
        source="Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by ELUs (2016)",
        value=_elu,
        shape=same,
        elementwise=True,
        kinks=("a / (alpha - 1)",),  # with alpha = 1 it is smooth
        role="activation",
        mistakes=(Mistake("missing-activation-derivative", "g", "the derivative of the ELU is left out", "a"),),
    )
)

register(
    Function(
        name="softplus",
        args=("a",),
        summary="a smooth rectifier",
        definition="log(1 + exp(a))",
        gradient={"a": "g * sigmoid(a)"},
        value=_softplus,
        shape=same,
        elementwise=True,
        role="activation",
        mistakes=(
            Mistake("missing-activation-derivative", "g", "the factor softplus′(a) = σ(a) is left out", "a"),
            Mistake("derivative-misremembered", "g * sigmoid(-a)", "softplus′(a) is σ(a), not σ(−a)", "a"),
        ),
    )
)

register(
    Function(
        name="silu",
        args=("a",),
        aliases=("swish",),
        summary="a times its sigmoid (swish)",
        definition="a * sigmoid(a)",
        gradient={"a": "g * (sigmoid(a) + out * (1 - sigmoid(a)))"},
        source="Ramachandran, Zoph & Le, Searching for activation functions (2017)",
        value=lambda a: a * _sigmoid(a),
        shape=same,
        elementwise=True,
        role="activation",
        mistakes=(Mistake("missing-activation-derivative", "g", "the derivative of the SiLU is left out", "a"),),
    )
)

register(
    Function(
        name="gelu",
        args=("a",),
        summary="a times the normal distribution function of a",
        definition="a * (1 + erf(a / sqrt(2))) / 2",
        gradient={"a": "g * ((1 + erf(a / sqrt(2))) / 2 + a * exp(-a ** 2 / 2) / sqrt(2 * pi))"},
        source="Hendrycks & Gimpel, Gaussian error linear units (2016)",
        value=_gelu,
        shape=same,
        elementwise=True,
        role="activation",
        mistakes=(Mistake("missing-activation-derivative", "g", "the derivative of the GELU is left out", "a"),),
    )
)

register(
    Function(
        name="softmax",
        args=("a",),
        summary="each sample's exponentials, divided by their sum",
        definition="exp(a) / inner(exp(a), 1)",
        gradient={"a": "out * (g - inner(g, out))"},
        source="Bridle, Probabilistic interpretation of feedforward classification network outputs (1990)",
        value=_softmax,
        shape=same,
        per_sample=True,
        role="activation",
        latex=r"\operatorname{softmax}\left({a}\right)",
        mistakes=(
            Mistake(
                "softmax-jacobian-diagonal",
                "g * out * (1 - out)",
                "only the diagonal of the softmax Jacobian, ŷ(1 − ŷ), is used; every output depends on every logit, "
                "and off the diagonal stands −ŷᵢŷⱼ",
                "a",
            ),
            Mistake(
                "derivative-at-wrong-value",
                "g * out * (1 - a)",
                "the diagonal of the softmax Jacobian is ŷ(1 − ŷ), of the outputs alone, not ŷ(1 − a)",
                "a",
            ),
            Mistake("missing-activation-derivative", "g", "the softmax Jacobian is left out", "a"),
            Mistake(
                "softmax-jacobian-sign",
                "out * (g - 2 * g * out + inner(g, out))",
                "off the diagonal of the softmax Jacobian stands −ŷᵢŷⱼ, not ŷᵢŷⱼ",
                "a",
            ),
            Mistake("softmax-not-normalized", "exp(a)", "the exponentials are not yet divided by their sum"),
            Mistake("softmax-not-normalized", "exp(a - max(a))", "the exponentials are not yet divided by their sum"),
            Mistake(
                "softmax-not-normalized", "a / inner(a, 1)", "it is the exponentials that are divided by their sum"
            ),
            Mistake("other-base", "softmax(0.6931471805599453 * a)", "the exponentials are powers of e, not of 2"),
            Mistake("other-base", "softmax(2.302585092994046 * a)", "the exponentials are powers of e, not of 10"),
            Mistake(
                "softmax-over-samples",
                "softmax(a.T).T",
                "the softmax goes over the outputs of each sample, not over the samples",
            ),
        ),
    )
)

register(
    Function(
        name="log_softmax",
        args=("a",),
        summary="the logarithm of the softmax",
        definition="a - log(inner(exp(a), 1))",
        gradient={"a": "g - softmax(a) * inner(g, 1)"},
        value=_log_softmax,
        shape=same,
        per_sample=True,
        role="activation",
    )
)

register(
    Function(
        name="softmax_weighted_sum",
        args=("a",),
        summary="each sample's entries, averaged with their softmax as weights",
        definition="inner(softmax(a), a)",
        gradient={"a": "g * softmax(a) * (1 + a - out)"},
        source="TTIC 31020, problem set 8, problem 8.1",
        value=_softmax_weighted_sum,
        shape=each_sample,
        per_sample=True,
        role="activation",
        mistakes=(
            Mistake(
                "softmax-not-differentiated",
                "g * softmax(a)",
                "the weights depend on a as well: the factor is softmax(a) ⊙ (1 + a − out)",
                "a",
            ),
        ),
    )
)
