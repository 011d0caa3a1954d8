"""Read a number as it was written, with the size of its last digit: `0.2880`, `1e-3`, `1/3`, `½`, `39.27%`."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from gradcalc.words import shorten, visible

_DECIMAL = re.compile(r"([-+]?)\s*((?:\d+(?:\.(\d*))?)|\.(\d+))(?:[eE]([-+]?\d+))?")
_TIMES_TEN = re.compile(r"\s*(?:[×·⋅*x]|\\times|\\cdot)\s*10\s*(?:\^|\*\*)\s*[({]?\s*([-+]?\d+)\s*[)}]?$")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_FRACTION = re.compile(r"(.+?)\s*[/⁄]\s*(.+)")
_VULGAR = re.compile(r"([-+]?)\s*(\d{0,15})\s*([¼-¾⅐-⅞])")
_COMMA = re.compile(r"[-+]?\d+,\d+")
_NOT_FINITE = re.compile(r"[-+]?\.?(nan|inf|infinity|∞)", re.IGNORECASE)
_ABOUT = re.compile(r"(?:[≈≃≅~=]|\\approx)\s*(.+)")
_CUT = re.compile(r"(.*\d)\s*(?:…|\.\.\.|\\ldots|\\dots)")
_MODULE = r"(?:[A-Za-z_]\w{0,20}\.){0,2}"
_CALL = re.compile(
    rf"{_MODULE}(?:float|int|double|array|tensor|Array|item)\d{{0,3}}"
    r"\(([^(),]*)(?:,\s*(?:dtype|requires_grad|grad_fn|device|weak_type)\s*=.*)?\)"
)
_MINUS = dict.fromkeys(map(ord, "−–‒‑﹣－"), "-")
LEAST_UNIT = 5e-324
_USUAL = 24
"""Numbers are hardly ever longer."""


class NotReadable(Exception):
    """Why something can't be read as an answer; `said` is the same with its formulas marked, if there are any."""

    def __init__(self, reason: str, said: str = "") -> None:
        self.reason = visible(reason)
        self.said = said
        super().__init__(self.reason)


class RestsOnLater(NotReadable):
    """A formula that rests on what comes from the quantity itself."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number; the size of its last digit (0 for an exact fraction); whether it has an exponent."""

    value: float
    unit: float
    scientific: bool = False


def numeral(text: str) -> Numeral | None:
    """The number that `text` writes; None if it writes none.

    Raises NotReadable for nan, infinity, what float64 can't hold, a division by zero and a decimal comma.
    """
    return _usual(text) if len(text) <= _USUAL else _numeral(text)


@lru_cache(maxsize=4096)
def _usual(text: str) -> Numeral | None:
    """The same, remembered: the sheets of a class have the same numbers on them."""
    return _numeral(text)


def _numeral(text: str) -> Numeral | None:
    plain = text.strip().translate(_MINUS)
    found = _DECIMAL.fullmatch(plain)
    if found is not None:
        return _decimal(found, plain)
    if not plain or len(plain) > 400:
        return None
    bare = _undressed(plain)
    hundredth = bare.endswith("%")
    number = _bare(bare.rstrip("%\\ ") if hundredth and bare.count("%") == 1 else bare)
    if number is None or not hundredth:
        return number
    return Numeral(number.value / 100, number.unit / 100, number.scientific)


def _undressed(text: str) -> str:
    """Without what people and programs put around a number: `≈ 0.39`, `0.392…`, `$0.39$`, `np.float64(0.39)`."""
    if len(text) > 2 and text[0] == "$" == text[-1]:
        text = text[1:-1].strip()
    for pattern in (_ABOUT, _CALL, _CUT):
        found = pattern.fullmatch(text)
        text = found[1].strip() if found else text
    return text


def _bare(plain: str) -> Numeral | None:
    found = _DECIMAL.fullmatch(plain)
    if found is not None:
        return _decimal(found, plain)
    if _NOT_FINITE.fullmatch(plain):
        raise NotReadable(f"{shorten(plain)} is not a number to calculate with: write a finite number")
    if _COMMA.fullmatch(plain):
        raise NotReadable(f"{plain}: write a decimal point ({plain.replace(',', '.')}), or a list in brackets [ ]")
    return _vulgar(plain) or _fraction(plain) or _times_ten(plain)


def whole(value: int | float) -> Numeral:
    """A number that wasn't written in decimals (hexadecimal, or given by a program)."""
    return numeral(repr(value)) or Numeral(float(value), 1.0)


def _decimal(found: re.Match[str], text: str) -> Numeral:
    sign, digits, behind, alone, exponent = found.groups()
    if len(exponent or "") > 6:
        raise _too_large(text)
    value = float(f"{sign}{digits}e{exponent or 0}")
    if math.isinf(value):
        raise _too_large(text)
    return Numeral(value, _unit(len(behind or alone or "") - int(exponent or 0)), exponent is not None)


def _too_large(text: str) -> NotReadable:
    return NotReadable(f"{shorten(text, 24)} is too large: the largest number is about 1.8e308")


@lru_cache(maxsize=1024)
def _unit(decimals: int) -> float:
    """The size of a digit that many places behind the point, which may be none or negative."""
    return min(max(float(f"1e{-decimals}"), LEAST_UNIT), 1e308)


def _vulgar(text: str) -> Numeral | None:
    """`½`, `-¼`, `1½`."""
    found = _VULGAR.fullmatch(text)
    if found is None:
        return None
    size = int(found[2] or 0) + unicodedata.numeric(found[3])
    return Numeral(-size if found[1] == "-" else size, 0.0)


def _fraction(text: str) -> Numeral | None:
    """`1/3`: exact."""
    found = _FRACTION.fullmatch(text)
    parts = [_DECIMAL.fullmatch(part) for part in found.groups()] if found else []
    if not parts or None in parts:
        return None
    above, below = (_decimal(part, text).value for part in parts if part)
    if below == 0:
        raise NotReadable(f"{shorten(text)} divides by zero")
    if math.isinf(above / below):
        raise _too_large(text)
    return Numeral(above / below, 0.0)


def _times_ten(text: str) -> Numeral | None:
    """`1.5×10⁻³`, as `1.5e-3`."""
    plain = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", lambda m: "^" + m[0].translate(_RAISED), text)
    found = _TIMES_TEN.search(plain)
    if found is None:
        return None
    short = f"{plain[: found.start()]}e{found[1]}"
    matched = _DECIMAL.fullmatch(short)
    return _decimal(matched, short) if matched else None
