"""A result is a line of a file and comes back from it."""

import json
import pickle

import pytest

import gradcalc
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.classes.model import Result
from gradcalc.report.story.marks import marks_data


def result(sheet):
    solution = gradcalc.solve(gradcalc.load("hw3"))
    data = marks_data(mark(solution, sheet_from_data(sheet, solution)))
    return Result("017", "a.yaml", "marked", marks=data, name=str(data.pop("name", "")), number=3)


@pytest.mark.parametrize("sheet", [{"loss": 0.1, "name": "Ada"}, {"forward": {"yhat": 0.5}}, {}])
def test_a_result_comes_back_from_a_line(sheet):
    made = result(sheet)
    assert Result.from_data(json.loads(json.dumps(made.to_data()))) == made
    assert pickle.loads(pickle.dumps(made)) == made


def test_it_says_whether_all_is_right():
    loss = gradcalc.solve(gradcalc.load("hw3")).loss
    assert result({"loss": round(loss, 4)}).all_right
    assert not result({"loss": loss + 1}).all_right
    assert not Result("017", "a.yaml", "unreadable", "no YAML").all_right


@pytest.mark.parametrize("data", [{}, {"student": "017"}, {"student": "1", "file": "a", "status": "fine"}])
def test_other_data_is_no_result(data):
    with pytest.raises(ValueError, match="a student, a file and a status"):
        Result.from_data(data)


def test_it_can_hold_what_was_answered():
    """Where that isn't correct: what a class has wrong in common is found from it."""
    solution = gradcalc.solve(gradcalc.load("hw3"))
    sheet = {
        "loss": round(solution.loss, 4),
        "gradients": {"W2": [[9.5, None], [1, 2]]},
        "forward": {"yhat": 7.25, "a1": "what"},
    }
    data = marks_data(mark(solution, sheet_from_data(sheet, solution)), answers=True)
    answered = {each["quantity"]: each.get("answer") for each in data["verdicts"]}
    json.dumps(data, allow_nan=False)
    assert answered == {
        "loss": None,
        "forward.a1": "what",
        "forward.yhat": 7.25,
        "gradients.W2": [[9.5, None], [1.0, 2.0]],
    }
