import numpy as np
import pytest

from gradcalc.report.terminal.boxes import Box, beside, box, cells, fenced, indented, stack, styled
from gradcalc.report.terminal.matrices import draw


def lines(drawn):
    return [line.rstrip() for line in drawn.lines]


def test_boxes_side_by_side_have_their_base_lines_level():
    tall = box("a", "b", "c", base=1)
    assert lines(beside(box("x = "), tall, box("!"))) == ["    a", "x = b!", "    c"]
    assert beside(box("x"), tall).base == 1


def test_every_line_of_a_box_is_equally_wide():
    drawn = beside(box("ŷ", "xyz"), fenced(box("1", "22")), stack([box("a"), box("bcd")]))
    assert {cells(line) for line in drawn.lines} == {drawn.width}


def test_accents_take_no_room_and_chinese_takes_two_columns():
    assert cells("x̄") == 1
    assert cells("梯度") == 4
    assert box("x̄", "ab").width == 2


def test_brackets_are_as_tall_as_what_they_hold():
    assert lines(fenced(box("1"), "[")) == ["[1]"]
    assert lines(fenced(box("1", "2"), "[")) == ["⎡1⎤", "⎣2⎦"]
    assert lines(fenced(box("1", "2", "3"), "(")) == ["⎛1⎞", "⎜2⎟", "⎝3⎠"]
    assert lines(fenced(box("1", "2", "3"), "[", ascii_only=True)) == ["[1]", "[2]", "[3]"]


def test_marks_stay_on_what_they_mark():
    marked = indented(beside(box("a", "b", base=1), styled(box("name"), "name"), box(" = ")), 3)
    (mark,) = marked.marks
    assert marked.lines[mark.row][mark.start : mark.stop] == "name"
    (mark,) = stack([box("first"), marked]).marks
    assert stack([box("first"), marked]).lines[mark.row][mark.start : mark.stop] == "name"


def test_a_number_and_a_matrix():
    assert draw(np.array(0.39272), 4).box.lines == ("0.3927",)
    assert lines(draw(np.array([[-0.00518, 0.07331], [0, 0]]), 4).box) == ["⎡-0.0052  0.0733⎤", "⎣ 0       0     ⎦"]
    assert lines(draw(np.array([[3.0, 6], [4, 5]]), 4, exact=True, ascii_only=True).box) == ["[3  6]", "[4  5]"]
    assert lines(draw(np.zeros((0, 2)), 4).box) == ["[]"]


@pytest.mark.parametrize("shape", [(1, 40), (3, 40), (12, 5), (13, 1), (100, 100), (5, 100_000)])
@pytest.mark.parametrize("width", [20, 40, 80])
def test_a_large_matrix_is_shown_in_part_within_the_width(shape, width):
    random = np.random.default_rng(1)
    # Entries of one sign and one digit before the point, so that each takes six columns, and two between them.
    drawn = draw(random.uniform(1.0, 9.0, size=shape), 4, width=width)
    cut = 2 + 6 * shape[1] + 2 * (shape[1] - 1) > width
    assert drawn.box.width <= width
    assert drawn.elided == (shape[0] > 12 or cut)
    assert drawn.box.height <= 12
    assert ("…" in drawn.box.lines[0]) == cut
    assert any("⋮" in line for line in drawn.box.lines) == (shape[0] > 12)


def test_a_part_of_a_matrix_begins_and_ends_as_the_whole_does():
    matrix = np.arange(400.0).reshape(20, 20)
    drawn = draw(matrix, 4, width=40).box.lines
    assert drawn[0][1:].split()[:2] == ["0", "1"]
    assert drawn[-1][:-1].split()[-2:] == ["398", "399"]


def test_a_box_without_lines_is_empty():
    assert Box(("",)).width == 0


@pytest.mark.parametrize("array", [[[1.0], [2.0]], [[1.0, 2.0, 3.0]]])
def test_one_column_is_shown_where_a_name_takes_the_whole_line(array):
    assert "1" in "".join(draw(np.array(array), 4, width=-9).box.lines)
