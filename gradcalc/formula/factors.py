"""Take a product apart into its numeric part and its factors, and put it together again."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import gcd, isfinite
from typing import TypeAlias

from gradcalc.formula.expr import ONE, Apply, Expr, Num, transform

Factors: TypeAlias = list[tuple[str, Expr]]
"""The links of a chain such as `a * b / c`: each an operator and what follows it."""


@dataclass(slots=True)
class Scale:
    """The numeric part of a product: ± number / divisor."""

    negative: bool = False
    number: Decimal = Decimal(1)
    divisor: Decimal = Decimal(1)

    @classmethod
    def of(cls, expr: Expr) -> tuple[Scale, Expr]:
        """A product's numeric part, and the product without it (the product itself, if it has none)."""
        if isinstance(expr, Apply) and expr.function in ("neg", "mul", "div"):
            scale, factors = chain(expr)
            if factors and scale.fits() and scale != cls():
                return scale, joined(factors)
        return cls(), expr

    def take(self, value: float, operator: str) -> None:
        """Multiply by a number (`mul`) or divide by it (`div`); after a division by 0 the scale doesn't fit."""
        self.negative ^= value < 0
        if operator == "mul":
            self.number *= abs(decimal(value))
        else:
            self.divisor *= abs(decimal(value))

    def combine(self, other: Scale) -> None:
        """Multiply by the numeric part of another product."""
        self.negative ^= other.negative
        self.number *= other.number
        self.divisor *= other.divisor

    def reduced(self) -> tuple[float, float]:
        """Number and divisor, without a common whole factor."""
        number, divisor = self.number, self.divisor
        whole = gcd(int(number), int(divisor)) if number == int(number) and divisor == int(divisor) else 1
        return float(number / max(whole, 1)), float(divisor / max(whole, 1))

    def fits(self) -> bool:
        """Whether float64 holds it."""
        return all(isfinite(part) and part != 0 for part in self.reduced())

    def times(self, expr: Expr) -> Expr:
        """The product with `expr`, but for the sign."""
        more, factors = chain(expr)
        self.combine(more)
        number, divisor = self.reduced()
        result = joined(factors if number == 1 else [("mul", Num(number)), *factors])
        return result if divisor == 1 else Apply("div", (result, Num(divisor)))


def chain(node: Expr) -> tuple[Scale, Factors]:
    """A chain of `*` and `/` taken apart: its numeric part, and the other factors in their order."""
    scale = Scale()
    parts: Factors = []
    factors: Factors = []
    while isinstance(node, Apply) and node.function in ("neg", "mul", "div"):
        if node.function == "neg":
            scale.negative = not scale.negative
        else:
            parts.append((node.function, node.args[1]))
        node = node.args[0]
    for operator, part in [("mul", node), *reversed(parts)]:
        factors += _factors(part, operator, scale, first=not factors)
    return scale, factors


def _factors(part: Expr, operator: str, scale: Scale, first: bool) -> Factors:
    """What one link adds to a chain; its numbers go into `scale`, and its brackets stay unless it is the first."""
    while isinstance(part, Apply) and part.function == "neg":
        scale.negative, part = not scale.negative, part.args[0]
    if isinstance(part, Num) and part.value != 0:
        scale.take(part.value, operator)
        return []
    if operator == "div" or not (isinstance(part, Apply) and part.function in ("mul", "div")):
        return [(operator, part)]
    inner, factors = chain(part)
    scale.combine(inner)
    return factors if first or len(factors) < 2 else [(operator, joined(factors))]


def goes_on(node: Apply) -> bool:
    """Whether a simple chain goes on with a plain factor, so that there is nothing to put in order."""
    left, right = node.args
    signed = isinstance(left, Num) or (isinstance(left, Apply) and left.function in ("neg", "div"))
    plain = not isinstance(right, Num) and not (isinstance(right, Apply) and right.function in ("neg", "mul", "div"))
    return plain and not signed


def joined(factors: Factors) -> Expr:
    """The product of a chain's factors; `1 / b * a` is `a / b`."""
    if not factors:
        return ONE
    if len(factors) > 1 and factors[0][0] == "div" and factors[1][0] == "mul":
        factors = [factors[1], factors[0], *factors[2:]]
    (operator, result), *others = factors
    result = result if operator == "mul" else Apply("div", (ONE, result))
    for operator, factor in others:
        result = Apply(operator, (result, factor))
    return result


def decimal(value: float) -> Decimal:
    """The number as written: 0.1 is a tenth, so that 3 * 0.1 is 0.3."""
    return Decimal(repr(value))


def flattened(expr: Expr) -> Expr:
    """The same without brackets round factors, and with divisors last: `a / b * (c * d)` as `a * c * d / b`.

    Shapes that fit may fit no longer: of a column, a row and a matrix, the matrix must not come last.
    """
    return transform(expr, _flat)


def _flat(node: Expr) -> Expr:
    if not (isinstance(node, Apply) and node.function == "mul") or goes_on(node):
        return node
    flat = joined(sorted(_links(node), key=lambda link: link[0] == "div"))
    return node if flat == node else flat


def _links(node: Expr) -> Factors:
    """Every factor and divisor of a chain, out of their brackets; divisors' brackets stay."""
    if not (isinstance(node, Apply) and node.function in ("mul", "div")):
        return [("mul", node)]
    left, right = node.args
    return [*_links(left), *(_links(right) if node.function == "mul" else [("div", right)])]
