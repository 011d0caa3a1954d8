"""Lists in which `null` stands for what isn't given: an entry, a whole row, a matrix of an image."""

from __future__ import annotations

from typing import Any


def spread(value: Any) -> Any:
    """The same with a row of `null`s for each row that is left out, as long as the first that isn't."""
    if not isinstance(value, list):
        return value
    row = next((item for item in value if isinstance(item, list)), None)
    return value if row is None else [_empty(row) if item is None else spread(item) for item in value]


def _empty(like: list[Any]) -> list[Any]:
    return [_empty(item) if isinstance(item, list) else None for item in spread(like)]


def filled(value: Any) -> Any:
    """The same with 0 in the place of each entry that is left out."""
    if isinstance(value, list):
        return [filled(item) for item in spread(value)]
    return 0 if value is None else value
