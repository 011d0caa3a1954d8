"""File names from names that strangers chose: safe in any folder, on any system, and each once."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile(r"[^\w.@+-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""What Windows takes for devices, whatever comes after a dot."""
_LONGEST = 80
"""In bytes: with an ending and a number, below what any file system allows."""


class FileNames:
    """Gives each name a file name of its own, however alike the names are."""

    def __init__(self, ending: str) -> None:
        self.ending = ending
        self.taken: set[str] = set()

    def new(self, name: str) -> str:
        """A file name that no other name has, on systems that don't tell small letters from capitals either."""
        stem, number = safe(name), 1
        found = f"{stem}{self.ending}"
        while found.casefold() in self.taken:
            number += 1
            found = f"{stem}-{number}{self.ending}"
        self.taken.add(found.casefold())
        return found


def safe(name: str) -> str:
    """Letters, digits and `._@+-` of a name, `_` for all else: no folder, no device, nothing hidden."""
    text = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).lstrip(".-").rstrip(".")
    text = text.encode()[:_LONGEST].decode(errors="ignore")
    return f"_{text}" if not text or _RESERVED.fullmatch(text) else text
