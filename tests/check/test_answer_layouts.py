"""Numbers as they are laid out in a sheet: lists, rows, and the matrices of other languages."""

import numpy as np
import pytest

from gradcalc.check.answers.layouts import MAX_ENTRIES, numbers
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.formula.table import Axis
from gradcalc.problem.document import Spellings
from gradcalc.problem.source import read_text


def read(text, axis=Axis.COLUMNS):
    document = read_text(f"answer: {text}\n", lenient=True)
    return numbers(document.data["answer"], Spellings(document), ("answer",), axis, lambda path: "")


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
