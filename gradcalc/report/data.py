"""A solution, or steps of gradient descent, as data for other programs: JSON with every digit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from gradcalc.errors import ShapeError
from gradcalc.formula.expr import Expr, Num
from gradcalc.formula.shapes import shape_of
from gradcalc.formula.table import Axis
from gradcalc.formula.write import code, latex
from gradcalc.program.descent import Descent, Step
from gradcalc.program.problem import Array
from gradcalc.program.solve import Solution
from gradcalc.report.narrate import shown_names
from gradcalc.report.numbers import is_vector
from gradcalc.report.page import Page

NOT_FINITE = "numbers that aren't finite are null here"


def plain_value(array: Array, axis: Axis) -> Any:
    """A number, a flat list for a vector, nested lists for a matrix; None for what isn't finite."""
    flat = array.reshape(-1) if is_vector(array.shape, axis) else array
    if np.isfinite(flat).all():
        return flat.tolist()
    objects = flat.astype(object)
    objects[~np.isfinite(flat)] = None
    return objects.tolist()


def solution_data(solution: Solution) -> dict[str, Any]:
    """Everything that a solution holds, in the form that DESIGN section 7 fixes."""
    problem, verification = solution.problem, solution.verification
    warnings = [*solution.warnings, *_lost(solution.values.values())]
    return {
        "title": problem.title,
        "source": problem.source,
        "equations": _equations(solution),
        "values": {
            "forward": _values(solution.forward, problem.axis),
            "loss": _number(solution.loss),
            "gradients": _values(solution.gradients, problem.axis),
            "updated": _values(solution.updated, problem.axis),
            "after": _values(solution.after, problem.axis),
        },
        "verification": verification
        and {
            "method": verification.method,
            "max_relative_error": _number(verification.max_relative_error),
            "kinks": list(verification.kinks),
        },
        "warnings": warnings,
    }


def _equations(solution: Solution) -> list[dict[str, Any]]:
    problem = solution.problem
    names = shown_names(problem, solution.shapes)
    scalar = is_scalar_in(solution)
    return [
        {
            "section": eq.section,
            "name": eq.name,
            "formula": code(eq.expr),
            "latex": f"{names.latex(eq.name)} = {latex(eq.expr, names.latex, scalar)}",
            "shape": list(solution.shapes[eq.name]),
            "value": plain_value(solution.values[eq.name], problem.axis),
        }
        for eq in solution.equations
    ]


def is_scalar_in(solution: Solution) -> Callable[[Expr], bool]:
    """Whether an expression over a solution's names is a single number."""

    def scalar(expr: Expr) -> bool:
        try:
            return isinstance(expr, Num) or not shape_of(expr, solution.shapes, solution.problem.axis)
        except (KeyError, ShapeError):
            return False

    return scalar


def descent_data(descent: Descent) -> dict[str, Any]:
    """Steps of gradient descent: the losses and the parameters at each, and the last parameters."""
    problem = descent.problem
    everything = (array for step in descent.steps for array in step.values.values())
    return {
        "title": problem.title,
        "source": problem.source,
        "lr": problem.lr,
        "frozen": [name for name in problem.parameters if name in problem.frozen],
        "steps": [_step(descent, step) for step in descent.steps],
        "parameters": _values(descent.parameters, problem.axis),
        "warnings": [*descent.first.warnings, *_lost(everything)],
    }


def _step(descent: Descent, step: Step) -> dict[str, Any]:
    return {
        "step": step.number,
        "loss_before": _number(step.loss_before),
        "loss_after": _number(step.loss_after),
        "updated": _values(descent.updated(step), descent.problem.axis),
    }


def _values(arrays: Mapping[str, Array], axis: Axis) -> dict[str, Any]:
    return {name: plain_value(array, axis) for name, array in arrays.items()}


def _number(number: float | None) -> float | None:
    return number if number is not None and np.isfinite(number) else None


def _lost(arrays: Iterable[Array]) -> list[str]:
    return [] if all(np.isfinite(array).all() for array in arrays) else [NOT_FINITE]


def render(data: Any, page: Page) -> str:
    """JSON with a line for each key, and lists of numbers on one line."""
    return _written(data, "", page.ascii_only) + "\n"


def _written(data: Any, indent: str, ascii_only: bool) -> str:
    deeper = indent + "  "
    if isinstance(data, dict) and data:
        keys = [json.dumps(key, ensure_ascii=ascii_only) for key in data]
        values = [_written(value, deeper, ascii_only) for value in data.values()]
        items = [f"{deeper}{key}: {value}" for key, value in zip(keys, values, strict=True)]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if isinstance(data, list) and data and any(isinstance(each, dict | str) for each in data):
        items = [deeper + _written(each, deeper, ascii_only) for each in data]
        return "[\n" + ",\n".join(items) + f"\n{indent}]"
    return json.dumps(data, ensure_ascii=ascii_only, allow_nan=False)
