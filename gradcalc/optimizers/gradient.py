"""Rules that go along the gradient, or along a velocity made of gradients."""

from __future__ import annotations

from typing import Final

from gradcalc.optimizers.table import Optimizer, WrongLine, register

_NINE_TENTHS: Final = "Goodfellow, Bengio & Courville, Deep Learning (2016), section 8.3.2"

register(
    Optimizer(
        name="sgd",
        lines={"theta": "theta - lr * g"},
        aliases=("gradient_descent",),
        summary="plain gradient descent: a step against the gradient",
        source="Robbins & Monro, A stochastic approximation method (1951)",
    )
)

register(
    Optimizer(
        name="momentum",
        lines={"v": "beta * v + g", "theta": "theta - lr * v"},
        params={"beta": 0.9},
        shares=("beta",),
        aliases=("sgd_momentum",),
        summary="a velocity that sums up gradients; the learning rate scales the step",
        source="Polyak (1964); in this form PyTorch's SGD and Optax's sgd",
        defaults=_NINE_TENTHS,
        remark="other books call momentum what is momentum_velocity or momentum_average here",
        mistakes=(
            WrongLine(
                "velocity-averaged", "v", "beta * v + (1 - beta) * g", "here the gradient isn't multiplied by 1 − β"
            ),
            WrongLine("beta-on-gradient", "v", "v + beta * g", "β belongs to the old velocity, not to the gradient"),
            WrongLine("beta-left-out", "v", "v + g", "the old velocity is multiplied by β"),
            WrongLine(
                "learning-rate-twice",
                "v",
                "beta * v + lr * g",
                "the learning rate comes in with the step, not in the velocity",
            ),
            WrongLine(
                "ascent-not-descent", "theta", "theta + lr * v", "this velocity points up the slope: it is taken away"
            ),
        ),
    )
)

register(
    Optimizer(
        name="momentum_velocity",
        lines={"v": "beta * v - lr * g", "theta": "theta + v"},
        params={"beta": 0.9},
        shares=("beta",),
        summary="a velocity that has the learning rate in it; the step is the velocity",
        source="Sutskever, Martens, Dahl & Hinton, On the importance of initialization and momentum (2013);"
        " Goodfellow, Bengio & Courville, Deep Learning (2016), algorithm 8.2",
        defaults=_NINE_TENTHS,
        mistakes=(
            WrongLine("sign-flipped", "v", "beta * v + lr * g", "in the velocity the gradient stands with a minus"),
            WrongLine(
                "beta-on-gradient", "v", "v - beta * lr * g", "β belongs to the old velocity, not to the gradient"
            ),
            WrongLine("beta-left-out", "v", "v - lr * g", "the old velocity is multiplied by β"),
            WrongLine(
                "velocity-averaged",
                "v",
                "beta * v - (1 - beta) * lr * g",
                "here the gradient isn't multiplied by 1 − β",
            ),
            WrongLine(
                "learning-rate-left-out",
                "v",
                "beta * v - g",
                "in the velocity the gradient is multiplied by the learning rate",
            ),
            WrongLine(
                "learning-rate-twice", "theta", "theta + lr * v", "the velocity has the learning rate in it already"
            ),
            WrongLine(
                "ascent-not-descent", "theta", "theta - v", "the velocity is added: the minus stands in it already"
            ),
        ),
    )
)

register(
    Optimizer(
        name="momentum_average",
        lines={"v": "beta * v + (1 - beta) * g", "theta": "theta - lr * v"},
        params={"beta": 0.9},
        shares=("beta",),
        summary="a velocity that is a weighted average of gradients",
        source="Ng, Improving deep neural networks (2017), gradient descent with momentum",
        defaults="the same lectures",
        mistakes=(
            WrongLine("one-minus-beta-left-out", "v", "beta * v + g", "here the gradient is multiplied by 1 − β"),
            WrongLine(
                "betas-exchanged",
                "v",
                "(1 - beta) * v + beta * g",
                "β goes with the old velocity, 1 − β with the gradient",
            ),
            WrongLine(
                "ascent-not-descent", "theta", "theta + lr * v", "this velocity points up the slope: it is taken away"
            ),
        ),
    )
)

register(
    Optimizer(
        name="nesterov",
        lines={"v": "beta * v + g", "theta": "theta - lr * (g + beta * v)"},
        params={"beta": 0.9},
        shares=("beta",),
        aliases=("nag",),
        summary="momentum that looks ahead: the gradient counts once more",
        source="Nesterov (1983); in this form Bengio, Boulanger-Lewandowski & Pascanu (2013), and PyTorch",
        defaults=_NINE_TENTHS,
        remark="the gradient is that at theta itself; with theta the point looked ahead to, it is Nesterov's own",
        mistakes=(
            WrongLine(
                "look-ahead-left-out",
                "theta",
                "theta - lr * v",
                "this is plain momentum: Nesterov's step is g + β times the new v",
            ),
            WrongLine(
                "beta-left-out",
                "theta",
                "theta - lr * (g + v)",
                "in the step the velocity is multiplied by β once more",
            ),
            WrongLine("beta-left-out", "v", "v + g", "the old velocity is multiplied by β"),
            WrongLine(
                "ascent-not-descent",
                "theta",
                "theta + lr * (g + beta * v)",
                "this velocity points up the slope: it is taken away",
            ),
        ),
    )
)

register(
    Optimizer(
        name="perceptron",
        lines={"theta": "theta - lr * g"},
        rate=1.0,
        summary="the perceptron rule: with the perceptron loss, y·x is added to the weights where a sample is wrong",
        source="Rosenblatt, The perceptron (1958)",
        defaults="the rule has no learning rate, or 1",
        remark="it is gradient descent on the perceptron loss, which is 0 for a sample that is right",
    )
)
