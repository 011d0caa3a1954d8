"""The structure of a network, as a problem keeps it: layers of a layered one, units and edges of a graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer, counted from 1, by the names of its quantities; `bias` is None where it has none.

    `inputs_along` says how its weights lie: 0 where an input has a row of them, 1 where it has a column.
    """

    number: int
    source: str
    """What goes into it: the inputs, or the output of the layer before."""
    weights: str
    bias: str | None
    sums: str
    output: str
    inputs_along: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """A vertex of a graph, by the names of its quantities; `bias` is None where it has none."""

    name: str
    """The vertex, as the file calls it."""
    bias: str | None
    sum: str
    output: str


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge from the quantity `source` (an input, or a unit's output) to a unit's output, and its weight."""

    source: str
    target: str
    weight: str


@dataclass(frozen=True, slots=True)
class Structure:
    """What the customary names of a problem's quantities go by."""

    layers: tuple[Layer, ...] = ()
    units: tuple[Unit, ...] = ()
    objective: str | None = None
    targets: tuple[str, ...] = ()
    members: Mapping[str, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
