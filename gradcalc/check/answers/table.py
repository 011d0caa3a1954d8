"""Answers as a table has them: by columns, each row a step: `table: {step: [1, 2], updated.u: [0.1, 0.2]}`."""

from __future__ import annotations

from typing import Any, TypeAlias

from gradcalc.check.answers.numerals import NotReadable
from gradcalc.program.problem import Path
from gradcalc.words import shorten

TABLE = "table"
STEP = "step"
"""The column that numbers the rows; without it they are counted from 1."""

Cell: TypeAlias = tuple[str, Any, Path]
"""The label of the column, what stands there, and the path to it from the table."""


def by_rows(table: Any) -> list[tuple[str, list[Cell]]]:
    """The rows of a table: the number of the step, and its cells; what is left out isn't among them.

    Raises NotReadable where it is no table.
    """
    if not isinstance(table, dict) or not all(isinstance(column, list) for column in table.values()):
        raise NotReadable("write a mapping from columns to lists, such as {step: [1, 2], updated.u: [0.1, 0.2]}")
    lengths = {str(label): len(column) for label, column in table.items()}
    first = next(iter(lengths), "")
    for label, length in lengths.items():
        if length != lengths[first]:
            raise NotReadable(
                f"the columns are not equally long: {shorten(first)} has {lengths[first]} rows, "
                f"{shorten(label)} has {length}"
            )
    numbers = table.get(STEP, [*range(1, lengths.get(first, 0) + 1)])
    return [(str(number), [*_cells(table, i)]) for i, number in enumerate(numbers)]


def _cells(table: dict[Any, list[Any]], row: int) -> list[Cell]:
    columns = ((label, column[row]) for label, column in table.items() if label != STEP)
    return [(str(label).strip(), value, (label, row)) for label, value in columns if value is not None]
