"""How the names of a problem are shown: those of its quantities, of their gradients and of their new values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gradcalc.formula.names import Names, name_table
from gradcalc.program.naming import gradient_name, new_name
from gradcalc.program.problem import Problem

_ARGUMENTS = ("yhat", "y")
"""Names that the definitions of losses use, whether or not a problem has them."""


def shown_names(problem: Problem, ids: Iterable[str]) -> Names:
    """How the names of a problem are shown, as a report and whoever reads one know them."""
    return names_shown(ids, problem.form == "layers", problem.symbols)


def names_shown(ids: Iterable[str], layered: bool, symbols: Mapping[str, str]) -> Names:
    """The same for a problem in the making; `layered` raises the numbers of layers."""
    known = dict.fromkeys(ids)
    gradients = {gradient_name(id): id for id in known if gradient_name(id) in known}
    new = {new_name(id): id for id in known if new_name(id) in known}
    return name_table([*dict.fromkeys([*known, *_ARGUMENTS])], gradients, layered, symbols, new)
