"""Hold the numbers that a problem lists as misprinted against its solution: each of them must be wrong."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcalc.check.answers.read import read_answer
from gradcalc.check.author.expected import agreement
from gradcalc.check.wording import spots
from gradcalc.formula.arrays import Array
from gradcalc.program.problem import Misprint, Path
from gradcalc.program.quantities import later_steps
from gradcalc.program.solve import Solution
from gradcalc.program.trajectory import alone_at


@dataclass(frozen=True, slots=True)
class MisprintResult:
    """Whether the numbers that are listed as misprinted really differ from the right ones."""

    misprint: Misprint
    differs: bool
    message: str = ""
    right: Array | None = None


def check_misprints(solution: Solution) -> tuple[MisprintResult, ...]:
    """Every entry of `misprints`: each printed number must be wrong; `null` stands for those that aren't misprinted."""
    misprints = solution.problem.misprints
    steps = later_steps(misprint.quantity for misprint in misprints)
    solutions = {1: solution, **alone_at(solution, steps)}
    return tuple(_misprint(misprint, i, solutions) for i, misprint in enumerate(misprints))


def _misprint(misprint: Misprint, number: int, solutions: Mapping[int, Solution]) -> MisprintResult:
    """`solutions` are those of single steps, by their numbers."""
    solution = solutions[1]
    problem, at = solution.problem, ("misprints", number, "printed")
    left_out = list(_nulls(misprint.printed, at))
    written = ChainMap(dict.fromkeys(left_out, "0"), problem.written)  # type: ignore[arg-type]
    printed = _filled(misprint.printed)
    answer = read_answer(misprint.quantity, printed, solution, written, problem.places, at, strict=True)
    if answer.unreadable:
        return MisprintResult(misprint, False, answer.unreadable)
    found = agreement(answer, solutions[answer.step])
    if found.entries is None:
        return MisprintResult(misprint, not found.agrees, found.message, found.right)
    fine = found.entries & ~_mask(misprint.printed, found.entries)
    if not fine.any():
        return MisprintResult(misprint, True, found.message, found.right)
    if fine.all():
        return MisprintResult(misprint, False, "the printed value is right: it is no misprint", found.right)
    right = f"{spots(fine)} of the printed value {'is' if fine.sum() == 1 else 'are'} right"
    return MisprintResult(misprint, False, f"{right}: write null for what isn't misprinted", found.right)


def _nulls(value: Any, at: Path) -> Iterator[Path]:
    """The paths of what is left out."""
    if value is None:
        yield at
    for i, inner in enumerate(value if isinstance(value, list) else ()):
        yield from _nulls(inner, (*at, i))


def _filled(value: Any) -> Any:
    """With a number in the place of what is left out, so that it has a shape."""
    if isinstance(value, list):
        return [_filled(inner) for inner in value]
    return 0.0 if value is None else value


def _mask(printed: Any, entries: np.ndarray[Any, np.dtype[np.bool_]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which entries are left out, in the shape of the right value."""
    flat = np.array([value is None for value in _flat(printed)])
    return flat.reshape(entries.shape) if flat.size == entries.size else np.zeros(entries.shape, dtype=np.bool_)


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for inner in value:
            yield from _flat(inner)
    else:
        yield value
