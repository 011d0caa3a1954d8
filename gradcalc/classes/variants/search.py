"""Search numbers for a student: readable, off the kinks, and such that the usual mistakes differ visibly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final

import numpy as np

from gradcalc.classes.variants.judge import Flags, Judge, Seen
from gradcalc.classes.variants.numbers import Numbers
from gradcalc.formula.arrays import Array
from gradcalc.program.instances import Drawer
from gradcalc.program.naming import at_first
from gradcalc.program.problem import Problem

FRESH: Final = 8
"""So many draws are made anew before the best of them is changed name by name."""
DRAWS: Final = 100
CLIMBS: Final = 20
"""How often the search begins anew, after so many draws each."""
SURVEYS: Final = 8
"""How many searches tell what can be had at all."""
PROBES: Final = 3
TRIES: Final = 40
"""How many searches tell whether all of that can be had together; where it can't, what one in so many had is enough."""
ENOUGH: Final = 8


@dataclass(frozen=True)
class Variant:
    """Numbers for a student, what they show, and after how many draws they were found."""

    student: str
    numbers: Mapping[str, Array]
    seen: Seen
    draws: int


@dataclass(frozen=True)
class _Climb:
    """The best numbers of a search, how many conditions and pairs they miss, and how many draws it took."""

    numbers: dict[str, Array]
    seen: Seen
    faults: tuple[int, int]
    draws: int


@dataclass(frozen=True)
class Reach:
    """What can be had: which conditions can hold, and which pairs can be told apart.

    `equal` pairs are the same formula in this problem, whatever its numbers; `zeros` are those that are the same as
    long as the zeros stay. The others that aren't in `pairs` were never apart in any draw.
    """

    conditions: Flags
    pairs: Flags
    equal: Flags
    zeros: Flags


class Search:
    """Finds variants of a problem. The same seed and student give the same numbers, whoever else there is."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem, self.seed = problem, seed
        self.numbers = Numbers(problem)
        self.judge = Judge(problem)

    def variant(self, student: str) -> Variant:
        """The numbers for a student, the best that were found where none have all that can be had."""
        reach = self.reach
        random = _random(f"{self.seed} {student}")
        found: list[_Climb] = []
        while len(found) < CLIMBS and not (found and found[-1].faults <= self.enough):
            found.append(self._climb(random, reach.conditions, reach.pairs, self.enough))
        best = min(found, key=lambda climb: climb.faults)
        return Variant(student, best.numbers, best.seen, sum(climb.draws for climb in found))

    @cached_property
    def reach(self) -> Reach:
        """What can be had, by trying: the same for every student."""
        equal, kept = self._same(zeros=False), self._same(zeros=True)
        conditions, pairs = np.ones(len(self.judge.conditions), bool), ~kept
        conditions &= self._reached(conditions, pairs)[0]
        pairs &= self._reached(conditions, pairs)[1]
        # What was had once, when everything else failed, isn't had by trying for it together with the rest.
        pairs &= self._reached(conditions, pairs)[1]
        return Reach(conditions, pairs, equal, kept & ~equal)

    @cached_property
    def enough(self) -> tuple[int, int]:
        """How many conditions and pairs the numbers for a student may miss: none, if all can be had together."""
        found: list[tuple[int, int]] = []
        while len(found) < TRIES and (0, 0) not in found:
            random = _random(f"together {len(found)}")
            found.append(self._climb(random, self.reach.conditions, self.reach.pairs).faults)
        return min(found) if (0, 0) in found else sorted(found)[TRIES // ENOUGH]

    def _reached(self, conditions: Flags, pairs: Flags) -> tuple[Flags, Flags]:
        """Which conditions held, and which pairs were told apart by numbers that can be read, in a few searches."""
        held, apart = np.zeros_like(conditions), np.zeros_like(pairs)
        for number in range(SURVEYS):
            seen = self._climb(_random(f"survey {number}"), conditions, pairs).seen
            held |= seen.holds
            if not _faults(seen.holds, conditions):
                apart |= seen.separated
        return held, apart

    def _climb(
        self, random: np.random.Generator, conditions: Flags, pairs: Flags, enough: tuple[int, int] = (0, 0)
    ) -> _Climb:
        """The best of some draws, the search ended where one misses no more than is enough; and how many it took.

        All pairs are looked at only where the right values can be read, and tell a pair apart that wasn't before.
        """
        best = self.numbers.anew(random)
        seen = self.judge.seen(best)
        faults = _faults(seen.holds, conditions), _faults(seen.separated, pairs)
        draws = 1
        while faults > enough and draws < DRAWS:
            draws += 1
            tried = self.numbers.anew(random) if draws <= FRESH else self._changed(best, random)
            rights = self.judge.rights(tried)
            holds = self.judge.holds(rights)
            unread = _faults(holds, conditions)
            alike = np.flatnonzero(pairs & ~seen.separated).tolist()
            if unread > faults[0] or (unread == faults[0] and not any(self.judge.tells(i, rights) for i in alike)):
                continue
            new = Seen(holds, self.judge.apart(tried))
            mine = unread, _faults(new.separated, pairs)
            # What is as good is taken too: staying with the first ends more searches at a single pair.
            if mine <= faults:
                best, seen, faults = tried, new, mine
        return _Climb(best, seen, faults, draws)

    def _changed(self, best: dict[str, Array], random: np.random.Generator) -> dict[str, Array]:
        """The best so far with a few of its names drawn anew."""
        names = [*best]
        count = int(random.integers(1, 1 + max(1, len(names) // 3)))
        return best | self.numbers.anew(random, [names[i] for i in random.permutation(len(names))[:count]])

    def _same(self, zeros: bool) -> Flags:
        """Which pairs are the same at numbers of no roundness at all, with or without the zeros that stay."""
        drawer, random = Drawer(self.problem), _random("probe")
        same = np.ones(len(self.judge.pairs), bool)
        for _ in range(PROBES):
            drawn = {at_first(name): value for name, value in drawer.anew(random).items()}
            probe = {name: drawn[name] for name in self.numbers.draws}
            for name in self.numbers.zeros if zeros else ():
                probe[name] = np.where(self.problem.data[name] == 0, 0.0, probe[name])
            same &= self.judge.same(probe)
        return same


def _faults(are: Flags, wanted: Flags) -> int:
    return int((wanted & ~are).sum())


def _random(text: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(sha256(text.encode(errors="replace")).digest(), "big"))
