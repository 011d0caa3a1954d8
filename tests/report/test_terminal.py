"""Facts that hold for every drawing: nothing is cut, nothing is wider than the page, signs stand in line."""

import re

import numpy as np
import pytest
from slow import sampled

import gradcalc
from gradcalc.formula.parse import parse
from gradcalc.problem.bundled import bundled_names
from gradcalc.program.problem import Equation, Problem
from gradcalc.report.page import Page
from gradcalc.report.story.solution import solution_document
from gradcalc.report.terminal import page as terminal
from gradcalc.report.terminal import plain
from gradcalc.report.terminal.boxes import cells

WORKED = ["hw3", "hw3-problem1", "cross-entropy-batch", "ng-regularized", "ttic-graph-mixed", "cs231n-circuit", "mazur"]


def drawn(solution, width=80, expand=False, **page):
    return terminal.render(solution_document(solution, expand=expand), Page(width, **page))


@pytest.fixture(scope="module")
def hw3():
    return gradcalc.solve(gradcalc.load("hw3"))


@pytest.mark.parametrize("name", WORKED)
@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_line_is_wider_than_the_page_or_ends_with_a_space(name, expand, ascii_only):
    solution = gradcalc.solve(gradcalc.load(name))
    for width in (40, 60, 80, 120, 200):
        for line in drawn(solution, width, expand, ascii_only=ascii_only).splitlines():
            assert cells(line) <= width, line
            assert line == line.rstrip()


@pytest.mark.parametrize("name", WORKED)
def test_every_value_is_there_at_twenty_columns(name):
    solution = gradcalc.solve(gradcalc.load(name))
    digits = solution.problem.digits
    text = drawn(solution, 20)
    for value in solution.values.values():
        if np.size(value) <= 3:
            for number in np.ravel(value):
                assert (
                    number == 0 or abs(number) < 10.0**-digits or f"{abs(number):.{digits}f}"[:-1].rstrip("0.") in text
                )


def test_ascii_means_ascii_and_formulas_as_they_are_typed(hw3):
    text = drawn(hw3, ascii_only=True)
    assert text.isascii()
    assert "dW2 = h1 @ da2.T" in text
    assert "2x1" in text


def test_names_are_those_of_the_course(hw3):
    text = drawn(hw3)
    assert "∇W² = H @ ∇a²ᵀ" in text
    assert "∇W₀² = ∇a²" in text
    assert "ŷ = softmax(a²)" in text


def test_the_numbers_of_the_course_are_shown(hw3):
    text = drawn(hw3, 120)
    for row in (
        "⎡0.9820⎤ @ [0.2932  -0.2932] = ⎡0.2880  -0.2880⎤",
        "⎣0.5000⎦                       ⎣0.1466  -0.1466⎦",
        "⎡3  6⎤ - 0.5 · ⎡-0.0052  0.0733⎤ = ⎡3.0026  5.9633⎤",
        "⎣4  5⎦         ⎣ 0       0     ⎦   ⎣4       5     ⎦",
        "The loss fell from 0.3927 to 0.2146.",
    ):
        assert row in text


def test_each_entry_is_a_sum_of_products_with_its_numbers(hw3):
    text = drawn(hw3, 80, expand=True)
    assert "∇W²[1,1] = H[1] · ∇a²[1] = 0.9820 · 0.2932 = 0.2880" in text
    assert "a¹[2] = W¹[1,2] · x[1] + W¹[2,2] · x[2] + W₀¹[2] = 6 · 1 + 5 · 0 + (-6) = 0" in text


def test_equal_signs_of_a_quantity_stand_under_each_other(hw3):
    block = drawn(hw3, 80).split("Backward pass")[1].split("Update")[0]
    heads = [line.index(" = ") for line in block.splitlines() if re.match(r" *∇\S+ = ", line)]
    follow = [line.index("= ") - 1 for line in block.splitlines() if re.match(r" +=", line)]
    assert len(heads) == 9
    assert len(set(heads + follow)) == 1


def test_colour_only_adds_to_the_text(hw3):
    painted = drawn(hw3, colour=True)
    assert "\x1b[" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == drawn(hw3)


def problem(**changes):
    equations = {"a": "W @ x", "loss": "sum(tanh(a))"}
    settings = {
        "inputs": {"x": np.ones((30, 1))},
        "parameters": {"W": np.full((20, 30), 0.25)},
        "forward": tuple(Equation("forward", name, parse(text)) for name, text in equations.items()),
        "objective": "loss",
        "lr": 0.1,
    }
    return Problem(**{**settings, **changes})


def test_large_matrices_are_shown_in_part_and_it_is_said():
    text = drawn(gradcalc.solve(problem()), expand=True)
    assert "(20×30)" in text
    assert "⋮" in text
    assert "Large matrices are shown in part; --full or --format json has every number." in text
    assert "(not written out: 600 entries)" in text


def test_numbers_that_do_not_fit_are_left_out_and_it_is_said():
    wide = problem(inputs={"x": np.full((2, 1), 1e-3)}, parameters={"W": np.full((2, 2), 0.123456)})
    text = drawn(gradcalc.solve(wide), 20)
    assert "they are left out." in " ".join(text.split())
    assert "⎡0.123456  …⎤" in text or "⎡0.1235  0.1235⎤" in text


def test_a_loss_that_barely_falls_is_shown_with_enough_decimals():
    slow = problem(inputs={"x": np.ones((1, 1))}, parameters={"W": np.ones((1, 1))}, lr=1e-6)
    text = drawn(gradcalc.solve(slow))
    before, after = re.search(r"The loss fell from (\S+) to (\S+)\.\n", text).groups()
    assert float(before) > float(after)


def test_a_loss_that_rises_is_said_to_rise():
    assert "The loss rose" in drawn(gradcalc.solve(problem(parameters={"W": np.full((1, 30), -0.01)}, lr=-1.0)))


def test_frozen_parameters_are_named():
    text = drawn(gradcalc.solve(problem(frozen=frozenset({"W"}))))
    assert "W stays as it is (frozen)." in text
    assert "The loss stayed at" in text


def test_values_on_a_kink_and_overflow_are_told():
    forward = tuple(Equation("forward", n, parse(f)) for n, f in {"h": "relu(x)", "loss": "sum(exp(h))"}.items())
    text = drawn(gradcalc.solve(problem(inputs={"x": np.array([[0.0], [1000.0]])}, parameters={}, forward=forward)))
    assert "On a kink, where" in text
    assert "relu in h[1]." in " ".join(text.split())
    assert "Warning: loss is not finite" in text
    assert "Traceback" not in text


def test_without_a_loss_there_is_only_a_forward_pass():
    text = drawn(gradcalc.solve(problem(objective=None)))
    assert "Forward pass" in text
    assert "Backward" not in text
    assert "Update" not in text


@pytest.mark.parametrize("name", sampled(bundled_names(), 2))
def test_every_problem_that_comes_with_gradcalc_can_be_shown(name):
    loaded = gradcalc.load(name)
    if loaded.forward:
        document = solution_document(gradcalc.solve(loaded), expand=True)
        for width in (20, 80):
            assert terminal.render(document, Page(width)).strip()
        assert plain.render(document, Page())


@pytest.mark.parametrize("rows", [2, 20])
def test_a_given_matrix_shown_in_part_leaves_room_for_its_shape(rows):
    """At every width: the shape stands behind it, and the line still fits."""
    given = problem(parameters={"W": np.linspace(0.1, 9, rows * 30).reshape(rows, 30)})
    document = solution_document(gradcalc.solve(given))
    for width in range(40, 130):
        lines = terminal.render(document, Page(width)).splitlines()
        assert max(map(cells, lines)) <= width
        assert any(f"({rows}×30)" in line for line in lines) or rows * 30 <= 60
