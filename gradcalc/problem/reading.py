"""Get text out of a file or standard input, or say clearly why not."""

from __future__ import annotations

import re
import sys
from pathlib import Path as FilePath
from typing import Final

from gradcalc.errors import Fault, InputError, Span, UsageError
from gradcalc.words import did_you_mean

MAX_BYTES: Final = 16 * 1024 * 1024
STDIN: Final = "<stdin>"
CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def read_source(source: str) -> tuple[str, str]:
    """The text of a file, or of standard input for `-`, and the name by which messages call it.

    Raises UsageError where there is no file to read, InputError where it isn't UTF-8 or too large.
    """
    if source == "-":
        return decode(_read_stdin(), STDIN), STDIN
    return decode(_read_file(source), source), source


def decode(content: bytes, path: str) -> str:
    """Bytes to text. Raises InputError with the place of the first byte that isn't UTF-8."""
    if len(content) > MAX_BYTES:
        raise InputError([Fault(Span(path), f"larger than {MAX_BYTES >> 20} MB: split it")])
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError([Fault(Span(path), "written in UTF-16: save the file as UTF-8")])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        message = f"byte 0x{content[error.start]:02x} is not UTF-8 text: save the file as UTF-8"
        raise InputError([Fault(_end_of(before, path), message)]) from None


def refuse_characters(text: str, path: str) -> None:
    """Raise InputError where text is too large or holds a control character."""
    if len(text) > MAX_BYTES:
        raise InputError([Fault(Span(path), f"larger than {MAX_BYTES >> 20} MB: split it")])
    found = CONTROL.search(text)
    if found:
        message = f"control character U+{ord(found[0]):04X}: take it out"
        raise InputError([Fault(_end_of(text[: found.start()], path), message)])


def no_such_file(source: str, others: tuple[str, ...] = ()) -> UsageError:
    """What to say of a file that isn't there, with near misses in its folder and among `others`."""
    path = FilePath(source)
    other = did_you_mean(path.stem, others)
    if not path.parent.is_dir():
        return UsageError(f"there is no folder '{path.parent}' (looking for '{path.name}' in it){other}")
    beside = did_you_mean(path.name, [p.name for p in _files(path.parent)])
    if beside and path.parent != FilePath():
        beside = beside.replace("'", f"'{path.parent}/", 1)
    return UsageError(f"there is no file '{source}'{other if path.stem in others else beside or other}")


def _files(folder: FilePath) -> list[FilePath]:
    try:
        return [p for p in folder.iterdir() if p.is_file()][:1000]
    except OSError:
        return []


def _read_file(source: str) -> bytes:
    path = FilePath(source)
    try:
        if path.is_dir():
            raise UsageError(f"'{source}' is a folder: name a file in it")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise no_such_file(source) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"'{source}' can't be read: {reason.lower()}") from None


def _read_stdin() -> bytes:
    if sys.stdin is None:
        raise UsageError("standard input can't be read: it is closed")
    stream = getattr(sys.stdin, "buffer", None)
    try:
        if stream is not None:
            return bytes(stream.read(MAX_BYTES + 1))
        return sys.stdin.read(MAX_BYTES + 1).encode("utf-8", "surrogatepass")
    except (OSError, ValueError) as error:
        raise UsageError(f"standard input can't be read: {getattr(error, 'strerror', None) or error}") from None


def _end_of(text: str, path: str) -> Span:
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    return Span(path, len(lines), len(lines[-1]) + 1)
