"""Whoever gives a quantity a symbol reads that symbol everywhere, in sentences as in formulas."""

import json
import re
from dataclasses import replace
from functools import partial

import pytest
from bundled import WORKED, solved
from slow import sampled

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.author.lint import lint
from gradcalc.check.marking.mark import mark
from gradcalc.check.mistakes.catalogue import mutations
from gradcalc.check.wording import formula, gradient, marked, named, plain_text, shown, split
from gradcalc.classes.export.feedback import Feedback
from gradcalc.classes.insight.blocks import Story
from gradcalc.classes.insight.counts import Insight
from gradcalc.classes.marking import results
from gradcalc.classes.model import Result, Submission
from gradcalc.formula.expr import Name, call, mul
from gradcalc.problem.load import load, loads
from gradcalc.program.shown import shown_names
from gradcalc.program.solve import solve
from gradcalc.report.document import Document, Math
from gradcalc.report.html import page as html
from gradcalc.report.page import Page
from gradcalc.report.story.lint import lint_document
from gradcalc.report.story.marks import marks_document
from gradcalc.report.story.solution import solution_document
from gradcalc.report.story.told import told, told_again
from gradcalc.report.story.worksheet import worksheet_document
from gradcalc.report.terminal import page as terminal
from gradcalc.report.terminal import plain

HW3 = solve(load("hw3"), check=False)
TYPED = re.compile(r"\b(h1|W1|W2|b1|b2|a1|a2|yhat|dh1|dW1|dW2|db1|db2|da1|da2|lr)\b")
"""The quantities of hw3 as they are typed, none of which is shown so: h1 is H, b1 is W₀¹, a1 is a¹."""
SHEETS = [
    {"gradients": {"h1": [-0.5865, 0], "a1": [-0.0104, 0]}, "updated": {"W1": [[3.0052, 6], [4, 5]]}},
    {"gradients": {"a1": [-0.2932, 0.2932]}, "updated": {"W1": [[1, 2], [3, 4]], "b1": [0.9974, -5.9633]}},
    {"gradients": {"W1": [[-0.2932, 0.2932], [0, 0]], "W2": [[0.1440, -0.1440], [0.0733, -0.0733]]}},
    {"forward": {"yhat": [0.9509, 0.9203], "h1": [4, 0], "a2": [7, 12]}, "gradients": {"h1": "W2.T @ da2"}},
    {"gradients": {"a2": [0.6267, -0.6267], "yhat": [0.6267, 0.3733]}, "updated": {"W2": [[2.144, 2.856], [4, 3]]}},
]


FORMULAS = [
    {"forward": {"a1": "x @ W1"}},
    {"forward": {"yhat": "softmax(h1 @ h1)"}},
    {"gradients": {"a1": "dh1 * h1 @ x"}},
]
"""Formulas whose shapes don't fit, which is said of a part of them."""


@pytest.mark.parametrize("sheet", [*SHEETS, *FORMULAS])
def test_marks_speak_of_quantities_by_their_symbols(sheet):
    marks = mark(HW3, sheet_from_data(sheet, HW3))
    text = terminal.render(marks_document(marks), Page(100))
    assert TYPED.findall(text) == []


def read_on(page: str) -> str:
    """What stands on a page: the text of it, without style, script and attributes."""
    return " ".join(re.sub(r"<(style|script)>.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL).split())


@pytest.mark.parametrize("sheet", [*SHEETS, *FORMULAS])
def test_pages_made_of_results_in_a_file_do_too(sheet):
    (result,) = results(HW3.problem, [Submission("ada", "ada.yaml", partial(dict, sheet))])
    text = read_on(Feedback(HW3).page(Result.from_data(json.loads(json.dumps(result.to_data())))))
    # A formula of one's own stays as it was typed.
    assert [name for name in TYPED.findall(text) if name not in str(sheet)] == []


def test_a_page_of_a_class_does_too():
    insight = Insight()
    for number, sheet in enumerate(SHEETS):
        (result,) = results(HW3.problem, [Submission(str(number), "", partial(dict, sheet))])
        insight.add(Result.from_data(json.loads(json.dumps(result.to_data()))))
    names = shown_names(HW3.problem, HW3.shapes)
    document = Document(tuple(Story(insight, HW3).blocks()), names, 4, HW3.shapes, 0)
    assert TYPED.findall(terminal.render(document, Page(200))) == []


def test_who_hears_a_page_hears_its_symbols():
    """Names of elements that a screen reader reads: of a solution with its network, of marks, of a worksheet."""
    marks = marks_document(mark(HW3, sheet_from_data(SHEETS[0], HW3)))
    pages = [(solution_document(HW3), HW3), (marks, None), (worksheet_document(HW3), None)]
    for document, solution in pages:
        heard = re.findall(r'(?:aria-label|alttext)="([^"]*)"', html.render((document, solution), Page()))
        assert any("¹" in each for each in heard)
        assert [name for each in heard for name in TYPED.findall(each)] == []


@pytest.mark.parametrize("told", [None, [], "h1", [1], [{"formula": "h1"}]])
def test_what_a_file_of_results_has_in_its_place_is_no_reason_to_fail(told):
    assert told_again({"message": "like h1", "told": told}, HW3.shapes) == ("like h1",)
    assert told_again({"message": "", "told": [{"formula": "h1 +", "text": "h1"}]}, HW3.shapes) == ("h1",)


def test_programs_and_python_have_the_names_as_they_are_typed():
    marks = mark(HW3, sheet_from_data(SHEETS[0], HW3))
    said = [verdict.message for verdict in marks.verdicts]
    assert said[:2] == ["W2 is transposed here, but the rule has it as it is", "right, given your ∇h1"]


def test_what_is_typed_stands_where_only_what_is_typed_can_be_shown():
    text = plain.render(marks_document(mark(HW3, sheet_from_data(SHEETS[0], HW3))), Page())
    assert "right, given your dh1" in text
    assert "W2 is transposed here" in text
    assert not re.search("[∇⊙¹²]", text)


def test_on_a_page_the_names_in_a_sentence_are_mathematics():
    document = marks_document(mark(HW3, sheet_from_data(SHEETS[0], HW3)))
    (carried,) = re.findall(r"right, given your (.*?)</summary>", html.render((document, None), Page()))
    assert carried.startswith("<math")


@pytest.mark.parametrize("name", sampled(WORKED, 0))
def test_every_name_in_a_message_is_marked(name):
    """What is marked for reports is plain text for programs; no name is left that formulas show otherwise."""
    solution = solved(name)
    names = shown_names(solution.problem, solution.shapes)
    otherwise = {id for id in solution.shapes if len(id) > 1 and names.unicode(id) != id} - {"loss"}
    for equation in solution.equations:
        for mutation in mutations(equation, solution):
            assert not re.search("[\ue000-\uf8ff]", mutation.message)
            parts = [*split(mutation.said)]
            assert "".join(text for _, text in parts) == mutation.message
            rest = " ".join(part for part in told(mutation.said, solution.shapes) if isinstance(part, str))
            left = otherwise.intersection(re.findall(r"\w+", rest))
            assert not left, (mutation.id, mutation.message)


def test_an_authors_findings_too():
    assert not TYPED.search(terminal.render(lint_document(lint(HW3), HW3), Page(100)))


def test_a_formula_is_said_in_notes_and_marked_as_it_is_typed():
    said = f"the term {formula(mul(Name('da2'), Name('h1')), HW3)} is left out"
    assert plain_text(said) == "the term ∇a2 ⊙ h1 is left out"
    text = told(said, HW3.shapes)
    assert text[0] == "the term "
    assert isinstance(text[1], Math)
    assert text[1].expr == call("mul", Name("da2"), Name("h1"))


def test_labels_are_marked_with_the_names_of_the_equations():
    assert [expr for expr, _ in split(shown("gradients.h1"))][1] == Name("dh1")
    assert plain_text(shown("after.h1")) == "h1 after the update"
    assert plain_text(shown("steps.2.gradients.h1")) == "∇h1 of step 2"
    assert shown("updated.W1") == f"the new {named('W1')}"
    assert gradient("h1") == marked(Name("dh1"), "∇h1")


def test_what_no_report_knows_stays_text():
    assert told(f"like {named('nope')} here", HW3.shapes) == ("like ", "nope", " here")


def test_strangers_cannot_mark_anything():
    """Characters that mark formulas, in a sheet: they are shown, or nothing, but never read as a formula."""
    for evil in ("\ue000import os\ue001x\ue002", "\ue000h1\ue001", "\ue002\ue001\ue000", "\ue000(\ue001x\ue002"):
        marks = mark(HW3, sheet_from_data({"gradients": {"h1": evil, evil: 3}}, HW3))
        assert terminal.render(marks_document(marks), Page(80))


def test_a_formula_that_uses_what_comes_later_is_refused_in_symbols():
    marks = mark(HW3, sheet_from_data({"gradients": {"h1": "W2.T @ dh1"}}, HW3))
    text = " ".join(terminal.render(marks_document(marks), Page(120)).split())
    assert "a formula for ∇H may use earlier quantities only, and ∇H isn't one" in text
    said = "a formula for gradients.h1 may use earlier quantities only, and dh1 isn't one"
    assert marks.verdicts[0].message == said


@pytest.mark.parametrize(("worst", "told"), [(("h1",), "in H."), (("h1", "W1", "yhat"), "in H or W¹ or ŷ.")])
def test_gradients_that_do_not_agree_are_called_as_they_are_shown(worst, told):
    checked = replace(solve(load("hw3")).verification, max_relative_error=0.5, worst_of=worst)
    text = terminal.render(solution_document(replace(HW3, verification=checked)), Page(200))
    assert f"largest relative error 5.0e-01, {told}" in text


def test_an_output_that_is_called_y_is_y_where_there_is_no_target():
    solution = solve(load("eecs498-matmul"), check=False)
    names = shown_names(solution.problem, solution.shapes)
    assert (names.unicode("yhat"), names.latex("yhat")) == ("y", "y")
    assert names.unicode("dyhat") == "∇y"


def test_what_is_not_finite_is_called_as_it_is_shown():
    text = "inputs: {x: 800}\nequations: {h1: exp(x)}\nof: h1\nsymbols: {h1: H}\n"
    shown = terminal.render(solution_document(solve(loads(text))), Page(100))
    assert "Warning: H is not finite: it overflows float64." in shown


def test_a_value_on_a_kink_is_called_as_it_is_shown():
    text = "inputs: {x: 0}\nequations: {h1: relu(x)}\nof: h1\nsymbols: {h1: H}\n"
    shown = terminal.render(solution_document(solve(loads(text))), Page(200))
    assert "relu in H." in shown
