"""Write a solution as a NumPy program: its equations, line by line."""

from __future__ import annotations

from gradcalc.program.solution import Solution
from gradcalc.report.code.backends import NUMPY
from gradcalc.report.code.script import Script
from gradcalc.report.page import Page


def render(solution: Solution, page: Page) -> str:
    """The program: given values, forward and backward pass, update, the pass after it, and what came out.

    Raises UsageError where a function has no definition that could be written.
    """
    script = Script(solution, NUMPY)
    given = [line for name, value in solution.problem.given.items() for line in script.given(name, value)]
    together = solution.problem.order != "simultaneous" and solution.has_update
    blocks = [
        ["# Given", *given],
        script.section("Forward pass", "forward"),
        script.section("Backward pass and update", "backward", "update") if together else [],
        [] if together else script.section("Backward pass", "backward"),
        [] if together else script.section("Update", "update"),
        script.section("After the update", "after"),
        ["# What came out", *script.prints(eq.name for eq in solution.equations)],
    ]
    return script.program(blocks, ["Every equation that gradcalc works with, in NumPy."])
