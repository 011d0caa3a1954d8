"""Draw a computation graph in the terminal: a line or more for each value, and rails to where it is used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from textwrap import wrap

from gradcalc.program.graph import Graph, Node
from gradcalc.report.graph.labels import Labels
from gradcalc.report.graph.rails import ASCII, UNICODE, draw_rails
from gradcalc.report.page import Page
from gradcalc.report.terminal.boxes import cells, padded
from gradcalc.words import listed

_FEW = 24
"""So wide rails may always be; wider ones only where they leave half of a line."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A value: the rails beside its first line and those below it, its rule, and the lines of its numbers."""

    rail: str
    below: str
    equation: str
    value: Sequence[str]
    gradient: Sequence[str] = ()

    def lines(self) -> list[tuple[str, str, str, str]]:
        """A line for each of its numbers' lines."""
        numbers = list(zip_longest(self.value, self.gradient, fillvalue=""))
        heads = [(self.rail, self.equation), *[(self.below, "")] * (len(numbers) - 1)]
        return [(*head, *each) for head, each in zip(heads, numbers, strict=True)]

    @property
    def is_matrix(self) -> bool:
        """Whether it shows more than one number."""
        return self.value[0].startswith("[")

    def numbers(self, room: int) -> list[str]:
        """The lines of a matrix, and its gradient beside them, else below; nothing where one has no room."""
        wide = max(map(cells, self.value))
        values = [padded(line, wide) for line in self.value]
        slopes = [f"{'gradient' if i == 0 else '':8} {line}" for i, line in enumerate(self.gradient)]
        beside = [f"{value}   {slope}" for value, slope in zip(values, slopes, strict=True)] if slopes else values
        for lines in (beside, [*values, *slopes]):
            if max(map(cells, lines)) <= room:
                return lines
        return []


def render(graph: Graph, page: Page) -> str:
    """The title; then each value with its rule, numbers and gradient, after those it's computed from."""
    labels = Labels(graph, page.ascii_only)
    rails = draw_rails(graph, ASCII if page.ascii_only else UNICODE)
    if rails is None or max((cells(rail) for rail, _ in rails), default=0) > max(page.width // 2, _FEW):
        rows = [_with_uses(graph, labels, node) for node in graph.nodes]
    else:
        rows = [_row(*rail, labels, node) for rail, node in zip(rails, graph.nodes, strict=True)]
    body = _table(rows, page.width) or _with_matrices_below(rows, labels, page.width)
    lines = [*_underlined(labels.title, page), *body, *_legend(labels, page.width)]
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
        sentence = f"The gradient on each value {what} {ends}; 'gradcalc solve' shows those of larger matrices."
        yield from wrap(sentence, width, break_long_words=False)


def _row(rail: str, below: str, labels: Labels, node: Node) -> _Row:
    kind = "" if node.kind == "quantity" else f"  ({node.kind})"
    return _Row(rail, below, labels.equation(node) + kind, labels.value(node), labels.gradient(node))


def _with_uses(graph: Graph, labels: Labels, node: Node) -> _Row:
    """Where rails would be too many: what a value is used for, in words."""
    row = _row("", "", labels, node)
    uses = [labels.name(edge.target) for edge in graph.edges if edge.source == node.name]
    return replace(row, equation=f"{row.equation}  -> {', '.join(uses)}") if uses else row


def _table(rows: Sequence[_Row], width: int) -> list[str]:
    """Columns under each other; nothing where matrices would make them too wide."""
    lines = [_head(rows), *(line for row in rows for line in row.lines())]
    wide = sum(max(cells(line[i]) for line in lines) for i in range(4)) + 6 > width
    return [] if wide and any(row.is_matrix for row in rows) else list(_aligned(lines, width))


def _with_matrices_below(rows: Sequence[_Row], labels: Labels, width: int) -> Iterator[str]:
    """The same with shapes in the columns, and the numbers of matrices below, where a line has room for them."""
    shapes = [labels.shape(node.shape) for node in labels.graph.nodes]
    short = [
        replace(row, value=[shape], gradient=()) if row.is_matrix else row
        for row, shape in zip(rows, shapes, strict=True)
    ]
    head, *lines = _aligned([_head(short), *(line for row in short for line in row.lines())], width)
    indent = max(cells(row.rail) for row in rows) + 4
    yield head
    for line, row in zip(lines, rows, strict=True):
        yield line
        numbers = row.numbers(width - indent) if row.is_matrix else []
        yield from (padded(row.below, indent) + each for each in numbers)


def _head(rows: Sequence[_Row]) -> tuple[str, str, str, str]:
    return "", "", "value", "gradient" if any(row.gradient for row in rows) else ""


def _aligned(rows: Sequence[tuple[str, ...]], width: int) -> Iterator[str]:
    """Columns under each other; what is too long for the width is cut."""
    sizes = [max(cells(row[i]) for row in rows) for i in range(4)]
    room = max(width - sizes[0] - sizes[2] - sizes[3] - 6, 16)
    for rail, equation, value, gradient in rows:
        shown = equation if cells(equation) <= room else f"{equation[: room - 1]}…"
        texts = (rail, shown, value, gradient)
        limits = (sizes[0], min(sizes[1], room), sizes[2], sizes[3])
        yield "  ".join(text + " " * (limit - cells(text)) for text, limit in zip(texts, limits, strict=True))
