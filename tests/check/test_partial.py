"""Answers in part: `null`, one entry, a row or a column; credit for what is given. The numbers are NumPy's."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from gradcalc.check.answers.read import sheet_from_document
from gradcalc.check.author.own import check_problem
from gradcalc.check.marking.mark import mark
from gradcalc.check.marking.verdicts import Credit
from gradcalc.problem.load import loads
from gradcalc.problem.source import read_text
from gradcalc.program.solve import solve
from gradcalc.report.formats import FORMATS, Report, render
from gradcalc.report.page import Page
from gradcalc.report.story.marks import marks_data, marks_document

X, Y, LR = np.array([[1.0], [0.5]]), np.array([[0.0], [1.0]]), 0.5
W1, B1 = np.array([[0.1, 0.2], [0.3, -0.4]]), np.array([[0.1], [-0.2]])
W2, B2 = np.array([[0.5, -0.6], [0.7, 0.8]]), np.array([[0.0], [0.1]])
PROBLEM = """
inputs: [1, 0.5]
targets: [0, 1]
layers:
  - {weights: [[0.1, 0.2], [0.3, -0.4]], biases: [0.1, -0.2], activation: sigmoid}
  - {weights: [[0.5, -0.6], [0.7, 0.8]], biases: [0.0, 0.1], activation: softmax}
loss: cross_entropy
lr: 0.5
"""


def by_hand() -> dict[str, np.ndarray]:
    h = 1 / (1 + np.exp(-(W1.T @ X + B1)))
    e = np.exp(W2.T @ h + B2)
    da2 = e / e.sum() - Y
    dh = W2 @ da2
    da1 = dh * h * (1 - h)
    return {"h1": h, "a2": da2, "h": dh, "a1": da1, "W1": X @ da1.T, "W2": h @ da2.T}


HAND = by_hand()


def marked(sheet: str, **how):
    solution = solve(loads(PROBLEM), check=False)
    return mark(solution, sheet_from_document(read_text(sheet, "a.yaml", lenient=True), solution), **how)


def verdicts(sheet: str, **how):
    return {verdict.quantity: verdict for verdict in marked(sheet, **how).verdicts}


def r(value) -> str:
    return f"{float(value):.4f}"


def test_what_is_left_out_is_neither_right_nor_wrong():
    found = verdicts(f"forward: {{h1: [{r(HAND['h1'][0, 0])}, null]}}")["forward.h1"]
    assert (found.verdict, found.points, found.of) == ("correct", 0.5, 1.0)
    assert found.message == "right; given: 1 of 2 entries"
    assert found.entries.ravel().tolist() == [True, False]
    wrong = verdicts(f"forward: {{h1: [{r(HAND['h1'][0, 0] + 0.1)}, null]}}")["forward.h1"]
    assert (wrong.verdict, wrong.points) == ("wrong", 0.0)


def test_a_row_may_be_left_out():
    row = [r(each) for each in HAND["W1"][1]]
    found = verdicts(f"gradients: {{W1: [null, [{', '.join(row)}]]}}")["gradients.W1"]
    assert (found.verdict, found.points) == ("correct", 0.5)
    assert found.entries.tolist() == [[False, False], [True, True]]


@pytest.mark.parametrize("key", ["W1[2,1]", "W1[ 2 , 1 ]", "∇W1[2,1]", "dL/dW1[2,1]", "dW1[2,1]"])
def test_an_entry_has_a_key_of_its_own(key):
    found = verdicts(f'gradients:\n  "{key}": {r(HAND["W1"][1, 0])}')["gradients.W1"]
    assert (found.verdict, found.points) == ("correct", 0.25)


def test_an_entry_may_stand_outside_the_sections():
    assert verdicts(f"dW1[2,1]: {r(HAND['W1'][1, 0])}")["gradients.W1"].verdict == "correct"


@pytest.mark.parametrize(
    ("key", "place", "share"),
    [
        ("W1[2,:]", np.s_[1, :], 0.5),
        ("W1[:,2]", np.s_[:, 1], 0.5),
        ("W1[1:2,2]", np.s_[:, 1], 0.5),
        ("W1[:,:]", np.s_[:], 1),
        ("W1[1,1]", np.s_[0, 0], 0.25),
    ],
)
def test_rows_columns_and_ranges_count_from_1_with_both_ends(key, place, share):
    value = np.vectorize(lambda each: round(float(each), 4))(HAND["W1"][place]).tolist()
    found = verdicts(yaml.safe_dump({"gradients": {key: value}}))["gradients.W1"]
    assert (found.verdict, found.points) == ("correct", share)


def test_parts_are_put_together():
    parts = "\n".join(f"  W1[{i + 1},{j + 1}]: {r(HAND['W1'][i, j])}" for i in range(2) for j in range(2))
    found = verdicts(f"gradients:\n{parts}")["gradients.W1"]
    assert (found.verdict, found.points, found.message) == ("correct", 1.0, "right")


def test_a_part_that_is_left_empty_is_none():
    found = verdicts(f"gradients: {{W1[1,1]: {r(HAND['W1'][0, 0])}, W1[1,2]: null, W1[2,:]: }}")
    assert {name: verdict.verdict for name, verdict in found.items()} == {"gradients.W1": "correct"}
    assert verdicts("gradients: {W1[1,1]: null}") == {}


def test_credit_by_entry_counts_the_right_ones_of_all():
    sheet = f"gradients: {{W1: [[{r(HAND['W1'][0, 0])}, 0.9], null]}}"
    found = verdicts(sheet, credit=Credit(by_entry=True))["gradients.W1"]
    assert (found.verdict, found.points) == ("wrong", 0.25)


def test_what_follows_from_a_wrong_entry_is_carried():
    """The other entry goes on as it is without it."""
    wrong = HAND["h"] + [[0.2], [0.0]]
    a1 = wrong * HAND["h1"] * (1 - HAND["h1"])
    found = verdicts(f"gradients:\n  h1[1]: {r(wrong[0, 0])}\n  a1: [{r(a1[0, 0])}, {r(a1[1, 0])}]")
    assert [found[name].verdict for name in ("gradients.h1", "gradients.a1")] == ["wrong", "carried"]


def test_what_is_left_out_goes_on_from_the_student_s_own():
    """Of what follows from a wrong answer one entry is given, wrong again; what comes next follows from both."""
    wrong = HAND["h"] + [[0.2], [-0.3]]
    a1 = wrong * HAND["h1"] * (1 - HAND["h1"]) + [[0.0713], [0.0]]
    w1 = X @ a1.T
    sheet = f"""
gradients:
  h1: [{r(wrong[0, 0])}, {r(wrong[1, 0])}]
  a1: [{r(a1[0, 0])}, null]
  W1: [[{r(w1[0, 0])}, {r(w1[0, 1])}], [{r(w1[1, 0])}, {r(w1[1, 1])}]]
"""
    found = verdicts(sheet)
    assert [found[f"gradients.{name}"].verdict for name in ("h1", "a1", "W1")] == ["wrong", "wrong", "carried"]


def test_a_mistake_is_named_by_the_entries_given():
    """The derivative of the activation is left out; of four entries three are on the sheet."""
    wrong = X @ HAND["h"].T
    found = verdicts(f"gradients: {{W1: [[{r(wrong[0, 0])}, {r(wrong[0, 1])}], [{r(wrong[1, 0])}, null]]}}")
    assert "missing-activation-derivative" in {each.id for each in found["gradients.W1"].mistakes}
    assert "given: 3 of 4" in found["gradients.W1"].message
    # It explains all that there is, not some of it.
    assert "at [1,1]" not in found["gradients.W1"].message


def test_a_formula_may_be_given_for_a_part():
    found = verdicts('gradients: {"W2[:,1]": "h1 * 0.6225"}', credit=Credit())
    assert found["gradients.W2"].points == 0.5


@pytest.mark.parametrize(
    ("sheet", "label", "said"),
    [
        ('{"b2[3]": 1}', "gradients.b2[3]", "there is no b2[3]: b2 has entries 1 to 2 (indices count from 1)"),
        ('{"W1[0,0]": 1}', "gradients.W1[0,0]", "there is no W1[0,0]: W1 has rows 1 to 2 and columns 1 to 2"),
        ('{"W1[2,1]": [1, 2]}', "gradients.W1[2,1]", "gradients.W1[2,1] is a number, and this is 2×1"),
        ('{"W1[1,1]": 1, "W1[1,:]": [1, 2]}', "gradients.W1[1,:]", "is answered already"),
        ('{W1: [[1, 2], [3, 4]], "W1[1,1]": 1}', "gradients.W1[1,1]", "answered already, as a whole"),
        ('{"W1[1,1]": x @ x}', "gradients.W1[1,1]", "its shapes don't fit"),
        ('{"W1[1,1]": 2 * x}', "gradients.W1[1,1]", "gradients.W1[1,1] is a number, and this is 2×1"),
        ('{"W1[a]": 1}', "gradients.W1[a]", "there is no W1[a]"),
    ],
)
def test_what_is_wrong_with_a_part_is_said_of_it(sheet, label, said):
    found = verdicts(f"gradients: {sheet}")[label]
    assert found.verdict == "unreadable"
    assert said in found.message


def test_a_number_has_no_entries():
    assert "gradients.loss" not in verdicts("forward: {loss: 1}")
    assert verdicts('forward: {"a1[1,1]": 0.35}')["forward.a1"].points == 0.5


def test_no_report_shows_what_was_left_out():
    """The key stands in for it while marking."""
    marks = marked(f"gradients: {{W1: [[{r(HAND['W1'][0, 0])}, null], null]}}")
    report = Report(lambda: marks_document(marks, hide_key=True), lambda: marks_data(marks))
    for name in ("plain", "html", "json", "markdown"):
        shown = render(report, FORMATS[name], Page())
        assert r(HAND["W1"][0, 0]) in shown or name == "json"
        assert "0.0154" not in shown
        assert "0.0077" not in shown


def test_expected_and_misprints_may_be_partial():
    more = f"""
expected: {{gradients: {{W1: [[{r(HAND["W1"][0, 0])}, null], null], "a1[2]": {r(HAND["a1"][1, 0])}}}}}
misprints: [{{quantity: gradients.W1, printed: [[null, 0.5], null]}}]
"""
    check = check_problem(loads(PROBLEM + more))
    assert [each.agrees for each in check.expected] == [True, True]
    assert [each.differs for each in check.misprints] == [True]
    one = (
        'misprints: [{quantity: "gradients.W1[1,2]", printed: 0.5}, {quantity: "gradients.W1[2,1]", printed: PRINTED}]'
    )
    found = check_problem(loads(PROBLEM + one.replace("PRINTED", r(HAND["W1"][1, 0])))).misprints
    assert [each.differs for each in found] == [True, False]
    off = check_problem(loads(PROBLEM + 'expected: {gradients: {"a1[2]": 0.0155}}'))
    assert [each.agrees for each in off.expected] == [False]
