"""Wrong answers that no mistake explains, and who gave each: many alike speak of the question, two of each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from gradcalc.classes.model import Result

Numbers: TypeAlias = tuple[float, ...]
_MOST: Final = 20_000
"""So many different answers are kept at most: a class of any size finds room, in some 10 MB."""
KEPT: Final = 5
"""So many of those who gave an answer are kept by name."""
_DIGITS: Final = 4
_USUAL = (0.0, 1.0)
"""Numbers, up to the sign, that anybody may write who knows nothing."""


@dataclass(slots=True)
class Shared:
    """An answer, how many gave it, and the first of them; `wrong` numbers of it are unusual ones."""

    quantity: str
    answer: Any
    wrong: int
    count: int = 0
    students: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Answers:
    """All unexplained wrong answers, by what stands in them."""

    groups: dict[tuple[str, Numbers], Shared] = field(default_factory=dict)

    def add(self, verdict: Mapping[str, Any], result: Result) -> None:
        """Count one, if it is of numbers."""
        numbers = _numbers(verdict.get("answer"))
        if not numbers:
            return
        key = verdict["quantity"], numbers
        group = self.groups.get(key)
        if group is None:
            if len(self.groups) >= _MOST:
                return
            group = self.groups[key] = Shared(verdict["quantity"], verdict["answer"], _unusual(verdict, numbers))
        group.count += 1
        if len(group.students) < KEPT:
            group.students.append((result.number, result.student))

    def of_many(self, least: int) -> list[Shared]:
        """The answers that at least so many gave, the commonest first."""
        return sorted((g for g in self.groups.values() if g.count >= least), key=lambda g: (-g.count, g.quantity))


def _numbers(answer: Any) -> Numbers:
    """The numbers of an answer to four digits, one after the other; none where some are missing or it is a text."""
    flat = [*_flat(answer)]
    if not all(isinstance(each, int | float) for each in flat):
        return ()
    return tuple(float(f"{each:.{_DIGITS}g}") for each in flat)


def _flat(answer: Any) -> Iterator[Any]:
    if isinstance(answer, list):
        for each in answer:
            yield from _flat(each)
    else:
        yield answer


def _unusual(verdict: Mapping[str, Any], numbers: Numbers) -> int:
    """How many of the numbers are wrong, and none that anybody may write."""
    right = [*_flat(verdict["entries"])]
    marks = right if len(right) == len(numbers) else [False] * len(numbers)
    return sum(not fine and abs(number) not in _USUAL for number, fine in zip(numbers, marks, strict=True))
