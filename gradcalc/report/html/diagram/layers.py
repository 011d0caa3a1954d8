"""Draw the layers of a large network as blocks, and the weights between two of them as a band."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.names import Names
from gradcalc.formula.write import unicode
from gradcalc.program.solution import Solution
from gradcalc.program.structure import Layer
from gradcalc.report.graph.layout import Point, Size
from gradcalc.report.html.diagram.figure import LINE, NARROW, TEXT, figure, line, placed, text, width_of
from gradcalc.report.html.diagram.network import features
from gradcalc.report.html.markup import tag
from gradcalc.report.numbers import computed

_PAD, _MARGIN, _TOP, _LEAST = 9.0, 6.0, 14.0, 40.0
_DIGITS = 4
_DOUBLING = 9.0
"""So much higher is a block of twice as many units."""
_CAPTION = (
    "The layers: of each its shape, its norm (the root of the sum of squares) and that of its gradient ∇; "
    "between them their weights."
)


@dataclass(frozen=True, slots=True)
class _Block:
    """A layer's values, or the weights before it: its lines with their classes, and its width across the page."""

    names: tuple[str, ...]
    lines: tuple[tuple[str, str | None], ...]
    said: str
    units: int = 1

    @property
    def width(self) -> float:
        words = max(width_of(words, TEXT, kind == "title") for words, kind in self.lines)
        return max(_LEAST, words + 2 * _PAD)

    @property
    def height(self) -> float:
        return _TOP + LINE * len(self.lines)

    @property
    def tall(self) -> float:
        """Its height across the page, and its width from top to bottom, by how many units it has."""
        return self.height + _DOUBLING * math.log2(self.units)


def drawn_layers(solution: Solution, names: Names) -> str:
    """A figure: a block for each layer, a band for each matrix of weights, in the order in which they are computed."""
    layers = solution.problem.layers
    blocks = [_values(solution, names, layers[0].source)]
    for layer in layers:
        blocks += [_weights(solution, names, layer), _values(solution, names, layer.output, layer.sums)]
    loss = solution.problem.objective
    if loss in solution.forward and solution.values[loss].size == 1:
        blocks += [_Block((), (("", None),), ""), _values(solution, names, loss)]
    across, down = _across(blocks), _down(blocks)
    bands = [_band(blocks[i], across[i - 1 : i + 2], down[i - 1 : i + 2]) for i in range(1, len(blocks), 2)]
    shown = [_layer(*each) for each in zip(blocks[::2], across[::2], down[::2], strict=True)]
    return figure(
        [*bands, *shown],
        (_MARGIN + sum(block.width for block in blocks) + _MARGIN, 2 * _MARGIN + max(block.tall for block in blocks)),
        (NARROW, 2 * _MARGIN + sum(block.height for block in blocks)),
        kind="blocks",
        label="Layers",
        captions=[_CAPTION],
    )


# What is said.


def _values(solution: Solution, names: Names, name: str, *others: str) -> _Block:
    rule = next((eq.expr for eq in solution.forward_equations if eq.name == name), None)
    title = names.unicode(name)
    if rule is not None and others:
        title = f"{title} = {unicode(rule, names.unicode)}"
    numbers, said = _facts(solution, name, solution.values[name])
    return _Block(
        (name, *others),
        ((title, "title"), *numbers),
        f"{title}: {said}",
        max(features(solution.values[name], solution), 1),
    )


def _weights(solution: Solution, names: Names, layer: Layer) -> _Block:
    numbers, said = _facts(solution, layer.weights, solution.values[layer.weights])
    bias = [] if layer.bias is None else [(f"+ {names.unicode(layer.bias)}", None)]
    own = (layer.weights, *([layer.bias] if layer.bias else []))
    title = names.unicode(layer.weights)
    return _Block(own, ((title, "title"), *numbers, *bias), f"{title}: {said}")


def _facts(solution: Solution, name: str, value: Array) -> tuple[list[tuple[str, str | None]], str]:
    """Shape and norm of a value, and the norm of its gradient, as lines and in words."""
    digits = min(solution.problem.digits, _DIGITS)
    if value.size == 1:
        number = computed(float(value.item()), digits)
        return [(number, None)], number
    size = computed(float(np.linalg.norm(value)), digits)
    lines: list[tuple[str, str | None]] = [("×".join(map(str, value.shape)), None), (f"norm {size}", None)]
    said = f"{' by '.join(map(str, value.shape))}, norm {size}"
    if name in solution.gradients:
        slope = computed(float(np.linalg.norm(solution.gradients[name])), digits)
        lines.append((f"∇ norm {slope}", "gradient"))
        said += f", norm of the gradient {slope}"
    return lines, said


# Where it stands.

_Place: TypeAlias = tuple[Point, Size]
"""The middle and the size of a block."""


def _across(blocks: Sequence[_Block]) -> list[_Place]:
    """Side by side, the taller the more units there are."""
    middle = _MARGIN + max(block.tall for block in blocks) / 2
    places, x = [], _MARGIN
    for block in blocks:
        places.append(((x + block.width / 2, middle), (block.width, block.tall)))
        x += block.width
    return places


def _down(blocks: Sequence[_Block]) -> list[_Place]:
    """One under the other, the wider the more units there are."""
    room = NARROW - 2 * _MARGIN
    most = math.log2(max(block.units for block in blocks))
    places, y = [], _MARGIN
    for block in blocks:
        width = min(room, max(block.width, room * math.log2(block.units) / most))
        places.append(((NARROW / 2, y + block.height / 2), (width, block.height)))
        y += block.height
    return places


def _layer(block: _Block, across: _Place, down: _Place) -> str:
    """A box with its lines."""
    (width, height), (narrow, tall) = across[1], down[1]
    box = tag("rect", width=width, height=height, data_down=f"{narrow:.1f} {tall:.1f}")
    return _focusable(block, _lines(block, across, down, box))


def _band(block: _Block, across: Sequence[_Place], down: Sequence[_Place]) -> str:
    """From the whole side of the block before to that of the block after; where there are no weights, a line.

    `across` and `down` have the places of these two, with that of the band in their middle.
    """
    ((x0, y0), (w0, h0)), _, ((x1, y1), (w1, h1)) = across
    ((u0, v0), (n0, t0)), _, ((u1, v1), (n1, t1)) = down
    left, right, upper, lower = x0 + w0 / 2, x1 - w1 / 2, v0 + t0 / 2, v1 - t1 / 2
    if not block.names:
        return tag("path", class_="edge", d=line([(left, y0), (right, y1)]), data_down=line([(u0, upper), (u1, lower)]))
    corners = [(left, y0 - h0 / 2), (left, y0 + h0 / 2), (right, y1 + h1 / 2), (right, y1 - h1 / 2)]
    below = [(u0 - n0 / 2, upper), (u0 + n0 / 2, upper), (u1 + n1 / 2, lower), (u1 - n1 / 2, lower)]
    shape = tag("path", class_="band", d=f"{line(corners)}z", data_down=f"{line(below)}z")
    return _focusable(block, shape, _lines(block, across[1], down[1]))


def _lines(block: _Block, across: _Place, down: _Place, box: str = "") -> str:
    """The lines of a block about its middle."""
    top = (LINE - block.height + _TOP) / 2
    texts = [text(top + LINE * i, *each) for i, each in enumerate(block.lines)]
    return tag("g", box, *texts, **placed(across[0], down[0]))


def _focusable(block: _Block, *inner: str) -> str:
    return tag("g", *inner, data_name=" ".join(block.names), tabindex=0, role="img", aria_label=block.said)
