"""The styles in which `--derive` writes the chain rule out: one line each, its work loaded when it's asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from gradcalc.errors import UsageError
from gradcalc.words import did_you_mean

if TYPE_CHECKING:
    # The command line lists the styles in its help, for which NumPy needn't be loaded.
    from gradcalc.formula.expr import Expr
    from gradcalc.formula.table import Shape
    from gradcalc.program.derivation.chain import ChainRule
    from gradcalc.program.derivation.lines import Derivation
    from gradcalc.program.problem import Problem

STYLES: Final = {
    "chain": "gradcalc.program.derivation.ways:Ways",
    "indices": "gradcalc.program.derivation.indices:ByEntries",
    "differentials": "gradcalc.program.derivation.differentials:ByDifferentials",
}
"""Each with what derives in it."""


class Deriving(Protocol):
    """What derives in a style: the ways to one gradient or to all, and how an equation is told in it."""

    rule: ChainRule
    introduction: tuple[str | Expr, ...]

    def to(self, name: str, depth: float) -> tuple[Derivation, ...]:
        """The way to one gradient, and before it those to others that it needs."""

    def to_all(self, wanted: Iterable[str], depth: float) -> Iterable[Derivation]:
        """The ways to several."""

    def sides(self, name: str, expr: Expr) -> tuple[Expr, Expr]:
        """The two sides of an equation."""


Style: TypeAlias = "Callable[[Problem, Mapping[str, Shape]], Deriving]"
"""Makes what derives, of a problem and the shapes of its names."""


def in_style(style: str | None) -> Style:
    """What derives in a style. Raises UsageError where there is none such."""
    name = style or next(iter(STYLES))
    if name not in STYLES:
        raise UsageError(f"--style {name}: the styles are {', '.join(STYLES)}{did_you_mean(name, STYLES)}")
    module, made = STYLES[name].split(":")
    found: Style = getattr(import_module(module), made)
    return found
