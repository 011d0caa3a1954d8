import math
import re

import numpy as np
import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from gradcalc.formula.table import Axis
from gradcalc.report.numbers import Significant, aligned, bracketed, computed, entries, given, is_vector
from tests.running import run


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.98201379, 4, "0.9820"),
        (0.5, 4, "0.5000"),
        (-0.00517916, 4, "-0.0052"),
        (4.0, 4, "4"),
        (-12.0, 2, "-12"),
        (0.0, 4, "0"),
        (-0.0, 4, "0"),
        (1e-9, 4, "1e-9"),
        (-3.14159e-7, 4, "-3.1416e-7"),
        (0.00005, 4, "0.0001"),
        (0.00004, 4, "4e-5"),
        (123456789.0, 4, "1.2346e8"),
        (1.9999999999999998, 4, "2.0000"),
        (0.25, 0, "2.5e-1"),
        (2.6, 0, "3"),
        (math.inf, 4, "inf"),
        (-math.inf, 4, "-inf"),
        (math.nan, 4, "nan"),
    ],
)
def test_a_result_has_its_decimals_and_an_exact_integer_has_none(value, digits, text):
    assert computed(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (-0.25, "-0.25"),
        (0.001, "0.001"),
        (0.123456, "0.123456"),
        (1 / 3, "0.3333"),
        (0.0, "0"),
        (-0.0, "0"),
        (1e-5, "1e-5"),
        (1e300, "1e300"),
        (25000000.0, "2.5e7"),
    ],
)
def test_a_given_number_is_as_short_as_it_is(value, text):
    assert given(value, 4) == text


@examples(st.floats(-1e300, 1e300), st.integers(0, 12))
def test_what_is_shown_is_the_number_to_its_decimals(value, digits):
    shown = computed(value, digits)
    assert not shown.startswith("-0") or float(shown) < 0
    if "e" in shown:
        assert float(shown) == pytest.approx(value, rel=10.0**-digits)
    else:
        assert abs(float(shown) - value) <= 0.5 * 10.0**-digits + 1e-15 * abs(value)


def test_rounding_errors_beside_large_entries_are_shown_as_zero_with_decimals():
    assert entries(np.array([[1.0, 1e-17]]), 4) == [["1", "0.0000"]]
    assert entries(np.array([[1e-17, 3e-17]]), 4) == [["1e-17", "3e-17"]]
    assert entries(np.array(1e-17), 4) == [["1e-17"]]


@pytest.mark.parametrize(
    ("matrix", "shown"),
    [
        ([[0.3, -4.9463e-5], [-1e-4, 0]], [["0.3000", "0.0000"], ["-0.0001", "0"]]),
        ([[0.5, -4.8701e-18]], [["0.5000", "0.0000"]]),
        ([[-4.9463e-5, -1e-4], [0, 3e-6]], [["-0.4946e-4", "-1.0000e-4"], ["0", "0.0300e-4"]]),
        ([[2e-9, 0.5e-9]], [["2.0e-9", "0.5e-9"]]),
        ([[0.0, 5e-324]], [["0", "4.9407e-324"]]),
        ([[0.0012, 0.0003]], [["0.0012", "0.0003"]]),
        ([[np.inf, 1e-9]], [["inf", "1e-9"]]),
        ([[np.nan, 1e-9, 1.0]], [["nan", "0.0000", "1"]]),
    ],
)
def test_what_is_too_small_to_be_seen_reads_as_zero_or_shares_an_exponent(matrix, shown):
    assert entries(np.array(matrix), 4) == shown


@examples(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=6), st.integers(1, 8))
def test_what_is_shown_of_a_row_is_right_to_its_last_digit(row, digits):
    shown = entries(np.array([row]), digits)[0]
    largest = max(map(abs, row))
    assert len({cell.partition("e")[2] for cell in shown if "e" in cell}) <= 1
    for cell, value in zip(shown, row, strict=True):
        last = 0.5 * 10.0**-digits
        if "e" in cell:
            last = 0.5 * 10.0 ** (int(cell.partition("e")[2]) - digits)
        assert abs(float(cell) - value) <= last * (1 + 1e-9) + 1e-12 * largest


def test_a_matrix_of_one_number_is_shown_as_the_number():
    assert bracketed([["0.75"]], (1, 1), Axis.COLUMNS) == "0.75"
    assert bracketed([["0.75"], ["1"]], (2, 1), Axis.COLUMNS) == "[0.75, 1]"


def test_decimal_points_stand_under_each_other():
    column = aligned(["-0.0052", "0", "12.5", "1e-7", "3"])
    assert len(set(map(len, column))) == 1
    places = [next((i for i, c in enumerate(cell) if c in ".e"), len(cell.rstrip())) for cell in column]
    assert len(set(places)) == 1
    assert [cell.strip() for cell in column] == ["-0.0052", "0", "12.5", "1e-7", "3"]


def test_a_vector_is_one_sample():
    assert is_vector((3, 1), Axis.COLUMNS)
    assert not is_vector((1, 3), Axis.COLUMNS)
    assert is_vector((1, 3), Axis.ROWS)
    assert is_vector((1, 1), Axis.ROWS)
    assert not is_vector((), Axis.COLUMNS)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.98201379, 6, "0.982014"),
        (0.00517916, 3, "0.00518"),
        (-0.0000517916, 3, "-5.18e-5"),
        (12345.678, 6, "12345.7"),
        (12345.678, 3, "1.23e4"),
        (9.9999, 3, "10.0"),
        (0.5, 3, "0.500"),
        (1234567.25, 7, "1234567"),
        (4.0, 6, "4"),
        (-0.0, 6, "0"),
        (2.5e7, 2, "2.5e7"),
        (0.25, 1, "0.2"),
        (math.inf, 6, "inf"),
    ],
)
def test_significant_digits_count_from_the_first_that_is_not_zero(value, digits, text):
    assert computed(value, Significant(digits)) == text


@examples(st.floats(-1e300, 1e300), st.integers(1, 17))
def test_significant_digits_bound_the_relative_error(value, digits):
    shown = float(computed(value, Significant(digits)))
    assert abs(shown - value) <= 5 * 10.0**-digits * abs(value) * (1 + 1e-9)


@examples(st.floats(1e-300, 1e300))
def test_all_significant_digits_tell_a_number_from_any_other(value):
    assert float(computed(value, Significant(17))) == value


def test_significant_digits_are_those_of_each_entry_but_what_rounding_left_is_zero():
    shown = entries(np.array([[0.3, -4.9463e-5], [-1e-17, 0]]), Significant(3))
    assert shown == [["0.300", "-4.95e-5"], ["0.00", "0"]]
    assert entries(np.array([[3e-17, 0.5e-17]]), Significant(2)) == [["3.0e-17", "5.0e-18"]]


@pytest.mark.parametrize("form", ["table", "plain", "html", "latex", "markdown"])
@pytest.mark.parametrize("command", [("solve", "hw3"), ("step", "hw3"), ("explain", "hw3", "yhat[1]")])
def test_any_command_that_shows_numbers_shows_them_so(command, form):
    shown = run(*command, "--significant", "9", "--format", form).stdout
    yhat = 1 / (1 + math.exp(1 / (1 + math.exp(-4)) - 1.5))  # of the 2-2-2 network, by hand; the loss is its square
    assert f"{yhat**2 if command[0] == 'step' else yhat:.9f}" in re.sub(r"<[^>]+>|\\[,!]", "", shown)


@pytest.mark.parametrize("digits", ["0", "18", "-1", "2.5"])
def test_there_are_1_to_17_significant_digits(digits):
    told = run("solve", "hw3", "--significant", digits)
    assert (told.returncode, told.stdout) == (2, "")
