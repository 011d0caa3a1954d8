"""Plots: numbers stand where they should, lines are where they are, and a descent's curve is told in every format."""

import csv
import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from io import StringIO
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradcalc
from gradcalc.commands.request import Request
from gradcalc.commands.steps import Way, step_report
from gradcalc.errors import UsageError
from gradcalc.program.descent import take_steps
from gradcalc.program.surface import surface
from gradcalc.report.document import Line, Plot
from gradcalc.report.formats import STEP_FORMATS, lookup_format, render
from gradcalc.report.page import Page
from gradcalc.report.plot.contours import contours
from gradcalc.report.plot.raster import Raster
from gradcalc.report.plot.room import along, roomiest
from gradcalc.report.plot.scale import scale_of, tick_labels
from gradcalc.report.plot.svg import svg
from gradcalc.report.plot.thinned import MOST, thinned
from gradcalc.report.terminal.plots import Screen, plotted
from gradcalc.report.tex.plots import picture

NUMBERS = st.floats(-1e299, 1e299)
SVG = "{http://www.w3.org/2000/svg}"
BOWL = "inputs: {}\nparameters: {a: 3, b: 2}\nequations: {f: a ** 2 + 8 * b ** 2}\nof: f\nlr: 0.05\n"


def written(way: Way, form: str, page: Page | None = None, problem: str = "hw3") -> str:
    return render(step_report(Request(problem), way), lookup_format(form, STEP_FORMATS), page or Page())


# Axes


@given(st.lists(NUMBERS, min_size=1, max_size=20), st.integers(2, 10), st.booleans(), st.sampled_from([0, 0.04]))
def test_all_numbers_have_room_and_ticks_are_in_order_on_the_axis(numbers, most, may_be_log, margin):
    scale = scale_of(numbers, margin, may_be_log)
    assert all(0 <= scale.place(number) <= 1 for number in numbers)
    ticks = scale.ticks(most)
    assert ticks == sorted(set(ticks))
    assert len(ticks) <= 3 * most
    assert all(-1e-9 <= scale.place(tick) <= 1 + 1e-9 for tick in ticks)


def test_ticks_are_round():
    assert scale_of([0, 1], margin=0).ticks(5) == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert scale_of([3, 17], margin=0).ticks(3) == [5, 10, 15]
    assert tick_labels([0, 0.2, 1500, 2e-7, 5e8]) == ["0", "0.2", "1500", "2e-7", "5e8"]


def test_what_spans_powers_of_ten_is_logarithmic():
    scale = scale_of([1e-6, 1], margin=0, may_be_log=True)
    assert scale.log
    assert [scale.place(10.0**power) for power in (-6, -3, 0)] == pytest.approx([0, 0.5, 1])
    assert scale.ticks(6) == pytest.approx([10.0**power for power in range(-6, 1)])
    assert not scale_of([0.1, 1], may_be_log=True).log
    assert not scale_of([0, 1], may_be_log=True).log
    assert math.isnan(scale.place(0))


def test_numbers_that_overflow_stand_nowhere():
    scale = scale_of([1, math.inf, math.nan, 2])
    assert math.isnan(scale.place(math.inf))
    assert math.isnan(scale.place(math.nan))
    assert 0 < scale.place(1) < scale.place(2) < 1


# Characters


def test_a_raster_draws_a_diagonal():
    raster = Raster(4, 4, ascii_only=True)
    raster.line([(0, 0), (1, 1)])
    assert raster.lines() == ["   *", "  * ", " *  ", "*   "]


def test_dots_of_braille_are_those_of_unicode():
    raster = Raster(1, 1)
    raster.line([(0, 1), (0, 0)])
    assert raster.lines() == ["⡇"]
    raster.line([(1, 0)])
    assert raster.lines() == ["⣇"]


def test_a_gap_stays_one():
    raster = Raster(5, 1, ascii_only=True)
    raster.line([(0, 0), (0.25, 0), (0.5, math.nan), (0.75, 0), (1, 0)])
    assert raster.lines() == ["** **"]


@given(st.lists(st.floats(), min_size=1, max_size=9), st.booleans())
def test_whatever_the_numbers_are_they_are_drawn(numbers, may_be_log):
    line = Line(tuple(map(float, range(len(numbers)))), tuple(numbers), "loss")
    plot = Plot("step", "loss", (line,), ("told",), may_be_log)
    assert plotted(plot, Screen(60, False, str)).height == 15
    ET.fromstring(svg([plot], str, alone=True))
    assert "nan" not in svg([plot], str)
    assert "nan" not in picture(plot, str)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_drawing_is_wider_than_the_screen(width, ascii_only):
    line = Line(tuple(map(float, range(50))), tuple(1000 / (n + 1) for n in range(50)), "loss")
    drawn = plotted(Plot("step", "loss", (line,), ()), Screen(width, ascii_only, str))
    assert drawn.width <= width
    assert all(text.isascii() for text in drawn.lines) == ascii_only


# Contours


def test_contours_of_a_bowl_are_circles():
    axis = np.linspace(-2, 2, 81)
    grid = axis[None, :] ** 2 + axis[:, None] ** 2
    (line,) = contours(grid, axis, axis, 1.0)
    assert line[0] == line[-1], "it goes round"
    assert all(math.hypot(x, y) == pytest.approx(1, abs=1e-3) for x, y in line)
    length = sum(math.dist(one, other) for one, other in pairwise(line))
    assert length == pytest.approx(2 * math.pi, rel=1e-3)


def test_contours_of_a_plane_are_straight_and_end_at_the_border():
    across, up = np.linspace(0, 3, 7), np.linspace(0, 1, 5)
    (line,) = contours(2 * across[None, :] + up[:, None], across, up, 3.3)
    assert all(2 * x + y == pytest.approx(3.3) for x, y in line)
    assert {line[0][1], line[-1][1]} == {0.0, 1.0}


def border(x: float, y: float) -> str:
    """On which side of the square from -1 to 1 a point lies."""
    return "left" if x == -1 else "right" if x == 1 else "low" if y == -1 else "high"


def test_a_saddle_has_two_lines_that_do_not_cross():
    axis = np.array([-1.0, 1.0])
    lines = contours(axis[None, :] * axis[:, None], axis, axis, 0.2)
    # In the middle x·y is 0, below the level: the two corners where it is 1 are cut off, each by itself.
    borders = [{border(*point) for point in line} for line in lines]
    assert sorted(map(sorted, borders)) == [["high", "right"], ["left", "low"]]
    lines = contours(axis[None, :] * axis[:, None], axis, axis, -0.2)
    borders = [{border(*point) for point in line} for line in lines]
    assert sorted(map(sorted, borders)) == [["high", "left"], ["low", "right"]]


def test_cells_that_are_not_finite_have_no_line():
    axis = np.linspace(-1, 1, 5)
    grid = axis[None, :] + 0 * axis[:, None]
    grid[2, 2] = math.nan
    lines = contours(grid, axis, axis, 0.1)
    assert sorted(y for line in lines for _, y in line) == [-1, -0.5, 0.5, 1]
    assert contours(np.full((3, 3), 7.0), axis[:3], axis[:3], 7.0) == []


def test_a_label_keeps_its_distance():
    line = [(float(x), 0.0) for x in range(0, 320, 10)]
    place = roomiest(line, [*along([(0, 0), (100, 0)]), (300, 0)])
    assert place is not None
    assert 150 < place[0] < 250
    assert roomiest(line[:3], [(10.0, 5.0)]) is None


# Long lines


def test_a_long_line_keeps_its_peaks():
    numbers = [0.0] * 50_000
    numbers[31_415], numbers[27_182] = 5.0, -5.0
    places = thinned(numbers)
    assert {0, 27_182, 31_415, 49_999} <= set(places)
    assert len(places) <= 2 * MOST + 2
    assert places == sorted(set(places))
    assert thinned([1.0, 2.0]) == [0, 1]


# A descent


def test_a_surface_has_the_loss_at_its_points():
    problem = gradcalc.loads(BOWL)
    seen = surface(take_steps(problem, 4, watch=["a", "b"]), ("a", "b"))
    assert seen.alone
    np.testing.assert_allclose(seen.heights, seen.across[None, :] ** 2 + 8 * seen.up[:, None] ** 2, rtol=1e-13)
    np.testing.assert_allclose(seen.way[0], [3 * 0.9**n for n in range(5)])
    np.testing.assert_allclose(seen.way[1], [2 * 0.2**n for n in range(5)])
    for numbers, axis in zip(seen.way, (seen.across, seen.up), strict=True):
        assert axis[0] < min(numbers)
        assert max(numbers) < axis[-1]


def test_a_surface_over_entries_has_everything_else_as_it_is_at_the_end():
    problem = gradcalc.load("hw3")
    descent = take_steps(problem, 3, watch=["W2[1,1]", "b1[2]"])
    seen = surface(descent, ("W2[1,1]", "b1[2]"))
    assert not seen.alone
    moved = {name: value.copy() for name, value in descent.parameters.items()}
    moved["W2"][0, 0], moved["b1"][1, 0] = seen.across[7], seen.up[40]
    assert seen.heights[40, 7] == pytest.approx(gradcalc.solve(replace(problem, parameters=moved)).loss, rel=1e-12)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("W1", "b1[1]"), "W1 has several entries: name one, such as W1"),
        (("W1[1,1]", "W1[1,1]"), "W1.1,1. is named twice"),
        (("W1[3,1]", "b1[1]"), "there is no entry W1.3,1."),
        (("x[1]", "b1[1]"), "there is no quantity 'x'"),
    ],
)
def test_what_has_no_contour_lines(names, message):
    with pytest.raises(UsageError, match=message):
        step_report(Request("hw3"), Way(steps=2, contour=names))


def test_the_curve_as_columns_has_every_digit():
    rows = [*csv.reader(StringIO(written(Way(steps=3, watch=["W1[1,1]"], curve=True), "csv")))]
    assert rows[0] == ["step", "loss", "W1[1,1]"]
    curve = take_steps(gradcalc.load("hw3"), 3, watch=["W1[1,1]"]).curve
    assert [int(row[0]) for row in rows[1:]] == [0, 1, 2, 3]
    assert [float(row[1]) for row in rows[1:]] == [*curve.columns["loss"]]
    assert [float(row[2]) for row in rows[1:]] == [*curve.columns["W1[1,1]"]]


def test_every_nth_step_and_the_ends_are_written_down():
    rows = written(Way(steps=10, every=4, curve=True), "csv").splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["0", "4", "8", "10"]


def points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path)]


def test_the_image_is_well_formed_and_its_line_goes_down_with_the_loss():
    tree = ET.fromstring(written(Way(steps=20, curve=True), "svg"))
    (line,) = [each for each in tree.iter(f"{SVG}path") if "course-0" in each.get("class", "")]
    heights = [y for _, y in points(line.get("d"))]
    assert len(heights) == 21
    assert heights == sorted(heights), "downward is larger in SVG"
    assert "prefers-color-scheme: dark" in "".join(tree.itertext())
    assert tree.get("aria-label").startswith("loss goes from 0.3927 to")


def test_names_at_the_ends_of_lines_do_not_lie_on_each_other():
    lines = tuple(Line((0.0, 1.0), (0.0, 1 + n / 1000), f"w{n}") for n in range(5))
    tree = ET.fromstring(svg([Plot("step", "w", lines, ())], str, alone=True))
    places = [float(each.get("y")) for each in tree.iter(f"{SVG}text") if " of-" in each.get("class", "")]
    assert len(places) == 5
    assert min(np.diff(sorted(places))) >= 15.9


def test_a_strangers_name_cannot_leave_its_element():
    line = Line((0.0, 1.0), (0.0, 1.0), "</text><script>alert(1)</script>", "course")
    plot = Plot('<b a="1">', "a & b", (line, line), ('"quoted" <i>',))
    tree = ET.fromstring(svg([plot], str, alone=True))
    assert [each for each in tree.iter() if each.tag in (f"{SVG}script", f"{SVG}b", f"{SVG}i")] == []


def test_a_page_has_the_style_of_plots_only_with_plots():
    assert "plot-lines" not in written(Way(steps=3), "html")
    page = written(Way(steps=3, curve=True), "html")
    assert "<style>" in page.split("<svg")[0]
    assert "<style>" not in page.split("<svg")[1], "a style within would be blocked by the page's own policy"


@pytest.mark.parametrize("form", ["plain", "markdown", "latex", "table"])
def test_the_curve_is_told_in_every_format(form):
    text = written(Way(steps=20, curve=True), form)
    assert "Curve" in text
    assert text != written(Way(steps=20), form)
    assert {"latex": "qbezier", "table": "└┬"}.get(form, "goes from") in text.split("Curve")[1]
