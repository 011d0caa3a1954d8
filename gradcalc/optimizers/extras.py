"""What every rule can have beside its own parameters: clipping, and weights that decay.

Each is a line more: before the rule's own lines one that sets the gradient that they see, or in its last line a term
that is taken away from the parameter. What is clipped is the gradient itself, before any decay is added to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gradcalc.optimizers.rule import PARAMETER
from gradcalc.optimizers.table import WrongLine

CLIPPED: Final = "g_clip"
DECAYED: Final = "g_decay"


@dataclass(frozen=True, slots=True)
class Extra:
    """A parameter that every rule can have, and the line that it is."""

    name: str
    line: str
    """The name that the line sets; `theta` where it is a term that is taken away in the rule's last line."""
    rule: str
    does: str
    mistakes: tuple[WrongLine, ...] = ()
    positive: bool = False
    """Whether it must be above 0."""


_UNCLIPPED: Final = WrongLine("clipping-left-out", CLIPPED, "g", "the gradient isn't clipped here")
_EVERY: Final = (
    Extra(
        "clip_value",
        CLIPPED,
        "minimum(maximum(g, -clip_value), clip_value)",
        "each entry of the gradient is kept between -clip_value and clip_value",
        (
            WrongLine("clipping-one-sided", CLIPPED, "minimum(g, clip_value)", "it is clipped from below as well"),
            _UNCLIPPED,
        ),
        positive=True,
    ),
    Extra(
        "clip_norm",
        CLIPPED,
        "g * clip_norm / maximum(norm(g), clip_norm)",
        "a parameter's gradient that is longer than clip_norm is shortened to that length",
        (
            _UNCLIPPED,
            WrongLine(
                "clipped-by-entry",
                CLIPPED,
                "minimum(maximum(g, -clip_norm), clip_norm)",
                "the whole gradient is shortened, not each of its entries",
            ),
        ),
        positive=True,
    ),
    Extra(
        "global_clip_norm",
        CLIPPED,
        "g * global_clip_norm / maximum(total_norm, global_clip_norm)",
        "the same for the gradients of all parameters together (Pascanu, Mikolov & Bengio, 2013)",
        (
            _UNCLIPPED,
            WrongLine(
                "clipped-by-parameter",
                CLIPPED,
                "g * global_clip_norm / maximum(norm(g), global_clip_norm)",
                "the length is that of all gradients together",
            ),
        ),
        positive=True,
    ),
    Extra(
        "weight_decay",
        DECAYED,
        "g + weight_decay * theta",
        "the gradient of weight_decay / 2 times the squares of all parameters is added to the gradient",
        (
            WrongLine("decay-left-out", DECAYED, "g", "the weight decay is left out"),
            WrongLine("decay-sign", DECAYED, "g - weight_decay * theta", "the decay is added to the gradient"),
            WrongLine(
                "decay-of-size", DECAYED, "g + 2 * weight_decay * theta", "the decay is weight_decay times θ, once"
            ),
            WrongLine(
                "decay-of-size", DECAYED, "g + weight_decay * theta ** 2", "the decay is of θ, not of its square"
            ),
        ),
    ),
    Extra(
        "decoupled_weight_decay",
        PARAMETER,
        "lr * decoupled_weight_decay * theta",
        "so much is taken away from the parameter in the step itself (Loshchilov & Hutter, 2019)",
        (
            WrongLine("decay-left-out", PARAMETER, "0", "the weight decay is left out"),
            WrongLine(
                "decay-without-learning-rate",
                PARAMETER,
                "decoupled_weight_decay * theta",
                "the decay is multiplied by the learning rate",
            ),
            WrongLine(
                "decay-sign", PARAMETER, "-lr * decoupled_weight_decay * theta", "the decay makes the parameter smaller"
            ),
        ),
    ),
)
EXTRAS: Final[Mapping[str, Extra]] = {extra.name: extra for extra in _EVERY}
