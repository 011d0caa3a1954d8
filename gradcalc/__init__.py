"""Worked homework in backpropagation: every step shown, every answer checked, every mistake named.

>>> import gradcalc
>>> solution = gradcalc.solve(gradcalc.load("hw3"))
>>> solution.gradients["W2"].round(4).tolist()
[[0.288, -0.288], [0.1466, -0.1466]]

`load` takes a file or the name of a problem that comes with gradcalc, `loads` the text of one. `solve` makes a Solution
of the Problem, with NumPy arrays by name, `take_steps` a Descent of many steps; `explain` says where one of a
solution's numbers comes from. What goes wrong is a GradcalcError; an InputError names every fault in a file, each with
its place.
"""

from __future__ import annotations

from gradcalc.display import written_by

TYPE_CHECKING = False  # as in `typing`, which takes longer to import than `--version` needs altogether
if TYPE_CHECKING:
    from typing import Any

    from gradcalc.errors import GradcalcError as GradcalcError
    from gradcalc.errors import InputError as InputError
    from gradcalc.problem.load import load as load
    from gradcalc.problem.load import loads as loads
    from gradcalc.program.descent import Descent as Descent
    from gradcalc.program.descent import take_steps as take_steps
    from gradcalc.program.explain import Explanation as Explanation
    from gradcalc.program.explain import explain as explain
    from gradcalc.program.problem import Problem as Problem
    from gradcalc.program.solve import Solution as Solution
    from gradcalc.program.solve import solve as solve

__version__ = "0.1.0"
__all__ = [
    "Descent",
    "Explanation",
    "GradcalcError",
    "InputError",
    "Problem",
    "Solution",
    "explain",
    "load",
    "loads",
    "solve",
    "take_steps",
]

written_by("gradcalc.commands.notebook")

_HOMES = {
    "Descent": "gradcalc.program.descent",
    "Explanation": "gradcalc.program.explain",
    "GradcalcError": "gradcalc.errors",
    "InputError": "gradcalc.errors",
    "Problem": "gradcalc.program.problem",
    "Solution": "gradcalc.program.solve",
    "explain": "gradcalc.program.explain",
    "load": "gradcalc.problem.load",
    "loads": "gradcalc.problem.load",
    "solve": "gradcalc.program.solve",
    "take_steps": "gradcalc.program.descent",
}


def __getattr__(name: str) -> Any:
    # `gradcalc --version` and `--help` import this package: NumPy must wait until it is needed.
    if name not in _HOMES:
        raise AttributeError(f"module 'gradcalc' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    # So that `help(gradcalc)` and completion know the names that aren't loaded yet.
    return sorted({*globals(), *__all__})
