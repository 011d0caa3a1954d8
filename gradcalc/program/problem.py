"""A problem as the calculator sees it: named values, forward equations, and what to differentiate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from gradcalc.display import made_from
from gradcalc.errors import Span
from gradcalc.formula.arrays import Array
from gradcalc.formula.brackets import Indices
from gradcalc.formula.expr import Expr, names
from gradcalc.formula.names import Style
from gradcalc.formula.receiving import receiving
from gradcalc.formula.table import Axis
from gradcalc.formula.unknown import entry_for
from gradcalc.optimizers.rule import RATE, STEP, Rule
from gradcalc.program.kinds import ValueKind
from gradcalc.program.naming import change_name, gradient_name, new_name, old_name, state_name, step_name
from gradcalc.program.structure import Edge, Layer, Unit
from gradcalc.program.until import Condition
from gradcalc.words import shorten

if TYPE_CHECKING:
    from gradcalc.program.letters import InLetters

Section: TypeAlias = Literal["forward", "backward", "update", "after"]
Kind: TypeAlias = Literal["value", "gradient", "new value", "state", "delta", "change", "further", "count", "jacobian"]
"""What an equation gives: a value, its gradient, its value after the update, or what an optimizer remembers of it.

Beside a solution also a delta, what a quantity changes by in a step, something further on which nothing depends, or how
many steps there are.
"""
Shown: TypeAlias = Literal["inputs", "parameters"]
Path: TypeAlias = tuple[str | int, ...]
_BY_NUMBERS: Final = re.compile(r"[^\W\d]\w*\[-?\d+(?:,-?\d+)*\]")
"""An abbreviation with an index, `s[2]`."""


@dataclass(frozen=True)
class Equation:
    """`name = expr`, the part of the solution in which it stands, and what it says of which quantity.

    The equation of `dW1` is the gradient of `W1`, that of `W1_new` its new value. A value is its own quantity, and so
    is a part that is named only to be written once (`g1`). Where it belongs to one, the layer is counted from 1, the
    unit is a vertex by its name, and `index` has the numbers of an indexed name, counted from 1.
    """

    section: Section
    name: str
    expr: Expr
    kind: Kind = "value"
    quantity: str = ""
    """The name if nothing else is said."""
    layer: int | None = None
    unit: str | None = None
    index: tuple[int, ...] | None = None
    step: int = 1
    """Of several steps, which one; `quantity` is then named as in the first."""

    def __post_init__(self) -> None:
        if not self.quantity:
            object.__setattr__(self, "quantity", self.name)

    @property
    def leads_on(self) -> bool:
        """Whether it is of the forward pass, and gradients come back through it."""
        return self.section == "forward" and self.kind == "value"

    @property
    def is_beside(self) -> bool:
        """Whether it was added to a solution, as something asked for it."""
        return self.kind in ("delta", "change", "further", "count")

    @cached_property
    def uses(self) -> tuple[str, ...]:
        """The names on its right side, each once, in order of first use."""
        return names(self.expr)

    @cached_property
    def passes_to(self) -> tuple[str, ...]:
        """Those of them that can receive a gradient: not what only chooses, as the condition of `where` does."""
        return receiving(self.expr)


@dataclass(frozen=True, slots=True)
class Misprint:
    """A published number that is wrong: the quantity (`gradients.W1`), its value as printed, what went wrong."""

    quantity: str
    printed: Any
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is given, and what follows from it: what `load` gives and `solve` takes.

    `inputs`, `targets` and `parameters` are float64 arrays by name, with no axes (scalars) or two (matrices); `axis`
    says whether a sample is a column of them or a row. `forward` has the equations in the order of calculation.
    `objective` names the scalar that is differentiated; `upstream` instead gives the gradient of a quantity to start
    from, in its shape; with neither there is only a forward pass. `lr` is the learning rate: without one, or a rule
    that needs none, nothing is updated, and what is in `frozen` never is. `assumed` holds names whose samples are known
    to sum to 1. `digits` is how many decimals are shown. `expected`, `points`, `misprints` and `claims` are what the
    file says of the answers.
    """

    title: str = ""
    source: str = ""
    form: Literal["layers", "vertices", "equations", "claims"] = "layers"
    notation: str = ""
    """How a layer combines, as the file says it: `W.T @ x + b`, `W @ x + b`, `x @ W + b` or `x @ W.T + b`."""
    axis: Axis = Axis.COLUMNS
    inputs: Mapping[str, Array] = field(default_factory=dict)
    targets: Mapping[str, Array] = field(default_factory=dict)
    parameters: Mapping[str, Array] = field(default_factory=dict)
    functions: Mapping[str, Array] = field(default_factory=dict)
    """Unknown functions, with the numbers that tell which one is taken; they receive no gradient."""
    forward: tuple[Equation, ...] = ()
    objective: str | None = None
    upstream: Mapping[str, Array] = field(default_factory=dict)
    lr: float | None = None
    rate: Expr | None = None
    """The learning rate as a formula over `k`, in place of `lr`."""
    by_step: Mapping[str, tuple[Array, ...]] = field(default_factory=dict)
    """Given values that change from step to step, the first for k = 1: `lr`, or the gradient of a parameter (`dw`)."""
    optimizer: Rule | None = None
    """The update rule; plain gradient descent where there is none."""
    start: Mapping[str, Mapping[str, Array]] = field(default_factory=dict)
    """What the rule remembers of the step before the first: by the name of its line, then by parameter."""
    first_step: int = 1
    """The number of the first step."""
    direction: Literal["descent", "ascent"] = "descent"
    order: Literal["simultaneous", "sequential"] | tuple[str, ...] = "simultaneous"
    """Whether all parameters are updated at once, or one after the other (those named, a step of its own each)."""
    steps: int | None = None
    epochs: int | None = None
    until: Condition | None = None
    """How far the file wants to go on: steps, passes over all samples, or till a condition holds."""
    batch_size: int | None = None
    shuffle: int | None = None
    """The seed by which samples are shuffled."""
    samples: tuple[str, ...] = ()
    """The given names that hold a sample in each column (or row, by `axis`), where batches are cut."""
    signs: Mapping[str, str] = field(default_factory=dict)
    """The other sign of a section, where a course uses it: `deltas: -gradient`, `changes: old - new`."""
    let: Mapping[str, Expr] = field(default_factory=dict)
    """Abbreviations and further quantities, by name; nothing depends on them."""
    frozen: frozenset[str] = frozenset()
    assumed: frozenset[str] = frozenset()
    digits: int = 4
    symbols: Mapping[str, str] = field(default_factory=dict)
    show: Shown = "inputs"
    """Whose gradients, where they end, are shown and asked for: inputs and parameters, or parameters alone."""
    style: Style = "signs"
    """How products are written: each with its sign, or as courses do on paper."""
    expected: Mapping[str, Any] = field(default_factory=dict)
    points: Mapping[str, float] = field(default_factory=dict)
    misprints: tuple[Misprint, ...] = ()
    tolerance: Mapping[str, float] = field(default_factory=dict)
    """`atol` and `rtol`, where the file gives them."""
    claims: tuple[Any, ...] = ()
    fixed: frozenset[str] = frozenset()
    """Given values of layers that are the same in every variant: masks, indices, states that start at 0."""
    vary: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """From where to where a name's numbers go in variants, and in which steps; nothing for one that stays."""
    warnings: tuple[str, ...] = ()
    path: str = ""
    text: str = field(default="", repr=False, compare=False)
    """The file as it was read."""
    places: Mapping[Path, Span] = field(default_factory=dict, repr=False)
    """Where each value of the file stands (path of keys and 0-based list indices -> place)."""
    written: Mapping[Path, str] = field(default_factory=dict, repr=False)
    """Every scalar of the file as it is written, by path: `0.2880` keeps its last zero."""
    inside: Callable[..., Span] | None = field(default=None, repr=False, compare=False)
    """The place of a character of one of the file's texts, from its offset and the path: `inside(4, "loss")`."""
    origins: Mapping[str, Path] = field(default_factory=dict)
    """Which key of the file a name's equation or value comes from (for messages)."""
    kinds: Mapping[str, ValueKind] = field(default_factory=dict, repr=False, compare=False)
    """What given names stand for, where their values are shapes in letters or kinds."""
    letters: InLetters | None = field(default=None, repr=False, compare=False)
    """What the names stand for, where values are shapes in letters or kinds, and the numbers are any."""
    layers: tuple[Layer, ...] = ()
    """Of a layered network, from the inputs on."""
    units: tuple[Unit, ...] = ()
    """Of a graph of vertices, each after those that lead to it."""
    edges: tuple[Edge, ...] = ()
    """Of a graph of vertices, by the unit to which they lead."""
    members: Mapping[str, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    """Of each name with an index the family and the numbers: `h[2]` is the second of h."""
    derivatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each name that is a derivative what is differentiated, then by what: `("L", "w")`."""
    over: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """From where to where each index counts."""
    classes: Mapping[str, str] = field(default_factory=dict)
    """Letters for classes, and the names that are one-hot there."""
    absent: frozenset[str] = frozenset()
    """Members that are 0: the weights of edges that a graph hasn't."""

    def __repr__(self) -> str:
        """One line: what it is called, and its parameters."""
        mine = f"; parameters {shorten(', '.join(self.parameters))}" if self.parameters else ""
        return f"<Problem: {self.called}{mine}>"

    @property
    def called(self) -> str:
        """A short name for one line: the title, or else the file, or the form."""
        return shorten(" ".join(self.title.split()) or self.path or self.form)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Problem:
        """The problem that a mapping with the keys of a problem file describes; numbers may be arrays.

        Raises InputError with all that is wrong, each with its place in the text that `to_yaml` would give.
        """
        made: Problem = made_from(data)
        return made

    def to_yaml(self) -> str:
        """The problem file: as it was read, or as it was made of data. `loads` makes the same problem of it."""
        return self.text

    @cached_property
    def indices(self) -> Indices:
        """What formulas need to know of the names with an index; of gradients and new values too."""
        short = (name.partition("[")[0] for name in self.let if _BY_NUMBERS.fullmatch(name))
        families = dict.fromkeys([*(family for family, _ in self.members.values()), *short])
        named = (make(family) for family in families for make in (str, gradient_name, new_name, change_name))
        functions = tuple((name, entry_for(value.shape)) for name, value in self.functions.items())
        classes = tuple(self.classes.items())
        return Indices(
            frozenset(named), tuple(self.over.items()), classes=classes, functions=functions, absent=self.absent
        )

    @property
    def layer_of(self) -> dict[str, int]:
        """The number of the layer to which a quantity belongs, its parameters among them."""
        of = {layer.number: (layer.weights, layer.bias, layer.sums, layer.output) for layer in self.layers}
        return {name: number for number, mine in of.items() for name in mine if name is not None}

    @property
    def is_dense(self) -> bool:
        """Whether it is a layered network with nothing between its inputs and outputs but weights and activations."""
        mine = {name for layer in self.layers for name in (layer.sums, layer.output)}
        return bool(mine) and all(eq.layer is None or eq.name in mine for eq in self.forward)

    @property
    def unit_of(self) -> dict[str, str]:
        """The vertex to which a quantity belongs: its bias, its sum, its output, and the weights that lead to it."""
        of = {unit.name: (unit.bias, unit.sum, unit.output) for unit in self.units}
        unit_of = {name: vertex for vertex, mine in of.items() for name in mine if name is not None}
        return unit_of | {edge.weight: unit_of[edge.target] for edge in self.edges}

    @property
    def biases(self) -> set[str]:
        """The parameters that are biases of a layer or a vertex."""
        biases = (*(layer.bias for layer in self.layers), *(unit.bias for unit in self.units))
        return {name for name in biases if name is not None}

    @property
    def untold(self) -> frozenset[str]:
        """The gradients that are neither shown nor asked for, by name."""
        return frozenset(map(gradient_name, self.inputs)) if self.show == "parameters" else frozenset()

    @property
    def leaves(self) -> dict[str, Array]:
        """What gradients are wanted of where they end: the parameters, then the inputs, by name."""
        return {**self.parameters, **self.inputs}

    @property
    def data(self) -> dict[str, Array]:
        """The values that the file gives to the forward pass, by name: inputs, targets, parameters, functions."""
        return {**self.inputs, **self.targets, **self.parameters, **self.functions}

    @property
    def given(self) -> dict[str, Array]:
        """Every value that the equations start from, float64 by name: the data, given gradients, the learning rate."""
        given = self.data
        given |= {gradient_name(name): value for name, value in self.upstream.items()}
        if self.lr is not None:
            given[RATE] = np.array(self.lr)
        given |= {old_name(state_name(line, name)): value for line, name, value in self._remembered()}
        return given | self.at_step(self.first_step)

    def at_step(self, k: int) -> dict[str, Array]:
        """The given values that are those of step `k`, counted from 1: its number, and what changes with it.

        What is given for fewer steps isn't among them.
        """
        numbered = {self.counter: np.array(float(k))} if self.counts_steps else {}
        return numbered | {name: values[k - 1] for name, values in self.by_step.items() if k <= len(values)}

    @property
    def counter(self) -> str:
        """What the number of the step is called."""
        return step_name({*self.data, *(equation.name for equation in self.forward)})

    @property
    def counts_steps(self) -> bool:
        """Whether an equation of the update uses the number of the step."""
        rated = self.rate is not None and STEP in names(self.rate)
        return rated or (self.optimizer is not None and self.optimizer.uses(STEP))

    @property
    def has_gradients(self) -> bool:
        """Whether there is something that gradients start from: what is differentiated, or gradients that are given."""
        return self.objective is not None or bool(self.upstream)

    @property
    def has_given_gradients(self) -> bool:
        """Whether the gradients of the parameters themselves are given: there is nothing to differentiate then."""
        return any(name in self.parameters for name in self.upstream)

    @property
    def turns(self) -> tuple[str, ...]:
        """The parameters that have a step of their own, in order; none where they are updated otherwise."""
        return () if isinstance(self.order, str) else tuple(name for name in self.order if name not in self.frozen)

    @property
    def is_updated(self) -> bool:
        """Whether there is a step to take: a learning rate, or a rule that needs none, and parameters."""
        return bool(self.parameters) and not (self.lr is None and self.rate is None and self.optimizer is None)

    @property
    def goes_on(self) -> bool:
        """Whether the file asks for more than one step."""
        return self.epochs is not None or self.until is not None or (self.steps or 1) > 1

    def _remembered(self) -> Iterator[tuple[str, str, Array]]:
        for line, values in self.start.items():
            yield from ((line, name, value) for name, value in values.items() if name not in self.frozen)

    def place(self, *path: str | int) -> Span:
        """The place of a key, or of the nearest key above it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return Span(self.path)
