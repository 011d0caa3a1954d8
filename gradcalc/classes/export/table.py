"""The class as a table: a row a student, a column a quantity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gradcalc.classes.export.cells import Cell, written
from gradcalc.classes.model import Result

_HEAD = ("student", "name", "file", "status", "score", "points", "first error")


def class_table(results: Iterable[Result]) -> str:
    """The results as CSV: of each quantity the verdict, and further to the right the points that it earns.

    Without marks a row has the message alone; what a sheet isn't asked and doesn't answer is left empty.
    """
    rows = [(_about(result), _by_quantity(result), result.message) for result in results]
    quantities = in_order(by_quantity for _, by_quantity, _ in rows)
    head = (*_HEAD, *quantities, *(f"{each} points" for each in quantities), "message")
    return written([head, *((*about, *_verdicts(found, quantities), message) for about, found, message in rows)])


def in_order(several: Iterable[Iterable[str]]) -> list[str]:
    """All names that occur, each after the one that it first comes after."""
    order: list[str] = []
    known: set[str] = set()
    for names in several:
        place = 0
        for name in names:
            if name in known:
                place = order.index(name) + 1 if order[place : place + 1] != [name] else place + 1
            else:
                order.insert(place, name)
                known.add(name)
                place += 1
    return order


def _about(result: Result) -> list[Cell]:
    marks = result.marks
    score, points = (marks.get(key) for key in ("score", "points"))
    return [result.student, result.name, result.file, result.status, score, points, marks.get("first_error")]


def _by_quantity(result: Result) -> dict[str, tuple[str, float]]:
    return {name: (each["verdict"], each["points"]) for name, each in result.by_quantity.items()}


def _verdicts(found: dict[str, tuple[str, float]], quantities: Sequence[str]) -> Iterator[Cell]:
    yield from (found[each][0] if each in found else None for each in quantities)
    yield from (found[each][1] if each in found else None for each in quantities)
