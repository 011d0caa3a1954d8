"""Long formulas are broken between their parts: every line fits, and together they are the formula."""

import re

import numpy as np
import pytest
from expressions import canonical_expressions
from hypothesis import assume, given
from hypothesis import strategies as st

from gradcalc.formula.expr import Name, call
from gradcalc.formula.parse import parse
from gradcalc.formula.write import write
from gradcalc.report.tex.breaking import lines, narrowest
from gradcalc.report.tex.drawing import TexPiece, TexTarget, settled
from gradcalc.report.tex.metrics import width
from gradcalc.report.tex.tokens import atom, total, written
from gradcalc.report.tex.values import drawn

VALUES = {"W": np.array([[3.0, -6], [4, 5]]), "x": np.array([[1.0], [0]]), "s": np.array(-2.0), "t": np.array(0.5)}


def scalar(expr):
    return not isinstance(expr, Name) or VALUES.get(expr.id, np.zeros(())).ndim == 0


def named(expr):
    return settled(write(expr, TexTarget(lambda id: TexPiece((atom(id),)), lambda expr: False)))


def valued(text):
    def piece(array):
        return TexPiece(drawn(array, 4, exact=True), transposed=lambda: piece(array.T))

    return settled(write(parse(text), TexTarget(lambda id: piece(VALUES[id]), scalar)))


@given(canonical_expressions(), st.floats(4, 40))
def test_every_line_fits_and_nothing_is_lost(expr, room):
    tokens = named(expr).tokens
    assume(narrowest(tokens) <= room)
    broken = lines(tokens, room, room)
    assert all(total(line) <= room + 1e-9 for line in broken)
    assert parts(token for line in broken for token in line) == parts(tokens)


def parts(tokens):
    """What the tokens say; a product's space may have become a sign."""
    return re.sub(r"\{\} |\\cdot|\\,", "", "".join(token.tex + token.script for token in tokens))


@given(canonical_expressions(), st.floats(4, 40))
def test_braces_and_growing_brackets_are_balanced_in_every_line(expr, room):
    for line in lines(named(expr).tokens, room, room):
        text = written(line)
        assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")
        assert len(re.findall(r"\\left\b", text)) == len(re.findall(r"\\right\b", text))


def test_sums_are_broken_before_products_and_brackets_last():
    tokens = named(parse("a * (b - c) + d * (e - f)")).tokens
    assert [written(line) for line in lines(tokens, 9, 9)] == [r"a \odot (b - c)", r"{} + d \odot (e - f)"]
    assert written(lines(tokens, 4.2, 4.2)[0]) == "a"


def test_a_product_of_matrices_has_a_sign_where_a_line_begins_with_it():
    tokens = named(parse("A @ B")).tokens
    assert [written(line) for line in lines(tokens, 1.5, 2.5)] == ["A", r"{} \cdot B"]


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("t - s", "0.5 - (-2)"),
        ("t * s", r"0.5 \cdot (-2)"),
        ("s ** 2", "(-2)^{2}"),
        ("-s", "-(-2)"),
        ("exp(s)", r"\exp(-2)"),
        ("t / s", r"\frac{0.5}{-2}"),
        ("t ** s", "0.5^{-2}"),
        ("W.T", r"\begin{bmatrix} 3 & 4 \\ -6 & 5 \end{bmatrix}"),
        ("W @ x", r"\begin{bmatrix} 3 & -6 \\ 4 & 5 \end{bmatrix} \begin{bmatrix} 1 \\ 0 \end{bmatrix}"),
        ("sigmoid(x)", r"\sigma\left(\begin{bmatrix} 1 \\ 0 \end{bmatrix}\right)"),
        ("sqrt(t)", r"\sqrt{ 0.5 }"),
        ("x / t", r"\begin{bmatrix} 1 \\ 0 \end{bmatrix} / 0.5"),
    ],
)
def test_numbers_in_their_rules(formula, shown):
    assert written(valued(formula).tokens) == shown


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("W1.T @ x", r"W1^\top \, x"),
        ("(a @ b).T", r"(a \, b)^\top"),
        ("leaky_relu(a, alpha=0.1)", r"\operatorname{leaky\_relu}(a, \alpha = 0.1)"),
        ("1 / (1 + exp(-a))", r"\frac{1}{1 + \exp(-a)}"),
        ("a ** 2 ** b", r"a^{2^{b}}"),
        ("(a ** 2) ** b", r"(a^{2})^{b}"),
        ("inner(a, b)", r"\langle a, b\rangle"),
        ("norm(a)", r"\lVert a\rVert"),
        ("1e-7 * a", r"1 \times 10^{-7} \odot a"),
        ("3.141592653589793 * a", r"\pi \odot a"),
    ],
)
def test_rules(formula, shown):
    assert written(named(parse(formula)).tokens) == shown


def test_a_bracket_cut_by_the_end_of_a_line_is_as_tall_on_both_lines():
    tokens = valued("exp(W @ x + t)").tokens
    first, last = (written(line) for line in lines(tokens, 11, 6))
    assert first.startswith(r"\exp\left(\begin{bmatrix}")
    assert first.endswith(r"\right.")
    assert last.startswith(r"\left. \vphantom{\begin{matrix} 0 \\ 0 \end{matrix}}")
    assert last.endswith(r"\right)")


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [("i", "W"), ("a", "ab"), ("x", r"\mathrm{x}y"), ("x^2", "x^{22}"), ("x", r"\hat{x}y"), ("1", "+")],
)
def test_wider_is_wider(narrow, wide):
    assert 0 < width(narrow) < width(wide)


def test_scripts_stand_over_each_other():
    assert width("x_1^2") == width("x_1") == width("x^2")
    assert width(r"\frac{a}{abc}") == pytest.approx(width("abc") + 0.26)


def test_functions_without_a_template_are_called_by_name():
    assert written(named(call("multiclass_hinge", Name("a"), Name("b"))).tokens).startswith(
        r"\operatorname{multiclass\_"
    )


@given(canonical_expressions(), st.floats(4, 40))
def test_a_line_ends_before_an_operator_or_behind_a_comma(expr, room):
    tokens = named(expr).tokens
    before, *rest = lines(tokens, room, room)
    for line in rest:
        assert line[0].kind == "operator" or before[-1].kind == "comma", (written(before), written(line))
        assert line[0].kind != "comma"
        before = line


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("maximum(a * b, c)", [r"\max(a \odot b,", "c)"]),
        ("(a + b) * (c + d)", ["(a + b)", r"{} \odot (c + d)"]),
        ("a + b * c", ["a", r"{} + b \odot c"]),
        ("a * b - c", [r"a \odot b", "{} - c"]),
        ("a * (b + c)", ["a", r"{} \odot (b + c)"]),
    ],
)
def test_one_break_stands_where_it_hurts_least(formula, shown):
    """In a room that is a little too small for the whole: at a sum, outside brackets."""
    tokens = named(parse(formula)).tokens
    room = total(tokens) - 0.1
    assert [written(line) for line in lines(tokens, room, room)] == shown


def test_the_first_line_has_its_own_room():
    tokens = named(parse("a + b + c")).tokens
    assert [written(line) for line in lines(tokens, 1, 9)] == ["a", "{} + b + c"]
    assert [written(line) for line in lines(tokens, total(tokens[:3]), 1)] == ["a + b", "{} + c"]


def test_a_fraction_is_as_wide_as_its_wider_half_and_its_bar():
    assert total(named(parse("a / (b + c)")).tokens) == pytest.approx(total(named(parse("b + c")).tokens) + 0.26)


def test_a_matrix_in_blocks_goes_on_without_the_gap_between_them():
    tokens = settled(TexPiece(drawn(np.arange(30.0).reshape(2, 15), 4, exact=True))).tokens
    first, *rest = lines(tokens, 12, 12)
    assert rest
    assert all(line[0].kind != "seam" and not written(line).startswith(r"\quad") for line in (first, *rest))
