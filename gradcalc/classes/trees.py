"""Sheets in a folder, or in a zip: whose each is, when it was handed in, and what is no sheet."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from gradcalc.classes.contents import FileText
from gradcalc.classes.model import Content, Submission
from gradcalc.classes.platforms import METADATA, Owner, base_of, gradescope_owners, owners
from gradcalc.errors import UsageError

SHEETS = (".yaml", ".yml", ".json")
"""What a sheet's name may end with."""
LATE = "handed in late"


class Loader(Protocol):
    """What gets the text of a sheet."""

    def __call__(self) -> Content:
        """The text, or data."""


class Tree(Protocol):
    """Files by their paths, with `/` between the parts, sorted."""

    @property
    def shown(self) -> str:
        """How the tree is called where its files are named."""

    @property
    def names(self) -> Sequence[str]:
        """The paths of all files but hidden ones."""

    def when(self, name: str) -> float:
        """When a file was written, in seconds since 1970."""

    def loader(self, name: str) -> Loader:
        """What gets its text."""

    def content(self, name: str) -> bytes:
        """What it holds. Raises OSError."""


@dataclass(frozen=True)
class Folder:
    """The files in a folder and below; links are left alone, as they may lead anywhere."""

    path: str

    @property
    def shown(self) -> str:
        """The folder as it was typed."""
        return self.path.rstrip("/" + os.sep) or self.path

    @cached_property
    def names(self) -> list[str]:
        """The paths below the folder."""
        found = []
        for folder, inner, files in os.walk(self.path, onerror=_refuse):
            inner[:] = [each for each in inner if not each.startswith((".", "__MACOSX"))]
            below = Path(folder).relative_to(self.path)
            found += [(below / each).as_posix() for each in files if is_plain(Path(folder, each))]
        return sorted(found)

    def when(self, name: str) -> float:
        """The time of its last change."""
        return Path(self.path, name).stat().st_mtime

    def loader(self, name: str) -> FileText:
        """What reads the file."""
        return FileText(str(Path(self.path, name)))

    def content(self, name: str) -> bytes:
        """The bytes of a file."""
        return Path(self.path, name).read_bytes()


def _refuse(error: OSError) -> None:
    raise UsageError(f"'{error.filename}' can't be read: {error.strerror}")


def is_plain(path: Path) -> bool:
    """Whether it is a file, no link and not hidden."""
    return not path.name.startswith(".") and not path.is_symlink() and path.is_file()


class InTree:
    """The submissions in a tree, in the order of their paths; `strangers` are files that are no sheets."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        files = [name for name in tree.names if not name.endswith(METADATA)]
        self.sheets = [name for name in files if is_sheet(name)]
        self.strangers = [name for name in files if not is_sheet(name)]
        self.base = base_of(self.sheets)

    @cached_property
    def metadata(self) -> Mapping[str, tuple[Owner, ...]]:
        """Who handed in what, where Gradescope says it. Raises UsageError."""
        found: dict[str, tuple[Owner, ...]] = {}
        for name in (name for name in self.tree.names if name.endswith(METADATA)):
            try:
                found |= gradescope_owners(self.tree.content(name))
            except (ValueError, OSError) as error:
                raise UsageError(f"{self.tree.shown}/{name}: {error}") from None
        return found

    def __len__(self) -> int:
        return sum(len(self.owners(name)) for name in self.sheets) if self.metadata else len(self.sheets)

    def __iter__(self) -> Iterator[Submission]:
        for name in self.sheets:
            here = Submission("", f"{self.tree.shown}/{name}", self.tree.loader(name), self.tree.when(name))
            for owner in self.owners(name):
                said = LATE if owner.late else ""
                yield replace(here, student=owner.student, name=owner.name, sure=owner.sure, said=said)

    def owners(self, name: str) -> tuple[Owner, ...]:
        """Whose the sheet is."""
        return owners(name, self.base, self.metadata)


def is_sheet(name: str) -> bool:
    """Whether a file's name is that of a sheet."""
    return name.lower().endswith(SHEETS)
