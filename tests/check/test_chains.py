"""Chains of formulas: the first wrong line is the error, what goes on from it is carried, a right end is imprecise."""

from __future__ import annotations

import random

import numpy as np
import pytest
import rewriting
from rewriting import changed, derivation, equal_forms, spoilt_forms, text, value

from gradcalc.check.answers.chains import sides
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.formula.parse import parse
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

NETWORK = """
title: A network
notation: x @ W + b
inputs: [[1, -0.5, 0.3], [0.2, 0.8, -1]]
targets: [1, 0]
layers:
  - {weights: [[0.5, -1], [0.25, 0.75], [-0.3, 0.6]], biases: [0.1, -0.2], activation: sigmoid}
  - {weights: [[0.4, -0.6, 0.9], [0.7, 0.2, -0.8]], biases: [0.3, 0.1, -0.4], activation: softmax}
loss: cross_entropy
reduction: sum
"""
SOLUTION = solve(loads(NETWORK), check=False)
VALUES = {name: np.asarray(each) for name, each in SOLUTION.values.items()}


def marked(name: str, lines: object):
    sheet = sheet_from_data({"gradients": {name: lines}}, SOLUTION)
    return mark(SOLUTION, sheet).verdicts[0]


def words(verdict) -> list[str]:
    return [line.verdict for line in verdict.lines]


def test_every_line_is_equal_to_what_is_asked():
    verdict = marked("W2", "= h1.T @ da2\n= h1.T @ (yhat - y)   # of cross-entropy\n\n= h1.T @ yhat - h1.T @ y")
    assert (verdict.verdict, verdict.line, words(verdict)) == ("correct", None, ["correct"] * 3)


def test_the_first_wrong_line_is_the_error_and_later_ones_carry_it():
    verdict = marked(
        "a1", ["= dh1 * h1 * (1 - h1)", "= dh1 * h1 * (1 + h1)", "= dh1 * h1 + dh1 * h1 ** 2", "= dh1 * h1"]
    )
    assert (verdict.verdict, verdict.line) == ("wrong", 2)
    assert words(verdict) == ["correct", "wrong", "carried", "wrong"]
    assert verdict.said.startswith("line 2: ")
    assert [mistake.id for mistake in verdict.mistakes] == ["sign-flipped"]


def test_a_wrong_line_with_a_right_end_is_imprecise():
    verdict = marked("a1", "= dh1 * h1 * (1 - h1) = dh1 * (1 - h1) = dh1 * (h1 - h1 ** 2)")
    assert (verdict.verdict, verdict.line) == ("imprecise", 2)
    assert words(verdict) == ["correct", "wrong", "correct"]
    assert verdict.points == 0.5


def test_a_start_elsewhere_is_the_first_line():
    verdict = marked("h1", "= da2 @ W2\n= da2 @ W2.T")
    assert (verdict.line, words(verdict)) == (1, ["wrong", "correct"])


def test_the_name_of_the_quantity_may_stand_before_the_first_sign():
    for name in ("dW1", "W1", "∂L/∂W1"):
        verdict = marked("W1", f"{name} = x.T @ da1 = x.T @ (dh1 * h1 * (1 - h1))")
        assert (verdict.verdict, len(verdict.lines)) == ("correct", 2)


def test_a_line_that_cannot_be_read_is_told_and_the_others_are_marked():
    verdict = marked("a1", "= foo(dh1)\n= dh1 * h1\n= dh1 * h1 * 1")
    assert words(verdict) == ["unreadable", "wrong", "carried"]
    assert verdict.line == 2
    assert "unknown function 'foo'" in verdict.lines[0].message
    nothing = marked("a1", "= foo(1)\n= bar(2)")
    assert nothing.verdict == "unreadable"
    assert "no line of this chain can be read" in nothing.message


def test_lines_whose_shapes_do_not_fit_go_on_from_each_other():
    verdict = marked("h1", ["= da2 @ W2.T", "= (yhat - y) @ W2", "= yhat @ W2 - y @ W2"])
    assert words(verdict) == ["correct", "wrong", "carried"]


def test_a_wrong_line_laid_out_the_other_way_goes_on_from_the_one_before():
    assert words(marked("W2", ["= h1.T @ yhat", "= yhat.T @ h1"])) == ["wrong", "carried"]


def test_a_wrong_line_after_a_right_one_is_no_error_carried_on():
    assert words(marked("W2", ["= h1.T @ yhat", "= h1.T @ da2", "= h1.T @ yhat"])) == ["wrong", "correct", "wrong"]


def test_a_wrong_line_that_is_equal_at_these_numbers_alone_does_not_go_on():
    """x[1,1] is positive here, and no rule says so."""
    assert words(marked("W2", ["= h1.T @ yhat", "= step(x[1,1]) * (h1.T @ yhat)"])) == ["wrong", "wrong"]


def test_what_a_chain_ends_with_is_the_answer():
    sheet = sheet_from_data({"gradients": {"W2": ["= h1.T @ yhat", "= h1.T @ da2", "= foo(1)"]}}, SOLUTION)
    assert sheet.answers[0].formula == parse("h1.T @ da2")


def test_two_formulas_with_a_sign_between_them_are_a_chain():
    assert words(marked("W2", "h1.T @ da2 = h1.T @ (yhat - y)")) == ["correct", "correct"]
    assert words(marked("W2", "h1.T @ da2 = h1.T @ yhat")) == ["correct", "wrong"]
    assert marked("W2", "h1.T @ da2 = [[?, 2], [3, 4]]").verdict == "unreadable"
    assert marked("W2", "dW1 = x.T @ da1").verdict == "unreadable"


def test_a_line_may_be_what_the_formulas_come_to():
    right = np.round(VALUES["h1"].T @ (VALUES["yhat"] - VALUES["y"]), 4).tolist()
    assert words(marked("W2", f"h1.T @ da2 = {right}")) == ["correct", "correct"]
    wrong = marked("W2", f"h1.T @ yhat = {right}")
    assert (words(wrong), wrong.verdict, wrong.line) == (["wrong", "correct"], "imprecise", 1)
    assert words(marked("W2", "h1.T @ da2 = [[1, 2, 3], [3, 4, 5]]")) == ["correct", "wrong"]


def test_lines_of_latex_are_read():
    verdict = marked("W2", "&= h_1^\\top (\\hat{y} - y) \\\\\n&= h_1^\\top \\hat{y} - h_1^\\top y")
    assert words(verdict) == ["correct", "correct"]


def test_a_line_that_cannot_be_read_leaves_nothing_behind():
    """What it names is no part of the answer: not even of a circle of answers that rest on each other."""
    for lines in (["= nosuch * x", "= yhat - y"], ["= yhat - y", "= nosuch * x"]):
        verdict = marked("a2", lines)
        assert (verdict.verdict, sorted(words(verdict))) == ("correct", ["correct", "unreadable"])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("x + y", None),
        ("dW1 = x.T @ da1", None),
        ("dL/dW^{(1)} = x.T @ da1", None),
        ("x.T @ da1 = x.T @ (dh1 * h1)", ["x.T @ da1", "x.T @ (dh1 * h1)"]),
        ("yhat - y = a * b", ["yhat - y", "a * b"]),
        ("a == b", None),
        ("where(a = b, c, d)", None),
        ("= a", ["", "a"]),
        ("a = b = c", ["a", "b", "c"]),
        ("= a >= b\n= c", ["", "a >= b", "c"]),
        ("= sum(a, axis=0) = b", ["", "sum(a, axis=0)", "b"]),
        (["= a", "= b"], ["", "a", "b"]),
        (["= a", "b"], None),
        ([1, 2], None),
        ([], None),
        (3.0, None),
        ("", None),
    ],
)
def test_what_is_a_chain(typed, found):
    assert sides(typed) == found


def test_a_chain_has_a_hundred_lines_at_most():
    assert "at most 100 lines" in marked("a1", "= dh1 * h1 * (1 - h1)" * 101).message
    assert marked("a1", "\n".join(["= dh1 * h1 * (1 - h1)"] * 100)).verdict == "correct"


def test_the_time_to_find_the_signs_grows_with_the_text_alone():
    """A sheet may have a million signs; what stands before each isn't looked through anew."""
    text = "= (a)\n" * 200_000
    assert len(sides(text)) == 200_001


# Derivations at random, made by another program.

RULES = {
    "W2": ("@", ("T", "h1"), ("-", "yhat", "y")),
    "h1": ("@", ("-", "yhat", "y"), ("T", "W2")),
    "a1": ("*", ("@", ("-", "yhat", "y"), ("T", "W2")), ("*", "h1", ("-", 1, "h1"))),
    "W1": ("@", ("T", "x"), ("*", "dh1", ("*", "h1", ("-", 1, "h1")))),
    "x": ("@", ("*", "dh1", ("*", "h1", ("-", 1, "h1"))), ("T", "W1")),
}


def made(seed: int) -> tuple[str, list[object], random.Random]:
    rng = random.Random(seed)
    name = rng.choice([*RULES])
    return name, derivation(RULES[name], rng.randint(2, 8), rng), rng


def as_text(lines: list[object]) -> str:
    return "\n".join(f"= {text(line)}" for line in lines)


def no_false_alarm(seed: int) -> None:
    name, lines, _ = made(seed)
    right = VALUES[f"d{name}"]
    assert all(np.allclose(value(line, VALUES), right) for line in lines), "the rewriting itself"
    assert words(marked(name, as_text(lines))) == ["correct"] * len(lines), as_text(lines)


def spoilt(seed: int) -> tuple[bool, bool] | None:
    """Whether the first wrong line was found, and whether a mistake was named; None where nothing was spoilt."""
    name, lines, rng = made(seed)
    at = rng.randrange(len(lines))
    wrong = changed(lines[at], spoilt_forms, rng)
    right = VALUES[f"d{name}"]
    if wrong is None or is_the_same(wrong, right):
        return None
    after = derivation(wrong, len(lines) - at, rng)
    verdict = marked(name, as_text([*lines[:at], *after]))
    fine = ["correct"] * at + ["wrong"] + ["carried"] * (len(after) - 1)
    return verdict.line == at + 1 and words(verdict) == fine, bool(verdict.mistakes)


def is_the_same(tree: object, right: np.ndarray) -> bool:
    """Whether a formula is right all the same, or right but for its layout."""
    try:
        found = value(tree, VALUES)
    except ValueError:
        return False
    return any(each.shape == right.shape and np.allclose(each, right) for each in (found, found.T))


def measured(seeds: range) -> tuple[int, float, float]:
    """How many derivations were spoilt; the parts of them whose first wrong line was found, and named."""
    found = [each for each in map(spoilt, seeds) if each is not None]
    return len(found), np.mean([place for place, _ in found]), np.mean([named for _, named in found])


@pytest.mark.parametrize("seed", range(40))
def test_no_false_alarm(seed):
    no_false_alarm(seed)


def test_the_first_wrong_line_is_found_and_named():
    count, placed, named = measured(range(60))
    assert count >= 40
    assert placed >= 0.99
    assert named >= 0.85


@pytest.mark.slow
def test_no_false_alarm_in_many():
    for seed in range(2_000):
        no_false_alarm(seed)


@pytest.mark.slow
def test_the_first_wrong_line_of_many_is_found_and_named():
    _, placed, named = measured(range(1_000))
    assert placed >= 0.99
    assert named >= 0.90


def test_the_rewriting_keeps_the_value():
    rng = random.Random(1)
    for tree in RULES.values():
        for form in (put for _ in range(20) if (put := changed(tree, equal_forms, rng))):
            assert np.allclose(value(form, VALUES), value(tree, VALUES))
    assert rewriting.text(("-", ("*", "a", "b"))) == "-(a * b)"
