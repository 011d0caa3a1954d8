"""How the names of a problem are shown: those of its quantities, of their gradients and of their new values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gradcalc.formula.names import Names, Style, name_table
from gradcalc.optimizers.rule import BY_NAME, CURVATURE, PARAMETER, Rule
from gradcalc.program.further import second_derivatives
from gradcalc.program.naming import (
    OLD,
    at_first,
    change_name,
    derivative_name,
    gradient_name,
    later_step,
    new_name,
    old_name,
    state_name,
)
from gradcalc.program.problem import Problem

_ARGUMENTS = ("yhat", "y")
"""Names that the definitions of losses use, whether or not a problem has them."""


def shown_names(problem: Problem, ids: Iterable[str]) -> Names:
    """How the names of a problem are shown, as a report and whoever reads one know them."""
    symbols = problem.symbols if problem.optimizer is None else {**problem.optimizer.symbols, **problem.symbols}
    is_layered, states = problem.form == "layers", states_shown(problem)
    derivatives = {**second_derivatives(problem), **problem.derivatives}
    return names_shown([*ids, *_of_rule(problem)], is_layered, symbols, states, problem.style, derivatives)


def _of_rule(problem: Problem) -> Iterable[str]:
    """The names by which a rule is stated: those of its lines and parameters, θ and its gradient."""
    rule = problem.optimizer
    if rule is None:
        return ()
    curvature = (CURVATURE,) if rule.uses(CURVATURE) else ()
    return (*BY_NAME, *curvature, new_name(PARAMETER), *rule.params, *rule.state, *map(old_name, rule.state))


def state_line(name: str, parameter: str, rule: Rule) -> str | None:
    """The line of a rule that sets this name for a parameter; None where none does."""
    return next((line for line in rule.state if state_name(line, parameter) == name), None)


def states_shown(problem: Problem) -> dict[str, tuple[str, str]]:
    """What an update rule's values are of: `v_W1` is v of W1, `v_W1_old` what it was of the step before."""
    rule = problem.optimizer
    if rule is None:
        return {}
    pairs = [(line, name) for line in rule.state for name in problem.parameters]
    now = {state_name(line, name): (line, name) for line, name in pairs}
    return now | {old_name(state): (state, OLD) for state in now} | {old_name(line): (line, OLD) for line in rule.state}


def names_shown(
    ids: Iterable[str],
    layered: bool,
    symbols: Mapping[str, str],
    states: Mapping[str, tuple[str, str]] | None = None,
    style: Style = "signs",
    derivatives: Mapping[str, Sequence[str]] | None = None,
) -> Names:
    """The same for a problem in the making; `layered` raises the numbers of layers."""
    known = dict.fromkeys(ids)
    gradients = {gradient_name(id): id for id in known if gradient_name(id) in known}
    new = {new_name(id): id for id in known if new_name(id) in known}
    changes = {change_name(id): id for id in known if change_name(id) in known}
    steps = {id: (at_first(id), step) for id in known if (step := later_step(id)) is not None}
    # A problem that shows something else as y has no room for an argument of that name, and no need of it in the table.
    ids = [*dict.fromkeys([*known, *(each for each in _ARGUMENTS if each not in symbols.values())])]
    # A derivative with a name from the file is shown by that name.
    made = {id: parts for id, parts in (derivatives or {}).items() if id.rstrip("_") == derivative_name(parts)}
    return name_table(ids, gradients, layered, symbols, new, states, changes, steps, style, made)
