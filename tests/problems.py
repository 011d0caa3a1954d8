"""Short ways to write problems in tests."""

from __future__ import annotations

import numpy as np

from gradcalc.formula.parse import parse
from gradcalc.formula.write import code
from gradcalc.program.build import build
from gradcalc.program.problem import Equation, Problem


def matrix(rows):
    return np.array(rows, dtype=float)


def column(*entries):
    return np.array([[entry] for entry in entries], dtype=float)


def row(*entries):
    return np.array([entries], dtype=float)


def problem(lines: dict[str, str], **more) -> Problem:
    """A problem with these forward equations, as text; `loss` is differentiated unless told otherwise."""
    forward = tuple(Equation("forward", name, parse(text)) for name, text in lines.items())
    if "loss" in lines and "upstream" not in more:
        more = {"objective": "loss", **more}
    for section in ("inputs", "targets", "parameters", "upstream"):
        more[section] = {name: np.array(value, dtype=float) for name, value in more.get(section, {}).items()}
    return Problem(forward=forward, **more)


def texts(given: Problem, section: str = "backward") -> dict[str, str]:
    """The equations of a section as text, by name."""
    return {eq.name: code(eq.expr) for eq in build(given).equations if eq.section == section}
