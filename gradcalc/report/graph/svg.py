"""Draw a computation graph as SVG: vertices with rule, value and gradient, edges with what is done with a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from gradcalc.formula.arrays import Array
from gradcalc.formula.shapes import MATRIX
from gradcalc.program.graph import Graph, Node
from gradcalc.report.graph.labels import Labels
from gradcalc.report.graph.layout import Layout, Point, layout
from gradcalc.report.graph.style import KINDS, MARKER, style
from gradcalc.report.images import is_image
from gradcalc.report.numbers import aligned, entries
from gradcalc.report.page import Page
from gradcalc.report.terminal.boxes import cells

MOST_ROWS, MOST_COLUMNS = 4, 4
"""A larger matrix is shown by its shape."""
MOST_TOLD = 60
WIDE = 1500.0
LONGEST = 7
"""A longer operation stands in the rule alone."""
_EM, _SMALL, _LINE, _PAD = 7.9, 7.3, 16.0, 8.0


@dataclass(frozen=True, slots=True)
class _Card:
    """What stands in a vertex: its rule, and below it the lines of value and gradient."""

    head: str
    value: tuple[str, ...]
    gradient: tuple[str, ...]

    @property
    def size(self) -> tuple[float, float]:
        gap = 2 if self.gradient else 0
        below = _SMALL * (_widest(self.value) + gap + _widest(self.gradient))
        lines = 1 + max(len(self.value), len(self.gradient))
        return max(_EM * cells(self.head), below) + 2 * _PAD, lines * _LINE + _PAD


def _widest(lines: Sequence[str]) -> int:
    return max(map(cells, lines), default=0)


def render(graph: Graph, page: Page) -> str:
    """A file of its own, light or dark as the reader's screen is."""
    labels = Labels(graph)
    cards = {node.name: _card(graph, labels, node) for node in graph.nodes}
    plan, down = _plan(graph, cards)
    top = 2 * _LINE
    width, height = max(plan.width, _EM * cells(labels.title) + 24, 420.0), plan.height + top + 2 * _LINE
    body = [
        *(_edge(plan.routes[edge.source, edge.target], labels.operation(edge), down) for edge in graph.edges),
        *(_vertex(node, cards[node.name], plan, graph) for node in graph.nodes),
    ]
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" class="computation-graph" role="img"'
        ' aria-labelledby="graph-title graph-description"'
        f' width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">',
        f'<title id="graph-title">{escape(labels.title)}</title>',
        f'<desc id="graph-description">{escape(_told(graph, labels))}</desc>',
        *style(),
        *MARKER,
        '<rect class="paper" width="100%" height="100%"/>',
        f'<text class="title" x="12" y="{_LINE + 6:.0f}">{escape(labels.title)}</text>',
        f'<g transform="translate(0 {top:.0f})">',
        *body,
        "</g>",
        *_legend(graph, height - _LINE / 2),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _plan(graph: Graph, cards: Mapping[str, _Card]) -> tuple[Layout, bool]:
    """From left to right; from top to bottom where that would be too wide for a page."""
    sizes = {name: card.size for name, card in cards.items()}
    edges = [(edge.source, edge.target) for edge in graph.edges]
    across = layout(sizes, edges, gap=(68.0, 16.0))
    if across.width <= WIDE:
        return across, False
    down = layout(sizes, edges, gap=(40.0, 24.0), port=14.0, down=True)
    return (down, True) if down.width < across.width else (across, False)


def _card(graph: Graph, labels: Labels, node: Node) -> _Card:
    exact = node.rule is None
    value = _lines(node.value, graph.problem.digits, exact) or (labels.shape(node.shape),)
    gradient = () if node.gradient is None else _lines(node.gradient, graph.problem.digits, False)
    return _Card(labels.equation(node), value, gradient)


def _lines(array: Array, digits: int, exact: bool) -> tuple[str, ...]:
    """A number, or the rows of a small matrix; nothing for a large one, or images."""
    if is_image(array) or (array.ndim == MATRIX and (array.shape[0] > MOST_ROWS or array.shape[1] > MOST_COLUMNS)):
        return ()
    columns = [aligned(column) for column in zip(*entries(array, digits, exact), strict=True)]
    return tuple("  ".join(row) for row in zip(*columns, strict=True))


def _told(graph: Graph, labels: Labels) -> str:
    """The graph in words."""
    given = ", ".join(
        f"{labels.name(node.name)} ({node.kind})" for node in graph.nodes[:MOST_TOLD] if node.rule is None
    )
    rules = "; ".join(labels.equation(node) for node in graph.nodes[:MOST_TOLD] if node.rule is not None)
    more = "" if len(graph.nodes) <= MOST_TOLD else f" and {len(graph.nodes) - MOST_TOLD} values more"
    return f"A computation graph. Given: {given}. Computed, in order: {rules}{more}."


_ROUND = {"input": 14, "target": 14, "parameter": 0, "quantity": 5}


def _vertex(node: Node, card: _Card, plan: Layout, graph: Graph) -> str:
    (x, y), (width, height) = plan.positions[node.name], card.size
    left, top = x - width / 2, y - height / 2
    kinds = f"{node.kind} end" if node.name in graph.ends else node.kind
    parts = [
        f'<g class="vertex {kinds}" data-name={quoteattr(node.name)}>',
        f'<rect class="box" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
        f' rx="{_ROUND[node.kind]}"/>',
        _text("head", left + _PAD, top + _LINE, card.head),
    ]
    for number, line in enumerate(card.value):
        parts.append(_text("value", left + _PAD, top + (number + 2) * _LINE - 1, line))
    across = left + width - _PAD - _SMALL * _widest(card.gradient)
    for number, line in enumerate(card.gradient):
        parts.append(_text("gradient", across, top + (number + 2) * _LINE - 1, line))
    return "".join([*parts, "</g>"])


def _text(kind: str, x: float, y: float, text: str) -> str:
    # Spaces that may not be dropped keep the columns of a matrix under each other.
    kept = escape(text).replace(" ", "\u00a0")
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{kept}</text>'


def _edge(route: Sequence[Point], operation: str, down: bool) -> str:
    (x, y), *rest = route
    path = f"M{x:.1f} {y:.1f}"
    for nx, ny in rest:
        # Curves leave and arrive in the direction in which the layers follow each other.
        first, second = ((x, (y + ny) / 2), (nx, (y + ny) / 2)) if down else (((x + nx) / 2, y), ((x + nx) / 2, ny))
        straight = x == nx if down else y == ny
        controls = "".join(f"{cx:.1f} {cy:.1f} " for cx, cy in (first, second))
        path += f" L{nx:.1f} {ny:.1f}" if straight else f" C{controls}{nx:.1f} {ny:.1f}"
        x, y = nx, ny
    (x0, y0), (x1, y1) = route[-2:]
    shown = operation if len(operation) <= LONGEST else ""
    label = _text("operation", (x0 + x1) / 2, (y0 + y1) / 2 + 4, shown) if shown else ""
    return (
        f'<path class="edge" d="{path}" marker-end="url(#graph-tip)"><title>{escape(operation)}</title></path>{label}'
    )


def _legend(graph: Graph, y: float) -> Iterator[str]:
    kinds = {node.kind for node in graph.nodes}
    shown = [(kind, kind) for kind in KINDS[:3] if kind in kinds] + [("quantity", "computed")]
    x = 12.0
    for kind, word in shown:
        yield f'<g class="{kind}"><rect class="box" x="{x:.0f}" y="{y - 10:.0f}" width="16" height="12"'
        yield f' rx="{min(_ROUND[kind], 6)}"/><text class="faint" x="{x + 22:.0f}" y="{y:.0f}">{word}</text></g>'
        x += 22 + _SMALL * len(word) + 18
    if any(node.gradient is not None for node in graph.nodes):
        yield f'<text class="gradient" x="{x:.0f}" y="{y:.0f}">gradient</text>'
