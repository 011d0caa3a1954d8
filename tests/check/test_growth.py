"""Marking and linting take time in proportion to what is marked: calls are counted, so that no clock is needed."""

from __future__ import annotations

import gc
import random
import sys
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest
from answering import as_sheet
from slow import mostly_slow

from gradcalc.check import ledger, rounding
from gradcalc.check.answers.model import Sheet
from gradcalc.check.answers.plain import plain
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.author.lint import lint
from gradcalc.check.marking import against_key
from gradcalc.check.marking.grader import Grader
from gradcalc.check.marking.mark import mark
from gradcalc.check.mistakes import anew
from gradcalc.check.mistakes.catalogue import Mutants
from gradcalc.check.mistakes.diagnose import MOST_DIAGNOSED
from gradcalc.formula.table import Axis
from gradcalc.problem.load import load, loads
from gradcalc.program.sections import quantities
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve

Counted: TypeAlias = Callable[[object, str], list[object]]


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


def formulas(length: int) -> Callable[[], object]:
    """`f1 = 1.001 f0 + x`, `f2 = 1.001 f1 + x`, and so on: x is used by all; each answer has another factor."""
    lines = "".join(f"  f{i}: 1.001 * f{i - 1} + x\n" for i in range(1, length + 1))
    text = f"inputs: {{x: 1}}\nparameters: {{v: 2}}\nequations:\n  f0: v * x\n{lines}of: f{length}\n"
    solution = solve(loads(text), check=False)
    sheet = as_sheet(solution, {f"forward.f{i}": f"1.002 * f{i - 1} + x" for i in range(1, length + 1)})
    return lambda: mark(solution, sheet)


def test_marking_formulas_grows_with_the_sheet() -> None:
    short, long = (calls(formulas(length)) for length in (50, 150))
    assert long < 1.05 * 3 * short


def graph(vertices: int) -> Solution:
    """Each vertex is a tanh of a weighted sum of three of the eight before it, no two alike."""
    pick = random.Random(vertices)
    lines, before = "", ["x"]
    for number in range(1, vertices + 1):
        terms = [f"{pick.uniform(-1, 1):.2f} * {name}" for name in {before[-1], *pick.choices(before[-8:], k=2)}]
        lines += f"  v{number}: tanh({' + '.join(sorted(terms))})\n"
        before.append(f"v{number}")
    return solve(loads(f"inputs: {{x: 0.7}}\nequations:\n{lines}of: v{vertices}\n"), check=False)


@pytest.mark.parametrize("problem", mostly_slow([chain, graph], chain))
def test_linting_grows_with_the_problem(problem: Callable[[int], Solution]) -> None:
    short, long = (calls(lambda length=length: lint(problem(length))) for length in (50, 150))
    assert long < 1.2 * 3 * short


# What takes most of the time is done once.


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Notes the calls of a module's function, each by its first argument."""

    def note(module: object, name: str) -> list[object]:
        found: list[object] = []
        function = getattr(module, name)

        def noted(*args: object) -> object:
            found.append(args[0])
            return function(*args)

        monkeypatch.setattr(module, name, noted)
        return found

    return note


def test_a_chain_of_equations_that_are_alike_is_derived_by_wrong_rules_once(counted: Counted) -> None:
    """The first and the last aside, which differ: their gradient is 1, or nothing is before them."""
    derived = counted(anew, "backward")
    mutants = {length: (Mutants(solution), solution) for length in (20, 60) for solution in [chain(length)]}
    by_length = {}
    for length, (known, solution) in mutants.items():
        anew._derivations.cache_clear()
        derived.clear()
        for equation in solution.equations:
            known.of(equation)
        by_length[length] = len(derived)
    assert 0 < by_length[20] == by_length[60] < 60


def test_a_rule_is_replaced_once_for_all_places_where_its_function_stands(counted: Counted) -> None:
    """Ten uses of x are differentiated by each wrong rule for sin once, not ten times."""
    lines = "".join(f"  a{i}: sin({i} * x)\n" for i in range(1, 11))
    total = " + ".join(f"a{i}" for i in range(1, 11))
    solution = solve(loads(f"inputs: {{x: 0.3}}\nequations:\n{lines}  f: {total}\nof: f\n"), check=False)
    derived = counted(anew, "backward")
    anew._derivations.cache_clear()
    Mutants(solution).of(solution.by_name["dx"])
    assert 0 < len(derived) < 10


def test_the_roundings_of_an_answer_are_worked_out_together(counted: Counted) -> None:
    """Of entry-by-entry formulas: one evaluation for all runs, not one each."""
    length = 40
    solution = chain(length)
    evaluated, tried = counted(rounding, "evaluate"), counted(rounding, "attempt")
    answers = {f"a{i}": round(0.3 + i / 1000, 4) for i in range(1, length + 1)}
    verdicts = mark(solution, sheet_from_data({"forward": answers}, solution)).verdicts
    assert {verdict.verdict for verdict in verdicts} == {"wrong"}
    assert not tried
    assert 0 < len(evaluated) <= 4 * length


def test_a_right_sheet_takes_no_evaluation(counted: Counted) -> None:
    solution = solve(load("hw3"), check=False)
    grader, evaluated = Grader(solution), [counted(module, "evaluate") for module in (ledger, rounding)]
    answers = {quantity.label: solution.values[quantity.equation] for quantity in quantities(solution)}
    marks = grader.mark(as_sheet(solution, answers))
    assert {verdict.verdict for verdict in marks.verdicts} == {"correct"}
    assert evaluated == [[], []]


def test_a_grader_keeps_little_of_the_sheets_that_it_has_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """How so many answers fit the key, and nothing else."""
    monkeypatch.setattr(against_key, "_MOST", 20)
    solution = solve(load("hw3"), check=False)
    grader, random_ = Grader(solution), np.random.default_rng(1)

    def sheet() -> Sheet:
        off = {q.label: solution.values[q.equation] for q in quantities(solution)}
        off |= {name: value + random_.normal(0, 0.1, value.shape) for name, value in [*off.items()][::5]}
        return as_sheet(solution, off)

    sheets = [sheet() for _ in range(40)]
    for each in sheets[:10]:
        grader.mark(each)
    gc.collect()
    before = len(gc.get_objects())
    for each in sheets[10:]:
        grader.mark(each)
    gc.collect()
    assert len(gc.get_objects()) - before < 100


def test_what_is_remembered_of_answers_is_bounded() -> None:
    """Once so many lists have been read, each new one takes the place of an old one."""

    def read(numbers: range) -> int:
        for number in numbers:
            plain([number, 0.5], {}, (), Axis.COLUMNS, (2, 1))
            plain([[number, 0.5]], {}, (), Axis.COLUMNS, (1, 2))
        gc.collect()
        return len(gc.get_objects())

    full = read(range(6_000))
    assert read(range(6_000, 9_000)) < full + 100


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
