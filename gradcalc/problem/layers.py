"""The layers form: a layered network, from its matrices to named values and equations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcalc.formula.brackets import member_name
from gradcalc.formula.expr import Expr, Name, Num, add, call, names, substitute
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.shapes import IMAGE, MATRIX, shape_of, spell
from gradcalc.formula.table import Shape
from gradcalc.problem import forms
from gradcalc.problem.calls import loss, target_kinds
from gradcalc.problem.document import UNREADABLE, is_read
from gradcalc.problem.draft import Draft
from gradcalc.problem.finish import finish
from gradcalc.problem.forms import LayersFile
from gradcalc.problem.networks import table
from gradcalc.problem.networks.stage import OUTPUT, Flow, Index, Stage
from gradcalc.problem.notation import Notation, read_notation
from gradcalc.problem.objective import Parts, add_loss, aim, reduced
from gradcalc.problem.sequences import by_step, know_families, note_member
from gradcalc.problem.targets import read_targets
from gradcalc.program.problem import Path, Problem


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

    @property
    def samples(self) -> int:
        """How many samples come out of the last layer, each with a loss of its own."""
        shape = next((self.flow.shapes.get(name) for name in self.flow.sources.values()), None)
        if not shape or (len(shape) <= MATRIX and self.model.layers and table.gives_images(self.model.layers[-1])):
            return 1
        if len(shape) > MATRIX:
            return shape[0] if len(shape) > IMAGE else 1
        return shape[1 - self.notation.axis] if shape else 1

    @property
    def outputs(self) -> dict[Index, str]:
        """What comes out of the last layer, by step where it is a sequence."""
        return {index: name for index, name in self.flow.sources.items() if name.partition("[")[0] == OUTPUT}

    def read_inputs(self) -> None:
        """Enter x, or x[1], x[2], ... of a sequence."""
        written = self.model.inputs
        given = {"x": ("inputs",)} if not isinstance(written, dict) else by_step(self.draft, "inputs", "x")
        self.flow.sources = {}
        for name, path in given.items():
            self.draft.origins[name] = path
            self._read_input(name, path, written if len(path) == 1 else written.get(path[-1], UNREADABLE))

    def _read_input(self, name: str, path: Path, value: Any) -> None:
        index = note_member(self.parts, name)
        first = next(iter(self.flow.sources.values()), name)
        self.flow.sources[index] = name
        x = self.draft.array(path, value, self.notation.axis)
        if x is None:
            return
        self.parts.inputs[name] = x = np.atleast_2d(x)
        self.flow.shapes[name] = x.shape
        if x.shape != self.flow.shapes.get(first, x.shape):
            wanted = spell(self.flow.shapes[first])
            self.draft.fault(path, f"is {spell(x.shape)}, but {first} is {wanted}: all steps have the same shape")

    def read_layer(self, number: int, layer: Any) -> None:
        """Read a layer's parameters and add its equations, as its kind has them."""
        is_last = number == len(self.model.layers)
        stage = Stage(self.draft, self.notation, self.parts, self.flow, number, ("layers", number - 1), is_last)
        table.lower(stage, layer)
        self.flow.sources = stage.outputs or self.flow.sources

    def read_loss(self) -> None:
        """Read targets and loss, which depend on each other: a loss may take classes as its targets."""
        draft, model = self.draft, self.model
        know_families(draft, self.parts)
        wanted = None if model.loss is None else loss(draft, ("loss",), model.loss, (OUTPUT, "y"))
        kinds = target_kinds(wanted, "y")
        if model.loss is not None:
            draft.origins["loss"] = ("loss",)
        if model.targets is not None:
            self._read_targets(kinds)
            if model.loss is None:
                draft.warnings.append("targets are given, but no loss uses them")
        if wanted is not None:
            self._add_loss(wanted, "distribution" in kinds)

    def _read_targets(self, kinds: Mapping[str, str]) -> None:
        written = self.model.targets
        given = {"y": ("targets",)} if not isinstance(written, dict) else by_step(self.draft, "targets", "y")
        for name, path in given.items():
            self.draft.origins[name] = path
            index = note_member(self.parts, name)
            shape = self.flow.shapes.get(self.outputs.get(index, ""))
            value = written if len(path) == 1 else written.get(path[-1], UNREADABLE)
            y = read_targets(self.draft, path, value, shape, self.notation.axis, kinds)
            if y is not None:
                self.parts.targets[name] = y
        know_families(self.draft, self.parts)

    def _add_loss(self, wanted: Expr, assumes: bool) -> None:
        draft, used = self.draft, names(wanted)
        if self.model.targets is None and "y" in used:
            draft.fault(("loss",), ": it compares the output with targets: give 'targets:'")
            return
        if OUTPUT in used and not self.outputs.keys() <= {()}:
            self._add_losses(wanted, assumes)
            return
        if not draft.names_known(("loss",), wanted, [name for name in draft.origins if name != "loss"]):
            return
        if assumes:
            self.parts.assumed.add("y")
        total = reduced(draft, wanted, self.model.reduction, self.samples, self._loss_shape(wanted))
        if total is not None:
            add_loss(draft, self.model, self.parts, total)

    def _add_losses(self, wanted: Expr, assumes: bool) -> None:
        """The loss of each step, `L[t]`, and of all together."""
        reduction = self.model.reduction
        if reduction is None:
            steps = len(self.outputs)
            self.draft.fault(("loss",), f": there are {steps} steps, so 'reduction' must say sum or mean")
            return
        each: list[Expr] = []
        for index, output in self.outputs.items():
            target = member_name("y", index)
            if target not in self.draft.origins and "y" in names(wanted):
                self.draft.fault(("targets",), f": {target} is needed: there is a target for each of {OUTPUT}")
                return
            step = substitute(wanted, {OUTPUT: Name(output), "y": Name(target)})
            if assumes:
                self.parts.assumed.add(target)
            each.append(self._loss_of_step(index, step, reduction))
        total = add(*each)
        add_loss(
            self.draft, self.model, self.parts, total if reduction == "sum" else call("div", total, Num(len(each)))
        )

    def _loss_of_step(self, index: Index, step: Expr, reduction: str) -> Expr:
        name = member_name("L", index)
        note_member(self.parts, name)
        self.draft.origins[name] = ("loss",)
        shape = self._loss_shape(step)
        self.parts.define(name, step if shape in ((), None) else call(reduction, step))
        return Name(name)

    def _loss_shape(self, wanted: Expr) -> Shape | None:
        """The shape of the loss before samples are taken together; None where it isn't known."""
        shapes = {name: np.shape(value) for name, value in self.parts.given.items()} | self.flow.shapes
        shapes |= {"y": shapes[OUTPUT]} if OUTPUT in shapes else {}
        try:
            return shape_of(wanted, shapes, self.notation.axis)
        except (ShapeError, KeyError):
            return None
