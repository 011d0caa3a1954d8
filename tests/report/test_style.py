"""How a course writes: products as on paper, losses by their formulas, functions by its own letters."""

from __future__ import annotations

import numpy as np
import pytest

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.errors import InputError
from gradcalc.formula.names import name_table
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis
from gradcalc.problem.load import loads
from gradcalc.program.graph import graph_of
from gradcalc.program.solve import solve
from gradcalc.report.graph.labels import Labels
from gradcalc.report.html import page as html
from gradcalc.report.page import Page
from gradcalc.report.story.solution import solution_data, solution_document
from gradcalc.report.styled import InStyle
from gradcalc.report.terminal import page as terminal
from gradcalc.report.terminal import plain
from gradcalc.report.tex import latex, markdown

NET = """
inputs: [1, 0.5]
targets: [0, 1]
layers:
  - {weights: [[0.3, -0.6], [0.4, 0.5]], biases: [1, -0.5], activation: sigmoid}
  - {weights: [[0.2, 0.3], [0.4, -0.3]], activation: softmax}
loss: half_squared_error
lr: 0.5
"""
LETTERS = "symbols: {sigmoid: \\phi, softmax: S, mul: \\circ}\n"
COURSE = solve(loads(NET + "style: course\n"), check=False)
LETTERED = solve(loads(NET + LETTERS), check=False)


def shown(solution, width=100):
    return terminal.render(solution_document(solution), Page(width))


def page(solution):
    """A web page without its script."""
    return html.render((solution_document(solution), None), Page()).partition("<script")[0]


def test_products_stand_side_by_side_and_inner_products_are_of_a_row_and_a_column():
    text = shown(COURSE)
    assert "a¹ = W¹ᵀ x + b¹ = " in text
    assert "∇a² = ŷ ⊙ (∇ŷ - ŷᵀ ∇ŷ)" in text
    assert "∇W² = h¹ ∇a²ᵀ" in text
    assert "loss = ‖ŷ - y‖² / 2" in text
    assert "half squared error: ‖ŷ - y‖² / 2 = Σᵢ (ŷᵢ - yᵢ)² / 2" in text
    assert "@" not in text
    assert "⟨" not in text


def test_the_sign_of_a_norm_is_as_tall_as_what_stands_in_it():
    above, below = shown(COURSE).split("loss = ‖ŷ - y‖² / 2 = ")[1].split("\n")[:2]
    assert above.startswith("‖⎡")
    assert above.index("‖²") == below.lstrip().rindex("‖")


def test_the_same_in_tex_on_pages_in_graphs_and_for_programs():
    rule = r"\hat{y} \odot (\nabla \hat{y} - \hat{y}^\top \, \nabla \hat{y})"
    assert rule in latex.render(solution_document(COURSE), Page())
    assert rule.replace(r"\,", r"\thinspace") in markdown.render(solution_document(COURSE), Page())
    assert "⟨" not in page(COURSE)
    labels = Labels(graph_of(COURSE))
    assert "a¹ = W¹ᵀ x + b¹" in [labels.equation(node) for node in labels.graph.nodes]
    found = {each["name"]: each for each in solution_data(COURSE)["equations"]}
    assert found["da2"]["latex"].endswith(r"\left(\nabla \hat{y} - \hat{y}^\top \nabla \hat{y}\right)")
    assert found["da2"]["formula"] == "yhat * (dyhat - inner(dyhat, yhat))"


def test_where_formulas_are_typed_they_have_their_signs():
    assert "a1 = W1.T @ x + b1\n" in plain.render(solution_document(COURSE), Page())
    assert "a1 = W1.T @ x + b1 = " in terminal.render(solution_document(COURSE), Page(100, ascii_only=True))


SHAPES = {"u": (3, 1), "v": (3, 1), "du": (3, 1), "r": (1, 3), "s": (1, 3), "p": (), "t": (), "U": (3, 2), "V": (3, 2)}


def styled(text, axis=Axis.COLUMNS):
    names = name_table(SHAPES, {"du": "u"}, written="course")
    return InStyle(names, SHAPES, axis)(parse(text))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("inner(u, v)", "u.T @ v"),
        ("inner(du, v)", "v.T @ du"),
        ("inner(v, du)", "v.T @ du"),
        ("inner(u, u)", "norm(u) ** 2"),
        ("inner(p, t)", "p * t"),
        ("inner(p - t, p - t)", "(p - t) ** 2"),
        ("inner(u, 1)", "sum(u)"),
        ("outer(u, v)", "u @ v.T"),
        ("dot(u, v)", "u.T @ v"),
        ("cross_entropy(u, v)", "-(v.T @ log(u))"),
        ("squared_error(u, v)", "norm(u - v) ** 2"),
        ("inner(U, V)", "inner(U, V)"),
        ("inner(r, s)", "inner(r, s)"),
        ("mean(half_squared_error(U, V))", "mean(half_squared_error(U, V))"),
        ("inner(u, p)", "inner(u, p)"),
        ("huber(u, v)", "huber(u, v)"),
    ],
)
def test_what_becomes_of_a_formula(text, written):
    assert styled(text) == parse(written)


def test_a_sample_in_a_row():
    assert styled("inner(r, s)", Axis.ROWS) == parse("r @ s.T")
    assert styled("inner(u, v)", Axis.ROWS) == parse("inner(u, v)")


@pytest.mark.parametrize("render", [terminal.render, latex.render, markdown.render])
def test_a_function_goes_by_the_letter_of_its_course(render):
    text = render(solution_document(LETTERED), Page(100))
    phi, circle = ("φ(a¹)", "∘") if render is terminal.render else (r"\phi(a^{1})", r"\circ")
    assert phi in text
    assert circle in text
    assert "σ" not in text
    assert r"\sigma" not in text
    assert "⊙" not in text
    assert r"\odot" not in text
    assert r"sigmoid: " in text  # what the letter is


def test_on_a_page_too():
    text = page(LETTERED)
    assert "<mi>φ</mi><mo>\u2061</mo>" in text
    assert "<mo>∘</mo>" in text
    assert "⊙" not in text


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (("forward", "h1"), "φ(a1)"),
        (("forward", "h1"), "phi(a¹)"),
        (("forward", "h1"), r"\phi\left(a^{1}\right)"),
        (("forward", "yhat"), "S(a2)"),
        (("gradients", "a1"), "dh1 ∘ φ′(a1)"),
        (("gradients", "a1"), r"\nabla h^{1} \circ \phi'(a^{1})"),
        (("gradients", "a1"), "∇h¹ ∘ h¹ ∘ (1 - h¹)"),
    ],
)
def test_answers_may_use_the_letters(key, text):
    section, name = key
    marks = mark(LETTERED, sheet_from_data({section: {name: text}}, LETTERED))
    assert [verdict.verdict for verdict in marks.verdicts if verdict.answer is not None] == ["correct"]


def test_a_sigma_that_is_no_sigmoid():
    text = NET.replace("sigmoid", "relu") + "symbols: {relu: \\sigma}\n"
    solution = solve(loads(text), check=False)
    assert "h¹ = σ(a¹)" in shown(solution)
    marks = mark(solution, sheet_from_data({"forward": {"h1": "σ(a1)"}}, solution))
    assert marks.verdicts[0].verdict == "correct"


def test_a_sign_for_products_entry_by_entry_is_never_the_other_product():
    text = "inputs: {A: [[1, 2], [3, 4]], B: [[0, 1], [1, 1]]}\nequations: {C: A * B, f: sum(C)}\nof: f\n"
    solution = solve(loads(text + "symbols: {mul: '\\circ'}\n"), check=False)
    marks = mark(solution, sheet_from_data({"forward": {"C": "A ∘ B"}}, solution))
    assert [v.verdict for v in marks.verdicts if v.answer is not None] == ["correct"]
    assert np.array_equal(solution.values["C"], [[0, 2], [3, 4]])


@pytest.mark.parametrize(
    ("symbols", "said"),
    [
        (
            "{tanh: x, relu: x}",
            "symbols.relu: x is shown for the function tanh as well: two meanings can't be shown alike",
        ),
        ("{tanh: \\sigma}", "symbols.tanh: σ is shown for the function sigmoid as well"),
        ("{tanh: f, relu: f}", "symbols.relu: f is shown for the function tanh as well"),
        ("{mul: '!'}", "symbols.mul: a product's sign is one of ⊙, ∘, ∗, · and ×"),
        ("{sigmiod: f}", "symbols.sigmiod: unknown name; did you mean 'sigmoid'?"),
    ],
)
def test_two_meanings_are_not_shown_alike(symbols, said):
    with pytest.raises(InputError) as caught:
        loads(NET + f"symbols: {symbols}\n", "f")
    assert said in str(caught.value)


def test_but_a_function_and_a_quantity_may_be():
    solution = solve(loads(NET.replace("sigmoid", "relu") + "symbols: {relu: h, h1: h}\n"), check=False)
    assert "h = h(a¹)" in shown(solution)


def test_there_are_two_styles():
    with pytest.raises(InputError, match="style is fancy: it must be signs or course"):
        loads(NET + "style: fancy\n", "f")
