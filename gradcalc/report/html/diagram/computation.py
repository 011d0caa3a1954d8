"""Draw the computation graph: quantities as boxes with name, value and gradient, an edge to where each is used."""

from __future__ import annotations

from collections.abc import Iterator

from gradcalc.formula.arrays import Array
from gradcalc.formula.names import Names
from gradcalc.program.graph import Graph, Node
from gradcalc.program.naming import gradient_name
from gradcalc.program.solution import Solution
from gradcalc.report.graph.layout import Layout, Size, layout
from gradcalc.report.html.diagram.figure import LINE, SMALL, TEXT, curve, figure, placed, text, width_of
from gradcalc.report.html.diagram.rows import stacked
from gradcalc.report.html.markup import tag
from gradcalc.report.html.values import boxed, spoken

_WIDE = 1300.0
"""What is wider is drawn from top to bottom, as long as it's narrower so."""
_WIDEST = 330.0
"""A matrix of wider rows is shown by its shape."""
_PAD = {TEXT: 16.0, SMALL: 10.0}
_ARROW = tag(
    "defs",
    tag(
        "marker",
        tag("path", d="M0,0 L8,4 L0,8 z", class_="head"),
        id="gradcalc-arrow",
        viewBox="0 0 8 8",
        refX=8,
        refY=4,
        markerWidth=7,
        markerHeight=7,
        orient="auto",
    ),
)


class Computation:
    """The graph of one solution, drawn."""

    def __init__(self, solution: Solution, names: Names, graph: Graph) -> None:
        self.solution, self.names, self.graph = solution, names, graph
        self.digits = solution.problem.digits
        self.lines = {node.name: list(self.written(node)) for node in graph.nodes}
        self.sizes, self.narrow = (
            {node.name: self.size(node, letters) for node in graph.nodes} for letters in (TEXT, SMALL)
        )
        self.edges = [(edge.source, edge.target) for edge in graph.edges]
        self.across, self.below = self.planned()
        self.rows = stacked(self.narrow, self.edges)

    def size(self, node: Node, letters: float) -> Size:
        """Of the box of a quantity, in letters of this size."""
        lines = self.lines[node.name]
        widest = max(width_of(words, letters, kind == "title") for words, kind, _ in lines)
        return max(48.0, _PAD[letters] + widest), 12 + LINE * len(lines)

    def planned(self) -> tuple[Layout, bool]:
        """From left to right; from top to bottom where that would be too wide."""
        for gap in (44.0, 28.0):
            across = layout(self.sizes, self.edges, gap=(gap, 16.0))
            if across.width <= _WIDE:
                return across, False
        below = layout(self.sizes, self.edges, gap=(36.0, 20.0), port=12.0, down=True)
        return (below, True) if below.width < across.width else (across, False)

    def figure(self) -> str:
        """The whole figure."""
        slopes = any(line[1] == "gradient" for lines in self.lines.values() for line in lines)
        below = ", and its gradient ∇ below it" if slopes else ""
        caption = f"The computation graph: each quantity with its value{below}."
        parts = [_ARROW, *map(self.edge, self.edges), *map(self.node, self.graph.nodes)]
        sizes = ((each.width, each.height) for each in (self.across, self.rows))
        return figure(parts, *sizes, kind="graph", label="Computation graph", captions=[caption])

    def written(self, node: Node) -> Iterator[tuple[str, str, str | None]]:
        """Lines with their classes, and the quantities that they show."""
        yield self.names.unicode(node.name), "title", None
        yield from ((line, "small", None) for line in self.shown(node.value, node.kind != "quantity"))
        if node.gradient is not None and node.name not in self.graph.ends:
            first, *rest = self.shown(node.gradient)
            yield f"∇ {first}", "gradient", gradient_name(node.name)
            yield from ((line, "gradient", gradient_name(node.name)) for line in rest)

    def shown(self, value: Array, exact: bool = False) -> list[str]:
        """The lines of a value; of a large one its shape."""
        lines = boxed(value, self.digits, exact, (3, 3))
        fits = max(width_of(line, TEXT) for line in lines) <= _WIDEST
        return lines if fits else boxed(value, self.digits, exact, (0, 0))

    def edge(self, edge: tuple[str, str]) -> str:
        """An arrow from a quantity to one that it's used in."""
        path, lower = curve(self.across.routes[edge], self.below), curve(self.rows.routes[edge])
        return tag(
            "path", d=path, data_down=lower, class_="edge", marker_end="url(#gradcalc-arrow)", aria_hidden="true"
        )

    def node(self, node: Node) -> str:
        """The box of a quantity."""
        (width, height), (narrow, _) = self.sizes[node.name], self.narrow[node.name]
        box = tag("rect", width=width, height=height, data_down=f"{narrow:.1f} {height:.0f}")
        texts = [text(6 + LINE * (i + 0.5), *line) for i, line in enumerate(self.lines[node.name])]
        axis = self.solution.problem.axis
        label = f"{self.names.unicode(node.name)} = {spoken(node.value, self.digits, axis, node.kind != 'quantity')}"
        if node.gradient is not None:
            label += f"; gradient {spoken(node.gradient, self.digits, axis)}"
        (x, y), (x_down, y_down) = (each.positions[node.name] for each in (self.across, self.rows))
        place = placed((x, y - height / 2), (x_down, y_down - height / 2))
        return tag("g", box, *texts, **place, data_name=node.name, tabindex=0, role="img", aria_label=label)
