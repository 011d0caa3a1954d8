"""One layer in the making: what goes into it, and where its parameters, values and equations are put."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.brackets import member_name
from gradcalc.formula.expr import Expr, Name
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.table import Axis, Shape
from gradcalc.problem.draft import Draft
from gradcalc.problem.notation import Notation
from gradcalc.problem.objective import Parts
from gradcalc.program.problem import Path

Index: TypeAlias = tuple[int, ...]
OUTPUT = "yhat"


@dataclass(eq=False, repr=False)
class Flow:
    """What the layers hand on: the names that go into the next one by their index, and every shape that is known.

    The index is `()` where there is one name, `(1,)`, `(2,)`, ... over the steps of a sequence.
    """

    sources: dict[Index, str] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)


@dataclass(eq=False, repr=False)
class Stage:
    """A layer that is lowered: `number` counts from 1, `path` is where the file has it."""

    draft: Draft
    notation: Notation
    parts: Parts
    flow: Flow
    number: int
    path: Path
    is_last: bool
    outputs: dict[Index, str] = field(default_factory=dict)
    """What goes into the next layer."""

    @property
    def axis(self) -> Axis:
        """Along which axis a sample lies."""
        return self.notation.axis

    @property
    def sources(self) -> Mapping[Index, Name]:
        """What goes into the layer: a name, or the members of a family, by their index."""
        return {index: Name(name) for index, name in self.flow.sources.items()}

    @property
    def shape(self) -> Shape | None:
        """The shape of each of them; None where it isn't known, as something before can't be read."""
        return next((self.flow.shapes.get(source.id) for source in self.sources.values()), None)

    @property
    def features(self) -> int | None:
        """How many entries a sample has that goes into the layer."""
        return self._along(self.axis)

    @property
    def samples(self) -> int | None:
        """How many samples go into the layer."""
        return self._along(Axis(1 - self.axis))

    def _along(self, axis: Axis) -> int | None:
        return None if self.shape is None else self.shape[axis] if self.shape else 1

    @property
    def source(self) -> str:
        """What goes into the layer, as a message names it."""
        return next(iter(self.flow.sources.values()), "x").partition("[")[0]

    # Names

    def name(self, base: str, index: Index = ()) -> str:
        """A quantity of this layer: `mu` is `mu2` in the second, and of a sequence `c` is `c2[1]`, `c2[2]`, ..."""
        return self._member(f"{base}{self.number}", index)

    def output(self, index: Index = ()) -> str:
        """What comes out of the layer: `h2`, and `yhat` of the last."""
        return self._member(OUTPUT if self.is_last else f"h{self.number}", index)

    def _member(self, family: str, index: Index) -> str:
        name = member_name(family, index) if index else family
        if index:
            self.parts.members[name] = family, index
        return name

    # Values

    def parameter(self, base: str, value: Any, *keys: str | int) -> Array | None:
        """Enter what the step updates, `W` as `W2`, from the value under these keys; None, and faults, if it isn't."""
        return self._enter(self.parts.parameters, self.name(base), value, keys)

    def given(self, base: str, value: Any, *keys: str | int, index: Index = ()) -> Array | None:
        """Enter a value that gets no gradient and stays in every variant, such as a mask."""
        name = self.name(base, index)
        self.parts.kept.add(name)
        return self._enter(self.parts.targets, name, value, keys)

    def enter(self, name: str, value: Any, *keys: str | int) -> Array | None:
        """Enter what is given before a sequence starts: an input, with a gradient."""
        return self._enter(self.parts.inputs, name, value, keys)

    def enter_zeros(self, name: str, shape: Shape) -> None:
        """The same, where the file leaves it out."""
        self.draft.origins[name] = self.path
        self.parts.inputs[name] = np.zeros(shape)
        self.parts.kept.add(name)
        self.flow.shapes[name] = shape

    def _enter(self, into: dict[str, Array], name: str, value: Any, keys: tuple[str | int, ...]) -> Array | None:
        path = (*self.path, *keys)
        self.draft.origins[name] = path
        array = self.draft.array(path, value, self.axis)
        if array is not None:
            into[name] = array
            self.flow.shapes[name] = np.shape(array)
        return array

    def fault(self, message: str, *keys: str | int) -> None:
        """Note what is wrong with the value under these keys of the layer."""
        self.draft.fault((*self.path, *keys), message)

    # Equations

    def define(self, name: str, expr: Expr, *keys: str | int) -> Name:
        """Add an equation of this layer, which comes from the value under these keys; its name for further formulas."""
        self.draft.origins[name] = (*self.path, *keys)
        self.parts.define(name, expr, layer=self.number)
        # What rests on something that couldn't be read has no shape, and of what doesn't fit the last step speaks.
        with suppress(KeyError, ShapeError):
            self.flow.shapes[name] = shape_of(expr, self.flow.shapes, self.axis)
        return Name(name)

    def put_out(self, index: Index, expr: Expr, *keys: str | int) -> Name:
        """Add the equation of what comes out of the layer, which goes into the next one."""
        name = self.output(index)
        self.hand_on({index: name})
        return self.define(name, expr, *keys)

    def put_out_unread(self) -> None:
        """Let what comes out be known by name, where it can't be told what it is; its faults are reported."""
        for index in self.sources:
            name = self.output(index)
            self.draft.origins[name] = self.path
            self.hand_on({index: name})

    def hand_on(self, names: Mapping[Index, str]) -> None:
        """Let these names, too, go into the next layer."""
        self.outputs |= names
