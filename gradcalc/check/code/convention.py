"""What a program defines that is marked as a sheet: an empty one to fill in, and what its functions are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gradcalc.formula.arrays import Array
from gradcalc.formula.shapes import spell
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution

PROGRAM: Final = "student.py"
"""What a program is called, where somebody has to look for it."""
FUNCTIONS: Final = ("loss_and_grads", "backward")
"""What it defines one of."""
TO_BE_RUN: Final = (
    "is a program: to be marked it has to be run, with your rights, though within limits of time and memory; add "
    "--run-code if you trust who wrote it"
)
NONE_WANTED: Final = "{}: this problem asks for no gradient that a program could calculate"
_HEAD = '''"""{title}

Fill in the function, then: gradcalc check {problem} student.py --run-code

It is called with the problem's numbers, and with ten random instances in the same shapes, as NumPy arrays:

    x       {inputs}
    y       {targets}
    params  by name: {parameters}

It may take lr, the learning rate, too, and any of these arrays by its own name. It returns the loss, and the gradients
by name, each in the shape of what it belongs to. A gradient on the way ("h1") may be among them, and values on the way
may be returned third, by name: then the first array that is wrong is found among more.

In its place there may be backward(x, y, params), which returns the gradients alone. Beside it there may be
forward(x, params), which returns values by name, and backward may take them as `cache`; and update(params, grads, lr),
which returns the new parameters by name.
"""

import numpy as np


def loss_and_grads(x, y, params):
'''


def wanted(solution: Solution) -> list[str]:
    """Of what the gradients are asked: of the parameters, or where there are none of the inputs."""
    problem = solution.problem
    mine = [name for name in problem.parameters if name in solution.gradients]
    return mine or [name for name in problem.inputs if name in solution.gradients]


def blank_program(solution: Solution) -> str:
    """An empty program: the convention, the shapes of what it is given, and of what it returns."""
    problem = solution.problem
    asked = wanted(solution)
    head = _HEAD.format(
        title=_in_text(" ".join(problem.title.split()) or "Gradients"),
        problem=_in_text(problem.path.rpartition("/")[2] or "problem.yaml"),
        inputs=_shapes(problem.inputs) or "None",
        targets=_shapes(problem.targets) or "None",
        parameters=_shapes(problem.parameters),
    )
    body = [f'{name} = params["{name}"]  # {spell(value.shape)}' for name, value in problem.parameters.items()]
    gradients = (f"{gradient_name(name)} = None  # {spell(problem.leaves[name].shape)}" for name in asked)
    body += ["loss = None", *gradients]
    returned = ", ".join(f'"{name}": {gradient_name(name)}' for name in asked)
    return head + "".join(f"    {line}\n" for line in [*body, f"return loss, {{{returned}}}"])


def _in_text(text: str) -> str:
    """Text that may stand within a docstring."""
    return text.replace("\\", "/").replace('"', "'")


def _shapes(values: Mapping[str, Array]) -> str:
    return ", ".join(f"{name} {spell(value.shape)}" for name, value in values.items())


def given(problem: Problem) -> dict[str, Any]:
    """What the functions are given of a problem, as plain data; of several inputs or targets a mapping."""
    return {
        "x": _one(problem.inputs),
        "y": _one(problem.targets),
        "params": {name: value.tolist() for name, value in problem.parameters.items()},
        "lr": problem.lr,
        "names": {name: value.tolist() for name, value in problem.given.items()},
    }


def _one(values: Mapping[str, Array]) -> Any:
    plain = {name: value.tolist() for name, value in values.items()}
    return next(iter(plain.values())) if len(plain) == 1 else plain or None
