"""Read what a problem names beside its solution: the signs of its sections, and abbreviations under `let`."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from typing import Any, Final

from gradcalc.formula.expr import Expr, Name, names, substitute
from gradcalc.formula.faults import ShapeError
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.table import Shape
from gradcalc.optimizers.rule import RATE
from gradcalc.problem.derivatives import derive_let
from gradcalc.problem.document import is_read
from gradcalc.problem.draft import Draft
from gradcalc.problem.forms import WorkedKeys, is_updated
from gradcalc.problem.objective import Parts
from gradcalc.problem.order import Cycle, in_order
from gradcalc.problem.rates import rate_letter
from gradcalc.problem.sum_ranges import note_ranges
from gradcalc.program.derivatives import DERIVATIVES
from gradcalc.program.further import CHANGES, DELTAS, MINUS
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Path
from gradcalc.program.quantities import Quantities
from gradcalc.program.sections import states
from gradcalc.words import did_you_mean, shorten

_PLUS: Final = {DELTAS: "gradient", CHANGES: "new - old"}
LONGEST: Final = 60
"""More characters than a name under `let` may have are no name."""


def read_signs(draft: Draft, model: WorkedKeys) -> dict[str, str]:
    """The sections whose sign is said, each with `gradient` or `-gradient`, `new - old` or `old - new`."""
    found = {}
    for section, written in model.signs.items():
        path = ("signs", section)
        if section not in MINUS:
            known = did_you_mean(section, MINUS) or f"; it is of {' or '.join(MINUS)}"
            draft.key_fault(path, f": nothing has a sign of that name{known}")
            continue
        plain = " ".join(written.replace("−", "-").replace("-", " - ").split()).replace("- gradient", "-gradient")
        if plain not in (MINUS[section], _PLUS[section]):
            draft.fault(path, f"is {shorten(written)}: it must be {_PLUS[section]} or {MINUS[section]}")
        found[section] = plain
    return found


def read_let(draft: Draft, model: WorkedKeys, parts: Parts, quantities: Quantities) -> dict[str, Expr]:
    """The abbreviations by name, each after those that it uses; faults at what can't be read."""
    if model.let is None:
        return {}
    if not isinstance(model.let, dict):
        draft.fault(("let",), ": must be a mapping from names to formulas, such as {slope: yhat * (1 - yhat)}")
        return {}
    known = _known(draft, model, parts)
    written: dict[Path, Any] = {("let", raw): value for raw, value in model.let.items()}
    note_ranges(draft, written, lambda: _beside(draft.shapes(parts.given, parts.forward, parts.axis)), parts.axis)
    formulas = {
        raw: draft.formula(("let", raw), value, DERIVATIVES) for raw, value in model.let.items() if is_read(value)
    }
    rate = {rate_letter(draft, model.lr): Name(RATE)}
    own = {raw: name for raw in formulas if (name := _entered(draft, raw, known))}
    read = {own[raw]: formula for raw, formula in formulas.items() if formula is not None and raw in own}
    for raw, name in own.items():
        if name in read:
            lettered = substitute(read[name], rate)
            read[name] = _in_own_names(lettered, {*known, *own.values()}, quantities)
            draft.names_known(("let", raw), read[name], [*known, *own.values()])
    try:
        ordered = in_order({name: names(formula) for name, formula in read.items()})
    except Cycle as cycle:
        raw = next(raw for raw, name in own.items() if name == cycle.names[0])
        draft.key_fault(("let", raw), f": a cycle: each of these needs the next: {cycle}")
        return {}
    let = {name: read[name] for name in ordered}
    return let if draft.faults else derive_let(draft, parts, let)


def _known(draft: Draft, model: WorkedKeys, parts: Parts) -> dict[str, None]:
    """The names that an abbreviation may use: those of all that the solution has, or may have beside it, in order."""
    known = [*draft.origins]
    if parts.objective is not None or parts.upstream:
        known += map(gradient_name, draft.origins)
    if is_updated(model):
        known += [RATE, *map(new_name, draft.origins)]
    known += [each.equation for each in parts.further(parts.objective)]
    return dict.fromkeys([*known, *(each.equation for each in states(parts.rule, parts.parameters))])


def _in_own_names(formula: Expr, known: Collection[str], quantities: Quantities) -> Expr:
    """A formula with the names that the problem has in the place of customary ones, such as `δ2`."""
    meant = {name: quantities.alone(name) for name in names(formula) if name not in known}
    return substitute(formula, {name: Name(each.equation) for name, each in meant.items() if each is not None})


def _entered(draft: Draft, raw: str, known: Container[str]) -> str | None:
    """The name of an abbreviation; one such as `sg(z)` stands for itself, and is no name for formulas."""
    bare = "".join(raw.split())
    if bare.isidentifier():
        if bare in known and bare not in draft.origins:
            draft.key_fault(("let", raw), f": '{bare}' means something already; choose another name")
            return None
        return draft.define(raw, ("let", raw))
    if not bare or len(bare) > LONGEST or not bare.isprintable() or bare in draft.origins:
        draft.key_fault(("let", raw), f": this can't be a name: it must have 1 to {LONGEST} characters")
        return None
    draft.origins[bare] = ("let", raw)
    return bare


def _beside(shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    """These shapes, with those of gradients and new values."""
    found = dict(shapes) | {RATE: ()}
    for make in (gradient_name, new_name):
        found |= {make(name): shape for name, shape in shapes.items()}
    return found


def check_let(draft: Draft, let: Mapping[str, Expr], shapes: Mapping[str, Shape]) -> None:
    """A fault at each abbreviation whose parts don't fit; `shapes` are those of the forward pass."""
    found = _beside(shapes)
    for name, formula in let.items():
        try:
            found[name] = shape_of(formula, found)
        except KeyError:
            continue  # it rests on what is worked out later, or on an abbreviation whose fault is reported already
        except ShapeError as error:
            path = draft.origins[name]
            draft.fault_at(draft.document.inside(error.at[0], *path), path, f": {error.message} in {error.part}")
