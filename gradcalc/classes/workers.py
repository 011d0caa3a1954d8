"""Mark in other processes, batch by batch: those of this machine, or any others that an executor stands for.

A batch that doesn't come back (a sheet of it killed its process, or hung) is marked again one by one, each in a process
that may die of it.
"""

from __future__ import annotations

import faulthandler
import gc
import multiprocessing
import os
import signal
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from functools import lru_cache
from itertools import islice
from multiprocessing.connection import wait
from time import monotonic
from typing import Any, Final, TypeAlias

from gradcalc.classes.marking import Desk, Job, unmarked
from gradcalc.classes.model import Result, Submission
from gradcalc.classes.watch import PATIENCE

Numbered: TypeAlias = tuple[int, Submission]
LARGEST_BATCH: Final = 32
"""Sheets that go to a worker together; to send each alone would take as long as to mark it."""
AHEAD: Final = 3
"""Batches for each worker that are under way at once, so that none waits."""
_GARBAGE: Final = 200_000
"""So many new objects before Python looks for garbage, of which marking makes next to none."""
HUNG: Final = PATIENCE + 2
"""A process that is stuck outside of Python, where TooSlow doesn't reach it, ends itself after so many timeouts."""


class _Here(threading.local):
    """The desk of this thread, for the job that it last worked on."""

    job: bytes = b""
    desk: Desk | None = None


_here = _Here()


def _desk(job: bytes) -> Desk:
    """The desk for a job, which is pickled once for all batches."""
    if _here.desk is None or _here.job != job:
        import pickle

        if _here.desk is not None:
            _here.desk.close()
        _here.job, _here.desk = job, Desk(pickle.loads(job))
    return _here.desk


def mark_batch(job: bytes, batch: Sequence[Numbered]) -> list[Result]:
    """The results of a batch, in any process."""
    desk = _desk(job)
    return [desk.result(number, submission) for number, submission in batch]


def mark_guarded(job: bytes, batch: Sequence[Numbered]) -> list[Result]:
    """The same in a process that works for nobody else, and ends itself where it hangs."""
    desk, found, limit = _desk(job), [], 0.0
    for number, submission in batch:
        if monotonic() > limit:
            allowed = desk.job.way.longest
            faulthandler.dump_traceback_later(HUNG * allowed, exit=True, file=_nowhere())
            limit = monotonic() + allowed
        found.append(desk.result(number, submission))
    faulthandler.cancel_dump_traceback_later()
    return found


@lru_cache(maxsize=1)
def _nowhere() -> Any:
    return open(os.devnull, "w")  # noqa: PTH123  (open until the process ends)


def _begin() -> None:
    """In a new process: Ctrl-C is the parent's to heed, and when the parent is gone there is nothing more to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore", RuntimeWarning)
    spare_garbage()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def spare_garbage() -> None:
    """Let Python look for garbage seldom: marking makes next to none."""
    gc.set_threshold(_GARBAGE)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def pool(jobs: int) -> ProcessPoolExecutor:
    """So many processes of this machine. They are started anew, as a copy of a process with threads may hang."""
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _begin)


class Crew:
    """Workers that `hire` gives, new ones where they break; `task` is what they do with a batch."""

    def __init__(self, hire: Callable[[], Executor], task: Callable[..., list[Result]], job: Job) -> None:
        import pickle

        self.hire, self.task, self.job = hire, task, job
        self.pickled = pickle.dumps(job)
        self.executor: Executor | None = None

    def submit(self, batch: Sequence[Numbered]) -> Future[list[Result]]:
        """Give a batch to a worker."""
        if self.executor is None:
            self.executor = self.hire()
        try:
            return self.executor.submit(self.task, self.pickled, batch)
        except BrokenExecutor:
            self.dismiss()
            return self.submit(batch)

    def dismiss(self) -> None:
        """Let the workers go, once they have done what they have begun."""
        if self.executor is not None:
            self.executor.shutdown(wait=False)
        self.executor = None


def in_batches(
    crew: Crew, numbered: Iterable[Numbered], size: int, ahead: int, patience: float | None = None
) -> Iterator[Result]:
    """The results in order, with so many batches under way at once, each waited for as long as `patience` says."""
    alone = Crew(lambda: pool(1), mark_guarded, crew.job)
    flying: deque[tuple[list[Numbered], Future[list[Result]]]] = deque()
    todo = iter(numbered)
    try:
        while True:
            batch = list(islice(todo, size))
            if batch:
                flying.append((batch, crew.submit(batch)))
            if not flying:
                return
            if not batch or len(flying) >= ahead:
                yield from _landed(*flying.popleft(), alone, patience)
    finally:
        for _, future in flying:
            future.cancel()
        crew.dismiss()
        alone.dismiss()


def _landed(
    batch: list[Numbered], future: Future[list[Result]], alone: Crew, patience: float | None
) -> Iterable[Result]:
    try:
        return future.result(patience)
    except Exception:  # whatever an executor says of a worker that is gone
        future.cancel()
        return (_alone(alone, *each) for each in batch)


def _alone(crew: Crew, number: int, submission: Submission) -> Result:
    crew.submit([]).result()  # The time that a process takes to start isn't the sheet's.
    began = monotonic()
    try:
        return crew.submit([(number, submission)]).result()[0]
    except BrokenExecutor:
        crew.dismiss()
        if monotonic() - began >= crew.job.way.longest * HUNG:
            why = f"not marked within {crew.job.way.timeout:g} seconds"
            return unmarked(number, submission, "too slow", why)
        return unmarked(number, submission, "crashed", "the process that marked it died of it")


def largest_batch(job: Job) -> int:
    """How many go to a worker together; programs one by one, as each has a process of its own anyway."""
    return 1 if job.way.run_code else LARGEST_BATCH


def in_processes(job: Job, numbered: Iterable[Numbered], jobs: int, total: int) -> Iterator[Result]:
    """The results in order, by so many processes of this machine."""
    size = max(1, min(largest_batch(job), -(-total // (AHEAD * jobs))))
    return in_batches(Crew(lambda: pool(jobs), mark_guarded, job), numbered, size, AHEAD * jobs)
