"""The losses: one number for each sample, and the shortcuts that textbooks take through them."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcalc.formula.shapes import each_sample, each_sample_of_classes
from gradcalc.formula.table import Axis, Function, Mistake, Pair, register, register_pair
from gradcalc.functions.samples import sample_size, total_each_sample

ONCE_MORE = "the derivative of ŷ − y is 1, not ŷ: nothing is multiplied by ŷ again"
NOT_DERIVED = "this is the squared error of each output itself, and not its derivative"


def _weighted_log(weight: Any, p: Any) -> Any:
    """weight · log p, and 0 where the weight is 0, as 0 log 0 is in information theory."""
    return weight * np.log(np.where(np.equal(weight, 0.0), 1.0, p))


def _squares(yhat: Any, y: Any, axis: Axis) -> Any:
    error = yhat - y
    return total_each_sample(error * error, axis)


def _mean_squares(yhat: Any, y: Any, axis: Axis) -> Any:
    error = yhat - y
    return total_each_sample(error * error, axis) / sample_size(error.shape, axis)


def _cross_entropy(yhat: Any, y: Any, axis: Axis) -> Any:
    return 0.0 - total_each_sample(_weighted_log(y, yhat), axis)  # no -0.0


def _binary_cross_entropy(yhat: Any, y: Any, axis: Axis) -> Any:
    return 0.0 - total_each_sample(_weighted_log(y, yhat) + _weighted_log(1.0 - y, 1.0 - yhat), axis)


def _huber(yhat: Any, y: Any, delta: float, axis: Axis) -> Any:
    error = np.abs(yhat - y)
    near = np.minimum(error, delta)
    return total_each_sample(near * (error - near / 2.0), axis)


def _cross_entropy_of_softmax(a: Any, y: Any, axis: Axis) -> Any:
    if a.ndim == 0:
        return total_each_sample(0.0 * np.abs(y), axis)
    shifted = a - np.maximum.reduce(a, axis=axis, keepdims=True)
    log_sum = np.log(np.add.reduce(np.exp(shifted), axis=axis, keepdims=True))
    return total_each_sample(y * (log_sum - shifted), axis)


def _binary_cross_entropy_of_sigmoid(a: Any, y: Any, axis: Axis) -> Any:
    return total_each_sample(np.maximum(a, 0.0) - a * y + np.log1p(np.exp(-np.abs(a))), axis)


register(
    Function(
        name="half_squared_error",
        args=("yhat", "y"),
        summary="half the sum of the squared errors",
        definition="inner(yhat - y, yhat - y) / 2",
        gradient={"yhat": "g * (yhat - y)", "y": "g * (y - yhat)"},
        value=lambda yhat, y, axis: _squares(yhat, y, axis) / 2.0,
        shape=each_sample,
        per_sample=True,
        images=True,
        role="loss",
        latex=r"\frac{1}{2}\left\lVert {yhat} - {y:2} \right\rVert^2",
        mistakes=(
            Mistake(
                "factor-of-two",
                "2 * g * (yhat - y)",
                "the ½ of the loss is left out: it cancels the 2",
                "yhat",
            ),
            Mistake("sign-flipped", "g * (y - yhat)", "the gradient is ŷ − y, not y − ŷ", "yhat"),
            Mistake("power-rule", "g * (yhat - y) * yhat", ONCE_MORE, "yhat"),
            Mistake("power-rule", "g * (yhat - y) ** 2 / 2", NOT_DERIVED, "yhat"),
            Mistake("factor-of-two", "inner(yhat - y, yhat - y)", "the ½ is left out"),
        ),
    )
)

register(
    Function(
        name="squared_error",
        args=("yhat", "y"),
        summary="the sum of the squared errors",
        definition="inner(yhat - y, yhat - y)",
        gradient={"yhat": "g * 2 * (yhat - y)", "y": "g * 2 * (y - yhat)"},
        value=_squares,
        shape=each_sample,
        per_sample=True,
        images=True,
        role="loss",
        latex=r"\left\lVert {yhat} - {y:2} \right\rVert^2",
        mistakes=(
            Mistake("factor-of-two", "g * (yhat - y)", "the 2 from the square is left out", "yhat"),
            Mistake("sign-flipped", "g * 2 * (y - yhat)", "the gradient is 2(ŷ − y), not 2(y − ŷ)", "yhat"),
            Mistake("power-rule", "g * 2 * (yhat - y) * yhat", ONCE_MORE, "yhat"),
            Mistake("power-rule", "g * (yhat - y) ** 2", NOT_DERIVED, "yhat"),
            Mistake("factor-of-two", "inner(yhat - y, yhat - y) / 2", "this loss has no ½"),
        ),
    )
)

register(
    Function(
        name="mean_squared_error",
        args=("yhat", "y"),
        aliases=("mse",),
        summary="the mean of the squared errors over a sample's outputs",
        definition="inner(yhat - y, yhat - y) / features(yhat - y)",
        gradient={
            "yhat": "g * 2 * (yhat - y) / features(yhat - y)",
            "y": "g * 2 * (y - yhat) / features(yhat - y)",
        },
        value=_mean_squares,
        shape=each_sample,
        per_sample=True,
        images=True,
        role="loss",
        mistakes=(
            Mistake(
                "factor-of-two",
                "g * (yhat - y) / features(yhat - y)",
                "the 2 from the square is left out",
                "yhat",
            ),
            Mistake("sum-not-mean", "g * 2 * (yhat - y)", "the mean's divisor is left out", "yhat"),
            Mistake("sign-flipped", "g * 2 * (y - yhat) / features(yhat - y)", "the sign is turned", "yhat"),
            Mistake("power-rule", "g * 2 * (yhat - y) * yhat / features(yhat - y)", ONCE_MORE, "yhat"),
            Mistake("power-rule", "g * (yhat - y) ** 2 / features(yhat - y)", NOT_DERIVED, "yhat"),
            Mistake("sum-not-mean", "inner(yhat - y, yhat - y)", "the sum is given in place of the mean"),
        ),
    )
)

register(
    Function(
        name="cross_entropy",
        args=("yhat", "y"),
        summary="minus the sum of y log ŷ",
        definition="-inner(y, log(yhat))",
        gradient={"yhat": "-g * y / yhat", "y": "-g * log(yhat)"},
        value=_cross_entropy,
        shape=each_sample_of_classes,
        per_sample=True,
        domain={"yhat": "probability", "y": "distribution"},
        role="loss",
        latex=r"\operatorname{CE}\left({y}, {yhat}\right)",
        mistakes=(
            Mistake("sign-flipped", "g * y / yhat", "the minus before the sum is left out", "yhat"),
            Mistake("sign-flipped", "inner(y, log(yhat))", "the minus before the sum is left out"),
            Mistake("logarithm-left-out", "inner(y, 1 - yhat)", "1 − ŷ of the right class stands here, not −log ŷ"),
            Mistake("logarithm-left-out", "inner(y, yhat)", "ŷ of the right class stands here, not −log ŷ"),
        ),
    )
)

register(
    Function(
        name="binary_cross_entropy",
        args=("yhat", "y"),
        aliases=("bce",),
        summary="minus the sum of y log ŷ + (1 - y) log(1 - ŷ)",
        definition="-inner(y, log(yhat)) - inner(1 - y, log(1 - yhat))",
        gradient={
            "yhat": "g * (yhat - y) / (yhat * (1 - yhat))",
            "y": "g * (log(1 - yhat) - log(yhat))",
        },
        value=_binary_cross_entropy,
        shape=each_sample,
        per_sample=True,
        images=True,
        domain={"yhat": "probability", "y": "probability"},
        role="loss",
        latex=r"\operatorname{BCE}\left({y}, {yhat}\right)",
        mistakes=(
            Mistake("sign-flipped", "g * (y - yhat) / (yhat * (1 - yhat))", "the sign is turned", "yhat"),
            Mistake("second-term-left-out", "-g * y / yhat", "the term (1 − y) / (1 − ŷ) is left out", "yhat"),
            Mistake(
                "sign-flipped",
                "-g * (y / yhat + (1 - y) / (1 - yhat))",
                "the term (1 − y) / (1 − ŷ) has a plus: it comes from log(1 − ŷ), whose derivative has a minus",
                "yhat",
            ),
            Mistake("second-term-left-out", "-inner(y, log(yhat))", "the term (1 − y) log(1 − ŷ) is left out"),
            Mistake(
                "sign-flipped",
                "inner(1 - y, log(1 - yhat)) - inner(y, log(yhat))",
                "the minus before the sum is that of the term (1 − y) log(1 − ŷ), too",
            ),
            Mistake(
                "parts-exchanged",
                "-inner(y, log(yhat)) - inner(1 - y, log(yhat))",
                "in the second term log ŷ stands where log(1 − ŷ) belongs",
            ),
        ),
    )
)

register(
    Function(
        name="absolute_error",
        args=("yhat", "y"),
        summary="the sum of the absolute errors",
        definition="inner(abs(yhat - y), 1)",
        gradient={"yhat": "g * sign(yhat - y)", "y": "g * sign(y - yhat)"},
        value=lambda yhat, y, axis: total_each_sample(np.abs(yhat - y), axis),
        shape=each_sample,
        per_sample=True,
        images=True,
        kinks=("yhat - y",),
        role="loss",
        mistakes=(Mistake("sign-flipped", "g * sign(y - yhat)", "the sign is turned", "yhat"),),
    )
)

register(
    Function(
        name="huber",
        args=("yhat", "y"),
        params={"delta": 1.0},
        summary="half the squared error up to delta, linear beyond",
        definition="inner(minimum(abs(yhat - y), delta), abs(yhat - y) - minimum(abs(yhat - y), delta) / 2)",
        gradient={
            "yhat": "g * maximum(minimum(yhat - y, delta), -delta)",
            "y": "g * maximum(minimum(y - yhat, delta), -delta)",
        },
        source="Huber, Robust estimation of a location parameter (1964)",
        value=_huber,
        shape=each_sample,
        per_sample=True,
        images=True,
        role="loss",
        mistakes=(
            Mistake("huber-not-clipped", "g * (yhat - y)", "beyond delta the gradient is ±delta", "yhat"),
            Mistake(
                "huber-beyond-delta",
                "g * delta * sign(yhat - y)",
                "±delta is the gradient beyond delta alone; within it is {yhat} − {y}",
                "yhat",
            ),
            Mistake(
                "huber-beyond-delta",
                "g * (yhat - y + step(abs(yhat - y) - delta) * (sign(yhat - y) - (yhat - y)))",
                "beyond delta the gradient is ±delta, not ±1",
                "yhat",
            ),
        ),
    )
)

register_pair(
    Pair(
        outer="cross_entropy",
        inner="softmax",
        through="yhat",
        rule="g * (out - y)",
        value=_cross_entropy_of_softmax,
        requires="y",
        summary="cross-entropy of a softmax: the gradient on the logits is ŷ - y",
        source="Bridle (1990); Bishop, Pattern Recognition and Machine Learning (2006), eq. 4.109",
    )
)

register_pair(
    Pair(
        outer="binary_cross_entropy",
        inner="sigmoid",
        through="yhat",
        rule="g * (out - y)",
        value=_binary_cross_entropy_of_sigmoid,
        summary="binary cross-entropy of a sigmoid: the gradient on the logits is ŷ - y",
        source="Bishop, Pattern Recognition and Machine Learning (2006), eq. 4.91",
    )
)
