"""Recurrent layers over the steps of a sequence: plain ones, LSTM and GRU, each state from the one before it.

The weights of the gates stand in one matrix on x and one on h, as frameworks store them; `order` says in which order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np

from gradcalc.formula.expr import ONE, Apply, Expr, Name, add, call, mul, sub
from gradcalc.formula.index import ALL, Along, params_of
from gradcalc.formula.shapes import counted, spell
from gradcalc.formula.simplify import simplify
from gradcalc.formula.table import Axis, Shape
from gradcalc.problem.calls import activation
from gradcalc.problem.forms import Numbers
from gradcalc.problem.keys import Keys, Must, Written, form, key
from gradcalc.problem.networks.stage import Index, Stage
from gradcalc.problem.networks.table import Kind
from gradcalc.problem.networks.weights import entries, read_biases, read_weights
from gradcalc.words import listed

_NUMBERS = Must("given as numbers,", "[[1, 2], [3, 4]]")
_WEIGHTS = Must("a mapping", "{Wx: [[1, 2]], Wh: [[0.5]], b: [0]}")
_STATES = Must("all or last")
Start = Annotated[Any, Written({"type": ["object", "array", "number", "string"]})]


@form
class Gates(Keys):
    """The weights on x and on the state before, and the biases."""

    Wx: Numbers = key("The weights on x[t], those of the gates together", must=_NUMBERS)
    Wh: Numbers = key("The weights on h[t-1], those of the gates together", must=_NUMBERS)
    b: Numbers = key("One number for each unit of each gate, or one for all; none where left out", None)


@form
class GruGates(Gates):
    """The same, with biases inside of the reset."""

    bh: Numbers = key("Biases beside the product with Wh, as PyTorch has them", None)


@form
class Recurrent(Keys):
    """A recurrent layer: `h[t]` from `x[t]` and `h[t-1]`."""

    rnn: Gates = key("The weights Wx and Wh, and biases b", must=_WEIGHTS)
    activation: str = key("The function of the weighted sums", "tanh", must=Must("the name of a function", "tanh"))
    start: Start = key("The state before the first step; 0 where left out", None)
    returns: Literal["all", "last"] = key("Whether all states go on, or the last alone", "all", must=_STATES)


@form
class Lstm(Keys):
    """Long short-term memory: gates i, f, o, candidates g, the cell c and its output h."""

    lstm: Gates = key("The weights Wx and Wh, and biases b, of four gates", must=_WEIGHTS)
    order: str = key(
        "In which order the gates stand in them: ifog, ifgo", must=Must("an order of i, f, o and g", "ifgo")
    )
    start: Start = key("h and c before the first step: {h: [0, 0], c: [0, 0]}; 0 where left out", None)
    returns: Literal["all", "last"] = key("Whether all h go on, or the last alone", "all", must=_STATES)


@form
class Gru(Keys):
    """Gated recurrent unit: reset r, update z, candidates n, and the state h."""

    gru: GruGates = key("The weights Wx and Wh, and biases b and bh, of three gates", must=_WEIGHTS)
    order: str = key(
        "In which order the gates stand in them: rzn, zrn", must=Must("an order of the gates r, z and n", "rzn")
    )
    reset: Literal["after", "before"] = key(
        "Whether r resets the product of h with its weights (as PyTorch does), or h before it (as in the paper)",
        "after",
        must=Must("after or before"),
    )
    z: Literal["old", "new"] = key(
        "What z weighs: the old state, h = (1 - z) * n + z * h, or the new", "old", must=Must("old or new")
    )
    start: Start = key("The state before the first step; 0 where left out", None)
    returns: Literal["all", "last"] = key("Whether all states go on, or the last alone", "all", must=_STATES)


@dataclass
class _Cell:
    """What all three have in common: the weights of so many gates of so many units each, and where the state starts."""

    stage: Stage
    key: str
    gates: str
    units: int
    bias: str | None

    def before(self, base: str, index: Index) -> Name:
        """A state at the step before."""
        return Name(self.stage.name(base, (*index[:-1], index[-1] - 1)))

    def on(self, weights: str, what: Expr) -> Expr:
        """The product of weights with x or h."""
        return self.stage.notation.weighted(Name(self.stage.name(weights)), what)

    def sums(self, index: Index) -> Name:
        """`a[t] = Wx @ x[t] + Wh @ h[t-1] + b`."""
        terms = [self.on("Wx", self.stage.sources[index]), self.on("Wh", self.before("h", index))]
        terms += [] if self.bias is None else [Name(self.bias)]
        return self.stage.define(self.stage.name("a", index), add(*terms), self.key)

    def gate(self, function: str, letter: str, of: Expr, index: Index) -> Name:
        """`i[t] = sigmoid(a[t][1:2])`."""
        return self.stage.define(self.stage.name(letter, index), call(function, self.part(of, letter)), self.key)

    def part(self, whole: Expr, letter: str) -> Apply:
        """The units of one gate among those of all, along a sample."""
        first = self.gates.index(letter) * self.units + 1
        mine = Along(first, first + self.units - 1)
        if self.stage.samples == 1:
            return call("part", whole, **dict(params_of((mine,))))
        return call("part", whole, **dict(params_of((ALL, mine) if self.stage.axis is Axis.ROWS else (mine, ALL))))

    def weights_of(self, base: str, letter: str) -> Expr:
        """The weights of one gate."""
        first = self.gates.index(letter) * self.units + 1
        mine = Along(first, first + self.units - 1)
        taken = (ALL, mine) if self.stage.notation.inputs_along == 0 else (mine, ALL)
        return call("part", Name(self.stage.name(base)), **dict(params_of(taken)))


def rnn(stage: Stage, layer: Recurrent) -> None:
    """Elman, Finding structure in time (1990)."""
    cell = _cell(stage, "rnn", layer.rnn, "h", layer.start, ("h",))
    if cell is not None:
        for index in stage.sources:
            _rnn_step(cell, layer, index)
    _hand_on(stage, layer.returns)


def _rnn_step(cell: _Cell, layer: Recurrent, index: Index) -> None:
    path = (*cell.stage.path, "activation")
    active = activation(cell.stage.draft, path, layer.activation, cell.sums(index).id)
    if active is not None:
        cell.stage.define(cell.stage.name("h", index), simplify(active), "rnn")


def lstm(stage: Stage, layer: Lstm) -> None:
    """Hochreiter & Schmidhuber, Long short-term memory (1997), with the forget gate of Gers and others (2000)."""
    cell = _cell(stage, "lstm", layer.lstm, _order(stage, layer.order, "ifog"), layer.start, ("h", "c"))
    if cell is not None:
        for index in stage.sources:
            _lstm_step(cell, index)
    _hand_on(stage, layer.returns)


def _lstm_step(cell: _Cell, index: Index) -> None:
    a, stage = cell.sums(index), cell.stage
    i, f, o, g = (cell.gate("tanh" if letter == "g" else "sigmoid", letter, a, index) for letter in "ifog")
    c = stage.define(stage.name("c", index), add(mul(f, cell.before("c", index)), mul(i, g)), "lstm")
    stage.define(stage.name("h", index), mul(o, call("tanh", c)), "lstm")


def gru(stage: Stage, layer: Gru) -> None:
    """Cho and others, Learning phrase representations (2014); the reset after the product as in PyTorch and cuDNN."""
    cell = _cell(stage, "gru", layer.gru, _order(stage, layer.order, "rzn"), layer.start, ("h",))
    if cell is not None:
        what = f"each of 3 gates has {counted(cell.units, 'unit')}"
        inner = read_biases(stage, "bh", layer.gru.bh, ("gru", "bh"), 3 * cell.units, what)
        for index in stage.sources:
            _gru_step(cell, layer, index, inner)
    _hand_on(stage, layer.returns)


def _gru_step(cell: _Cell, layer: Gru, index: Index, inner: str | None) -> None:
    stage, before = cell.stage, cell.before("h", index)
    of_x = cell.on("Wx", stage.sources[index])
    ax = stage.define(stage.name("ax", index), of_x if cell.bias is None else add(of_x, Name(cell.bias)), "gru")
    if layer.reset == "after":
        of_h = cell.on("Wh", before)
        ah: Expr = stage.define(stage.name("ah", index), of_h if inner is None else add(of_h, Name(inner)), "gru")

    def products(letter: str, h: Expr) -> list[Expr]:
        if layer.reset == "after":
            return [cell.part(ah, letter)]
        own = stage.notation.weighted(cell.weights_of("Wh", letter), h)
        return [own] if inner is None else [own, cell.part(Name(inner), letter)]

    def gate(function: str, letter: str, of_state: list[Expr]) -> Name:
        sums = add(cell.part(ax, letter), *of_state)
        return stage.define(stage.name(letter, index), call(function, sums), "gru")

    r, z = (gate("sigmoid", letter, products(letter, before)) for letter in "rz")
    after = layer.reset == "after"
    n = gate("tanh", "n", [mul(r, cell.part(ah, "n"))] if after else products("n", mul(r, before)))
    old, new = (z, sub(ONE, z)) if layer.z == "old" else (sub(ONE, z), z)
    stage.define(stage.name("h", index), add(mul(new, n), mul(old, before)), "gru")


# What goes into a cell.


def _order(stage: Stage, written: str, gates: str) -> str:
    """The gates in their order; a fault, and the usual one, where it isn't one of these gates."""
    if not isinstance(written, str) or sorted(written) == sorted(gates):
        return written if isinstance(written, str) else gates
    stage.fault(f"is {written}: it must have each of {listed(gates)} once, such as {gates}", "order")
    return gates


def _cell(stage: Stage, key: str, given: Any, gates: str, start: Any, states: Sequence[str]) -> _Cell | None:
    """Read the weights of a cell; None where there is nothing to go on with."""
    if not _is_sequence(stage, key) or not isinstance(given, Gates):
        return None
    units = _units(stage, key, given, gates)
    if units is None:
        return None
    whose = f"each of {len(gates)} gates" if len(gates) > 1 else "the layer"
    what = f"{whose} has {counted(units, 'unit')}"
    bias = read_biases(stage, "b", given.b, (key, "b"), len(gates) * units, what)
    _read_start(stage, start, states, units)
    return _Cell(stage, key, gates, units, bias)


def _is_sequence(stage: Stage, key: str) -> bool:
    if () not in stage.sources:
        return True
    message = (
        f": {stage.source} is no sequence: write the inputs by step, as in inputs: {{x[t]: …}} with over: {{t: 3}}"
    )
    stage.fault(message, key)
    return False


def _units(stage: Stage, key: str, given: Gates, gates: str) -> int | None:
    """Enter the weights; how many units each gate has."""
    along, count = stage.notation.inputs_along, len(gates)
    if None in [read_weights(stage, base, getattr(given, base), (key, base), None, "") for base in ("Wx", "Wh")]:
        return None
    shapes = {base: stage.parts.parameters[stage.name(base)].shape for base in ("Wx", "Wh")}
    units: int = shapes["Wh"][along]
    fits = True
    lie = "side by side" if along == 0 else "one below the other"
    put = f", the gates {listed(gates)} {lie}" if count > 1 else ""
    wanted = {"Wh": (units, f"h has {counted(units, 'entry')}"), "Wx": (stage.features, entries(stage))}
    for base, (inputs, has) in wanted.items():
        sides = (inputs, count * units)
        if inputs is not None and shapes[base] != (sides if along == 0 else sides[::-1]):
            must = "×".join(map(str, sides if along == 0 else sides[::-1]))
            stage.fault(f"is {spell(shapes[base])}, but {has}: it must be {must}{put}", key, base)
            fits = False
    return units if fits else None


def _read_start(stage: Stage, start: Any, states: Sequence[str], units: int) -> None:
    """Enter the states before the first step: those that are given, else 0."""
    given: Mapping[str, Any] = start if isinstance(start, dict) else {} if start is None else {states[0]: start}
    for unknown in [name for name in given if name not in states]:
        stage.fault(f": there is no state '{unknown}'{stage.draft.near(unknown, states)}", "start", unknown)
    shape = stage.notation.sample_shape(units, stage.samples or 1)
    firsts = {index[:-1]: index for index in reversed(list(stage.sources))}
    for state in states:
        for before, first in firsts.items():
            name = stage.name(state, (*before, first[-1] - 1))
            keys = ("start", state) if isinstance(start, dict) else ("start",)
            _enter_start(stage, name, given.get(state), keys, shape)


def _enter_start(stage: Stage, name: str, value: Any, keys: tuple[str, ...], shape: Shape) -> None:
    if value is None:
        stage.enter_zeros(name, shape)
        return
    found = stage.enter(name, value, *keys)
    if found is not None and found.shape != shape:
        what = "it must be a list of numbers, one for each unit" if 1 in shape else "it must be so too"
        stage.fault(f"is {spell(np.shape(found))}, but h is {spell(shape)}: {what}", *keys)


def _hand_on(stage: Stage, returns: str) -> None:
    """Let all states go into the next layer, or the last of each sequence; the last layer's are called yhat as well."""
    out = {index: stage.name("h", index) for index in stage.sources}
    if returns == "last":
        out = {index[:-1]: name for index, name in out.items()}
    for index, name in out.items():
        if stage.is_last:
            stage.put_out(index, Name(name))
        else:
            stage.hand_on({index: name})


KINDS = {"rnn": Kind(Recurrent, rnn), "lstm": Kind(Lstm, lstm), "gru": Kind(Gru, gru)}
