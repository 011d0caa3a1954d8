"""Try programs on a problem's numbers and on random instances, and mark what they return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from gradcalc.check.answers.compare import Tolerance
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.code.convention import given, wanted
from gradcalc.check.code.judge import CodeMarks
from gradcalc.check.code.returned import answers
from gradcalc.check.code.run import SECONDS, Outcome, run
from gradcalc.check.marking.grader import FULL_CREDIT, Grader
from gradcalc.check.marking.verdicts import Credit, Marks
from gradcalc.errors import GradcalcError
from gradcalc.formula.arrays import Array
from gradcalc.program.instances import instances
from gradcalc.program.naming import gradient_name
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve

INSTANCES: Final = 10
"""How many random instances are tried beside the problem's own numbers: where these hide a mistake, others show it."""


class Trial:
    """The problem's own numbers and random instances, solved once: any number of programs are tried on them.

    `tolerance`, `credit` and `points` are as in `Grader.mark`; without points everything that is asked or returned has
    one. Raises what `solve` raises.
    """

    def __init__(
        self,
        solution: Solution,
        tolerance: Tolerance | None = None,
        credit: Credit = FULL_CREDIT,
        points: Mapping[str, float] | None = None,
    ) -> None:
        self.solution, self.tolerance, self.credit, self.points = solution, tolerance, credit, points
        self.graders = [Grader(each) for each in (solution, *others(solution))]

    def run(self, program: Path, seconds: float = SECONDS) -> Outcome:
        """Run a program on all of them. It runs with the rights of whoever calls this."""
        return run(program, [given(grader.solution.problem) for grader in self.graders], seconds)

    def marks(self, program: str, outcome: Outcome) -> CodeMarks:
        """Mark what it returned; whatever it did is told in the marks."""
        pairs = zip(self.graders, outcome.returned, strict=False)
        return CodeMarks(self.solution, program, outcome, tuple(self._marks(of, found) for of, found in pairs))

    def _marks(self, grader: Grader, returned: Mapping[str, Any]) -> Marks:
        sheet = sheet_from_data(answers(returned, grader.solution), grader.solution)
        returned_too = (answer.quantity for answer in sheet.answers if answer.name)
        points = self.points or dict.fromkeys([*asked(self.solution), *returned_too], 1.0)
        return grader.mark(sheet, self.tolerance, self.credit, points)


def asked(solution: Solution) -> list[str]:
    """The gradients that a program has to return, by label."""
    return [f"gradients.{name}" for name in wanted(solution)]


def worth(solution: Solution) -> dict[str, float]:
    """What every program of a class can earn: the points of the gradients that are asked, one each without any."""
    labels, points = asked(solution), solution.problem.points
    return {label: points[label] for label in labels if label in points} or dict.fromkeys(labels, 1.0)


def check_program(
    solution: Solution, program: Path, seconds: float = SECONDS, tolerance: Tolerance | None = None
) -> CodeMarks:
    """Run a program, and mark what it returns. It runs with the rights of whoever calls this.

    Raises what `solve` raises; whatever the program does is told in the marks.
    """
    trial = Trial(solution, tolerance)
    return trial.marks(program.name, trial.run(program, seconds))


def others(solution: Solution) -> Iterator[Solution]:
    """The problem solved on other numbers in the same shapes."""
    problem = solution.problem
    for values in instances(problem, INSTANCES):
        try:
            yield solve(_with(problem, values), check=False)
        except GradcalcError:  # a value that is fine here has no solution there
            continue


def _with(problem: Problem, values: Mapping[str, Array]) -> Problem:
    """The problem on other numbers; the learning rate stays, since programs may have it written into them."""

    def drawn(given: Mapping[str, Array], name: Callable[[str], str] = str) -> dict[str, Array]:
        return {each: values[name(each)] for each in given}

    return replace(
        problem,
        inputs=drawn(problem.inputs),
        targets=drawn(problem.targets),
        parameters=drawn(problem.parameters),
        upstream=drawn(problem.upstream, gradient_name),
    )
