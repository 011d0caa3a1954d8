"""Show a report in the reader's web browser."""

from __future__ import annotations

import os
import tempfile
import webbrowser
from collections.abc import Callable, Mapping
from pathlib import Path

from gradcalc.commands.output import say
from gradcalc.commands.show import AS_IT_IS, STANDARD_OUTPUT, Look, show
from gradcalc.errors import UsageError
from gradcalc.report.formats import FORMATS, Format, Report


def show_page(
    make: Callable[[], Report],
    format: str,
    output: Path | None = None,
    *,
    fragment: bool = False,
    formats: Mapping[str, Format] = FORMATS,
    look: Look = AS_IT_IS,
) -> int:
    """Write a report as a web page, into a temporary file unless told where, and open it; the exit code.

    Raises GradcalcError, UsageError where something else than a page in a file was asked for.
    """
    if format not in ("html", "table"):
        raise UsageError(f"--open shows a web page: it goes with --format html, not with --format {format}")
    if fragment:
        raise UsageError("--open shows a whole page, and --fragment writes a part of one")
    if output == STANDARD_OUTPUT:
        raise UsageError("--open shows a file, and '--output -' writes none")
    if output is not None:
        code = show(make, "html", output, formats=formats, look=look)
        _open(output)
        return code
    path = _temporary()
    try:
        code = show(make, "html", path, formats=formats, look=look)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    _open(path)
    return code


def _temporary() -> Path:
    handle, name = tempfile.mkstemp(prefix="gradcalc-", suffix=".html")
    os.close(handle)
    return Path(name)


def _open(path: Path) -> None:
    try:
        opened = webbrowser.open(path.resolve().as_uri())
    except webbrowser.Error:
        opened = False
    say(f"The page is {path}." if opened else f"There is no browser to open the page with; it is {path}.")
