"""Draw a computation graph in the terminal: a line for each value, and rails to where it is used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from gradcalc.program.graph import Graph, Node
from gradcalc.report.graph.labels import Labels
from gradcalc.report.page import Page
from gradcalc.report.terminal.boxes import cells
from gradcalc.words import listed

MOST_RAILS = 20


@dataclass(frozen=True, slots=True)
class _Signs:
    """A vertex, a rail, one that runs across, and where rails end or go on at a vertex."""

    vertex: str
    rail: str
    across: str
    last: tuple[str, str, str]
    more: tuple[str, str, str]


_UNICODE = _Signs("●", "│", "─", ("╰", "┴", "╯"), ("├", "┼", "┤"))
_ASCII = _Signs("*", "|", "-", ("'", "'", "'"), ("+", "+", "+"))


def render(graph: Graph, page: Page) -> str:
    """The title; then each value with its rule, number or shape, and gradient, after those it's computed from."""
    labels = Labels(graph, page.ascii_only)
    rails = draw_rails(graph, _ASCII if page.ascii_only else _UNICODE)
    if rails is None:
        rows = [_with_uses(graph, labels, node) for node in graph.nodes]
    else:
        rows = [(rail, *_columns(labels, node)) for rail, node in zip(rails, graph.nodes, strict=True)]
    head = ("", "", "value", "gradient") if any(row[3] for row in rows) else ("", "", "value", "")
    lines = [*_underlined(labels.title, page), *_aligned([head, *rows], page.width), *_legend(labels, page.width)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _underlined(title: str, page: Page) -> tuple[str, ...]:
    lines = wrap(title, page.width, break_long_words=False) or [""]
    return *lines, ("=" if page.ascii_only else "═") * max(map(cells, lines)), ""


def _legend(labels: Labels, width: int) -> Iterator[str]:
    graph = labels.graph
    if graph.ends and any(node.gradient is not None for node in graph.nodes):
        ends = listed(map(labels.name, graph.ends))
        what = "is the gradient of" if graph.problem.objective else "comes from the gradients on"
        yield ""
        sentence = f"The gradient on each value {what} {ends}; 'gradcalc solve' shows those of matrices."
        yield from wrap(sentence, width, break_long_words=False)


def _columns(labels: Labels, node: Node) -> tuple[str, str, str]:
    kind = "" if node.kind == "quantity" else f"  ({node.kind})"
    return labels.equation(node) + kind, labels.value(node), labels.gradient(node)


def _with_uses(graph: Graph, labels: Labels, node: Node) -> tuple[str, str, str, str]:
    """Where rails would be too many: what a value is used for, in words."""
    equation, value, gradient = _columns(labels, node)
    uses = [labels.name(edge.target) for edge in graph.edges if edge.source == node.name]
    used = f"  -> {', '.join(uses)}" if uses else ""
    return "", equation + used, value, gradient


def _aligned(rows: Sequence[tuple[str, ...]], width: int) -> Iterator[str]:
    """Columns under each other; what is too long for the width is cut."""
    sizes = [max(cells(row[i]) for row in rows) for i in range(4)]
    room = max(width - sizes[0] - sizes[2] - sizes[3] - 6, 16)
    for rail, equation, value, gradient in rows:
        shown = equation if cells(equation) <= room else f"{equation[: room - 1]}…"
        texts = (rail, shown, value, gradient)
        limits = (sizes[0], min(sizes[1], room), sizes[2], sizes[3])
        yield "  ".join(text + " " * (limit - cells(text)) for text, limit in zip(texts, limits, strict=True))


def draw_rails(graph: Graph, signs: _Signs = _UNICODE) -> list[str] | None:
    """The rails beside each node, in the graph's order; None where more than MOST_RAILS would run side by side."""
    rails = _Rails(graph, signs)
    drawn = []
    for node in graph.nodes:
        drawn.append(rails.line(node.name))
        if len(rails.taken) > MOST_RAILS:
            return None
    return drawn


class _Rails:
    """Which value runs down which rail, line after line."""

    def __init__(self, graph: Graph, signs: _Signs) -> None:
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
