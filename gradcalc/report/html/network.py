"""See a solved problem as a network of units: their values and gradients, and the weights between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.problem.notation import notation_of
from gradcalc.program.solve import Solution

MOST_UNITS = 10
"""A layer of more units is no longer drawn unit by unit."""
MOST_LINKS = 36
"""Nor are more weights between two layers."""


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
    """An edge between two units; it may have a weight, which is a number (an entry of `name`)."""

    source: str
    target: str
    weight: float | None = None
    name: str = ""
    gradient: float | None = None


@dataclass(frozen=True)
class Network:
    """Units by layer, and the links between them."""

    units: tuple[Unit, ...]
    links: tuple[Link, ...]


def network_of(solution: Solution) -> Network | None:
    """The network, or None where the problem isn't one, is a batch, or has too many units to be drawn."""
    made = {"layers": _layers, "vertices": _vertices}.get(solution.problem.form)
    return made(solution) if made else None


# Layers: x, h1, ..., yhat, the loss.


def _layers(solution: Solution) -> Network | None:
    outputs = _outputs(solution)
    values = [solution.values[name] for name in outputs]
    if not outputs or any(value.size > MOST_UNITS or value.size != _features(value, solution) for value in values):
        return None
    pairs = list(pairwise(value.size for value in values))
    if any(a * b > MOST_LINKS for a, b in pairs) or not all(
        _fits(solution, k, *pair) for k, pair in enumerate(pairs, 1)
    ):
        return None
    units = [unit for layer, name in enumerate(outputs) for unit in _layer(solution, layer, name)]
    links = [link for layer in range(1, len(outputs)) for link in _weights(solution, layer, *outputs[layer - 1 :][:2])]
    loss = _loss(solution, len(outputs))
    if loss is not None:
        units.append(loss)
        links += [Link(f"{outputs[-1]}[{i + 1}]", loss.id) for i in range(values[-1].size)]
    return Network(tuple(units), tuple(links))


def _fits(solution: Solution, layer: int, sources: int, targets: int) -> bool:
    """Whether each weight leads from one unit to one other, which an activation that takes a vector breaks."""
    expected = (sources, targets) if _from_rows(solution) else (targets, sources)
    return solution.values[f"W{layer}"].shape == expected


def _from_rows(solution: Solution) -> bool:
    """Whether the rows of a weight matrix belong to the units before it."""
    notation = notation_of(solution.problem.notation)
    return notation is None or notation.inputs_along == 0


def _outputs(solution: Solution) -> list[str]:
    """The names of the layers' outputs, the input first; empty where there are others than a layered network has."""
    count = sum(name[1:].isdecimal() and name[0] == "a" for name in solution.forward)
    names = ["x", *(f"h{k}" for k in range(1, count)), "yhat"]
    known = all(name in solution.values for name in names) and all(
        f"W{k}" in solution.values for k in range(1, count + 1)
    )
    return names if known else []


def _features(value: Array, solution: Solution) -> int:
    return value.shape[solution.problem.axis] if value.ndim else 1


def _layer(solution: Solution, layer: int, name: str) -> Iterator[Unit]:
    value, gradient = solution.values[name].reshape(-1), solution.gradients.get(name)
    biases = solution.values.get(f"b{layer}") if layer else None
    related = (name, f"a{layer}") if layer else (name,)
    for i in range(value.size):
        bias = None if biases is None else float(np.broadcast_to(biases.reshape(-1), value.shape)[i])
        slope = None if gradient is None else float(gradient.reshape(-1)[i])
        yield Unit(f"{name}[{i + 1}]", related, layer, float(value[i]), slope, bias, f"b{layer}")


def _weights(solution: Solution, layer: int, source: str, target: str) -> Iterator[Link]:
    name = f"W{layer}"
    weights, gradient = solution.values[name], solution.gradients.get(name)
    for i in range(solution.values[source].size):
        for j in range(solution.values[target].size):
            at = (i, j) if _from_rows(solution) else (j, i)
            slope = None if gradient is None else float(gradient[at])
            yield Link(f"{source}[{i + 1}]", f"{target}[{j + 1}]", float(weights[at]), name, slope)


def _loss(solution: Solution, layer: int) -> Unit | None:
    name = solution.problem.objective
    if name is None or solution.values[name].size != 1 or name not in solution.forward:
        return None
    return Unit(name, (name,), layer, float(solution.values[name].item()))


# Vertices: a unit for each input and each vertex.


def _vertices(solution: Solution) -> Network | None:
    outputs = [name for name in solution.forward if name.startswith("o_")]
    inputs = list(solution.problem.inputs)
    weights = [name for name in solution.problem.parameters if name.startswith("w_")]
    if len(outputs) + len(inputs) > 3 * MOST_UNITS or any(solution.values[n].size != 1 for n in inputs + outputs):
        return None
    if any(solution.values[name].size != 1 for name in weights):
        return None
    unit_of = {name: name for name in inputs} | {name.removeprefix("o_"): name for name in outputs}
    links = list(_edges(solution, unit_of))
    ranks = _ranks([*inputs, *outputs], links)
    units = [_vertex(solution, name, ranks[name]) for name in (*inputs, *outputs)]
    loss = _loss(solution, max(ranks.values(), default=0) + 1)
    if loss is not None and loss.id not in outputs:
        used = _used(solution, loss.id)
        units.append(loss)
        links += [Link(name, loss.id) for name in outputs if name in used]
    return Network(tuple(units), tuple(links))


def _used(solution: Solution, name: str) -> set[str]:
    """All that a quantity comes from, up to the outputs of units."""
    rules = {eq.name: eq.uses for eq in solution.forward_equations}
    todo, found = [name], set()
    while todo:
        for each in rules.get(todo.pop(), ()):
            if each not in found:
                found.add(each)
                todo += [] if each.startswith("o_") else [each]
    return found


def _edges(solution: Solution, unit_of: dict[str, str]) -> Iterator[Link]:
    for target, output in unit_of.items():
        if not output.startswith("o_"):
            continue
        used = _used(solution, output)
        for source, name in unit_of.items():
            weight = f"w_{source}_{target}"
            if name in used and name != output:
                value, slope = solution.values.get(weight), solution.gradients.get(weight)
                yield Link(
                    name,
                    output,
                    None if value is None else float(value.item()),
                    weight if value is not None else "",
                    None if slope is None else float(slope.item()),
                )


def _ranks(units: list[str], links: list[Link]) -> dict[str, int]:
    """The layer of each unit: one after the last of those that lead to it."""
    ranks = dict.fromkeys(units, 0)
    for _ in units:
        for link in links:
            ranks[link.target] = max(ranks[link.target], ranks[link.source] + 1)
    return ranks


def _vertex(solution: Solution, name: str, layer: int) -> Unit:
    gradient = solution.gradients.get(name)
    vertex = name.removeprefix("o_")
    bias = solution.values.get(f"b_{vertex}") if name != vertex else None
    related = (name, f"a_{vertex}") if name != vertex else (name,)
    return Unit(
        name,
        related,
        layer,
        float(solution.values[name].item()),
        None if gradient is None else float(gradient.item()),
        float(bias.item()) if bias is not None and bias.size == 1 else None,
        f"b_{vertex}",
    )
