"""The last step from a file to a Problem: the keys that all forms share, checked against the quantities there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from gradcalc.formula.spelling import canonical
from gradcalc.problem.document import Places, Spellings, is_read
from gradcalc.problem.draft import Draft
from gradcalc.problem.forms import ClaimsFile, CommonKeys, WorkedKeys, given
from gradcalc.problem.objective import Parts, check_goal
from gradcalc.program.problem import Misprint, Path, Problem
from gradcalc.words import near, shorten

if TYPE_CHECKING:
    from gradcalc.problem.claims import Claim

SECTIONS: Final = ("forward", "gradients", "updated", "after")


def finish(draft: Draft, model: WorkedKeys, parts: Parts, form: Literal["layers", "vertices", "equations"]) -> Problem:
    """The finished problem. Raises InputError with everything that is wrong with the file."""
    draft.refuse_clashes()
    quantities = _quantities(draft, parts)
    frozen = _frozen(draft, model, quantities["updated"], parts.parameters)
    _check_symbols(draft, model.symbols)
    expected = _expected(draft, model, quantities)
    misprints = _misprints(draft, model, quantities)
    _check_points(draft, model.points, quantities)
    claims = _claims(draft, model)
    if not draft.faults:
        check_goal(draft, parts, draft.shapes(parts.given, parts.forward, parts.axis))
    draft.stop()
    return Problem(
        title=model.title,
        source=model.source,
        form=form,
        notation=str(getattr(model, "notation", "")),
        axis=parts.axis,
        inputs=parts.inputs,
        targets=parts.targets,
        parameters=parts.parameters,
        forward=tuple(parts.forward),
        objective=parts.objective,
        upstream=parts.upstream,
        lr=model.lr,
        frozen=frozen,
        assumed=frozenset(parts.assumed),
        digits=model.digits,
        symbols={canonical(name): symbol for name, symbol in model.symbols.items()},
        expected=expected,
        points=model.points,
        misprints=misprints,
        tolerance=given(model.tolerance) if model.tolerance else {},
        claims=claims,
        warnings=tuple(draft.warnings),
        path=draft.document.path,
        places=Places(draft.document),
        inside=draft.document.inside,
        written=Spellings(draft.document),
        origins=draft.origins,
        layers=tuple(parts.layers),
        units=tuple(parts.units),
        edges=tuple(parts.edges),
    )


def claims_alone(draft: Draft, model: ClaimsFile) -> Problem:
    """The problem of a file that has claims alone. Raises InputError."""
    claims = _claims(draft, model)
    for raw in model.symbols:
        if not any(canonical(raw) in claim.where for claim in claims):
            draft.key_fault(("symbols", raw), ": no claim uses this name")
    draft.stop()
    return Problem(
        title=model.title,
        source=model.source,
        form="claims",
        digits=model.digits,
        symbols={canonical(name): symbol for name, symbol in model.symbols.items()},
        claims=claims,
        warnings=tuple(draft.warnings),
        path=draft.document.path,
        places=Places(draft.document),
        inside=draft.document.inside,
        written=Spellings(draft.document),
    )


def _claims(draft: Draft, model: CommonKeys) -> tuple[Claim, ...]:
    if not model.claims:
        return ()
    from gradcalc.problem.claims import read_claims  # which few problems need

    return read_claims(draft, model.claims)


def _quantities(draft: Draft, parts: Parts) -> dict[str, set[str]]:
    """The names that each section of an answer sheet can have."""
    # Where something couldn't be read, its name is still known.
    unread = set(draft.origins) if draft.faults else set()
    computed = set(parts.computed) | unread
    return {
        "forward": computed,
        "gradients": computed | set(parts.given),
        "updated": set(parts.parameters) | unread,
        "after": computed,
    }


def _frozen(draft: Draft, model: WorkedKeys, known: set[str], parameters: Iterable[str]) -> frozenset[str]:
    frozen = set()
    for i, raw in enumerate(model.freeze):
        if not is_read(raw):
            continue
        path: Path = ("freeze", i) if isinstance(draft.value(("freeze",)), list) else ("freeze",)
        name = canonical(raw)
        if name in known:
            frozen.add(name)
        else:
            draft.fault(path, f": {unknown_parameter(name, parameters)}")
    return frozenset(frozen)


def unknown_parameter(name: str, parameters: Iterable[str]) -> str:
    """What to say of a name that is frozen but is no parameter."""
    return f"unknown parameter '{shorten(name)}'{near(name, parameters)}"


def _check_symbols(draft: Draft, symbols: Mapping[str, str]) -> None:
    names = list(draft.origins)
    known = {*names, "lr", *(f"d{name}" for name in names)}
    for raw in symbols:
        if canonical(raw) not in known:
            draft.key_fault(("symbols", raw), f": unknown name{draft.near(canonical(raw), names)}")


def _expected(draft: Draft, model: WorkedKeys, quantities: Mapping[str, set[str]]) -> dict[str, Any]:
    """The answer sheet as it is in the file, with its names known and its arrays in order."""
    if model.expected is None:
        return {}
    sheet = given(model.expected)
    for section in SECTIONS:
        for raw, value in sheet.get(section, {}).items():
            _check_answer(draft, ("expected", section, raw), value, quantities, model)
    if "loss" in sheet:
        _check_answer(draft, ("expected", "loss"), sheet["loss"], {"loss": quantities["forward"] & {"loss"}}, model)
    return sheet


def _check_answer(draft: Draft, path: Path, value: Any, quantities: Mapping[str, set[str]], model: WorkedKeys) -> None:
    section, raw = str(path[1]), str(path[-1])
    name = canonical(raw)
    if section in ("updated", "after") and model.lr is None:
        draft.key_fault(path, f": there is nothing {section} without 'lr'")
    elif quantities[section].isdisjoint(_spellings(name)):
        draft.key_fault(path, f": unknown quantity{draft.near(name, sorted(quantities[section]))}")
    if not isinstance(value, str):
        draft.array(path, value)


def _spellings(name: str) -> set[str]:
    """The names that a sheet may use for a quantity: `dW1` in gradients, `W1_new` in updated, a vertex's output."""
    return {name, name.removeprefix("d"), name.removesuffix("_new"), f"o_{name}"}


def _misprints(draft: Draft, model: WorkedKeys, quantities: Mapping[str, set[str]]) -> tuple[Misprint, ...]:
    readable = [(i, misprint) for i, misprint in enumerate(model.misprints) if is_read(misprint)]
    for i, misprint in readable:
        _check_quantity(draft, ("misprints", i, "quantity"), misprint.quantity, quantities)
        if not isinstance(misprint.printed, str):
            draft.array(("misprints", i, "printed"), misprint.printed)
    return tuple(Misprint(m.quantity, m.printed, m.note) for _, m in readable)


def _check_points(draft: Draft, points: Mapping[str, float], quantities: Mapping[str, set[str]]) -> None:
    for quantity in points:
        _check_quantity(draft, ("points", quantity), quantity, quantities)


def _check_quantity(draft: Draft, path: Path, quantity: str, quantities: Mapping[str, set[str]]) -> None:
    section, _, name = quantity.partition(".")
    known = ["loss", "after.loss", *(f"{s}.{n}" for s, names in quantities.items() for n in sorted(names))]
    if quantity not in known and not any(f"{section}.{n}" in known for n in _spellings(canonical(name))):
        draft.fault(path, f": unknown quantity '{shorten(quantity)}'{draft.near(quantity, known)}")
