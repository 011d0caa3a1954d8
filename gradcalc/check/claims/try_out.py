"""Try a claim at many instances; for a false one, find the smallest and roundest counterexample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gradcalc.check.claims.lowering import ClaimError, Sides, lowered
from gradcalc.check.claims.values import (
    DISTRIBUTIONS,
    random_value,
    roughness,
    round_values,
    rounder,
    shape_of_kind,
    size_choices,
)
from gradcalc.formula.arrays import Array
from gradcalc.formula.table import Shape
from gradcalc.problem.claims import Claim

INSTANCES = 200
TOLERANCE = 1e-9
VISIBLE = 1e-3
"""A counterexample should be one that can be seen in the first digits."""
_RUNTIME = (ArithmeticError, ValueError, IndexError, TypeError)

Values = Mapping[str, Array]


@dataclass(frozen=True)
class ClaimResult:
    """What came of trying a claim.

    `holds` is whether both sides agreed at all `tried` instances; if not, `counterexample` has the values of the
    names, and `left` and `right` what the sides come to. `problem` says why it couldn't be tried.
    """

    claim: Claim
    holds: bool
    tried: int = 0
    counterexample: Values | None = None
    left: Array | None = None
    right: Array | None = None
    problem: str = ""

    @property
    def passes(self) -> bool:
        """Whether the claim is what it says it is: true, or with `holds: false` false."""
        return not self.problem and self.holds == self.claim.holds


def check_claim(claim: Claim, count: int = INSTANCES) -> ClaimResult:
    """Try a claim at about `count` instances, the same ones each time; those where it isn't defined don't count."""
    trial = _Trial(claim)
    try:
        return trial.run(count)
    except ClaimError as error:
        return ClaimResult(claim, False, trial.tried, problem=str(error))
    except _RUNTIME as error:
        return ClaimResult(claim, False, trial.tried, problem=f"it can't be worked out: {error}")


class _Trial:
    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.tried = 0
        self.distributions = frozenset(n for n, kind in claim.where.items() if kind.kind in DISTRIBUTIONS)
        self.sides_for = lru_cache(maxsize=None)(self._sides)

    def run(self, count: int) -> ClaimResult:
        against = [values for values in self.instances(count) if self.differs(values)]
        if not self.tried:
            return ClaimResult(self.claim, False, problem="both sides are finite nowhere that it was tried")
        if not against:
            return ClaimResult(self.claim, True, self.tried)
        values = self.smallest(min(against, key=self.size))
        left, right = self.sides(values).evaluate(values)
        return ClaimResult(self.claim, False, self.tried, values, left, right)

    def instances(self, count: int) -> Iterator[Values]:
        """For each choice of sizes some round values, and as many at random."""
        kinds = self.claim.where
        random = np.random.default_rng(0)
        choices = size_choices(kinds)
        each = max(2, count // (2 * len(choices)))
        for sizes in choices:
            shapes = {name: shape_of_kind(kind, sizes) for name, kind in kinds.items()}
            yield from round_values(kinds, shapes, each)
            for _ in range(each):
                yield {name: random_value(kind, shapes[name], random) for name, kind in kinds.items()}

    def _sides(self, shapes: tuple[tuple[str, Shape], ...]) -> Sides:
        return lowered(self.claim.left, self.claim.right, dict(shapes), self.distributions)

    def sides(self, values: Values) -> Sides:
        """The claim's two sides for values of these shapes."""
        return self.sides_for(tuple((name, value.shape) for name, value in values.items()))

    def differs(self, values: Values) -> bool:
        """Whether the sides disagree at these values; False where they can't be compared."""
        gap = self.gap(values)
        self.tried += gap is not None
        return gap is not None and gap > TOLERANCE

    def gap(self, values: Values) -> float | None:
        """The largest difference, relative to the larger side or 1; None on a kink and where a side isn't finite."""
        sides = self.sides(values)
        left, right = sides.evaluate(values)
        if not (np.isfinite(left).all() and np.isfinite(right).all()) or sides.on_kink(values):
            return None
        scale = max(1.0, float(np.max(np.abs(left))), float(np.max(np.abs(right))))
        return float(np.max(np.abs(left - right))) / scale

    def size(self, values: Values) -> tuple[bool, int, float]:
        """The smaller, the better as a counterexample."""
        entries = sum(value.size for value in values.values())
        return not self.visible(values), entries, sum(map(roughness, values.values()))

    def visible(self, values: Values) -> bool:
        return (self.gap(values) or 0.0) > VISIBLE

    def smallest(self, values: Values) -> Values:
        """The counterexample with every entry as round as it can be."""
        least = VISIBLE if self.visible(values) else TOLERANCE
        found = True
        while found:
            found = False
            for name, kind in self.claim.where.items():
                for other in rounder(kind, values[name]):
                    if (self.gap({**values, name: other}) or 0.0) > least:
                        values, found = {**values, name: other}, True
                        break
        return values
