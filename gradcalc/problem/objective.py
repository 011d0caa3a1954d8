"""What a problem differentiates (its loss, an output, or a given gradient), and the keys that all forms share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Expr, Name, add, call
from gradcalc.formula.names import Names
from gradcalc.formula.shapes import spell
from gradcalc.formula.spelling import canonical
from gradcalc.formula.table import Axis, Shape
from gradcalc.optimizers.rule import Rule
from gradcalc.problem.draft import Draft
from gradcalc.problem.forms import WorkedKeys
from gradcalc.problem.matrices import in_shape
from gradcalc.problem.sum_ranges import note_ranges
from gradcalc.problem.symbols import by_name
from gradcalc.program.further import Further, Known, further, users_of
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Equation, Path
from gradcalc.program.quantities import Quantities
from gradcalc.program.sections import GIVEN, Quantity, asked, of_further, states
from gradcalc.program.shown import names_shown
from gradcalc.program.structure import Edge, Layer, Structure, Unit
from gradcalc.words import shorten


@dataclass
class Parts:
    """What a form has read: values by name, forward equations, and what is known of them."""

    form: Literal["layers", "vertices", "equations"] = "equations"
    axis: Axis = Axis.COLUMNS
    inputs: dict[str, Array] = field(default_factory=dict)
    targets: dict[str, Array] = field(default_factory=dict)
    parameters: dict[str, Array] = field(default_factory=dict)
    functions: dict[str, Array] = field(default_factory=dict)
    """Unknown functions, with what tells which one is taken."""
    forward: list[Equation] = field(default_factory=list)
    assumed: set[str] = field(default_factory=set)
    objective: str | None = None
    upstream: dict[str, Array] = field(default_factory=dict)
    upstream_from: dict[str, Path] = field(default_factory=dict)
    layers: list[Layer] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    members: dict[str, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    """Of names with an index the family and the index."""
    derivatives: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Of the names that are derivatives what is differentiated, and by what."""
    kept: set[str] = field(default_factory=set)
    """Given values that are the same in every variant: masks, states that start at 0."""
    signs: dict[str, str] = field(default_factory=dict)
    let: dict[str, Expr] = field(default_factory=dict)
    rule: Rule | None = None
    ends: bool = False
    """Whether the steps end at a condition."""
    last: int | None = None
    """How many steps the file takes, where it says so in steps or epochs."""

    @property
    def given(self) -> dict[str, Array]:
        """The values that the file gives to the forward pass, by name: inputs, targets, parameters, functions."""
        return {**self.inputs, **self.targets, **self.parameters, **self.functions}

    @property
    def computed(self) -> list[str]:
        """The names of the forward equations, in their order."""
        return [equation.name for equation in self.forward]

    def quantities(self, symbols: Mapping[str, str], unread: Iterable[str] = ()) -> Quantities:
        """What the file can name; `symbols` are by name, `unread` are names whose value couldn't be read."""
        computed, parameters = (dict.fromkeys([*read, *unread]) for read in (self.computed, self.parameters))
        named = dict.fromkeys([*computed, *(name for name in self.given if name not in self.functions)])
        sections = {"forward": computed, "gradients": named, "updated": parameters, "after": computed}
        objective = "loss" if self.objective is None and "loss" in unread else self.objective
        further = tuple(self.further(objective))
        every = [*asked(sections, objective), *states(self.rule, self.parameters), *map(of_further, further)]
        every += (Quantity(GIVEN, name, name) for name in parameters)

        def names() -> Names:
            beside = [each.equation for each in further]
            shown = [*named, *map(gradient_name, named), *map(new_name, named), *self.functions, *beside]
            second = {each.equation: each.derivative for each in further if each.derivative}
            return names_shown(shown, self.form == "layers", symbols, derivatives={**second, **self.derivatives})

        structure = Structure(tuple(self.layers), tuple(self.units), objective, tuple(self.targets), self.members)
        return Quantities(every, structure, names, self.last, further)

    def further(self, objective: str | None) -> Iterator[Further]:
        """What can be asked for beside the solution."""
        taken = {*self.given, *self.computed}
        structure = (self.layers, self.units, objective)
        known = Known(self.parameters, self.targets, self.computed, *structure, taken, self.let, self.signs)
        users = users_of(self.forward) if objective is not None or self.upstream else {}
        leaves = [*self.parameters, *self.inputs] if objective is not None else []
        given = [*self.inputs, *self.targets, *self.parameters]
        return further(replace(known, ends=self.ends, users=users, leaves=leaves, given=given))

    def define(self, name: str, expr: Expr, *, layer: int | None = None, unit: str | None = None) -> None:
        """Add a forward equation, of a layer or a unit where it belongs to one."""
        index = self.members[name][1] if name in self.members else None
        self.forward.append(Equation("forward", name, expr, layer=layer, unit=unit, index=index))


def add_loss(draft: Draft, model: WorkedKeys, parts: Parts, data_loss: Expr) -> None:
    """Add the equations of the loss; with a penalty, `loss = data_loss + penalty`."""
    parts.objective = "loss"
    if model.penalty is None:
        parts.define("loss", data_loss)
        return
    note_ranges(draft, {("penalty",): model.penalty}, lambda: _shapes(draft, parts), parts.axis)
    penalty = draft.formula(("penalty",), model.penalty)
    if penalty is None or not draft.names_known(("penalty",), penalty, [*parts.given, *parts.computed]):
        return
    draft.origins |= {"data_loss": ("loss",), "penalty": ("penalty",)}
    parts.define("data_loss", data_loss)
    parts.define("penalty", penalty)
    parts.define("loss", add(Name("data_loss"), Name("penalty")))


def _shapes(draft: Draft, parts: Parts) -> dict[str, Shape]:
    return draft.shapes(parts.given, parts.forward, parts.axis)


def reduced(draft: Draft, loss: Expr, reduction: str | None, samples: int, shape: Shape | None) -> Expr | None:
    """One loss for all samples. None, and a fault, where it isn't said how, or needn't be."""
    if samples == 1:
        return loss
    if shape == ():
        if reduction is not None:
            draft.key_fault(("reduction",), ": the loss is one number for all samples already; leave this out")
        return loss
    if reduction is None:
        draft.fault(("loss",), f": there are {samples} samples, so 'reduction' must say sum or mean")
        return None
    return call(reduction, loss)


def aim(draft: Draft, model: WorkedKeys, parts: Parts, output: str | None = None) -> None:
    """Read `of` or `upstream`, and refuse what doesn't go together; `output` is the network's only output."""
    given = [key for key in ("loss", "of", "upstream", "gradients") if getattr(model, key) is not None]
    for key in given[1:]:
        others = "loss, of and upstream" if "gradients" not in given else "loss, of, upstream and gradients"
        draft.key_fault((key,), f": the problem has '{given[0]}' already; give one of {others}")
    if model.penalty is not None and "loss" not in given:
        draft.key_fault(("penalty",), ": there is no 'loss' that it could be added to")
    quantities = parts.quantities(by_name(model.symbols), draft.unread)
    if given[:1] == ["of"]:
        parts.objective = _computed(draft, ("of",), str(model.of), parts, quantities.get("forward", str(model.of)))
    if given[:1] == ["upstream"]:
        named = model.upstream if isinstance(model.upstream, dict) or output is None else {output: model.upstream}
        _read_upstream(draft, named, parts, named is not model.upstream, quantities)


def _read_upstream(draft: Draft, named: Any, parts: Parts, wrapped: bool, quantities: Quantities) -> None:
    if not isinstance(named, dict):
        draft.fault(("upstream",), ": write a mapping from a quantity to its gradient, such as {yhat: [1, 0]}")
        return
    for raw, value in named.items():
        path: Path = ("upstream",) if wrapped else ("upstream", raw)
        name = _computed(draft, path, raw, parts, quantities.get("gradients", raw))
        array = draft.array(path, value, parts.axis)
        if name is not None and array is not None:
            parts.upstream[name] = array
            parts.upstream_from[name] = path


def _computed(draft: Draft, path: Path, raw: str, parts: Parts, meant: Quantity | None) -> str | None:
    name = canonical(raw) if meant is None else meant.name
    if name in parts.computed:
        return name
    if name not in draft.origins:
        draft.fault(path, f": unknown quantity '{shorten(raw)}'{draft.near(name, parts.computed)}")
    elif name in parts.given:
        draft.fault(path, f": '{name}' is given, not computed: name one of {', '.join(parts.computed[-12:])}")
    return None


def check_objective(draft: Draft, parts: Parts, shapes: Mapping[str, Shape]) -> None:
    """Fit upstream gradients to their quantities; refuse to differentiate what isn't one number."""
    objective = parts.objective
    penalty = shapes.get("penalty", ())
    if objective == "loss" and draft.origins.get("penalty") == ("penalty",) and int(np.prod(penalty)) != 1:
        draft.fault(("penalty",), f"is {spell(penalty)}: it must be one number, such as 0.05 * sum(W1 ** 2)")
        return
    if objective is not None and objective in shapes and int(np.prod(shapes[objective])) != 1:
        path: Path = ("loss",) if objective == "loss" and draft.value(("loss",)) is not None else ("of",)
        what = "it" if path == ("loss",) else f"'{objective}'"
        draft.fault(path, f": {what} is {spell(shapes[objective])}, but only one number can be differentiated")
    for name, value in parts.upstream.items():
        wanted = shapes.get(name, value.shape)
        fitted = in_shape(value, wanted)
        if fitted is not None:
            parts.upstream[name] = fitted
        else:
            draft.fault(parts.upstream_from[name], f"is {spell(value.shape)}, but {name} is {spell(wanted)}")
