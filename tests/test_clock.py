"""The bounds on time in tests fail on what is slow each time, and on nothing else."""

from __future__ import annotations

import gc
import time

import pytest
from clock import TIMES, TooLong, at_best, set_apart, within

from gradcalc.formula.parse import parse


class Slow:
    """Takes a tenth of a second of the processor so many times."""

    def __init__(self, times: int) -> None:
        self.left, self.called = times, 0

    def __call__(self) -> str:
        self.called += 1
        self.left -= 1
        until = time.process_time() + (0.1 if self.left >= 0 else 0)
        while time.process_time() < until:
            pass
        return "done"


def test_what_is_slow_each_time_fails() -> None:
    with pytest.raises(TooLong, match=r"0\.1\d s of the processor, of 0\.05 s"):
        within(0.05, Slow(TIMES))


@pytest.mark.parametrize("times", range(TIMES))
def test_a_pause_does_not(times: int) -> None:
    run = Slow(times)
    assert within(0.05, run) == "done"
    assert run.called == times + 1


def test_time_that_is_waited_is_not_counted() -> None:
    within(0.05, lambda: time.sleep(0.1))


def test_what_is_remembered_hides_no_blow_up() -> None:
    def run() -> None:
        before = parse.cache_info().misses
        parse("u + v + w * 17.25")
        if parse.cache_info().misses > before:
            Slow(1)()

    parse.cache_clear()
    with pytest.raises(TooLong):
        within(0.05, run)


def test_arguments_are_made_anew_and_out_of_the_time() -> None:
    made = []

    def make() -> int:
        Slow(1)()
        made.append(len(made))
        return made[-1]

    assert within(0.05, lambda number: Slow(1 - number)() and number, make) == 1
    assert made == [0, 1]


def test_other_failures_are_the_first_times() -> None:
    called = []
    with pytest.raises(ZeroDivisionError):
        at_best(lambda: called.append(1) or 1 / 0, TooLong)
    assert called == [1]


def test_what_other_tests_left_is_not_gone_through() -> None:
    left = [[] for _ in range(100_000)]
    gc.unfreeze()
    before = gc.get_freeze_count()
    assert within(1, lambda: gc.get_freeze_count() - before) >= len(left)
    assert gc.get_freeze_count() == before
    set_apart()
    assert within(1, gc.get_freeze_count) >= len(left)
    assert gc.get_freeze_count() >= len(left)
