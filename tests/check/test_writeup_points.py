r"""Where derivatives are taken: `\frac{df}{dx}\Big|_{x=2}`, `[ … ]_{y=1}`, `|_{a = wx}`; and `\partial_W L`."""

from __future__ import annotations

import pytest
from handed_in import lines, verdicts

from tests.check.test_writeup_typesetting import NETWORK

SQUARE = r"""
inputs: {x: 2}
parameters: {w: 3}
equations: {a: w * x, f: a ** 2, L: f + sin(x)}
loss: L
"""


@pytest.mark.parametrize("bar", [r"\Big|_{x=%s}", r"|_{x = %s}", r"\bigg\rvert_{x=%s}", r"\vert_{x=%s, w=3}"])
def test_a_derivative_is_taken_where_it_is_said(bar, tmp_path):
    derivative = r"\frac{df}{dx} %s = %s"
    assert verdicts(SQUARE, derivative % (bar % 2, 36), tmp_path) == ["correct"]
    assert verdicts(SQUARE, derivative % (bar % 1, 18), tmp_path) == ["correct"]
    assert verdicts(SQUARE, derivative % (bar % 1, 36), tmp_path) == ["wrong"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r"\left.\frac{\partial f}{\partial x}\right|_{x=2} = 2 w^2 x = 36", ["correct", "correct"]),
        (r"\left.\frac{\partial f}{\partial x}\right|_{x=2} = 2 w x = 36", ["wrong", "correct"]),
        (r"\left[\frac{\partial f}{\partial x}\right]_{x=1} = 2 w^2", ["correct"]),
        (r"\left[\frac{\partial f}{\partial x}\right]_{x=1} = 4 w^2", ["wrong"]),
        (r"\frac{\partial L}{\partial x} \Big|_{x=0} = 1", ["correct"]),
        (r"\frac{\partial L}{\partial x} \Big|_{x=0} = 0", ["wrong"]),
        (r"\frac{df}{dx} = \frac{df}{da}\Big|_{a = wx} \frac{da}{dx}", ["correct"]),
        (r"\frac{\partial f}{\partial x} = 2 a \Big|_{a = wx} x", ["wrong"]),
    ],
)
def test_a_point_holds_for_the_whole_chain(line, words, tmp_path):
    assert verdicts(SQUARE, line, tmp_path) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r"\left.\frac{\partial L}{\partial z_2}\right|_{y=1} = \hat y - 1", ["correct"]),
        (r"\left.\frac{\partial L}{\partial z_2}\right|_{y=1} = \hat y", ["wrong"]),
        (r"\frac{\partial L}{\partial \hat y}\Big|_{y=0} = \frac{1}{1 - \hat y}", ["correct"]),
        (r"\left. \frac{d\sigma(z)}{dz} \right|_{z = z_2} = \hat y (1 - \hat y)", ["correct"]),
        (r"\left. \frac{d\sigma(z)}{dz} \right|_{z = z_2} = \hat y (1 + \hat y)", ["wrong"]),
        (r"\left. \frac{\partial \hat y}{\partial z_2} \right|_{z_2 = 0} = \frac{1}{2}", []),
        (r"\partial_{W_2} L = (\hat y - y) a_1^T", ["correct"]),
        (r"\partial_{W_2} L = (\hat y + y) a_1^T", ["wrong"]),
        (r"L_{W_2} = (\hat y - y) a_1^T", ["correct"]),
        (r"J_{z_2} = \hat y - y", ["correct"]),
    ],
)
def test_points_in_letters(line, words, tmp_path):
    assert verdicts(NETWORK, line, tmp_path) == words


def test_a_number_in_brackets_behind_a_derivative_may_be_where_it_is_taken(tmp_path):
    ((word, _),) = lines(SQUARE, r"$$ \frac{\partial f}{\partial x}(2) = 36 $$", tmp_path)
    assert word == "unread"


def test_a_chain_at_two_points_is_not_read_at_one_of_them(tmp_path):
    line = r"$$ \frac{df}{dx}\Big|_{x=2} = \frac{df}{dx}\Big|_{x=1} $$"
    assert [word for word, _ in lines(SQUARE, line, tmp_path)] == ["unread"]


def test_a_whole_number_put_in_for_a_letter_is_not_called_wrong(tmp_path):
    text = r"$$ \frac{\partial L}{\partial x} = 18 x + \cos(x) = 35.584 $$"
    assert [word for word, _ in lines(SQUARE, text, tmp_path)] == ["unreadable", "correct"]
    assert verdicts(SQUARE, r"\frac{\partial L}{\partial x} = 19 x + \cos(x)", tmp_path) == ["wrong"]
