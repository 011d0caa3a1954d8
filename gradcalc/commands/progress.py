"""A bar on the terminal while something takes long; nothing in a pipe, and nothing where it is done in a second."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import Any, TypeAlias

PATIENCE = 1.0
"""Seconds before there is a bar."""
_PAUSE = 0.1
"""Seconds between two drawings."""
Tell: TypeAlias = Callable[[int, int], None]


@contextmanager
def shown_progress(what: str = "steps") -> Iterator[Tell | None]:
    """What is to be told after each of many parts: how many are done, of how many; None where nobody would see it."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as stack:
        yield _Bar(stack, what).tell


class _Bar:
    def __init__(self, stack: ExitStack, what: str) -> None:
        self.stack, self.what = stack, what
        self.began = monotonic()
        self.next = self.began + PATIENCE
        self.moved: Callable[[int], None] | None = None

    def tell(self, done: int, total: int) -> None:
        now = monotonic()
        if now < self.next:
            return
        self.next = now + _PAUSE
        if self.moved is None:
            self.moved = self.drawn(total)
        self.moved(done)

    def drawn(self, total: int) -> Callable[[int], None]:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        said, rate = TextColumn("{task.description}"), TextColumn("{task.fields[rate]}")
        bar = Progress(said, BarColumn(), rate, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
        progress: Any = self.stack.enter_context(bar)
        task = progress.add_task(self.what, total=total, rate="")

        def move(done: int) -> None:
            rate = f"{done:,} of {total:,}, {done / (monotonic() - self.began):,.0f} a second"
            progress.update(task, completed=done, rate=rate)

        return move
