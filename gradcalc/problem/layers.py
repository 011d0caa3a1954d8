"""The layers form: a layered network, from its matrices to named values and equations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Expr, names
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.shapes import shape_of, spell
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import Shape
from gradcalc.problem import forms
from gradcalc.problem.calls import activation, loss, target_kinds
from gradcalc.problem.document import UNREADABLE, is_read
from gradcalc.problem.draft import Draft
from gradcalc.problem.finish import finish
from gradcalc.problem.forms import LayersFile
from gradcalc.problem.notation import Notation, read_notation
from gradcalc.problem.objective import Parts, add_loss, aim, reduced
from gradcalc.problem.targets import read_targets
from gradcalc.program.problem import Path, Problem
from gradcalc.program.structure import Layer


def lower(draft: Draft, model: LayersFile) -> Problem:
    """The problem that a file in the layers form describes. Raises InputError."""
    notation = read_notation(draft, model.notation)
    network = _Network(draft, model, notation)
    network.read_inputs()
    for number, layer in enumerate(model.layers, 1):
        network.read_layer(number, layer if is_read(layer) else forms.Layer(weights=UNREADABLE))
    network.read_loss()
    aim(draft, model, network.parts, output="yhat")
    return finish(draft, model, network.parts)


@dataclass
class _Network:
    """Reads a network from its inputs on; knows how many entries go into the next layer."""

    draft: Draft
    model: LayersFile
    notation: Notation

    def __post_init__(self) -> None:
        self.parts = Parts("layers", self.notation.axis)
        self.samples = 1
        self.width: int | None = None
        self.source = "x"
        self.yhat: Shape | None = None

    def read_inputs(self) -> None:
        x = self._array(("inputs",), self.model.inputs, "x")
        if x is not None:
            self.parts.inputs["x"] = x = np.atleast_2d(x)
            self.width, self.samples = x.shape[self.notation.axis], x.shape[1 - self.notation.axis]

    def read_layer(self, number: int, layer: forms.Layer) -> None:
        """Read a layer's parameters and add its equations: its sums, and its outputs."""
        path: Path = ("layers", number - 1)
        units = self._read_weights(number, layer, path)
        bias = None if layer.biases is None else f"b{number}"
        if bias is not None:
            self._read_biases(bias, layer.biases, (*path, "biases"), units)
        sums, output = f"a{number}", "yhat" if number == len(self.model.layers) else f"h{number}"
        along = self.notation.inputs_along
        self.parts.layers.append(Layer(number, self.source, f"W{number}", bias, sums, output, along))
        self.draft.origins[sums] = path
        self.parts.define(sums, self.notation.combined(f"W{number}", bias, self.source), layer=number)
        active = activation(self.draft, (*path, "activation"), layer.activation, sums)
        self.draft.origins[output] = (*path, "activation") if layer.activation else path
        self.yhat = None
        if active is not None:
            self.parts.define(output, simplify(active), layer=number)
            self.yhat = self._shape_after(active, sums, units)
        self.source, self.width = output, units
        if self.yhat is not None:
            self.width = self.yhat[self.notation.axis] if self.yhat else 1

    def _read_weights(self, number: int, layer: forms.Layer, path: Path) -> int | None:
        """Enter W; the number of units."""
        weights = self._array((*path, "weights"), layer.weights, f"W{number}")
        if weights is None:
            return None
        weights = self.parts.parameters[f"W{number}"] = np.atleast_2d(weights)
        along = self.notation.inputs_along
        if self.width is not None and weights.shape[along] != self.width:
            source = f"layer {number - 1} has {_count(self.width, 'output')}"
            if number == 1:
                source = f"{'x' if self.samples == 1 else 'a sample of x'} has {_count(self.width, 'entry')}"
            must = f"it must be {self.notation.layout(self.width)}"
            self.draft.fault((*path, "weights"), f"is {spell(weights.shape)}, but {source}: {must}")
        return int(weights.shape[1 - along])

    def _read_biases(self, name: str, value: Any, path: Path, units: int | None) -> None:
        """Enter b: a number for each unit, or one for all."""
        biases = self._array(path, value, name)
        if biases is None:
            return
        self.parts.parameters[name] = biases
        if units is None or biases.ndim == 0 or biases.shape == self.notation.sample_shape(units, 1):
            return
        has = f"has {_count(biases.size, 'number')}" if 1 in biases.shape else f"is {spell(biases.shape)}"
        if biases.size == units:
            has = f"is {spell(biases.shape)}"
        must = f"it must be a list of {_count(units, 'number')}, or one number for all"
        self.draft.fault(path, f"{has}, but the layer has {_count(units, 'unit')}: {must}")

    def read_loss(self) -> None:
        """Read targets and loss, which depend on each other: a loss may take classes as its targets."""
        draft, model = self.draft, self.model
        wanted = None if model.loss is None else loss(draft, ("loss",), model.loss, ("yhat", "y"))
        kinds = target_kinds(wanted, "y")
        if model.loss is not None:
            draft.origins["loss"] = ("loss",)
        if model.targets is not None:
            draft.origins["y"] = ("targets",)
            y = read_targets(draft, ("targets",), model.targets, self.yhat, self.notation.axis, kinds)
            if y is not None:
                self.parts.targets["y"] = y
            if model.loss is None:
                draft.warnings.append("targets are given, but no loss uses them")
        if wanted is not None:
            self._add_loss(wanted, "distribution" in kinds)

    def _add_loss(self, wanted: Expr, assumes: bool) -> None:
        if self.model.targets is None and "y" in names(wanted):
            self.draft.fault(("loss",), ": it compares the output with targets: give 'targets:'")
            return
        if not self.draft.names_known(("loss",), wanted, [name for name in self.draft.origins if name != "loss"]):
            return
        if assumes:
            self.parts.assumed.add("y")
        total = reduced(self.draft, wanted, self.model.reduction, self.samples, self._loss_shape(wanted))
        if total is not None:
            add_loss(self.draft, self.model, self.parts, total)

    def _loss_shape(self, wanted: Expr) -> Shape | None:
        """The shape of the loss before samples are taken together; None where it isn't known."""
        shapes = {name: np.shape(value) for name, value in self.parts.given.items()}
        if self.yhat is not None:
            shapes |= {"yhat": self.yhat, "y": self.yhat}
        try:
            return shape_of(wanted, shapes, self.notation.axis)
        except (ShapeError, KeyError):
            return None

    def _shape_after(self, active: Expr, name: str, units: int | None) -> Shape | None:
        if units is None:
            return None
        return shape_of(active, {name: self.notation.sample_shape(units, self.samples)}, self.notation.axis)

    def _array(self, path: Path, value: Any, name: str) -> Array | None:
        self.draft.origins[name] = path
        return self.draft.array(path, value, self.notation.axis)


def _count(number: int, what: str) -> str:
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number} {what if number == 1 else plural}"
