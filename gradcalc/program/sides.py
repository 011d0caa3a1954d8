"""Instances of a problem on both sides of what its formulas switch at: kinks, conditions, clips, a parameter's regimes.

Values at random are near 0, and `maximum(x - 100, 0)` is 0 there: without these, formulas that differ beyond 100 would
be taken for the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import prod

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.evaluate import attempt
from gradcalc.formula.expr import Apply, Expr, names
from gradcalc.program.build import Program
from gradcalc.program.instances import Drawer

FACTORS = (10.0, 100.0, 1e3, 1e4, 0.1, 1e-2)
"""How much larger or smaller than at random numbers are drawn to reach a side."""
MOST_DRAWN = 120
HALVINGS = 30
NEAR = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
"""How far from the point of switching, as a part of the way, instances are taken: windows may be narrow."""
WORK = 200_000
LEAST_RUNS, MOST_RUNS = 60, 3_000
"""How many entries may be worked out in all, and how many runs that is at least and at most."""
_NEVER_NEGATIVE = ("norm", "lead")
"""What has a kink where it is 0, and no other side."""
MOST_SWITCHES = 40

Values = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Reached:
    """More instances, and what is never positive, or never negative, at any instance that was found."""

    instances: tuple[dict[str, Array], ...]
    missed: tuple[Expr, ...]


class Sides:
    """Looks for instances on the other side; what was drawn for one switch is kept for the next."""

    def __init__(self, draw: Drawer, program: Program, seed: int = 0) -> None:
        self.draw, self.program = draw, program
        self.axis = draw.problem.axis
        self.random = np.random.default_rng(seed)
        entries = sum(prod(shape) for shape in program.shapes.values())
        self.runs = min(max(WORK // max(entries, 1), LEAST_RUNS), MOST_RUNS)
        self._drawn: list[dict[str, Array]] = []
        self._more = self._draw()

    def reach(self, switches: Sequence[Expr], base: Sequence[Values]) -> Reached:
        """Instances that are on both sides of each switch, beside those of `base`."""
        found: list[dict[str, Array]] = []
        missed = []
        for switch in switches[:MOST_SWITCHES]:
            sides = {sign: self.on(switch, sign, [*base, *found]) for sign in (-1, 1)}
            for sign, values in sides.items():
                if values is None:
                    sides[sign] = other = self.on(switch, sign, self.drawn())
                    found += [] if other is None else [dict(other)]
            below, above = sides[-1], sides[1]
            if below is None or above is None:
                missed.append(switch)
            else:
                found += self.between(switch, below, above)
        return Reached(tuple(found), (*missed, *switches[MOST_SWITCHES:]))

    def on(self, switch: Expr, sign: int, instances: Iterable[Values]) -> Values | None:
        """The first instance where some entry has that sign."""
        return next((values for values in instances if self.has(switch, sign, values)), None)

    def has(self, switch: Expr, sign: int, values: Values) -> bool:
        """Whether some entry of the switch has that sign at an instance; not where it can't be worked out."""
        found = attempt(switch, values, self.axis)
        return found is not None and bool((sign * found > 0).any())

    def between(self, switch: Expr, below: Values, above: Values) -> Iterator[dict[str, Array]]:
        """Instances on the way from one to the other, close to where an entry changes its sign."""
        first, last = attempt(switch, below, self.axis), attempt(switch, above, self.axis)
        if first is None or last is None or first.shape != last.shape or not ((first < 0) & (last > 0)).any():
            return
        entry = np.argwhere((first < 0) & (last > 0))[0] if first.ndim else ()
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            at = self.at(below, above, middle)
            value = attempt(switch, at, self.axis) if at is not None else None
            if value is None:
                return
            low, high = (middle, high) if value[tuple(entry)] <= 0 else (low, middle)
        for near in NEAR:
            for way in (low - near, high + near):
                at = self.at(below, above, way)
                if at is not None:
                    yield at

    def at(self, below: Values, above: Values, way: float) -> dict[str, Array] | None:
        """The values at a point of the line between two instances; what has a use of its own stays as it is in one."""
        given = {
            name: above[name] if name in self.draw.uses else np.asarray(below[name] + way * (above[name] - below[name]))
            for name in self.draw.problem.given
        }
        return self.run(given)

    def run(self, given: Mapping[str, Array]) -> dict[str, Array] | None:
        """What follows from given values; None where it isn't finite, or enough was tried."""
        if self.runs <= 0:
            return None
        self.runs -= 1
        values = self.program.run(dict(given))
        return values if all(np.isfinite(value).all() for value in values.values()) else None

    def drawn(self) -> Iterator[dict[str, Array]]:
        """Instances far from 0, and near to it; those that were drawn before come first."""
        yield from self._drawn
        for values in self._more:
            self._drawn.append(values)
            yield values

    def _draw(self) -> Iterator[dict[str, Array]]:
        for given in islice(self._scaled(), MOST_DRAWN):
            values = self.run(given)
            if values is not None:
                yield values

    def _scaled(self) -> Iterator[dict[str, Array]]:
        """All values larger or smaller, each value by itself either way; and the problem's own."""
        free = [name for name in self.draw.problem.given if name not in self.draw.uses and name != "lr"]
        yield dict(self.draw.problem.given)
        for factor in FACTORS:
            for _ in range(2):
                yield {n: v * factor if n in free else v for n, v in self.draw.anew(self.random).items()}
        for factor in FACTORS[:-2]:
            for name in free:
                for sign in (1.0, -1.0):
                    drawn = self.draw.anew(self.random)
                    yield {**drawn, name: np.asarray(sign * factor * np.abs(drawn[name]))}


def relevant(switches: Iterable[Expr]) -> tuple[Expr, ...]:
    """Those that can switch at all: a formula of numbers alone stays on its side, and so does a norm."""
    return tuple(dict.fromkeys(switch for switch in switches if names(switch) and not _has_one_side(switch)))


def _has_one_side(switch: Expr) -> bool:
    return isinstance(switch, Apply) and switch.function in _NEVER_NEGATIVE
