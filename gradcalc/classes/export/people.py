"""Which row of a gradebook is which student's: by what platforms call the columns that say so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from gradcalc.classes.model import Result

IDS = ("id", "sis user id", "sis login id", "id number", "identifier", "username", "student id", "integration id")
EMAILS = ("email address", "email", "sis login id")
NAMES = ("student", "full name", "name")
FIRST, LAST = ("first name",), ("last name", "surname")
_SHORT = 4
"""A cell of fewer characters in a column that nobody knows may be anything."""
_PARTICIPANT = re.compile(r"\D+(\d+)")
"""`Participant 12345`: Moodle's number of a student's work, also in the names of the files that it gives out."""


def folded(text: str) -> str:
    """Text as it is compared: letters of either case and blanks of any width are the same."""
    return " ".join(text.split()).casefold()


class People:
    """The rows of a gradebook, found by what is known of a student: first an id, then an email, then the name.

    Last comes what stands in any other column, which in another language has another name.
    """

    def __init__(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.head = [folded(each) for each in head]
        self.keys: list[dict[str, set[int]]] = [defaultdict(set) for _ in range(4)]
        for number, row in enumerate(rows):
            cells = dict(zip(self.head, row, strict=False))
            for kind, keys in enumerate((_ids(cells), _emails(cells), _names(cells), _others(cells))):
                for key in keys:
                    self.keys[kind][key].add(number)

    def rows(self, result: Result) -> set[int]:
        """The rows that a result can be of: none where it is in no row, several where its name is another's too."""
        said = [result.student, str(result.marks.get("id", "")), result.name, str(result.marks.get("name", ""))]
        told = [folded(each) for each in said if each.strip()]
        for found in self.keys:
            rows = next((found[each] for each in told if each in found), None)
            if rows:
                return rows
        return set()


def _ids(cells: dict[str, str]) -> Iterator[str]:
    for key in IDS:
        text = folded(cells.get(key, ""))
        if text:
            yield text
            participant = _PARTICIPANT.fullmatch(text) if key in ("identifier", "id") else None
            if participant:
                yield participant[1]


def _emails(cells: dict[str, str]) -> Iterator[str]:
    """With what stands before the `@`, which is what files are called by."""
    for key in EMAILS:
        text = folded(cells.get(key, ""))
        if "@" in text:
            yield from (text, text.partition("@")[0])


def _names(cells: dict[str, str]) -> Iterator[str]:
    """`Ada Lovelace`, `Lovelace, Ada`, and `lovelaceada` as Canvas calls files."""
    whole = next((folded(cells[key]) for key in NAMES if cells.get(key, "").strip()), "")
    first, last = (next((folded(cells[key]) for key in keys if cells.get(key)), "") for keys in (FIRST, LAST))
    if "," in whole:
        last, first = (part.strip() for part in whole.split(",", 1))
    elif whole and not last:
        first, _, last = whole.rpartition(" ")
    both = {whole, f"{first} {last}", f"{last}, {first}", f"{last} {first}", f"{last}{first}".replace(" ", "")}
    yield from (name.strip() for name in both if name.strip(" ,"))


def _others(cells: dict[str, str]) -> Iterator[str]:
    known = (*IDS, *EMAILS, *NAMES, *FIRST, *LAST)
    yield from (folded(text) for key, text in cells.items() if key not in known and len(text) >= _SHORT)
