"""Numbers as they are laid out in a sheet: lists, rows, and the matrices of other languages."""

import numpy as np
import pytest

from gradcalc.check.answers.layouts import MAX_ENTRIES, numbers
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.formula.table import Axis
from gradcalc.problem.document import Spellings
from gradcalc.problem.source import read_text


def read(text, axis=Axis.COLUMNS, shape=None):
    document = read_text(f"answer: {text}\n", lenient=True)
    return numbers(document.data["answer"], Spellings(document), ("answer",), axis, lambda path: "", shape)


@pytest.mark.parametrize(
    "text",
    [
        "[[1, 2], [3, 4]]",
        "[1 2; 3 4]",
        "[1, 2; 3, 4]",
        '"[1 2; 3 4]"',
        '"[1, 2; 3, 4]"',
        '"[[1, 2], [3, 4]]"',
        "[[1 2], [3 4]]",
        "[1 2; 3 4;]",
        "1 2; 3 4",
        "|\n  [[1 2]\n   [3 4]]",
        "[[1, 4/2], [3, 4.0]]",
    ],
)
def test_a_matrix_however_it_is_written(text):
    found = read(text)
    assert found.values.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert not found.flat


@pytest.mark.parametrize("text", ["[1, 2, 3]", "[1 2 3]", '"[1, 2, 3]"', "1, 2, 3", "[1, 4/2, 3]"])
def test_a_flat_list_is_a_sample(text):
    assert read(text).values.tolist() == [[1.0], [2.0], [3.0]]
    assert read(text, Axis.ROWS).values.tolist() == [[1.0, 2.0, 3.0]]
    assert read(text).flat


@pytest.mark.parametrize("text", ["[[1, 2, 3]]", '"[[1, 2, 3]]"', '"[[1 2 3]]"'])
def test_one_row_in_brackets_of_its_own_is_a_row(text):
    found = read(text)
    assert found.values.tolist() == [[1.0, 2.0, 3.0]]
    assert not found.flat


def test_semicolons_say_that_it_is_a_column():
    found = read("[1; 2; 3]", Axis.ROWS)
    assert found.values.tolist() == [[1.0], [2.0], [3.0]]
    assert not found.flat


def test_each_number_keeps_its_digits():
    found = read("[[0.2880, 3], [1/3, 1e-3]]")
    assert found.unit == pytest.approx(np.array([[1e-4, 1.0], [0.0, 1e-3]]))
    assert found.scientific.tolist() == [[False, False], [False, True]]
    assert read("[0.10 0.2; 3 -0.400]").unit == pytest.approx(np.array([[0.01, 0.1], [1.0, 1e-3]]))


def test_one_number_is_a_scalar():
    assert read("0.5").values.shape == ()
    assert read('"1/3"').values == 1 / 3
    assert read("0x1F").values == 31.0


@pytest.mark.parametrize("text", ["x @ da1.T", "yhat - y", "W1, W2", "n/a", "1 -2", "a; b"])
def test_text_that_writes_no_numbers_is_left_to_others(text):
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[1, 2], [3]]", "row 2 has 1 number, but row 1 has 2"),
        ("[1 2; 3]", "row 2 has 1 number, but row 1 has 2"),
        ("[[[1]]]", "entry 1 of row 1 is a list"),
        ("[1, [2]]", "entry 1 is 1 among rows"),
        ("[1, abc]", "entry 2 is 'abc'"),
        ("[1, null, 3]", "entry 2 is empty"),
        ("[[1, 2], [3, true]]", "entry 2 of row 2 is true"),
        ("true", "is true"),
        ("{a: 1}", "a mapping"),
        ("[1; x]", "'x' is no number"),
        ('"[x 2]"', "'x' is no number"),
        ('[1, "1e999"]', "entry 2 is not readable: 1e999 is too large"),
        ('[0, "nan"]', "entry 2 is not readable"),
        ('"[]"', "empty"),
        ("[[], []]", "row 1 is empty"),
    ],
)
def test_what_is_wrong_is_said_of_the_entry(text, words):
    with pytest.raises(NotReadable) as caught:
        read(text)
    assert words in caught.value.reason


def test_too_many_entries_are_refused_before_they_are_read():
    rows = [[0] * 1001] * 1000
    with pytest.raises(NotReadable, match="1,001,000 entries"):
        numbers(rows, {}, (), Axis.COLUMNS, lambda path: "")
    assert MAX_ENTRIES == 1_000_000


MATRIX = [[0.25, -1.0], [3.0, 0.5]]
PASTED = [
    "[[0.25, -1], [3, 0.5]]",
    "np.array([[0.25, -1.0], [3.0, 0.5]])",
    "array([[ 0.25, -1.  ],\n       [ 3.  ,  0.5 ]])",
    "array([[0.25, -1.0], [3.0, 0.5]], dtype=float32)",
    "tensor([[ 0.2500, -1.0000],\n        [ 3.0000,  0.5000]])",
    "tensor([[0.2500, -1.0000], [3.0000, 0.5000]], dtype=torch.float64, grad_fn=<MmBackward0>)",
    "tensor([[0.2500, -1.0000], [3.0000, 0.5000]], device='cuda:0', requires_grad=True)",
    "Parameter containing:\ntensor([[0.2500, -1.0000],\n        [3.0000, 0.5000]], requires_grad=True)",
    "Array([[0.25, -1.], [3., 0.5]], dtype=float32)",
    "[[ 0.25 -1.  ]\n [ 3.    0.5 ]]",
    "[[np.float64(0.25), np.float64(-1.0)], [np.float64(3.0), np.float64(0.5)]]",
    "[0.25 -1; 3 0.5]",
    "[0.25, -1;\n 3, 0.5]",
    "[0.25 3; -1 0.5]'",
    "[[0.25, 3], [-1, 0.5]]^T",
    "[[0.25, 3], [-1, 0.5]].T",
    "[[0.25, 3], [-1, 0.5]]ᵀ",
    r"[[0.25, 3], [-1, 0.5]]^\top",
    "np.array([[0.25, 3], [-1, 0.5]]).T",
    "((0.25, -1), (3, 0.5))",
    "{{0.25, -1}, {3, 0.5}}",
    "Matrix([[0.25, -1], [3, 0.5]])",
    "⎡0.25  -1  ⎤\n⎣3      0.5⎦",
    "⎛0.25  −1⎞ ⎝3  0.5⎠",
    "| 0.25 | -1 |\n|------|----|\n| 3 | 0.5 |",
    "| 0.25 | -1 | |:--:|---:| | 3 | 0.5 |",
    "| a | b |\n|---|---|\n| 0.25 | -1 |\n| 3 | 0.5 |",
    "|   |   |\n|---|---|\n| 0.25 | −1 |\n| 3 | 0.5 |",
    "0.25 -1\n3 0.5",
    r"\begin{bmatrix} 0.25 & -1 \\ 3 & 0.5 \end{bmatrix}",
    r"$\begin{pmatrix}0.25&-1\\[2pt]3&0.5\\\end{pmatrix}$",
    r"\left[\begin{array}{cc} \frac{1}{4} & −1 \\ 3 & 5 \times 10^{-1} \end{array}\right]",
    r"\begin{bmatrix} 0.25 & 3 \\ -1 & 0.5 \end{bmatrix}^\top",
    "[[25%, -100%], [300%, 50%]]",
    "[[2.5×10^{-1}, -1], [3, 5 × 10^-1]]",
    "[[1/4, −1], [3, ½]]",
]


@pytest.mark.parametrize("text", PASTED)
def test_what_people_paste_is_the_matrix_it_shows(text):
    found = numbers(text, {}, (), Axis.COLUMNS, lambda path: "", (2, 2))
    assert found.values.tolist() == MATRIX
    assert not found.flat


@pytest.mark.parametrize(
    "text",
    [
        "(1, 2, 3)",
        "[1 2 3]",
        "1 2 3",
        "array([1., 2., 3.])",
        "tensor([1, 2, 3])",
        "[1, 2, 3]^T",
        "[1. 2.\n 3.]",
        "(1, 2, 3)ᵀ",
        "np.array([1, 2, 3])",
        "[np.float64(1.0), np.float64(2.0), np.float64(3.0)]",
    ],
)
@pytest.mark.parametrize("axis", Axis)
def test_a_vector_that_is_pasted_is_a_flat_list(text, axis):
    shape = (3, 1) if axis is Axis.COLUMNS else (1, 3)
    found = numbers(text, {}, (), axis, lambda path: "", shape)
    assert found.values.tolist() == np.reshape([1.0, 2.0, 3.0], shape).tolist()
    assert found.flat


def test_a_program_that_leaves_out_zeros_has_shown_them():
    """NumPy writes `0.5` beside `0.98201379`, and `1.` for 1.0000."""
    found = numbers("[[0.98201379 0.5       ]\n [1.         0.25      ]]", {}, (), Axis.COLUMNS, lambda path: "")
    assert found.unit == pytest.approx(np.full((2, 2), 1e-8))
    assert numbers("[1. 2.]", {}, (), Axis.COLUMNS, lambda path: "").unit == pytest.approx(1e-4)
    typed = numbers("np.array([0.5, 0.25])", {}, (), Axis.COLUMNS, lambda path: "")
    assert typed.unit.ravel() == pytest.approx([0.1, 0.01])


@pytest.mark.parametrize(
    ("text", "shape", "expected"),
    [
        ("0,3927", (), 0.3927),
        ("-0,3927", (), -0.3927),
        ("0,9820; 0,5000", (2, 1), [[0.982], [0.5]]),
        ("[0,9820; -0,5000]", (2, 1), [[0.982], [-0.5]]),
        ("[0,9820, -0,5000]", (2, 1), [[0.982], [-0.5]]),
        ("[0,9820 −0,5000]", (1, 2), [[0.982, -0.5]]),
        ("[[0,25, -1,00], [3,00, 0,50]]", (2, 2), MATRIX),
        ("[0,25 -1,0; 3,0 0,5]", (2, 2), MATRIX),
    ],
)
def test_decimal_commas_are_read_with_a_hint(text, shape, expected):
    axis = Axis.ROWS if shape == (1, 2) else Axis.COLUMNS
    document = read_text(f"answer: {text}\n", lenient=True)
    found = numbers(document.data["answer"], Spellings(document), ("answer",), axis, lambda path: "", shape)
    assert found.values.tolist() == expected
    assert "decimal commas" in found.remark


@pytest.mark.parametrize("text", ["[1, 2, 3, 4]", "[[1, 2], [3, 4]]", "[1 2; 3 4]"])
def test_whole_numbers_that_are_asked_for_are_no_decimals(text):
    document = read_text(f"answer: {text}\n", lenient=True)
    found = numbers(document.data["answer"], Spellings(document), ("answer",), Axis.COLUMNS, lambda path: "", (2, 2))
    assert found.values.ravel().tolist() == [1.0, 2.0, 3.0, 4.0]
    assert not found.remark


def test_lines_of_the_file_are_rows_where_yaml_would_make_one_line_of_them():
    for text in ("answer:\n  0.25 -1\n  3 0.5\n", "answer: 'array([[0.25, -1.],\n    [3., 0.5]])'\n"):
        document = read_text(text, lenient=True)
        data, written = document.data["answer"], Spellings(document)
        found = numbers(data, written, ("answer",), Axis.COLUMNS, lambda path: "", (2, 2))
        assert found.values.tolist() == MATRIX


@pytest.mark.parametrize("text", ["[[0, 98, 5], [12, 3, 45]]", '"[0, 98, 5; 12, 3, 45]"'])
def test_rows_with_an_odd_count_hold_no_decimal_commas(text):
    """Six numbers where three are asked for: a comma for a point would join the end of one row to the next."""
    found = read(text, shape=(3, 1))
    assert found.values.tolist() == [[0.0, 98.0, 5.0], [12.0, 3.0, 45.0]]
    assert not found.remark
