"""`solve --no-inputs`: the gradients of the inputs aren't told, and everything else is."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import groupby

import pytest
from bundled import WORKED, loaded, solved

from gradcalc.check.answers.blank import asked_by_step
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.errors import InputError
from gradcalc.problem.load import load, loads
from gradcalc.program.solve import solve
from gradcalc.program.told import as_told
from tests.running import run


def told(*more: str) -> list[str]:
    return run("solve", *more, "--format", "plain").stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "count"), [(("hw3",), 1), (("hw3", "--steps", "2"), 2), (("negnevitsky",), 3), (("hw3", "--expand"), 3)]
)
def test_gradients_of_inputs_alone_are_left_out(words, count):
    whole, without = told(*words), told(*words, "--no-inputs")
    left_out = [line for line in whole if line not in without]
    assert [line for line in whole if line in without] == without
    assert len(left_out) >= count
    assert all(line.split(" ")[0].strip(":").startswith(("∇x", "dx")) for line in left_out)


def test_data_for_programs_have_them_in_any_case():
    data = json.loads(run("solve", "hw3", "--no-inputs", "--format", "json").stdout)
    assert "x" in data["values"]["gradients"]


NET = """
inputs: [1, 0.5]
targets: [1]
layers: [{weights: [[0.4], [-0.2]], activation: sigmoid}]
loss: half_squared_error
show: parameters
"""


def shown_gradients(*words: str) -> set[str]:
    return {line.split(" ")[0] for line in told(*words) if line.startswith("d") and " = " in line}


def test_a_problem_may_say_so_and_the_command_line_says_otherwise(tmp_path):
    file = tmp_path / "net.yaml"
    file.write_text(NET)
    assert "dx" not in shown_gradients(str(file))
    assert "dW1" in shown_gradients(str(file))
    assert "dx" in shown_gradients(str(file), "--inputs")
    assert "dx" in shown_gradients("hw3")


def test_what_is_not_shown_is_not_asked():
    solution = solve(loads(NET), check=False)
    (step,) = asked_by_step(solution)
    labels = [quantity.label for quantity in step.quantities]
    assert "gradients.W1" in labels
    assert "gradients.x" not in labels
    marks = mark(solution, sheet_from_data({"forward": {"a1": 0.3}}, solution), complete=True)
    assert "gradients.x" not in [verdict.quantity for verdict in marks.verdicts]


def test_who_answers_it_all_the_same_is_marked():
    solution = solve(loads(NET), check=False)
    right = [float(number) for number in solution.values["dx"].ravel()]
    marks = mark(solution, sheet_from_data({"gradients": {"x": right}}, solution))
    assert [(v.quantity, v.verdict) for v in marks.verdicts] == [("gradients.x", "correct")]
    assert marks.score == 1


def test_points_decide_before_that():
    solution = solve(loads(NET + "points: {gradients.x: 2}\n"), check=False)
    (step,) = asked_by_step(solution)
    assert [quantity.label for quantity in step.quantities] == ["gradients.x"]


def test_another_word_is_refused():
    with pytest.raises(InputError, match="show is nothing: it must be inputs or parameters"):
        loads(NET.replace("show: parameters", "show: nothing"), "f")


@pytest.mark.parametrize("name", [name for name in WORKED if loaded(name).form == "vertices"])
def test_gradients_of_a_graph_are_told_and_asked_in_the_order_of_the_way_back(name):
    """A report and a sheet have one order: vertex by vertex, each after all to which it leads."""
    problem, solution = loaded(name), solved(name)
    equations = [each.name for each in as_told(solution.equations, problem) if each.section == "backward"]
    assert sorted(equations) == sorted(each.name for each in solution.equations if each.section == "backward")
    vertices = [problem.unit_of[name.removeprefix("d")] for name in equations if name.startswith(("do_", "da_", "dw_"))]
    forward = [unit.name for unit in problem.units]
    together = [vertex for vertex, _ in groupby(vertices)]
    assert together == [vertex for vertex in reversed(forward) if vertex in together]
    lines = [line.split(" ")[0] for line in told(name) if line.startswith("d") and " = " in line]
    assert list(dict.fromkeys(lines)) == equations
    (step,) = asked_by_step(solve(replace(problem, points={}), check=False))
    assert [each.equation for each in step.quantities if each.section == "gradients"] == equations


def test_other_problems_are_told_as_they_are_calculated():
    problem = load("hw3")
    equations = solve(problem, check=False).equations
    assert as_told(equations, problem) == [*equations]
