"""Draw the branches of a tree whose nodes are given one under the other by their depths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradcalc.report.terminal.boxes import Box, beside
from gradcalc.report.terminal.layout import NARROW

_UNICODE = ("├─ ", "└─ ", "│  ", "   ")
_ASCII = ("|- ", "'- ", "|  ", "   ")
_SHARE = 3
"""Branches may take a third of a line."""


@dataclass(frozen=True, slots=True)
class Branch:
    """What stands before the first line of a node, and before its other lines."""

    first: str = ""
    rest: str = ""


def drawn_branches(depths: Sequence[int], width: int, ascii_only: bool = False) -> list[Branch]:
    """A branch for each node; the root has none, and nobody has one where lines are too short."""
    signs = _ASCII if ascii_only else _UNICODE
    deepest = max(depths, default=0)
    if deepest * len(signs[0]) > width // _SHARE:
        signs = (signs[0][0], signs[1][0], signs[2][0], signs[3][0])
    if width < NARROW or deepest * len(signs[0]) > width // _SHARE:
        return [Branch() for _ in depths]
    return list(_branches(depths, signs))


def _branches(depths: Sequence[int], signs: tuple[str, str, str, str]) -> Iterator[Branch]:
    fork, end, line, nothing = signs
    open_above: list[bool] = []
    for i, depth in enumerate(depths):
        if not depth:
            yield Branch()
            open_above = []
            continue
        more = _has_sibling(depths, i)
        before = "".join(line if each else nothing for each in open_above[: depth - 1])
        yield Branch(before + (fork if more else end), before + (line if more else nothing))
        open_above = [*open_above[: depth - 1], more]


def _has_sibling(depths: Sequence[int], place: int) -> bool:
    """Whether another node of the same parent follows."""
    following = (depth for depth in depths[place + 1 :] if depth <= depths[place])
    return next(following, -1) == depths[place]


def hung(drawn: Box, branch: Branch) -> Box:
    """A node on its branch."""
    stem = tuple(branch.first if row == drawn.base else branch.rest for row in range(drawn.height))
    return beside(Box(stem, drawn.base), drawn) if branch.first else drawn
