"""Read how a problem is updated: its rule, the learning rate of each step, and where the steps start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.shapes import spell
from gradcalc.formula.table import Shape
from gradcalc.optimizers.rule import DESCENT, STEP, Rule
from gradcalc.problem.draft import Draft
from gradcalc.problem.forms import WorkedKeys
from gradcalc.problem.objective import Parts
from gradcalc.problem.rates import read_rate
from gradcalc.problem.rules import named_rule, own_rule
from gradcalc.program.naming import gradient_name, old_name, state_name
from gradcalc.program.problem import Path
from gradcalc.program.quantities import GIVEN, Quantities
from gradcalc.program.state import LineMisfit, at_zero
from gradcalc.words import near, shorten

_FORMS: Final = "write a mapping from a line's name to parameters, such as {v: {W1: [[1, 2]]}}"


def optimizing(
    draft: Draft, model: WorkedKeys, parts: Parts, quantities: Quantities, frozen: Iterable[str]
) -> dict[str, Any]:
    """The fields of a Problem that say how it is updated; faults at what can't be used."""
    given = _read_gradients(draft, model, parts, quantities, frozen)
    rule = _rule(draft, model, parts)
    fields: dict[str, Any] = {"optimizer": rule.rule, **read_rate(draft, model.lr)}
    if rule.rule is not None and not rule.rule.own and model.lr is None:
        fields["lr"] = rule.usual
        if rule.usual is None:
            draft.fault(("optimizer",), f": {rule.rule.name} needs a learning rate: give 'lr', such as lr: 0.1")
    fields["by_step"] = {**fields.get("by_step", {}), **given}
    known = rule.rule or (DESCENT if model.optimizer is None and model.update is None else None)
    fields |= _Start(draft, model, parts, quantities).read(known)
    last = fields.get("first_step", 1) + (model.steps or 1) - 1
    paths: dict[str, Path] = {gradient_name(name): path for name, path in parts.upstream_from.items()}
    for name, values in fields["by_step"].items():
        if len(values) < last:
            said = f"has {len(values)} entries, the first for k = 1, and the last step is k = {last}"
            draft.fault(paths.get(name, (name,)), said)
    return fields | _way(draft, model)


@dataclass(frozen=True)
class _Chosen:
    rule: Rule | None = None
    usual: float | None = None
    """The learning rate, where a problem gives none."""


def _rule(draft: Draft, model: WorkedKeys, parts: Parts) -> _Chosen:
    """The rule that the file names, or writes out; none where it is plain descent."""
    if model.optimizer is not None and model.update is not None:
        draft.key_fault(("update",), ": the problem has 'optimizer' already; give one of the two")
    if model.update is not None:
        return _Chosen(own_rule(draft, model.update, [*parts.given, *parts.computed]))
    if model.optimizer is None:
        return _Chosen()
    return _Chosen(*named_rule(draft, model.optimizer))


def _way(draft: Draft, model: WorkedKeys) -> dict[str, Any]:
    if model.direction == "ascent" and model.update is not None:
        draft.fault(("direction",), ": a rule of one's own says itself which way it goes: leave this out")
    if model.order != "simultaneous":
        draft.key_fault(("order",), ": this can't be used yet")
    return {"direction": model.direction}


# Gradients that are given.


def _read_gradients(
    draft: Draft, model: WorkedKeys, parts: Parts, quantities: Quantities, frozen: Iterable[str]
) -> dict[str, tuple[Array, ...]]:
    """Put given gradients of parameters where those from above stand; those that change from step to step, by name."""
    if model.gradients is None:
        return {}
    if not isinstance(model.gradients, dict):
        draft.fault(("gradients",), ": write a mapping from a parameter to its gradient, such as {W1: [[1, 2]]}")
        return {}
    by_step: dict[str, tuple[Array, ...]] = {}
    for raw, value in model.gradients.items():
        each = raw.removesuffix(f"[{STEP}]")
        name = _parameter(draft, ("gradients", raw), each, parts, quantities)
        values = _values(draft, raw, value, parts, of_steps=each != raw)
        if name is None or not values:
            continue
        parts.upstream[name] = values[0]
        parts.upstream_from[name] = ("gradients", raw)
        if each != raw:
            by_step[gradient_name(name)] = tuple(np.reshape(v, np.shape(parts.parameters[name])) for v in values)
    for name in {*parts.parameters} - {*parts.upstream} - {*frozen}:
        draft.key_fault(("gradients",), f": there is none for {name}: give one, or freeze it")
    return by_step


def _parameter(draft: Draft, path: tuple[str, ...], raw: str, parts: Parts, quantities: Quantities) -> str | None:
    found = quantities.get(GIVEN, raw)
    if found is None or found.name not in parts.parameters:
        draft.key_fault(path, f": unknown parameter '{shorten(raw)}'{near(raw, parts.parameters)}")
        return None
    return found.name


def _values(draft: Draft, raw: str, value: Any, parts: Parts, of_steps: bool) -> tuple[Array, ...]:
    """The gradient, or that of each step, in the shapes that the file gives; nothing where one is wrong."""
    path = ("gradients", raw)
    if not of_steps:
        one = draft.array(path, value, parts.axis)
        return () if one is None else (one,)
    if not isinstance(value, list) or not value:
        draft.fault(path, ": write a list with a gradient for each step")
        return ()
    each = [draft.array((*path, i), inner, parts.axis) for i, inner in enumerate(value)]
    found = [array for array in each if array is not None]
    return tuple(found) if len(found) == len(each) else ()


# The start.


class _Start:
    """Reads where the steps start: the first one's number, and what the rule remembers."""

    def __init__(self, draft: Draft, model: WorkedKeys, parts: Parts, quantities: Quantities) -> None:
        self.draft, self.parts, self.quantities = draft, parts, quantities
        self.written = {} if model.start is None else model.start
        self.own = model.update is not None

    def read(self, rule: Rule | None) -> dict[str, Any]:
        """The fields of a Problem that say it; faults at what doesn't fit. Without a rule, the number alone."""
        draft = self.draft
        if not isinstance(self.written, dict):
            draft.fault(("start",), f": {_FORMS}")
            return {}
        first = self._first(self.written.get(STEP, 1))
        if rule is None:
            return {}
        zeros = {} if draft.faults else self._zeros(rule)
        for raw, value in self.written.items():
            if raw == STEP:
                continue
            if raw not in rule.remembered:
                draft.key_fault(("start", raw), f": {rule.name} keeps no '{shorten(raw)}'{near(raw, rule.remembered)}")
            elif raw in zeros:
                zeros[raw] = {**zeros[raw], **self._state(raw, value, zeros[raw])}
        return {"first_step": first, "start": zeros}

    def _first(self, k: Any) -> int:
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            self.draft.fault(("start", STEP), f"is {shorten(str(k))}: it must be a whole number from 1")
            return 1
        return k

    def _zeros(self, rule: Rule) -> dict[str, dict[str, Array]]:
        parts, draft = self.parts, self.draft
        shapes = draft.shapes(parts.given, parts.forward, parts.axis)
        try:
            return {} if draft.faults else at_zero(rule, parts.parameters, shapes, parts.axis)
        except LineMisfit as misfit:
            self._misfit(misfit)
            return {}

    def _misfit(self, misfit: LineMisfit) -> None:
        path = ("update", misfit.line) if self.own else ("optimizer",)
        error = misfit.error
        if error is None:
            self.draft.fault(path, f": its shape changes from step to step, for {misfit.parameter}")
        else:
            place = self.draft.document.inside(error.at[0], *path)
            self.draft.fault_at(place, path, f": for {misfit.parameter}, {error.message} in {error.part}")

    def _state(self, line: str, value: Any, zeros: Mapping[str, Array]) -> dict[str, Array]:
        """A line's values by parameter: those given, each in the shape that the rule makes."""
        if not isinstance(value, dict):
            self.draft.fault(("start", line), f": {_FORMS}")
            return {}
        found: dict[str, Array] = {}
        for raw, inner in value.items():
            path = ("start", line, raw)
            name = _parameter(self.draft, path, raw, self.parts, self.quantities)
            array = self.draft.array(path, inner, self.parts.axis)
            if name is not None and array is not None:
                found[name] = self._fitted(path, array, np.shape(zeros[name]))
        return found

    def _fitted(self, path: tuple[str, ...], array: Array, wanted: Shape) -> Array:
        is_vector = array.size == 1 or 1 in array.shape
        if array.size == int(np.prod(wanted)) and is_vector:
            return array.reshape(wanted)
        if array.shape != wanted:
            self.draft.fault(path, f"is {spell(array.shape)}, but it is {spell(wanted)} here")
        return array


def names_made(rule: Rule, parameters: Iterable[str]) -> dict[str, str]:
    """What the rule's values are called, and what each is: names that nothing else may have."""
    made = {}
    for line in rule.state:
        for name in parameters:
            made[state_name(line, name)] = f"'{line}' of '{name}'"
            if line in rule.remembered:
                made[old_name(state_name(line, name))] = f"'{line}' of '{name}' before the step"
    return made
