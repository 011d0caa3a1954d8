"""See a solved problem as a network of units: their values and gradients, and the weights between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.program.solution import Solution
from gradcalc.program.structure import Edge, Layer

MOST_UNITS = 8
"""A layer of more units is no longer drawn unit by unit."""
_MOST_VERTICES = 30


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit. `names` are the quantities that it shows, its value's first; `bias` is None where there is none."""

    id: str
    names: tuple[str, ...]
    layer: int
    value: float
    gradient: float | None = None
    bias: float | None = None
    bias_name: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An edge between two units; it may have a weight, which is a number: `entry`, of the quantity `name`."""

    source: str
    target: str
    weight: float | None = None
    name: str = ""
    gradient: float | None = None
    entry: str = ""


@dataclass(frozen=True)
class Network:
    """Units by layer, and the links between them."""

    units: tuple[Unit, ...]
    links: tuple[Link, ...]


def network_of(solution: Solution) -> Network | None:
    """The network, or None where the problem isn't one, is a batch, or has too many units to be drawn."""
    if solution.problem.is_dense:
        return _layers(solution)
    return _graph(solution) if solution.problem.units else None


def is_large(solution: Solution) -> bool:
    """Whether a layer has too many units for each to be drawn."""
    return any(features(solution.values[name], solution) > MOST_UNITS for name in _outputs(solution))


def _outputs(solution: Solution) -> list[str]:
    """The values of each layer, the inputs' first."""
    layers = solution.problem.layers if solution.problem.is_dense else ()
    return [*(layer.source for layer in layers[:1]), *(layer.output for layer in layers)]


# Layers: x, h1, ..., yhat, the loss.


def _layers(solution: Solution) -> Network | None:
    layers = solution.problem.layers
    outputs = _outputs(solution)
    values = [solution.values[name] for name in outputs]
    if any(value.size > MOST_UNITS or value.size != features(value, solution) for value in values):
        return None
    pairs = list(pairwise(value.size for value in values))
    fits = all(_fits(solution, layer, sizes) for layer, sizes in zip(layers, pairs, strict=True))
    if not fits:
        return None
    units = [*_units(solution, 0, outputs[0], (), None)]
    for layer in layers:
        units += _units(solution, layer.number, layer.output, (layer.sums,), layer.bias)
    links = [link for layer in layers for link in _weights(solution, layer)]
    loss = _loss(solution, len(outputs))
    if loss is not None:
        units.append(loss)
        links += [Link(f"{outputs[-1]}[{i + 1}]", loss.id) for i in range(values[-1].size)]
    return Network(tuple(units), tuple(links))


def _fits(solution: Solution, layer: Layer, sizes: tuple[int, int]) -> bool:
    """Whether each weight leads from one unit to one other, which an activation that takes a vector breaks."""
    return solution.values[layer.weights].shape == (sizes if layer.inputs_along == 0 else sizes[::-1])


def features(value: Array, solution: Solution) -> int:
    """How many units have these values, be they of one sample or of several."""
    return value.shape[solution.problem.axis] if value.ndim else 1


def _units(solution: Solution, layer: int, name: str, others: tuple[str, ...], bias: str | None) -> Iterator[Unit]:
    value, gradient = solution.values[name].reshape(-1), solution.gradients.get(name)
    biases = None if bias is None else np.broadcast_to(solution.values[bias].reshape(-1), value.shape)
    for i in range(value.size):
        slope = None if gradient is None else float(gradient.reshape(-1)[i])
        own = None if biases is None else float(biases[i])
        yield Unit(f"{name}[{i + 1}]", (name, *others), layer, float(value[i]), slope, own, bias or "")


def _weights(solution: Solution, layer: Layer) -> Iterator[Link]:
    weights, gradient = solution.values[layer.weights], solution.gradients.get(layer.weights)
    for i in range(solution.values[layer.source].size):
        for j in range(solution.values[layer.output].size):
            at = (i, j) if layer.inputs_along == 0 else (j, i)
            slope = None if gradient is None else float(gradient[at])
            ends = (f"{layer.source}[{i + 1}]", f"{layer.output}[{j + 1}]")
            entry = f"{layer.weights}[{at[0] + 1},{at[1] + 1}]"
            yield Link(*ends, float(weights[at]), layer.weights, slope, entry)


def _loss(solution: Solution, layer: int) -> Unit | None:
    name = solution.problem.objective
    if name is None or solution.values[name].size != 1 or name not in solution.forward:
        return None
    return Unit(name, (name,), layer, float(solution.values[name].item()))


# A graph: a unit for each input and each vertex.


def _graph(solution: Solution) -> Network | None:
    problem = solution.problem
    outputs = [unit.output for unit in problem.units]
    names = [*problem.inputs, *outputs]
    if len(names) > _MOST_VERTICES or any(solution.values[name].size != 1 for name in names):
        return None
    if any(solution.values[edge.weight].size != 1 for edge in problem.edges):
        return None
    place = {name: number for number, name in enumerate(names)}
    edges = sorted(problem.edges, key=lambda edge: (place[edge.target], place[edge.source]))
    links = [_edge(solution, edge) for edge in edges]
    ranks = _ranks(names, links)
    if max(Counter(ranks.values()).values(), default=0) > MOST_UNITS:
        return None
    units = [_vertex(solution, name, (), None, ranks[name]) for name in problem.inputs]
    units += [_vertex(solution, unit.output, (unit.sum,), unit.bias, ranks[unit.output]) for unit in problem.units]
    loss = _loss(solution, max(ranks.values(), default=0) + 1)
    if loss is not None and loss.id not in outputs:
        used = _used(solution, loss.id, outputs)
        units.append(loss)
        links += [Link(name, loss.id) for name in outputs if name in used]
    return Network(tuple(units), tuple(links))


def _used(solution: Solution, name: str, ends: Collection[str]) -> set[str]:
    """All that a quantity comes from, up to these ends."""
    rules = {eq.name: eq.uses for eq in solution.forward_equations}
    todo, found = [name], set()
    while todo:
        for each in rules.get(todo.pop(), ()):
            if each not in found:
                found.add(each)
                todo += [] if each in ends else [each]
    return found


def _edge(solution: Solution, edge: Edge) -> Link:
    value, slope = solution.values[edge.weight], solution.gradients.get(edge.weight)
    gradient = None if slope is None else float(slope.item())
    return Link(edge.source, edge.target, float(value.item()), edge.weight, gradient, edge.weight)


def _ranks(units: list[str], links: list[Link]) -> dict[str, int]:
    """The layer of each unit: one after the last of those that lead to it."""
    ranks = dict.fromkeys(units, 0)
    for _ in units:
        for link in links:
            ranks[link.target] = max(ranks[link.target], ranks[link.source] + 1)
    return ranks


def _vertex(solution: Solution, name: str, others: tuple[str, ...], bias: str | None, layer: int) -> Unit:
    gradient, value = solution.gradients.get(name), None if bias is None else solution.values[bias]
    return Unit(
        name,
        (name, *others),
        layer,
        float(solution.values[name].item()),
        None if gradient is None else float(gradient.item()),
        float(value.item()) if value is not None and value.size == 1 else None,
        bias or "",
    )
