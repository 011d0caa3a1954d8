"""Let results show themselves in notebooks, though none of them knows how reports are written.

Jupyter asks an object for `_repr_html_`, `_repr_markdown_` and `_repr_pretty_`. `Displayed` gives a class these
methods; what they answer comes from a module that the package itself names when it is imported (`written_by`), and
that is loaded when something is first shown. So imports still run downward: results know this module, which knows
nobody; reports know results.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`, which takes longer to import than `--version` needs altogether
if TYPE_CHECKING:
    from typing import Any

_writer = ""


def written_by(module: str) -> None:
    """Name the module that shows results: its `html`, `markdown` and `text` each take one."""
    global _writer
    _writer = module


class Displayed:
    """Shows itself in notebooks."""

    __slots__ = ()

    def _repr_markdown_(self) -> str | None:
        return _written("markdown", self)

    def _repr_html_(self) -> str | None:
        return _written("html", self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """For IPython in a terminal, and for notebooks that show text alone."""
        text = _written("text", self, width=printer.max_width)
        printer.text(repr(self) if text is None else text)


def _written(form: str, shown: object, **options: Any) -> str | None:
    """None for what the writer doesn't know, or where there is none: then Jupyter takes another form."""
    if not _writer:
        return None
    from importlib import import_module

    text: str | None = getattr(import_module(_writer), form)(shown, **options)
    return text
