"""Answer sheets: what each answer is, by which names, and why one can't be read while the others are."""

import json
import math

import numpy as np
import pytest

from gradcalc.check.answers.read import read_answer, read_sheet, sheet_from_data, sheet_from_document
from gradcalc.check.marking.mark import mark
from gradcalc.errors import InputError, UsageError
from gradcalc.formula.parse import parse
from gradcalc.problem.load import load, loads
from gradcalc.problem.source import read_text
from gradcalc.program.quantities import of_solution
from gradcalc.program.sections import quantities
from gradcalc.program.solve import solve

HW3 = solve(load("hw3"), check=False)
GRAPH = solve(load("han-kamber"), check=False)
NAMED = solve(
    loads(
        """
inputs: {x: [1, 2]}
parameters: {w: [3, -1]}
equations: {s: "dot(w, x)", f: "s ** 2"}
of: f
lr: 0.1
"""
    ),
    check=False,
)


def sheet(text, solution=HW3):
    return sheet_from_document(read_text(text, "answers.yaml", lenient=True), solution)


def only(text, solution=HW3):
    (answer,) = sheet(text, solution).answers
    return answer


def reasons(text, solution=HW3):
    return {answer.quantity: answer.unreadable for answer in sheet(text, solution).answers}


def test_the_sheet_of_the_design_is_read():
    found = sheet(
        """
forward:   {h1: [0.982, 0.5], yhat: [0.6267, 0.3733]}
loss: 0.3927
gradients: {yhat: [0.6267, -0.6267], W2: [[0.2880, -0.2880], [0.1466, -0.1466]], W1: "x @ da1.T"}
updated:   {W2: [[1.8560, 3.1440], [3.9267, 3.0733]]}
after:     {h1: [0.9821, 0.4817], yhat: [0.4633, 0.5367], loss: 0.2146}
"""
    )
    assert [(a.quantity, a.name) for a in found.answers] == [
        ("forward.h1", "h1"),
        ("forward.yhat", "yhat"),
        ("loss", "loss"),
        ("gradients.yhat", "dyhat"),
        ("gradients.W2", "dW2"),
        ("gradients.W1", "dW1"),
        ("updated.W2", "W2_new"),
        ("after.h1", "h1_new"),
        ("after.yhat", "yhat_new"),
        ("after.loss", "loss_new"),
    ]
    assert not any(answer.unreadable for answer in found.answers)
    by_name = {answer.name: answer for answer in found.answers}
    assert by_name["dW2"].numbers.values.tolist() == [[0.288, -0.288], [0.1466, -0.1466]]
    assert np.allclose(by_name["dW2"].numbers.unit, 1e-4)
    assert by_name["h1"].numbers.unit.tolist() == [[1e-3], [0.1]]
    assert by_name["dW1"].formula == parse("x @ da1.T")
    assert by_name["dW1"].text == "x @ da1.T"
    assert by_name["loss"].numbers.values.shape == ()
    assert found.path == "answers.yaml"
    assert (by_name["dW2"].span.line, by_name["dW2"].span.path) == (4, "answers.yaml")


def test_json_is_yaml(tmp_path):
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"loss": 0.39, "gradients": {"W1": [[1, 2], [3, 4]], "b1": None}}))
    found = read_sheet(str(path), HW3).answers
    assert [a.quantity for a in found] == ["loss", "gradients.W1", "gradients.b1"]
    assert found[0].numbers.unit == 0.01
    assert found[2].numbers is None
    assert found[2].unreadable == ""


@pytest.mark.parametrize("empty", ["", "null", "~", '""', "[]", "[null, null]", "'  '"])
def test_an_answer_may_be_left_empty(empty):
    answer = only(f"gradients:\n  b1: {empty}\n")
    assert (answer.name, answer.numbers, answer.formula, answer.unreadable) == ("db1", None, None, "")


def test_a_section_may_be_left_empty():
    assert sheet("forward:\ngradients:\nloss: 1\n").answers[0].quantity == "loss"


@pytest.mark.parametrize(
    ("section", "written", "name"),
    [
        ("forward", "ŷ", "yhat"),
        ("forward", " h1 ", "h1"),
        ("forward", "h¹", "h1"),
        ("forward", "loss", "loss"),
        ("gradients", "dW1", "dW1"),
        ("gradients", "∇W²", "dW2"),
        ("gradients", "∇ŷ", "dyhat"),
        ("updated", "W1_new", "W1_new"),
        ("after", "yhat_new", "yhat_new"),
        ("after", "ŷ", "yhat_new"),
    ],
)
def test_names_in_their_usual_spellings(section, written, name):
    assert only(f"{section}: {{'{written}': 1}}").name == name


def test_a_vertex_may_stand_for_its_output():
    assert only("forward: {u4: 0.3}", GRAPH).name == "o_u4" or only("forward: {h4: 0.3}", GRAPH).name == "o_h4"


def test_what_is_differentiated_is_the_loss_by_any_name():
    assert only("loss: 25", NAMED).quantity == "forward.f"
    assert only("forward: {loss: 25}", NAMED).quantity == "forward.f"
    assert only("after: {loss: 25}", NAMED).quantity == "after.f"


@pytest.mark.parametrize("solution", [HW3, GRAPH, NAMED])
def test_every_quantity_is_listed_once_and_found_by_its_own_name(solution):
    listed = quantities(solution)
    assert len({q.equation for q in listed}) == len({q.label for q in listed}) == len(listed)
    catalogue = of_solution(solution)
    for quantity in listed:
        assert catalogue.lookup(quantity.label) == quantity
        assert catalogue.find(quantity.section, quantity.name) == quantity


def test_a_name_answered_twice_is_unreadable_the_second_time():
    found = sheet("gradients:\n  W1: [[1, 2], [3, 4]]\n  dW1: [[1, 2], [3, 4]]\nloss: 1\nforward: {loss: 2}\n").answers
    assert [(a.quantity, a.name, bool(a.numbers)) for a in found] == [
        ("gradients.W1", "dW1", True),
        ("gradients.W1", "", False),
        ("loss", "loss", True),
        ("loss", "", False),
    ]
    assert found[1].unreadable == "gradients.W1 is answered already in line 2, as gradients.W1"


def test_a_repeated_key_is_unreadable_and_the_first_one_counts():
    found = sheet("gradients:\n  W1: [[1, 2], [3, 4]]\n  W1: 5\n  b1: [1, 2]\n").answers
    assert [(a.quantity, a.name) for a in found] == [
        ("gradients.W1", "dW1"),
        ("gradients.b1", "db1"),
        ("gradients.W1", ""),
    ]
    assert "repeated key 'W1'" in found[-1].unreadable
    assert found[-1].span.line == 3


@pytest.mark.parametrize(
    ("text", "quantity", "words"),
    [
        ("gradients: {W3: 1}", "gradients.W3", "there is no gradients.W3 in this problem; there are yhat, a2, W2,"),
        ("forward: {dW1: 1}", "forward.dW1", "there is no forward.dW1"),
        ("updated: {w1: 1}", "updated.w1", "did you mean 'W1'?"),
        ("updated: {yhat: 1}", "updated.yhat", "there is forward.yhat"),
        ("gradient: {W1: 1}", "gradient", "there is no section 'gradient'; did you mean 'gradients'?"),
        ("W1: 1", "W1", "write this under gradients or updated"),
        ("blah: 1", "blah", "the sections are forward, loss, gradients, updated, after"),
        ("gradients: [1, 2]", "gradients", "write a mapping"),
        ("loss: {loss: 1}", "loss", "the loss is one number"),
    ],
)
def test_unknown_sections_and_names(text, quantity, words):
    answer = only(text)
    assert answer.quantity == quantity
    assert answer.name == ""
    assert words in answer.unreadable


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("x @", "column 4"),
        ("x @ da1.T +* 2", "column 12"),
        ("foo(x)", "unknown function 'foo'"),
        ("x @ da3.T", "unknown name 'da3'; did you mean 'da"),
        ("sigmoid", "sigmoid is a function: call it with ( )"),
        ("dW1", "a formula for gradients.W1 may use earlier quantities only, and dW1 isn't one"),
        ("(W1 - W1_new) / lr", "may use earlier quantities only, and W1_new isn't one"),
        ("loss_new * x @ da1.T", "and loss_new isn't one"),
        ("1 / (x - x)", "finite"),
        ("sum(W1, axis=7)", "in sum(W1, axis=7)"),
        ("ones(rows=-1) * W1", "in ones(rows=-1)"),
        ("x[0]", "index"),
    ],
)
def test_formulas_that_cannot_be_worked_out(formula, words):
    answer = only(f"gradients: {{W1: '{formula}'}}")
    assert answer.name == "dW1"
    assert answer.formula is None
    assert words in answer.unreadable


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("x @ da1", "2×1 @ 2×1 doesn't fit"),
        ("da1 + x.T", "2×1 don't fit together"),
        ("x @ da1.T + ones(rows=3)", "3×1 and 2×2 don't fit together"),
        ("trace(x)", "square matrix is needed, and this is 2×1"),
    ],
)
def test_formulas_whose_shapes_do_not_fit_are_wrong_not_unreadable(formula, words):
    marks = mark(HW3, sheet(f"gradients: {{W1: '{formula}'}}"))
    (verdict,) = marks.verdicts
    assert verdict.verdict == "wrong"
    assert words in verdict.message


@pytest.mark.parametrize(
    ("quantity", "formula"),
    [
        ("gradients.W1", "x @ da1.T"),
        ("gradients.W1", "x @ db1.T"),  # not before it in the order, but not from it either
        ("gradients.b1", "da1"),
        ("gradients.a1", "∇h¹ ⊙ h¹ ⊙ (1 − h¹)"),
        ("updated.W1", "W1 - lr * ∇W1"),
        ("after.h1", "sigmoid(W1_newᵀ @ x + b1_new)"),
        ("forward.yhat", "exp(a2) / sum(exp(a2))"),
        ("loss", "sum((ŷ − y)^2) / 2"),
        ("gradients.yhat", "2 / 2 * (yhat - y)"),
    ],
)
def test_formulas_over_earlier_quantities(quantity, formula):
    answer = read_answer(quantity, formula, HW3)
    assert answer.unreadable == ""
    assert answer.formula is not None


def test_plain_data_from_a_program_is_read_too():
    found = sheet_from_data({"loss": 0.3927, "gradients": {"b2": [0.25, -0.25]}}, HW3).answers
    assert found[0].numbers.unit == pytest.approx(1e-4)
    assert found[1].numbers.values.tolist() == [[0.25], [-0.25]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1, 2]", "no answer sheet"),
        ("hello", "no answer sheet"),
        ("a: [1", "not valid YAML"),
        ("", "sections such as"),
    ],
)
def test_a_sheet_that_cannot_be_read_as_a_whole(text, words, tmp_path):
    path = tmp_path / "answers.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        read_sheet(str(path), HW3)


def test_a_sheet_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="there is no file"):
        read_sheet(str(tmp_path / "nothing.yaml"), HW3)


def test_rows_are_samples_under_the_row_notation():
    rows = solve(load("cross-entropy-row"), check=False)
    assert only("forward: {h1: [0.6, 0.4]}", rows).numbers.values.shape == (1, 2)


def test_what_the_reader_of_files_refuses_is_the_reason():
    found = reasons("forward: {h1: [1, .nan], a1: [&here 1, 2], a2: !!float 1}\nloss: .inf\n")
    assert "finite number" in found["forward.h1"]
    assert "anchors are not used" in found["forward.a1"]
    assert "tags are not used" in found["forward.a2"]
    assert "finite number" in found["loss"]
    assert len(found) == 4


def test_digits_of_exact_values_are_infinite():
    answer = only("loss: 1/3")
    assert answer.numbers.unit == 0.0
    assert math.isclose(float(answer.numbers.values), 1 / 3)
