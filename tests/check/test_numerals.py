"""Numbers as students write them: the value, the size of the last digit, and what is no number."""

import math
import re
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcalc.check.answers.numerals import NotReadable, Numeral, numeral


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=None))
def test_a_decimal_has_its_value_and_the_unit_of_its_last_digit(number: Decimal):
    found = numeral(f"{number:f}")
    written = Decimal(f"{number:f}")
    assert found is not None
    assert found.value == float(written)
    assert found.unit == pytest.approx(10.0 ** min(written.as_tuple().exponent, 0), rel=1e-12)
    assert not found.scientific


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("0.2880", 0.288, 1e-4),
        (" -3 ", -3.0, 1.0),
        (".5", 0.5, 0.1),
        ("5.", 5.0, 1.0),
        ("+7", 7.0, 1.0),
        ("- 0.5", -0.5, 0.1),
        ("−0.5", -0.5, 0.1),
        ("–2", -2.0, 1.0),
    ],
)
def test_plain_numbers(text, value, unit):
    assert numeral(text) == Numeral(value, unit)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1e-3", 0.001, 1e-3),
        ("1.50E+3", 1500.0, 10.0),
        ("-5.34381484e-08", -5.34381484e-8, 1e-16),
        ("1.5×10⁻³", 0.0015, 1e-4),
        ("1.5 * 10^-3", 0.0015, 1e-4),
        ("2x10**3", 2000.0, 1000.0),
    ],
)
def test_an_exponent_is_remembered(text, value, unit):
    found = numeral(text)
    assert found is not None
    assert (found.value, found.scientific) == (value, True)
    assert found.unit == pytest.approx(unit, rel=1e-12)


@given(st.integers(-999, 999), st.integers(1, 999))
def test_a_fraction_is_exact(above, below):
    assert numeral(f"{above}/{below}") == Numeral(float(Fraction(above, below)), 0.0)
    assert numeral(f"{above} / {below}") == numeral(f"{above}/{below}")


@pytest.mark.parametrize(("text", "value"), [("½", 0.5), ("-¼", -0.25), ("1½", 1.5), ("- ¾", -0.75), ("1⁄8", 0.125)])
def test_fraction_signs(text, value):
    assert numeral(text) == Numeral(value, 0.0)


@pytest.mark.parametrize("text", ["", " ", "abc", "9**9**9", "1/3/4", "1_000", "x", "W1", "1 2", "--1", "1e", "½½"])
def test_what_is_no_number(text):
    assert numeral(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nan", "finite number"),
        ("-inf", "finite number"),
        (".NaN", "finite number"),
        ("Infinity", "finite number"),
        ("1e999", "too large"),
        ("9" * 400, "too large"),
        ("1e99999999", "too large"),
        ("1/0", "divides by zero"),
        ("1/1e-320", "too large"),
        ("0,5", "0.5"),
    ],
)
def test_numbers_that_cannot_be_used_are_refused_with_the_reason(text, words):
    with pytest.raises(NotReadable, match=words):
        numeral(text)


def test_a_number_below_float64_still_has_a_unit():
    found = numeral("1e-400")
    assert found is not None
    assert found.value == 0.0
    assert found.unit > 0.0


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("39.27%", 1e-4),
        ("39.27 %", 1e-4),
        (r"39.27\%", 1e-4),
        ("≈ 0.3927", 1e-4),
        ("~0.3927", 1e-4),
        ("= 0.3927", 1e-4),
        (r"\approx 0.3927", 1e-4),
        ("0.3927…", 1e-4),
        ("0.3927...", 1e-4),
        ("$0.3927$", 1e-4),
        ("np.float64(0.3927)", 1e-4),
        ("numpy.float32(0.3927)", 1e-4),
        ("float(0.3927)", 1e-4),
        ("array(0.3927)", 1e-4),
        ("tensor(0.3927)", 1e-4),
        ("tensor(0.3927, dtype=torch.float64, grad_fn=<MseLossBackward0>)", 1e-4),
        ("tensor(0.3927, device='cuda:0')", 1e-4),
        ("Array(0.3927, dtype=float32, weak_type=True)", 1e-4),
        ("3.927×10^{-1}", 1e-4),
        ("3.927 × 10^{−1}", 1e-4),
        (r"3.927 \times 10^{-1}", 1e-4),
        (r"3.927 \cdot 10^{-1}", 1e-4),
        ("3.927·10⁻¹", 1e-4),
    ],
)
def test_a_number_with_what_is_put_around_it(text, unit):
    found = numeral(text)
    assert found is not None
    assert found.value == pytest.approx(0.3927, rel=1e-15)
    assert found.unit == pytest.approx(unit, rel=1e-12)
    negative = numeral(re.sub(r"(?=0\.3|39\.|3\.9)", "−", text, count=1))
    assert negative == Numeral(-found.value, found.unit, found.scientific)


@pytest.mark.parametrize(
    "text", ["50%%", "%", "≈", "≈≈", "tensor()", "tensor(x)", "np.float64(os)", "$$", "…", "a.b.c.float(1)", "exp(1)"]
)
def test_what_is_no_number_for_all_its_dress(text):
    assert numeral(text) is None


@given(st.text("0123456789.,-−eE%≈~…$()[]{}\\ xnpflatorchensd^×·*/½", max_size=40))
def test_no_text_brings_the_reader_of_numbers_down(text):
    with suppress(NotReadable):
        found = numeral(text)
        assert found is None or abs(found.value) < math.inf
