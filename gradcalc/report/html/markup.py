"""Write elements of HTML, MathML and SVG: every text and every attribute escaped."""

from __future__ import annotations

import re

_EMPTY = frozenset({"input", "path", "rect"})
"""Elements of which there is nothing between beginning and end."""
_FIRST = re.compile(r"^<\w+")
_NOT_ALLOWED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Python's `html` has the same five, and loads all the names of characters that HTML has.
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def escape(text: str) -> str:
    """Text as markup has it; characters that it can't have are shown as U+FFFD."""
    return _NOT_ALLOWED.sub("\ufffd", text).translate(_ENTITIES)


def tag(name: str, *inner: str, **attributes: str | float | None) -> str:
    """An element around markup. `class_` is class, `data_name` is data-name; None leaves an attribute out."""
    end = "/>" if name in _EMPTY else f">{''.join(inner)}</{name}>"
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_shown(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}{end}"


def showing(element: str, name: str) -> str:
    """One element, with the name of the quantity that it shows."""
    return _FIRST.sub(lambda first: f'{first[0]} data-name="{escape(name)}"', element, count=1)


def _shown(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
