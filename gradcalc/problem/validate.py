"""Hold a document's data against the schema, and say in plain words what doesn't fit."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from gradcalc.problem.document import UNREADABLE
from gradcalc.problem.draft import MAX_FAULTS, Draft
from gradcalc.problem.fit import Misfit, fitted
from gradcalc.problem.forms import FORMS, ClaimKeys, Layer, Misprint, Sheet, Tolerance, Vertex
from gradcalc.program.problem import Path
from gradcalc.words import did_you_mean, shorten

_NESTED: Final[dict[str, type]] = {
    "layers": Layer,
    "vertices": Vertex,
    "claims": ClaimKeys,
    "expected": Sheet,
    "misprints": Misprint,
    "tolerance": Tolerance,
}
_OPEN: Final = {"symbols", "points", "where", "vertices"}
"""Keys whose value is a mapping with keys of one's own."""
_STANDS_IN: Final[dict[str, dict[str, Any]]] = {"layers": {"weights": UNREADABLE}, "claims": {"claim": "0 == 0"}}
"""What is put in the place of an item that can't be used, so that those after it keep their numbers."""
_MAIN: Final = ("layers", "vertices", "equations")
_SYNONYMS: Final = {
    **dict.fromkeys(("learning_rate", "learning rate", "eta", "rate", "step_size"), "lr"),
    **dict.fromkeys(("name", "problem"), "title"),
    **dict.fromkeys(("x", "X"), "inputs"),
    **dict.fromkeys(("y", "Y", "labels"), "targets"),
    **dict.fromkeys(("W", "w"), "weights"),
    **dict.fromkeys(("cost", "objective"), "loss"),
    **dict.fromkeys(("regularization", "regularizer"), "penalty"),
    **dict.fromkeys(("frozen", "fixed"), "freeze"),
    **dict.fromkeys(("answers", "solution"), "expected"),
}
_MUST: Final = {
    "title": "text",
    "source": "text",
    "digits": "a whole number from 0 to 15",
    "symbols": "a mapping such as {W1: W^1}",
    "symbols.*": "LaTeX in quotes",
    "claims": "a list of claims, each with 'claim:'",
    "claims.*": "a mapping such as {claim: softmax(v + c) == softmax(v), where: {v: vector, c: scalar}}",
    "claim": "text such as softmax(v + c) == softmax(v)",
    "where": "a mapping such as {v: vector, c: scalar}",
    "where.*": "a kind such as scalar, vector(n) or matrix(n, m)",
    "holds": "true or false",
    "points": "a mapping such as {gradients.W1: 2}",
    "points.*": "a number that is not negative",
    "of": "the name of a quantity",
    "lr": "a positive number",
    "freeze": "the name of a parameter, or a list of names",
    "freeze.*": "the name of a parameter",
    "assumed": "the name of an input, or a list of names",
    "assumed.*": "the name of an input",
    "expected": "a mapping with forward, loss, gradients, updated or after",
    "forward": "a mapping such as {h1: [0.982, 0.5]}",
    "gradients": "a mapping such as {W1: [[1, 2], [3, 4]]}",
    "updated": "a mapping such as {W1: [[1, 2], [3, 4]]}",
    "after": "a mapping such as {h1: [0.982, 0.5], loss: 0.2}",
    "misprints": "a list such as [{quantity: gradients.W1, printed: 0.5, note: the sign is lost}]",
    "misprints.*": "a mapping such as {quantity: gradients.W1, printed: 0.5}",
    "quantity": "text such as gradients.W1",
    "note": "text",
    "tolerance": "a number, or a mapping such as {atol: 0.001, rtol: 0}",
    "atol": "a number that is not negative",
    "rtol": "a number that is not negative",
    "notation": "W.T @ x + b, W @ x + b, x @ W + b or x @ W.T + b",
    "layers": "a list of layers, each with weights",
    "layers.*": "a mapping such as {weights: [[1, 2], [3, 4]], biases: [0, 0], activation: sigmoid}",
    "weights": "given as numbers, such as [[1, 2], [3, 4]]",
    "activation": "the name of a function such as sigmoid",
    "reduction": "sum or mean",
    "inputs": "given as numbers, such as [1, 0]",
    "targets": "a mapping from names to numbers",
    "parameters": "a mapping from names to numbers",
    "vertices": "a mapping such as {h4: {weights: {x1: 0.2}, activation: sigmoid}}",
    "vertices.*": "a mapping such as {weights: {x1: 0.2}, bias: 0.1, activation: sigmoid}",
    "vertices.weights": "a mapping from where edges start, such as {x1: 0.2, x2: -0.5}",
    "equations": "a mapping from names to formulas, such as {q: x + y}",
    "printed": "the value as printed",
}


def checked(draft: Draft) -> tuple[str, Any] | None:
    """The form of the problem and its keys; None, and faults, if there is nothing to go on with.

    Keys that don't fit are reported and left out, so that the rest can be checked.
    """
    form = _form(draft, draft.document.data)
    if form is None:
        return None
    data = {key: value for key, value in draft.document.data.items() if key == form or key not in _MAIN}
    data = _without_empty(draft, data, ())
    for _ in range(3):
        try:
            return form, fitted(FORMS[form], data)
        except Misfit:
            data = _report(draft, form, data)
    return None


def _form(draft: Draft, data: Any) -> str | None:
    if not isinstance(data, dict):
        what = "a list" if isinstance(data, list) else "text"
        if data is not UNREADABLE:
            draft.fault((), f"holds {what}: a problem is a mapping with keys such as 'inputs:' and 'layers:'")
        return None
    found = [form for form in _MAIN if form in data]
    for extra in found[1:]:
        draft.key_fault((extra,), f": the problem has {found[0]} already; a file has one of the two")
    if not found and "claims" in data:
        return "claims"
    if not found:
        near = next((hint for key in data if (hint := did_you_mean(key, FORMS))), "")
        draft.fault((), f"has none of the keys layers, vertices, equations and claims: give one of them{near}")
    return found[0] if found else None


def _without_empty(draft: Draft, value: Any, path: Path) -> Any:
    """The same data without keys that have no value, each with a fault."""
    if isinstance(value, dict):
        for key in [key for key, inner in value.items() if inner is None]:
            draft.key_fault((*path, key), f"has no value: give one, or leave the key out{_cut_off(key)}")
        items = value.items()
        return {key: _without_empty(draft, v, (*path, key)) for key, v in items if v not in (None, UNREADABLE)}
    if isinstance(value, list) and not set(map(type, value)) <= {int, float, str}:
        return [_item(draft, v, (*path, i)) for i, v in enumerate(value)]
    return value


def _cut_off(key: str) -> str:
    return " (inside { }, a formula with a comma must stand in quotes)" if ")" in key else ""


def _item(draft: Draft, value: Any, path: Path) -> Any:
    if value is None:
        draft.fault(path, "has no value: give one")
        return UNREADABLE
    return _without_empty(draft, value, path) if isinstance(value, dict | list) else value


def _report(draft: Draft, form: str, data: Any) -> Any:
    """Say what doesn't fit, and return the data without it."""
    # Loaded only where there is a fault to tell, as pydantic and its models take longer than all the rest of reading.
    from gradcalc.problem.schema import misfits

    for path, kind in misfits(FORMS[form], data)[:MAX_FAULTS]:
        if kind == "extra_forbidden":
            draft.key_fault(path, f": unknown key{_meant(form, path)}")
        elif kind == "missing":
            _report_missing(draft, path)
        else:
            _report_wrong(draft, path)
        data = _repaired(data, path, kind)
    return data


def _report_missing(draft: Draft, path: Path) -> None:
    above = draft.value(path[:-1])
    if isinstance(above, dict) and path[-1] not in above:
        draft.fault(path[:-1], f"has no '{path[-1]}', which must be {_must(path)}")


def _report_wrong(draft: Draft, path: Path) -> None:
    while path and draft.value(path) is None:
        path = path[:-1]
    if path and draft.value(path) is not UNREADABLE:
        draft.fault(path, f"is {_shown(draft, path)}: it must be {_must(path)}")


def _meant(form: str, path: Path) -> str:
    """What an unknown key was perhaps meant to be."""
    key = str(path[-1])
    known = _keys(_form_at(form, path[:-1]))
    if _SYNONYMS.get(key) in known:
        return f"; did you mean '{_SYNONYMS[key]}'?"
    if near := did_you_mean(key, known):
        return near
    others = [other for other, keys in FORMS.items() if key in _keys(keys)]
    if len(path) == 1 and others:
        return f" with '{form}'; it goes with {' or '.join(others)}"
    return f"; the keys here are {', '.join(known)}"


def _keys(form: type) -> list[str]:
    return [key.name for key in fields(form)]


def _form_at(form: str, path: Path) -> type:
    nested = [_NESTED[step] for step in path if isinstance(step, str) and step in _NESTED]
    return nested[-1] if nested else FORMS[form]


def _must(path: Path) -> str:
    """What the value at a path must be, in words."""
    keys = [step for step in path if isinstance(step, str)]
    if isinstance(path[-1], int):
        return _MUST[f"{keys[-1]}.*"]
    if len(keys) > 1 and keys[-2] in _OPEN:
        return _MUST[f"{keys[-2]}.*"]
    return _MUST.get(f"{keys[0]}.{keys[-1]}") or _MUST[keys[-1]]


def _shown(draft: Draft, path: Path) -> str:
    value = draft.value(path)
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return shorten(draft.document.written(*path))


def _repaired(data: Any, path: Path, kind: str) -> Any:
    """The data with what is missing marked, or what is wrong left out."""
    (step, *rest), copy = path, data.copy()
    if kind == "missing" and not rest:
        copy[step] = UNREADABLE
    elif isinstance(copy, dict) and step not in copy:
        pass
    elif step in _STANDS_IN and rest and (len(rest) == 1 or step == "claims"):
        copy[step] = [_STANDS_IN[str(step)] if i == rest[0] else item for i, item in enumerate(copy[step])]
    elif rest and _leads_to_a_key(copy[step], rest) and step != "misprints":
        copy[step] = _repaired(copy[step], tuple(rest), kind)
    else:
        del copy[step]
    return copy


def _leads_to_a_key(inner: Any, rest: list[str | int]) -> bool:
    return isinstance(inner, dict) or (isinstance(inner, list) and len(rest) > 1)
