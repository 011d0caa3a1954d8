r"""Squares as names: `\sigma^4` where a problem has σ², and `\frac{\partial L}{\partial \sigma^2}` where it has σ."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial
from typing import Final

from gradcalc.check.writeup.model import Derivation, Side

_SQUARE: Final = re.compile(r"(\\?[A-Za-z]+)\s*\^\s*\{?\s*2\s*\}?")
_LETTER: Final = re.compile(r"\\?[A-Za-z]+")


def with_squares(chain: Derivation, shown: Collection[str]) -> Derivation:
    r"""A chain with `(\sigma^2)^2` for `\sigma^4`, and with 1/(2σ) ∂L/∂σ for ∂L/∂σ².

    `shown` is the TeX of the problem's numbers: the first where σ² is among them and σ isn't, else the second.
    """
    if chain.is_shape or chain.sides[0].is_plain:
        return chain
    squares = {found[1] for each in shown if (found := _SQUARE.fullmatch(each.strip()))} - {*shown}
    letters = {each for each in shown if _LETTER.fullmatch(each)}
    sides = chain.sides
    for letter in squares:
        power = re.compile(rf"{re.escape(letter)}\s*\^\s*(?:\{{\s*([3-8])\s*\}}|([3-8]))")
        sides = tuple(_put(each, power, partial(_power, letter=letter)) for each in sides)
    for letter in letters:
        by = re.compile(
            rf"(\\[dt]?frac\s*\{{(?!\s*(?:\\partial|d|\\mathrm\s*\{{\s*d\s*\}})\s*\^)(?:[^{{}}]|\{{[^{{}}]*\}})*\}}\s*\{{\s*(?:\\partial|d)\s*)"
            rf"[({{]?\s*{re.escape(letter)}\s*\^\s*\{{?\s*2\s*\}}?\s*[)}}]?\s*\}}"
        )
        sides = tuple(_put(each, by, partial(_by, letter=letter)) for each in sides)
    return chain if sides == chain.sides else replace(chain, sides=sides)


def _power(found: re.Match[str], letter: str) -> str:
    return f"({letter}^2)^{{{found[1] or found[2]}/2}}"


def _by(found: re.Match[str], letter: str) -> str:
    return rf"\frac{{1}}{{2 {letter}}} {found[1]}{letter}}}"


def _put(side: Side, pattern: re.Pattern[str], made: Callable[[re.Match[str]], str]) -> Side:
    return side.respelled(pattern.sub(made, side.tex))
