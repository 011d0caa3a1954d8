"""Where each unit of a network stands, across the page and from top to bottom, and how its numbers fit into its box."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradcalc.report.graph.layout import Layout, Size, layout
from gradcalc.report.html.diagram.figure import LINE, NARROW, SMALL, TEXT, width_of
from gradcalc.report.html.diagram.network import Network

PAD, TOP = 7.0, 13.0
_LEAST, _TIGHT, _APART = 48.0, 1.0, 2.0
_MARGIN = 4.0
_UNWEIGHTED = 40.0
"""Between two layers, where no number has to have room."""
_ROUNDED = 1e-6
_BETWEEN = 11.0
"""Between the boxes of one layer, across the page."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a unit: what it says, and what it may say instead, ever shorter."""

    choices: tuple[str, ...]
    class_: str | None
    name: str | None = None

    def width(self, choice: int, size: float) -> float:
        """How wide a choice is in letters of this size."""
        return width_of(self.choices[min(choice, len(self.choices) - 1)], size, self.class_ == "title")


@dataclass(frozen=True)
class Plan:
    """The place, the size and the words of each unit, in one of the two arrangements."""

    placed: Layout
    sizes: Mapping[str, Size]
    words: Mapping[str, tuple[str, ...]]
    down: bool

    @property
    def size(self) -> Size:
        """Of the whole."""
        return self.placed.width, self.placed.height

    def box(self, id: str) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a unit."""
        (x, y), (width, height) = self.placed.positions[id], self.sizes[id]
        return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def across(network: Network, lines: Mapping[str, Sequence[Line]], label: float, more: float = 0.0) -> Plan:
    """From left to right, each box as wide as its words.

    `label` is the width of the longest at an edge; so much `more` room than it needs is between the layers.
    """
    words = {id: tuple(each.choices[0] for each in own) for id, own in lines.items()}
    layers = _layers(network)
    wide = [max(_LEAST, *(each.width(0, TEXT) + 2 * PAD for id in own for each in lines[id])) for own in layers]
    sizes = {id: (width, _height(own, words)) for own, width in zip(layers, wide, strict=True) for id in own}
    return _placed(network, sizes, words, gap=(max(64.0, label + 26) + more, _BETWEEN), down=False)


def down(network: Network, lines: Mapping[str, Sequence[Line]], label: float, more: float = 0.0) -> Plan:
    """From top to bottom, as narrow as a phone: numbers with fewer decimals, and lines left out, where they must be."""
    layers = _layers(network)
    most = max(map(len, layers))
    wanted = max(_LEAST, *(each.width(0, SMALL) + 2 * PAD for own in lines.values() for each in own))
    widths = [min(wanted, (NARROW - 2 * _MARGIN - (len(own) - 1) * _APART) / len(own)) for own in layers]
    words: dict[str, tuple[str, ...]] = {}
    for own, width in zip(layers, widths, strict=True):
        words |= _fitting({id: lines[id] for id in own}, width - 2 * (PAD if width == wanted else _TIGHT))
    sizes = {id: (width, _height(own, words)) for own, width in zip(layers, widths, strict=True) for id in own}
    widest = min(widths)
    within = max(_APART, min(40.0, (NARROW - 2 * _MARGIN - most * widest) / max(most - 1, 1)))
    # Labels of neighbours stand on levels of their own where they are wider than from one to the next.
    small = label * SMALL / TEXT
    levels = 1 if most == 1 else math.ceil((small + 4) / (widest + within)) + (small > 1.6 * widest)
    gap = max(44.0, levels * (2 * LINE + 2) + 14) + more
    return _placed(network, sizes, words, gap=(gap, within), down=True)


def _fitting(lines: Mapping[str, Sequence[Line]], room: float) -> dict[str, tuple[str, ...]]:
    """The words of each unit of a layer: of each line the first choice that has room in all; none from one without."""
    words: dict[str, tuple[str, ...]] = dict.fromkeys(lines, ())
    for i in range(max(map(len, lines.values()))):
        own = {id: each[i] for id, each in lines.items() if i < len(each)}
        choices = range(max(len(line.choices) for line in own.values()))
        fits = (each for each in choices if max(line.width(each, SMALL) for line in own.values()) <= room + _ROUNDED)
        choice = next(fits, None)
        if choice is None:
            break
        words |= {id: (*words[id], line.choices[min(choice, len(line.choices) - 1)]) for id, line in own.items()}
    return words


def _placed(
    network: Network, sizes: Mapping[str, Size], words: Mapping[str, tuple[str, ...]], gap: Size, down: bool
) -> Plan:
    # All as large as the largest, so that those of equal layers stand level.
    largest = max(height for _, height in sizes.values())
    alike = {id: (width, height if down else largest) for id, (width, height) in sizes.items()}
    placed = layout(
        alike,
        [(link.source, link.target) for link in network.links],
        ranks={unit.id: unit.layer for unit in network.units},
        gap=gap,
        gaps=[gap[0] if each else _UNWEIGHTED for each in _weighted(network)],
        margin=_MARGIN,
        port=6.0,
        down=down,
    )
    return Plan(placed, sizes, words, down)


def _weighted(network: Network) -> list[bool]:
    """Of each layer, whether an edge with a weight leads on from it or past it."""
    ranks = {unit.id: unit.layer for unit in network.units}
    ways = [(ranks[link.source], ranks[link.target]) for link in network.links if link.weight is not None]
    return [any(start <= rank < end for start, end in ways) for rank in range(max(ranks.values()) + 1)]


def _layers(network: Network) -> list[list[str]]:
    layers: dict[int, list[str]] = {}
    for unit in network.units:
        layers.setdefault(unit.layer, []).append(unit.id)
    return list(layers.values())


def _height(layer: Sequence[str], words: Mapping[str, tuple[str, ...]]) -> float:
    return TOP + LINE * max(len(words[id]) for id in layer)
