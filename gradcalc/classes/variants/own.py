"""Mark each sheet by the variant of its student, and see whether it fits another student's better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from gradcalc.check.answers.model import Answer, Sheet
from gradcalc.check.marking.grader import Grader
from gradcalc.classes.variants.written import ENDING, student_of
from gradcalc.errors import GradcalcError, UsageError
from gradcalc.problem.load import loads
from gradcalc.problem.reading import read_source
from gradcalc.program.batches import of_step
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve
from gradcalc.words import shorten, visible

MOST_OF_IT: Final = 0.5
"""Another variant has to agree with this part of the answers, and with two at least, to be spoken of."""


def texts_in(folder: Path) -> dict[str, str]:
    """The variants in a folder, as text by student. Raises UsageError where there is none, InputError."""
    paths = sorted(folder.glob(f"*{ENDING}")) if folder.is_dir() else []
    if not paths:
        raise UsageError(f"--variants {folder}: there is no variant in it; 'gradcalc vary' writes them")
    return {student_of(path): read_source(str(path))[0] for path in paths}


@dataclass(frozen=True)
class _Fit:
    """How many answers of a sheet agree with each of the variants."""

    students: list[str]
    agree: npt.NDArray[np.int_]
    count: int


class Variants:
    """The variants of a class. `problem` is the one that they were made of, which their sheets are read by."""

    def __init__(self, problem: Problem, texts: Mapping[str, str]) -> None:
        self.problem, self.texts = problem, texts
        self.base = solve(problem, check=False)
        self.broken: dict[str, str] = {}
        self.students: list[str] = []
        rows: dict[str, list[npt.NDArray[np.float64]]] = {name: [] for name in self.base.by_name}
        for student, text in texts.items():
            try:
                variant = self._problem(student, text)
            except GradcalcError as error:
                self.broken[student] = str(error)
                continue
            values = self.base.program.run(of_step(variant, variant.first_step).given)
            self.students.append(student)
            for name, mine in rows.items():
                mine.append(np.ravel(values[name]))
        self.right = {name: np.array(mine) for name, mine in rows.items()}

    def _problem(self, student: str, text: str) -> Problem:
        variant = replace(loads(text, f"the variant of {student}"), digits=self.problem.digits)
        shapes = [{name: np.shape(value) for name, value in each.given.items()} for each in (variant, self.problem)]
        if variant.forward != self.problem.forward or shapes[0] != shapes[1]:
            raise GradcalcError(f"the variant of {student} is none of this problem")
        return variant

    def owner(self, candidates: Iterable[str]) -> str:
        """The first of these names for whom there is a variant. Raises GradcalcError where there is none."""
        names = [each for each in candidates if each]
        found = next((each for each in names if each in self.texts), None)
        if found is None:
            shown = visible(shorten(names[0])) if names else "a sheet without a name"
            raise GradcalcError(f"there is no variant for {shown}")
        if found in self.broken:
            raise GradcalcError(self.broken[found])
        return found

    def solution(self, student: str) -> Solution:
        """The solution of a student's variant."""
        return solve(self._problem(student, self.texts[student]), check=False)

    def grader(self, student: str) -> Grader:
        """What marks by the variant of a student."""
        return Grader(self.solution(student))

    def better(self, student: str, sheet: Sheet) -> str:
        """What to say where a sheet agrees with another variant in more answers than with its own; else nothing."""
        fit = self._fit(sheet)
        mine = int(fit.agree[self.students.index(student)])
        most = int(fit.agree.max())
        if most <= mine or most < max(2, MOST_OF_IT * fit.count):
            return ""
        others = [self.students[i] for i in np.flatnonzero(fit.agree == most)]
        more = f" (and of {len(others) - 1} more)" if len(others) > 1 else ""
        whose = f"the variant of {visible(shorten(others[0]))}{more}"
        return f"fits {whose} better: {most} of {fit.count} answers agree with it, {mine} with its own"

    def _fit(self, sheet: Sheet) -> _Fit:
        agree, count = np.zeros(len(self.students), dtype=int), 0
        for answer in sheet.answers:
            right = self.right.get(answer.name)
            room = self._room(answer)
            if right is None or answer.numbers is None or room is None or answer.numbers.values.size != right.shape[1]:
                continue
            count += 1
            agree += (np.abs(right - np.ravel(answer.numbers.values)) <= room).all(axis=1)
        return _Fit(self.students, agree, count)

    def _room(self, answer: Answer) -> npt.NDArray[np.float64] | None:
        """A unit of the last digit, of those asked for or of those that were written; a few for rounding on the way."""
        if answer.numbers is None or answer.step != 1:
            return None
        room: npt.NDArray[np.float64] = np.maximum(np.ravel(answer.numbers.unit), 2 * 10.0**-self.problem.digits)
        return room
