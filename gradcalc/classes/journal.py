"""Results on their way: a line each, written as they come, so that a run that is broken off can be gone on with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from gradcalc import __version__
from gradcalc.classes.marking import Job
from gradcalc.classes.model import Result
from gradcalc.classes.workers import Numbered
from gradcalc.errors import UsageError

_ENCODER = json.JSONEncoder(ensure_ascii=False)


def line(result: Result) -> bytes:
    """A result as a line of JSON."""
    return _ENCODER.encode(result.to_data()).encode(errors="backslashreplace") + b"\n"


def result_of(text: bytes) -> Result | None:
    """The result that a line holds; None where it holds none, as where it was broken off."""
    try:
        return Result.from_data(json.loads(text)) if text.endswith(b"\n") else None
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def mark_of(job: Job) -> bytes:
    """The first line of a journal: what its results depend on beside the sheets."""
    return (
        json.dumps({"gradcalc": __version__, "job": sha256(_told(job).encode(errors="replace")).hexdigest()}).encode()
        + b"\n"
    )


def _told(value: Any) -> str:
    """A value as text that is the same in every process; of functions nothing."""
    if isinstance(value, np.ndarray):
        return f"{value.shape} {value.tobytes().hex()}"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_told(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, frozenset | set):
        return str(sorted(map(_told, value)))
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_told, value))}]"
    if is_dataclass(value):
        return f"{type(value).__name__} {_told([getattr(value, each.name) for each in fields(value)])}"
    return "" if callable(value) else repr(value)


@dataclass
class Journal:
    """A file of results, in the order of the submissions; only its last line can be broken off."""

    path: Path
    job: Job

    def begin(self) -> None:
        """Start a new one. Raises OSError."""
        self.path.write_bytes(mark_of(self.job))

    def resume(self, submissions: Iterator[Numbered]) -> tuple[int, Numbered | None]:
        """Go on with what is there: how many results hold, and the first submission after them.

        They hold as long as they are of the same submissions. What comes after them is cut off. Raises UsageError where
        the journal is of another problem or another way of marking, OSError.
        """
        with self.path.open("r+b") as file:
            head = file.readline()
            if not head.endswith(b"\n"):  # it was broken off before there was anything
                file.seek(0)
                file.write(mark_of(self.job))
            elif head != mark_of(self.job):
                raise UsageError(
                    f"{self.path}: this run was of another problem, other options or another version: remove the file "
                    "to begin anew"
                )
            held = 0
            for following in submissions:
                here = file.tell()
                if not _is_of(result_of(file.readline()), following):
                    file.seek(here)
                    file.truncate()
                    return held, following
                held += 1
            file.truncate(file.tell())
            return held, None

    def append(self, results: Iterator[Result]) -> Iterator[Result]:
        """Write each result down, and hand it on. Raises OSError."""
        with self.path.open("ab") as file:
            for result in results:
                file.write(line(result))
                file.flush()
                yield result


def _is_of(result: Result | None, following: Numbered) -> bool:
    number, submission = following
    mine = number, submission.source, submission.when
    return result is not None and (result.number, result.file, result.when) == mine


def results_in(file: BinaryIO, name: str) -> Iterator[tuple[int, Result]]:
    """The results of a file with the offsets of their lines, without the mark of a journal. Raises UsageError."""
    at = 0
    for number, text in enumerate(file, 1):
        found = result_of(text if text.endswith(b"\n") else text + b"\n")
        if found is not None:
            yield at, found
        elif not (number == 1 and text.startswith(b'{"gradcalc"')):
            raise UsageError(f"{name}:{number}: this is no result of 'gradcalc grade'")
        at += len(text)


def read_results(path: str | Path) -> Iterator[Result]:
    """The results in a file that `grade` or `merge` wrote, one by one. Raises UsageError."""
    try:
        with Path(path).open("rb") as file:
            yield from (result for _, result in results_in(file, str(path)))
    except OSError as error:
        raise UsageError(f"'{path}' can't be read: {error.strerror}") from None
