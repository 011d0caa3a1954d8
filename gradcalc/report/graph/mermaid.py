"""Write a computation graph in Mermaid, which GitHub, GitLab and notebooks draw from a ```mermaid block."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from gradcalc.program.graph import Graph, Node
from gradcalc.report.graph.labels import Labels
from gradcalc.report.page import Page

MOST_EDGES = 500
_SHAPES = {"input": ("([", "])"), "target": ("{{", "}}"), "parameter": ("[", "]"), "quantity": ("(", ")")}
_ENTITIES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "*": "#42;"}
_STYLES = {
    "input": "fill:#e3effc,stroke:#80868b,color:#1a1a1a",
    "target": "fill:#e5f4e7,stroke:#80868b,color:#1a1a1a",
    "parameter": "fill:#fdf3d8,stroke:#80868b,color:#1a1a1a",
    "quantity": "fill:#f6f7f8,stroke:#80868b,color:#1a1a1a",
    "goal": "stroke-width:3px",
}


def render(graph: Graph, page: Page) -> str:
    """A flow chart from left to right."""
    return "\n".join(_lines(graph, Labels(graph))) + "\n"


def _lines(graph: Graph, labels: Labels) -> Iterator[str]:
    ids = {node.name: f"n{number}" for number, node in enumerate(graph.nodes)}
    yield from ("---", f"title: {json.dumps(labels.title, ensure_ascii=False)}", "---", "flowchart LR")
    if len(graph.edges) >= MOST_EDGES:
        yield f"  %% Mermaid draws {MOST_EDGES} edges and more only where maxEdges is set higher."
    for node in graph.nodes:
        left, right = _SHAPES[node.kind]
        yield f"  {ids[node.name]}{left}{_text(labels, node)}{right}:::{node.kind}"
    for edge in graph.edges:
        yield f"  {ids[edge.source]} -->|{quoted(labels.operation(edge))}| {ids[edge.target]}"
    for kind, declarations in _STYLES.items():
        yield f"  classDef {kind} {declarations}"
    for name in graph.ends:
        yield f"  class {ids[name]} goal"


def _text(labels: Labels, node: Node) -> str:
    # Spaces that keep columns under each other elsewhere would be one here.
    lines = [labels.equation(node), *(re.sub(r"\[ +", "[", line) for line in labels.facts(node))]
    return '"' + "<br/>".join(quoted(line)[1:-1] for line in lines) + '"'


def quoted(text: str) -> str:
    """A label in which every character stands for itself."""
    return '"' + "".join(_ENTITIES.get(char, char) for char in " ".join(text.split())) + '"'
