"""Worksheets: the question with places for the answers in three formats, and nothing of the key in any of them."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from bundled import WORKED, solved
from latex_check import check_latex

from gradcalc.check.answers.blank import asked_by_step
from gradcalc.commands.check import write_sheet
from gradcalc.commands.request import Request
from gradcalc.errors import UsageError
from gradcalc.problem.load import load, loads
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve
from gradcalc.report.document import Fields
from gradcalc.report.html import page
from gradcalc.report.page import Page
from gradcalc.report.story.worksheet import worksheet_document
from gradcalc.report.terminal import plain
from gradcalc.report.tex import latex, markdown

POINTS = "inputs: {x: [1, 2]}\nequations: {s: sum(x * x), f: 3 * s}\nof: f\npoints: {gradients.x: 2.5, forward.s: 1}\n"
NUMBER = re.compile(r"(?<![\w.])\d+\.\d+")


def html(solution: Solution) -> str:
    return page.render((worksheet_document(solution), None), Page())


def texts(solution: Solution) -> dict[str, str]:
    document = worksheet_document(solution)
    formats = {"html": lambda: page.render((document, None), Page())}
    formats |= {"latex": lambda: latex.render(document, Page()), "markdown": lambda: markdown.render(document, Page())}
    return {name: make() for name, make in formats.items()}


@cache
def texts_of(name: str) -> dict[str, str]:
    """The worksheets of a problem that comes with gradcalc."""
    return texts(solved(name))


def without_values(solution: Solution) -> Solution:
    """The same solution, with other numbers in place of all that is worked out."""
    given = solution.problem.given
    other = {name: value if name in given else np.full_like(value, 77.0) for name, value in solution.values.items()}
    return replace(solution, values=other)


@pytest.mark.parametrize("name", WORKED)
def test_a_worksheet_does_not_depend_on_what_is_right(name):
    solution = solved(name)
    assert html(solution) == html(without_values(solution))


def telling(numbers: np.ndarray, digits: int) -> set[str]:
    """Numbers as they would be shown; those of one or two digits stand for much else, as `0.5` in a rule."""
    shown = {f"{abs(number):.{digits}f}" for number in numbers.ravel()}
    return {text for text in shown if len(text.replace(".", "").strip("0")) > 2}


@pytest.mark.parametrize("name", WORKED)
def test_no_right_number_that_is_not_given_stands_in_a_worksheet(name):
    solution = solved(name)
    digits = solution.problem.digits
    known = {text for value in solution.problem.given.values() for text in telling(value, digits)}
    right = {
        text
        for step in asked_by_step(solution)
        for quantity in step.quantities
        for text in telling(step.solution.values[quantity.equation], digits)
    }
    for form, text in texts_of(name).items():
        question = re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.DOTALL)
        shown = telling(np.array([float(number) for number in NUMBER.findall(question)]), digits)
        assert not shown & (right - known), form


def test_each_quantity_has_a_place_of_its_shape():
    fields = [
        field
        for block in worksheet_document(solve(load("hw3"), check=False)).blocks
        if isinstance(block, Fields)
        for field in block.fields
    ]
    shapes = {field.keys: field.shape for field in fields}
    assert shapes[("gradients", "W1")] == (2, 2)
    assert shapes[("loss",)] == ()
    text = page.render((worksheet_document(solve(load("hw3"), check=False)), None), Page())
    assert text.count("∇W¹, row") == 4
    assert text.count('"a¹, row') == 2


def test_on_paper_there_is_a_line_for_the_name_before_what_is_given():
    shown = texts(solve(load("hw3"), check=False))
    for form, title in (("latex", r"\subsection*{\raggedright Given}"), ("markdown", "## Given")):
        assert shown[form].index(r"Name: $\underline{\hspace{18.0em}}$") < shown[form].index(title)
    assert shown["html"].count('aria-label="Your name"') == 1


def test_what_has_points_is_asked_and_says_so():
    solution = solve(loads(POINTS), check=False)
    shown = texts(solution)
    assert re.findall(r"\(([\d.]+ points?)\)", shown["latex"]) == ["1 point", "2.5 points"]
    assert "(2.5 points)" in shown["markdown"]
    assert "2×1, 2.5 points" in shown["html"]
    assert shown["html"].count("<fieldset") == 2
    grid = shown["markdown"].split(r"\nabla x")[-1]
    assert grid.count(r"\underline") == 2
    assert grid.count(r"\cr") == 1


def test_later_steps_are_asked_under_their_numbers():
    text = (
        "inputs: {x: 2}\nparameters: {w: 3}\nequations: {f: w * x}\nof: f\nlr: 0.1\npoints: {steps.2.gradients.w: 1}\n"
    )
    blocks = worksheet_document(solve(loads(text), check=False)).blocks
    fields = [field for block in blocks if isinstance(block, Fields) for field in block.fields]
    assert [field.keys for field in fields] == [("steps", "2", "gradients", "w")]


@pytest.mark.parametrize("name", WORKED)
def test_mathematics_of_worksheets_is_what_tex_reads(name):
    shown = texts_of(name)
    for formula in re.findall(r"\\\[(.*?)\\\]\n", shown["latex"], re.DOTALL):
        check_latex(formula)
    for formula in re.findall(r"\$\$\n(.*?)\n\$\$", shown["markdown"], re.DOTALL):
        check_latex(formula)


def test_a_large_matrix_is_pasted():
    text = f"inputs: {{x: {[1.0] * 60}, y: {[2.0] * 50}}}\nequations: {{p: x @ y.T, f: sum(p)}}\nof: f\n"
    shown = texts(solve(loads(text), check=False))
    assert "p, matrix or formula" in shown["html"]
    assert "forward p, row" not in shown["html"]
    assert r"(60 \times 50)" in shown["latex"]


def test_the_question_alone_has_no_places(capsys):
    write_sheet(Request("hw3"), form="plain", question=True)
    text = capsys.readouterr().out
    assert "W1 = [[3, 6], [4, 5]]" in text
    assert "a1 = W1.T @ x + b1" in text
    assert "0.3927" not in text
    write_sheet(Request("hw3"), form="html", question=True)
    shown = capsys.readouterr().out
    assert 'type="text"' not in shown
    assert "localStorage" not in shown


def test_places_are_a_table_where_nothing_can_be_filled_in():
    text = plain.render(worksheet_document(solve(loads(POINTS), check=False)), Page())
    assert "2×1, 2.5 points" in text


@pytest.mark.parametrize(("form", "question"), [("table", False), ("yaml", True), ("htm", False)])
def test_what_is_no_format_of_a_sheet_is_said(form, question):
    with pytest.raises(UsageError, match="the formats"):
        write_sheet(Request("hw3"), form=form, question=question)
