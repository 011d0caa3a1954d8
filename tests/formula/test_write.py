"""Writing formulas: brackets where they are needed and nowhere else, and LaTeX that TeX accepts."""

from __future__ import annotations

import re

import pytest
from expressions import canonical_expressions
from hypothesis import given
from latex_check import check_latex

from gradcalc.formula.expr import Apply, Name, Num, add, neg
from gradcalc.formula.parse import parse
from gradcalc.formula.table import functions
from gradcalc.formula.write import code, latex, number, unicode


@pytest.mark.parametrize(
    "text",
    [
        "a + b - c",
        "a - (b - c)",
        "a + (b + c)",
        "-a + b",
        "-2 + a",
        "a * b * c",
        "a * (b * c)",
        "a / (b * c)",
        "a / b / c",
        "(a + b) * c",
        "-a * b",
        "-(a * b)",
        "a * -b",
        "a * -2",
        "-(-a)",
        "a + -(-b)",
        "-a ** 2",
        "(-a) ** 2",
        "(-2) ** a",
        "a ** -b",
        "a ** b ** c",
        "(a ** b) ** c",
        "(a + b) ** 2",
        "a ** (b + c)",
        "a ** (b * c)",
        "W.T @ x + b",
        "(W @ x).T",
        "W.T.T",
        "(a ** b).T",
        "(2).T",
        "(a @ b) * c",
        "a * (b @ c)",
        "(a * b) @ c",
        "a @ b @ c",
        "a @ (b @ c)",
        "(a @ b) / 3",
        "leaky_relu(a, alpha=0.1)",
        "leaky_relu(a, alpha=-1e-7)",
        "ones(rows=2, columns=3)",
        "maximum(a, -b)",
        "1e22 * a",
        "1e-7 * a",
    ],
)
def test_code_is_what_was_typed(text):
    """These have no bracket too many, so they come back as they went in."""
    assert code(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("W1.T @ x + b1", "W1ᵀ @ x + b1"),
        ("a * b", "a ⊙ b"),
        ("2 * b", "2 · b"),
        ("a * 2 * b", "a · 2 ⊙ b"),
        ("a ** 2", "a^2"),
        ("a ** T", "a^(T)"),
        ("a ** T1", "a^T1"),
        ("a ** T\u0301", "a^(T\u0301)"),
        ("a ** T.T ** 2", "a^(Tᵀ^2)"),
        ("sigmoid(a)", "σ(a)"),
        ("sqrt(a + 1)", "√(a + 1)"),
        ("inner(u, v)", "⟨u, v⟩"),
        ("relu(a)", "ReLU(a)"),
        ("leaky_relu(a, alpha=0.5)", "leaky_relu(a, alpha=0.5)"),
    ],
)
def test_unicode(text, shown):
    assert unicode(parse(text)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("W1.T @ x + b1", r"W1^\top x + b1"),
        ("a * b", r"a \odot b"),
        ("2 * b", r"2 \cdot b"),
        ("a / (b + c)", r"\frac{a}{b + c}"),
        ("-(a / b)", r"-\left(\frac{a}{b}\right)"),
        ("(a / b) ** 2", r"\left(\frac{a}{b}\right)^{2}"),
        ("a ** (b + c)", r"a^{b + c}"),
        ("(a ** b) ** c", r"\left(a^{b}\right)^{c}"),
        ("a.T ** 2", r"\left(a^\top\right)^{2}"),
        ("a.T.T", r"{a^\top}^\top"),
        ("(a + b) @ c", r"\left(a + b\right) c"),
        ("a @ -b", r"a \left(-b\right)"),
        ("a @ -b.T", r"a \left(-b^\top\right)"),
        ("-a @ b", r"-a b"),
        ("a * -b", r"a \odot -b"),
        ("1e-7 * a", r"1 \times 10^{-7} \cdot a"),
        ("step(a)", r"\mathbf{1}\left[a > 0\right]"),
        ("relu(a)", r"\operatorname{ReLU}\left(a\right)"),
        ("sqrt(a)", r"\sqrt{a}"),
        ("leaky_relu(a, alpha=0.1)", r"\operatorname{leaky\_relu}\left(a, \text{alpha}=0.1\right)"),
        ("half_squared_error(p, q)", r"\frac{1}{2}\left\lVert p - q \right\rVert^2"),
        ("half_squared_error(p + r, q - s)", r"\frac{1}{2}\left\lVert p + r - \left(q - s\right) \right\rVert^2"),
        ("squared_error(p, q) ** 2", r"\left(\left\lVert p - q \right\rVert^2\right)^{2}"),
    ],
)
def test_latex(text, shown):
    assert latex(parse(text)) == shown


@pytest.mark.parametrize("symbol", ["W^1", "W^{1}", r"W^\top", r"W^1_{\mathrm{new}}"])
def test_a_name_with_a_superscript_takes_no_second_one(symbol):
    def name(id):
        return symbol

    assert latex(parse("W1 ** 2"), name) == rf"\left({symbol}\right)^{{2}}"
    assert latex(parse("W1.T"), name) == rf"{{{symbol}}}^\top"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"),
        (0.1, "0.1"),
        (1e22, "1e22"),
        (1e-7, "1e-7"),
        (1.5e-10, "1.5e-10"),
        (1e16, "1e16"),
        (123456789.0, "123456789"),
    ],
)
def test_numbers(value, text):
    assert number(value) == text
    assert float(number(value)) == value


# A reader of LaTeX's structure: groups, \left and \right, superscripts and subscripts.


@pytest.mark.parametrize(
    "wrong", ["a^{b", "a}", r"\left(a", r"a\right)", "a^b^c", r"a^\top^{2}", "a^{b^c^d}", "a^", r"\left(a}\right)"]
)
def test_the_check_finds_bad_latex(wrong):
    with pytest.raises(AssertionError):
        check_latex(wrong)


def test_the_check_accepts_good_latex():
    check_latex(r"{a^\top}^\top \left(b^{c^{d}}_1\right)^2 \frac{a^{2}}{b}^{3} \left\lVert a \right\rVert^2")


SYMBOLS = ("W^1", r"\nabla W^{2}", "b_{1}", r"\hat{y}", "x", r"h^1_{\mathrm{new}}")


@given(canonical_expressions())
def test_latex_of_any_formula(expr):
    check_latex(latex(expr, lambda id: SYMBOLS[len(id) % len(SYMBOLS)]))


@pytest.mark.parametrize("entry", functions(), ids=lambda entry: entry.name)
def test_latex_of_each_function(entry):
    args = tuple(map(Name, ("p", "q", "r")[: len(entry.args)]))
    for given_args in (args, tuple(add(arg, neg(Name("t"))) for arg in args)):
        for params in ((), tuple(entry.params.items())):
            call = Apply(entry.name, given_args, params)
            wrapped = (call, neg(call), Apply("transpose", (call,)), Apply("pow", (call, Num(2.0))))
            for expr in wrapped:
                text = latex(expr, lambda id: f"{id}^1")
                check_latex(text)
                assert all(f"{arg.id}^1" in text for arg in args)
                assert not re.search(r"\{\w+:\d\}", text)


def test_minus_zero():
    """It equals zero, but is written with its sign, and in brackets where that matters."""
    assert code(Num(-0.0)) == "-0"
    assert code(Apply("pow", (Num(-0.0), Num(2.0)))) == "(-0) ** 2"
    assert code(Num(0.0)) == "0"


def test_a_long_chain_of_divisions_is_written_once():
    text = "a" + " / b" * 90
    assert code(parse(text)) == text
    assert unicode(parse(text)) == text
    check_latex(latex(parse(text)))
