"""Run the programs that solutions are written as, and compare what they print with the solution."""

from __future__ import annotations

import contextlib
import io
import math
from importlib import import_module

import numpy as np
import pytest

from gradcalc.program.solution import Solution

FORMATS = ("numpy", "torch", "jax")
WORDS = {"nan": math.nan, "inf": math.inf}


def written(solution: Solution, form: str) -> str:
    return import_module(f"gradcalc.report.code.{form}_program").render(solution, None)


def outputs(program: str, form: str) -> dict[str, np.ndarray]:
    """What a program prints, by name. Skips the test where its framework isn't installed."""
    framework = pytest.importorskip(form)
    default = framework.get_default_dtype() if form == "torch" else None
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(program, "<program>", "exec"), {"__name__": "__main__"})
    finally:
        if form == "torch":
            framework.set_default_dtype(default)
    return read(out.getvalue())


def read(text: str) -> dict[str, np.ndarray]:
    pairs = [line.partition(" = ") for line in text.splitlines()]
    return {name: np.array(eval(value, dict(WORDS))) for name, _, value in pairs}


def quantities(solution: Solution, form: str) -> dict[str, np.ndarray]:
    """What a program is to print: every quantity; of the backward pass the gradients, in NumPy every equation."""
    if form == "numpy":
        return {eq.name: solution.values[eq.name] for eq in solution.equations}
    gradients = {f"d{n}": v for n, v in solution.gradients.items() if n not in solution.problem.upstream}
    later = {eq.name: solution.values[eq.name] for eq in solution.equations if eq.section in ("update", "after")}
    return {**solution.forward, **gradients, **later}


def assert_same(solution: Solution, form: str) -> str:
    """Write, run, compare to 1e-9; returns the program."""
    program = written(solution, form)
    found, wanted = outputs(program, form), quantities(solution, form)
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        assert found[name].shape == value.shape, name
        np.testing.assert_allclose(found[name], value, rtol=1e-9, atol=1e-9, err_msg=name)
    return program
