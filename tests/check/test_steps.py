"""Several steps on one sheet: errors are carried from step to step, and a mistake made in each step is one mistake.

The numbers come from a network of three lines of NumPy, which shares nothing with gradcalc.
"""

from __future__ import annotations

import numpy as np
import pytest

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.author.own import check_problem
from gradcalc.check.marking.grader import Grader
from gradcalc.formula.expr import Name
from gradcalc.problem.load import loads
from gradcalc.program.naming import at_step
from gradcalc.program.shown import shown_names
from gradcalc.program.solve import solve
from gradcalc.program.unrolled import unrolled
from gradcalc.report.document import Heading, Verdicts
from gradcalc.report.story.marks import marks_document

TEXT = """
notation: x @ W + b
inputs: [[0.8, -0.4], [0.3, 1.1], [-0.7, 0.5]]
targets: [[0.2], [1.1], [-0.6]]
layers:
  - {weights: [[0.4, -0.9], [0.7, 0.3]], biases: [0.1, -0.2], activation: tanh}
  - {weights: [[0.6], [-0.8]], biases: [0.25]}
loss: half_squared_error
reduction: sum
lr: 0.3
"""
X = np.array([[0.8, -0.4], [0.3, 1.1], [-0.7, 0.5]])
Y = np.array([[0.2], [1.1], [-0.6]])
RATE = 0.3
START = {
    "W1": np.array([[0.4, -0.9], [0.7, 0.3]]),
    "b1": np.array([[0.1, -0.2]]),
    "W2": np.array([[0.6], [-0.8]]),
    "b2": np.array([[0.25]]),
}


def passes(p):
    """Forward and backward pass, by hand."""
    h1 = np.tanh(X @ p["W1"] + p["b1"])
    yhat = h1 @ p["W2"] + p["b2"]
    da2 = yhat - Y
    da1 = (da2 @ p["W2"].T) * (1 - h1**2)
    gradients = {"W1": X.T @ da1, "b1": da1.sum(0, keepdims=True), "W2": h1.T @ da2, "b2": da2.sum(0, keepdims=True)}
    return {"forward": {"h1": h1, "a2": yhat}, "gradients": gradients, "loss": 0.5 * (da2**2).sum()}


def descended(p, gradients, rate=RATE):
    return {name: p[name] - rate * gradients[name] for name in p}


def answered(worked, sections):
    """A step as a student writes it, to four decimals."""
    rounded = {}
    for section in sections:
        part = worked[section]
        rounded[section] = (
            {n: np.round(v, 4).tolist() for n, v in part.items()} if isinstance(part, dict) else round(float(part), 4)
        )
    return rounded


def steps(count, update, sections=("forward", "loss", "gradients", "updated")):
    """A sheet of several steps; `update(number, parameters, passes so far)` gives the new parameters."""
    p, sheet, history = START, {}, []
    for number in range(1, count + 1):
        worked = passes(p)
        history.append(worked)
        worked["updated"] = p = update(number, p, history)
        sheet[number] = answered(worked, sections)
    return {"steps": sheet}


def right(number, p, history):
    return descended(p, history[-1]["gradients"])


@pytest.fixture(scope="module")
def grader():
    return Grader(solve(loads(TEXT)))


def words(grader, data):
    marks = grader.mark(sheet_from_data(data, grader.solution))
    return marks, {verdict.quantity: verdict for verdict in marks.verdicts}


def test_right_steps_are_right(grader):
    marks, found = words(grader, steps(3, right))
    assert {v.verdict for v in found.values()} == {"correct"}
    assert len(found) == 3 * 11
    assert marks.all_right
    assert "steps.3.updated.W1" in found


def test_what_stands_at_the_top_is_step_1(grader):
    sheet = steps(2, right)
    first = sheet["steps"].pop(1)
    _, found = words(grader, {**first, **sheet})
    assert {v.verdict for v in found.values()} == {"correct"}


def test_a_later_step_alone_is_compared_with_the_right_one(grader):
    sheet = {"steps": {3: steps(3, right)["steps"][3]}}
    _, found = words(grader, sheet)
    assert {v.verdict for v in found.values()} == {"correct"}


def test_a_slip_in_one_entry_is_carried_through_the_next_step(grader):
    def update(number, p, history):
        new = right(number, p, history)
        return {**new, "W1": new["W1"] + np.array([[0.2, 0], [0, 0]])} if number == 1 else new

    _, found = words(grader, steps(2, update))
    assert found["updated.W1"].verdict == "wrong"
    assert not found["updated.W1"].mistakes
    assert found["updated.W2"].verdict == "correct"
    later = [v for label, v in found.items() if label.startswith("steps.2.")]
    assert {v.verdict for v in later} <= {"carried", "correct"}
    assert found["steps.2.forward.h1"].verdict == "carried"
    assert found["steps.2.forward.h1"].message == "right, given your new W1"


def test_a_mistake_made_in_each_step_is_said_once(grader):
    _, found = words(grader, steps(3, lambda number, p, history: descended(p, history[-1]["gradients"], 1.0)))
    assert {m.id for m in found["updated.W1"].mistakes} == {"learning-rate-left-out"}
    for number in (2, 3):
        assert found[f"steps.{number}.forward.h1"].verdict == "carried"
        assert found[f"steps.{number}.updated.W1"].message == "the same mistake as in the new W1"


def test_final_parameters_alone_show_what_was_done_in_each_step(grader):
    sheet = steps(2, lambda number, p, history: descended(p, history[-1]["gradients"], 1.0), ("updated",))
    del sheet["steps"][1]
    _, found = words(grader, sheet)
    assert {v.verdict for v in found.values()} == {"wrong"}
    assert all({m.id for m in v.mistakes} == {"learning-rate-left-out"} for v in found.values())


def test_a_step_from_the_first_parameters_again(grader):
    def update(number, p, history):
        history[-1] = passes(START)
        return descended(START, history[-1]["gradients"])

    p = START
    sheet = {"steps": {}}
    for number in (1, 2):
        worked = passes(START)
        worked["updated"] = descended(p, worked["gradients"])
        sheet["steps"][number] = answered(worked, ("forward", "gradients"))
    _, found = words(grader, sheet)
    assert found["forward.h1"].verdict == "correct"
    assert {m.id for m in found["steps.2.forward.h1"].mistakes} == {"old-parameters-used"}


def test_the_gradient_of_the_step_before_used_again(grader):
    sheet = steps(2, lambda number, p, history: descended(p, history[0]["gradients"]), ("updated",))
    _, found = words(grader, sheet)
    assert found["updated.W1"].verdict == "correct"
    first = found["steps.2.updated.W1"]
    assert {m.id for m in first.mistakes} == {"gradient-of-earlier-step"}
    assert "the gradient of step 1 stands here" in first.message


def test_formulas_at_a_later_step(grader):
    data = {"steps": {2: {"gradients": {"W2": "h1.T @ (yhat - y)", "b1": "da1"}, "updated": {"W2": "W2 - lr * dW2"}}}}
    _, found = words(grader, data)
    assert found["steps.2.gradients.W2"].verdict == "correct"
    assert found["steps.2.updated.W2"].verdict == "correct"
    assert found["steps.2.gradients.b1"].verdict == "wrong"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"steps": {0: {"loss": 1}}}, "there is no step 0"),
        ({"steps": {"second": {"loss": 1}}}, "steps are counted from 1"),
        ({"steps": {10**9: {"loss": 1}}}, "is none"),
        ({"steps": {2: 0.5}}, "write a mapping with sections"),
        ({"steps": [1]}, "write a mapping from steps"),
        ({"steps": {2: {"steps": {3: {"loss": 1}}}}}, "don't stand within"),
        ({"steps": {2: {"forward": {"h9": 1}}}}, "there is no"),
    ],
)
def test_what_is_wrong_with_a_step_is_said(grader, data, said):
    _, found = words(grader, data)
    assert [v.verdict for v in found.values()] == ["unreadable"]
    assert said in next(iter(found.values())).message


def test_points_and_what_is_missing(grader):
    points = {"updated.W1": 1, "steps.2.updated.W1": 2, "steps.2.loss": 1}
    sheet = steps(2, right, ("updated",))
    marks = grader.mark(sheet_from_data(sheet, grader.solution), points=points, complete=True)
    assert (marks.score, marks.points) == (3, 4)
    assert {v.quantity for v in marks.verdicts if v.verdict == "missing"} == {"steps.2.loss"}


def test_expected_values_and_misprints_of_later_steps():
    p, losses = START, []
    for _ in range(4):
        worked = passes(p)
        losses.append(worked["loss"])
        p = descended(p, worked["gradients"])
    text = f"""{TEXT}
expected: {{steps: {{"2": {{loss: {losses[1]:.6f}}}, "4": {{loss: {losses[3]:.6f}}}}}}}
misprints: [{{quantity: steps.3.loss, printed: {losses[2] + 0.001:.6f}}}]
points: {{steps.4.loss: 2}}
"""
    check = check_problem(loads(text))
    assert check.passes
    assert check.count == 3
    wrong = check_problem(loads(text.replace(f"{losses[3]:.6f}", f"{losses[3] + 2e-6:.6f}")))
    assert [each.quantity for each in wrong.expected if not each.agrees] == ["steps.4.loss"]


def test_a_report_has_each_step_under_its_heading(grader):
    data = {"updated": {"b2": 1}, "steps": {2: {"forward": {"h1": [[1, 2], [3, 4], [5, 6]]}, "updated": {"W2": "dW2"}}}}
    marks, _ = words(grader, data)
    document = marks_document(marks)
    headings = [block.text for block in document.blocks if isinstance(block, Heading)]
    assert headings[1:4] == ["Verdicts", "Step 2", "The first error"]
    judged = [block for block in document.blocks if isinstance(block, Verdicts)]
    named = [[answer.name.expr.id for each in block.judged for answer in each.answers] for block in judged]
    assert named == [["b2_new"], ["h1", "W2_new"]]
    assert [each.expr for each in judged[1].judged[1].answers[0].yours] == [Name("dW2")]


def test_names_of_later_steps_are_told_apart_from_others(grader):
    solution = unrolled(grader.solution, [2, 12])
    names = shown_names(solution.problem, solution.shapes)
    assert names.unicode(at_step("dW1", 2)) == "∇W¹⁽²⁾"
    assert names.unicode(at_step("h1", 12)) == "h¹⁽¹²⁾"
    assert names.latex(at_step("W1_new", 2)) == r"{W^{1}_{\mathrm{new}}}^{(2)}"


def test_a_given_gradient_is_no_question_of_a_later_step():
    x, w, dh = np.array([[1, 2], [3, 4.0]]), np.array([[1.0], [2.0]]), np.array([[1.0], [2.0]])
    given = "inputs: {x: [[1, 2], [3, 4]]}\nparameters: {w: [1, 2]}\nequations: {h: x @ w}\nupstream: {h: [1, 2]}\n"
    grader = Grader(solve(loads(f"{given}lr: 0.1\n"), check=False))
    new = (w - 0.2 * x.T @ dh).ravel().tolist()
    for off, word in ((0, "correct"), (7, "wrong")):
        data = {"steps": {"2": {"updated": {"w": [new[0] + off, new[1]]}}}}
        marks = grader.mark(sheet_from_data(data, grader.solution))
        assert [verdict.verdict for verdict in marks.verdicts] == [word]


def test_the_last_step_of_two_epochs_of_three_samples_is_the_sixth():
    text = f"{TEXT}batch_size: 1\nepochs: 2\npoints: {{steps.last.updated.W2: 3}}\n"
    solution = solve(loads(text))
    assert solution.problem.points == {"steps.6.updated.W2": 3}
    sheet = sheet_from_data({"steps": {"last": {"updated": {"W2": [0, 0]}}}}, solution)
    assert [answer.quantity for answer in sheet.answers] == ["steps.6.updated.W2"]
