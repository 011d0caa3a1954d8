"""Answers from Python, marked: arrays by their own precision, numbers and formulas as on a sheet."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Any, Final

import numpy as np

from gradcalc.api.named import Named, solution_of
from gradcalc.check.answers.model import Sheet
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import Marks, mark, tolerance_of
from gradcalc.check.writeup.read import read_answers, sheet_of
from gradcalc.errors import UsageError
from gradcalc.program.solution import Solution

CALCULATED: Final = 14


def check(
    problem: Named | Solution,
    answers: Mapping[str, Any] | str | os.PathLike[str],
    *,
    rtol: float | None = None,
    atol: float | None = None,
    complete: bool = False,
) -> Marks:
    """Mark answers: which is wrong first, which only carries an error on, and what mistake was made.

    `answers` are by name (`{"dW1": dW1, "loss": 0.3927}`), by section (`{"gradients": {"W1": dW1}}`), or a file with
    an answer sheet. An array (NumPy, or whatever has `__array__`: PyTorch, detached, or JAX) is compared by relative
    error at its own precision, so float32 as such. Python's own numbers, lists and text are read as on a sheet, to the
    digits that the problem asks for; a float with 14 digits or more is taken for a calculated one. `rtol` and `atol`
    take the place of both. With `complete` what isn't answered counts. `bool(marks)` is whether nothing is wrong, and
    `marks.first_error` where it begins.

    Raises UsageError where `answers` is no mapping, and what `load` and `solve` raise. What is wrong with one answer
    is its verdict.
    """
    solution = solution_of(problem)
    tolerance = tolerance_of(solution)
    tolerance = replace(
        tolerance, rtol=tolerance.rtol if rtol is None else rtol, atol=tolerance.atol if atol is None else atol
    )
    return mark(solution, _sheet(answers, solution), tolerance, complete=complete)


def _sheet(answers: Any, solution: Solution) -> Sheet:
    if isinstance(answers, str | os.PathLike):
        path = os.fspath(answers)
        if path.endswith(".py"):
            raise UsageError(f"'{path}' is a program: `gradcalc check PROBLEM {path} --run-code` runs and marks it")
        return sheet_of(read_answers(path), solution)
    if not isinstance(answers, Mapping):
        raise UsageError(f"answers are a mapping, such as {{'dW1': dW1}}; this is {type(answers).__name__}")
    return sheet_from_data(_plain(answers), solution)


def _plain(answers: Mapping[Any, Any]) -> dict[str, Any]:
    """The answers with every mapping a dict, and every tuple a list."""
    return {str(key): _inner(value) for key, value in answers.items()}


def _inner(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _plain(value)
    if type(value) is float and _is_calculated(value):
        return np.float64(value)
    return [_inner(each) for each in value] if isinstance(value, list | tuple) else value


def _is_calculated(value: float) -> bool:
    """Whether a number has nearly all digits of float64: then nobody chose them."""
    return isfinite(value) and len(f"{value!r}".partition("e")[0].strip("-0.").replace(".", "")) >= CALCULATED
