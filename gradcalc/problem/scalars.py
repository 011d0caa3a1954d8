"""Tell what a plain YAML scalar is, by the core schema of YAML 1.2: number, truth value, nothing or text."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Final, TypeAlias

Scalar: TypeAlias = str | int | float | bool | None
_USUAL: Final = 24
"""Names and numbers are hardly ever longer."""

_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASES = ((re.compile(r"0x[0-9a-fA-F]{1,250}"), 16), (re.compile(r"0o[0-7]{1,300}"), 8))
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class NotFinite(ValueError):
    """The scalar is a number to YAML, but not one to calculate with."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar. Raises NotFinite for infinities, nan and what a float can't hold."""
    return _usual(text) if len(text) <= _USUAL else _resolved(text)


@lru_cache(maxsize=4096)
def _usual(text: str) -> Scalar:
    """The same, remembered: the sheets of a class have the same names and numbers on them."""
    return _resolved(text)


def _resolved(text: str) -> Scalar:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return _finite(text)
    if _NOT_FINITE.fullmatch(text):
        raise NotFinite(f"{text} is not a number to calculate with; write a finite number")
    return next((int(text[2:], base) for form, base in _BASES if form.fullmatch(text)), text)


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        shown = text if len(text) <= 24 else f"{text[:20]}…"
        raise NotFinite(f"{shown} is too large: the largest number is about 1.8e308")
    return value
