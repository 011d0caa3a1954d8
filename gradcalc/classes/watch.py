"""End what takes too long."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from math import inf
from time import monotonic, sleep
from typing import TypeVar

T = TypeVar("T")
_PROMPT = 0.25
"""How late it may be noticed, as a part of the time that is allowed."""


class TooSlow(BaseException):
    """Raised in the midst of work that took too long; no `except Exception` on the way holds it up."""


class Watch:
    """Raises TooSlow in the thread that made it, when its work takes longer than so many seconds.

    It works in any thread, where signals reach the first alone. Code outside of Python (a long sleep, a large product)
    is ended only when it comes back. The watching thread looks up a few times a second; to start a timer for each
    sheet would take as long as to mark some.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.worker = threading.get_ident()
        self.lock = threading.Lock()
        self.due = inf
        self.rang = False
        self.closed = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self.closed.set()

    def _look(self) -> None:
        while not self.closed.wait(self.seconds * _PROMPT):
            with self.lock:
                if monotonic() > self.due:
                    self.due, self.rang = inf, True
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.worker), ctypes.py_object(TooSlow))

    def run(self, work: Callable[[], T], times: int = 1) -> T:
        """Do some work, so many times as long as is usual. Raises TooSlow, and whatever the work raises."""
        self.rang, self.due = False, monotonic() + times * self.seconds
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
