"""Tables as spreadsheets save them: in which letters, with what between the cells, and which column says who it is."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from gradcalc.errors import UsageError
from gradcalc.problem.reading import MAX_BYTES

STUDENT: Final = (
    "id",
    "student",
    "sid",
    "student id",
    "id number",
    "username",
    "name",
    "full name",
    "email",
    "email address",
    "e-mail",
)
"""The columns that say who it is, if nothing else is said; the first that is there."""
_WINDOWS: Final = "cp1252"
"""What Excel writes in Western Europe, where it isn't asked for UTF-8."""
_AT_ONCE: Final = 1 << 20
_EXCEL: Final = "sep="
"""A first line that says what stands between the cells; it is for Excel alone."""


class TableText:
    """A file of rows as text: UTF-8, UTF-16 with its mark, or else what Windows writes. Raises UsageError."""

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self.encoding = _encoding(path)
        except OSError as error:
            raise UsageError(f"'{path}' can't be read: {error.strerror or error}") from None
        with self._text() as file:
            self.first = file.readline(MAX_BYTES)
            self.is_for_excel = self.first.lower().startswith(_EXCEL)
            self.head = file.readline(MAX_BYTES) if self.is_for_excel else self.first

    def _text(self) -> TextIO:
        return Path(self.path).open(encoding=self.encoding, errors="replace", newline="")

    @contextmanager
    def opened(self) -> Iterator[TextIO]:
        """The file, at the names of its columns."""
        with self._text() as file:
            if self.is_for_excel:
                file.readline(MAX_BYTES)
            yield file


def delimiter_of(head: str) -> str:
    """What stands between the cells of a line: programs write commas, semicolons or tabs."""
    return max(",;\t", key=head.count)


def _encoding(path: str) -> str:
    with Path(path).open("rb") as file:
        start = file.read(len(BOM_UTF8))
        if start.startswith((BOM_UTF16_BE, BOM_UTF16_LE)):
            return "utf-16"
        file.seek(0)
        decoder = getincrementaldecoder("utf-8")()
        try:
            while content := file.read(_AT_ONCE):
                decoder.decode(content)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _WINDOWS
    return "utf-8-sig"
