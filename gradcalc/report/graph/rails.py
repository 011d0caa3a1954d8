"""Rails beside the lines of a computation graph: from each value down to where it is used."""

from __future__ import annotations

from dataclasses import dataclass

from gradcalc.program.graph import Graph

MOST_RAILS = 20


@dataclass(frozen=True, slots=True)
class Signs:
    """A vertex, a rail, one that runs across, and where rails end or go on at a vertex."""

    vertex: str
    rail: str
    across: str
    last: tuple[str, str, str]
    more: tuple[str, str, str]


UNICODE = Signs("●", "│", "─", ("╰", "┴", "╯"), ("├", "┼", "┤"))
ASCII = Signs("*", "|", "-", ("'", "'", "'"), ("+", "+", "+"))


def draw_rails(graph: Graph, signs: Signs = UNICODE) -> list[tuple[str, str]] | None:
    """The rails beside each node and those below it, in the graph's order.

    None where more than MOST_RAILS would run side by side.
    """
    rails = _Rails(graph, signs)
    drawn = []
    for node in graph.nodes:
        drawn.append((rails.line(node.name), rails.below))
        if len(rails.taken) > MOST_RAILS:
            return None
    return drawn


class _Rails:
    """Which value runs down which rail, line after line."""

    def __init__(self, graph: Graph, signs: Signs) -> None:
        self.signs = signs
        self.taken: list[str | None] = []
        self.sources: dict[str, list[str]] = {}
        self.uses: dict[str, int] = {}
        self.closed: int | None = None
        for edge in graph.edges:
            self.sources.setdefault(edge.target, []).append(edge.source)
            self.uses[edge.source] = self.uses.get(edge.source, 0) + 1

    def line(self, name: str) -> str:
        """The rails beside the line of `name`: those it takes lead to its vertex."""
        taking = {self.taken.index(source) for source in self.sources.get(name, ())}
        for rail in taking:
            self.uses[self.taken[rail] or ""] -= 1
        ending = {rail for rail in taking if not self.uses[self.taken[rail] or ""]}
        own = self._own(ending)
        drawn = self._drawn(own, taking, ending)
        for rail in ending:
            self.taken[rail] = None
        self.taken[own] = name if self.uses.get(name) else None
        self.closed = own if self.taken[own] is None else None
        while self.taken and self.taken[-1] is None:
            self.taken.pop()
        return drawn

    @property
    def below(self) -> str:
        """The rails that run on below the last line."""
        return " ".join(self.signs.rail if taken else " " for taken in self.taken).rstrip()

    def _own(self, ending: set[int]) -> int:
        """The first rail that is free, or becomes so; not below a vertex from which nothing leads on."""
        for rail in range(len(self.taken) + 2):
            if rail in ending or (rail != self.closed and (rail >= len(self.taken) or self.taken[rail] is None)):
                self.taken += [None] * (rail + 1 - len(self.taken))
                return rail
        raise AssertionError("one of two rails beyond the last is free")

    def _drawn(self, own: int, taking: set[int], ending: set[int]) -> str:
        first, last = min(taking | {own}), max(taking | {own})
        text = ""
        for rail, taken in enumerate(self.taken):
            inside = first <= rail <= last
            text += self._sign(rail, own, taking, ending, taken, first, last)
            text += self.signs.across if inside and rail < last else " "
        return text.rstrip()

    def _sign(
        self, rail: int, own: int, taking: set[int], ending: set[int], taken: str | None, first: int, last: int
    ) -> str:
        if rail == own:
            return self.signs.vertex
        if rail in taking:
            signs = self.signs.last if rail in ending else self.signs.more
            return signs[0] if rail == first else signs[2] if rail == last else signs[1]
        if taken is not None:
            return self.signs.rail
        return self.signs.across if first < rail < last else " "
