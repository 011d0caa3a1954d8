"""Zips among the files of a tree, as students pack what they hand in: their files stand in the place of the zip."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Final
from zipfile import ZipFile, ZipInfo

from gradcalc.classes.contents import Refused
from gradcalc.classes.trees import Loader, Tree
from gradcalc.classes.zips import BROKEN, MemberText, danger, is_hidden, unpacked
from gradcalc.errors import GradcalcError

ENDING: Final = ".zip"
MOST_FILES: Final = 1_000
"""A zip of more files is a library that somebody has handed in too: it is left packed."""


@dataclass(frozen=True, slots=True)
class InnerBytes:
    """The bytes of a file in a zip that is a file itself. Raises GradcalcError."""

    outer: Callable[[], bytes]
    name: str
    shown: str

    def __call__(self) -> bytes:
        """What it holds."""
        return unpacked(lambda: ZipFile(BytesIO(self.outer())), self.name, self.shown)


class Unpacked:
    """A tree with the files of its zips in their place: below the zip's path, one zip deep."""

    def __init__(self, tree: Tree) -> None:
        self.tree, self.shown = tree, tree.shown

    @cached_property
    def inner(self) -> dict[str, tuple[str, ZipInfo]]:
        """The zip in which a file lies, and what that says of it."""
        zips = (name for name in self.tree.names if name.lower().endswith(ENDING))
        return {f"{name}/{path}": (name, member) for name in zips for path, member in self._members(name)}

    def _members(self, name: str) -> Iterator[tuple[str, ZipInfo]]:
        """The files of a zip; none where it can't be read."""
        try:
            with ZipFile(BytesIO(self.tree.raw(name)())) as archive:
                members = [each for each in archive.infolist() if not each.is_dir()]
        except (GradcalcError, *BROKEN):
            return
        if len(members) <= MOST_FILES:
            named = ((each.filename.replace("\\", "/"), each) for each in members)
            yield from ((path, each) for path, each in named if not is_hidden(path))

    @cached_property
    def names(self) -> Sequence[str]:
        """The paths of all files, those in zips too."""
        opened = {name for name, _ in self.inner.values()}
        return sorted([*(name for name in self.tree.names if name not in opened), *self.inner])

    def when(self, name: str) -> float:
        """When a file was written."""
        if name not in self.inner:
            return self.tree.when(name)
        return self.tree.when(self.inner[name][0])

    def raw(self, name: str) -> Callable[[], bytes]:
        """What gets its bytes."""
        return self._inner(name) if name in self.inner else self.tree.raw(name)

    def _inner(self, name: str) -> InnerBytes | Refused:
        outer, member = self.inner[name]
        shown, reason = f"{self.shown}/{name}", danger(member)
        return Refused(shown, reason) if reason else InnerBytes(self.tree.raw(outer), member.filename, shown)

    def loader(self, name: str) -> Loader:
        """What gets its text."""
        if name not in self.inner:
            return self.tree.loader(name)
        found = self._inner(name)
        return MemberText(found) if isinstance(found, InnerBytes) else found

    def content(self, name: str) -> bytes:
        """What it holds. Raises OSError."""
        if name not in self.inner:
            return self.tree.content(name)
        try:
            return self.raw(name)()
        except GradcalcError as error:
            raise OSError(str(error)) from None
