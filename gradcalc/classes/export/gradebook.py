"""Fill one column of a gradebook that Canvas or Moodle gave out; every other byte stays as it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gradcalc.classes.export.cells import shown
from gradcalc.classes.export.people import People, folded
from gradcalc.classes.export.spans import BOM, Span, delimiter_of, is_quoted, rows_of
from gradcalc.classes.model import Result
from gradcalc.errors import UsageError
from gradcalc.words import known, near, shorten

_NUMBERED = re.compile(r"\s*\(\d+\)$")
"""Canvas puts an assignment's number behind its name."""
_POINTS_POSSIBLE = "points possible"
_COMMA = re.compile(r"-?\d+,\d{1,2}")


@dataclass(frozen=True, slots=True)
class Platform:
    """What is known of a platform's file: `column` is the one that is filled unless another is named.

    `worth` is the column in which each row says how many points there are.
    """

    name: str
    option: str
    column: str = ""
    worth: str = ""


CANVAS = Platform("Canvas", "--canvas")
MOODLE = Platform("Moodle", "--moodle", "Grade", "Maximum Grade")


@dataclass(frozen=True)
class Filled:
    """The file with its column filled, and what is to be said of it."""

    content: bytes
    column: str
    rows: int
    """How many rows were filled."""
    changed: int = 0
    """How many of them had another grade before."""
    strangers: tuple[str, ...] = ()
    """Students with marks who are in no row."""
    doubtful: tuple[str, ...] = ()
    """Students who may be in several rows, or whose row another has: nothing is filled for them."""
    scaled: tuple[str, ...] = ()
    """The points there are by the gradebook, where the sheets have others."""
    unlike: tuple[float, float] | None = None
    """The fewest and the most points that sheets are worth, where they differ."""

    def told(self, file: str) -> list[str]:
        """What is to be said of it, in sentences; `file` is where it was written."""
        changed = f"; {self.changed} had another grade before" if self.changed else ""
        said = [f"'{shorten(self.column)}' is filled in {self.rows} row{'s' * (self.rows != 1)}{changed}: {file}."]
        if self.scaled:
            said.append(f"Points are scaled to those that it has: {known(self.scaled)}.")
        if self.unlike is not None:
            least, most = map(shown, self.unlike)
            said.append(
                f"What isn't answered doesn't count: sheets are worth {least} to {most} points. For grades add "
                "--complete."
            )
        for names, what in ((self.strangers, "is in no row"), (self.doubtful, "may be in several rows, or is twice")):
            if names:
                said.append(f"Not filled, for who {what}: {known(map(shorten, names))}.")
        return said


@dataclass(frozen=True)
class Book:
    """A gradebook, as bytes. Raises UsageError where it can't be read as CSV."""

    content: bytes
    path: str
    platform: Platform
    column: str = ""
    rows: list[list[Span]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.content.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise UsageError(f"{self.path}: is in UTF-16: save it as CSV in UTF-8")
        try:
            rows = rows_of(self.content, self.delimiter)
        except ValueError as error:
            raise UsageError(f"{self.path}: can't be read as CSV: {error}") from None
        if not rows:
            raise UsageError(f"{self.path}: is empty")
        object.__setattr__(self, "rows", rows)

    @cached_property
    def delimiter(self) -> bytes:
        """What stands between the cells."""
        return delimiter_of(self.content.removeprefix(BOM))

    def text(self, row: Sequence[Span], column: int) -> str:
        """What a cell says; empty where the row is too short."""
        return row[column].text(self.content) if column < len(row) else ""

    @cached_property
    def head(self) -> list[str]:
        """The names of the columns."""
        return [cell.text(self.content) for cell in self.rows[0]]

    @cached_property
    def people(self) -> People:
        """Whose the rows below the head are."""
        rows = [[] if self.is_extra(row) else [cell.text(self.content) for cell in row] for row in self.rows[1:]]
        return People(self.head, rows)

    def is_extra(self, row: Sequence[Span]) -> bool:
        """Whether it is no student's: Canvas has lines on the assignments below the head."""
        return folded(self.text(row, 0)) in (_POINTS_POSSIBLE, "manual posting")

    def target(self, title: str) -> int:
        """The column to be filled: the named one, the platform's usual one, or that of the problem's title.

        Raises UsageError where there is none, or several.
        """
        wanted = self.column or self.platform.column or title
        names = [folded(each) for each in self.head]
        found = [i for i, name in enumerate(names) if name == folded(wanted)]
        found = found or [i for i, name in enumerate(names) if _NUMBERED.sub("", name) == folded(wanted)]
        if len(found) == 1:
            return found[0]
        hint = near(wanted, self.head) if self.column else f"; name it by --column (there are {known(self.head)})"
        count = "several columns" if found else "no column"
        raise UsageError(f"{self.path}: has {count} '{shorten(wanted)}'{hint}")

    def worth(self, row: Sequence[Span], target: int) -> float | None:
        """How many points there are for a row, as the gradebook says; None where it doesn't."""
        if self.platform.worth in self.head:
            return _number(self.text(row, self.head.index(self.platform.worth)))
        first = next((each for each in self.rows[1:4] if folded(self.text(each, 0)) == _POINTS_POSSIBLE), None)
        return None if first is None else _number(self.text(first, target))

    @cached_property
    def has_decimal_commas(self) -> bool:
        """Whether numbers have commas for points, which a file can only show where it has such a number."""
        cells = (cell.text(self.content) for row in self.rows[1:] for cell in row)
        return any(_COMMA.fullmatch(text) for text in cells)


def fill(book: Book, results: Iterable[Result]) -> Filled:
    """The gradebook with the points of each marked result in its row. Raises UsageError."""
    marked = [(r, book.people.rows(r), float(r.marks["points"])) for r in results if r.is_marked]
    title = next((str(result.marks.get("title", "")) for result, _, _ in marked), "")
    target = book.target(title)
    claims = Counter(min(rows) for _, rows, _ in marked if len(rows) == 1)
    doubtful = [_named(r) for r, rows, _ in marked if len(rows) > 1 or (len(rows) == 1 and claims[min(rows)] > 1)]
    strangers = [_named(result) for result, rows, _ in marked if not rows]
    edits: list[tuple[Span, bytes]] = []
    scaled: dict[str, None] = {}
    for result, rows, points in marked:
        if len(rows) != 1 or claims[min(rows)] > 1:
            continue
        row = book.rows[1 + min(rows)]
        if target >= len(row):
            doubtful.append(_named(result))
            continue
        worth = book.worth(row, target)
        score = float(result.marks["score"])
        if worth is not None and worth != points:
            scaled[shown(worth)] = None
            score = score * worth / points if points else 0.0
        edits.append((row[target], _as_cell(score, row[target].raw(book.content), book)))
    changed = sum(_is_changed(span, cell, book) for span, cell in edits)
    content = _edited(book.content, edits)
    totals = {points for _, _, points in marked}
    unlike = (min(totals), max(totals)) if len(totals) > 1 else None
    return Filled(content, book.head[target], len(edits), changed, (*strangers,), (*doubtful,), (*scaled,), unlike)


def _named(result: Result) -> str:
    return result.student or result.name or result.file


def _is_changed(span: Span, cell: bytes, book: Book) -> bool:
    before = span.text(book.content)
    return bool(before) and _number(before) != _number(cell.decode().strip('"'))


def _as_cell(score: float, raw: bytes, book: Book) -> bytes:
    """A number as the file writes numbers, in quotes where the cell has some or a comma needs them."""
    text = shown(score)
    if book.has_decimal_commas:
        text = text.replace(".", ",")
    quoted = is_quoted(raw) or ("," in text and book.delimiter == b",")
    return (f'"{text}"' if quoted else text).encode()


def _edited(content: bytes, edits: Iterable[tuple[Span, bytes]]) -> bytes:
    parts, at = [], 0
    for span, cell in sorted(edits, key=lambda each: each[0].start):
        parts += [content[at : span.start], cell]
        at = span.stop
    return b"".join([*parts, content[at:]])


def _number(text: str) -> float | None:
    """A number with a decimal point or comma; None where it is none."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
