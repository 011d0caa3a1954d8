r"""Losses with a margin, whose gradient people take where they cost something, without a word: `\partial L/\partial a`.

With s = |a - p|² - |a - n|² + m the triplet loss max(0, s) has the gradient 2(n - p) by a where s > 0, and 0 elsewhere
(Schroff et al., FaceNet, 2015, eq. 3); C max(0, 1 - y f) has -C y x by w where y f < 1 (Cortes & Vapnik, 1995).
"""

from __future__ import annotations

import pytest
from handed_in import assert_each_is, lines

TRIPLET = r"""
inputs: {a: vector(d), p: vector(d), n: vector(d), m: positive}
equations:
  L: relu(dot(a - p, a - p) - dot(a - n, a - n) + m)
of: L
"""
MARGIN = r"""
inputs: {x: vector(d), C: positive}
targets: {y: sign}
parameters: {w: vector(d), b: scalar}
equations:
  f: dot(w, x) + b
  L: dot(w, w) / 2 + C * maximum(0, 1 - y * f)
of: L
"""
NEURON = r"""
inputs: {x: vector(d)}
parameters: {w: vector(d), b: scalar}
equations:
  z: dot(w, x) + b
  L: relu(z)
of: L
"""
RIGHT = [
    (
        TRIPLET,
        r"""
        \frac{\partial L}{\partial a} = 2 (n - p)
        \frac{\partial L}{\partial p} = -2 (a - p)
        \nabla_n L = 2 (a - n)
        \frac{\partial L}{\partial a_i} = 2 (n_i - p_i)
        """,
    ),
    (
        MARGIN,
        r"""
        \frac{\partial L}{\partial w} = w - C y x
        \frac{\partial L}{\partial w_i} = w_i - C y x_i
        \frac{\partial L}{\partial b} = -C y
        \frac{\partial L}{\partial f} = -C y
        dL = (w - C y x)^T dw
        """,
    ),
    (MARGIN.replace("maximum(0, 1 - y * f)", "hinge(f, y)"), r"\frac{\partial L}{\partial w} = w - C y x"),
]
WRONG = [
    (
        TRIPLET,
        r"""
        \frac{\partial L}{\partial a} = 2 (p - n)
        \frac{\partial L}{\partial a} = n - p
        \frac{\partial L}{\partial p} = 2 (a - p)
        \frac{\partial L}{\partial n} = 2 (a + n)
        \frac{\partial L}{\partial a_i} = 2 (n_i + p_i)
        L = \|a - p\|^2 - \|a - n\|^2 + m
        """,
    ),
    (
        MARGIN,
        r"""
        \frac{\partial L}{\partial w} = w + C y x
        \frac{\partial L}{\partial w} = - C y x
        \frac{\partial L}{\partial w_i} = w_i - y x_i
        \frac{\partial L}{\partial b} = C y
        \frac{\partial L}{\partial w} = w
        dL = (w + C y x)^T dw
        """,
    ),
    (NEURON, r"\frac{\partial L}{\partial w} = x"),  # the derivative of a unit is no margin
    (NEURON, r"\frac{\partial L}{\partial w_i} = x_i"),
]


@pytest.mark.parametrize(("problem", "displays"), RIGHT, ids=range(len(RIGHT)))
def test_a_gradient_is_right_where_the_hinge_is_active(problem, displays, tmp_path):
    assert_each_is("correct", problem, displays, tmp_path)


@pytest.mark.parametrize(("problem", "displays"), WRONG, ids=range(len(WRONG)))
def test_what_is_right_on_neither_side_is_wrong(problem, displays, tmp_path):
    assert_each_is("wrong", problem, displays, tmp_path)


def test_it_is_said_where_such_a_line_holds(tmp_path):
    ((_, why),) = lines(TRIPLET, r"$$ \frac{\partial L}{\partial a} = 2 (n - p) $$", tmp_path)
    assert why == "right where the hinge is active"


def test_zero_is_for_a_case_that_isnt_said(tmp_path):
    ((word, _),) = lines(TRIPLET, r"$$ \frac{\partial L}{\partial a_i} = 0 $$", tmp_path)
    assert word == "unread"
    ((word, _),) = lines(TRIPLET, r"If the margin is not violated, $$ \frac{\partial L}{\partial a_i} = 0 $$", tmp_path)
    assert word == "correct"


def test_words_of_the_side_where_it_costs_nothing_excuse_no_slope(tmp_path):
    problem = """
inputs: {x: vector(n)}
targets: {y: sign}
parameters: {w: vector(n)}
equations:
  f: w.T @ x
  L: maximum(0, 1 - y * f)
of: L
"""
    for words, word in ((r"If $y f < 1$,", "correct"), (r"If $y f \ge 1$,", "wrong")):
        text = rf"{words} $$ \frac{{\partial L}}{{\partial w}} = -y x $$"
        assert [each for each, _ in lines(problem, text, tmp_path)] == [word]
