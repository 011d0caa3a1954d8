"""Given values that number the samples of a table, as words are numbered: whole numbers, without a gradient."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcalc.formula.expr import Apply, Expr, Name, walk
from gradcalc.formula.table import Axis, known, lookup
from gradcalc.problem.draft import Draft
from gradcalc.problem.objective import Parts
from gradcalc.problem.targets import entry_path


def read_indices(draft: Draft, parts: Parts) -> None:
    """Take what formulas use as indices from the inputs, as it has no gradient; a fault where one isn't there."""
    for equation in parts.forward:
        for table, name in _used_as_indices(equation.expr):
            if name not in parts.inputs and name not in parts.targets:
                continue
            if name in parts.inputs:
                parts.targets[name] = parts.inputs.pop(name)
            parts.kept.add(name)
            value = parts.given.get(table.id) if isinstance(table, Name) else None
            count = None if value is None or value.ndim == 0 else int(value.shape[1 - parts.axis])
            check_indices(draft, parts, name, count)


def _used_as_indices(expr: Expr) -> Iterator[tuple[Expr | None, str]]:
    """What formulas look up in a table by its name, where the table stands first."""
    for node in walk(expr):
        entry = lookup(node.function) if isinstance(node, Apply) and known(node.function) else None
        for argument, arg in zip(entry.args, node.args, strict=False) if entry and isinstance(node, Apply) else ():
            if entry and entry.domain.get(argument) == "index" and isinstance(arg, Name):
                yield node.args[0] if isinstance(node, Apply) and entry.name == "lookup" else None, arg.id


def check_indices(draft: Draft, parts: Parts, name: str, count: int | None) -> None:
    """Whether given indices are whole numbers from 1 to `count`; a fault at the first that isn't."""
    value = parts.given[name]
    most = np.inf if count is None else count
    wrong = np.argwhere(np.atleast_1d((value < 1) | (value > most) | (value != np.floor(value))))
    for at in [tuple(map(int, each)) for each in wrong[:1]]:
        number = value[at] if value.ndim else value[()]
        lie = "column" if parts.axis is Axis.COLUMNS else "row"
        table = "" if count is None else f"the table has {count} {lie if count == 1 else lie + 's'}: "
        to = "" if count is None else f" to {count}"
        message = f"is {number:g}, but {table}indices are whole numbers from 1{to}"
        draft.fault(entry_path(draft, draft.origins[name], at), message)
