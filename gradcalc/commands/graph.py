"""The formats in which a computation graph can be had, and the command that asks for one."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from gradcalc.commands.output import emit, page_for, say
from gradcalc.errors import UsageError
from gradcalc.words import did_you_mean

if TYPE_CHECKING:
    # The command line lists the formats in its help, for which NumPy needn't be loaded.
    from gradcalc.commands.reports import Request

GRAPH_FORMATS = ("text", "svg", "mermaid", "dot")


def show_graph(request: Request, format: str, output: Path | None = None) -> None:
    """Put the graph of a problem's forward pass where it's asked for. Raises UsageError, InputError."""
    if format not in GRAPH_FORMATS:
        hint = did_you_mean(format, GRAPH_FORMATS)
        raise UsageError(f"--format {format}: the formats are {', '.join(GRAPH_FORMATS)}{hint}")
    from gradcalc.commands.reports import STANDARD_OUTPUT, solved
    from gradcalc.program.graph import graph_of

    output = None if output == STANDARD_OUTPUT else output
    graph = graph_of(solved(request))
    if request.remark:
        say(request.remark)
    renderer = import_module(f"gradcalc.report.graph.{format}")
    emit(renderer.render(graph, page_for(output)), output, as_file=format != "text")
