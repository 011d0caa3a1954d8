"""Adam and its kin: a velocity over the size of gradients, both put right for having started at 0."""

from __future__ import annotations

from typing import Final

from gradcalc.optimizers.table import Optimizer, WrongLine, register

_ADAM: Final = "Kingma & Ba, Adam: a method for stochastic optimization (2015)"
_BETAS: Final = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
_M: Final = "beta1 * m + (1 - beta1) * g"
_V: Final = "beta2 * v + (1 - beta2) * g ** 2"
_M_HAT: Final = "m / (1 - beta1 ** k)"
_V_HAT: Final = "v / (1 - beta2 ** k)"
_CORRECTED: Final = "m and v start at 0: they are divided by 1 − β^k before they are used"
_DECAY_IN_STEP: Final = "the decay stands in the step, not in the gradient"
_WITH_DECAY: Final = "g + weight_decay * theta"
_COUPLED: Final = (
    f"theta - lr * (beta1 * m_old + (1 - beta1) * ({_WITH_DECAY})) / (1 - beta1 ** k)"
    f" / (sqrt((beta2 * v_old + (1 - beta2) * ({_WITH_DECAY}) ** 2) / (1 - beta2 ** k)) + epsilon)"
)
"""Adam's step with the decay in its gradient."""

_IN_MOMENTS: Final = (
    WrongLine(
        "betas-exchanged", "m", "(1 - beta1) * m + beta1 * g", "β₁ goes with the old m, 1 − β₁ with the gradient"
    ),
    WrongLine("one-minus-beta-left-out", "m", "beta1 * m + g", "the gradient is multiplied by 1 − β₁"),
    WrongLine("wrong-beta", "m", "beta2 * m + (1 - beta2) * g", "m goes by β₁, not by β₂"),
)
_IN_SQUARES: Final = (
    WrongLine(
        "betas-exchanged", "v", "(1 - beta2) * v + beta2 * g ** 2", "β₂ goes with the old v, 1 − β₂ with the square"
    ),
    WrongLine("one-minus-beta-left-out", "v", "beta2 * v + g ** 2", "the square is multiplied by 1 − β₂"),
    WrongLine("wrong-beta", "v", "beta1 * v + (1 - beta1) * g ** 2", "v goes by β₂, not by β₁"),
    WrongLine("square-left-out", "v", "beta2 * v + (1 - beta2) * g", "v is of the gradient's square, entry by entry"),
)
_IN_CORRECTIONS: Final = (
    WrongLine(
        "bias-correction-without-power", "m_hat", "m / (1 - beta1)", "the divisor is 1 − β₁^k, with the step's number"
    ),
    WrongLine(
        "bias-correction-multiplied", "m_hat", "m * (1 - beta1 ** k)", "the correction divides, and doesn't multiply"
    ),
    WrongLine("bias-correction-left-out", "m_hat", "m", _CORRECTED),
    WrongLine("wrong-beta", "m_hat", "m / (1 - beta2 ** k)", "m̂ goes by β₁, not by β₂"),
    WrongLine(
        "bias-correction-without-power", "v_hat", "v / (1 - beta2)", "the divisor is 1 − β₂^k, with the step's number"
    ),
    WrongLine(
        "bias-correction-multiplied", "v_hat", "v * (1 - beta2 ** k)", "the correction divides, and doesn't multiply"
    ),
    WrongLine("bias-correction-left-out", "v_hat", "v", _CORRECTED),
    WrongLine("wrong-beta", "v_hat", "v / (1 - beta1 ** k)", "v̂ goes by β₂, not by β₁"),
)
_IN_STEP: Final = (
    WrongLine("bias-correction-left-out", "theta", "theta - lr * m / (sqrt(v) + epsilon)", _CORRECTED),
    WrongLine(
        "epsilon-inside-root",
        "theta",
        "theta - lr * m_hat / sqrt(v_hat + epsilon)",
        "ε is added to the root, not under it",
    ),
    WrongLine("root-left-out", "theta", "theta - lr * m_hat / (v_hat + epsilon)", "m̂ is divided by the root of v̂"),
    WrongLine(
        "ascent-not-descent",
        "theta",
        "theta + lr * m_hat / (sqrt(v_hat) + epsilon)",
        "m̂ points up the slope: the step is taken away",
    ),
    WrongLine(
        "velocity-not-used",
        "theta",
        "theta - lr * g / (sqrt(v_hat) + epsilon)",
        "the step goes along m̂, not along the gradient",
    ),
)

register(
    Optimizer(
        name="adam",
        lines={
            "m": _M,
            "v": _V,
            "m_hat": _M_HAT,
            "v_hat": _V_HAT,
            "theta": "theta - lr * m_hat / (sqrt(v_hat) + epsilon)",
        },
        params=_BETAS,
        shares=("beta1", "beta2"),
        rate=0.001,
        summary="an average of gradients over the root of one of their squares, both put right for starting at 0",
        source=f"{_ADAM}, algorithm 1",
        defaults="the same",
        mistakes=(*_IN_MOMENTS, *_IN_SQUARES, *_IN_CORRECTIONS, *_IN_STEP),
    )
)

register(
    Optimizer(
        name="adamw",
        lines={
            "m": _M,
            "v": _V,
            "m_hat": _M_HAT,
            "v_hat": _V_HAT,
            "theta": "theta - lr * (m_hat / (sqrt(v_hat) + epsilon) + weight_decay * theta)",
        },
        params={**_BETAS, "weight_decay": 0.01},
        shares=("beta1", "beta2"),
        rate=0.001,
        summary="Adam with weight decay that stands in the step, not in the gradient",
        source="Loshchilov & Hutter, Decoupled weight decay regularization (2019), algorithm 2, as PyTorch has it",
        defaults=f"{_ADAM}; the decay as in PyTorch",
        mistakes=(
            *_IN_MOMENTS,
            WrongLine("decay-in-gradient", "m", f"beta1 * m + (1 - beta1) * ({_WITH_DECAY})", _DECAY_IN_STEP),
            *_IN_SQUARES,
            WrongLine("decay-in-gradient", "v", f"beta2 * v + (1 - beta2) * ({_WITH_DECAY}) ** 2", _DECAY_IN_STEP),
            *_IN_CORRECTIONS,
            WrongLine(
                "decay-left-out",
                "theta",
                "theta - lr * m_hat / (sqrt(v_hat) + epsilon)",
                "the weight decay is left out",
            ),
            WrongLine(
                "decay-without-learning-rate",
                "theta",
                "theta - lr * m_hat / (sqrt(v_hat) + epsilon) - weight_decay * theta",
                "the decay is multiplied by the learning rate",
            ),
            WrongLine("decay-in-gradient", "theta", _COUPLED, _DECAY_IN_STEP),
            WrongLine(
                "bias-correction-left-out",
                "theta",
                "theta - lr * (m / (sqrt(v) + epsilon) + weight_decay * theta)",
                _CORRECTED,
            ),
            WrongLine(
                "epsilon-inside-root",
                "theta",
                "theta - lr * (m_hat / sqrt(v_hat + epsilon) + weight_decay * theta)",
                "ε is added to the root, not under it",
            ),
            WrongLine(
                "root-left-out",
                "theta",
                "theta - lr * (m_hat / (v_hat + epsilon) + weight_decay * theta)",
                "m̂ is divided by the root of v̂",
            ),
        ),
    )
)

register(
    Optimizer(
        name="nadam",
        lines={
            "m": _M,
            "v": _V,
            "m_hat": "beta1 * m / (1 - beta1 ** (k + 1)) + (1 - beta1) * g / (1 - beta1 ** k)",
            "v_hat": _V_HAT,
            "theta": "theta - lr * m_hat / (sqrt(v_hat) + epsilon)",
        },
        params=_BETAS,
        shares=("beta1", "beta2"),
        rate=0.001,
        summary="Adam that looks ahead as Nesterov's momentum does, with a β₁ that stays",
        source="Dozat, Incorporating Nesterov momentum into Adam (2016), with μ = β₁; in this form Optax's nadam",
        defaults=_ADAM,
        remark="nadam_schedule has a β₁ that grows, as PyTorch's NAdam",
        mistakes=(
            *_IN_MOMENTS,
            *_IN_SQUARES,
            WrongLine(
                "look-ahead-left-out", "m_hat", _M_HAT, "this is Adam's m̂: Nesterov's has the gradient in it once more"
            ),
            *(wrong for wrong in _IN_CORRECTIONS if wrong.line == "v_hat"),
            *_IN_STEP,
        ),
    )
)

register(
    Optimizer(
        name="nadam_schedule",
        lines={
            "mu": "beta1 * (1 - 0.5 * 0.96 ** (psi * k))",
            "ahead": "beta1 * (1 - 0.5 * 0.96 ** (psi * (k + 1)))",
            "c": "1 - (1 - c) * mu",
            "m": _M,
            "v": _V,
            "m_hat": "ahead * m / (1 - (1 - c) * ahead) + (1 - mu) * g / c",
            "v_hat": _V_HAT,
            "theta": "theta - lr * m_hat / (sqrt(v_hat) + epsilon)",
        },
        params={**_BETAS, "psi": 0.004},
        shares=("beta1", "beta2"),
        rate=0.002,
        summary="Nadam with a momentum μ that grows; c is 1 less the product of all μ so far",
        source="Dozat, Incorporating Nesterov momentum into Adam (2016), as PyTorch's NAdam has it",
        defaults="PyTorch",
        mistakes=(*_IN_MOMENTS, *_IN_SQUARES, *_IN_STEP),
    )
)

register(
    Optimizer(
        name="amsgrad",
        lines={
            "m": _M,
            "v": _V,
            "v_max": "maximum(v_max, v)",
            "m_hat": _M_HAT,
            "v_hat": "v_max / (1 - beta2 ** k)",
            "theta": "theta - lr * m_hat / (sqrt(v_hat) + epsilon)",
        },
        params=_BETAS,
        shares=("beta1", "beta2"),
        rate=0.001,
        summary="Adam that divides by the largest v so far",
        source="Reddi, Kale & Kumar, On the convergence of Adam and beyond (2018), with Adam's m̂ and v̂ as in PyTorch",
        defaults=_ADAM,
        remark="the paper's algorithm 2 has no m̂ and v̂, and no ε",
        mistakes=(
            *_IN_MOMENTS,
            *_IN_SQUARES,
            WrongLine("largest-not-kept", "v_max", "v", "the largest v so far is kept: this is Adam's own"),
            *(wrong for wrong in _IN_CORRECTIONS if wrong.line == "m_hat"),
            WrongLine("bias-correction-left-out", "v_hat", "v_max", _CORRECTED),
            WrongLine("bias-correction-left-out", "theta", "theta - lr * m / (sqrt(v_max) + epsilon)", _CORRECTED),
            *_IN_STEP[1:],
        ),
    )
)

register(
    Optimizer(
        name="adamax",
        lines={
            "m": _M,
            "u": "maximum(beta2 * u, abs(g) + epsilon)",
            "m_hat": _M_HAT,
            "theta": "theta - lr * m_hat / u",
        },
        params=_BETAS,
        shares=("beta1", "beta2"),
        rate=0.002,
        summary="Adam with a largest size in place of the average of squares",
        source=f"{_ADAM}, algorithm 2; ε as in PyTorch",
        defaults="the same",
        mistakes=(
            *_IN_MOMENTS,
            *(wrong for wrong in _IN_CORRECTIONS if wrong.line == "m_hat"),
            WrongLine(
                "bias-correction-left-out",
                "theta",
                "theta - lr * m / u",
                "m starts at 0: it is divided by 1 − β₁^k before it is used",
            ),
            WrongLine("beta-left-out", "u", "maximum(u, abs(g) + epsilon)", "the old u is multiplied by β₂"),
            WrongLine(
                "square-for-size",
                "u",
                "maximum(beta2 * u, g ** 2 + epsilon)",
                "u is of the gradient's size, not of its square",
            ),
            WrongLine(
                "root-of-size", "theta", "theta - lr * m_hat / sqrt(u)", "no root is taken: u is a size, not a square"
            ),
            WrongLine(
                "ascent-not-descent", "theta", "theta + lr * m_hat / u", "m̂ points up the slope: the step is taken away"
            ),
        ),
    )
)
