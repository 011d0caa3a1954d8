"""The equations form: values and formulas by name, in any order."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.expr import Expr, names
from gradcalc.formula.spelling import canonical
from gradcalc.problem.calls import targets_in
from gradcalc.problem.derivatives import derive_equations
from gradcalc.problem.document import is_read
from gradcalc.problem.draft import Draft
from gradcalc.problem.finish import finish
from gradcalc.problem.forms import EquationsFile
from gradcalc.problem.indices import read_indices
from gradcalc.problem.notation import read_notation
from gradcalc.problem.objective import Parts, add_loss, aim
from gradcalc.problem.order import Cycle, in_order
from gradcalc.problem.over import member_of
from gradcalc.problem.sum_ranges import note_ranges
from gradcalc.problem.symbols import by_name
from gradcalc.problem.targets import SUM_TOLERANCE, fits
from gradcalc.problem.unused import unused
from gradcalc.program.derivatives import DERIVATIVES
from gradcalc.program.problem import Path, Problem

GIVEN: Final = ("inputs", "targets", "parameters")


def lower(draft: Draft, model: EquationsFile) -> Problem:
    """The problem that a file in the equations form describes. Raises InputError."""
    parts = Parts(axis=read_notation(draft, model.notation).axis)
    for key in GIVEN:
        _read_values(draft, key, getattr(model, key), parts, getattr(parts, key))
    _note_ranges(draft, model, parts)
    formulas = _read_formulas(draft, model.equations)
    loss = _read_loss(draft, model)
    _check_names(draft, formulas)
    parts.members = {name: member for name in draft.origins if (member := member_of(name)) is not None}
    _define_in_order(draft, formulas, parts)
    if loss is not None and draft.names_known(("loss",), loss, draft.origins):
        add_loss(draft, model, parts, loss)
    read_indices(draft, parts)
    _assume(draft, model, parts)
    if not draft.faults:
        derive_equations(draft, parts)
    aim(draft, model, parts)
    _check_signs(draft, parts)
    quantities = parts.quantities(by_name(model.symbols), draft.unread)
    draft.warnings += unused(parts, quantities, draft.value(("expected",)), model.let, model.gradients is not None)
    return finish(draft, model, parts)


def _read_values(draft: Draft, key: str, values: Any, parts: Parts, into: dict[str, Array]) -> None:
    if not isinstance(values, dict):
        draft.fault((key,), "must be a mapping from names to numbers, such as {x: -2, W: [[1, 2], [3, 4]]}")
        return
    for raw in draft.value((key,)) or ():
        # A name whose value is missing is known all the same.
        name = draft.define(raw, (key, raw))
        array = draft.array((key, raw), values[raw], parts.axis) if raw in values else None
        if name is not None and array is not None:
            (parts.functions if name in dict(draft.indices.functions) else into)[name] = array


def _note_ranges(draft: Draft, model: EquationsFile, parts: Parts) -> None:
    equations = model.equations if isinstance(model.equations, dict) else {}
    written: dict[Path, Any] = {("equations", raw): text for raw, text in equations.items()}
    note_ranges(
        draft,
        written | {("loss",): model.loss},
        lambda: {name: np.shape(value) for name, value in parts.given.items()},
        parts.axis,
    )


def _read_formulas(draft: Draft, equations: Any) -> dict[str, Expr]:
    """The formulas by name; a name whose formula can't be read is known all the same."""
    if equations is None and any(draft.value((key,)) is not None for key in ("gradients", "loss")):
        return {}
    if not isinstance(equations, dict) or not equations:
        draft.fault(("equations",), "must be a mapping from names to formulas, such as {q: x + y, f: q * z}")
        return {}
    formulas = {}
    for raw in draft.value(("equations",)):
        name = draft.define(raw, ("equations", raw))
        formula = draft.formula(("equations", raw), equations[raw], DERIVATIVES) if raw in equations else None
        if name is not None and formula is not None:
            formulas[name] = formula
    return formulas


def _read_loss(draft: Draft, model: EquationsFile) -> Expr | None:
    """The formula under `loss`, which is one equation more."""
    if model.loss is None:
        return None
    if "loss" in draft.origins:
        draft.key_fault(("loss",), ": there is an equation of that name; write 'of: loss'")
        return None
    return draft.formula(("loss",), model.loss, DERIVATIVES)


def _check_names(draft: Draft, formulas: dict[str, Expr]) -> None:
    for name, formula in formulas.items():
        draft.names_known(draft.origins[name], formula, draft.origins)


def _define_in_order(draft: Draft, formulas: dict[str, Expr], parts: Parts) -> None:
    try:
        order = in_order({name: names(formula) for name, formula in formulas.items()})
    except Cycle as cycle:
        draft.key_fault(draft.origins[cycle.names[0]], f": a cycle: each of these needs the next: {cycle}")
        return
    for name in order:
        parts.define(name, formulas[name])


def _assume(draft: Draft, model: EquationsFile, parts: Parts) -> None:
    """Note which given names hold distributions: those said to, and targets that are used as one and are."""
    given = {**parts.inputs, **parts.targets}
    for i, raw in enumerate(model.assumed):
        if not is_read(raw):
            continue
        path = ("assumed", i) if isinstance(draft.value(("assumed",)), list) else ("assumed",)
        name = canonical(raw)
        if name not in given:
            draft.fault(path, f": unknown input '{raw}'{draft.near(name, given)}")
        elif not _is_distribution(given[name], parts):
            draft.fault(path, f": the samples of '{name}' don't sum to 1")
        else:
            parts.assumed.add(name)
    parts.assumed |= {name for name in _used_as_distributions(parts) if _is_distribution(parts.targets[name], parts)}


def _check_signs(draft: Draft, parts: Parts) -> None:
    """Labels of a binary hinge loss are -1 or 1 here too: a class's number would be taken for a weight."""
    given = {**parts.inputs, **parts.targets}
    uses = {(name, by) for equation in parts.forward for name, kind, by in targets_in(equation.expr) if kind == "sign"}
    for name, by in sorted(uses):
        if name in given:
            fits(draft, draft.origins[name], given[name], parts.axis, "sign", by)


def _is_distribution(value: Array, parts: Parts) -> bool:
    sums = np.atleast_2d(value).sum(axis=parts.axis)
    return bool((np.abs(sums - 1.0) <= SUM_TOLERANCE).all() and (value >= 0).all())


def _used_as_distributions(parts: Parts) -> set[str]:
    uses = (use for equation in parts.forward for use in targets_in(equation.expr))
    return {name for name, kind, _ in uses if kind == "distribution" and name in parts.targets}
