"""Sheets in a folder, or in a zip: whose each is, when it was handed in, and what is no sheet."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from gradcalc.check.writeup.source import is_writeup
from gradcalc.classes.contents import Failed, FileBytes, FileText
from gradcalc.classes.model import Content, Submission
from gradcalc.classes.platforms import METADATA, Owner, base_of, gradescope_owners, own_name, owners
from gradcalc.classes.programs import Parts, ProgramFiles, is_program, programs_in
from gradcalc.errors import UsageError
from gradcalc.words import known

SHEETS = (".yaml", ".yml", ".json")
"""What a sheet's name may end with."""
_README = "readme"
"""What begins so says how the rest is to be used, whatever its ending."""
HIDDEN_ENDING = ".txt"
"""What Windows' editor puts behind a name, and then doesn't show."""
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

    def raw(self, name: str) -> Callable[[], bytes]:
        """What gets its bytes."""

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

    def raw(self, name: str) -> FileBytes:
        """What reads its bytes."""
        return FileBytes(str(Path(self.path, name)))

    def content(self, name: str) -> bytes:
        """The bytes of a file."""
        return Path(self.path, name).read_bytes()


def _refuse(error: OSError) -> None:
    raise UsageError(f"'{error.filename}' can't be read: {error.strerror}")


def is_plain(path: Path) -> bool:
    """Whether it is a file, no link and not hidden."""
    return not path.name.startswith(".") and not path.is_symlink() and path.is_file()


class InTree:
    """The submissions in a tree, in the order of their paths; `strangers` are files that are no sheets.

    Programs that aren't run are strangers, too, where whoever handed them in has a sheet beside; so are write-ups
    beside a sheet or a program that is run. With `of_one` all is one student's, wherever it lies.
    """

    def __init__(self, tree: Tree, run_code: bool = False, of_one: bool = False) -> None:
        self.tree, self.run_code, self.of_one = tree, run_code, of_one
        self.files = [name for name in tree.names if not name.endswith(METADATA)]
        self.base = base_of([name for name in self.files if may_be_marked(name) or is_program(name)])

    @cached_property
    def writeups(self) -> frozenset[str]:
        """The write-ups that count."""
        files = [name for name in self.files if may_be_marked(name) and not is_sheet(name)]
        better = [name for name in self.files if is_sheet(name) or (self.run_code and is_program(name))]
        if self.of_one:
            return frozenset(() if better else files)
        owners = {self.owners(name) for name in better} if files else ()
        return frozenset(name for name in files if self.owners(name) not in owners)

    def is_sheet(self, name: str) -> bool:
        """Whether a file is a sheet, or a write-up that counts."""
        return is_sheet(name) or name in self.writeups

    @cached_property
    def programs(self) -> Mapping[str, Parts]:
        """The programs by the path of what is run."""
        files = [name for name in self.files if is_program(name)]
        sheets = (
            {self.owners(name) for name in self.files if self.is_sheet(name)} if files and not self.run_code else ()
        )
        mine = [name for name in files if self.owners(name) not in sheets]
        return {parts.shown: parts for parts in programs_in(mine, (lambda name: ()) if self.of_one else self.owners)}

    @cached_property
    def others(self) -> list[str]:
        """What is neither a sheet nor belongs to a program."""
        beside = {name for parts in self.programs.values() for name in parts.files.values()}
        return [name for name in self.files if not self.is_sheet(name) and name not in beside]

    @cached_property
    def without(self) -> Mapping[str, list[str]]:
        """What students have handed in of whom a platform knows, and who have no sheet: by the first path all of it."""
        if not self.others:
            return {}
        have = {self.owners(name) for name in self.files if self.is_sheet(name) or name in self.programs}
        found: dict[tuple[Owner, ...], list[str]] = {}
        for name in self.others:
            owners = self.owners(name)
            if owners not in have and all(owner.sure for owner in owners):
                found.setdefault(owners, []).append(name)
        return {names[0]: names for names in found.values()}

    @cached_property
    def sheets(self) -> list[str]:
        """The paths of sheets and programs, and of what was handed in in place of one."""
        return [name for name in self.files if self.is_sheet(name) or name in self.programs or name in self.without]

    @cached_property
    def strangers(self) -> list[str]:
        """What is passed over."""
        mine = {name for names in self.without.values() for name in names}
        return [name for name in self.others if name not in mine]

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
            here = self.submission(name)
            for owner in self.owners(name):
                yield replace(here, student=owner.student, name=owner.name, sure=owner.sure, said=late(owner))

    def submission(self, name: str) -> Submission:
        """A sheet or a program, of nobody yet; a program is as new as the newest of its files."""
        shown, parts = f"{self.tree.shown}/{name}", self.programs.get(name)
        if name in self.without:
            what = known([own_name(each) for each in self.without[name]])
            return Submission("", shown, Failed(f"there is no sheet, only {what}"), self.tree.when(name))
        if parts is None:
            return Submission("", shown, self.tree.loader(name), self.tree.when(name))
        load = ProgramFiles(parts.main, {beside: self.tree.raw(path) for beside, path in parts.files.items()})
        return Submission("", shown, load, max(map(self.tree.when, parts.files.values())))

    def owners(self, name: str) -> tuple[Owner, ...]:
        """Whose the sheet is."""
        base = name.rpartition("/")[0] if self.in_sections and may_be_marked(name) else self.base
        return owners(name, base, self.metadata)

    @cached_property
    def in_sections(self) -> bool:
        """Whether folders are parts of the class, and no student's: each has several sheets, and none are called alike.

        What students hand in again stands in a folder of theirs, and others' sheets are called the same. Beside sheets
        that lie in no folder a folder is a student's.
        """
        found: dict[str, list[str]] = {}
        for folder, _, name in (name.rpartition("/") for name in self.files if may_be_marked(name)):
            found.setdefault(folder, []).append(name.partition(".")[0])
        stems = [stem for stems in found.values() for stem in stems]
        return (
            self.base not in found
            and len(found) > 1
            and min(map(len, found.values())) > 1
            and len({*stems}) == len(stems)
        )


def late(owner: Owner) -> str:
    """What is said of who was late."""
    return LATE if owner.late else ""


def may_be_marked(name: str) -> bool:
    """Whether a file's name is that of a sheet or a write-up."""
    return is_sheet(name) or (is_writeup(name) and not own_name(name).lower().startswith(_README))


def is_sheet(name: str) -> bool:
    """Whether a file's name is that of a sheet."""
    return name.lower().removesuffix(HIDDEN_ENDING).endswith(SHEETS)
