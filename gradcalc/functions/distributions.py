"""Of distributions and scores: the log-sum-exp, the Kullback-Leibler divergence, the logarithm of a probability."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcalc.formula.shapes import each_sample, each_sample_of_classes, same
from gradcalc.formula.table import Axis, Function, Mistake, Pair, register, register_pair
from gradcalc.functions.samples import one_each_sample, total_each_sample


def _logsumexp(a: Any, axis: Axis) -> Any:
    if a.ndim == 0:
        return a
    largest = np.maximum.reduce(a, axis=axis, keepdims=True)
    # Where all entries are -inf, or one is inf, the difference to the largest isn't defined.
    shift = np.where(np.isfinite(largest), largest, 0.0)
    return one_each_sample(np.log(np.add.reduce(np.exp(a - shift), axis=axis, keepdims=True)) + shift)


def _kl_divergence(p: Any, q: Any, axis: Axis) -> Any:
    """0 log 0 is 0, as in information theory."""
    is_zero = np.equal(p, 0.0)
    ratio = np.where(is_zero, 1.0, p) / np.where(is_zero, 1.0, q)
    return total_each_sample(p * np.log(ratio), axis)


def _log_sigmoid(a: Any) -> Any:
    return np.minimum(a, 0.0) - np.log1p(np.exp(-np.abs(a)))


register(
    Function(
        name="log_sigmoid",
        args=("a",),
        aliases=("logsigmoid",),
        summary="the logarithm of the logistic function",
        definition="log(sigmoid(a))",
        gradient={"a": "g * sigmoid(-a)"},
        source="Mikolov et al., Distributed representations of words and phrases (2013), eq. 4",
        value=_log_sigmoid,
        shape=same,
        elementwise=True,
        role="activation",
        mistakes=(
            Mistake("missing-activation-derivative", "g", "the factor 1 − σ(a) is left out", "a"),
            Mistake(
                "derivative-misremembered",
                "g * sigmoid(a) * (1 - sigmoid(a))",
                "this is σ′(a): the derivative 1/σ(a) of the logarithm is left out",
                "a",
            ),
            Mistake("derivative-misremembered", "g / sigmoid(a)", "σ′(a) is left out: only log is differentiated", "a"),
            Mistake("sign-flipped", "g * sigmoid(a)", "the derivative of log σ(a) is 1 − σ(a) = σ(−a), not σ(a)", "a"),
        ),
    )
)

register_pair(
    Pair(
        outer="log",
        inner="sigmoid",
        through="a",
        rule="g * (1 - out)",
        value=lambda a, axis: _log_sigmoid(a),
        summary="the logarithm of a sigmoid: its derivative is 1 - σ(a) = σ(-a)",
        source="Mikolov et al., Distributed representations of words and phrases (2013), eq. 4",
    )
)

register(
    Function(
        name="logsumexp",
        args=("a",),
        aliases=("log_sum_exp",),
        summary="the logarithm of the sum of each sample's exponentials, a smooth maximum",
        definition="log(inner(exp(a), 1))",
        gradient={"a": "g * softmax(a)"},
        source="Boyd & Vandenberghe, Convex Optimization (2004), section 3.1.5",
        value=_logsumexp,
        shape=each_sample,
        per_sample=True,
        group="reduction",
        mistakes=(
            Mistake("derivative-left-out", "g * exp(a)", "the derivative 1/Σeᵃ of the logarithm is left out", "a"),
            Mistake("derivative-left-out", "g / inner(exp(a), 1)", "the derivative eᵃ of the sum is left out", "a"),
        ),
    )
)

register(
    Function(
        name="kl_divergence",
        args=("p", "q"),
        summary="the sum of p log(p / q) over each sample, with 0 log 0 = 0",
        definition="inner(p, log(p / q))",
        gradient={"p": "g * (log(p / q) + 1)", "q": "-g * p / q"},
        source="Kullback & Leibler, On information and sufficiency (1951)",
        value=_kl_divergence,
        shape=each_sample_of_classes,
        per_sample=True,
        domain={"p": "probability", "q": "probability"},
        group="reduction",
        latex=r"\operatorname{KL}\left({p}, {q}\right)",
        mistakes=(
            Mistake("sign-flipped", "g * p / q", "log(p/q) is log p − log q: on {q} there is a minus", "q"),
            Mistake("product-rule", "g * log(p / q)", "{p} stands in the logarithm too: the + 1 is left out", "p"),
            Mistake("parts-exchanged", "inner(q, log(q / p))", "the divergence is taken the other way round"),
            Mistake("sign-flipped", "-inner(p, log(p / q))", "the minus of a cross-entropy doesn't belong here"),
        ),
    )
)
