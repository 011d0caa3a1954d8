"""The losses that ask for a margin between scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcalc.formula.shapes import each_sample, each_sample_of_classes
from gradcalc.formula.table import Axis, Function, Mistake, register
from gradcalc.functions.samples import largest_each_sample, total_each_sample


def _hinge(yhat: Any, y: Any, axis: Axis) -> Any:
    return total_each_sample(np.maximum(1.0 - y * yhat, 0.0), axis)


def _multiclass_hinge(yhat: Any, y: Any, axis: Axis) -> Any:
    return largest_each_sample(yhat + 1.0 - y - total_each_sample(yhat * y, axis), axis)


def _weston_watkins(yhat: Any, y: Any, delta: float, axis: Axis) -> Any:
    margins = np.maximum(yhat - total_each_sample(yhat * y, axis) + delta, 0.0)
    return total_each_sample((1.0 - y) * margins, axis)


register(
    Function(
        name="hinge",
        args=("yhat", "y"),
        aliases=("hinge_loss",),
        summary="how far y ŷ stays below a margin of 1, for labels y = ±1",
        definition="inner(maximum(0, 1 - y * yhat), 1)",
        gradient={"yhat": "-g * y * step(1 - y * yhat)", "y": "-g * yhat * step(1 - y * yhat)"},
        source="Cortes & Vapnik, Support-vector networks (1995)",
        value=_hinge,
        shape=each_sample,
        per_sample=True,
        kinks=("1 - y * yhat",),
        domain={"y": "sign"},
        role="loss",
        mistakes=(
            Mistake("margin-ignored", "-g * y", "beyond the margin (y ŷ > 1) the loss is flat", "yhat"),
            Mistake("sign-flipped", "g * y * step(1 - y * yhat)", "the minus before y is left out", "yhat"),
            Mistake("margin-left-out", "inner(maximum(0, -y * yhat), 1)", "the margin of 1 is left out"),
        ),
    )
)

register(
    Function(
        name="perceptron_loss",
        args=("yhat", "y"),
        summary="how far y ŷ stays below 0, for labels y = ±1; at 0 its gradient is that of a mistake",
        definition="inner(maximum(0, -y * yhat), 1)",
        gradient={"yhat": "-g * y * (1 - step(y * yhat))", "y": "-g * yhat * (1 - step(y * yhat))"},
        source="Rosenblatt, The perceptron (1958); Bishop, Pattern Recognition and Machine Learning, eq. 4.54",
        value=lambda yhat, y, axis: total_each_sample(np.maximum(-y * yhat, 0.0), axis),
        shape=each_sample,
        per_sample=True,
        kinks=("y * yhat",),
        domain={"y": "sign"},
        role="loss",
        mistakes=(Mistake("sign-flipped", "g * y * (1 - step(y * yhat))", "the minus before y is left out", "yhat"),),
    )
)

register(
    Function(
        name="multiclass_hinge",
        args=("yhat", "y"),
        aliases=("crammer_singer",),
        summary="the largest over all classes of [class is wrong] + its score - the right class's score",
        definition="max(yhat + 1 - y - inner(yhat, y))",
        gradient={"yhat": "g * (largest(yhat + 1 - y) - y)"},
        source="Crammer & Singer, On the algorithmic implementation of multiclass kernel-based vector machines (2001)",
        value=_multiclass_hinge,
        shape=each_sample_of_classes,
        per_sample=True,
        kinks=("lead(yhat + 1 - y)",),
        domain={"y": "one_hot"},
        role="loss",
        mistakes=(
            Mistake(
                "margin-ignored", "g * (largest(yhat) - y)", "the margin of 1 for wrong classes is left out", "yhat"
            ),
            Mistake("sign-flipped", "g * (y - largest(yhat + 1 - y))", "the sign is turned", "yhat"),
        ),
    )
)

register(
    Function(
        name="multiclass_hinge_sum",
        args=("yhat", "y"),
        params={"delta": 1.0},
        aliases=("weston_watkins",),
        summary="the sum over the wrong classes of max(0, score - right class's score + delta)",
        definition="inner(1 - y, maximum(0, yhat - inner(yhat, y) + delta))",
        gradient={
            "yhat": "g * ((1 - y) * step(yhat - inner(yhat, y) + delta)"
            " - y * inner(1 - y, step(yhat - inner(yhat, y) + delta)))"
        },
        source="Weston & Watkins, Support vector machines for multi-class pattern recognition (1999)",
        value=_weston_watkins,
        shape=each_sample_of_classes,
        per_sample=True,
        kinks=("yhat - inner(yhat, y) + delta",),
        domain={"y": "one_hot"},
        role="loss",
        mistakes=(
            Mistake(
                "right-class-left-out",
                "g * (1 - y) * step(yhat - inner(yhat, y) + delta)",
                "the right class gets minus the number of classes inside the margin: that is left out",
                "yhat",
            ),
            Mistake(
                "margins-not-counted",
                "g * ((1 - y) * step(yhat - inner(yhat, y) + delta) - y)",
                "the right class gets minus the number of classes inside the margin, not −1",
                "yhat",
            ),
            Mistake(
                "margin-left-out",
                "inner(1 - y, maximum(0, yhat - inner(yhat, y)))",
                "the margin of {delta} is left out",
            ),
            Mistake(
                "right-class-counted",
                "inner(1, maximum(0, yhat - inner(yhat, y) + delta))",
                "the sum is over the wrong classes alone: the right class, whose margin is {delta}, was counted too",
            ),
        ),
    )
)
