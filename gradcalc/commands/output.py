"""Put text where it was asked for: on standard output, or into a file, whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO

from gradcalc.errors import GradcalcError, UsageError
from gradcalc.report.page import Page
from gradcalc.words import visible

_SAMPLE = "⎡∇ŷ²ᵀ⊙⎤─═≤…⋮╱₁✓✗↪≈○"
_LEAST_WIDTH = 20


def page_for(output: Path | None) -> Page:
    """How wide the place is that the text goes to, and what it can show. COLUMNS overrides the width."""
    if output is not None:
        return Page(_columns(os.environ.get("COLUMNS", "")) or 80)
    screen = _standard_output()
    width = max(shutil.get_terminal_size((80, 24)).columns, _LEAST_WIDTH)
    return Page(width, ascii_only=not _can_encode(screen), colour=_wants_colour(screen))


def _standard_output() -> TextIO:
    """Raises GradcalcError where there is none."""
    if sys.stdout is None:
        raise GradcalcError("the output can't be written: standard output is closed")
    return sys.stdout


def _columns(text: str) -> int:
    try:
        columns = int(text)
    except ValueError:
        return 0
    return max(columns, _LEAST_WIDTH) if columns > 0 else 0


def _can_encode(stream: TextIO) -> bool:
    try:
        _SAMPLE.encode(stream.encoding or "utf-8")
    except (UnicodeError, LookupError):
        return False
    return True


def _wants_colour(stream: TextIO) -> bool:
    """On a terminal, unless NO_COLOR or TERM=dumb forbids it; FORCE_COLOR asks for it everywhere."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def emit(text: str, output: Path | None = None, *, as_file: bool = False) -> None:
    """Write a report. Raises UsageError where the file can't be written, GradcalcError where output is full.

    `as_file`: whoever reads this (a browser, Python, LaTeX) takes it for UTF-8, so it is that in a pipe too,
    whatever the locale says.
    """
    if output is not None:
        write_file(output, text)
        return
    screen = _standard_output()
    if as_file and isinstance(screen, TextIOWrapper) and not screen.isatty():
        screen.reconfigure(encoding="utf-8")
    try:
        _print(text, screen)
    except OSError as error:
        give_up(error)


def give_up(error: OSError) -> None:
    """Drop what standard output didn't take.

    Raises GradcalcError, but not where whoever reads has seen enough (`| head`).
    """
    if sys.stdout is not None:
        _drop(sys.stdout)
    if not isinstance(error, BrokenPipeError):
        raise GradcalcError(f"the output can't be written: {error.strerror or error}") from None


def say(text: str) -> None:
    """Tell something beside the report, on standard error; where that is closed or full, nobody can be told."""
    if sys.stderr is not None:
        try:
            _print(visible(text) + "\n", sys.stderr)
        except OSError:
            _drop(sys.stderr)


def _drop(stream: TextIO) -> None:
    """Drop what a stream didn't take: Python would try again when it exits, with an exit code of its own."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _print(text: str, stream: TextIO) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def refuse_to_overwrite(source: str, output: Path | None, what: str, option: str = "--output") -> None:
    """Raise UsageError where a report would be written over the file that it is made from, by whatever name."""
    if output is None or not output.is_file():
        return
    try:
        same = output.samefile(source)
    except (OSError, ValueError):  # `-`, or a problem that comes with gradcalc
        return
    if same:
        raise UsageError(f"{option} {output}: {what} itself stands there, and would be lost: name another file")


def write_file(path: Path, text: str, option: str = "--output") -> None:
    """Write a file whole. Raises UsageError."""
    with whole_file(path, option) as file:
        file.write(text.encode(errors="backslashreplace"))


@contextmanager
def whole_file(path: Path, option: str = "--output") -> Iterator[BinaryIO]:
    """A file to write into that is there whole or not at all: beside it first, then renamed. Raises UsageError."""
    try:
        with _replaced(path) as file:
            yield file
    except OSError as error:
        raise UsageError(f"{option} {path}: {error.strerror or error}") from None
    except RuntimeError:  # Python up to 3.12 says so where links lead in a circle.
        raise UsageError(f"{option} {path}: these links lead in a circle") from None


@contextmanager
def _replaced(path: Path) -> Iterator[BinaryIO]:
    import tempfile

    if path.is_dir():
        raise IsADirectoryError(21, "this is a folder, not a file")
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file  # /dev/stdout and the like can't be renamed over.
        return
    target = path.resolve()
    if target.is_symlink():
        raise OSError(40, "these links lead in a circle")
    if target.exists():
        target.open("r+b").close()  # Raises where the file is read-only; its folder may let it be renamed over.
    handle, name = tempfile.mkstemp(prefix=".gradcalc-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        _permit(Path(name), target)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _permit(new: Path, target: Path) -> None:
    """Give a file the owner and the permissions of the one it replaces, as far as may be, or those of any new file."""
    if target.exists():
        old = target.stat()
        with suppress(OSError, AttributeError):  # Only root may give files away, and Windows has no owners.
            os.chown(new, old.st_uid, old.st_gid)
        new.chmod(old.st_mode & 0o777)
        return
    mask = os.umask(0)
    os.umask(mask)
    new.chmod(0o666 & ~mask)
