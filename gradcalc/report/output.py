"""Put text where it was asked for: on standard output, or into a file, whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from gradcalc.errors import GradcalcError, UsageError
from gradcalc.report.page import Page

_SAMPLE = "⎡∇ŷ²ᵀ⊙⎤─═≤…⋮╱₁"
_LEAST_WIDTH = 20


def page_for(output: Path | None) -> Page:
    """How wide the place is that the text goes to, and what it can show. COLUMNS overrides the width."""
    if output is not None:
        return Page(_columns(os.environ.get("COLUMNS", "")) or 80)
    width = max(shutil.get_terminal_size((80, 24)).columns, _LEAST_WIDTH)
    return Page(width, ascii_only=not _can_encode(sys.stdout), colour=_wants_colour(sys.stdout))


def _columns(text: str) -> int:
    return max(int(text), _LEAST_WIDTH) if text.isdecimal() and int(text) > 0 else 0


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


def emit(text: str, output: Path | None = None) -> None:
    """Write a report. Raises UsageError where the file can't be written, GradcalcError where output is full."""
    if output is not None:
        write_file(output, text)
        return
    try:
        _print(text, sys.stdout)
    except BrokenPipeError:
        # Whoever reads has seen enough (`| head`); what is left must not fail again when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise GradcalcError(f"the output can't be written: {error.strerror}") from None


def say(text: str) -> None:
    """Tell something beside the report, on standard error."""
    with suppress(OSError):
        _print(text + "\n", sys.stderr)


def _print(text: str, stream: TextIO) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def write_file(path: Path, text: str) -> None:
    """Write a file whole: beside it first, then renamed. Raises UsageError."""
    try:
        _replace(path, text.encode())
    except OSError as error:
        raise UsageError(f"--output {path}: {error.strerror or error}") from None


def _replace(path: Path, content: bytes) -> None:
    if path.is_dir():
        raise IsADirectoryError(21, "this is a folder, not a file")
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # /dev/stdout and the like can't be renamed over.
        return
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(_mode(target))
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int:
    """The permissions that the file has, or that a new one would have."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
