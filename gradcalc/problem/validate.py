"""Hold a document's data against its form, and say in plain words everything that doesn't fit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from gradcalc.problem.document import UNREADABLE
from gradcalc.problem.draft import Draft
from gradcalc.problem.fit import Misfit, fitted
from gradcalc.problem.forms import FORMS, is_loss_alone
from gradcalc.problem.keys import names
from gradcalc.program.problem import Path
from gradcalc.words import did_you_mean, shorten

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
_NO_KEY: Final = {"channels": "; images are written channel by channel, N×C×H×W, and filters F×C×KH×KW"}
"""Keys that somebody may look for in vain, with what to write instead."""


def checked(draft: Draft) -> tuple[str, Any] | None:
    """The form of the problem and its keys; None, and faults, if there is nothing to go on with.

    Keys that don't fit are reported and left out, so that the rest can be checked.
    """
    form = _form(draft, draft.document.data)
    if form is None:
        return None
    data = {key: value for key, value in draft.document.data.items() if key == form or key not in _MAIN}
    read, misfits = fitted(FORMS[form], data)
    for misfit in misfits:
        _TELL[misfit.why](draft, form, misfit)
    main = getattr(read, form)
    return None if main is UNREADABLE or (misfits and not main) else (form, read)


def _form(draft: Draft, data: Any) -> str | None:
    if not isinstance(data, dict):
        what = "a list" if isinstance(data, list) else "text"
        if data is not UNREADABLE:
            draft.fault((), f"holds {what}: a problem is a mapping with keys such as 'inputs:' and 'layers:'")
        return None
    found = [form for form in _MAIN if form in data]
    for extra in found[1:]:
        draft.key_fault((extra,), f": the problem has {found[0]} already; a file has one of the two")
    near = next((hint for key in data if not (found or key in FORMS) and (hint := did_you_mean(key, FORMS))), "")
    if not found and ("gradients" in data or (is_loss_alone(data) and not near)):
        return "equations"
    if not found and "claims" in data:
        return "claims"
    if not found:
        draft.fault((), f"has none of the keys layers, vertices, equations and claims: give one of them{near}")
    return found[0] if found else None


def _tell_empty(draft: Draft, form: str, misfit: Misfit) -> None:
    key = misfit.path[-1]
    if isinstance(key, int):
        draft.fault(misfit.path, "has no value: give one")
        return
    cut_off = " (inside { }, a formula with a comma must stand in quotes)" if ")" in key else ""
    draft.key_fault(misfit.path, f"has no value: give one, or leave the key out{cut_off}")


def _tell_unknown(draft: Draft, form: str, misfit: Misfit) -> None:
    draft.key_fault(misfit.path, f": unknown key{_meant(draft, form, misfit)}")


def _tell_missing(draft: Draft, form: str, misfit: Misfit) -> None:
    draft.fault(misfit.path[:-1], f"has no '{misfit.path[-1]}', which must be {misfit.must}")


def _tell_wrong(draft: Draft, form: str, misfit: Misfit) -> None:
    draft.fault(misfit.path, f"is {_shown(draft, misfit.path)}: it must be {misfit.must}")


_TELL: Final = {"empty": _tell_empty, "unknown": _tell_unknown, "missing": _tell_missing, "wrong": _tell_wrong}


def _meant(draft: Draft, form: str, misfit: Misfit) -> str:
    """What an unknown key was perhaps meant to be."""
    key = str(misfit.path[-1])
    if key in _NO_KEY:
        return _NO_KEY[key]
    if _SYNONYMS.get(key) in misfit.keys:
        return f"; did you mean '{_SYNONYMS[key]}'?"
    others = [other for other, keys in FORMS.items() if key in names(keys)]
    if len(misfit.path) == 1 and others:
        return f" with '{form}'; it goes with {' or '.join(others)}"
    if hint := draft.did_you_mean(key, [*misfit.keys, *_kinds_at(misfit.path)]):
        return hint
    return f"; the keys here are {', '.join(misfit.keys)}"


def _kinds_at(path: Path) -> Iterable[str]:
    """The keys that tell kinds of layers, where a layer's keys are."""
    from gradcalc.problem.networks.table import MODULES  # which only what is wrong needs here

    return MODULES if path[0] == "layers" and len(path) == 3 else ()


def _shown(draft: Draft, path: Path) -> str:
    value = draft.value(path)
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return shorten(draft.document.written(*path))
