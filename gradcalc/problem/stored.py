"""Numbers that stand in a file beside a problem, as the problem file itself would have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from gradcalc.program.problem import Path
from gradcalc.words import did_you_mean, listed, shorten

MOST_ENTRIES: Final = 1_000_000
"""What a problem may take from files, all together."""
_FEW: Final = 8


class NotStored(Exception):
    """Why a file doesn't give the numbers that are asked of it; `of_name` where it is the name that is wrong."""

    def __init__(self, message: str, of_name: bool = False) -> None:
        self.message, self.of_name = message, of_name
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Stored:
    """A number, a flat list or a list of rows; and how each of the numbers is written."""

    data: Any
    written: Callable[[Path], str]
    """The spelling of the number at a path, with the digits that the file has of it. Raises KeyError."""


def inside(data: Any, path: Path) -> Any:
    """What stands at a path of indices, if that is no list. Raises KeyError where there is nothing or a list."""
    try:
        for index in path:
            data = data[index]
    except (IndexError, TypeError):
        raise KeyError(path) from None
    if isinstance(data, list):
        raise KeyError(path)
    return data


def no_such(what: str, name: str, known: Iterable[str]) -> NotStored:
    """What to say of an array or a column that isn't there, with a near miss or those there are."""
    known = list(dict.fromkeys(known))
    hint = did_you_mean(name, known) or f"; it has {names_listed(known)}"
    return NotStored(f"has no {what} '{shorten(name)}'{hint}", of_name=True)


def names_listed(names: Iterable[str]) -> str:
    """A few names, in words."""
    shown = [shorten(name) for name in names]
    return listed(shown) if len(shown) <= _FEW else f"{', '.join(shown[:_FEW])}, …"
