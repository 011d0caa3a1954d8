r"""Functions without what they are applied to: `\frac{\partial \sigma}{\partial w_j} = \sigma (1 - \sigma) x_j`.

Such a name stands for the value, where the problem applies the function once. By what the function is applied to in
the same chain, and by an input, it is the function's own derivative: `\frac{d\sigma}{dx} = \sigma(x)(1 - \sigma(x))`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from gradcalc.check.writeup.model import Derivation

_BY: Final = r"\s*\}\s*\{\s*(?:\\partial|d)\s*(?P<by>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}"


def with_values(chain: Derivation, values: Mapping[str, str], inputs: Collection[str]) -> Derivation:
    """A chain with the values in the place of functions that it takes derivatives of by their names alone.

    `values` has the TeX of each function and that of its value, `inputs` the letters of the inputs.
    """
    sides = chain.sides
    for function, value in values.items():
        derivative = re.compile(rf"(?P<d>\{{\s*(?:\\partial|d))\s*(?:\{{\s*)?{re.escape(function)}{_BY}")
        found = {each["by"].strip() for side in sides for each in derivative.finditer(side.tex)}
        applied = {by for by in found if any(_is_applied(function, by, side.tex) for side in sides)}
        if applied:
            put = partial(_applied, function=function, by=applied)
            sides = tuple(side.respelled(derivative.sub(put, side.tex)) for side in sides)
        below = re.compile(rf"\}}\s*\{{\s*\\partial\s*{re.escape(function)}\s*\}}")
        is_value = (found and found.isdisjoint(inputs)) or any(below.search(side.tex) for side in sides)
        if not applied and is_value:
            bare = re.compile(rf"{re.escape(function)}(?![A-Za-z'_^])(?P<bracket>\s*(?:\\left\s*)?\()?")
            put = partial(_value, function=function, value=value)
            sides = tuple(side.respelled(bare.sub(put, side.tex)) for side in sides)
    return chain if sides == chain.sides else replace(chain, sides=sides)


def _is_applied(function: str, by: str, tex: str) -> bool:
    return (
        re.search(rf"{re.escape(function)}\s*(?:\\left\s*)?\(\s*{re.escape(by)}\s*(?:\\right\s*)?\)", tex) is not None
    )


def _applied(found: re.Match[str], function: str, by: Collection[str]) -> str:
    """The derivative of the function at what it is taken by."""
    at = found["by"].strip()
    return found[0].replace(function, f"{function}({at})", 1) if at in by else found[0]


def _value(found: re.Match[str], function: str, value: str) -> str:
    """The value; a function with its argument stays, where a bracket is no factor as in `\\sigma (1 - \\sigma)`."""
    if found["bracket"] is None:
        return f"{{{value}}}"
    factor = re.match(rf"[^()]*\b1\s*[-+−]\s*{re.escape(function)}", found.string[found.end() :])
    return f"{{{value}}}{found['bracket']}" if factor else found[0]
