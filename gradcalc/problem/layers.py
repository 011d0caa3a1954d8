"""The layers form: a layered network, from its matrices to named values and equations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcalc.formula.expr import Expr, names
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.table import Shape
from gradcalc.problem import forms
from gradcalc.problem.calls import loss, target_kinds
from gradcalc.problem.document import UNREADABLE, is_read
from gradcalc.problem.draft import Draft
from gradcalc.problem.finish import finish
from gradcalc.problem.forms import LayersFile
from gradcalc.problem.networks import table
from gradcalc.problem.networks.stage import OUTPUT, Flow, Stage
from gradcalc.problem.notation import Notation, read_notation
from gradcalc.problem.objective import Parts, add_loss, aim, reduced
from gradcalc.problem.targets import read_targets
from gradcalc.program.problem import Problem


def lower(draft: Draft, model: LayersFile) -> Problem:
    """The problem that a file in the layers form describes. Raises InputError."""
    network = _Network(draft, model, read_notation(draft, model.notation))
    network.read_inputs()
    for number, layer in enumerate(model.layers, 1):
        network.read_layer(number, layer if is_read(layer) else forms.Layer(weights=UNREADABLE))
    network.read_loss()
    aim(draft, model, network.parts, output=OUTPUT)
    return finish(draft, model, network.parts)


@dataclass
class _Network:
    """Reads a network from its inputs on; knows what goes into the next layer."""

    draft: Draft
    model: LayersFile
    notation: Notation

    def __post_init__(self) -> None:
        self.parts = Parts("layers", self.notation.axis)
        self.flow = Flow({(): "x"})
        self.samples = 1

    @property
    def yhat(self) -> Shape | None:
        """The shape of the last layer's output; None where it isn't known."""
        return self.flow.shapes.get(OUTPUT)

    def read_inputs(self) -> None:
        self.draft.origins["x"] = ("inputs",)
        x = self.draft.array(("inputs",), self.model.inputs, self.notation.axis)
        if x is not None:
            self.parts.inputs["x"] = x = np.atleast_2d(x)
            self.flow.shapes["x"] = x.shape
            self.samples = x.shape[1 - self.notation.axis]

    def read_layer(self, number: int, layer: Any) -> None:
        """Read a layer's parameters and add its equations, as its kind has them."""
        is_last = number == len(self.model.layers)
        stage = Stage(self.draft, self.notation, self.parts, self.flow, number, ("layers", number - 1), is_last)
        table.lower(stage, layer)
        self.flow.sources = stage.outputs or self.flow.sources

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
            shapes |= {OUTPUT: self.yhat, "y": self.yhat}
        try:
            return shape_of(wanted, shapes, self.notation.axis)
        except (ShapeError, KeyError):
            return None
