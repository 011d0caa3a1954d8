"""From results on their way to the file that is kept: of what a student handed in more than once, the newest counts."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

import numpy as np

from gradcalc.classes.journal import result_of, results_in
from gradcalc.classes.model import Result


def settled(path: Path) -> Iterator[Result]:
    """The results of a journal, those that a newer one replaces without their marks.

    Of those that were handed in at one time the one with the most answers counts, as among the files of a program there
    may be some that only look like sheets; where nobody knows the time, the last. The journal is read twice; of each
    result only thirty bytes are kept, so that a course of any size finds room.
    Raises OSError, UsageError.
    """
    with path.open("rb") as file:
        newer = _replaced(file, path)
        file.seek(0)
        for at, result in results_in(file, str(path)):
            yield result if at not in newer else _duplicate(result, _result_at(path, newer[at]))


def _replaced(file: BinaryIO, path: Path) -> dict[int, int]:
    """The offset of each result that doesn't count, with that of the one that does."""
    students, times, answers, offsets = array("Q"), array("d"), array("Q"), array("Q")
    for at, result in results_in(file, str(path)):
        students.append(int.from_bytes(blake2b(result.student.encode(errors="replace"), digest_size=8).digest(), "big"))
        times.append(result.when)
        answers.append(int(result.marks.get("answered", 0)) if result.when else 0)
        offsets.append(at)
    if not students:
        return {}
    order = np.lexsort((np.arange(len(times)), np.array(answers), np.array(times), np.array(students)))
    who = np.array(students)[order]
    last = np.append(who[1:] != who[:-1], True)
    ends = np.flatnonzero(last)
    winner = ends[np.searchsorted(ends, np.arange(len(order)))]
    beaten = np.flatnonzero(~last)
    return {offsets[order[i]]: offsets[order[winner[i]]] for i in beaten}


def _result_at(path: Path, offset: int) -> Result:
    with path.open("rb") as file:
        file.seek(offset)
        found = result_of(file.readline())
    assert found is not None, "the line was read before"
    return found


def _duplicate(result: Result, newer: Result) -> Result:
    return replace(result, status="duplicate", message=f"the newer sheet counts: {newer.file}", marks={})
