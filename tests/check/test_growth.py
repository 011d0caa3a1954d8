"""Marking and linting take time in proportion to what is marked: calls are counted, so that no clock is needed."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import pytest
from slow import mostly_slow

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.author.lint import lint
from gradcalc.check.marking.mark import mark
from gradcalc.check.mistakes.diagnose import MOST_DIAGNOSED
from gradcalc.problem.load import loads
from gradcalc.program.solve import Solution, solve


def chain(length: int) -> Solution:
    """`a1 = tanh(x)`, `a2 = tanh(a1)`, and so on."""
    lines = "".join(f"  a{i}: tanh({f'a{i - 1}' if i > 1 else 'x'})\n" for i in range(1, length + 1))
    return solve(loads(f"inputs: {{x: 0.7}}\nequations:\n{lines}of: a{length}\n"), check=False)


def calls(work: Callable[[], object]) -> int:
    """How many functions are called."""
    count = 0

    def note(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def marking(length: int, section: str, every: int, wrong: Callable[[float], float]) -> Callable[[], object]:
    solution = chain(length)
    known = solution.forward if section == "forward" else solution.gradients
    answers = {name: round(wrong(float(value)), 4) for name, value in list(known.items())[::every]}
    sheet = sheet_from_data({section: answers}, solution)
    return lambda: mark(solution, sheet)


SHEETS = {
    "anything": ("forward", 1, lambda _: random.uniform(0.1, 0.9)),
    "each somewhat off": ("forward", 1, lambda value: 1.3 * value + 0.0011),
    "some of them": ("forward", 5, lambda _: random.uniform(0.1, 0.9)),
    "gradients": ("gradients", 1, lambda _: random.uniform(0.1, 0.9)),
    "the last alone": ("forward", 10**6, lambda _: 0.123),
}
SHORT, LONG = 100, 300


@pytest.mark.parametrize("sheet", mostly_slow(SHEETS, "anything", "some of them", "the last alone"))
def test_marking_grows_with_the_sheet(sheet: str) -> None:
    random.seed(1)
    short, long = (calls(marking(length, *SHEETS[sheet])) for length in (SHORT, LONG))
    assert long < 1.2 * LONG / SHORT * short


def test_linting_grows_with_the_problem() -> None:
    short, long = (calls(lambda length=length: lint(chain(length))) for length in (50, 150))
    assert long < 1.2 * 3 * short


def test_no_more_than_so_many_wrong_answers_are_diagnosed() -> None:
    """Each is the double of what it should be; beyond the bound it is told what wasn't done."""
    length = MOST_DIAGNOSED + 5
    solution = chain(length)
    answers = {f"a{i}": round(1 + i / 1000, 4) for i in range(1, length + 1)}
    verdicts = mark(solution, sheet_from_data({"forward": answers}, solution)).verdicts
    assert {verdict.verdict for verdict in verdicts} == {"wrong"}
    said = [f"only the first {MOST_DIAGNOSED} wrong answers were diagnosed" in verdict.message for verdict in verdicts]
    assert said == [False] * MOST_DIAGNOSED + [True] * 5
    assert verdicts[-1].message.startswith("not the right value; ")
