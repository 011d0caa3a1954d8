"""The Jacobian of one quantity with respect to another, at the problem's numbers, derived by the chain rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradcalc import words
from gradcalc.errors import UsageError
from gradcalc.formula.arrays import Array
from gradcalc.formula.compile import compile_formulas
from gradcalc.formula.entries import entry_name, positions
from gradcalc.formula.expr import ONE, Expr, Name
from gradcalc.formula.table import Shape
from gradcalc.program.dependence import depending_on, leading_to
from gradcalc.program.derive import backward
from gradcalc.program.designation import Designation, designated, split
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Equation
from gradcalc.program.quantities import Quantities, of_solution
from gradcalc.program.solution import Solution

MAX_ENTRIES = 1_000_000
_DIFFERENTIAL = re.compile(r"\s*(?:∂|\\partial\b|d)\s*(?P<of>.+)", re.DOTALL)
"""A sign of differentiation, with what is differentiated."""


@dataclass(frozen=True)
class Jacobian:
    """One row for each entry of `of`, one column for each entry of `wrt`; matrices are taken column by column.

    `values` are float64, R×C; `rows` and `columns` name the entries (`yhat[1]`, `W2[2,1]`). Where one entry was asked
    for, its row or its column is there alone. `equations` carry a gradient with respect to `of`, whatever it is, back
    to `wrt`: run once for each entry of `of`, they give the rows. There are none where `of` doesn't depend on `wrt`,
    or is `wrt` itself.
    """

    of: str
    wrt: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Array
    equations: tuple[Equation, ...] = ()
    depends: bool = True


def explained(text: str, solution: Solution) -> Jacobian:
    """The Jacobian that `yhat/a2` asks for; of one entry (`yhat[1]/W2`) its row, of `yhat/W2[1,1]` one column.

    Raises UsageError for an unknown name, an entry that isn't there, or too many entries; NoGradientError.
    """
    parts = text.split("/")
    if len(parts) != 2:
        raise UsageError(f"'{text}' names no two quantities: write OF/WITH-RESPECT-TO, such as yhat/a2")
    of, wrt = _pair(parts, solution)
    rows = _chosen(of.entry, labels(of.name, of.shape))
    whole = jacobian(solution, of.name, wrt.name, rows)
    columns = _chosen(wrt.entry, whole.columns)
    chosen = tuple(whole.columns[j] for j in columns)
    return replace(whole, columns=chosen, values=whole.values[:, columns])


def jacobian(solution: Solution, of: str, wrt: str, only: Sequence[int] | None = None) -> Jacobian:
    """The derivative of every entry of `of` with respect to every entry of `wrt`, names of the forward pass.

    `only` picks rows, counted from 0. Raises UsageError where there would be more than a million numbers,
    NoGradientError where there is no gradient, KeyError for a name that the solution doesn't have.
    """
    shapes = solution.shapes
    every, columns = labels(of, shapes[of]), labels(wrt, shapes[wrt])
    places = range(len(every)) if only is None else only
    rows = tuple(every[i] for i in places)
    if len(rows) * len(columns) > MAX_ENTRIES:
        counted = f"{len(rows):,} × {len(columns):,}"
        raise UsageError(f"{of}/{wrt} has {counted} numbers: ask for one row, such as {rows[0]}/{wrt}")
    if of == wrt:
        return Jacobian(of, wrt, rows, columns, np.eye(len(every))[list(places)])
    equations = between(solution, of, wrt)
    if not equations:
        return Jacobian(of, wrt, rows, columns, np.zeros((len(rows), len(columns))), depends=False)
    return Jacobian(of, wrt, rows, columns, _rows(solution, of, wrt, equations, places), equations)


def labels(name: str, shape: Shape) -> tuple[str, ...]:
    """The names of all entries, column by column: `W[1,1]`, `W[2,1]`, …"""
    return tuple(entry_name(name, shape, *place[::-1]) for place in positions((shape or (1, 1))[::-1]))


def between(solution: Solution, of: str, wrt: str) -> tuple[Equation, ...]:
    """The equations from the gradient with respect to `of` back to that of `wrt`; none without dependence."""
    problem = solution.problem
    if of not in depending_on(problem.forward, [wrt]):
        return ()
    shapes = {**solution.shapes, gradient_name(of): solution.shapes[of]}
    start: dict[str, Expr] = {of: Name(gradient_name(of)) if is_many(shapes[of]) else ONE}
    derived = backward(problem.forward, start, (wrt,), shapes, problem.axis, problem.assumed)
    return leading_to(derived, [gradient_name(wrt)])


def is_many(shape: Shape) -> bool:
    """Whether there is more than one entry, so that each needs a gradient to start from."""
    return bool(np.prod(shape) > 1)


def _rows(solution: Solution, of: str, wrt: str, equations: Sequence[Equation], places: Sequence[int]) -> Array:
    """The equations run once for each of these entries of `of`, with 1 there and 0 elsewhere."""
    seed, end = gradient_name(of), gradient_name(wrt)
    computed = {equation.name for equation in equations}
    used = {name for equation in equations for name in equation.uses} - computed
    values = {name: solution.values[name][()] for name in used - {seed}}
    inputs = [*values, seed]
    program = compile_formulas([(eq.name, eq.expr) for eq in equations], inputs, solution.problem.axis, [end])
    shape = solution.shapes[of]
    found = []
    for place in places:
        unit = np.zeros(int(np.prod(shape)))
        unit[place] = 1.0
        value = program({**values, seed: unit.reshape(shape, order="F")[()]})[end]
        found.append(np.broadcast_to(value, solution.shapes[wrt]).ravel(order="F"))
    return np.array(found)


def _pair(parts: Sequence[str], solution: Solution) -> list[Designation]:
    """Two quantities, as `yhat/a2`; as `∂ŷ/∂a2` or `dyhat/da2` only with the sign on both."""
    known = of_solution(solution)
    signed = [_DIFFERENTIAL.fullmatch(part) for part in parts]
    if all(signed) and not any(_names_value(part, known, solution) for part in parts):
        parts = [match["of"] for match in signed if match is not None]
    return [_value(part, known, solution) for part in parts]


def _names_value(text: str, known: Quantities, solution: Solution) -> bool:
    quantity = known.alone(text) or known.alone((split(text) or (text, None))[0])
    return quantity is not None and quantity.equation in _values(solution)


def _values(solution: Solution) -> list[str]:
    """What has a Jacobian: what the forward pass starts from, and what it computes."""
    problem = solution.problem
    return [*problem.leaves, *problem.targets, *solution.forward]


def _value(text: str, known: Quantities, solution: Solution) -> Designation:
    found, values = designated(text, known, solution.shapes), _values(solution)
    if found.name not in values:
        raise UsageError(f"{found.name} is no quantity of the forward pass; known are {words.known(values)}")
    return found


def _chosen(label: str, every: Sequence[str]) -> list[int]:
    """The places of one label; all places for none."""
    return [every.index(label)] if label else list(range(len(every)))
