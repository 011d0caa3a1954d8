"""Worked homework in backpropagation: every step shown, every answer checked, every mistake named.

>>> import gradcalc
>>> solution = gradcalc.solve("hw3")
>>> solution.gradients["W2"].round(4).tolist()
[[0.288, -0.288], [0.1466, -0.1466]]
>>> assert gradcalc.check("hw3", {"dW2": solution.gradients["W2"], "loss": 0.3927})

A problem is a Problem, a file, or the name of one that comes with gradcalc. `load` reads it, `loads` takes its text;
`layers`, `vertices`, `equations` and `Problem.from_dict` make one of arrays, `from_torch` of a small PyTorch model.
`solve` makes a Solution, with NumPy arrays by name, `step` and `take_steps` a Descent of one and many steps; `explain`
says where one of a solution's numbers comes from. `check` makes Marks:

Mark answers: which is wrong first, which only carries an error on, and what mistake was made.

Results write themselves (`to_html`, `to_latex`, `to_markdown`; a problem `to_yaml`). What goes wrong is a
GradcalcError; an InputError names every fault in a file, each with its place.
"""

from __future__ import annotations

from gradcalc.display import made_by, written_by

TYPE_CHECKING = False  # as in `typing`, which takes longer to import than `--version` needs altogether
if TYPE_CHECKING:
    from typing import Any

    from gradcalc.api.build import equations as equations
    from gradcalc.api.build import layers as layers
    from gradcalc.api.build import vertices as vertices
    from gradcalc.api.marking import check as check
    from gradcalc.api.models import from_torch as from_torch
    from gradcalc.api.named import explain as explain
    from gradcalc.api.named import solve as solve
    from gradcalc.api.named import step as step
    from gradcalc.api.named import take_steps as take_steps
    from gradcalc.check.marking.verdicts import Marks as Marks
    from gradcalc.errors import GradcalcError as GradcalcError
    from gradcalc.errors import InputError as InputError
    from gradcalc.problem.load import load as load
    from gradcalc.problem.load import loads as loads
    from gradcalc.program.descent import Descent as Descent
    from gradcalc.program.explain import Explanation as Explanation
    from gradcalc.program.problem import Problem as Problem
    from gradcalc.program.solution import Solution as Solution

__version__ = "0.1.0"
__all__ = [
    "Descent",
    "Explanation",
    "GradcalcError",
    "InputError",
    "Marks",
    "Problem",
    "Solution",
    "check",
    "equations",
    "explain",
    "from_torch",
    "layers",
    "load",
    "loads",
    "solve",
    "step",
    "take_steps",
    "vertices",
]

written_by("gradcalc.commands.notebook")
made_by("gradcalc.api.build")

_HOMES = {
    "Descent": "gradcalc.program.descent",
    "Explanation": "gradcalc.program.explain",
    "GradcalcError": "gradcalc.errors",
    "InputError": "gradcalc.errors",
    "Marks": "gradcalc.check.marking.verdicts",
    "Problem": "gradcalc.program.problem",
    "Solution": "gradcalc.program.solution",
    "check": "gradcalc.api.marking",
    "equations": "gradcalc.api.build",
    "explain": "gradcalc.api.named",
    "from_torch": "gradcalc.api.models",
    "layers": "gradcalc.api.build",
    "load": "gradcalc.problem.load",
    "loads": "gradcalc.problem.load",
    "solve": "gradcalc.api.named",
    "step": "gradcalc.api.named",
    "take_steps": "gradcalc.api.named",
    "vertices": "gradcalc.api.build",
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
