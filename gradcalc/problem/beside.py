"""Put the numbers of files beside a problem (`{file: data.npz, name: X}`) where the problem names them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gradcalc.problem.document import UNREADABLE
from gradcalc.problem.draft import Draft
from gradcalc.program.problem import Path

KEYS: Final = ("inputs", "targets", "parameters", "layers", "vertices", "upstream", "gradients", "start", "expected")
"""Under which keys of a problem numbers stand."""


def put_in_files(draft: Draft) -> None:
    """Replace each mapping that names a file by its numbers; by UNREADABLE, and a fault, where they can't be had."""
    data = draft.document.data
    if not isinstance(data, dict):
        return
    found = _all_named(data)
    if not found:
        return
    from gradcalc.problem.folder import Reader  # which few problems need

    reader = Reader(draft)
    for path, above in found:
        above[path[-1]] = reader.read(path, above[path[-1]])


def file_names(data: Any) -> list[str]:
    """The files that a problem's tree names, each once, as it writes them."""
    found = _all_named(data) if isinstance(data, dict) else []
    files = (above[path[-1]]["file"] for path, above in found)
    return [*dict.fromkeys(file for file in files if isinstance(file, str))]


def _all_named(data: dict[str, Any]) -> list[tuple[Path, Any]]:
    return [named for key in KEYS for named in _named(data, key, ())]


def _named(above: Any, step: str | int, path: Path) -> Iterator[tuple[Path, Any]]:
    """Each mapping that names a file, at or below a step: its path, and the list or mapping in which it stands."""
    value = above.get(step) if isinstance(above, dict) else above[step]
    here = (*path, step)
    if names_file(value):
        yield here, above
    elif isinstance(value, dict):
        for key in value:
            yield from _named(value, key, here)
    elif isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        for i in range(len(value)):
            yield from _named(value, i, here)


def names_file(value: Any) -> bool:
    """Whether a value is a mapping that names a file; else `file` may be a quantity of that name."""
    file = value.get("file") if isinstance(value, dict) else None
    return file is UNREADABLE or (isinstance(file, str) and "." in file and file.rpartition(".")[2].isidentifier())
