"""Let results show and write themselves, and problems be made of data, though none of them knows how.

Jupyter asks an object for `_repr_html_`, `_repr_markdown_` and `_repr_pretty_`. `Displayed` gives a class these
methods; what they answer comes from a module that the package itself names when it is imported (`written_by`), and
that is loaded when something is first shown. So imports still run downward: results know this module, which knows
nobody; reports know results. In the same way a problem is made of plain data by a module that is named (`made_by`).
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`, which takes longer to import than `--version` needs altogether
if TYPE_CHECKING:
    from typing import Any

_writer = ""
_maker = ""


def written_by(module: str) -> None:
    """Name the module that shows results: its `html`, `markdown` and `text` each take one."""
    global _writer
    _writer = module


def made_by(module: str) -> None:
    """Name the module that makes problems: its `from_dict` takes a mapping."""
    global _maker
    _maker = module


def made_from(data: Any) -> Any:
    """The problem that a mapping describes."""
    from importlib import import_module

    return import_module(_maker).from_dict(data)


class Displayed:
    """Shows itself in notebooks, and writes itself as a web page, as LaTeX, as Markdown."""

    __slots__ = ()

    def to_html(self) -> str:
        """A web page, whole, as the commands write it with `--format html`."""
        return _written("page", self) or ""

    def to_latex(self) -> str:
        """A LaTeX document, as the commands write it with `--format latex`."""
        return _written("latex", self) or ""

    def to_markdown(self) -> str:
        """Markdown with mathematics, as the commands write it with `--format markdown`."""
        return _written("markdown", self) or ""

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
