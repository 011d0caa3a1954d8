"""Read YAML (or JSON) from a file, standard input or text into a Document, refusing what could mislead."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

from gradcalc.errors import InputError, TooMuch
from gradcalc.problem.builder import Builder
from gradcalc.problem.document import Document
from gradcalc.problem.mend import is_cut, mended
from gradcalc.problem.nesting import TOO_DEEP, flattened
from gradcalc.problem.reading import read_source, refuse_characters
from gradcalc.problem.usual import usual
from gradcalc.problem.yaml_errors import explain

LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""What takes YAML apart; many times faster where PyYAML has libyaml."""

MOST_MENDED: Final = 1_000_000
"""What people paste is shorter than this many characters."""


def read(source: str, *, lenient: bool = False) -> Document:
    """Read a file, or standard input for `-`.

    Raises UsageError where there is no such file, InputError for what can't be gone on with
    (not UTF-8, not YAML, too large, too deep, empty); lesser faults are left in the document. With `lenient`,
    as for answers of which each is to be read whatever the others are, so are too much depth and many faults.
    """
    text, path = read_source(source)
    document = read_text(text, path, lenient=lenient)
    document.folder = None if source == "-" else Path(source).parent
    return document


def read_text(text: str, path: str = "<string>", *, lenient: bool = False) -> Document:
    """Read YAML text; `path` is what messages call it. Raises InputError like `read`.

    With `lenient`, what isn't YAML because of what was pasted into it is read with quotes around that.
    """
    text = text.removeprefix("\ufeff")
    refuse_characters(text, path)
    if not lenient:
        return _read(text, path, lenient)
    document = usual(path, text)
    try:
        document = document or _read(text, path, lenient)
    except TooMuch:
        raise
    except InputError:
        again = _read_mended(text, path)
        if again is None:
            raise
        return again
    return (_read_mended(text, path) if is_cut(document.data, text) else None) or document


def _read_mended(text: str, path: str) -> Document | None:
    if len(text) > MOST_MENDED:
        return None
    try:
        return _read(mended(text), path, lenient=True, original=text)
    except InputError:
        return None


def _read(text: str, path: str, lenient: bool, original: str = "") -> Document:
    reader = Builder(Document(path, text, original=original), lenient)
    error = reader.take_all(yaml.parse(text, Loader=LOADER))
    if error and lenient and reader.too_deep(error) is not None:
        flat, places = flattened(text, *reader.reached)
        reader = Builder(Document(path, text, original=original), lenient, places)
        error = reader.take_all(yaml.parse(flat, Loader=LOADER))
    if error:
        deep = reader.too_deep(error)
        reader.stop(*(explain(error, text) if deep is None else (deep, TOO_DEEP)))
    if reader.document.data is None:
        what = (
            "an answer sheet has sections such as 'forward:'"
            if lenient
            else "a problem has keys such as 'inputs:' and 'layers:'"
        )
        reader.stop(0, f"the file is empty: {what}")
    return reader.document
