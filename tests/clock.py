"""Bounds on what a test may take: what blows up does so each time, a pause of the process doesn't.

A process that has run thousands of tests now and then goes through millions of objects for garbage, or imports a
module, just while one of them is timed. So what is too slow is tried again, and fails if it is too slow each time.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, TypeVar

T = TypeVar("T")
TIMES: Final = 3
_REMEMBERING = type(cache(len))


class TooLong(AssertionError):
    """Something took more of the processor's time than it may."""


def within(seconds: float, run: Callable[..., T], *made: Callable[[], Any]) -> T:
    """What `run` gives; fails where it takes longer than so many seconds of the processor, three times.

    Each of `made` makes an argument, anew each time and out of the time: for what keeps what it has worked out.
    """

    def timed() -> T:
        arguments = [make() for make in made]
        before = time.process_time()
        found = run(*arguments)
        within_bound(time.process_time() - before, seconds)
        return found

    return at_best(timed, TooLong)


def within_bound(took: float, seconds: float) -> None:
    """Raise TooLong where something took longer than it may."""
    if took >= seconds:
        raise TooLong(f"{took:.2f} s of the processor, of {seconds:g} s")


def at_best(run: Callable[[], T], *again: type[BaseException]) -> T:
    """What `run` gives, the first of three times that it raises none of `again`; else the last of these is raised."""
    for _ in range(TIMES - 1):
        try:
            with alone():
                return run()
        except again:
            forget()
    with alone():
        return run()


def forget() -> None:
    """Let gradcalc forget all results that its functions remember: they would make it quicker the second time."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == "gradcalc"]
    for each in (each for module in modules for each in [*vars(module).values()]):
        if isinstance(each, _REMEMBERING):
            each.cache_clear()


@contextmanager
def alone() -> Iterator[None]:
    """What other tests have left isn't gone through for garbage, as if there were none of them; nor is it again."""
    were_apart = gc.get_freeze_count() > 0
    set_apart()
    try:
        yield
    finally:
        if not were_apart:
            gc.unfreeze()


def set_apart() -> None:
    """Go through all that there is for garbage, and from here on no more through what is left."""
    gc.collect()
    gc.freeze()
    gc.collect()  # of nothing: how often all is gone through goes by how much there was the last time
