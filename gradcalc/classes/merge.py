"""Put the results of shards together, in the order of all submissions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge

from gradcalc.classes.journal import read_results
from gradcalc.classes.model import Result
from gradcalc.errors import UsageError

_SHOWN = 5


def merged(paths: Sequence[str]) -> Iterator[Result]:
    """The results of all files by their numbers, read side by side.

    Raises UsageError where a result is there twice, or one is missing (then at the end).
    """
    streams = [((result.number, path, result) for result in read_results(path)) for path in paths]
    expected, before = 1, ""
    missing: list[str] = []
    for number, path, result in merge(*streams, key=lambda each: each[:2]):
        if number < expected:
            raise UsageError(f"result {number} ({result.file}) is in {before} and in {path}: name each shard once")
        missing += map(str, range(expected, min(number, expected + _SHOWN + 1 - len(missing))))
        expected, before = number + 1, path
        yield result
    if missing:
        shown = ", ".join(missing[:_SHOWN]) + (", …" if len(missing) > _SHOWN else "")
        raise UsageError(f"results {shown} are in none of these files: name every shard")
