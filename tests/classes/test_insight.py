"""What a class got wrong: counted here a second time by hand, on sheets whose mistakes are known."""

import csv
import re
from functools import cache

import numpy as np
import pytest

import gradcalc
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.grader import Grader
from gradcalc.classes.export.table import class_table
from gradcalc.classes.insight.blocks import Story, percent
from gradcalc.classes.insight.counts import Insight
from gradcalc.classes.insight.data import insight_data
from gradcalc.classes.model import Result
from gradcalc.classes.summary import Tally, summary_document
from gradcalc.report.formats import FORMATS, Report, render
from gradcalc.report.page import Page
from gradcalc.report.story.marks import marks_data


@cache
def grader():
    return Grader(gradcalc.solve("hw3", check=False))


def right(name):
    return grader().solution.values[name].round(4)


def updated_on_the_way_back():
    """dh1 of who goes back through W2 after it was updated, by the chain rule: W2_new @ da2."""
    values = grader().solution.values
    return (values["W2_new"] @ values["da2"]).round(4)


STRANGE = [[0.3333, -0.5], [0.25, 0.125]]
OTHER, THIRD = [[0.1234], [0.5678]], [[0.4321], [-0.8765]]


def sheets():
    """Twenty: 8 with the updated W2, 4 with a strange dW2, 2 with the same strange da1 and db1, 1 without yhat."""
    for number in range(20):
        sheet = {
            "yhat": right("yhat"),
            "dh1": right("dh1"),
            "dW2": right("dW2"),
            "da1": right("da1"),
            "db1": right("db1"),
        }
        if number < 8:
            del sheet["da1"], sheet["db1"]
            sheet["dh1"] = updated_on_the_way_back()
        elif number < 12:
            sheet["dW2"] = np.array(STRANGE)
        elif number < 14:
            sheet["da1"], sheet["db1"] = np.array(OTHER), np.array(THIRD)
        elif number == 14:
            del sheet["yhat"]
        yield {name: value.tolist() for name, value in sheet.items()}


@cache
def results():
    points = {"forward.yhat": 1, "gradients.h1": 2, "gradients.W2": 1, "gradients.a1": 1, "gradients.b1": 1}
    found = []
    for number, sheet in enumerate(sheets(), 1):
        marks = grader().mark(sheet_from_data(sheet, grader().solution), points=points)
        data = marks_data(marks, answers=True)
        found.append(Result(f"s{number:02}", f"s{number:02}.yaml", "marked", marks=data, number=number))
    return (*found, Result("late", "late.yaml", "unreadable", "no YAML"))


def insight(those=None):
    found = Insight()
    for result in results() if those is None else those:
        found.add(result)
    return found


def test_verdicts_are_counted_quantity_by_quantity():
    data = insight_data(insight())
    assert list(data["quantities"]) == ["forward.yhat", "gradients.W2", "gradients.h1", "gradients.a1", "gradients.b1"]
    assert data["quantities"]["forward.yhat"] == {"correct": 19, "missing": 1}
    assert data["quantities"]["gradients.h1"] == {"correct": 12, "wrong": 8}
    assert data["quantities"]["gradients.W2"] == {"correct": 16, "wrong": 4}
    assert data["quantities"]["gradients.a1"] == {"correct": 10, "wrong": 2, "missing": 8}


def test_an_answer_given_twice_counts_once_as_the_one_that_is_marked():
    sheet = {"gradients": {"yhat": right("dyhat").tolist(), "dyhat": [1, 2]}}
    marks = marks_data(grader().mark(sheet_from_data(sheet, grader().solution)), answers=True)
    twice = Result("ann", "ann.yaml", "marked", marks=marks)
    assert [each["verdict"] for each in marks["verdicts"]] == ["correct", "unreadable"]
    assert insight_data(insight([twice]))["quantities"] == {"gradients.yhat": {"correct": 1}}
    head, row = csv.reader(class_table([twice]).splitlines())
    assert dict(zip(head, row, strict=True))["gradients.yhat"] == "correct"
    assert dict(zip(head, row, strict=True))["gradients.yhat points"] == "1"


def test_the_commonest_mistake_is_named_with_how_many_made_it():
    first = insight_data(insight())["mistakes"][0]
    assert (first["quantity"], first["count"]) == ("gradients.h1", 8)
    assert first["ids"] == ["updated-weights-in-backprop"]


def test_what_many_share_and_no_mistake_explains_is_told():
    (found,) = insight_data(insight())["unexplained"]
    assert found == {"quantity": "gradients.W2", "answer": STRANGE, "count": 4}


def test_pairs_with_the_same_unusual_numbers_are_told():
    (pair,) = insight_data(insight())["alike"]
    assert pair == {"students": ["s13", "s14"], "quantities": ["gradients.a1", "gradients.b1"], "numbers": 4}


def answering(number, **sheet):
    marks = grader().mark(sheet_from_data(sheet, grader().solution))
    return Result(f"s{number}", "", "marked", marks=marks_data(marks, answers=True), number=number)


@pytest.mark.parametrize(
    ("sheet", "students"),
    [
        ({"da1": OTHER}, 2),  # two wrong numbers alike may be chance
        ({"dW2": [[0, 1], [-1, 0]]}, 2),  # what anybody may write
        ({"dW2": STRANGE}, 4),  # what many write isn't unusual
        ({"dW2": (-right("dW2")).tolist()}, 2),  # a mistake that is known
    ],
)
def test_what_is_no_sign_of_anything_is_not_told_of_pairs(sheet, students):
    assert insight([answering(number, **sheet) for number in range(students)]).pairs == []
    three = [answering(number, dW2=STRANGE) for number in range(3)]
    assert [pair.students for pair in insight(three).pairs] == [("s0", "s1"), ("s0", "s2"), ("s1", "s2")]


def test_points_are_spread_over_tenths():
    # Of 6 points, 2 are lost with dh1 and 2 with da1 and db1 missing; 1 with dW2; 2 with da1 and db1; 1 with yhat.
    lost = {"a third": 8, "five sixths": 5, "two thirds": 2, "all": 5}
    bins = insight_data(insight())["distribution"]
    assert bins == [0, 0, 0, lost["a third"], 0, 0, lost["two thirds"], 0, lost["five sixths"], 0, lost["all"]]
    assert sum(bins) == 20


@pytest.mark.parametrize("form", FORMATS)
def test_it_can_be_read_in_every_format(form):
    if FORMATS[form].of not in ("document", "illustrated"):
        pytest.skip("for programs")
    tally = Tally()
    for result in results():
        tally.add(result)
    text = render(Report(lambda: summary_document(tally, grader().solution)), FORMATS[form], Page(80))
    for said in ("40", "late", "0.3333"):
        assert said in text
    assert "The new weights were used on the way back." in " ".join(text.split())
    if form == "table":
        row = next(line for line in text.splitlines() if line.startswith("ŷ "))
        assert re.search("█{19}·", row)


def test_no_bar_is_longer_than_its_place_and_nothing_is_rounded_away():
    assert [percent(each) for each in (0, 0.004, 0.5, 0.996, 1)] == ["0%", "<1%", "50%", ">99%", "100%"]


def test_a_class_without_marks_has_nothing_to_tell():
    assert [*Story(Insight(), None).blocks()] == []
