"""Students' programs among many files: which files belong together, and which of them is run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from gradcalc.check.code.convention import FUNCTIONS, PROGRAM
from gradcalc.classes.model import Program
from gradcalc.classes.platforms import Owner, base_of, own_name
from gradcalc.errors import GradcalcError
from gradcalc.problem.reading import MAX_BYTES
from gradcalc.words import known

ENDING: Final = ".py"
MOST_FILES: Final = 200
"""So many files a program may have: more are a library that somebody has handed in too."""
_DEFINES = re.compile(rb"^(?:def[ \t]+(?:%b)\b|(?:%b)[ \t]*=)" % (("|".join(FUNCTIONS).encode(),) * 2), re.MULTILINE)


def is_program(name: str) -> bool:
    """Whether a file's name is that of a program."""
    return name.lower().endswith(ENDING)


@dataclass(frozen=True, slots=True)
class Parts:
    """The files of one program: by the paths that they have beside each other, the paths that they have here.

    `main` is the one that is run; empty where only what stands in them tells.
    """

    shown: str
    main: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ProgramFiles:
    """What gets the files of a program. Raises GradcalcError."""

    main: str
    files: Mapping[str, Callable[[], bytes]]

    def __call__(self) -> Program:
        """The program."""
        if len(self.files) > MOST_FILES:
            raise GradcalcError(f"{len(self.files):,} Python files were handed in: at most {MOST_FILES} are read")
        files = {name: load() for name, load in self.files.items()}
        if sum(map(len, files.values())) > MAX_BYTES:
            raise GradcalcError(f"the program is larger than {MAX_BYTES >> 20} MB")
        return Program(self.main or _that_defines(files), files)


def _that_defines(files: Mapping[str, bytes]) -> str:
    """The file that keeps to the convention. Raises GradcalcError where none does, or several do."""
    if len(files) == 1:
        return next(iter(files))
    found = [name for name, content in files.items() if _DEFINES.search(content)]
    if len(found) != 1:
        which = "several define" if found else "none defines"
        raise GradcalcError(
            f"which of {known(found or files)} is the program: {which} {' or '.join(FUNCTIONS)}? Call it {PROGRAM}"
        )
    return found[0]


def programs_in(names: Iterable[str], owners: Callable[[str], tuple[Owner, ...]]) -> Iterator[Parts]:
    """The programs among Python files: what a student handed in is one, or as many as are called student.py.

    All files of a student can be imported by it; `owners` says whose a file is.
    """
    groups: dict[tuple[Owner, ...], list[str]] = {}
    for name in names:
        groups.setdefault(owners(name), []).append(name)
    for mine in groups.values():
        yield from _of_one(mine)


def _of_one(names: list[str]) -> Iterator[Parts]:
    shared = base_of(names) if len(names) > 1 else names[0].rpartition("/")[0]
    beside = {name: _named(name.removeprefix(f"{shared}/") if shared else name) for name in names}
    files = {beside[name]: name for name in names}
    mains = [name for name in names if beside[name].rpartition("/")[2].lower() == PROGRAM]
    for name in mains or names[:1]:
        yield Parts(name, beside[name] if mains else "", files)


def _named(path: str) -> str:
    """A path with the file called as its student called it."""
    return f"{path[: path.rfind('/') + 1]}{own_name(path)}"
