"""The problems that come with gradcalc, each loaded and solved once for all tests of a process."""

from __future__ import annotations

from functools import cache

from gradcalc.problem.bundled import bundled_names
from gradcalc.problem.load import load
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve


@cache
def loaded(name: str) -> Problem:
    """One of them, by its name."""
    return load(name)


@cache
def solved(name: str) -> Solution:
    """One of them worked out, its gradients unchecked."""
    return solve(loaded(name), check=False)


WORKED = [name for name in bundled_names() if loaded(name).forward]
CLAIMS = [name for name in bundled_names() if not loaded(name).forward]
