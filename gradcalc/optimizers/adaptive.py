"""Rules that divide each entry's step by the size of its gradients so far."""

from __future__ import annotations

from typing import Final

from gradcalc.optimizers.table import Optimizer, WrongLine, register

_INSIDE: Final = "ε is added to the root, not under it"
_SQUARE: Final = "what is kept is of the gradient's square, entry by entry"
_ROOT: Final = "the gradient is divided by the root"

register(
    Optimizer(
        name="adagrad",
        lines={"s": "s + g ** 2", "theta": "theta - lr * g / (sqrt(s) + epsilon)"},
        params={"epsilon": 1e-8},
        rate=0.01,
        summary="each entry's step is divided by the root of the sum of its squared gradients",
        source="Duchi, Hazan & Singer, Adaptive subgradient methods (2011)",
        defaults="Ruder, An overview of gradient descent optimization algorithms (2016), section 4.3",
        mistakes=(
            WrongLine("epsilon-inside-root", "theta", "theta - lr * g / sqrt(s + epsilon)", _INSIDE),
            WrongLine("root-left-out", "theta", "theta - lr * g / (s + epsilon)", _ROOT),
            WrongLine("square-left-out", "s", "s + g", _SQUARE),
        ),
    )
)

register(
    Optimizer(
        name="rmsprop",
        lines={"v": "beta * v + (1 - beta) * g ** 2", "theta": "theta - lr * g / (sqrt(v) + epsilon)"},
        params={"beta": 0.9, "epsilon": 1e-8},
        shares=("beta",),
        rate=0.001,
        summary="each entry's step is divided by the root of a weighted average of its squared gradients",
        source="Tieleman & Hinton, Neural networks for machine learning (2012), lecture 6.5",
        defaults="β and the learning rate there; ε as in Ruder (2016), section 4.5",
        mistakes=(
            WrongLine("epsilon-inside-root", "theta", "theta - lr * g / sqrt(v + epsilon)", _INSIDE),
            WrongLine("root-left-out", "theta", "theta - lr * g / (v + epsilon)", _ROOT),
            WrongLine("square-left-out", "v", "beta * v + (1 - beta) * g", _SQUARE),
            WrongLine(
                "betas-exchanged",
                "v",
                "(1 - beta) * v + beta * g ** 2",
                "β goes with the old average, 1 − β with the square",
            ),
            WrongLine("one-minus-beta-left-out", "v", "beta * v + g ** 2", "the square is multiplied by 1 − β"),
        ),
    )
)

register(
    Optimizer(
        name="adadelta",
        lines={
            "s": "rho * s + (1 - rho) * g ** 2",
            "delta": "sqrt(u + epsilon) / sqrt(s + epsilon) * g",
            "u": "rho * u + (1 - rho) * delta ** 2",
            "theta": "theta - lr * delta",
        },
        params={"rho": 0.95, "epsilon": 1e-6},
        shares=("rho",),
        rate=1.0,
        summary="steps in the units of the parameter: past changes over past gradients",
        source="Zeiler, ADADELTA: an adaptive learning rate method (2012), algorithm 1",
        defaults="the same, section 4.1; the rule has no learning rate, or 1",
        mistakes=(
            WrongLine(
                "epsilon-outside-root",
                "delta",
                "(sqrt(u) + epsilon) / (sqrt(s) + epsilon) * g",
                "here ε stands under both roots",
            ),
            WrongLine(
                "ratio-turned",
                "delta",
                "sqrt(s + epsilon) / sqrt(u + epsilon) * g",
                "changes stand above, gradients below",
            ),
            WrongLine("root-left-out", "delta", "(u + epsilon) / (s + epsilon) * g", "the roots are left out"),
            WrongLine(
                "betas-exchanged",
                "s",
                "(1 - rho) * s + rho * g ** 2",
                "ρ goes with the old average, 1 − ρ with the square",
            ),
            WrongLine("square-left-out", "s", "rho * s + (1 - rho) * g", _SQUARE),
        ),
    )
)
