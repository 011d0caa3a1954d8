"""Mark on the workers of a Dask cluster, through the executor that its client gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

from gradcalc.classes.contents import Failed, Given
from gradcalc.classes.marking import Job
from gradcalc.classes.model import Result, Submission
from gradcalc.classes.workers import AHEAD, Crew, Numbered, in_batches, largest_batch, mark_batch
from gradcalc.errors import GradcalcError, UsageError

_CONNECT: Final = "10s"
_GRACE: Final = 60.0
"""Seconds beside those of its sheets that a batch may be on its way and wait for others."""


def on_cluster(job: Job, numbered: Iterable[Numbered], address: str) -> Iterator[Result]:
    """The results in order, by the workers that the scheduler at that address has.

    The sheets are read here: the workers need gradcalc, but none of the files. Raises UsageError.
    """
    client = _client(address)
    try:
        workers = sum(client.nthreads().values())
        if not workers:
            raise UsageError(f"--dask {address}: this cluster has no workers")
        size = largest_batch(job)
        patience = AHEAD * size * job.way.longest + _GRACE
        sent = ((number, _read(submission)) for number, submission in numbered)
        yield from in_batches(Crew(client.get_executor, mark_batch, job), sent, size, AHEAD * workers, patience)
    finally:
        client.close()


def _client(address: str) -> Any:
    try:
        import distributed
    except ImportError:
        raise UsageError("--dask needs the package distributed: install gradcalc[dask]") from None
    client: Any = distributed.Client
    try:
        return client(address, timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"--dask {address}: {str(error) or 'nobody answers there'}") from None


def _read(submission: Submission) -> Submission:
    try:
        return replace(submission, load=Given(submission.load()))
    except GradcalcError as error:
        return replace(submission, load=Failed(str(error)))
