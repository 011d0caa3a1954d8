"""The operators: sums, products, powers, matrix products, transposes."""

from __future__ import annotations

import operator
from functools import reduce
from typing import Any

import numpy as np

from gradcalc.formula.shapes import broadcast, matmul, same, transposed
from gradcalc.formula.table import Function, Infix, Mistake, register


def _sum(*terms: Any) -> Any:
    return reduce(operator.add, terms)


register(
    Function(
        name="add",
        args=("a", "b"),
        summary="sum, entry by entry",
        gradient={"a": "g", "b": "g"},
        value=_sum,
        shape=broadcast,
        elementwise=True,
        variadic=True,
        group="operator",
        infix=Infix(1, "+", "+", "+"),
    )
)

register(
    Function(
        name="neg",
        args=("a",),
        summary="the opposite",
        gradient={"a": "-g"},
        value=np.negative,
        shape=same,
        elementwise=True,
        group="operator",
        infix=Infix(3, "-", "-", "-"),
    )
)

register(
    Function(
        name="mul",
        args=("a", "b"),
        summary="product, entry by entry",
        gradient={"a": "g * b", "b": "g * a"},
        value=np.multiply,
        shape=broadcast,
        elementwise=True,
        group="operator",
        infix=Infix(2, "*", "⊙", r"\odot"),
        mistakes=(
            Mistake("product-rule", "g * a", "the derivative of {a} · {b} by {a} is the other factor, {b}", "a"),
            Mistake("product-rule", "g * b", "the derivative of {a} · {b} by {b} is the other factor, {a}", "b"),
            Mistake("factor-left-out", "g", "the other factor of the product, {b}, is left out", "a"),
            Mistake("factor-left-out", "g", "the other factor of the product, {a}, is left out", "b"),
        ),
    )
)

register(
    Function(
        name="div",
        args=("a", "b"),
        summary="quotient, entry by entry",
        gradient={"a": "g / b", "b": "-g * a / b ** 2"},
        value=np.divide,
        shape=broadcast,
        elementwise=True,
        domain={"b": "positive"},
        group="operator",
        infix=Infix(2, "/", "/", "/"),
        mistakes=(
            Mistake("quotient-rule", "-g * a / b", "the derivative of 1/b is −1/b²: the square is left out", "b"),
            Mistake("quotient-rule", "-g / b ** 2", "the numerator stays a factor in the derivative on b", "b"),
            Mistake("divisor-left-out", "g", "the division by {b} is left out", "a"),
        ),
    )
)

register(
    Function(
        name="pow",
        args=("a", "b"),
        summary="power, entry by entry",
        gradient={"a": "g * b * a ** (b - 1)", "b": "g * out * log(a)"},
        value=np.power,
        shape=broadcast,
        elementwise=True,
        domain={"a": "positive"},
        group="operator",
        infix=Infix(4, "**", "^", "^"),
        mistakes=(
            Mistake("power-rule", "g * a ** (b - 1)", "the exponent comes down as a factor: that is left out", "a"),
            Mistake("power-rule", "g * b * a ** b", "the exponent goes down by one: here it stays", "a"),
            Mistake("power-rule", "g * a ** b", "this is the power itself, not its derivative", "a"),
            Mistake("power-rule", "g * b", "the base stays, with an exponent one less: it is left out", "a"),
        ),
    )
)

register(
    Function(
        name="matmul",
        args=("a", "b"),
        summary="matrix product",
        gradient={"a": "g @ b.T", "b": "a.T @ g"},
        source="Petersen & Pedersen, The Matrix Cookbook (2012), section 2.5",
        value=np.matmul,
        shape=matmul,
        group="operator",
        infix=Infix(2, "@", "@", ""),
    )
)

register(
    Function(
        name="transpose",
        args=("a",),
        summary="rows and columns exchanged, written .T",
        gradient={"a": "g.T"},
        value=np.transpose,
        shape=transposed,
        group="operator",
    )
)
