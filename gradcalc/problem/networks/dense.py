"""Weights, biases and an activation: the usual layer, of each sample or of each step of a sequence."""

from __future__ import annotations

from gradcalc.formula.shapes import counted
from gradcalc.formula.simplify import simplify
from gradcalc.problem.calls import activation
from gradcalc.problem.forms import Layer as DenseKeys
from gradcalc.problem.networks.stage import Index, Stage
from gradcalc.problem.networks.table import Kind
from gradcalc.problem.networks.weights import entries, read_biases, read_weights
from gradcalc.program.structure import Layer


def lower(stage: Stage, layer: DenseKeys) -> None:
    """Read a layer's parameters and add its equations: its sums, and its outputs."""
    units = read_weights(stage, "W", layer.weights, ("weights",), stage.features, entries(stage))
    has = f"the layer has {counted(units or 0, 'unit')}"
    bias = read_biases(stage, "b", layer.biases, ("biases",), units, has)
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


KINDS = {"weights": Kind(DenseKeys, lower)}
