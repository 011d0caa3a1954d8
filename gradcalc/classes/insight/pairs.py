"""Pairs of sheets with the same unusual wrong numbers: what that means is for people to find out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from gradcalc.classes.insight.shared import Shared

FEW: Final = 3
"""What more students wrote isn't unusual."""
LEAST: Final = 3
"""So many wrong numbers alike are told, whether of one quantity or of several."""


@dataclass(slots=True)
class Pair:
    """Two students, and the quantities of which both gave the same wrong numbers; how many numbers that are."""

    students: tuple[str, str]
    quantities: list[str] = field(default_factory=list)
    numbers: int = 0


def alike(answers: Iterable[Shared]) -> list[Pair]:
    """The pairs that have enough in common, those with most first."""
    pairs: dict[tuple[tuple[int, str], tuple[int, str]], Pair] = {}
    shared: dict[tuple[tuple[int, str], tuple[int, str]], list[Shared]] = defaultdict(list)
    for answer in answers:
        if 2 <= answer.count <= FEW and answer.wrong:
            for both in combinations(sorted(answer.students), 2):
                shared[both].append(answer)
    for both, common in shared.items():
        numbers = sum(each.wrong for each in common)
        if numbers >= LEAST:
            names = (both[0][1], both[1][1])
            pairs[both] = Pair(names, [each.quantity for each in common], numbers)
    return sorted(pairs.values(), key=lambda pair: (-pair.numbers, pair.students))
