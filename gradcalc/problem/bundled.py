"""The problems that come with gradcalc: their names, and where they are."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    """The problem files by name: inside an installed package, else in the repository beside it."""
    for folder in (_PACKAGE / "bundled", _PACKAGE.parent / "problems"):
        if folder.is_dir():
            return {file.stem: file for file in sorted(folder.glob("*.yaml"))}
    return {}


def bundled_names() -> tuple[str, ...]:
    """The names of all problems that come with gradcalc, in alphabetical order."""
    return tuple(_files())


def bundled_path(name: str) -> Path:
    """The file of a problem that comes with gradcalc. Raises KeyError for an unknown name."""
    return _files()[name]
