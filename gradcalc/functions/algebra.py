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
        variadic=True,
        value=_sum,
        summary="sum, entry by entry",
        group="operator",
        infix=Infix(1, "+", "+", "+"),
        shape=broadcast,
        elementwise=True,
        gradient={"a": "g", "b": "g"},
    )
)

register(
    Function(
        name="neg",
        args=("a",),
        value=np.negative,
        summary="the opposite",
        group="operator",
        infix=Infix(3, "-", "-", "-"),
        shape=same,
        elementwise=True,
        gradient={"a": "-g"},
    )
)

register(
    Function(
        name="mul",
        args=("a", "b"),
        value=np.multiply,
        summary="product, entry by entry",
        group="operator",
        infix=Infix(2, "*", "⊙", r"\odot"),
        shape=broadcast,
        elementwise=True,
        gradient={"a": "g * b", "b": "g * a"},
        mistakes=(
            Mistake("product-rule", "g * a", "the derivative of a product on one factor is the other factor", "a"),
            Mistake("product-rule", "g * b", "the derivative of a product on one factor is the other factor", "b"),
            Mistake("factor-left-out", "g", "the other factor of the product is left out", "a"),
            Mistake("factor-left-out", "g", "the other factor of the product is left out", "b"),
        ),
    )
)

register(
    Function(
        name="div",
        args=("a", "b"),
        value=np.divide,
        summary="quotient, entry by entry",
        group="operator",
        infix=Infix(2, "/", "/", "/"),
        shape=broadcast,
        elementwise=True,
        gradient={"a": "g / b", "b": "-g * a / b ** 2"},
        mistakes=(
            Mistake("quotient-rule", "-g * a / b", "the derivative of 1/b is −1/b²: the square is left out", "b"),
            Mistake("quotient-rule", "-g / b ** 2", "the numerator stays a factor in the derivative on b", "b"),
            Mistake(
                "quotient-rule", "g", "the derivative of a quotient on its numerator is 1 over the denominator", "a"
            ),
        ),
        domain={"b": "positive"},
    )
)

register(
    Function(
        name="pow",
        args=("a", "b"),
        value=np.power,
        summary="power, entry by entry",
        group="operator",
        infix=Infix(4, "**", "^", "^"),
        shape=broadcast,
        elementwise=True,
        gradient={"a": "g * b * a ** (b - 1)", "b": "g * out * log(a)"},
        mistakes=(
            Mistake("power-rule", "g * a ** (b - 1)", "the exponent comes down as a factor: that is left out", "a"),
            Mistake("power-rule", "g * b * a ** b", "the exponent goes down by one: here it stays", "a"),
            Mistake("power-rule", "g * b", "the base stays, with an exponent one less: it is left out", "a"),
        ),
        domain={"a": "positive"},
    )
)

register(
    Function(
        name="matmul",
        args=("a", "b"),
        value=np.matmul,
        summary="matrix product",
        group="operator",
        infix=Infix(2, "@", "@", ""),
        shape=matmul,
        gradient={"a": "g @ b.T", "b": "a.T @ g"},
        source="Petersen & Pedersen, The Matrix Cookbook (2012), section 2.5",
    )
)

register(
    Function(
        name="transpose",
        args=("a",),
        value=np.transpose,
        summary="rows and columns exchanged, written .T",
        group="operator",
        shape=transposed,
        gradient={"a": "g.T"},
    )
)
