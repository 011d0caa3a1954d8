import json

import numpy as np
import pytest

import gradcalc
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis
from gradcalc.program.descent import take_steps
from gradcalc.program.problem import Equation, Problem
from gradcalc.report.as_json import NOT_FINITE, plain_value, render
from gradcalc.report.page import Page
from gradcalc.report.story.solution import solution_data
from gradcalc.report.story.steps import descent_data


def read(data):
    return json.loads(render(data, Page()), parse_constant=pytest.fail)


@pytest.fixture(scope="module")
def hw3():
    return read(solution_data(gradcalc.solve(gradcalc.load("hw3"))))


def test_the_form_is_the_one_that_other_programs_rely_on(hw3):
    assert list(hw3) == ["title", "source", "equations", "values", "verification", "warnings"]
    assert all(list(eq) == ["section", "name", "formula", "latex", "shape", "value"] for eq in hw3["equations"])
    assert list(hw3["values"]) == ["forward", "loss", "gradients", "updated", "after"]
    assert list(hw3["verification"]) == ["method", "max_relative_error", "kinks"]
    assert list(hw3["values"]["after"]) == ["a1", "h1", "a2", "yhat", "loss"]
    assert hw3["warnings"] == []


def test_the_method_says_what_was_moved_and_what_was_left_out(hw3):
    assert hw3["verification"]["method"] == "central differences, every entry"
    infinite = Problem(
        parameters={"w": np.array(0.0), "v": np.array(1.0)},
        forward=(Equation("forward", "loss", parse("sqrt(w) + v")),),
        objective="loss",
    )
    data = solution_data(gradcalc.solve(infinite))
    assert data["verification"]["method"] == "central differences, every entry, finite gradients only"


def test_the_numbers_are_those_of_the_course_with_every_digit(hw3):
    values = hw3["values"]
    assert values["forward"]["h1"] == pytest.approx([1 / (1 + np.exp(-4.0)), 0.5], rel=1e-15)
    assert values["forward"]["yhat"] == pytest.approx([0.6267, 0.3733], abs=5e-5)  # (16)
    assert values["loss"] == pytest.approx(0.3927, abs=5e-5)  # (31)
    assert np.allclose(values["gradients"]["W2"], [[0.2880, -0.2880], [0.1466, -0.1466]], atol=5e-5)  # (19)
    assert np.allclose(values["updated"]["W1"], [[3.0026, 5.9633], [4, 5]], atol=5e-5)  # (27)
    assert values["after"]["loss"] == pytest.approx(0.2146, abs=5e-5)  # (32)


def test_equations_tell_rule_shape_and_value(hw3):
    equation = next(eq for eq in hw3["equations"] if eq["name"] == "dW2")
    assert equation["section"] == "backward"
    assert equation["formula"] == "h1 @ da2.T"
    assert equation["latex"].startswith(r"\nabla W^2 = H")
    assert equation["shape"] == [2, 2]


def test_vectors_are_flat_and_matrices_nested():
    assert plain_value(np.array([[1.0], [2.0]]), Axis.COLUMNS) == [1.0, 2.0]
    assert plain_value(np.array([[1.0], [2.0]]), Axis.ROWS) == [[1.0], [2.0]]
    assert plain_value(np.array([[1.0, 2.0]]), Axis.ROWS) == [1.0, 2.0]
    assert plain_value(np.array([[1.0, 2.0]]), Axis.COLUMNS) == [[1.0, 2.0]]
    assert plain_value(np.array([[1.0]]), Axis.ROWS) == [1.0]
    assert plain_value(np.array(0.1), Axis.ROWS) == 0.1


def test_numbers_that_are_not_finite_are_null_and_it_is_said():
    problem = Problem(
        inputs={"x": np.array([[1.0], [1000.0]])},
        forward=(Equation("forward", "h", parse("exp(x)")), Equation("forward", "loss", parse("sum(h)"))),
        objective="loss",
    )
    data = read(solution_data(gradcalc.solve(problem)))
    assert data["values"]["forward"]["h"] == [pytest.approx(np.e), None]
    assert data["values"]["loss"] is None
    assert NOT_FINITE in data["warnings"]


def test_text_is_ascii_where_nothing_else_can_be_shown():
    assert render({"title": "ŷ"}, Page(ascii_only=True)).isascii()
    assert "ŷ" in render({"title": "ŷ"}, Page())


def test_the_layout_keeps_lists_of_numbers_on_a_line():
    text = render({"a": [[1.0, 2.0], [3.0, 4.0]], "b": [], "c": {}, "d": ["x [", "]"]}, Page())
    assert '"a": [[1.0, 2.0], [3.0, 4.0]]' in text
    assert json.loads(text) == {"a": [[1, 2], [3, 4]], "b": [], "c": {}, "d": ["x [", "]"]}


def test_steps_continue_from_each_other():
    problem = gradcalc.load("hw3")
    data = read(descent_data(take_steps(problem, 3)))
    assert [step["step"] for step in data["steps"]] == [1, 2, 3]
    assert data["steps"][0]["loss_after"] == data["steps"][1]["loss_before"]
    assert data["parameters"] == data["steps"][-1]["updated"]
    assert data["lr"] == 0.5
    losses = [step["loss_after"] for step in data["steps"]]
    assert losses == sorted(losses, reverse=True)


def test_three_steps_are_one_step_done_three_times():
    from dataclasses import replace

    problem = gradcalc.load("hw3")
    for _ in range(3):
        problem = replace(problem, parameters=gradcalc.solve(problem).updated)
    last = take_steps(gradcalc.load("hw3"), 3).parameters
    for name, value in problem.parameters.items():
        assert np.allclose(last[name], value, rtol=1e-12)
