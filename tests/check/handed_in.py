"""A problem's text and a write-up's, marked as files are on the command line."""

from __future__ import annotations

from pathlib import Path

from gradcalc.commands.check import Marking, marked
from gradcalc.problem.load import loads

LAYER = r"""
inputs: {x: vector(n)}
targets: {y: vector(m)}
parameters: {W: m×n, b: vector(m)}
equations:
  z: W @ x + b
  a: sigmoid(z)
  L: 1/2 * sum((a - y) ** 2)
of: L
"""
ROWS = r"""
inputs: {X: m×n}
targets: {Y: m×k}
parameters: {W: n×k, b: 1×k}
equations:
  Z: X @ W + b
  A: sigmoid(Z)
  J: 1/(2*m) * sum((A - Y) ** 2)
of: J
"""


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


def assert_each_is(word: str, problem: str, displays: str, folder: Path) -> None:
    """Each line of `displays`, a display by itself, has this one verdict."""
    for tex in displays.strip().splitlines():
        assert verdicts(problem, tex, folder) == [word], tex


def assert_spoilt_is_wrong(problem: str, right: str, part: str, spoilt: str, folder: Path) -> None:
    """The last line of a display is right, and wrong with something else for a part of the display."""
    assert part in right
    assert verdicts(problem, right, folder)[-1] == "correct"
    assert verdicts(problem, right.replace(part, spoilt), folder)[-1] == "wrong"
