import numpy as np
import pytest

from gradcalc.formula.expr import Name, Num
from gradcalc.formula.parse import parse
from gradcalc.formula.write import write
from gradcalc.report.terminal.boxes import box, cells
from gradcalc.report.terminal.formulas import ScreenTarget, symbol, value
from gradcalc.report.terminal.layout import Line, fitted, flow, set_equations, set_table
from gradcalc.report.terminal.matrices import draw

VALUES = {
    "W": np.array([[3.0, 6], [4, 5]]),
    "x": np.array([[1.0], [0]]),
    "b": np.array([[1.0], [-6]]),
    "s": np.array(-2.0),
    "t": np.array(0.5),
}


def numbers(text, ascii_only=False):
    def drawn(array):
        return value(draw(array, 4, exact=True, ascii_only=ascii_only).box, transposed=lambda: drawn(array.T))

    def scalar(expr):
        return isinstance(expr, Num) or (isinstance(expr, Name) and VALUES[expr.id].ndim == 0)

    return write(parse(text), ScreenTarget(lambda id: drawn(VALUES[id]), scalar, ascii_only))


def names(text):
    return write(parse(text), ScreenTarget(symbol, lambda expr: isinstance(expr, Num)))


def lines(drawn):
    return [line.rstrip() for line in drawn.lines]


def test_the_numbers_of_a_layer_stand_as_on_paper():
    assert lines(numbers("W.T @ x + b").box) == [
        "⎡3  4⎤ @ ⎡1⎤ + ⎡ 1⎤",
        "⎣6  5⎦   ⎣0⎦   ⎣-6⎦",
    ]
    assert lines(numbers("sigmoid(x - t * b)").box) == [
        "σ⎛⎡1⎤ - 0.5 · ⎡ 1⎤⎞",
        " ⎝⎣0⎦         ⎣-6⎦⎠",
    ]
    assert lines(numbers("W.T @ x", ascii_only=True).box) == ["[3  4] @ [1]", "[6  5]   [0]"]


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("t - s", "0.5 - (-2)"),
        ("s - t", "-2 - 0.5"),
        ("t * s", "0.5 · (-2)"),
        ("t + s * t", "0.5 + (-2) · 0.5"),
        ("t - s * s", "0.5 - (-2) · (-2)"),
        ("s ** 2", "(-2)²"),
        ("-s", "-(-2)"),
        ("-(t + s)", "-(0.5 + (-2))"),
        ("exp(s)", "exp(-2)"),
        ("maximum(t, s)", "maximum(0.5, -2)"),
        ("t / s", "0.5 / (-2)"),
        ("t ** s", "0.5⁻²"),
        ("t * -3", "0.5 · (-3)"),
    ],
)
def test_negative_numbers_have_brackets_behind_an_operator_and_nowhere_else(formula, shown):
    assert lines(numbers(formula).box) == [shown]


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("a ** 2", "a²"),
        ("(a + b) ** 2", "(a + b)²"),
        ("(a @ b).T", "(a @ b)ᵀ"),
        ("a.T @ b", "aᵀ @ b"),
        ("2 * a", "2 · a"),
        ("a * b", "a ⊙ b"),
        ("inner(a, 1)", "⟨a, 1⟩"),
        ("leaky_relu(a, alpha=0.1)", "leaky_relu(a, alpha=0.1)"),
    ],
)
def test_rules_in_unicode(formula, shown):
    assert lines(names(formula).box) == [shown]


def test_a_square_of_a_raised_name_is_not_read_as_its_number():
    drawing = ScreenTarget(lambda id: symbol("W¹"), lambda expr: False)
    assert lines(write(parse("W1 ** 2"), drawing).box) == ["(W¹)²"]


def test_a_long_rule_is_broken_before_its_outermost_operators():
    rule = names("alpha * (beta - gamma) + delta * (epsilon - zeta)")
    assert lines(fitted(rule, 80)) == ["alpha ⊙ (beta - gamma) + delta ⊙ (epsilon - zeta)"]
    assert lines(fitted(rule, 30)) == ["alpha ⊙ (beta - gamma)", "+ delta ⊙ (epsilon - zeta)"]
    assert lines(fitted(rule, 20)) == ["alpha", "⊙ (beta - gamma)", "+ delta", "⊙ (epsilon - zeta)"]


def test_breaking_loses_nothing():
    rule = numbers("sigmoid(W @ x + b) * (x - t * inner(b, x))")
    whole = "".join(sorted("".join(rule.box.lines).replace(" ", "")))
    for width in range(rule.least_width, rule.box.width):
        broken = fitted(rule, width)
        assert broken.width <= width
        digits = [c for c in "".join(broken.lines) if c.isdigit()]
        assert sorted(digits) == [c for c in whole if c.isdigit()]


def equation(text, label="a", note="2×1"):
    result = draw(np.array([[4.0], [0.0]]), 4).box
    return Line(box(label), names(text), numbers(text), value(result), note)


def test_an_equation_stands_on_one_line_where_it_fits_else_its_equal_signs_align():
    (wide,) = set_equations([equation("W @ x + b")], 80)
    assert wide.lines[0].count("=") == 3
    (stacked,) = set_equations([equation("W @ x + b")], 42)
    assert [line.index("=") for line in stacked.lines if "=" in line] == [2, 2]
    (narrow,) = set_equations([equation("W @ x + b")], 24)
    assert narrow.lines[0].split() == ["a", "2×1"]
    assert [line.index("=") for line in narrow.lines if "=" in line] == [0, 0, 0]


def test_notes_of_a_block_stand_in_one_column():
    drawn = set_equations([equation("W @ x"), equation("W @ x + b - x", "ab")], 100, label_width=2)
    assert len({each.lines[0].index("2×1") for each in drawn}) == 1
    assert {each.lines[0].index("=") for each in drawn} == {3}


def words(text):
    return [symbol(word) for word in text.split()]


def test_a_table_wraps_its_cells_and_becomes_a_list_where_columns_do_not_fit():
    header = [box("name"), box("what it says")]
    rows = [[words("one"), words("a rather long sentence that has to be wrapped")], [words("two"), words("short")]]
    drawn = set_table(header, rows, 40)
    assert drawn.width <= 40
    assert drawn.lines[2].startswith("one   a rather")
    assert len({line.find("a rather") for line in drawn.lines if "a rather" in line}) == 1
    listed = lines(set_table(header, rows, 15))
    assert listed[0] == "name: one"
    assert all(cells(line) <= 15 for line in listed)
    assert " ".join(listed).split().count("sentence") == 1


def test_words_flow_into_lines():
    assert lines(flow(words("the loss fell from one to two"), 14)) == ["the loss fell", "from one to", "two"]


def test_a_line_of_a_broken_formula_takes_all_that_fits_into_it():
    """To the column: a part stays on the line whose end it just reaches, and goes to the next one column earlier."""
    piece = names("aa + bb + cc + dd")
    first, second, *_ = (segment.box for segment in piece.segments)
    whole = first.width + 1 + second.width
    assert lines(fitted(piece, whole))[0] == f"{first.lines[0]} {second.lines[0]}"
    assert lines(fitted(piece, whole - 1))[0] == first.lines[0]
