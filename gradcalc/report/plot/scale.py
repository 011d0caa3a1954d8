"""Numbers as places along an axis, from 0 to 1, and the round numbers that are written at it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

DECADES = 2
"""A positive quantity that spans more powers of ten than this is drawn on a logarithmic axis."""
_MARGIN = 0.04
"""How much of an axis lies beyond the numbers on it, at either end."""
_TINY = 1e-12
_FAR = 10.0
_LARGEST = 1e300
"""The difference of larger numbers overflows; smaller ones than its inverse are taken for 0."""
_POWERS = 308
"""Powers of ten that float64 has."""


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis; `low` and `high` are its ends, their logarithms to base 10 on a logarithmic one."""

    low: float
    high: float
    log: bool = False

    def place(self, value: float) -> float:
        """Where a number stands, 0 at the axis's beginning and 1 at its end; no number where it can't, or far off."""
        if not math.isfinite(value) or (self.log and value <= 0):
            return math.nan
        found = ((math.log10(value) if self.log else value) - self.low) / (self.high - self.low)
        return found if abs(found) < _FAR else math.nan

    def ticks(self, most: int) -> list[float]:
        """Round numbers on the axis, about so many."""
        step = _round_step((self.high - self.low) / most)
        if self.log:
            step = max(1.0, math.ceil(step))
        first, last = math.ceil(self.low / step - _TINY), math.floor(self.high / step + _TINY)
        numbers = [number * step for number in range(first, last + 1)]
        if self.log:
            return [10.0**number for number in numbers if abs(number) < _POWERS]
        return [float(f"{number:.15g}") for number in numbers]

    def labelled(self, most: int) -> list[tuple[float, str]]:
        """The same, each with its label."""
        ticks = self.ticks(most)
        return list(zip(ticks, tick_labels(ticks), strict=True))


def scale_of(numbers: Iterable[float], margin: float = _MARGIN, may_be_log: bool = False) -> Scale:
    """The axis on which numbers have room; those that aren't finite need none."""
    finite = [0.0 if abs(number) < 1 / _LARGEST else number for number in numbers if abs(number) < _LARGEST] or [0.0]
    low, high = min(finite), max(finite)
    log = may_be_log and low > 0 and high / low > 10**DECADES
    if log:
        low, high = math.log10(low), math.log10(high)
    room = margin * (high - low) if high - low > 1 / _LARGEST else 0.5 * abs(low) or 0.5
    return Scale(low - room, high + room, log)


def _round_step(wanted: float) -> float:
    """The one of 1, 2, 5, 10, … that is nearest, as ratios go."""
    power = 10.0 ** math.floor(math.log10(wanted))
    return min((step * power for step in (1.0, 2.0, 5.0, 10.0)), key=lambda step: abs(math.log(step / wanted)))


def tick_labels(ticks: Iterable[float]) -> list[str]:
    """Ticks as text, as short as they are."""
    return [_label(tick) for tick in ticks]


def _label(tick: float) -> str:
    if tick != 0 and not 1e-4 <= abs(tick) < 1e6:
        mantissa, exponent = f"{tick:.6e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return f"{tick:.12g}"
