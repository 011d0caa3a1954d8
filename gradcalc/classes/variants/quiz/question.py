"""A variant as a question: what is given, a blank for each number, and what the usual mistakes would write into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradcalc.check.answers.blank import decimal
from gradcalc.classes.variants.judge import Mistaken
from gradcalc.formula.arrays import Array
from gradcalc.formula.write import code
from gradcalc.program.beside import with_further
from gradcalc.program.further import by_labels
from gradcalc.program.problem import Problem
from gradcalc.program.sections import quantities
from gradcalc.program.solve import solve
from gradcalc.words import visible

_APART = 1.99
"""More units than this apart, two numbers that may each be off by one have nothing in common."""
_MOST = 2
"""So many mistakes are told of one number; which comes first is likelier."""


@dataclass(frozen=True, slots=True)
class Usual:
    """A wrong number, and the mistake that it shows."""

    value: str
    said: str


@dataclass(frozen=True, slots=True)
class Blank:
    """A number that is asked for: `gradients.W1[1,2]`, its right value as written, and how far an answer may be off.

    `mistakes` are the wrong numbers of which it can be said what was done.
    """

    label: str
    value: str
    room: str
    mistakes: tuple[Usual, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A variant as a question: whose it is, its title, what is given, line by line, and the blanks."""

    student: str
    title: str
    given: tuple[str, ...]
    blanks: tuple[Blank, ...]
    digits: int


def question(student: str, problem: Problem, mistakes: Mapping[str, Sequence[Mistaken]] | None = None) -> Question:
    """The question that a variant is: what has points is asked, else everything that is finite.

    An answer may be off by a unit of the last digit; mistakes are by two at least, where a variant is separating.
    `mistakes` are those of each quantity, by its label.
    """
    solution = solve(problem, check=False)
    solution = with_further(solution, by_labels(problem, problem.points))
    blanks: list[Blank] = []
    for each in quantities(solution):
        if not problem.points or each.label in problem.points:
            wrong = () if mistakes is None else mistakes.get(each.label, ())
            blanks += _blanks(each.label, solution.values[each.equation], problem.digits, wrong)
    title = visible(problem.title or "Problem")
    return Question(visible(student), title, tuple(_given(problem)), tuple(blanks), problem.digits)


def _blanks(label: str, value: Array, digits: int, mistakes: Sequence[Mistaken]) -> Iterator[Blank]:
    room = f"{10.0**-digits:.{digits}f}"
    for place, entry in np.ndenumerate(value):
        index = f"[{','.join(str(i + 1) for i in place)}]" if place and value.size > 1 else ""
        if np.isfinite(entry):
            wrong = [(float(each.value[place]), each.message) for each in mistakes]
            usual = tuple(_told(round(float(entry), digits), wrong, digits))
            yield Blank(f"{label}{index}", decimal(float(entry), digits), room, usual)


def _told(right: float, wrong: Sequence[tuple[float, str]], digits: int) -> Iterator[Usual]:
    """The wrong numbers, as they are written, that lie apart from all others, each with what was likely done."""
    said: dict[float, dict[str, None]] = {}
    for number, message in wrong:
        if np.isfinite(number):
            said.setdefault(round(number, digits), {})[message] = None
    apart, numbers = _APART * 10.0**-digits, [right, *said]
    for number, messages in said.items():
        if sum(abs(number - other) <= apart for other in numbers) == 1:
            yield Usual(decimal(number, digits), "; or ".join([*messages][:_MOST]))


def _given(problem: Problem) -> Iterator[str]:
    """The numbers, and the formulas of the forward pass."""
    numbers = {**problem.data, **({} if problem.lr is None else {"lr": np.array(problem.lr)})}
    yield from (visible(f"{name} = {_numbers(value)}") for name, value in numbers.items())
    yield from (visible(f"{equation.name} = {code(equation.expr)}") for equation in problem.forward)


def _numbers(value: Array) -> str:
    def plain(entry: float) -> str:
        return repr(float(entry)).removesuffix(".0")

    if not value.shape:
        return plain(float(value))
    return f"[{', '.join('[' + ', '.join(map(plain, row)) + ']' for row in value)}]"
