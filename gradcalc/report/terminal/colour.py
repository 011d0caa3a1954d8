"""Add colour to drawn text; the text itself stays the same."""

from __future__ import annotations

from io import StringIO

from gradcalc.report.terminal.boxes import Box

STYLES = {
    "heading": "bold",
    "name": "bold cyan",
    "faint": "dim",
    "warning": "yellow",
    "correct": "green",
    "carried": "yellow",
    "imprecise": "yellow",
    "wrong": "bold red",
    "missing": "yellow",
    "unreadable": "bold red",
}


def painted(drawn: Box) -> str:
    """The lines of a box with the escape sequences for its marks."""
    from rich.console import Console
    from rich.text import Text

    lines = [Text(line) for line in drawn.lines]
    for mark in drawn.marks:
        if mark.style:
            lines[mark.row].stylize(STYLES[mark.style], mark.start, mark.stop)
    out = StringIO()
    console = Console(file=out, force_terminal=True, color_system="standard", width=10**6, highlight=False)
    for line in lines:
        line.rstrip()
        console.print(line, soft_wrap=True)
    return out.getvalue()
