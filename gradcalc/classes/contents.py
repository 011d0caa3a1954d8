"""How the text of a sheet is got: what a submission carries from process to process in place of the text itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from gradcalc.classes.model import Content
from gradcalc.errors import Fault, GradcalcError, InputError, Span
from gradcalc.problem.reading import MAX_BYTES, read_source


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file. Raises UsageError, InputError as `read_source` does."""

    path: str

    def __call__(self) -> str:
        """What stands in it."""
        return read_source(self.path)[0]


@dataclass(frozen=True, slots=True)
class FileBytes:
    """The bytes of a file, as far as they are read at all. Raises GradcalcError."""

    path: str

    def __call__(self) -> bytes:
        """What it holds."""
        try:
            with Path(self.path).open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except OSError as error:
            raise GradcalcError(f"{self.path}: {error.strerror or error}") from None


@dataclass(frozen=True, slots=True)
class Given:
    """Text or data that is there already."""

    content: Content

    def __call__(self) -> Content:
        """What was given."""
        return self.content


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, by the names of their columns: `gradients.W1` stands in a section."""

    cells: Mapping[str, str]

    def __call__(self) -> Mapping[str, Any]:
        """The row as a sheet."""
        sheet: dict[str, Any] = {}
        for label, text in self.cells.items():
            *sections, name = label.split(".")
            inner = sheet
            for section in sections:
                inner = inner.setdefault(section, {})
            inner[name] = text
        return sheet


@dataclass(frozen=True, slots=True)
class Refused:
    """A sheet that isn't read, and why."""

    source: str
    reason: str

    def __call__(self) -> NoReturn:
        """Raise InputError."""
        raise InputError([Fault(Span(self.source), self.reason)])


@dataclass(frozen=True, slots=True)
class Failed:
    """A sheet that couldn't be had, with the whole message."""

    message: str

    def __call__(self) -> NoReturn:
        """Raise GradcalcError."""
        raise GradcalcError(self.message)
