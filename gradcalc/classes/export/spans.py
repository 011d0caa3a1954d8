"""Where the cells of a CSV file stand, to the byte: what is replaced there leaves the rest as it was."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

_END = re.compile(rb"\r\n|\n|\r")
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Span:
    """A cell: its bytes are `content[start:stop]`, with quotes where it has some."""

    start: int
    stop: int

    def raw(self, content: bytes) -> bytes:
        """The cell as it stands there."""
        return content[self.start : self.stop]

    def text(self, content: bytes) -> str:
        """What the cell says, without quotes and without spaces around it."""
        raw = self.raw(content)
        if is_quoted(raw):
            raw = raw.strip()[1:-1].replace(b'""', b'"')
        return decoded(raw).strip()


def is_quoted(raw: bytes) -> bool:
    """Whether a cell stands in quotes."""
    stripped = raw.strip()
    return len(stripped) >= 2 and stripped.startswith(b'"') and stripped.endswith(b'"')


def decoded(raw: bytes) -> str:
    """Bytes as text: UTF-8, else what Windows writes in Western Europe."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def delimiter_of(content: bytes) -> bytes:
    """What stands between the cells of the first line: a comma, a semicolon or a tab."""
    first = _END.split(content, maxsplit=1)[0]
    return max((b",", b";", b"\t"), key=first.count)


def rows_of(content: bytes, delimiter: bytes) -> list[list[Span]]:
    """The rows of a file (RFC 4180: in quotes anything may stand, quotes doubled); lines that are empty are left out.

    Raises ValueError where a quote is not closed.
    """
    rows: list[list[Span]] = []
    at = len(BOM) if content.startswith(BOM) else 0
    while at < len(content):
        row, at = _row(content, delimiter, at)
        if len(row) > 1 or row[0].start < row[0].stop:
            rows.append(row)
    return rows


def _row(content: bytes, delimiter: bytes, at: int) -> tuple[list[Span], int]:
    """The cells of the row that begins there, and where the next begins."""
    row: list[Span] = []
    while True:
        stop = _stop(content, delimiter, at)
        row.append(Span(at, stop))
        if content[stop : stop + 1] != delimiter:
            end = _END.match(content, stop)
            return row, end.end() if end else len(content)
        at = stop + 1


def _stop(content: bytes, delimiter: bytes, at: int) -> int:
    """Where the cell that begins there ends."""
    here = at
    if content[here : here + 1] == b'"':
        here = _closing(content, here) + 1
    found = _after_cell(delimiter).search(content, here)
    return found.start() if found else len(content)


@cache
def _after_cell(delimiter: bytes) -> re.Pattern[bytes]:
    return re.compile(re.escape(delimiter) + rb"|[\r\n]")


def _closing(content: bytes, at: int) -> int:
    """Where the quote that opens there is closed. Raises ValueError."""
    here = at + 1
    while True:
        here = content.find(b'"', here)
        if here < 0:
            line = content.count(b"\n", 0, at) + 1
            raise ValueError(f"a quote that opens in line {line} is not closed")
        if content[here + 1 : here + 2] != b'"':
            return here
        here += 2
