"""The names that gradcalc gives: to gradients, new values, and the parts of a vertex.

Here alone they are made. What a name is of is data on its equation (`Equation.quantity`, `Equation.kind`): no other
code takes a name apart.
"""

from __future__ import annotations


def gradient_name(name: str) -> str:
    """The name of the gradient with respect to `name`."""
    return "d" + name


def new_name(name: str) -> str:
    """The name of a quantity after the update."""
    return name + "_new"


# Of a vertex and its edges.


def sum_name(vertex: str) -> str:
    """The weighted sum at a vertex."""
    return f"a_{vertex}"


def output_name(vertex: str) -> str:
    """What goes out of a vertex."""
    return f"o_{vertex}"


def weight_name(source: str, vertex: str) -> str:
    """The weight on the edge from an input or a vertex to a vertex."""
    return f"w_{source}_{vertex}"


def bias_name(vertex: str) -> str:
    """The bias of a vertex."""
    return f"b_{vertex}"


def target_name(vertex: str) -> str:
    """The target of a vertex."""
    return f"y_{vertex}"
