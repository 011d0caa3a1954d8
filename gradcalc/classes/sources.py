"""What was handed in, wherever it lies: folders, zips, CSV, JSON lines, single sheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from gradcalc.check.writeup.source import ENDINGS, is_writeup
from gradcalc.classes.contents import FileBytes, FileText
from gradcalc.classes.model import Submission
from gradcalc.classes.nested import Unpacked
from gradcalc.classes.platforms import owners
from gradcalc.classes.programs import ENDING, ProgramFiles, is_program
from gradcalc.classes.rows import Lines, Table
from gradcalc.classes.trees import SHEETS, Folder, InTree, Loader, is_sheet, late
from gradcalc.classes.zips import Zip
from gradcalc.errors import UsageError
from gradcalc.problem.reading import no_such_file

LINES = (".jsonl", ".ndjson")
TABLES = (".csv", ".tsv")


class Source(Protocol):
    """Submissions that can be counted before they are read; `strangers` are files and columns that are none."""

    @property
    def strangers(self) -> Sequence[str]:
        """What is passed over."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Submission]: ...


@dataclass(frozen=True)
class Single:
    """A sheet that was named itself; its folder is the student's where others that are named are called the same."""

    path: str
    by_folder: bool = False
    strangers: Sequence[str] = ()

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[Submission]:
        path = Path(self.path)
        (owner,) = owners("/".join(path.parts[-2:]) if self.by_folder else path.name, "", {})
        when = path.stat().st_mtime
        yield Submission(owner.student, self.path, self.load(path), when, owner.sure, owner.name, late(owner))

    def load(self, path: Path) -> Loader:
        """What gets the sheet, or the program."""
        return ProgramFiles("", {path.name: FileBytes(self.path)}) if is_program(self.path) else FileText(self.path)


@dataclass(frozen=True)
class HandedIn:
    """Everything that was handed in, source by source, each in an order of its own that never changes."""

    sources: tuple[Source, ...]

    @property
    def strangers(self) -> list[str]:
        """What is passed over, as it is no sheet, or no quantity of the problem."""
        return [name for source in self.sources for name in source.strangers]

    def __len__(self) -> int:
        return sum(map(len, self.sources))

    def __iter__(self) -> Iterator[Submission]:
        for source in self.sources:
            yield from source


def handed_in(
    paths: Sequence[str],
    student: str = "",
    is_quantity: Callable[[str], bool] = lambda label: True,
    run_code: bool = False,
    of_one: bool = False,
) -> HandedIn:
    """What lies at these paths. Raises UsageError where there is nothing, or it can't be read.

    `student` is the column of CSV files that says whose a row is, `is_quantity` tells which columns are answers.
    Without `run_code` a program counts only where its owner has no sheet. With `of_one` all is one student's.
    """
    called = Counter(Path(path).name for path in paths)

    def source(path: str) -> Source:
        kind = _kind(path)
        if kind in ("folder", "zip"):
            tree = Folder(path) if kind == "folder" else Zip(path)
            return InTree(Unpacked(tree), run_code, of_one)
        if kind == "lines":
            return Lines(path)
        if kind == "table":
            return Table(path, student, is_quantity)
        return Single(path, called[Path(path).name] > 1)

    found = HandedIn(tuple(map(source, paths)))
    if not len(found):
        strangers = f" (only {', '.join(found.strangers[:3])})" if found.strangers else ""
        raise UsageError(
            f"there is no sheet in {', '.join(paths)}{strangers}: a sheet is a file "
            f"{', '.join((*SHEETS, *ENDINGS, ENDING))}"
        )
    return found


def _kind(path: str) -> Literal["folder", "zip", "lines", "table", "sheet"]:
    """What lies there. Raises UsageError."""
    here, lower = Path(path), path.lower()
    if here.is_dir():
        return "folder"
    if not here.exists():
        raise no_such_file(path)
    if lower.endswith(".zip"):
        return "zip"
    if lower.endswith(LINES):
        return "lines"
    if lower.endswith(TABLES):
        return "table"
    if is_sheet(path) or is_writeup(path) or is_program(path):
        return "sheet"
    kinds = ", ".join((*SHEETS, *ENDINGS, ENDING, ".zip", *TABLES, *LINES))
    raise UsageError(f"'{path}' is no sheet and no class: name a folder, or a file {kinds}")
