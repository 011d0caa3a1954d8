"""Draw a network: units as boxes with their numbers, weights as lines, wide where large, dashed where negative."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from gradcalc.formula.names import Names
from gradcalc.program.naming import gradient_name
from gradcalc.program.solution import Solution
from gradcalc.report.graph.layout import Point
from gradcalc.report.html.diagram import plan
from gradcalc.report.html.diagram.figure import BESIDE, LINE, SMALL, TEXT, figure, line, minus, placed, text, width_of
from gradcalc.report.html.diagram.network import Link, Network, Unit
from gradcalc.report.html.diagram.plan import Line, Plan
from gradcalc.report.html.diagram.printed import MOST, Edge, places
from gradcalc.report.html.markup import escape, tag
from gradcalc.report.numbers import computed, given

_THIN, _THICK = 0.8, 4.2
_DIGITS = 4
_MORE = (20.0, 40.0)
"""More room between layers, where labels don't find a place without."""
_FIRST = plan.TOP / 2 + LINE / 2
_HINT = "Point at, tap or focus (Tab, ↓) a unit or line to see weights and gradients."


def drawn_network(solution: Solution, names: Names, network: Network) -> str:
    """A figure with the network across the page and from top to bottom."""
    return _Drawn(solution, names, network).figure()


class _Drawn:
    def __init__(self, solution: Solution, names: Names, network: Network) -> None:
        self.solution, self.names, self.network = solution, names, network
        self.digits = min(solution.problem.digits, _DIGITS)
        self.lines = {unit.id: list(self.written(unit)) for unit in network.units}
        self.number = {unit.id: i for i, unit in enumerate(network.units)}
        self.weights = {link: given(link.weight, self.digits) for link in network.links if link.weight is not None}
        slopes = [self.slope(link.gradient) for link in network.links]
        label = max((width_of(each, TEXT) for each in (*self.weights.values(), *slopes)), default=0.0)
        widths = {(link.source, link.target): width_of(shown, TEXT) for link, shown in self.weights.items()}
        self.across, self.printed = _with_labels(partial(plan.across, network, self.lines, label), widths)
        narrow = {edge: width * SMALL / TEXT for edge, width in widths.items()}
        self.down, self.printed_down = _with_labels(partial(plan.down, network, self.lines, label), narrow)

    def figure(self) -> str:
        weighted = [link for link in self.network.links if link in self.weights]
        parts = [self.link(link) for link in self.network.links if link.weight is None]
        parts += self.by_name(weighted, self.link)
        parts += self.by_name(weighted, self.label) if self.printed else []
        return figure(
            [*parts, *map(self.unit, self.network.units)],
            self.across.size,
            self.down.size,
            kind="network",
            label="Network",
            captions=self.captions(),
        )

    def by_name(self, links: Sequence[Link], drawn: Callable[[Link], str]) -> Iterator[str]:
        """A group for each quantity whose entries stand at the edges."""
        for name, own in groupby(links, key=lambda link: link.name):
            yield tag("g", *map(drawn, own), data_name=name)

    def captions(self) -> Iterator[str]:
        """In HTML; the last is what the script says of a unit or a line instead."""
        bias = " and its bias" if any(unit.bias is not None for unit in self.network.units) else ""
        slopes = ", its gradient ∇" if any(unit.gradient is not None for unit in self.network.units) else ""
        yield f"The network: each unit with its value{slopes}{bias}."
        if self.weights:
            keys = f"{_key('plus')} positive, {_key('minus')} negative"
            yield f"A line is a weight: {keys}, the wider the larger."
        yield escape(_HINT)

    def slope(self, gradient: float | None) -> str:
        return "" if gradient is None else f"∇ {computed(gradient, self.digits)}"

    # Units.

    def value(self, unit: Unit) -> str:
        exact = unit.names[0] in self.solution.problem.given
        return (given if exact else computed)(unit.value, self.digits)

    def written(self, unit: Unit) -> Iterator[Line]:
        """The lines of a unit, each with the shorter words that may stand there instead."""
        name = self.names.unicode(unit.id)
        yield Line((name, f"{name[:4]}…", f"{name[:2]}…"), "title")
        yield Line((self.value(unit), *_shorter(unit.value)), None)
        if unit.gradient is not None:
            numbers = (computed(unit.gradient, self.digits), *_shorter(unit.gradient)[:2])
            yield Line(tuple(f"∇ {number}" for number in numbers), "gradient", gradient_name(unit.names[0]))
        if unit.bias is not None:
            yield Line((f"bias {given(unit.bias, self.digits)}",), None, unit.bias_name)

    def unit(self, unit: Unit) -> str:
        (width, height), (narrow, tall) = (each.sizes[unit.id] for each in (self.across, self.down))
        (x, y), (x_down, y_down) = (each.placed.positions[unit.id] for each in (self.across, self.down))
        box = tag("rect", width=round(width), height=height, data_down=f"{narrow:.0f} {tall:.0f}")
        words = self.down.words[unit.id]
        texts = [
            text(_FIRST + LINE * i, each.choices[0], each.class_, each.name, words[i] if i < len(words) else "")
            for i, each in enumerate(self.lines[unit.id])
        ]
        return tag(
            "g",
            box,
            *texts,
            class_="unit",
            **placed((x, y - height / 2), (x_down, y_down - tall / 2)),
            data_name=" ".join(unit.names),
            tabindex=0,
            role="img",
            aria_label=self.said(unit),
        )

    def said(self, unit: Unit) -> str:
        said = [f"{self.names.unicode(unit.id)} = {self.value(unit)}"]
        if unit.bias is not None:
            said.append(f"bias {given(unit.bias, self.digits)}")
        if unit.gradient is not None:
            said.append(f"gradient {computed(unit.gradient, self.digits)}")
        return "; ".join(said)

    # Weights.

    def link(self, link: Link) -> str:
        edge = link.source, link.target
        d, d_down = (line(each.placed.routes[edge]) for each in (self.across, self.down))
        place = {"d": d, "data_down": d_down, "data_ends": " ".join(str(self.number[end]) for end in edge)}
        if link.weight is None:
            return tag("path", **place, class_="edge")
        slope = "" if link.gradient is None else f", gradient {computed(link.gradient, self.digits)}"
        label = f"{self.names.unicode(link.entry)} = {self.weights[link]}{slope}"
        width = round(self.wide(link), 1)
        return tag("path", **place, class_=_sign(link.weight), stroke_width=width, aria_label=label)

    def wide(self, link: Link) -> float:
        largest = max(abs(other.weight or 0.0) for other in self.network.links)
        share = abs(link.weight or 0.0) / largest if largest else 0.0
        return _THIN + (_THICK - _THIN) * share

    def label(self, link: Link) -> str:
        edge = link.source, link.target
        place = placed(self.printed[edge], self.printed_down.get(edge))
        return tag("text", escape(minus(self.weights[link])), class_="weight", **place)


def _with_labels(arranged: Callable[..., Plan], widths: Mapping[Edge, float]) -> tuple[Plan, dict[Edge, Point]]:
    """An arrangement with places for all labels, if need be with more room; without them where they find none."""
    first = arranged()
    found = places(first, widths)
    if found or not 0 < len(widths) <= MOST:
        return first, found
    for wider in map(arranged, _MORE):
        found = places(wider, widths)
        if found and (wider.size[0] <= BESIDE or first.size[0] > BESIDE):
            return wider, found
    return first, {}


def _key(kind: str) -> str:
    """A line as it is drawn, among the words of a caption."""
    line = tag("path", class_=kind, stroke_width=2, d="M0,4H30")
    return tag("svg", line, class_="key", width=30, height=8, aria_hidden="true")


def _sign(weight: float) -> str:
    return "plus" if weight >= 0 else "minus"


def _shorter(value: float) -> tuple[str, ...]:
    """A number with three decimals, two and one, and in powers of ten."""
    if not math.isfinite(value):
        return (computed(value, 1),) * 4
    fewer = (f"{value:.{digits}f}" for digits in (3, 2, 1))
    mantissa, _, exponent = f"{value:.0e}".partition("e")
    return (*(number if float(number) else number.lstrip("-") for number in fewer), f"{mantissa}e{int(exponent)}")
