"""Functions that a problem file names: activations of one argument, losses of two, each perhaps with parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from gradcalc.errors import FormulaError
from gradcalc.formula.expr import Apply, Expr, Name, walk
from gradcalc.formula.parse import parse
from gradcalc.formula.spelling import canonical
from gradcalc.formula.table import Function, functions, known, lookup
from gradcalc.problem.document import UNREADABLE
from gradcalc.problem.draft import Draft
from gradcalc.program.problem import Path
from gradcalc.words import shorten

_CALL: Final = re.compile(r"\s*([^\W\d]\w*)\s*(?:\(\s*((?:\w+\s*=[^=].*)?)\)\s*)?", re.DOTALL)
"""A name alone, or with parameters: `huber(delta=2)`. Whatever else is a formula."""


def is_activation(entry: Function) -> bool:
    """Whether a layer can use a function: it has one argument, and gives each sample its own value."""
    of_samples = entry.elementwise or entry.per_sample
    return len(entry.args) == 1 and of_samples and entry.infix is None and not entry.of_shapes


def is_loss(entry: Function) -> bool:
    """Whether a problem can use a function as its loss, of an output and a target."""
    return entry.role == "loss"


def activation(draft: Draft, path: Path, text: object, argument: str) -> Expr | None:
    """The activation that `text` names, applied to `argument`; the argument itself for none."""
    if text is None or text is UNREADABLE:
        return Name(argument)
    found = _CALL.fullmatch(str(text))
    if found is None:
        draft.fault(path, ": write the name of a function, such as sigmoid or leaky_relu(alpha=0.1)")
        return None
    fits = _is_one(draft, path, found, is_activation, "activation", "use a function of one value, such as sigmoid")
    return _applied(draft, path, found, (argument,)) if fits else None


def names_a_loss(draft: Draft, text: object) -> bool:
    """Whether `text` is the name of a function, perhaps with parameters, and no formula."""
    found = _CALL.fullmatch(text) if isinstance(text, str) else None
    return found is not None and (found[2] is not None or canonical(found[1]) not in draft.origins)


def loss(draft: Draft, path: Path, text: object, arguments: tuple[str, str]) -> Expr | None:
    """The loss that `text` names, of output and target; any other formula as it is."""
    if not names_a_loss(draft, text):
        return draft.formula(path, text)
    found = _CALL.fullmatch(str(text))
    assert found is not None
    fits = _is_one(draft, path, found, is_loss, "loss", f"write a formula over {' and '.join(arguments)}")
    return _applied(draft, path, found, arguments) if fits else None


def _is_one(
    draft: Draft, path: Path, found: re.Match[str], kind: Callable[[Function], bool], what: str, instead: str
) -> bool:
    """Whether the function that is called is of this kind; else a fault says what to write instead."""
    name = canonical(found[1])
    if not known(name):
        near = draft.near(name, [entry.name for entry in functions() if kind(entry)])
        draft.fault(path, f": unknown {what} '{shorten(name)}'{near}")
    elif not kind(lookup(name)):
        draft.fault(path, f": '{name}' is no {what}; {instead}")
    return known(name) and kind(lookup(name))


def target_kinds(expr: Expr | None, target: str) -> dict[str, str]:
    """What a formula takes the target to be, "distribution" or "probability", and by which function."""
    return {kind: by for name, kind, by in targets_in(expr) if name == target} if expr is not None else {}


def targets_in(expr: Expr) -> Iterator[tuple[str, str, str]]:
    """The names that are a loss's targets, what it takes them to be, and which loss it is."""
    for node in walk(expr):
        entry = lookup(node.function) if isinstance(node, Apply) and known(node.function) else None
        if isinstance(node, Apply) and entry is not None and entry.target in entry.domain:
            target, kind = node.args[1], entry.domain[entry.args[1]]
            if isinstance(target, Name):
                # Where it asks for one class of a sample, other distributions do as well.
                yield target.id, "distribution" if kind == "one_hot" else kind, entry.name


def _applied(draft: Draft, path: Path, found: re.Match[str], arguments: tuple[str, ...]) -> Expr | None:
    head = f"{canonical(found[1])}({', '.join(arguments)}"
    inner = found[2] or ""
    try:
        applied = parse(f"{head}, {inner})" if inner else f"{head})")
    except FormulaError as error:
        offset = error.start - len(head) - 2 + found.start(2) if inner else 0
        draft.fault_at(draft.document.inside(max(offset, 0), *path), path, f": {error.message}")
        return None
    # The text that was parsed isn't the file's: there the arguments don't stand, and the function by itself.
    assert isinstance(applied, Apply)
    return Apply(applied.function, tuple(map(Name, arguments)), applied.params, found.span(1))
