"""Pasted text that YAML can't read is read from a sheet, and from no problem file."""

import json

import pytest
from clock import within
from hypothesis import given
from hypothesis import strategies as st

from gradcalc.errors import InputError
from gradcalc.problem.mend import mended
from gradcalc.problem.source import read_text


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: [[1. 2.]\n    [3. 4.]]\nb: 1\n", {"a": "[[1. 2.] [3. 4.]]", "b": 1}),
        ("s:\n  a: [[1. 2.]\n [3. 4.]]\n  b: 1\n", {"s": {"a": "[[1. 2.] [3. 4.]]", "b": 1}}),
        ("a: [[1, 2]]^T  # turned\n", {"a": "[[1, 2]]^T"}),
        ("a: | 1 | 2 |\n   |---|---|\n", {"a": "| 1 | 2 | |---|---|"}),
        ("s:\n  a:\n    | 1 |\n    | 2 |\n  b: 3\n", {"s": {"a": " | 1 | | 2 |", "b": 3}}),
        ("s: {a: np.dot(x, y), b: f(g(1, 2), [3, 4])}\n", {"s": {"a": "np.dot(x, y)", "b": "f(g(1, 2), [3, 4])"}}),
        ("s: {a: f(x, y), b: f(x, y)}\n", {"s": {"a": "f(x, y)", "b": "f(x, y)"}}),
        ("s: {a: np.sum(x, axis=0, keepdims=True)}\n", {"s": {"a": "np.sum(x, axis=0, keepdims=True)"}}),
        ("s: {a: [1 2]', b: 'x'}\n", {"s": {"a": "[1 2]'", "b": "x"}}),
        ("s: {W1[1,2]: 0.5, x[2,:]: [1, 2], b: 3}\n", {"s": {"W1[1,2]": 0.5, "x[2,:]": [1, 2], "b": 3}}),
        ('a: "\\hat{y} - y"\n', {"a": "\\hat{y} - y"}),
        ('a: "\\begin{bmatrix} 1 \\\\\\\\ 2 \\end{bmatrix}"\n', {"a": "\\begin{bmatrix} 1 \\\\\\\\ 2 \\end{bmatrix}"}),
        ('a: "\\frac{1}{2} x\'s"\n', {"a": "\\frac{1}{2} x's"}),
        ("a: `h1 @ x.T`\n", {"a": "`h1 @ x.T`"}),
        ("a: tensor([[1.],\n[2.]])\n", {"a": "tensor([[1.], [2.]])"}),
    ],
)
def test_what_is_pasted_is_read_as_text(text, data):
    assert read_text(text, lenient=True).data == data


@pytest.mark.parametrize(
    "text",
    [
        "a: [[1. 2.]\n    [3. 4.]]\n",
        "a: [[1, 2]]^T\n",
        "a: | 1 | 2 |\n",
        'a: "\\hat{y}"\n',
        "a: [1, 2\n",
        "a: 'open\n",
        "- a\nb: 1\n",
    ],
)
def test_a_problem_file_is_never_mended(text):
    with pytest.raises(InputError):
        read_text(text)


def test_a_problem_keeps_what_was_cut_at_a_comma():
    assert read_text("s: {a: f(x, y)}\n").data == {"s": {"a": "f(x", "y)": None}}


@pytest.mark.parametrize("text", ["a: [1, 2\nb: 3\n", "a: 'open\n", "[1, 2\n", "{a: 1\n"])
def test_what_stays_unreadable_is_said_as_before(text):
    said = []
    for lenient in (False, True):
        with pytest.raises(InputError) as caught:
            read_text(text, lenient=lenient)
        said.append(str(caught.value))
    assert said[0] == said[1]


SCALARS = st.one_of(st.integers(-99, 99), st.floats(-9, 9), st.text("abx (),.[]{}#:'\"|-", max_size=8), st.none())
SHEETS = st.dictionaries(
    st.sampled_from(["forward", "loss", "gradients"]),
    st.one_of(SCALARS, st.dictionaries(st.sampled_from(["W1", "b1", "h1"]), st.one_of(SCALARS, st.lists(SCALARS)))),
    min_size=1,
)


@given(SHEETS)
def test_what_yaml_reads_is_left_as_it_is(sheet):
    assert read_text(json.dumps(sheet), lenient=True).data == sheet


@given(st.text("ab:{}[]()|'\"\\#, \n-1^`%", max_size=60))
def test_mending_never_fails_and_keeps_the_lines(text):
    assert mended(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "a: {" + "b: f(x, " * 100_000,
        " " * 1_000_000 + "x",
        "a:" + " " * 1_000_000 + "#",
        "a: [" + "] " * 300_000 + "[",
        "a: {" + ",a: (" * 200_000 + "}",
        'a: "' + "\\" * 500_000,
        "a:\n" * 200_000,
        "a: (\n" * 200_000,
    ],
)
def test_mending_is_linear(text):
    within(2.0, lambda: mended(text))
