"""Time several ways to do a thing in turns, so that a busy machine slows all of them alike."""

from __future__ import annotations

import os
import random
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Work = Callable[[], object]
Clock = Callable[[], float]

A_ROUND = 0.02
"""Seconds that one round of one way should take at least; shorter work is repeated."""


@dataclass(frozen=True)
class Timing:
    """Median seconds of each way; over the rounds, medians of the first way's time to each other's, and beyond it."""

    seconds: Mapping[str, float]
    ratios: Mapping[str, float]
    beyond: Mapping[str, float]


def in_turns(ways: Mapping[str, Work], rounds: int, clock: Clock = time.perf_counter) -> Timing:
    """Run every way once per round; the first is the one that the others are compared with.

    Each round has an order of its own: PyTorch's threads, say, are busy for a while after its turn. `clock` may be that
    of the processor's time, for work in one thread.
    """
    repeats = {name: _repeats(work, clock) for name, work in ways.items()}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    shuffled = random.Random(0)
    for _ in range(rounds):
        for name in shuffled.sample(list(ways), len(ways)):
            taken[name].append(_seconds(ways[name], repeats[name], clock))
    first, *others = taken
    pairs = {name: list(zip(taken[first], taken[name], strict=True)) for name in others}
    return Timing(
        {name: statistics.median(times) for name, times in taken.items()},
        {name: statistics.median(own / other for own, other in both) for name, both in pairs.items()},
        {name: statistics.median(own - other for own, other in both) for name, both in pairs.items()},
    )


def _repeats(work: Work, clock: Clock) -> int:
    _seconds(work, 1, clock)  # the first call may compile, or fill a cache
    return max(1, round(A_ROUND / max(_seconds(work, 1, clock), 1e-7)))


def _seconds(work: Work, repeats: int, clock: Clock) -> float:
    start = clock()
    for _ in range(repeats):
        work()
    return (clock() - start) / repeats


def of_processes() -> float:
    """A clock for work in processes of its own: the seconds that a processor spent on all that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def process(command: Sequence[str]) -> Callable[[], str]:
    """Work that runs a command to its end and returns what it printed."""
    # Without its bytecode cache, a program that runs from its source tree would be compiled at every start.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def work() -> str:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, env=environment)
        return done.stdout

    return work
