"""Sheets in a zip that strangers have put together: nothing is unpacked to disk, nothing large is read."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Final, Protocol
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from gradcalc.classes.contents import Refused
from gradcalc.classes.trees import Loader
from gradcalc.errors import Fault, InputError, Span, UsageError
from gradcalc.problem.reading import MAX_BYTES, decode

MOST_FILES: Final = 250_000
MOST_BYTES: Final = 8 * 1024**3
"""Unpacked, all together."""
STEEPEST: Final = 200
"""A sheet may be so many times as large as in the zip: numbers are packed to a third, blanks to a hundredth."""
SMALL: Final = 64 * 1024
"""Below this, no ratio is a danger."""
BROKEN = (BadZipFile, LargeZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error)
"""What `zipfile` raises of archives that are damaged, encrypted or packed in a way of their own."""


@dataclass(frozen=True, slots=True)
class MemberBytes:
    """The bytes of a file in a zip, as far as they are read at all. Raises InputError."""

    archive: str
    name: str
    shown: str

    def __call__(self) -> bytes:
        """What it holds."""
        return unpacked(lambda: _opened(self.archive), self.name, self.shown)


def unpacked(opened: Callable[[], ZipFile], name: str, shown: str) -> bytes:
    """The bytes of a file in a zip, whatever size that says it has. Raises InputError."""
    try:
        with opened().open(name) as member:
            return member.read(MAX_BYTES + 1)
    except KeyError:
        raise InputError([Fault(Span(shown), "is not in the zip any more")]) from None
    except BROKEN as error:
        raise InputError([Fault(Span(shown), f"can't be unpacked: {error}")]) from None


class Bytes(Protocol):
    """What gets bytes, and how they are called."""

    @property
    def shown(self) -> str:
        """The path as messages show it."""

    def __call__(self) -> bytes:
        """The bytes."""


@dataclass(frozen=True, slots=True)
class MemberText:
    """The text of a file in a zip. Raises InputError."""

    member: Bytes

    def __call__(self) -> str:
        """What stands in it."""
        return decode(self.member(), self.member.shown)


@lru_cache(maxsize=4)
def _opened(path: str) -> ZipFile:
    """Its list of files is read once in a process: for every sheet anew it would take the square of their number."""
    return ZipFile(path)


class Zip:
    """The files of a zip. Raises UsageError where it is none, or holds too much."""

    def __init__(self, path: str) -> None:
        self.path = self.shown = path
        try:
            with ZipFile(path) as archive:
                members = [each for each in archive.infolist() if not each.is_dir()]
        except BROKEN as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise UsageError(f"'{path}' can't be read as a zip: {reason}") from None
        if len(members) > MOST_FILES:
            raise UsageError(f"'{path}' holds {len(members):,} files: at most {MOST_FILES:,} are read")
        if sum(each.file_size for each in members) > MOST_BYTES:
            raise UsageError(f"'{path}' unpacks to more than {MOST_BYTES >> 30} GB")
        named = ((each.filename.replace("\\", "/"), each) for each in members)  # some programs of Windows write \
        self.members = {name: each for name, each in named if not is_hidden(name)}

    @cached_property
    def names(self) -> list[str]:
        """The paths in the zip."""
        return sorted(self.members)

    def when(self, name: str) -> float:
        """The time that the zip has of it, which is of no time zone; 0 where it has none."""
        try:
            return datetime(*self.members[name].date_time).timestamp()
        except (ValueError, OverflowError, OSError):
            return 0.0

    def loader(self, name: str) -> Loader:
        """What reads the text of a file, or says why it isn't read."""
        found = self.raw(name)
        return MemberText(found) if isinstance(found, MemberBytes) else found

    def raw(self, name: str) -> MemberBytes | Refused:
        """The same for its bytes."""
        shown, member = f"{self.shown}/{name}", self.members[name]
        reason = danger(member)
        return Refused(shown, reason) if reason else MemberBytes(self.path, member.filename, shown)

    def content(self, name: str) -> bytes:
        """The bytes of a file. Raises OSError."""
        try:
            with _opened(self.path).open(self.members[name]) as member:
                return member.read(4 * MAX_BYTES + 1)
        except BROKEN as error:
            raise OSError(f"can't be unpacked: {error}") from None


def is_hidden(name: str) -> bool:
    """Whether a path in a zip is what systems put there for themselves."""
    return any(part.startswith(".") and part != ".." for part in name.split("/")) or name.startswith("__MACOSX/")


def danger(member: ZipInfo) -> str:
    """Why a file of a zip isn't read; empty where nothing speaks against it."""
    path, size = member.filename, member.file_size
    if path.startswith(("/", "\\")) or ".." in path.replace("\\", "/").split("/") or path[1:2] == ":":
        return "its path leads out of the zip: it isn't read"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link: it isn't followed"
    if member.flag_bits & 1:
        return "is encrypted"
    if size > MAX_BYTES:
        return f"unpacks to more than {MAX_BYTES >> 20} MB"
    if size > SMALL and size > STEEPEST * max(member.compress_size, 1):
        return f"unpacks to {size // max(member.compress_size, 1):,} times its size: it isn't read"
    return ""
