"""What reports write is what answers may be: printed and read again, every rule of every bundled problem is itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from bundled import WORKED, loaded
from slow import sampled

from gradcalc.check.answers.read import read_answer
from gradcalc.formula.evaluate import evaluate
from gradcalc.formula.write import latex, unicode
from gradcalc.problem.load import loads
from gradcalc.program.problem import Problem
from gradcalc.program.sections import quantities
from gradcalc.program.shown import shown_names
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve
from gradcalc.report.scalars import scalar_over
from gradcalc.report.styled import InStyle

IN_TURN = ("lfd-coordinates", "mazur-sequential")
"""Where new values are used on the way back, which answers may not."""
OF_SEVERAL = ("cs221-regression", "cs221-regression-optimum", "google-regression", "hmkcode")
r"""The mean over samples of ‖ŷ − y‖², which is written as if there were one sample."""


def alike(found: np.ndarray, right: np.ndarray) -> bool:
    """Whether two values are the same, a matrix of one number and the number among them."""
    return found.size == right.size and np.allclose(found.reshape(right.shape), right, rtol=1e-9, atol=1e-300)


def written(solution: Solution) -> Iterator[tuple[str, str, str]]:
    """Each equation that can be answered, and its rule in Unicode and in TeX."""
    problem = solution.problem
    styled = InStyle(shown_names(problem, solution.shapes), solution.shapes, problem.axis)
    names, scalar = shown_names(problem, solution.shapes), scalar_over(solution.shapes, problem.axis)
    labels = {each.equation: each.label for each in quantities(solution)}
    for equation in solution.equations:
        if equation.name in labels:
            rule = styled(equation.expr)
            assert alike(evaluate(rule, solution.values, problem.axis), solution.values[equation.name])
            shown = (
                unicode(rule, names.unicode, scalar, names.function_unicode),
                latex(rule, names.latex, scalar, names.function_latex),
            )
            yield from ((equation.name, labels[equation.name], text) for text in shown)


def comes_to(label: str, text: str, solution: Solution) -> np.ndarray | None:
    """The value of an answer; None of a number, which reads back for sure."""
    answer = read_answer(label, text, solution)
    assert not answer.unreadable, (text, answer.unreadable)
    return None if answer.formula is None else evaluate(answer.formula, solution.values, solution.problem.axis)


def held(problem: Problem, but: tuple[str, ...] = ()) -> None:
    solution = solve(problem, check=False)
    for name, label, text in written(solution):
        if any(each in text for each in but):
            continue
        found, right = comes_to(label, text, solution), solution.values[name]
        assert found is None or alike(found, right), (name, text)


@pytest.mark.parametrize("style", ["signs", "course"])
@pytest.mark.parametrize("name", sampled([name for name in WORKED if name not in IN_TURN], 1))
def test_what_is_printed_reads_back(name, style):
    but = (r"\operatorname{mean}\left(\left\lVert",) if name in OF_SEVERAL else ()
    held(replace(loaded(name), style=style), but=but)


NET = """
inputs: [1, 2]
targets: [0, 1]
layers:
  - {weights: [[0.3, -0.6], [0.4, 0.5]], biases: [1, -0.5], activation: sigmoid}
  - {weights: [[0.2, 0.3], [0.4, -0.3]], activation: softmax}
loss: half_squared_error
lr: 0.5
"""


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("gradients.W2", r"h^{1} {\nabla a^{2}}^\top"),
        ("gradients.W2", r"{h^{1}} \nabla {a^{2}}^{\top}"),
        ("gradients.h1", r"W^{2} \nabla a^{2}"),
        ("forward.a1", r"{W^{1}}^\top x + b^{1}"),
        ("gradients.a1", r"\nabla h^{1} \odot h^{1} \odot \left(1 - h^{1}\right)"),
        (
            "gradients.a2",
            r"\hat{y} \odot \left(\nabla\hat{y} - \left\langle \nabla\hat{y}, \hat{y} \right\rangle\right)",
        ),
        ("loss", r"\frac{1}{2}\left\lVert \hat{y} - y \right\rVert^2"),
        ("loss", "‖ŷ − y‖² / 2"),
        ("updated.W1", r"W^{1} - \eta \cdot \nabla W^{1}"),
    ],
)
def test_what_textbooks_write_is_what_is_meant(label, text):
    solution = solve(loads(NET), check=False)
    equation = next(each.equation for each in quantities(solution) if each.label == label)
    found = comes_to(label, text, solution)
    assert found is not None
    right = solution.values[equation]
    assert found.reshape(right.shape) == pytest.approx(right, rel=1e-12)


def test_letters_side_by_side_are_a_word_if_there_is_one_else_names():
    text = "inputs: {s: 2, u: 3, m: 4}\nequations: {f: sum(s * u * m), g: s * f}\nof: g\n"
    solution = solve(loads(text), check=False)
    assert comes_to("forward.f", r"su\cdot m", solution) == pytest.approx(24)
    assert comes_to("forward.f", r"sum\left(s \cdot u \cdot m\right)", solution) == pytest.approx(24)


def test_of_two_numbers_in_tex_max_is_the_larger():
    text = "inputs: {x: 2, z: 3}\nequations: {f: 'maximum(x, 0)', g: 'minimum(x, z)', h: f + g}\nof: h\n"
    solution = solve(loads(text), check=False)
    assert comes_to("forward.f", r"\max\left(x, 0\right)", solution) == pytest.approx(2)
    assert comes_to("forward.g", r"\min\left(x, z\right)", solution) == pytest.approx(2)


PARTS = """
inputs: {x: [1, 2, 3, 5], A: [[1, 2, 3], [4, 5, 6]]}
equations: {y: sum(x), y2: 3 * y, f: y2 * sum(A)}
of: f
"""
X, A = np.array([1.0, 2, 3, 5]), np.array([[1.0, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (r"\operatorname{sum}\left(x[2:4] \odot x[1:3]\right)", X[1:4] @ X[:3]),
        (r"\operatorname{sum}\left(x[2:]^{2}\right)", (X[1:] ** 2).sum()),
        (r"\operatorname{sum}\left(A[1:2,2:3]\right)", A[:2, 1:3].sum()),
        (r"\operatorname{sum}\left(A^\top[:2,:]\right)", A[:, :2].sum()),
        (r"y^{2}", X.sum() ** 2),
        (r"1 - y^{2} \cdot y_{2}", 1 - X.sum() ** 2 * (3 * X.sum())),
        ("y^2", X.sum() ** 2),
        (r"y_{2}", 3 * X.sum()),
    ],
)
def test_ranges_and_squares_in_tex_are_what_they_say(text, right):
    found = comes_to("forward.f", text, solve(loads(PARTS), check=False))
    assert found == pytest.approx(right)


@pytest.mark.parametrize("text", [r"\operatorname{sum}\left(x[3:2]\right)", r"x[1:0]^\top x[1:2]", "2 sum(x[1:0])"])
def test_a_range_without_entries_is_refused(text):
    assert read_answer("forward.f", text, solve(loads(PARTS), check=False)).unreadable
