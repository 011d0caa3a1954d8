"""Weights, biases and an activation: the usual layer, of each sample or of each step of a sequence."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcalc.formula.shapes import spell
from gradcalc.formula.simplify import simplify
from gradcalc.problem.calls import activation
from gradcalc.problem.forms import Layer as DenseKeys
from gradcalc.problem.networks.stage import Index, Stage
from gradcalc.problem.networks.table import Kind
from gradcalc.program.structure import Layer


def lower(stage: Stage, layer: DenseKeys) -> None:
    """Read a layer's parameters and add its equations: its sums, and its outputs."""
    units = _read_weights(stage, layer)
    bias = None if layer.biases is None else stage.name("b")
    if bias is not None:
        _read_biases(stage, layer.biases, units)
    for index in stage.sources:
        _add_equations(stage, layer, index, bias, units)


def _add_equations(stage: Stage, layer: DenseKeys, index: Index, bias: str | None, units: int | None) -> None:
    weights, source = stage.name("W"), stage.sources[index].id
    sums, output = stage.name("a", index), stage.output(index)
    if not index:
        along = stage.notation.inputs_along
        stage.parts.layers.append(Layer(stage.number, source, weights, bias, sums, output, along))
    stage.define(sums, stage.notation.combined(weights, bias, source))
    shape = None if units is None else stage.notation.sample_shape(units, stage.samples or 1)
    if shape is not None:
        stage.flow.shapes[sums] = shape  # whatever goes in
    keys = ("activation",) if layer.activation else ()
    active = activation(stage.draft, (*stage.path, "activation"), layer.activation, sums)
    if active is not None:
        stage.put_out(index, simplify(active), *keys)
        return
    stage.draft.origins[output] = (*stage.path, *keys)
    stage.hand_on({index: output})
    if shape is not None and not stage.is_last:
        stage.flow.shapes[output] = shape


def _read_weights(stage: Stage, layer: DenseKeys) -> int | None:
    """Enter W; the number of units."""
    weights = stage.parameter("W", layer.weights, "weights")
    if weights is None:
        return None
    name, along = stage.name("W"), stage.notation.inputs_along
    weights = stage.parts.parameters[name] = np.atleast_2d(weights)
    stage.flow.shapes[name] = weights.shape
    if stage.features is not None and weights.shape[along] != stage.features:
        has = f"layer {stage.number - 1} has {counted(stage.features, 'output')}"
        if stage.number == 1:
            sample = "" if stage.samples == 1 else "a sample of "
            has = f"{sample}{stage.source} has {counted(stage.features, 'entry')}"
        must = f"it must be {stage.notation.layout(stage.features)}"
        stage.fault(f"is {spell(weights.shape)}, but {has}: {must}", "weights")
    return int(weights.shape[1 - along])


def _read_biases(stage: Stage, value: Any, units: int | None) -> None:
    """Enter b: a number for each unit, or one for all."""
    biases = stage.parameter("b", value, "biases")
    if biases is None or units is None or biases.ndim == 0 or biases.shape == stage.notation.sample_shape(units, 1):
        return
    has = f"has {counted(biases.size, 'number')}" if 1 in biases.shape else f"is {spell(biases.shape)}"
    if biases.size == units:
        has = f"is {spell(biases.shape)}"
    must = f"it must be a list of {counted(units, 'number')}, or one number for all"
    stage.fault(f"{has}, but the layer has {counted(units, 'unit')}: {must}", "biases")


def counted(number: int, what: str) -> str:
    """`1 entry`, `2 entries`."""
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number} {what if number == 1 else plural}"


KINDS = {"weights": Kind(DenseKeys, lower)}
