"""Read the numbers of files in a problem's folder: of nothing else on the disk, and no more than a problem may take."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from pathlib import PurePosixPath
from typing import Any, Final

from gradcalc.problem.document import UNREADABLE
from gradcalc.problem.draft import MAX_FAULTS, Draft
from gradcalc.problem.reading import MAX_BYTES
from gradcalc.problem.stored import MOST_ENTRIES, NotStored, Stored
from gradcalc.program.problem import Path
from gradcalc.words import did_you_mean, shorten

MOST_FILES: Final = 1_000
"""How often files may be named in a problem."""
_READ_ONLY: Final = sum({getattr(os, flag, 0) for flag in ("O_RDONLY", "O_NONBLOCK", "O_NOFOLLOW", "O_BINARY")})
"""A pipe that nobody writes to isn't waited for, and no link is followed that came up since the path was looked at."""


class Reader:
    """Reads the files of one problem, each once, and counts what was taken from them."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.contents: dict[str, bytes] = {}
        self.named = self.bytes = self.entries = 0

    def read(self, path: Path, value: Mapping[str, Any]) -> Any:
        """The numbers that a mapping asks for, which the document has from now on at that path."""
        self.named += 1
        unknown = [key for key in value if key not in ("file", "name")]
        name = value.get("name")
        if unknown:
            self.draft.key_fault((*path, unknown[0]), ": unknown key; a file is given by file and name")
        elif value["file"] is UNREADABLE or name is UNREADABLE:
            pass  # what is wrong with it was told when the problem was read
        elif "name" in value and not isinstance(name, str):
            self.draft.fault((*path, "name"), "must be text: the name of an array or a column")
        else:
            try:
                found = self.stored(value["file"], name)
            except NotStored as error:
                key = "name" if error.of_name else "file"
                self.draft.fault((*path, key), f": {shorten(value['file'])} {error.message}")
            else:
                self.draft.document.stored[path] = found
                return found.data
        return UNREADABLE

    def stored(self, file: str, name: str | None) -> Stored:
        """What is asked for. Raises NotStored."""
        if self.named > MOST_FILES or len(self.draft.faults) > MAX_FAULTS:
            why = f"files are named more than {MOST_FILES:,} times, or too much is wrong"
            raise NotStored(f"isn't read any more: {why}")
        read = _READERS.get(file.rpartition(".")[2].lower())
        if read is None:
            raise NotStored("ends neither in .npy nor in .npz or .csv: save the numbers as one of these")
        found = read(self.content(file), name)
        self.entries += _count(found.data)
        if self.entries > MOST_ENTRIES:
            raise NotStored(f"is too much: a problem takes at most {MOST_ENTRIES:,} numbers from files")
        return found

    def content(self, file: str) -> bytes:
        """The bytes of a file in the problem's folder. Raises NotStored."""
        if file not in self.contents:
            path = _inside(self.draft.document.folder, file)
            content = _bytes(path)
            self.bytes += len(content)
            if self.bytes > 4 * MAX_BYTES:
                raise NotStored(f"is too much: all files together have more than {4 * MAX_BYTES >> 20} MB")
            self.contents[file] = content
        return self.contents[file]


def _count(data: Any) -> int:
    if not isinstance(data, list):
        return 1
    return sum(len(row) for row in data) if isinstance(data[0], list) else len(data)


def _inside(folder: FilePath | None, file: str) -> FilePath:
    """The path of a file, if it lies in the folder and nowhere else. Raises NotStored."""
    if folder is None:
        raise NotStored("can't be looked for: only a problem in a file has a folder beside it")
    pure = PurePosixPath(file)
    if pure.is_absolute() or ".." in pure.parts or re.search(r"[\\:\0]", file):
        raise NotStored("must lie in the problem's own folder: write its name alone, without .. and drives")
    try:
        home = folder.resolve(strict=True)
        found = (home / pure).resolve(strict=True)
    except FileNotFoundError:
        raise NotStored(f"isn't there{did_you_mean(file, _files(folder))}") from None
    except (OSError, ValueError, RuntimeError) as error:
        raise NotStored(f"can't be read: {_reason(error)}") from None
    if not found.is_relative_to(home):
        raise NotStored("is a link that leads out of the problem's folder: put the file itself there")
    return found


def _files(folder: FilePath) -> list[str]:
    try:
        return [path.name for path in folder.iterdir() if path.suffix.lower()[1:] in _READERS][:1000]
    except OSError:
        return []


def _bytes(path: FilePath) -> bytes:
    """The content of a file that is neither a folder nor a pipe nor too large. Raises NotStored."""
    try:
        with open(os.open(path, _READ_ONLY), "rb") as file:  # noqa: PTH123 - of a descriptor
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise NotStored("is no file to read: a folder or a device")
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotStored(f"can't be read: {_reason(error)}") from None
    if len(content) > MAX_BYTES:
        raise NotStored(f"is larger than {MAX_BYTES >> 20} MB")
    return content


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def _csv(content: bytes, name: str | None) -> Stored:
    from gradcalc.problem.csv_files import csv

    return csv(content, name)


def _npy(content: bytes, name: str | None) -> Stored:
    from gradcalc.problem.numpy_files import npy  # with zipfile, which takes long to load

    return npy(content, name)


def _npz(content: bytes, name: str | None) -> Stored:
    from gradcalc.problem.numpy_files import npz

    return npz(content, name)


_READERS: Final[Mapping[str, Callable[[bytes, str | None], Stored]]] = {"npy": _npy, "npz": _npz, "csv": _csv}
