"""Draw a solution: as a network of units where it is one, its large layers as blocks, else its computation graph."""

from __future__ import annotations

from gradcalc.formula.names import Names
from gradcalc.program.solution import Solution
from gradcalc.report.dust import as_shown
from gradcalc.report.html.diagram.network import is_large, network_of

_MOST_NODES = 60


def diagram(solution: Solution, names: Names) -> str:
    """A figure; empty where there is too much to be drawn."""
    solution = as_shown(solution)
    network = network_of(solution)
    # Only what draws this solution is imported.
    if network is not None:
        from gradcalc.report.html.diagram.units import drawn_network

        return drawn_network(solution, names, network)
    if is_large(solution):
        from gradcalc.report.html.diagram.layers import drawn_layers

        return drawn_layers(solution, names)
    from gradcalc.program.graph import graph_of

    graph = graph_of(solution)
    if not 0 < len(graph.nodes) <= _MOST_NODES:
        return ""
    from gradcalc.report.html.diagram.computation import Computation

    return Computation(solution, names, graph).figure()
