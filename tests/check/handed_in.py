"""A problem's text and a write-up's, marked as files are on the command line."""

from __future__ import annotations

from pathlib import Path

from gradcalc.commands.check import Marking, marked
from gradcalc.problem.load import loads


def lines(problem: str, text: str, folder: Path) -> list[tuple[str, str]]:
    """The verdict on each line that is read, with why; at the end what isn't read, with the reason."""
    path = folder / "homework.md"
    path.write_text(text, encoding="utf-8")
    found = marked(loads(problem), str(path), Marking())[0]
    read = [(line.verdict, line.message) for verdict in found.verdicts for line in verdict.lines]
    return [*read, *(("unread", each.reason) for each in found.unread)]


def verdicts(problem: str, tex: str, folder: Path) -> list[str]:
    """The verdicts on the lines of one display, of those that are read."""
    return [word for word, _ in lines(problem, f"$$ {tex} $$", folder) if word != "unread"]
