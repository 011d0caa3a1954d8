"""Read the rule of an update: an optimizer of the table, with parameters, or lines of one's own."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from gradcalc.formula.expr import Apply, Expr, Name, transform, walk
from gradcalc.formula.spelling import canonical
from gradcalc.formula.table import Axis
from gradcalc.optimizers.rule import CURVATURE, GRADIENT, PARAMETER, RATE, STEP, TOTAL_NORM, Rule
from gradcalc.problem.draft import Draft
from gradcalc.program.problem import Path

OWN: Final = "this rule"
"""What a rule of the file's own is called in messages."""
MOST_LINES: Final = 100
MOST_EQUATIONS: Final = 50_000
"""How many lines a rule may have, and how many equations these may be for all parameters together."""
_PATH: Final[Path] = ("optimizer",)
_CALL: Final = re.compile(r"\s*([^\W\d]\w*)\s*(?:\((.*)\)\s*)?", re.DOTALL)
_PARAMETER: Final = re.compile(r"\s*(\w+)\s*=([^,]*)(?:,|$)")
_GIVEN: Final = {
    RATE: "is the learning rate: write a formula over k under 'lr'",
    STEP: "is the number of the step",
    CURVATURE: f"is a function: {CURVATURE}(L, {PARAMETER})",
    TOTAL_NORM: "is the length of all gradients together",
}


class _Option(NamedTuple):
    """A parameter as it's written, with the offsets of its name and of its value."""

    name: str
    at: int
    value: str
    value_at: int


def named_rule(draft: Draft, written: str) -> tuple[Rule | None, float | None]:
    """The optimizer that is named, with its parameters, and its usual learning rate; faults where there is none."""
    from gradcalc.optimizers.bind import BadParameter, bound  # which few problems need
    from gradcalc.optimizers.table import UnknownOptimizer, lookup

    found = _CALL.fullmatch(written)
    if found is None:
        draft.fault(_PATH, ": write the name of an optimizer, such as adam or momentum(beta=0.9)")
        return None, None
    try:
        entry = lookup(found[1])
    except UnknownOptimizer as error:
        draft.fault_at(draft.document.inside(found.start(1), *_PATH), _PATH, f": {error}")
        return None, None
    options = _options(draft, found[2] or "", found.start(2))
    values = {} if options is None else {each.name: _number(draft, each) for each in options}
    if options is None or None in values.values():
        return None, entry.rate
    try:
        return bound(entry, {name: value for name, value in values.items() if value is not None}), entry.rate
    except BadParameter as error:
        at = next(each.at for each in options if each.name == error.name)
        draft.fault_at(draft.document.inside(at, *_PATH), _PATH, f": {error}")
        return None, entry.rate


def _options(draft: Draft, written: str, start: int) -> list[_Option] | None:
    """The parameters in the brackets; None, and a fault, where they aren't `name=value`, each once."""
    options: list[_Option] = []
    end = 0
    while end < len(written.rstrip()):
        found = _PARAMETER.match(written, end)
        if found is None or found[1] in {each.name for each in options}:
            again = "is given twice" if found else "write parameters by name, such as beta1=0.9"
            said = f": {found[1]} {again}" if found else f": {again}"
            draft.fault_at(draft.document.inside(start + end, *_PATH), _PATH, said)
            return None
        options.append(_Option(found[1], start + found.start(1), found[2], start + found.start(2)))
        end = found.end()
    return options


def _number(draft: Draft, option: _Option) -> float | None:
    """A number, or a constant formula such as 1/3; None, and a fault, for anything else."""
    from gradcalc.problem.constants import NotConstant  # which few problems need

    try:
        value = draft.constants.value(option.value, Axis.COLUMNS)
    except NotConstant as error:
        place = draft.document.inside(option.value_at + error.at, *_PATH)
        draft.fault_at(place, _PATH, f": {option.name}: {error.message}")
        return None
    if value.size == 1:
        return float(value.item())
    draft.fault_at(draft.document.inside(option.value_at, *_PATH), _PATH, f": {option.name} must be one number")
    return None


def own_rule(
    draft: Draft, written: Any, quantities: Iterable[str], parameters: int, objective: str | None
) -> Rule | None:
    """The rule of the lines, for so many parameters; `quantities` are the problem's, which they may use.

    `objective` is what is differentiated, of which a line may ask for the Hessian by theta.
    None, and faults, where it can't be one.
    """
    if not isinstance(written, dict) or not written:
        draft.fault(("update",), ": write a mapping of lines, such as {v: 0.9 * v + g, theta: theta - lr * v}")
        return None
    if len(written) > MOST_LINES or len(written) * parameters > MOST_EQUATIONS:
        most = min(MOST_LINES, MOST_EQUATIONS // max(parameters, 1))
        draft.fault(("update",), f"has {len(written):,} lines: for so many parameters it may have {most:,}")
        return None
    lines = dict(_lines(draft, written, objective))
    names = [PARAMETER, GRADIENT, RATE, STEP, *map(canonical, written), *quantities, TOTAL_NORM, CURVATURE]
    paths = {canonical(raw): ("update", raw) for raw in written}
    fine = [draft.names_known(paths[line], formula, names) for line, formula in lines.items()]
    if PARAMETER not in paths:
        draft.fault(("update",), ": no line sets theta, so nothing is updated: add one such as theta: theta - lr * g")
    elif len(lines) == len(written) and all(fine):
        return Rule(OWN, tuple(lines.items()), own=True)
    return None


def _lines(draft: Draft, written: Mapping[str, Any], objective: str | None) -> Iterator[tuple[str, Expr]]:
    for raw, text in written.items():
        path = ("update", raw)
        problem = _name_problem(canonical(raw))
        if problem:
            draft.key_fault(path, problem)
            continue
        formula = draft.formula(path, text, (CURVATURE,))
        if formula is not None:
            yield canonical(raw), _by_curvature(draft, path, formula, objective)


def _by_curvature(draft: Draft, path: Path, formula: Expr, objective: str | None) -> Expr:
    """The formula with a name in the place of `hessian(L, theta)`; a fault at one of anything else."""
    wanted = (Name(objective or ""), Name(PARAMETER))
    calls = [node for node in walk(formula) if isinstance(node, Apply) and node.function == CURVATURE]
    for wrong in (call for call in calls if call.args != wanted):
        of = f"write {CURVATURE}({objective}, {PARAMETER})" if objective else "there is nothing to differentiate"
        draft.fault_at(draft.document.inside(wrong.at[0], *path), path, f": {of}")
    return transform(formula, lambda node: Name(CURVATURE) if node in calls else node)


def _name_problem(name: str) -> str:
    if name in _GIVEN:
        return f": '{name}' {_GIVEN[name]}; choose another name"
    if not name.isidentifier() or name.startswith("_") or not name.isprintable() or keyword.iskeyword(name):
        return ": this can't be a name: a name has letters, digits and _, and starts with a letter"
    return ""
