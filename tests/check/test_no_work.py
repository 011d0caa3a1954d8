"""Sheets without work in them earn next to nothing, whatever follows from them; numbers made in plain NumPy."""

import numpy as np
import pytest
from answering import marked, written
from hw3_by_hand import HW3 as GIVEN
from hw3_by_hand import W1, X, Y, after, worked

from gradcalc.check.marking.work import Work
from gradcalc.problem.load import load, loads
from gradcalc.program.solve import solve

HW3 = solve(load("hw3"), check=False)
ZERO, ZEROS = np.zeros(2), np.zeros((2, 2))
RIGHT = worked()
OLD = {f"updated.{name}": GIVEN[name] for name in ("W1", "b1", "W2", "b2")}


def earned(answers):
    """What a sheet earns beyond its right answers."""
    marks, _ = marked(HW3, answers)
    return sum(v.points for v in marks.verdicts if v.verdict != "correct")


def test_zeros_to_the_digits_asked_for_carry_nothing():
    answers = {"forward.a2": written([0.00001, 0], 5), "gradients.a2": ZERO, "gradients.W2": ZEROS}
    answers |= {"gradients.b2": ZERO, "gradients.h1": ZERO}
    assert marked(HW3, answers)[0].score == 0


def test_targets_copied_as_the_output_carry_nothing():
    answers = {"forward.yhat": Y, "loss": 0.0} | {
        f"gradients.{name}": np.zeros(np.shape(RIGHT[f"gradients.{name}"]))
        for name in ("yhat", "a2", "W2", "b2", "h1", "a1", "W1", "b1")
    }
    answers |= OLD
    assert marked(HW3, answers)[0].score == 0


@pytest.mark.parametrize("a2", [[2.5, 2.5], [0.5, 0.5], X, [40.0, -40.0], [-40.0, 40.0]])
def test_what_is_constant_given_or_saturated_carries_nothing(a2):
    a2 = np.array(a2)
    yhat = np.exp(a2) / np.exp(a2).sum()
    da2 = yhat * (yhat - Y) - yhat * (yhat @ (yhat - Y))
    answers = {"forward.a2": a2, "forward.yhat": yhat, "gradients.yhat": yhat - Y, "gradients.a2": da2}
    answers |= {"gradients.b2": da2, "loss": np.sum((yhat - Y) ** 2) / 2}
    assert earned(answers) <= 1


def test_a_pass_after_no_update_is_the_pass_before():
    """It earns nothing to copy it, though the missing step is a known mistake."""
    before = {f"after.{name}": value for name, value in after(GIVEN).items()}
    marks, verdicts = marked(HW3, OLD | before)
    assert marks.score == 0
    assert verdicts["updated.W1"].mistakes[0].id == "not-updated"


def version(**changed):
    return worked(None, {**GIVEN, **{name: np.array(value) for name, value in changed.items()}})


VERSIONS = {
    "x": {"x": [2.0, -1.0]},
    "y": {"y": [0.3, 0.7]},
    "b2": {"b2": [0.4, 1.3]},
    "W2": {"W2": [[1.2, -0.7], [0.4, 2.1]]},
    "all": {
        "x": [0.6, -1.1],
        "W1": [[1.5, -0.4], [0.3, 0.8]],
        "b1": [0.2, 0.7],
        "W2": [[1.2, -0.7], [0.4, 2.1]],
        "b2": [0.4, 1.3],
    },
}


@pytest.mark.parametrize("which", VERSIONS)
def test_a_sheet_of_another_version_is_recognised_and_carries_nothing(which):
    given = {**GIVEN, **{name: np.array(value) for name, value in VERSIONS[which].items()}}
    answers = worked(None, given)
    new = {name: given[name] - 0.5 * answers[f"gradients.{name}"] for name in ("W1", "b1", "W2", "b2")}
    answers |= {f"after.{name}": v for name, v in after(new, given["x"], given["y"]).items()}
    marks, _ = marked(HW3, answers)
    assert "another version" in marks.first_error.message
    assert earned(answers) <= 0.1 * len(answers)


def test_numbers_out_of_nowhere_carry_nothing_through_a_whole_sheet():
    """All follows from a1, which comes from nowhere."""
    answers = worked(None, {**GIVEN, "b1": np.array([-1.7, -5.6])})
    del answers["updated.b1"]
    assert earned({label: v for label, v in answers.items() if not label.startswith("after")}) <= 1


def test_an_honest_slip_is_carried_through_a_whole_sheet():
    """One entry of a1 is 3.0 in place of 4.0: everything follows from it, and is carried."""
    answers = worked()
    x, y, W2, b2 = X, Y, GIVEN["W2"], GIVEN["b2"]
    a1 = np.array([3.0, 0.0])
    h1 = 1 / (1 + np.exp(-a1))
    a2 = W2.T @ h1 + b2
    yhat = np.exp(a2) / np.exp(a2).sum()
    dyhat = yhat - y
    da2 = yhat * dyhat - yhat * (yhat @ dyhat)
    dh1 = W2 @ da2
    da1 = dh1 * h1 * (1 - h1)
    answers = {"forward.a1": a1, "forward.h1": h1, "forward.a2": a2, "forward.yhat": yhat, "gradients.yhat": dyhat}
    answers |= {"loss": np.sum(dyhat**2) / 2, "gradients.a2": da2, "gradients.b2": da2, "gradients.h1": dh1}
    answers |= {"gradients.W2": np.outer(h1, da2), "gradients.a1": da1, "gradients.b1": da1}
    answers |= {"gradients.W1": np.outer(x, da1), "updated.W1": W1 - 0.5 * np.outer(x, da1)}
    marks, verdicts = marked(HW3, answers)
    assert [q for q, v in verdicts.items() if v.verdict == "wrong"] == ["forward.a1"]
    assert "another version" not in marks.first_error.message
    assert marks.score == len(answers) - 1


def test_zeros_after_ones_carry_nothing_though_a_mistake_explains_the_ones():
    """∇ŷ = 1 is the gradient of the output; a softmax makes zeros of it."""
    answers = {"gradients.yhat": np.ones(2), "gradients.a2": ZERO, "gradients.b2": ZERO, "gradients.h1": ZERO}
    marks, verdicts = marked(HW3, answers)
    assert [mistake.id for mistake in verdicts["gradients.yhat"].mistakes] == ["output-not-loss"]
    assert marks.score == 0


def test_a_loss_of_zero_after_copied_targets_carries_nothing():
    assert marked(HW3, {"after.yhat": Y, "after.loss": 0.0})[0].score == 0


def test_ones_after_ones_carry_nothing():
    """On outputs of 1 a lost factor gives ones; what follows from these has no work in it either."""
    W2 = GIVEN["W2"]
    answers = {"forward.yhat": np.ones(2), "gradients.a2": np.ones(2), "gradients.h1": W2 @ np.ones(2)}
    answers |= {"updated.b2": GIVEN["b2"] - 0.5 * np.ones(2)}
    marks, verdicts = marked(HW3, answers)
    assert verdicts["forward.yhat"].mistakes
    assert marks.score == 0


def test_an_even_guess_carries_nothing_though_an_unlikely_mistake_gives_it():
    """With x for h1 the softmax of hw3 is ½ for both."""
    half = np.array([0.5, 0.5])
    da2 = half * (half - Y) - half * (half @ (half - Y))
    answers = {"forward.yhat": half, "loss": 0.25, "gradients.yhat": half - Y, "gradients.a2": da2, "gradients.b2": da2}
    assert marked(HW3, answers)[0].score <= 1


def graph_after(a_p):
    """The graph of sigmoid vertices in round numbers, from some a_p on: forward, and back to p."""
    s = lambda a: 1 / (1 + np.exp(-a))  # noqa: E731
    p = s(a_p)
    q = s(-1 + 2 * p)
    r = s(-1.5 * p + q - 0.5)
    v = s(3 * q - 2 * r)
    a_out = p + 2 * r - v
    out = s(a_out)
    d_out = out * (1 - out)
    d_v = -d_out * v * (1 - v)
    d_r = (2 * d_out - 2 * d_v) * r * (1 - r)
    d_q = (3 * d_v + d_r) * q * (1 - q)
    forward = {"a_p": a_p, "o_p": p, "o_q": q, "o_r": r, "o_s": v, "a_out": a_out, "o_out": out}
    gradients = {"a_out": d_out, "a_s": d_v, "a_r": d_r, "a_q": d_q}
    labels = {f"forward.{name}": v for name, v in forward.items()}
    return labels | {f"gradients.{name}": v for name, v in gradients.items()}


@pytest.mark.parametrize("a_p", [0.5, -0.5, 1.0, 3.0])
def test_an_easy_first_number_carries_where_something_on_the_sheet_is_right_and_else_not(a_p):
    """0.5 is what a wrong sign gives, and what anybody may write down: whoever has nothing right earns nothing."""
    solution = solve(load("ttic-graph-sigmoid"), check=False)
    answers = {label: written(value, 5) for label, value in graph_after(a_p).items()}
    marks, verdicts = marked(solution, answers)
    assert marks.score == 0
    assert "nothing is carried on from here" in verdicts["forward.a_p"].message
    marks, _ = marked(solution, answers | {"gradients.o_out": written(1, 5)})
    assert marks.score == len(answers)


@pytest.mark.parametrize(("count", "score"), [(3, 2), (4, 0)])
def test_a_few_answers_are_carried_from_an_easy_number(count, score):
    """Three answers may all follow from one honest slip."""
    solution = solve(load("ttic-graph-sigmoid"), check=False)
    answers = {label: written(value, 5) for label, value in list(graph_after(0.5).items())[:count]}
    assert marked(solution, answers)[0].score == score


SCALARS = """
inputs: {x: 0.7312, y: -2.25}
equations: {a: sigmoid(x), b: 2 * y + 7.5, f: a * b}
of: f
"""


@pytest.mark.parametrize(
    ("name", "value", "is_work"),
    [
        ("a", 0.6731, True),
        ("a", 0.7, False),  # one digit, where the right value has four
        ("a", 40.0, False),
        ("a", 0.7312, False),  # x itself
        ("a", -2.25, False),
        ("b", 0.7, True),  # 3 is right: whoever calculates with round numbers comes to round ones
        ("b", -2.25, True),
        ("b", 0.0, False),
    ],
)
def test_a_single_number_of_one_digit_or_given_shows_no_work_where_the_right_one_has_all_its_digits(
    name, value, is_work
):
    solution = solve(loads(SCALARS), check=False)
    assert Work(solution, 4).is_in(np.array(value), solution.by_name[name]) is is_work
