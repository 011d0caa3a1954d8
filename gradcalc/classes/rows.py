"""Sheets in one file: a CSV with one row a student, or JSON lines with one object a student."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

from gradcalc.check.answers.reader import ABOUT
from gradcalc.classes.contents import Given, Refused, Row
from gradcalc.classes.model import Submission
from gradcalc.classes.tables import STUDENT, TableText, delimiter_of
from gradcalc.errors import InputError, UsageError
from gradcalc.problem.reading import MAX_BYTES, decode
from gradcalc.words import known, near


@dataclass(frozen=True)
class Table:
    """A CSV file: a column a quantity, by its label (`gradients.W1`) or a name that says what it is (`dW1`).

    `student` is the column that says whose a row is; `is_quantity` tells which columns are answers. Raises UsageError.
    """

    path: str
    student: str = ""
    is_quantity: Callable[[str], bool] = lambda label: True

    @cached_property
    def head(self) -> list[str]:
        """The names of the columns."""
        head = [name.strip() for name in next(self.records(), [])]
        repeated = sorted({name for name in head if name and head.count(name) > 1})
        if repeated:
            raise UsageError(f"{self.path}: there are two columns {repeated[0]}")
        if self.student and self.student not in head:
            raise UsageError(f"--student {self.student}: {self.path} has no such column{near(self.student, head)}")
        if not any(map(self.is_answer, head)):
            raise UsageError(
                f"{self.path}: no column is a quantity of the problem: name them as gradients.W1 or dW1, in the first "
                f"row (there are {known(head) or 'none'})"
            )
        return head

    @cached_property
    def owner(self) -> str:
        """The column that says whose a row is; empty where there is none."""
        lower = {name.lower(): name for name in self.head if not self.is_answer(name)}
        return self.student or next((lower[each] for each in STUDENT if each in lower), "")

    @property
    def strangers(self) -> list[str]:
        """The columns that are nothing a sheet could have."""
        return [name for name in self.head if name and name != self.owner and not self.is_cell(name)]

    def is_answer(self, name: str) -> bool:
        """Whether a column holds answers."""
        return bool(name) and name != self.student and self.is_quantity(name)

    def is_cell(self, name: str) -> bool:
        """Whether a column goes onto the sheet."""
        return self.is_answer(name) or name in ABOUT

    @cached_property
    def delimiter(self) -> str:
        """What stands between the cells: programs write commas, semicolons or tabs."""
        return delimiter_of(self.text.head)

    @cached_property
    def text(self) -> TableText:
        """How the file is written. Raises UsageError."""
        return TableText(self.path)

    def records(self) -> Iterator[list[str]]:
        """The rows, without empty ones."""
        try:
            with self.text.opened() as file:
                rows = csv.reader(file, delimiter=self.delimiter, strict=True)
                yield from (row for row in rows if any(cell.strip() for cell in row))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise UsageError(f"'{self.path}' can't be read as CSV: {error}") from None

    def rows(self) -> Iterator[list[str]]:
        """The rows below the head."""
        records = self.records()
        next(records, None)
        return records

    def __len__(self) -> int:
        return sum(1 for _ in self.rows())

    def __iter__(self) -> Iterator[Submission]:
        for number, row in enumerate(self.rows(), 2):
            yield self.submission(f"{self.path}:{number}", row)

    def submission(self, source: str, row: Sequence[str]) -> Submission:
        """The sheet of a row; the cells that are left empty are no answers."""
        cells = {name: cell for name, cell in zip(self.head, row, strict=False) if cell.strip()}
        student = cells.get(self.owner, "").strip() or source
        if len(row) > len(self.head):
            reason = f"has {len(row)} cells, and the first row {len(self.head)}: put cells with commas into quotes"
            return Submission(student, source, Refused(source, reason), sure=True)
        mine = {name: cell for name, cell in cells.items() if self.is_cell(name)}
        return Submission(student, source, Row(mine), sure=bool(self.owner))


@dataclass(frozen=True)
class Lines:
    """JSON lines: each is a sheet. Raises UsageError where the file can't be read."""

    path: str

    strangers: Sequence[str] = ()

    def __len__(self) -> int:
        return sum(1 for _ in self.lines())

    def __iter__(self) -> Iterator[Submission]:
        for number, line in self.lines():
            source = f"{self.path}:{number}"
            try:
                yield Submission(source, source, Given(decode(line, source)))
            except InputError as error:
                yield Submission(source, source, Refused(source, error.faults[0].message))

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """The lines that are not blank, with their numbers; of one that is too long its start."""
        try:
            with Path(self.path).open("rb") as file:
                for number in count(1):
                    line = file.readline(MAX_BYTES + 1)
                    rest = line
                    while len(rest) > MAX_BYTES and not rest.endswith(b"\n"):
                        rest = file.readline(MAX_BYTES + 1)
                    if not line:
                        return
                    if line.strip():
                        yield number, line
        except OSError as error:
            raise UsageError(f"'{self.path}' can't be read: {error.strerror}") from None
