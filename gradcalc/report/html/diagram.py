"""Draw a solution as a diagram in SVG: a network of units where it is one, else its computation graph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from gradcalc.formula.names import Names
from gradcalc.program.graph import Graph, Node, graph_of
from gradcalc.program.naming import gradient_name
from gradcalc.program.solution import Solution
from gradcalc.report.graph.layout import Point, layout
from gradcalc.report.html.markup import escape, tag
from gradcalc.report.html.network import Link, Network, Unit, network_of
from gradcalc.report.html.values import boxed, spoken
from gradcalc.report.numbers import computed, given

_RADIUS = 27.0
_LINE, _CHAR = 17.0, 7.4
_SMALL = 640.0
"""A diagram at most so wide stands beside the equations."""
_MOST_NODES = 60
_HYPHEN = re.compile(r"-(?=\d|inf)")


def diagram(solution: Solution, names: Names) -> str:
    """A figure; empty where there is too much to be drawn."""
    network = network_of(solution)
    if network is not None:
        return _Network(solution, names, network).figure()
    graph = graph_of(solution)
    return _Computation(solution, names, graph).figure() if 0 < len(graph.nodes) <= _MOST_NODES else ""


def _figure(parts: Sequence[str], width: float, height: float, label: str, caption: str) -> str:
    arrow = tag("marker", tag("path", d="M0,0 L8,4 L0,8 z", class_="head"), **_ARROW)
    svg = tag(
        "svg",
        tag("defs", arrow),
        *parts,
        role="group",
        aria_label=label,
        width=width,
        height=height,
        viewBox=f"0 0 {width:.1f} {height:.1f}",
    )
    small = " small" if width <= _SMALL else ""
    return tag("figure", tag("div", svg, class_="scroll"), tag("figcaption", escape(caption)), class_=f"diagram{small}")


_ARROW: dict[str, str | float] = {
    "id": "gradcalc-arrow",
    "viewBox": "0 0 8 8",
    "refX": 8,
    "refY": 4,
    "markerWidth": 7,
    "markerHeight": 7,
    "orient": "auto",
}


def _text(x: float, y: float, text: str, class_: str | None = None, name: str | None = None) -> str:
    return tag("text", escape(_minus(text)), x=x, y=y, class_=class_, data_name=name)


def _minus(text: str) -> str:
    """Numbers with a true minus sign."""
    return _HYPHEN.sub("−", text)


class _Network:
    """Units as circles: the value inside, the gradient and the bias below, weights on the edges."""

    def __init__(self, solution: Solution, names: Names, network: Network) -> None:
        self.solution, self.names, self.network = solution, names, network
        self.digits = min(solution.problem.digits, 4)
        fans = [sum(link.target == unit.id for link in network.links) for unit in network.units]
        apart = max(44.0, 15.0 * (max(fans, default=1) + 1) - 2 * _RADIUS)
        self.placed = layout(
            {unit.id: (2 * _RADIUS, 2 * _RADIUS) for unit in network.units},
            [(link.source, link.target) for link in network.links],
            ranks={unit.id: unit.layer for unit in network.units},
            gap=(96.0, apart),
            margin=26.0,
        )

    def figure(self) -> str:
        bias = "its bias and " if any(unit.bias is not None for unit in self.network.units) else ""
        caption = f"The network: each unit with its value, {bias}its gradient ∇ below it, weights on the edges."
        parts = [*map(self.link, self.network.links), *map(self.label, self.network.links)]
        parts += map(self.unit, self.network.units)
        return _figure(parts, self.placed.width, self.placed.height + 14, "Network", caption)

    def ends(self, link: Link) -> tuple[Point, Point]:
        """Where an edge touches the two circles."""
        (x0, y0), (x1, y1) = self.placed.positions[link.source], self.placed.positions[link.target]
        length = float(np.hypot(x1 - x0, y1 - y0)) or 1.0
        dx, dy = (x1 - x0) / length * _RADIUS, (y1 - y0) / length * _RADIUS
        return (x0 + dx, y0 + dy), (x1 - dx, y1 - dy)

    def link(self, link: Link) -> str:
        """Straight between neighbouring layers, else through the bends of its route."""
        route = self.placed.routes[link.source, link.target]
        points = route if len(route) > 2 else self.ends(link)
        line = tag("path", d=_path(points), class_="edge", marker_end="url(#gradcalc-arrow)")
        return tag("g", line, data_name=link.name or None, aria_hidden="true")

    def label(self, link: Link) -> str:
        if link.weight is None:
            return ""
        share = 1 / (sum(other.target == link.target for other in self.network.links) + 1)
        route = self.placed.routes[link.source, link.target]
        (x0, y0), (x1, y1) = self.ends(link) if len(route) == 2 else (route[-2], route[-1])
        shown = given(link.weight, self.digits)
        slope = "" if link.gradient is None else f", gradient {computed(link.gradient, self.digits)}"
        said = tag("title", escape(f"{self.names.unicode(link.name)}: {shown}{slope}"))
        text = tag(
            "text", said, escape(_minus(shown)), x=x0 + share * (x1 - x0), y=y0 + share * (y1 - y0), class_="halo"
        )
        return tag("g", text, data_name=link.name)

    def unit(self, unit: Unit) -> str:
        x, y = self.placed.positions[unit.id]
        exact = unit.names[0] in self.solution.problem.given
        value = given(unit.value, self.digits) if exact else computed(unit.value, self.digits)
        below, said = [], [f"{unit.id} = {value}"]
        if unit.bias is not None:
            bias = given(unit.bias, self.digits)
            below.append((f"bias {bias}", unit.bias_name, "small halo"))
            said.append(f"bias {bias}")
        if unit.gradient is not None:
            slope = computed(unit.gradient, self.digits)
            below.append((f"∇ {slope}", gradient_name(unit.names[0]), "gradient halo"))
            said.append(f"gradient {slope}")
        circle = tag("circle", cx=x, cy=y, r=_RADIUS, class_="shape")
        inside = _text(x, y - 8, self.names.unicode(unit.id), "title") + _text(x, y + 9, value, "small")
        label = "; ".join(said)
        shown = tag("g", circle, inside, data_name=" ".join(unit.names), tabindex=0, role="img", aria_label=label)
        lines = [_text(x, y + _RADIUS + 10 + 14 * i, *_named(line)) for i, line in enumerate(below)]
        return shown + "".join(lines)


def _named(line: tuple[str, str, str]) -> tuple[str, str, str]:
    text, name, class_ = line
    return text, class_, name


def _path(points: Sequence[Point]) -> str:
    return "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in points)


class _Computation:
    """Quantities as boxes: name, value and gradient; an edge leads to where each is used."""

    def __init__(self, solution: Solution, names: Names, graph: Graph) -> None:
        self.solution, self.names, self.graph = solution, names, graph
        self.digits = solution.problem.digits
        self.lines = {node.name: list(self.written(node)) for node in graph.nodes}
        sizes = {
            name: (max(48.0, 16 + _CHAR * max(len(text) for text, *_ in lines)), 14 + _LINE * len(lines))
            for name, lines in self.lines.items()
        }
        self.sizes = sizes
        self.placed = layout(sizes, [(edge.source, edge.target) for edge in graph.edges], gap=(44.0, 16.0))

    def figure(self) -> str:
        caption = "The computation graph: each quantity with its value, and its gradient ∇ below it."
        edges = [self.edge(edge.source, edge.target) for edge in self.graph.edges]
        parts = [*edges, *map(self.node, self.graph.nodes)]
        return _figure(parts, self.placed.width, self.placed.height, "Computation graph", caption)

    def written(self, node: Node) -> Iterator[tuple[str, str, str | None]]:
        """Lines with their classes, and the quantities that they show."""
        yield self.names.unicode(node.name), "title", None
        for line in boxed(node.value, self.digits, node.kind != "quantity", (3, 3)):
            yield line, "small", None
        if node.gradient is not None and node.name not in self.graph.ends:
            first, *rest = boxed(node.gradient, self.digits, most=(3, 3))
            yield f"∇ {first}", "gradient", gradient_name(node.name)
            yield from ((line, "gradient", gradient_name(node.name)) for line in rest)

    def edge(self, source: str, target: str) -> str:
        path = tag("path", d=_curve(self.placed.routes[source, target]), class_="edge")
        return path.replace("<path", '<path marker-end="url(#gradcalc-arrow)" aria-hidden="true"', 1)

    def node(self, node: Node) -> str:
        x, y = self.placed.positions[node.name]
        width, height = self.sizes[node.name]
        box = tag("rect", x=x - width / 2, y=y - height / 2, width=width, height=height, rx=8, class_="shape")
        top = y - height / 2 + 7 + _LINE / 2
        texts = [_text(x, top + _LINE * i, *line) for i, line in enumerate(self.lines[node.name])]
        axis = self.solution.problem.axis
        label = f"{node.name} = {spoken(node.value, self.digits, axis, node.kind != 'quantity')}"
        if node.gradient is not None:
            label += f"; gradient {spoken(node.gradient, self.digits, axis)}"
        return tag("g", box, *texts, data_name=node.name, tabindex=0, role="img", aria_label=label)


def _curve(points: Sequence[Point]) -> str:
    """A smooth line through the points, level at each."""
    path = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        path += f" C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
    return path
