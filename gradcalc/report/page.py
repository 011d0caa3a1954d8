"""What a renderer must know of where its text goes: how wide it is, and what it can show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A place for text: `width` columns, with or without Unicode and colour."""

    width: int = 80
    ascii_only: bool = False
    colour: bool = False
    fragment: bool = False
    """The text goes into another document, so it brings no document of its own."""
