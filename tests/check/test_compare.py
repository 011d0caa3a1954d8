"""Written numbers against right ones: by the digits, the change, the layout."""

import numpy as np
import pytest
from answering import written
from hypothesis import given
from hypothesis import strategies as st

from gradcalc.check.answers.compare import (
    Closeness,
    Fit,
    Tolerance,
    closeness,
    fits,
    is_laid_out_otherwise,
    is_transposed,
    laid_out,
    same_as,
)
from gradcalc.check.answers.layouts import numbers as read
from gradcalc.check.answers.model import Numbers
from gradcalc.formula.table import Axis

FOUR = Tolerance(4)


def typed(text):
    """A number as a sheet's reader takes it from its text."""
    found = read(text, {}, (), Axis.COLUMNS, lambda path: "")
    assert found is not None
    return found


def fit(text, right, tolerance=FOUR, **options):
    options = {key: np.asarray(value, dtype=float) for key, value in options.items()}
    return Fit(int(fits(typed(text), np.array(float(right)), tolerance, **options)))


@pytest.mark.parametrize(
    ("text", "right", "expected"),
    [
        ("0.2932", 0.29324, Fit.CORRECT),
        ("0.2932", 0.29315, Fit.CORRECT),
        ("0.2932", 0.293249, Fit.CORRECT),
        ("0.2932", 0.2932505, Fit.CORRECT),  # a half rounded to even
        ("0.2932", 0.29328, Fit.IMPRECISE),  # digits cut off, not rounded
        ("0.2932", 0.29312, Fit.WRONG),
        ("0.2932", 0.2934, Fit.WRONG),
        ("0.29324", 0.29324, Fit.CORRECT),
        ("0.29321", 0.29324, Fit.CORRECT),  # four decimals were asked for
        ("0.293", 0.29324, Fit.IMPRECISE),
        ("0.29", 0.29324, Fit.IMPRECISE),
        ("0.3", 0.29324, Fit.IMPRECISE),
        ("0.2", 0.29324, Fit.WRONG),
        ("0.28", 0.29324, Fit.WRONG),
        ("0.1", 0.0733, Fit.IMPRECISE),
        ("1", 0.6733, Fit.WRONG),  # a whole number is no rounding
        ("1", 0.97, Fit.IMPRECISE),
        ("-2", -1.5, Fit.WRONG),
        ("0.29", 0.2997, Fit.IMPRECISE),  # cut off
        ("0.299", 0.2997, Fit.IMPRECISE),
        ("1", 0.5133, Fit.WRONG),  # nearly twice as much: there is no digit of the value in it
        ("0.5", 0.5, Fit.CORRECT),  # exact numbers need no zeros
        ("0.5", 0.50003, Fit.CORRECT),
        ("3", 3.0, Fit.CORRECT),
        ("3", 3.0026, Fit.IMPRECISE),  # no update: there the change counts
        ("1/3", 0.333333333, Fit.CORRECT),
        ("1/3", 0.3334, Fit.WRONG),
        ("-0.2932", 0.2932, Fit.WRONG),
        ("123456789.1235", 123456789.12345678, Fit.CORRECT),
    ],
)
def test_decimals(text, right, expected):
    assert fit(text, right) is expected


@pytest.mark.parametrize("zero", ["0", "0.0", "0.00", "-0", "0e0"])
@pytest.mark.parametrize("right", [0.4, 0.04, 0.004, 0.0004, -0.3])
def test_zero_is_never_right_for_having_no_decimals(zero, right):
    assert fit(zero, right) is Fit.WRONG


def test_zero_to_all_digits_but_one_is_imprecise():
    assert fit("0.000", 0.0004) is Fit.IMPRECISE
    assert fit("0.000", 0.0006) is Fit.WRONG
    assert fit("0.0000", 0.00009) is Fit.WRONG
    assert fit("3.000", 3.0004, base=3) is Fit.WRONG


def test_zero_is_right_where_the_value_rounds_to_it():
    assert fit("0", 0.00004) is Fit.CORRECT
    assert fit("0.0000", 0.0) is Fit.CORRECT
    assert fit("0", 0.00006) is Fit.WRONG


@pytest.mark.parametrize(
    ("text", "right", "expected"),
    [
        ("2.932e-5", 2.9321e-5, Fit.CORRECT),
        ("2.934e-1", 0.29321, Fit.WRONG),
        ("2.93e-1", 0.29321, Fit.IMPRECISE),
        ("6.023e23", 6.0232e23, Fit.CORRECT),
        ("6.02e23", 6.0232e23, Fit.IMPRECISE),
        ("6.1e23", 6.0232e23, Fit.WRONG),
    ],
)
def test_with_an_exponent_significant_digits_count(text, right, expected):
    assert fit(text, right) is expected


@pytest.mark.parametrize("right", [2.9321e-5, 2.2e-5, -1e-6, 7.1e-5, 0.0])
@pytest.mark.parametrize(
    "texts",
    [("3e-5", "0.00003"), ("5.3e-5", "0.000053"), ("2.7756e-17", "0.000000000000000027756"), ("9.9e-5", "0.000099")],
)
def test_a_number_is_as_right_with_an_exponent_as_without(texts, right):
    assert (
        fit(texts[0], right)
        is fit(texts[1], right)
        is (Fit.CORRECT if abs(float(texts[0]) - right) < 5e-5 else Fit.WRONG)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.0026", Fit.CORRECT),
        ("3.003", Fit.IMPRECISE),
        ("3", Fit.WRONG),
        ("3.0", Fit.WRONG),
        ("3.0000", Fit.WRONG),
        ("2.9974", Fit.WRONG),
        ("3.00", Fit.WRONG),
        ("3.01", Fit.WRONG),  # the change is 0.0026, not 0.01
    ],
)
def test_an_update_is_compared_by_its_change_as_well(text, expected):
    assert fit(text, 3.0026, base=3) is expected


@pytest.mark.parametrize(("right", "expected"), [(3.0002, Fit.CORRECT), (3.0026, Fit.WRONG)])
def test_rounding_on_the_way_excuses_a_step_of_a_few_units_alone(right, expected):
    """A step of two units may be lost where all before was rounded; one of 26 must be seen."""
    assert fit("3.0000", right, base=3, slack=0.01) is expected


@given(st.floats(1e-3, 5.0), st.floats(-50, 50), st.integers(0, 6))
def test_the_old_value_is_never_taken_for_the_new_one(change, old, digits):
    """Unless the step is lost in the digits asked for."""
    old = round(old, digits)
    unchanged = written(old, digits)
    result = int(fits(unchanged, np.array(old + change), Tolerance(digits), 0.0, np.array(old)))
    if change > 10.0**-digits:
        assert result == Fit.WRONG


@pytest.mark.parametrize("tolerance", [Tolerance(4, rtol=0.01), Tolerance(4, atol=0.01), Tolerance(4, 0.05, 0.05)])
def test_no_tolerance_passes_an_update_that_was_never_made(tolerance):
    """1% of 3 would: that is why it is taken of the change."""
    assert fit("3", 3.0026, tolerance, base=3) is Fit.WRONG
    assert fit("3.0000", 3.0026, tolerance, base=3) is Fit.WRONG
    assert fit("3.0026", 3.0026, tolerance, base=3) is Fit.CORRECT


def test_a_tolerance_is_of_the_value_and_the_change_has_its_own():
    """3.0026 is 3 + 0.0026: within 1%, but half of the change must show."""
    percent = Tolerance(4, rtol=0.01)
    assert fit("3.0020", 3.0026, percent, base=3) is Fit.CORRECT
    assert fit("3.0010", 3.0026, percent, base=3) is Fit.WRONG
    assert fit("3.0100", 3.0026, percent, base=3) is Fit.WRONG
    assert fit("30.2", 30.0, percent, base=10) is Fit.CORRECT
    assert fit("30.4", 30.0, percent, base=10) is Fit.WRONG


def test_tolerances_override_digits():
    assert fit("0.3", 0.2932) is Fit.IMPRECISE
    assert fit("0.3", 0.2932, Tolerance(4, rtol=0.03)) is Fit.CORRECT
    assert fit("0.3", 0.2932, Tolerance(4, rtol=0.01)) is Fit.WRONG
    assert fit("0.3", 0.2932, Tolerance(4, atol=0.01)) is Fit.CORRECT
    assert fit("0.2933", 0.2932, Tolerance(4, atol=1e-6)) is Fit.WRONG
    assert fit("0", 0.0004, Tolerance(4, rtol=0.5)) is Fit.WRONG


@given(st.floats(-1e6, 1e6), st.integers(0, 8))
def test_a_rounded_number_is_correct_at_its_digits(value, digits):
    assert int(fits(written(value, digits), np.array(value), Tolerance(digits))) == Fit.CORRECT


@given(st.floats(-100, 100), st.integers(1, 6), st.floats(1.52, 1e3))
def test_a_number_off_by_more_than_a_unit_is_wrong(value, digits, units):
    off = written(value + units * 10.0**-digits, digits)
    assert int(fits(off, np.array(value), Tolerance(digits))) == Fit.WRONG


@given(st.floats(0.001, 1e5), st.integers(2, 7))
def test_scientific_notation_is_correct_at_its_digits(value, digits):
    assert int(fits(written(value, digits, scientific=True), np.array(value), Tolerance(digits))) == Fit.CORRECT


def test_entries_are_marked_one_by_one():
    answer = written([[0.1, 0.2], [0.3, 0.4]])
    found = fits(answer, np.array([[0.1, 0.2001], [0.3, 0.5]]), FOUR)
    assert found.tolist() == [[Fit.CORRECT, Fit.WRONG], [Fit.CORRECT, Fit.WRONG]]


def test_slack_is_what_rounding_may_have_changed():
    assert fit("0.2934", 0.2932) is Fit.WRONG
    assert fit("0.2934", 0.2932, slack=0.0002) is Fit.CORRECT


# Layouts.


def test_a_flat_list_is_a_column_or_a_row():
    vector = written([1.0, 2.0])
    assert laid_out(vector, (2, 1)).values.shape == (2, 1)
    assert laid_out(vector, (1, 2)).values.tolist() == [[1.0, 2.0]]
    assert laid_out(vector, (2, 2)) is None
    assert laid_out(vector, (3, 1)) is None


def test_a_single_number_is_any_one_by_one():
    assert laid_out(written(3.0), (1, 1)).values.shape == (1, 1)
    assert laid_out(written([[3.0]]), ()).values.shape == ()
    assert laid_out(written([3.0]), ()).values.shape == ()
    assert laid_out(written(3.0), (2, 1)) is None


def test_a_matrix_stays_as_it_is_written():
    assert laid_out(written([[1.0, 2.0]]), (2, 1)) is None
    assert laid_out(written([[1.0], [2.0]]), (1, 2)) is None


def test_transposed_numbers_are_recognised():
    right = np.array([[0.1, 0.2], [0.3, 0.4]])
    assert is_transposed(written(right.T), right, FOUR)
    assert not is_transposed(written(right), right, FOUR)
    assert is_transposed(written([[0.1, 0.2, 0.3]]), np.array([[0.1], [0.2], [0.3]]), FOUR)
    assert not is_transposed(written([[0.1, 0.2, 0.4]]), np.array([[0.1], [0.2], [0.3]]), FOUR)


def test_what_reads_the_same_both_ways_is_not_transposed():
    symmetric = np.array([[0.1, 0.2], [0.2, 0.4]])
    assert not is_transposed(written(symmetric), symmetric, FOUR)
    assert not is_transposed(written(0.5), np.array(0.5), FOUR)
    assert not is_transposed(written([[0.5]]), np.array([[0.5]]), FOUR)


def test_right_numbers_in_another_shape():
    right = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    assert is_laid_out_otherwise(written(right.ravel()), right, FOUR)
    assert is_laid_out_otherwise(written(right.T.ravel()), right, FOUR)
    assert is_laid_out_otherwise(written(right.reshape(3, 2)), right, FOUR)
    assert not is_laid_out_otherwise(written(right.ravel()[::-1]), right, FOUR)
    assert not is_laid_out_otherwise(written([0.1, 0.2]), right, FOUR)


# How close a number is to what a mistake gives.


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("0.293215", 0.2932149, Closeness.TO_ALL_DIGITS),
        ("0.293215", 0.2932349, Closeness.AS_ASKED),
        ("0.29", 0.2932, Closeness.TO_FEW_DIGITS),
        ("0.001", 0.0006, Closeness.TO_FEW_DIGITS),  # one digit too few: all that the number has to show
        ("0.01", 0.006, Closeness.NOT),
        ("0", 0.2932, Closeness.NOT),
        ("0.2935", 0.2932, Closeness.NOT),
    ],
)
def test_closeness(text, value, expected):
    assert int(closeness(typed(text), np.array(value), FOUR)) == expected


def test_closeness_but_for_rounding():
    assert int(closeness(typed("0.2935"), np.array(0.2932), FOUR, 0.0003)) == Closeness.BUT_FOR_ROUNDING


def test_same_as_takes_numbers_as_they_were_written():
    assert same_as(typed("0.3"), np.array(0.2932), FOUR)
    assert not same_as(typed("0.3000"), np.array(0.2932), FOUR)
    assert same_as(typed("0.000"), np.array(0.0004), FOUR)
    assert not same_as(typed("0.00"), np.array(0.004), FOUR)
    assert not same_as(typed("0"), np.array(0.4), Tolerance(1))


def test_numbers_without_a_last_digit_are_exact():
    exact = Numbers(np.array(1 / 3), np.array(0.0), np.array(False))
    assert int(fits(exact, np.array(0.33331), FOUR)) == Fit.CORRECT
    assert int(fits(exact, np.array(0.3334), FOUR)) == Fit.WRONG


@pytest.mark.parametrize("right", [np.inf, -np.inf, np.nan])
def test_nothing_is_right_where_the_key_is_not_finite(right):
    for tolerance in (FOUR, Tolerance(4, rtol=0.5, atol=1.0)):
        assert int(fits(typed("3"), np.array(right), tolerance, np.inf)) == Fit.WRONG
