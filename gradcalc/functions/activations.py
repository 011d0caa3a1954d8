"""The activation functions of a layer."""

from __future__ import annotations

from math import erfc
from typing import Any

import numpy as np

from gradcalc.formula.shapes import same
from gradcalc.formula.table import Axis, Function, Mistake, register

_erfc = np.frompyfunc(erfc, 1, 1)


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


register(
    Function(
        name="identity",
        args=("a",),
        value=lambda a: a,
        summary="the value itself (a linear layer)",
        definition="a",
        group="activation",
        shape=same,
        elementwise=True,
        gradient={"a": "g"},
    )
)

register(
    Function(
        name="sigmoid",
        args=("a",),
        value=_sigmoid,
        summary="the logistic function",
        definition="1 / (1 + exp(-a))",
        group="activation",
        shape=same,
        elementwise=True,
        gradient={"a": "g * out * (1 - out)"},
        unicode="σ({a})",
        latex=r"\sigma\left({a}\right)",
        aliases=("σ", "logistic"),
        idioms={
            "numpy": "np.exp(-np.logaddexp(0, -{a}))",
            "torch": "torch.sigmoid({a})",
            "jax": "jax.nn.sigmoid({a})",
        },
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
            Mistake(
                "sigmoid-of-one-minus",
                "g * out * sigmoid(1 - a)",
                "σ′(a) is σ(a)(1 − σ(a)), not σ(a)σ(1 − a)",
                "a",
            ),
        ),
        source="Rumelhart, Hinton & Williams, Learning representations by back-propagating errors (1986), eq. 2",
    )
)

register(
    Function(
        name="tanh",
        args=("a",),
        value=np.tanh,
        summary="the hyperbolic tangent",
        definition="(exp(a) - exp(-a)) / (exp(a) + exp(-a))",
        group="activation",
        shape=same,
        elementwise=True,
        gradient={"a": "g * (1 - out ** 2)"},
        latex=r"\tanh\left({a}\right)",
        idioms={"any": "{m}.tanh({a})"},
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
        ),
    )
)

register(
    Function(
        name="relu",
        args=("a",),
        value=lambda a: np.maximum(a, 0.0),
        summary="the rectifier: a where a > 0, else 0",
        definition="maximum(a, 0)",
        group="activation",
        shape=same,
        elementwise=True,
        gradient={"a": "g * step(a)"},
        unicode="ReLU({a})",
        latex=r"\operatorname{ReLU}\left({a}\right)",
        aliases=("ReLU",),
        kinks=("a",),
        idioms={
            "numpy": "np.maximum({a}, 0)",
            "torch": "torch.relu({a})",
            "jax": "jax.nn.relu({a})",
        },
        mistakes=(
            Mistake("missing-activation-derivative", "g", "the factor ReLU′(a), 0 where a ≤ 0, is left out", "a"),
            Mistake(
                "derivative-at-wrong-value",
                "g * out",
                "ReLU′(a) is 1 where a > 0, not the value ReLU(a)",
                "a",
            ),
        ),
        source="Nair & Hinton, Rectified linear units improve restricted Boltzmann machines (2010)",
    )
)

register(
    Function(
        name="leaky_relu",
        args=("a",),
        params={"alpha": 0.01},
        value=lambda a, alpha: np.where(a > 0, a, alpha * a)[()],
        summary="a where a > 0, else alpha times a",
        definition="a * (alpha + (1 - alpha) * step(a))",
        group="activation",
        shape=same,
        elementwise=True,
        gradient={"a": "g * (alpha + (1 - alpha) * step(a))"},
        kinks=("a",),
        idioms={
            "any": "{m}.where({a} > 0, {a}, {alpha} * {a})",
            "torch": "torch.nn.functional.leaky_relu({a}, negative_slope={alpha})",
        },
        mistakes=(
            Mistake("missing-activation-derivative", "g", "the factor, alpha where a ≤ 0, is left out", "a"),
            Mistake("leak-left-out", "g * step(a)", "below 0 the derivative is alpha, not 0", "a"),
            Mistake("leak-left-out", "relu(a)", "below 0 the value is alpha times a, not 0"),
        ),
        source="Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models (2013)",
    )
)

register(
    Function(
        name="elu",
        args=("a",),
        params={"alpha": 1.0},
        value=_elu,
        summary="a where a > 0, else alpha (exp(a) - 1)",
        definition="maximum(a, 0) + alpha * (exp(minimum(a, 0)) - 1)",
        group="activation",
        shape=same,
        elementwise=True,
        gradient={"a": "g * (step(a) + (1 - step(a)) * (out + alpha))"},
        kinks=("a / (alpha - 1)",),  # with alpha = 1 it is smooth
        idioms={
            "numpy": "np.where({a} > 0, {a}, {alpha} * np.expm1(np.minimum({a}, 0)))",
            "torch": "torch.nn.functional.elu({a}, alpha={alpha})",
            "jax": "jax.nn.elu({a}, alpha={alpha})",
        },
        mistakes=(Mistake("missing-activation-derivative", "g", "the derivative of the ELU is left out", "a"),),
        source="Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by ELUs (2016)",
    )
)

register(
    Function(
        name="softplus",
        args=("a",),
        value=_softplus,
        summary="a smooth rectifier",
        definition="log(1 + exp(a))",
        group="activation",
        shape=same,
        elementwise=True,
        gradient={"a": "g * sigmoid(a)"},
        idioms={
            "numpy": "np.logaddexp(0, {a})",
            "torch": "torch.nn.functional.softplus({a}, threshold=40)",
            "jax": "jax.nn.softplus({a})",
        },
        mistakes=(Mistake("missing-activation-derivative", "g", "the factor softplus′(a) = σ(a) is left out", "a"),),
    )
)

register(
    Function(
        name="silu",
        args=("a",),
        value=lambda a: a * _sigmoid(a),
        summary="a times its sigmoid (swish)",
        definition="a * sigmoid(a)",
        group="activation",
        shape=same,
        elementwise=True,
        gradient={"a": "g * (sigmoid(a) + out * (1 - sigmoid(a)))"},
        aliases=("swish",),
        idioms={
            "torch": "torch.nn.functional.silu({a})",
            "jax": "jax.nn.silu({a})",
        },
        mistakes=(Mistake("missing-activation-derivative", "g", "the derivative of the SiLU is left out", "a"),),
        source="Ramachandran, Zoph & Le, Searching for activation functions (2017)",
    )
)

register(
    Function(
        name="gelu",
        args=("a",),
        value=_gelu,
        summary="a times the normal distribution function of a",
        definition="a * (1 + erf(a / sqrt(2))) / 2",
        group="activation",
        shape=same,
        elementwise=True,
        gradient={"a": "g * ((1 + erf(a / sqrt(2))) / 2 + a * exp(-a ** 2 / 2) / sqrt(2 * 3.141592653589793))"},
        idioms={
            "torch": "torch.nn.functional.gelu({a})",
            "jax": "jax.nn.gelu({a}, approximate=False)",
        },
        mistakes=(Mistake("missing-activation-derivative", "g", "the derivative of the GELU is left out", "a"),),
        source="Hendrycks & Gimpel, Gaussian error linear units (2016)",
    )
)

register(
    Function(
        name="softmax",
        args=("a",),
        value=_softmax,
        summary="each sample's exponentials, divided by their sum",
        definition="exp(a) / inner(exp(a), 1)",
        group="activation",
        per_sample=True,
        shape=same,
        gradient={"a": "out * (g - inner(g, out))"},
        latex=r"\operatorname{softmax}\left({a}\right)",
        idioms={
            "numpy": "e = np.exp({a} - np.max({a}{along}))\ne / np.sum(e{along})",
            "torch": "torch.softmax({a}, dim={axis})",
            "jax": "jax.nn.softmax({a}, axis={axis})",
        },
        mistakes=(
            Mistake(
                "softmax-jacobian-diagonal",
                "g * out * (1 - out)",
                "only the diagonal of the softmax Jacobian, ŷ(1 − ŷ), is used; every output depends on every logit, "
                "and off the diagonal stands −ŷᵢŷⱼ",
                "a",
            ),
            Mistake("missing-activation-derivative", "g", "the softmax Jacobian is left out", "a"),
            Mistake("softmax-not-normalized", "exp(a)", "the exponentials are not yet divided by their sum"),
            Mistake(
                "softmax-not-normalized", "a / inner(a, 1)", "it is the exponentials that are divided by their sum"
            ),
            Mistake(
                "softmax-over-samples",
                "softmax(a.T).T",
                "the softmax goes over the outputs of each sample, not over the samples",
            ),
        ),
        source="Bridle, Probabilistic interpretation of feedforward classification network outputs (1990)",
    )
)

register(
    Function(
        name="log_softmax",
        args=("a",),
        value=_log_softmax,
        summary="the logarithm of the softmax",
        definition="a - log(inner(exp(a), 1))",
        group="activation",
        per_sample=True,
        shape=same,
        gradient={"a": "g - softmax(a) * inner(g, 1)"},
        idioms={
            "numpy": "shifted = {a} - np.max({a}{along})\nshifted - np.log(np.sum(np.exp(shifted){along}))",
            "torch": "torch.log_softmax({a}, dim={axis})",
            "jax": "jax.nn.log_softmax({a}, axis={axis})",
        },
    )
)
