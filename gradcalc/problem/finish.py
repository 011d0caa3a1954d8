"""The last step from a file to a Problem: the keys that all forms share, checked against the quantities there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from gradcalc.formula.expr import Apply, walk
from gradcalc.formula.spelling import canonical
from gradcalc.formula.table import Shape
from gradcalc.optimizers.rule import RATE
from gradcalc.problem.document import Places, Spellings, is_read
from gradcalc.problem.draft import Draft
from gradcalc.problem.expected import expected
from gradcalc.problem.forms import ClaimsFile, CommonKeys, WorkedKeys, given
from gradcalc.problem.gaps import filled
from gradcalc.problem.going import going
from gradcalc.problem.let import check_let, read_let, read_signs
from gradcalc.problem.notation import read_notation
from gradcalc.problem.objective import Parts, check_objective
from gradcalc.problem.rates import rate_symbol
from gradcalc.problem.symbols import by_name, check_functions, check_latex, check_names
from gradcalc.program.designation import split
from gradcalc.program.kinds import ValueKind
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Misprint, Path, Problem
from gradcalc.program.quantities import Quantities
from gradcalc.program.sections import GIVEN, Quantity
from gradcalc.words import near, shorten, visible

if TYPE_CHECKING:
    from gradcalc.problem.claims import Claim


def finish(draft: Draft, model: WorkedKeys, parts: Parts) -> Problem:
    """The finished problem. Raises InputError with everything that is wrong with the file."""
    draft.refuse_clashes()
    parts.signs = read_signs(draft, model)
    quantities = parts.quantities(by_name(model.symbols), draft.unread)
    frozen = _frozen(draft, model, quantities, parts.parameters)
    updated = {**_updated(draft, model, parts, quantities, frozen), **going(draft, model, parts)}
    parts.rule = updated["optimizer"]
    parts.let = read_let(draft, model, parts, quantities)
    parts.ends = model.until is not None
    _check_symbols(draft, model, parts, quantities)
    # Again, with what the rule, the abbreviations and the end of the steps add.
    quantities = parts.quantities(by_name(model.symbols), draft.unread)
    answers = _answers(draft, model, parts, quantities)
    claims = _claims(draft, model, parts)
    vary = dict.fromkeys(parts.kept, ()) | ({} if model.vary is None else _vary(draft, model.vary, parts))
    if not draft.faults:
        shapes = draft.shapes(parts.given, parts.forward, parts.axis)
        check_objective(draft, parts, shapes)
        check_let(draft, parts.let, shapes)
    draft.stop()
    return Problem(
        form=parts.form,
        notation=str(getattr(model, "notation", "")),
        frozen=frozen,
        show=model.show,
        signs=parts.signs,
        let=parts.let,
        vary=vary,
        origins=_origins(draft),
        kinds=_kinds(draft),
        **answers,
        **updated,
        **_network(parts),
        **_shared(draft, model, claims),
    )


def _updated(
    draft: Draft, model: WorkedKeys, parts: Parts, quantities: Quantities, frozen: frozenset[str]
) -> dict[str, Any]:
    """The fields that say how the problem is updated, which most files say with one number."""
    others = (model.optimizer, model.update, model.start, model.gradients)
    if others == (None,) * 4 and model.order == "simultaneous" and not isinstance(model.lr, list | str):
        return {"optimizer": None, "lr": model.lr, "direction": model.direction}
    from gradcalc.problem.optimizing import optimizing  # which takes long to load

    return optimizing(draft, model, parts, quantities, frozen)


def _check_symbols(draft: Draft, model: WorkedKeys, parts: Parts, quantities: Quantities) -> None:
    check_names(draft, model.symbols, dict.fromkeys([*draft.origins, *parts.computed]))
    check_latex(draft, model.symbols)
    used = {node.function for eq in parts.forward for node in walk(eq.expr) if isinstance(node, Apply)}
    check_functions(draft, model.symbols, quantities.shown, used)


def _answers(draft: Draft, model: WorkedKeys, parts: Parts, quantities: Quantities) -> dict[str, Any]:
    """The fields that say what is right, what was printed, and what it is worth."""
    return {
        "expected": expected(draft, model, quantities, parts.given),
        "misprints": _misprints(draft, model, quantities),
        "points": _points(draft, model.points, quantities, len(model.claims)),
        "tolerance": given(model.tolerance) if model.tolerance else {},
    }


def _origins(draft: Draft) -> dict[str, Path]:
    """Where each name comes from; of a member's value, its entry of the family's list."""
    if not draft.sources:
        return draft.origins
    return {name: path if path[0] == "equations" else draft.source(path) for name, path in draft.origins.items()}


def _kinds(draft: Draft) -> dict[str, ValueKind]:
    """What each name stands for that is given as a kind or a shape in letters."""
    kinds = draft.letters.kinds if draft.letters else {}
    return {name: kinds[path] for name, path in draft.origins.items() if path in kinds}


def _network(parts: Parts) -> dict[str, Any]:
    """The fields of a Problem that say what is computed."""
    return {
        "axis": parts.axis,
        "inputs": parts.inputs,
        "targets": parts.targets,
        "parameters": parts.parameters,
        "functions": parts.functions,
        "forward": tuple(parts.forward),
        "objective": parts.objective,
        "upstream": parts.upstream,
        "assumed": frozenset(parts.assumed),
        "layers": tuple(parts.layers),
        "fixed": frozenset(parts.kept),
        "units": tuple(parts.units),
        "members": parts.members,
        "derivatives": parts.derivatives,
        "edges": tuple(parts.edges),
    }


def _shared(draft: Draft, model: CommonKeys, claims: tuple[Claim, ...]) -> dict[str, Any]:
    """The fields that a Problem of every form has: the file's words, and where each of its keys stands."""
    return {
        "title": visible(model.title),
        "source": visible(model.source),
        "digits": model.digits,
        "symbols": {**rate_symbol(draft, getattr(model, RATE, None)), **by_name(model.symbols)},
        "style": model.style,
        "claims": claims,
        "over": dict(draft.indices.ranges),
        "classes": dict(draft.indices.classes),
        "absent": draft.indices.absent,
        "warnings": tuple(draft.warnings),
        "path": draft.document.path,
        "text": draft.document.text,
        "places": Places(draft.document),
        "inside": draft.document.inside,
        "written": Spellings(draft.document),
    }


def claims_alone(draft: Draft, model: ClaimsFile) -> Problem:
    """The problem of a file that has claims alone. Raises InputError."""
    claims = _claims(draft, model, Parts(axis=read_notation(draft, model.notation).axis))
    nodes = (node for claim in claims for side in claim.sides for node in walk(side) if isinstance(node, Apply))
    used = {node.function for node in nodes}
    for raw in model.symbols:
        if raw not in used and not any(canonical(raw) in claim.where for claim in claims):
            draft.key_fault(("symbols", raw), ": no claim uses this name")
    check_latex(draft, model.symbols)
    draft.stop()
    return Problem(form="claims", **_shared(draft, model, claims))


def _claims(draft: Draft, model: CommonKeys, parts: Parts) -> tuple[Claim, ...]:
    if not model.claims:
        return ()
    from gradcalc.problem.claims import read_claims  # which few problems need

    forward: dict[str, Shape] = dict.fromkeys([*parts.given, *(equation.name for equation in parts.forward)], ())
    if not draft.faults:
        forward |= draft.shapes(parts.given, parts.forward, parts.axis)
    gradients = {gradient_name(name): shape for name, shape in forward.items()}
    sizes = draft.letters.sizes if draft.letters else {}
    quantities: dict[str, Shape] = {**forward, **gradients, **dict.fromkeys(sizes, ())}
    return read_claims(draft, model.claims, parts.axis, quantities, sizes)


def _vary(draft: Draft, written: Any, parts: Parts) -> dict[str, tuple[float, ...]]:
    from gradcalc.problem.varying import ranges  # which few problems need

    return ranges(draft, written, parts)


def _frozen(draft: Draft, model: WorkedKeys, quantities: Quantities, parameters: Iterable[str]) -> frozenset[str]:
    frozen = set()
    for i, raw in enumerate(model.freeze):
        if not is_read(raw):
            continue
        path: Path = ("freeze", i) if isinstance(draft.value(("freeze",)), list) else ("freeze",)
        found = quantities.get(GIVEN, raw)
        if found is not None:
            frozen.add(found.name)
        else:
            draft.fault(path, f": {unknown_parameter(raw, parameters)}")
    return frozenset(frozen)


def unknown_parameter(written: str, parameters: Iterable[str]) -> str:
    """What to say of a name that is frozen but is no parameter."""
    return f"unknown parameter '{shorten(written)}'{near(canonical(written), parameters)}"


def _misprints(draft: Draft, model: WorkedKeys, quantities: Quantities) -> tuple[Misprint, ...]:
    found = []
    for i, misprint in enumerate(model.misprints):
        if not is_read(misprint):
            continue
        label = _label(draft, ("misprints", i, "quantity"), misprint.quantity, quantities)
        if not isinstance(misprint.printed, str):
            draft.array(("misprints", i, "printed"), filled(misprint.printed))
        found.append(Misprint(label, misprint.printed, visible(misprint.note)))
    return tuple(found)


def _points(draft: Draft, points: Mapping[str, float], quantities: Quantities, claims: int) -> dict[str, float]:
    """The points by the label of each quantity, and of each claim (`claims.2`, counted from 1)."""
    found: dict[str, float] = {}
    for raw, worth in points.items():
        number = raw.strip().removeprefix("claims.")
        is_claim = number.isdecimal() and 1 <= int(number[:6]) <= claims and number != raw.strip()
        label = raw.strip() if is_claim else _label(draft, ("points", raw), raw, quantities)
        if label in found:
            draft.key_fault(("points", raw), f": {label} has its points already")
        found[label] = worth
    return found


def _label(draft: Draft, path: Path, written: str, quantities: Quantities) -> str:
    """The label (`gradients.W1`) of the quantity that is meant."""
    found = quantities.lookup(written)
    if isinstance(found, Quantity):
        return found.label
    name, index = split(written) or (written, None)
    whole = found if index is None else quantities.lookup(name)
    if isinstance(whole, Quantity) and path[0] == "misprints":
        return f"{whole.label}[{index}]"
    draft.fault(path, f": unknown quantity '{shorten(written)}'{draft.near(written, quantities.labels())}")
    return written
