"""Sizes that are letters: read off marks, counted, factored as courses do, and put into rules."""

import itertools

import numpy as np
import pytest

from gradcalc.errors import InputError
from gradcalc.formula.evaluate import evaluate
from gradcalc.formula.expr import Num
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis
from gradcalc.formula.write import code
from gradcalc.problem.load import loads
from gradcalc.problem.sizes import at_sizes, checked
from gradcalc.program.letters import APART, choices, count, factored, in_letters, side, telling, text_in_letters
from gradcalc.program.solve import solve

TERMS = [("Dx", "H"), ("H",), ("H", "Dy"), ("Dy",)]


def test_marks_say_what_every_sum_of_two_is_made_of():
    sums = [a + b for a, b in itertools.combinations_with_replacement(APART, 2)]
    products = [a * b for a, b in itertools.combinations_with_replacement(APART, 2)]
    assert len({*sums, *products, *APART}) == len(sums) + len(products) + len(APART)


def test_a_side_in_letters():
    n, m = APART[:2]
    sizes = (n, n + m, n * m, n * n, 2 * n, 3)
    assert [side(size, {"n": n, "m": m}) for size in sizes] == ["n", "(n + m)", "n·m", "n²", "2n", "3"]


def test_the_count_of_a_network_as_courses_factor_it():
    assert count(TERMS) == "Dx·H + H + H·Dy + Dy"
    assert factored(TERMS) == "H·(Dx + Dy + 1) + Dy"
    assert factored([("D", "K")]) == "D·K"
    assert count([("n", "n"), ("n",)]) == "n² + n"


def value(text, sizes):
    formula = parse(text.replace("·", "*").replace("²", "**2"))
    return float(evaluate(formula, {letter: np.array(size) for letter, size in sizes.items()}, Axis.COLUMNS))


@pytest.mark.parametrize("terms", [TERMS, [("a", "b"), ("b", "c"), ("c", "a"), ("a",)], [("n", "n"), ("n", "m"), ()]])
def test_a_factored_count_is_the_same_number(terms):
    sizes = {"a": 2.0, "b": 3.0, "c": 5.0, "n": 7.0, "m": 11.0, "Dx": 13.0, "H": 17.0, "Dy": 19.0}
    right = sum(np.prod([sizes[letter] for letter in term]) for term in terms)
    assert value(count(terms), sizes) == value(factored(terms), sizes) == right


def test_numbers_of_a_rule_in_letters():
    rule = parse("(yhat - y) / 101 + 2 / 101 + 0.5 * x / 10302 + 103")
    assert code(in_letters(rule, {"N": 101, "K": 102})) == "(yhat - y) / N + 2 / N + 0.5 * x / (N * K) + 103"


def test_a_number_over_a_size_in_letters():
    """A rule that was simplified has 1/N as one number; other numbers are no sizes."""
    sizes = {"N": 101, "K": 102}
    found = [code(in_letters(Num(value), sizes)) for value in (1 / 101, 3 / 102, -2 / 101, 1.5 / 101, 0.01)]
    assert found == ["1 / N", "3 / K", "-2 / N", code(Num(1.5 / 101)), "0.01"]


def test_letters_in_a_sentence_stand_for_sizes_alone():
    said = "is {}×{}, but has {} units, wrong at [7,11]; 7.5 and W7 stay, 7,000 too"
    assert text_in_letters(said.format(7, 11, 7), {"H": 7, "K": 11}) == said.format("H", "K", "H")
    assert text_in_letters("301 of 12,301, and x[301, 2]", {"N": 301}) == "N of 12,301, and x[301, 2]"


MEAN = """
notation: x @ W + b
inputs: N×D
targets: one_hot(K, N)
layers: [{weights: D×K, biases: 1×K, activation: softmax}]
loss: cross_entropy
reduction: mean
"""


def test_choices_of_sizes_are_different_and_none_stands_in_the_file():
    told = loads(MEAN).letters
    found = [*choices(told, 6)]
    assert len({tuple(each.items()) for each in found}) == 6
    assert all(len({*each.values()}) == 3 and min(each.values()) >= 2 for each in found)
    assert all(min(each.values()) >= 7 for each in telling(told, 3))


def test_sizes_that_stand_in_the_file_are_no_letters_sizes():
    """Else `2·7` could be `2·D`, or a shape that must be 3 fit by chance."""
    text = "inputs: {x: D×2, y: D×3}\nparameters: {W: 2×7, V: 7×3}\nequations: {L: sum((x @ W @ V - y) ** 2)}\nof: L\n"
    told = loads(text).letters
    assert [each["D"] for each in choices(told, 3) if each["D"] in (2, 3, 7)] == []
    assert [each["D"] for each in telling(told, 3) if each["D"] in (2, 3, 7)] == []
    assert len([*choices(told, 3)]) == len([*telling(told, 3)]) == 3


def test_gradients_are_checked_by_the_rules_that_are_shown():
    problem = loads(MEAN)
    shown = solve(problem.letters.apart, check=False)
    found = [*checked(problem, shown, 5)]
    assert len(found) == 5
    assert all(error < 1e-6 for _, error in found)


def test_a_rule_that_is_wrong_where_it_is_shown_is_found():
    problem = loads(MEAN)
    shown = solve(problem.letters.apart, check=False)
    at = next(i for i, eq in enumerate(shown.equations) if eq.name == "da1")
    spoilt = [*shown.equations]
    spoilt[at] = type(spoilt[at])(spoilt[at].section, "da1", parse(f"(yhat - y) / {APART[1]}"))
    found = [*checked(problem, type(shown)(shown.problem, tuple(spoilt), shown.shapes, shown.values, None), 3)]
    assert all(error > 0.01 for _, error in found)


def test_the_gradients_at_each_size_are_those_of_a_definition():
    """By the definition of softmax regression, in NumPy alone."""
    problem = loads(MEAN)
    for seed, sizes in enumerate(choices(problem.letters, 4)):
        made = at_sizes(problem, sizes, seed)
        x, y, w, b = made.inputs["x"], made.targets["y"], made.parameters["W1"], made.parameters["b1"]
        assert x.shape == (sizes["N"], sizes["D"])
        powers = np.exp(x @ w + b)
        delta = (powers / powers.sum(axis=1, keepdims=True) - y) / sizes["N"]
        values = solve(made, check=False).values
        assert np.allclose(values["dW1"], x.T @ delta)
        assert np.allclose(values["db1"], delta.sum(axis=0))


ATTENTION = """
notation: x @ W + b
inputs: {Q: T×d, K: T×d, V: T×v}
equations: {S: Q @ K.T / sqrt(d), A: softmax(S), L: sum(A @ V) / T}
of: L
"""


def test_a_size_stands_in_a_formula():
    for sizes in ({"T": 3, "d": 2, "v": 4}, {"T": 2, "d": 5, "v": 3}):
        values = solve(loads(ATTENTION, at=sizes, seed=1)).values
        scores = values["Q"] @ values["K"].T / np.sqrt(sizes["d"])
        weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        assert np.allclose(values["A"], weights)
        assert np.allclose(values["L"], (weights @ values["V"]).sum() / sizes["T"])


def test_a_size_in_a_formula_is_told_by_its_letter():
    told = loads(ATTENTION).letters
    rules = [code(in_letters(equation.expr, told.marks)) for equation in told.apart.forward]
    assert rules == ["(Q @ K.T) / sqrt(d)", "softmax(S)", "sum(A @ V) / T"]


def test_a_quantity_goes_before_a_size_of_its_name():
    with pytest.raises(InputError, match="'d' is a size already"):
        loads(ATTENTION.replace("V: T×v", "V: T×v, d: scalar"))
