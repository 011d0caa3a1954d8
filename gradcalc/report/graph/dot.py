"""Write a computation graph in DOT, the language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from gradcalc.program.graph import Graph, Node
from gradcalc.report.graph.labels import Labels
from gradcalc.report.graph.style import LIGHT
from gradcalc.report.page import Page

_STYLES = {
    "input": 'style="rounded,filled"',
    "target": 'style="rounded,filled,dashed"',
    "parameter": "style=filled",
    "quantity": 'style="rounded,filled"',
}


def render(graph: Graph, page: Page) -> str:
    """A file for `dot -Tsvg`."""
    return "\n".join(_lines(graph, Labels(graph))) + "\n"


def _lines(graph: Graph, labels: Labels) -> Iterator[str]:
    yield "digraph {"
    yield f"  graph [rankdir=LR, label={quoted(labels.title)}, labelloc=t, fontname=monospace];"
    yield "  node [shape=box, fontname=monospace, fontsize=11];"
    yield "  edge [fontname=monospace, fontsize=10, arrowsize=0.7];"
    for node in graph.nodes:
        end = ", penwidth=2.5" if node.name in graph.ends else ""
        fill = f'{_STYLES[node.kind]}, fillcolor="{LIGHT[node.kind]}"'
        yield f"  {quoted(node.name)} [label={quoted(_label(labels, node))}, {fill}{end}];"
    for edge in graph.edges:
        yield f"  {quoted(edge.source)} -> {quoted(edge.target)} [label={quoted(labels.operation(edge))}];"
    yield "}"


def _label(labels: Labels, node: Node) -> str:
    return "\n".join([labels.equation(node), *labels.facts(node)])


def quoted(text: str) -> str:
    """A string of DOT; a backslash stands for itself, a new line is one."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
