"""The vertices form: a directed acyclic graph, each vertex a weighted sum and its activation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Expr, Name, add, mul
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.simplify import simplify
from gradcalc.formula.spelling import canonical
from gradcalc.problem.calls import activation, loss, names_a_loss, target_kinds
from gradcalc.problem.document import UNREADABLE
from gradcalc.problem.draft import Draft
from gradcalc.problem.finish import finish
from gradcalc.problem.forms import Vertex, VerticesFile
from gradcalc.problem.objective import Parts, add_loss, aim
from gradcalc.problem.order import Cycle, in_order
from gradcalc.problem.symbols import by_name
from gradcalc.problem.targets import fits
from gradcalc.problem.unused import unused
from gradcalc.program.naming import bias_name, output_name, sum_name, target_name, weight_name
from gradcalc.program.problem import Path, Problem
from gradcalc.program.structure import Edge, Unit
from gradcalc.words import shorten


def lower(draft: Draft, model: VerticesFile) -> Problem:
    """The problem that a file in the vertices form describes. Raises InputError."""
    graph = _Graph(draft, model)
    graph.read_inputs()
    graph.read_names()
    for name in graph.order():
        graph.read_vertex(name)
    graph.read_targets()
    graph.read_loss()
    aim(draft, model, graph.parts)
    quantities = graph.parts.quantities(by_name(model.symbols), draft.unread)
    draft.warnings += unused(graph.parts, quantities, draft.value(("expected",)), model.let)
    return finish(draft, model, graph.parts)


class _Graph:
    """Reads a graph; knows under which name the output of each input and vertex goes on."""

    def __init__(self, draft: Draft, model: VerticesFile) -> None:
        self.draft, self.model = draft, model
        self.parts = Parts("vertices")
        self.outputs: dict[str, str] = {}
        self.inputs_known = isinstance(model.inputs, dict)
        self.vertices: dict[str, str] = {}
        """The key under which a vertex stands in the file, by its name."""
        self.aims: dict[str, str] = {}
        """The output that each target is for."""

    def read_inputs(self) -> None:
        """Enter the inputs, each one number."""
        if not self.inputs_known:
            self._fault_mapping(
                ("inputs",), self.model.inputs, "a mapping from names to numbers, such as {x1: 1, x2: 0}"
            )
            return
        for raw, value in self.model.inputs.items():
            called = canonical(raw)
            name = self.draft.define(output_name(called) if called.isdecimal() else raw, ("inputs", raw))
            number = self._number(("inputs", raw), value)
            if name is not None:
                self.outputs[called] = name
                if number is not None:
                    self.parts.inputs[name] = number

    def read_names(self) -> None:
        """Enter the vertices' names, which edges may use before the vertex comes."""
        for raw in self.draft.value(("vertices",)):
            name = canonical(raw)
            if name in self.outputs:
                self.draft.key_fault(("vertices", raw), f": there is an input or a vertex '{shorten(name)}' already")
            elif not (name.isidentifier() or name.isdecimal()):
                self.draft.key_fault(("vertices", raw), ": this can't be a name: a name has letters, digits and _")
            else:
                self.outputs[name] = output_name(name)
                self.vertices[name] = raw

    def order(self) -> list[str]:
        """The vertices, each after those that lead to it."""
        try:
            return in_order({name: self._sources(name) for name in self.vertices})
        except Cycle as cycle:
            path = ("vertices", self.vertices[cycle.names[0]])
            self.draft.key_fault(path, f": a cycle: each of these needs the next: {cycle}")
            return list(self.vertices)

    def _sources(self, name: str) -> list[str]:
        vertex = self.model.vertices.get(self.vertices[name])
        weights = vertex.weights if vertex is not None else None
        return [canonical(raw) for raw in weights] if isinstance(weights, dict) else []

    def read_vertex(self, name: str) -> None:
        """Enter a vertex's weights, its sum `a_v` and its output `o_v`."""
        raw = self.vertices[name]
        vertex = self.model.vertices.get(raw)
        if vertex is None:
            return
        path: Path = ("vertices", raw)
        terms = self._read_edges(name, vertex, path)
        bias = None if vertex.bias is None else bias_name(name)
        if bias is not None:
            self._enter(bias, (*path, "bias"), vertex.bias)
            terms.append(Name(bias))
        unit = Unit(name, bias, sum_name(name), output_name(name))
        self.parts.units.append(unit)
        active = activation(self.draft, (*path, "activation"), vertex.activation, unit.sum)
        self._define(unit.sum, path, add(*terms) if terms else None, name)
        where = (*path, "activation") if vertex.activation else path
        self._define(unit.output, where, None if active is None else simplify(active), name)
        if active is not None:
            self._check_sizes(name, vertex, path, active)

    def _read_edges(self, name: str, vertex: Vertex, path: Path) -> list[Expr]:
        if not isinstance(vertex.weights, dict) or not vertex.weights:
            self._fault_mapping(
                (*path, "weights"), vertex.weights, "a mapping from where edges start, such as {x1: 0.2}"
            )
            return []
        terms: list[Expr] = []
        for raw, value in vertex.weights.items():
            edge: Path = (*path, "weights", raw)
            source = canonical(raw)
            if source not in self.outputs:
                self._unknown_vertex(edge, source, self.outputs)
                continue
            weight = weight_name(source, name)
            self._enter(weight, edge, value)
            self.parts.edges.append(Edge(self.outputs[source], self.outputs[name], weight))
            terms.append(mul(Name(weight), Name(self.outputs[source])))
        return terms

    def _check_sizes(self, name: str, vertex: Vertex, path: Path, active: Expr) -> None:
        """Refuse edges with different numbers of weights, and lists where the activation takes one number."""
        weights = vertex.weights if isinstance(vertex.weights, dict) else {}
        sizes = {raw: self._size(weight_name(canonical(raw), name)) for raw in weights}
        known = {raw: size for raw, size in sizes.items() if size is not None}
        if not known:
            return
        first, size = next(iter(known.items()))
        for raw, other in known.items():
            if other != size:
                message = f"is {_numbers(other)}, but the weight from {first} is {_numbers(size)}"
                self.draft.fault((*path, "weights", raw), message)
                return
        bias = self._size(bias_name(name)) if vertex.bias is not None else None
        if size and shape_of(active, {sum_name(name): (size, 1)}) != ():
            takes = vertex.activation or "a vertex without activation"
            self.draft.fault((*path, "weights", first), f"is a list, but {takes} takes one number: give one weight")
        elif bias not in (None, size):
            self.draft.fault((*path, "bias"), f"is {_numbers(bias or 0)}, but a weight is {_numbers(size)}")

    def _size(self, name: str) -> int | None:
        """How many numbers a parameter has in its list; 0 for a number alone, None where it isn't known."""
        value = self.parts.parameters.get(name)
        return None if value is None else 0 if value.ndim == 0 else int(value.shape[0])

    def read_targets(self) -> None:
        """Enter the targets, each for a vertex."""
        targets = self.model.targets
        if not isinstance(targets, dict):
            self._fault_mapping(("targets",), targets, "a mapping from vertices to numbers, such as {o6: 1}")
            return
        for raw, value in targets.items():
            name, number = canonical(raw), self._number(("targets", raw), value)
            if name not in self.vertices:
                self._unknown_vertex(("targets", raw), name, self.vertices)
            elif self.draft.define(target := target_name(name), ("targets", raw)) and number is not None:
                self.parts.targets[target] = number
                self.aims[target] = output_name(name)

    def read_loss(self) -> None:
        """Add the loss: a function of each target's output, summed, or a formula."""
        text, targets = self.model.loss, list(self.parts.targets)
        if text is None:
            return
        self.draft.origins.setdefault("loss", ("loss",))
        if names_a_loss(self.draft, text) and not targets:
            if self.draft.value(("targets",)) is None:
                self.draft.fault(("loss",), ": it compares outputs with targets: give 'targets:'")
            return
        pairs = [(self.aims[name], name) for name in targets] or [("o", "y")]
        losses = [loss(self.draft, ("loss",), text, pair) for pair in pairs]
        if not names_a_loss(self.draft, text):
            losses = losses[:1]
        for (_, target), each in zip(pairs, losses, strict=False):
            self._check_target(target, each)
        whole = add(*[each for each in losses if each is not None]) if None not in losses else None
        if whole is not None and self.draft.names_known(("loss",), whole, set(self.draft.origins) - {"loss"}):
            add_loss(self.draft, self.model, self.parts, whole)

    def _check_target(self, target: str, each: Expr | None) -> None:
        for kind, by in target_kinds(each, target).items():
            # One output alone is no distribution: cross-entropy is then a sum over vertices.
            if kind != "distribution" and target in self.parts.targets:
                fits(self.draft, self.draft.origins[target], self.parts.targets[target], self.parts.axis, kind, by)

    def _define(self, name: str, path: Path, expr: Expr | None, unit: str) -> None:
        if self.draft.define(name, path) and expr is not None:
            self.parts.define(name, expr, unit=unit)

    def _enter(self, name: str, path: Path, value: Any) -> None:
        """Enter a weight or a bias: a number, or a flat list."""
        array = self.draft.array(path, value)
        if array is not None and array.ndim and (array.shape[1] > 1 or isinstance(value[0], list)):
            self.draft.fault(path, "is a matrix: it must be a number, or a list of numbers")
            array = None
        if self.draft.define(name, path) and array is not None:
            self.parts.parameters[name] = array

    def _number(self, path: Path, value: Any) -> Array | None:
        array = self.draft.array(path, value)
        if array is not None and array.size != 1:
            self.draft.fault(path, f"has {array.size} numbers: it must be one number")
            return None
        return None if array is None else array.reshape(())

    def _unknown_vertex(self, path: Path, name: str, known: Iterable[str]) -> None:
        if self.inputs_known:
            self.draft.key_fault(path, f": unknown vertex '{shorten(name)}'{self.draft.near(name, known)}")

    def _fault_mapping(self, path: Path, value: Any, must: str) -> None:
        if value is not UNREADABLE:
            self.draft.fault(path, f"must be {must}")


def _numbers(size: int) -> str:
    return f"a list of {size}" if size else "one number"
