"""End what takes too long."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from math import inf
from time import monotonic, sleep
from typing import Final, TypeVar

T = TypeVar("T")
_PROMPT = 0.25
"""How late it may be noticed, as a part of the time that is allowed."""
PATIENCE: Final = 4
"""So many times the time that is allowed may pass by the clock, where other programs have the processor."""


class TooSlow(BaseException):
    """Raised in the midst of work that took too long; no `except Exception` on the way holds it up."""


class Watch:
    """Raises TooSlow in the thread that made it, when its work takes longer than so many seconds.

    They are the processor's seconds, where the system tells them: a machine with much to do is no fault of the work. It
    works in any thread, where signals reach the first alone. Code outside of Python (a long sleep, a large product) is
    ended only when it comes back. The watching thread looks up a few times a second, and counts from when it first
    sees the work; to start a timer for each sheet would take as long as to mark some.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.worker = threading.get_ident()
        self.spent = _clock(self.worker)
        self.lock = threading.Lock()
        self.due = self.allowed = inf
        self.rang = False
        self.closed = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self.closed.set()

    def _look(self) -> None:
        due, spent = inf, 0.0
        while not self.closed.wait(self.seconds * _PROMPT):
            with self.lock:
                if self.due != due:  # other work than before
                    due, spent = self.due, self.spent()
                late = monotonic() - due
                if late > 0 and (self.spent() - spent >= self.allowed or late > (PATIENCE - 1) * self.allowed):
                    self.due, self.rang = inf, True
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.worker), ctypes.py_object(TooSlow))

    def run(self, work: Callable[[], T], times: int = 1) -> T:
        """Do some work, so many times as long as is usual. Raises TooSlow, and whatever the work raises."""
        self.rang, self.allowed = False, times * self.seconds
        self.due = monotonic() + self.allowed
        try:
            found = work()
        except TooSlow:
            raise
        except BaseException:
            self._settle()
            raise
        self._settle()
        return found

    def _settle(self) -> None:
        """No alarm from here on; one that has rung already is waited for, so that it ends nothing else."""
        with self.lock:
            self.due = inf
        if self.rang:
            sleep(self.seconds)
            raise TooSlow


def _clock(thread: int) -> Callable[[], float]:
    """What tells the processor's seconds of a thread, from any other; the clock's where the system doesn't."""
    try:
        clock = time.pthread_getcpuclockid(thread)
    except (AttributeError, OSError):  # Windows, macOS
        return monotonic
    return lambda: time.clock_gettime(clock)
