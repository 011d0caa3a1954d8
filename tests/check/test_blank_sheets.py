"""Empty sheets name every quantity; a sheet filled from the solution scores full marks, on every problem."""

import numpy as np
import pytest
from bundled import WORKED, solved

from gradcalc.check.answers.blank import blank_sheet, filled_sheet, written
from gradcalc.check.answers.read import sheet_from_document
from gradcalc.check.marking.mark import mark
from gradcalc.formula.shapes import spell
from gradcalc.formula.table import Axis
from gradcalc.problem.load import load, loads
from gradcalc.problem.source import read_text
from gradcalc.program.sections import quantities
from gradcalc.program.solve import solve

HW3 = solve(load("hw3"), check=False)


def test_the_empty_sheet_of_the_example():
    assert blank_sheet(HW3).splitlines()[:10] == [
        "# HW 3, problem 2: a 2-2-2 network, one step of gradient descent",
        "# Numbers to 4 decimals, or formulas over the quantities before them.",
        "# A vector is a list such as [1, 2], a matrix a list of rows such as [[1, 2], [3, 4]]. Any part will do.",
        "forward:",
        "  a1:     # 2×1",
        "  h1:     # H, 2×1",
        "  a2:     # 2×1",
        "  yhat:   # ŷ, 2×1",
        "loss:   # a number",
        "gradients:",
    ]


@pytest.mark.parametrize("name", WORKED)
def test_an_empty_sheet_asks_for_everything_and_answers_nothing(name):
    solution = solved(name)
    text = blank_sheet(solution)
    answers = sheet_from_document(read_text(text), solution).answers
    assert [answer.quantity for answer in answers] == [quantity.label for quantity in quantities(solution)]
    assert all((a.numbers, a.formula, a.unreadable) == (None, None, "") for a in answers)
    shapes = [spell(solution.on_paper(quantity.equation).shape) for quantity in quantities(solution)]
    comments = [line.rpartition("# ")[2] for line in text.splitlines() if "  # " in line]
    assert [comment.rpartition(", ")[2] for comment in comments] == shapes


@pytest.mark.parametrize("name", WORKED)
def test_a_filled_sheet_scores_full_marks(name):
    solution = solved(name)
    sheet = sheet_from_document(read_text(filled_sheet(solution)), solution)
    marks = mark(solution, sheet)
    assert marks.score == marks.points == len(quantities(solution))
    assert {verdict.verdict for verdict in marks.verdicts} == {"correct"}


def test_a_sheet_asks_for_what_has_points():
    problem = loads("inputs: {x: 3}\nequations: {f: x * x, g: 2 * f}\nof: g\npoints: {gradients.f: 2, forward.g: 1}\n")
    solution = solve(problem, check=False)
    answers = sheet_from_document(read_text(blank_sheet(solution)), solution).answers
    assert [answer.quantity for answer in answers] == ["forward.g", "gradients.f"]


def test_digits_can_be_asked_for():
    hidden = 1 / (1 + np.exp(-4))
    first = 1 / (1 + np.exp((3 * hidden + 3 * 0.5 - 2) - (2 * hidden + 4 * 0.5 - 1)))
    assert f"  yhat: [{first:.6f}, {1 - first:.6f}]" in filled_sheet(HW3, digits=6)
    assert "# Numbers to 1 decimal," in blank_sheet(HW3, digits=1)


@pytest.mark.parametrize(
    ("value", "axis", "text"),
    [
        (np.array(0.5), Axis.COLUMNS, "0.50"),
        (np.array(-0.001), Axis.COLUMNS, "0.00"),
        (np.array([[1.0], [2.0]]), Axis.COLUMNS, "[1.00, 2.00]"),
        (np.array([[1.0, 2.0]]), Axis.COLUMNS, "[[1.00, 2.00]]"),
        (np.array([[1.0, 2.0]]), Axis.ROWS, "[1.00, 2.00]"),
        (np.array([[1.0], [2.0]]), Axis.ROWS, "[[1.00], [2.00]]"),
        (np.array([[3.0]]), Axis.ROWS, "[3.00]"),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), Axis.ROWS, "[[1.00, 2.00], [3.00, 4.00]]"),
        (np.array([[np.nan], [2.0]]), Axis.COLUMNS, ""),
    ],
)
def test_values_as_sheets_have_them(value, axis, text):
    assert written(value, 2, axis) == text


def test_names_that_yaml_takes_for_something_else():
    solution = solve(
        loads("inputs: {x: 2}\nequations: {'null': 'x * x', 'true': 'null + 1'}\nof: 'true'\n"), check=False
    )
    answers = sheet_from_document(read_text(filled_sheet(solution)), solution).answers
    assert [a.quantity for a in answers][:2] == ["forward.null", "forward.true"]
    assert mark(solution, sheet_from_document(read_text(filled_sheet(solution)), solution)).score == len(answers)


def test_a_title_of_several_lines_stays_a_comment():
    solution = solve(loads('title: "two\\nlines"\ninputs: {x: 2}\nequations: {f: x * x}\nof: f\n'), check=False)
    assert blank_sheet(solution).startswith("# two\n# lines\n# Numbers")
