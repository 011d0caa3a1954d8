"""What rounding left of a zero is shown as zero; what is small and isn't rounding stays."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
from bundled import WORKED, solved

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.commands.request import Request
from gradcalc.commands.solve import graph_report
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve
from gradcalc.report.dust import shown_values
from gradcalc.report.formats import GRAPH_FORMATS, lookup_format, render
from gradcalc.report.html import page as html
from gradcalc.report.page import Page
from gradcalc.report.story.marks import marks_document
from gradcalc.report.story.solution import solution_data, solution_document
from gradcalc.report.terminal import page as terminal

TEXT = """
inputs: {p: 0.1, q: 0.2}
targets: {t: 0.3}
parameters: {w: 1.5}
equations: {z: p + q, e: w * (z - t), L: e ** 2 / 2}
of: L
lr: 0.1
"""
DUSTY = solve(loads(TEXT), check=False)


def test_a_difference_that_rounding_keeps_from_zero_is_zero_and_what_comes_of_it():
    assert abs(DUSTY.values["e"]) > 0, "0.1 + 0.2 isn't 0.3 in float64"
    text = terminal.render(solution_document(DUSTY), Page(100))
    assert "e = w · (z - t) = 1.5 · (0.3000 - 0.3) = 0\n" in text
    assert "∇w = ∇e · (z - t) = 0 · (0.3000 - 0.3) = 0\n" in text
    assert "L stayed at 0.\n" in text
    assert "e-" not in text
    assert "e-17" not in html.render((solution_document(DUSTY), None), Page()).partition("<script")[0]


def test_programs_have_the_numbers_as_they_are():
    values = solution_data(DUSTY)["values"]["forward"]
    assert values["e"] == 1.5 * (0.1 + 0.2 - 0.3)


def test_marks_say_that_zero_is_right():
    marks = mark(DUSTY, sheet_from_data({"forward": {"e": 0.5}}, DUSTY))
    assert "right 0\n" in terminal.render(marks_document(marks), Page(100))


LAYERED = """
inputs: [0.1, 0.2]
targets: [0.3]
layers: [{weights: [[1], [1]], activation: identity}]
loss: half_squared_error
"""


@pytest.mark.parametrize("text", [TEXT, LAYERED])
@pytest.mark.parametrize("form", ["text", "dot", "mermaid", "svg"])
def test_graphs_show_zeros_too(tmp_path, form, text):
    (tmp_path / "p.yaml").write_text(text)
    shown = render(graph_report(Request(str(tmp_path / "p.yaml"))), lookup_format(form, GRAPH_FORMATS), Page(200))
    assert "e-1" not in shown
    assert "0.3000" in shown, "and what is no zero as it was"


@pytest.mark.parametrize("text", [TEXT, LAYERED])
def test_so_do_diagrams(text):
    solution = solve(loads(text), check=False)
    drawn = re.search(r"<svg.*</svg>", html.render((solution_document(solution), solution), Page()), re.DOTALL)[0]
    assert "∇ 0" in drawn
    assert "e-1" not in drawn


def test_whole_matrices_of_dust_are_zeros():
    given = "inputs: {x: [0.1, 0.7], y: [0.2, 0.1]}\ntargets: {t: [0.3, 0.8]}\n"
    text = given + "equations: {d: x + y - t, f: sum(d)}\nof: f\n"
    solution = solve(loads(text), check=False)
    assert np.any(solution.values["d"])
    assert not np.any(shown_values(solution)["d"])


@pytest.mark.parametrize(
    "equation",
    [
        "a - b",  # 1e-13, of numbers that are as exact as float64 has them
        "exp(-40) * (a - 1) ** 0",
        "(a - b) ** 2",
        "1e-20 * a",
    ],
)
def test_what_is_small_but_known_stays(equation):
    text = f"inputs: {{a: 1.0000000000001, b: 1, big: 1000}}\nequations: {{s: '{equation}', f: s + big}}\nof: f\n"
    solution = solve(loads(text), check=False)
    assert solution.values["s"] != 0
    assert shown_values(solution)["s"] == solution.values["s"]


@pytest.mark.parametrize("name", [name for name in WORKED if name != "mazur-10000"])
def test_no_published_number_is_taken_for_dust(name):
    """Whatever a source prints other than zero is shown other than zero."""
    solution = solved(name)
    shown = shown_values(solution)
    lost = [key for key, value in solution.values.items() if np.any(value) and not np.any(shown[key])]
    assert lost == []


@pytest.mark.parametrize("seed", range(20))
def test_sums_of_decimals_that_come_to_zero_are_shown_so(seed):
    """Random decimals, and a last one that makes the exact sum zero."""
    draw = np.random.default_rng(seed)
    terms = [Fraction(int(draw.integers(-999, 999)), 100) for _ in range(5)]
    terms.append(-sum(terms))
    given = ", ".join(f"v{i}: {float(term)!r}" for i, term in enumerate(terms))
    total = " + ".join(f"v{i}" for i in range(len(terms)))
    solution = solve(loads(f"inputs: {{{given}}}\nequations: {{s: '{total}', f: 3 * s}}\nof: f\n"), check=False)
    assert shown_values(solution)["s"] == 0
    assert shown_values(solution)["f"] == 0
