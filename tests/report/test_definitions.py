"""Definitions are those of textbooks, entry by entry, and say by which name a function goes in the table."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradcalc.formula.expr import ENTRY, TOTAL, Apply, Name, Num
from gradcalc.formula.table import Axis, functions, lookup
from gradcalc.problem.load import load, loads
from gradcalc.program.solve import solve
from gradcalc.report.document import Definitions, caption
from gradcalc.report.html import page as html
from gradcalc.report.page import Page
from gradcalc.report.story.glossary import definitions
from gradcalc.report.story.solution import solution_document
from gradcalc.report.terminal import page as terminal
from gradcalc.report.terminal import plain
from gradcalc.report.tex import latex, markdown

SIZE = 3
DEFINED = [f for f in functions() if f.per_sample and f.role and f.definition]
SCALAR = {
    "add": lambda *terms: math.fsum(terms),
    "neg": lambda a: -a,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "exp": math.exp,
    "log": math.log,
    "abs": abs,
    "minimum": min,
    "maximum": max,
}


def number(expr, values, letters):
    """What a definition over entries says, by loops over its letters."""
    match expr:
        case Num(value):
            return value
        case Name("n"):
            return float(SIZE)
        case Name(id):
            name, _, letter = id.rstrip("]").partition("[")
            return values[name][letters[letter]] if letter else values[name]
        case Apply(function, (Name(letter), term)) if function == TOTAL:
            assert letter not in letters, "a letter has one meaning"
            return math.fsum(number(term, values, letters | {letter: i}) for i in range(SIZE))
        case Apply(function, (Apply(inner, args, _), Name(letter))) if function == ENTRY:
            vectors = [np.array(values[arg.id]).reshape(-1, 1) for arg in args]
            return lookup(inner).value(*vectors, axis=Axis.COLUMNS)[letters[letter], 0]
        case Apply(function, args):
            return SCALAR[function](*(number(arg, values, letters) for arg in args))


@pytest.mark.parametrize("function", DEFINED, ids=lambda f: f.name)
def test_a_definition_over_entries_gives_what_the_function_gives(function):
    ((left, right, words),) = definitions([(function, function.params)]).textbook
    assert words.replace(" ", "_") == function.name
    if function.name == "multiclass_hinge":
        assert right.function == "max", "the largest entry of all, which no sum over entries says"
        return
    draw = np.random.default_rng(7)
    values = {name: list(draw.uniform(0.1, 0.9, SIZE)) for name in function.args}
    vectors = [np.array(values[name]).reshape(-1, 1) for name in function.args]
    expected = np.reshape(function.value(*vectors, **function.params, axis=Axis.COLUMNS), -1)
    has_entries = left.function == ENTRY
    assert has_entries == (expected.size == SIZE)
    found = [number(right, values, {"i": i} if has_entries else {}) for i in range(expected.size)]
    assert found == pytest.approx(list(expected), rel=1e-12)


HW3 = solution_document(solve(load("hw3"), check=False))


def test_on_the_terminal():
    text = terminal.render(HW3, Page(80))
    assert "sigmoid: σ(a) = 1 / (1 + exp(-a))\n" in text
    assert "\nsoftmax(a)ᵢ = exp(aᵢ) / Σⱼ exp(aⱼ)\n" in text
    assert "\nhalf_squared_error(ŷ, y) = Σᵢ (ŷᵢ - yᵢ)² / 2\n" in text


@pytest.mark.parametrize("shown", [plain.render(HW3, Page()), terminal.render(HW3, Page(80, ascii_only=True))])
def test_where_formulas_are_as_they_are_typed_definitions_are_too(shown):
    assert "\nsoftmax(a) = exp(a) / sum(exp(a))\n" in shown
    assert "\nhalf_squared_error(yhat, y) = sum((yhat - y) ** 2) / 2\n" in shown


def test_in_tex_the_name_in_the_table_stands_with_the_formula():
    text = latex.render(HW3, Page())
    assert r"\operatorname{softmax}(a)_{i} &= \frac{\exp(a_{i})}{\sum_{j} \exp(a_{j})}" in text
    assert r"\text{half squared error: } \frac{1}{2}\lVert\hat{y} - y\rVert^2 &= \frac{\sum_{i}(\hat{y}_{i}" in text
    assert r"\text{half squared error: } \frac{1}{2}\lVert" in markdown.render(HW3, Page())


def test_on_a_page():
    text = html.render((HW3, None), Page())
    assert "<mtext>half\u00a0squared\u00a0error:\u00a0</mtext>" in text
    assert "<munder><mo>∑</mo><mi>j</mi></munder>" in text
    assert 'aria-label="softmax(a) = exp(a) / sum(exp(a))"' in text


def test_how_many_entries_there_are_has_a_letter_that_is_explained():
    text = "inputs: {x: [1, 2]}\ntargets: {t: [0, 1]}\nequations: {L: 'mean_squared_error(x, t)'}\nof: L\n"
    shown = terminal.render(solution_document(solve(loads(text), check=False)), Page(100))
    assert "mean_squared_error(ŷ, y) = Σᵢ (ŷᵢ - yᵢ)² / n\nn is the number of entries." in shown


def test_a_name_is_said_unless_it_is_there():
    assert caption("softmax", r"\operatorname{softmax}(a)") == caption("relu", "ReLU(a)") == ""
    assert caption("cross entropy", r"\operatorname{CE}(y, \hat{y})") == "cross entropy: "
    assert caption("half squared error", "half_squared_error(ŷ, y)") == ""


def test_what_is_no_function_is_defined_as_it_is_typed():
    pair = (Name("a1"), Name("x"))
    assert Definitions((pair,)).written == ((*pair, ""),)
