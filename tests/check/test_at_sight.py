"""What is read and marked faster is read and marked the same.

Plain lists of numbers, sheets that are all right, right answers among others, and mistakes whose numbers are kept.
"""

import random
import re
from dataclasses import fields, replace
from itertools import pairwise

import numpy as np
import pytest
import yaml
from random_problems import random_problem
from slow import mostly_slow
from test_cases import CASES

from gradcalc.check.answers import entries, layouts
from gradcalc.check.answers.blank import filled_sheet
from gradcalc.check.answers.read import sheet_from_document
from gradcalc.check.marking.fitting import Fitting
from gradcalc.check.marking.grader import Grader
from gradcalc.check.marking.marker import Marker
from gradcalc.check.mistakes.catalogue import Mutants
from gradcalc.check.mistakes.search import Search
from gradcalc.errors import GradcalcError
from gradcalc.formula.evaluate import attempt, evaluate
from gradcalc.problem.load import load, loads
from gradcalc.problem.source import read_text
from gradcalc.program.solve import solve

HW3 = Grader(solve(load("hw3"), check=False))
NUMBER = re.compile(r"-?\d+\.\d+")
ODD = (
    "null",
    "",
    "1/3",
    "0x10",
    ".inf",
    "1e400",
    '"0.5"',
    "x",
    "[1]",
    "+.5",
    "3",
    "0,5",
    "½",
    "1 2",
    "{a: 1}",
    "true",
    "7e-1",
)


def handed_in(text, seed):
    """A filled sheet as somebody may hand it in: slips, gaps and odd numbers in one place or many, answers left out."""
    by_chance = random.Random(seed)
    lines = [line.partition("#")[0].rstrip() for line in text.splitlines()]
    places = [i for i, line in enumerate(lines) if NUMBER.search(line)]
    kind = by_chance.choice(("one number", "one answer", "many", "left out"))
    if kind == "left out":
        places = by_chance.sample(places, len(places) // 3)
        return "\n".join(line for i, line in enumerate(lines) if i not in places or not line.startswith(" "))
    if kind == "many":
        return "\n".join(NUMBER.sub(lambda found: odd(found[0], by_chance, 0.2), line) for line in lines)
    place = by_chance.choice(places)
    if kind == "one number":
        turn = iter(by_chance.sample((1.0, 0.0, 0.0, 0.0), 4))
        lines[place] = NUMBER.sub(lambda found: odd(found[0], by_chance, next(turn, 0.0)), lines[place])
    else:
        key, _, value = lines[place].partition(": ")
        lines[place] = f"{key}: {laid_out_otherwise(NUMBER.findall(value), by_chance)}"
    return "\n".join(lines)


def odd(number, by_chance, how_often):
    if by_chance.random() >= how_often:
        return number
    slip = f"{float(number) + by_chance.choice((-1, 1, 5)) * 1e-4:.4f}"
    few = f"{float(number):.{by_chance.randrange(4)}f}"
    return by_chance.choice((slip, few, few, f"{float(number):.3e}", number[:-1], *by_chance.sample(ODD, 3)))


def laid_out_otherwise(numbers, by_chance):
    """Numbers in rows, in a column, with decimal commas, with one too few; a single one as a list."""
    rows = [numbers[::2], numbers[1::2]]
    commas = f"[{', '.join(numbers).replace('.', ',')}]"
    ways = (numbers, rows, [numbers], [[each] for each in numbers], numbers[1:], [*numbers, *numbers])
    texts = [str(way).replace("'", "") for way in ways]
    return by_chance.choice((commas, texts[1].replace(".", ","), *texts))


def as_plain(value):
    """Something of a verdict or an answer in a form that can be compared."""
    if isinstance(value, np.ndarray | np.bool_):
        return str(value.dtype), value.shape, repr(value.tolist())  # in which nan is nan
    if hasattr(value, "__dataclass_fields__"):
        return [as_plain(getattr(value, each.name)) for each in fields(value) if each.compare]
    if isinstance(value, dict):
        return {key: as_plain(inner) for key, inner in value.items()}
    return [as_plain(inner) for inner in value] if isinstance(value, tuple | list) else value


def read_and_marked(grader, text):
    """The sheet and its verdicts; or why there are none."""
    try:
        sheet = sheet_from_document(read_text(text, lenient=True), grader.solution)
    except GradcalcError as error:
        return str(error)
    marks = grader.mark(sheet)
    return as_plain(sheet.answers), [str(each.span) for each in sheet.answers], as_plain(marks.verdicts), marks.labels


def worked_out(mutants, equation, base):
    return [attempt(each.expr, base, mutants.solution.problem.axis) for each in mutants.of(equation)]


def the_long_way(monkeypatch, grader, text):
    with monkeypatch.context() as changed:
        changed.setattr(entries, "plain", lambda *args: None)
        changed.setattr(layouts, "spellings", lambda *args: None)
        changed.setattr(Marker, "is_all_right", False)
        changed.setattr(Fitting, "right", lambda *args: None)
        changed.setattr(Mutants, "values", worked_out)
        changed.setattr(Search, "near", lambda self, values, slack: range(len(values)))
        return read_and_marked(grader, text)


def test_a_right_sheet_takes_them(monkeypatch):
    """Without this the other tests could compare the long way with itself."""
    monkeypatch.setattr(Marker, "one_by_one", None)
    _, _, verdicts, _ = read_and_marked(HW3, filled_sheet(HW3.solution))
    assert len(verdicts) == 23
    assert {verdict[1] for verdict in verdicts} == {"correct"}


@pytest.mark.parametrize("seed", mostly_slow(range(40), 0))
def test_sheets_of_hw3(monkeypatch, seed):
    text = filled_sheet(HW3.solution, digits=4 + seed % 3)
    for number in range(100 * seed, 100 * seed + 60):
        handed = handed_in(text, number)
        assert read_and_marked(HW3, handed) == the_long_way(monkeypatch, HW3, handed), handed


@pytest.mark.parametrize("seed", mostly_slow(range(100), 0, 1, 2, 3, 4, 5))
def test_sheets_of_random_problems(monkeypatch, seed):
    solution, _ = random_problem(np.random.default_rng(seed))
    grader, text = Grader(solution), filled_sheet(solution)
    for number in range(8):
        handed = handed_in(text, number)
        assert read_and_marked(grader, handed) == the_long_way(monkeypatch, grader, handed), handed


@pytest.mark.parametrize("seed", mostly_slow(range(60), 1, 2, 3))
def test_sheets_with_mistakes_carried_on(monkeypatch, seed):
    """One mistake by itself, and the same after another, where its numbers are others."""
    by_chance, (solution, _) = random.Random(seed), random_problem(np.random.default_rng(seed))
    grader = Grader(solution)
    wrong = {each.name: made for each in solution.equations if (made := a_mistake(each, grader, by_chance)) is not None}
    for first, then in pairwise(name for name in wrong if by_chance.random() < 0.5):
        for made in ({then}, {first, then}):
            handed = filled_sheet(carried(solution, {name: wrong[name] for name in made}))
            for text in (handed, handed_in(handed, seed)):
                assert read_and_marked(grader, text) == the_long_way(monkeypatch, grader, text), text


def a_mistake(equation, grader, by_chance):
    """A wrong formula whose value has the right shape."""
    mutants, shape = grader.formulas.mutants, grader.solution.shapes[equation.name]
    made = zip(mutants.of(equation), worked_out(mutants, equation, grader.solution.values), strict=True)
    found = [mutation.expr for mutation, value in made if value is not None and value.shape == shape]
    return by_chance.choice(found) if found else None


def carried(solution, wrong):
    """The solution with other formulas for some quantities, and what follows from that."""
    values = dict(solution.values)
    for each in solution.equations:
        value = evaluate(wrong.get(each.name, each.expr), values, solution.problem.axis)
        values[each.name] = np.broadcast_to(value, solution.shapes[each.name])
    return replace(solution, values=values)


@pytest.mark.parametrize("tenth", mostly_slow(range(40), 0))
def test_what_people_really_did(monkeypatch, tenth):
    for path in sorted(CASES.glob("*.yaml"))[tenth::40]:
        case = yaml.safe_load(path.read_text(encoding="utf-8"))
        grader = Grader(solve(loads(case["problem"]), check=False))
        assert read_and_marked(grader, case["answers"]) == the_long_way(monkeypatch, grader, case["answers"]), path.stem
