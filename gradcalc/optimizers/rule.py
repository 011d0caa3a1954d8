"""An update rule as a problem holds it: lines of formulas, in order, with the rule's parameters as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from gradcalc.formula.expr import Expr, Name, mul, names, sub

PARAMETER: Final = "theta"
GRADIENT: Final = "g"
RATE: Final = "lr"
STEP: Final = "k"
"""What a rule calls what it is given: a parameter, its gradient, the learning rate, the number of the step."""
TOTAL_NORM: Final = "total_norm"
"""And the length of the gradients of all parameters that aren't frozen, taken as one vector."""
CURVATURE: Final = "hessian"
"""And the second derivatives by a parameter, which a rule of one's own asks for as `hessian(L, theta)`."""
BY_NAME: Final = (PARAMETER, GRADIENT, RATE, STEP, TOTAL_NORM)


@dataclass(frozen=True, slots=True)
class Rule:
    """Lines `name = formula`, in order; each sees what those before it have set, the one of `theta` sets the parameter.

    The formulas are over `theta`, `g`, `lr`, `k`, the lines' names and a problem's quantities. A line that is used
    before it is set has there its value from the step before.
    """

    name: str
    lines: tuple[tuple[str, Expr], ...]
    params: Mapping[str, float] = field(default_factory=dict)
    """The numbers that were put in, by the names that the rule's entry has for them."""
    own: bool = False
    """Whether it is a rule of the file's own."""

    @property
    def state(self) -> tuple[str, ...]:
        """The names that lines set, but for the parameter's, in order."""
        return tuple(name for name, _ in self.lines if name != PARAMETER)

    @property
    def remembered(self) -> tuple[str, ...]:
        """The state that a step takes over from the step before: what is used before it is set."""
        return tuple(dict.fromkeys(self._before_set()))

    def _before_set(self) -> Iterator[str]:
        mine, done = {*self.state} - {*BY_NAME}, set[str]()
        for name, formula in self.lines:
            yield from (used for used in names(formula) if used in mine and used not in done)
            done.add(name)

    def uses(self, name: str) -> bool:
        """Whether a formula uses a name."""
        return any(name in names(formula) for _, formula in self.lines)

    @property
    def symbols(self) -> dict[str, str]:
        """LaTeX for the names of its lines and parameters, where these aren't shown as they are: `m_hat` is m̂."""
        hats = {line: rf"\hat{{{line[0]}}}" for line in self.state if line[1:] == "_hat"}
        return {**SYMBOLS, **hats}


SYMBOLS: Final[Mapping[str, str]] = {
    "beta1": r"\beta_1",
    "beta2": r"\beta_2",
    "v_max": r"v^{\max}",
    "g_clip": r"g^{\mathrm{clip}}",
    "g_decay": r"g^{\mathrm{decay}}",
    TOTAL_NORM: r"\|g\|",
    CURVATURE: r"\nabla^2",
    **dict.fromkeys(("weight_decay", "decoupled_weight_decay"), r"\lambda"),
    **dict.fromkeys(("clip_value", "clip_norm", "global_clip_norm"), "c"),
}
"""LaTeX for names that rules of the table use."""

DESCENT: Final = Rule("sgd", ((PARAMETER, sub(Name(PARAMETER), mul(Name(RATE), Name(GRADIENT)))),))
"""What is done where nothing else is said: a step of gradient descent."""
