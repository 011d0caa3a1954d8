"""What a wrong form of an equation is, and how likely each kind of mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from gradcalc.check.wording import Told
from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.expr import Apply, Expr, names, rebuild, walk
from gradcalc.formula.table import Axis
from gradcalc.program.naming import new_name
from gradcalc.program.problem import Equation
from gradcalc.program.solution import Solution


@dataclass(frozen=True, slots=True)
class Mutation(Told):
    """A wrong formula for a quantity, the mistake that it is, and a sentence that teaches.

    No numbers stand in it; `wording.named` marks the names in it, so that reports show them as formulas do.
    """

    id: str
    expr: Expr
    said: str
    generic: bool = False
    """Whether it says how the number is off, not what was done: a better-founded one goes before it."""
    in_part: str = ""
    """What is said where it explains some of the entries only: `the sign is turned` (the places go before it)."""


@dataclass(frozen=True, slots=True)
class Working:
    """A formula for a quantity, right or wrong, worked out on a student's own numbers (`values`, of its names)."""

    name: str
    formula: Expr
    values: Mapping[str, Array]
    value: Array


def worked(name: str, formula: Expr, base: Mapping[str, Array], axis: Axis) -> Working | None:
    """A formula on the values of a ledger, as they are now; None where it can't be worked out on them."""
    value = attempt(formula, base, axis)
    return None if value is None else Working(name, formula, {id: base[id] for id in names(formula)}, value)


Maker = Callable[[Equation, Solution], Iterator[Mutation]]

LIKELY = (
    "cross-entropy-shortcut",
    "softmax-jacobian-diagonal",
    "missing-activation-derivative",
    "order-not-kept",
    "not-updated",
    "derivative-at-wrong-value",
    "weights-transposed",
    "updated-weights-in-backprop",
    "ascent-not-descent",
    "learning-rate-left-out",
    "increment-not-value",
    "value-not-increment",
    "old-parameters-used",
    "gradient-of-earlier-step",
    "bias-left-out",
    "sum-not-mean",
    "mean-not-sum",
    "divisor-left-out",
    "factor-of-two",
    "sign-flipped",
    "contribution-left-out",
    "penalty-left-out",
    "only-one-use",
    "summed-over-everything",
    "activation-on-gradient",
    "softmax-inner-product-left-out",
    "softmax-twice",
    "penalty-on-bias",
    "penalty-scaled",
    "n-minus-one",
    "upstream-left-out",
    "output-not-loss",
    "weights-left-out",
    "counted-twice",
    "activation-left-out",
    "wrong-logarithm",
)
"""Mistakes in the order of how likely they are; others follow in the order in which they are made."""
UNLIKELY = (
    "learning-rate-misplaced",
    "softmax-jacobian-sign",
    "other-activation-derivative",
    "other-activation",
    "other-loss",
    "other-quantity-used",
    "factor-left-out",
)


def likelihood(mutation: Mutation) -> tuple[int, bool]:
    """A rank: the smaller, the likelier."""
    if mutation.id in UNLIKELY:
        return len(LIKELY) + 1 + UNLIKELY.index(mutation.id), mutation.generic
    return LIKELY.index(mutation.id) if mutation.id in LIKELY else len(LIKELY), mutation.generic


def replaced(expr: Expr, old: Expr, new: Expr) -> Expr:
    """`expr` with one node (that very one, not an equal one) replaced."""
    if expr is old:
        return new
    return rebuild(expr, tuple(replaced(arg, old, new) for arg in expr.args)) if isinstance(expr, Apply) else expr


def applications(expr: Expr, *functions: str) -> Iterator[Apply]:
    """The applications of these functions in a formula."""
    return (node for node in walk(expr) if isinstance(node, Apply) and node.function in functions)


def parameters(solution: Solution) -> set[str]:
    """The names of the parameters, old and updated."""
    return {*solution.problem.parameters, *map(new_name, solution.problem.parameters)}
