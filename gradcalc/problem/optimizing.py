"""Read how a problem is updated: its rule, the learning rate of each step, and where the steps start."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gradcalc.formula.arrays import Array
from gradcalc.formula.spelling import canonical
from gradcalc.optimizers.rule import CURVATURE, DESCENT, RATE, TOTAL_NORM, Rule
from gradcalc.problem.derivatives import by_itself
from gradcalc.problem.draft import Draft
from gradcalc.problem.forms import WorkedKeys
from gradcalc.problem.gradients import read_gradients
from gradcalc.problem.objective import Parts
from gradcalc.problem.rates import read_rate
from gradcalc.problem.rules import named_rule, own_rule
from gradcalc.problem.start import Start
from gradcalc.program.in_turn import used_twice
from gradcalc.program.naming import gradient_name, norm_name, old_name, state_name
from gradcalc.program.problem import Path
from gradcalc.program.quantities import Quantities
from gradcalc.words import near, shorten


def optimizing(
    draft: Draft, model: WorkedKeys, parts: Parts, quantities: Quantities, frozen: Collection[str]
) -> dict[str, Any]:
    """The fields of a Problem that say how it is updated; faults at what can't be used."""
    given = read_gradients(draft, model, parts, quantities, frozen)
    rule = _rule(draft, model, parts)
    fields: dict[str, Any] = {"optimizer": rule.rule, **read_rate(draft, model.lr)}
    if rule.rule is not None and not rule.rule.own and model.lr is None:
        fields["lr"] = rule.usual
        if rule.usual is None:
            draft.fault(("optimizer",), f": {rule.rule.name} needs a learning rate: give 'lr', such as lr: 0.1")
    fields["by_step"] = {**fields.get("by_step", {}), **given}
    known = rule.rule or (DESCENT if model.optimizer is None and model.update is None else None)
    fields |= Start(draft, model, parts, quantities, frozen).read(known)
    _check_lengths(draft, parts, fields["by_step"], fields.get("first_step", 1) + (model.steps or 1) - 1)
    if known is not None and known.uses(CURVATURE) and not draft.faults:
        by_itself(draft, parts, [name for name in parts.parameters if name not in frozen])
    if known is not None:
        _refuse_clashes(draft, known, parts.parameters)
    return fields | _way(draft, model, parts, known, frozen)


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
        rule = own_rule(draft, model.update, [*parts.given, *parts.computed], len(parts.parameters), parts.objective)
        if rule is not None and rule.uses(RATE) and model.lr is None:
            draft.fault(("update",), ": it uses the learning rate, and there is none: give 'lr', such as lr: 0.1")
        return _Chosen(rule)
    if model.optimizer is None:
        return _Chosen()
    return _Chosen(*named_rule(draft, model.optimizer))


def _check_lengths(draft: Draft, parts: Parts, by_step: Mapping[str, tuple[Array, ...]], last: int) -> None:
    """A fault at each list that ends before the last step that the file asks for."""
    paths: dict[str, Path] = {gradient_name(name): path for name, path in parts.upstream_from.items()}
    for name, values in by_step.items():
        if len(values) < last:
            has = f"{len(values)} {'entry' if len(values) == 1 else 'entries'}"
            said = f"has {has}, the first for k = 1, and the last step is k = {last}"
            draft.fault(paths.get(name, (name,)), said)


def _way(draft: Draft, model: WorkedKeys, parts: Parts, rule: Rule | None, frozen: Collection[str]) -> dict[str, Any]:
    """Which way the steps go, and in which order the parameters are updated."""
    if model.direction == "ascent" and model.update is not None:
        draft.fault(("direction",), ": a rule of one's own says itself which way it goes: leave this out")
    order: Any = model.order if isinstance(model.order, str) else _turns(draft, model.order, parts, frozen)
    if order != "simultaneous":
        _check_order(draft, model, rule)
    if order == "sequential":
        for name in used_twice([name for name in parts.parameters if name not in frozen], parts.forward):
            draft.fault(("order",), f": {name} is used more than once, so no one place on the way back is its own")
    return {"direction": model.direction, "order": order}


def _turns(draft: Draft, written: Any, parts: Parts, frozen: Collection[str]) -> tuple[str, ...]:
    """The parameters in the order of their turns; faults at what is none, and at those that have no turn."""
    turns: list[str] = []
    for i, raw in enumerate(written):
        name = canonical(raw) if isinstance(raw, str) else ""
        if name not in parts.parameters:
            draft.fault(("order", i), f": unknown parameter '{shorten(str(raw))}'{near(name, parts.parameters)}")
        elif name in turns or name in frozen:
            draft.fault(("order", i), f": {name} {'has its turn already' if name in turns else 'is frozen'}")
        turns.append(name)
    for name in parts.parameters:
        if name not in turns and name not in frozen:
            draft.fault(("order",), f": {name} has no turn: add it to the list, or freeze it")
    return tuple(turns)


def _check_order(draft: Draft, model: WorkedKeys, rule: Rule | None) -> None:
    if model.gradients is not None:
        draft.key_fault(("order",), ": the gradients are given, so all are known at once: leave this out")
    if rule is not None and rule.uses(TOTAL_NORM):
        draft.key_fault(("order",), ": the length of all gradients isn't known before all are: clip by clip_norm")


def _refuse_clashes(draft: Draft, rule: Rule, parameters: Iterable[str]) -> None:
    """Refuse names that the rule's values have."""
    for made, what in names_made(rule, parameters).items():
        if made in draft.origins:
            draft.key_fault(draft.origins[made], f": '{made}' is {what} in the update; choose another name")


def names_made(rule: Rule, parameters: Iterable[str]) -> dict[str, str]:
    """What the rule's values are called, and what each is: names that nothing else may have."""
    made = {}
    for line in rule.state:
        for name in parameters:
            made[state_name(line, name)] = f"'{line}' of '{name}'"
            if line in rule.remembered:
                made[old_name(state_name(line, name))] = f"'{line}' of '{name}' before the step"
    if rule.uses(TOTAL_NORM) and TOTAL_NORM not in rule.state:
        made[TOTAL_NORM] = "the length of all gradients"
        made |= {norm_name(name): f"the length of the gradient of '{name}'" for name in parameters}
    return made
