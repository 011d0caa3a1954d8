"""Mistakes are named: those of the worked example, and those of other problems, by what they do to the numbers."""

import numpy as np
import pytest
from answering import ids, marked, written
from hw3_by_hand import HW3 as GIVEN
from hw3_by_hand import worked

from gradcalc.check.answers.compare import Tolerance
from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.ledger import Ledger
from gradcalc.check.marking.mark import mark
from gradcalc.check.mistakes.agreement import SLIGHT, WHOLE, Agreement
from gradcalc.check.mistakes.catalogue import Mutants
from gradcalc.check.mistakes.diagnose import MOST_NAMED, Diagnoser
from gradcalc.check.mistakes.search import Candidate, Search
from gradcalc.problem.load import load, loads
from gradcalc.program.sections import quantities
from gradcalc.program.solve import solve

HW3 = solve(load("hw3"), check=False)
SIGNATURES = {
    "shortcut": ("gradients.a2", {"gradients.b2": [0.6267, -0.6267]}, ["cross-entropy-shortcut"]),
    "diagonal": ("gradients.a2", {"gradients.b2": [0.1466, -0.1466]}, ["softmax-jacobian-diagonal", "factor-of-two"]),
    "transposed": ("gradients.h1", {"gradients.h1": [-0.5865, 0]}, ["weights-transposed"]),
    "updated": ("gradients.h1", {"gradients.h1": [-0.3777, 0.2502]}, ["updated-weights-in-backprop"]),
    "no slope": ("gradients.a1", {"gradients.b1": [-0.2932, 0.2932]}, ["missing-activation-derivative"]),
    "slope of h": ("gradients.a1", {"gradients.b1": [-0.0581, 0.0689]}, ["derivative-at-wrong-value"]),
    "half": ("gradients.yhat", {"gradients.b2": [0.5865, -0.5865]}, ["factor-of-two"]),
    "ascent": ("updated.W1", {"updated.W1": [[2.9974, 6.0367], [4, 5]]}, ["ascent-not-descent"]),
}
"""Mistake: where it is made, its numbers as published, and what it is called."""
FILE = """
inputs: {x}
targets: {y}
layers:
  - {{weights: {W1}, biases: {b1}, activation: sigmoid}}
  - {{weights: {W2}, biases: {b2}, activation: softmax}}
loss: half_squared_error
lr: 0.5
"""
BACKWARDS = ["W2", "b2", "W1", "b1"]
"""The order in which backpropagation has the parameters: of final answers alone the last layer's come first."""
FINAL = [label for label in worked() if label.startswith("updated") or label in ("loss", "after.loss")]
GRADIENTS = [f"gradients.{name}" for name in ("W1", "b1", "W2", "b2")]
mistakes = pytest.mark.parametrize("mistake", SIGNATURES)


def turn(label):
    section, _, name = label.partition(".")
    return BACKWARDS.index(name) if section == "updated" else -1 if label == "loss" else len(BACKWARDS)


def only(labels, answers):
    return {label: answers[label] for label in answers if label in labels}


def test_the_carrier_is_right_where_no_mistake_is_made():
    right = worked()
    assert set(right) == {v.quantity for v in marked(HW3, right)[0].verdicts}
    for label, value in right.items():
        section, _, name = label.partition(".")
        key = {"forward": HW3.forward, "gradients": HW3.gradients, "updated": HW3.updated, "after": HW3.after}
        expected = key[section][name] if name else HW3.values["loss"]
        np.testing.assert_allclose(np.reshape(value, expected.shape), expected, rtol=1e-12)


@mistakes
def test_the_carrier_comes_to_the_published_numbers(mistake):
    _, numbers, _ = SIGNATURES[mistake]
    for label, published in numbers.items():
        np.testing.assert_allclose(worked(mistake)[label], published, atol=5.1e-5)


@mistakes
@pytest.mark.parametrize("digits", [4, 6])
def test_with_all_answers_the_first_is_wrong_and_the_rest_is_carried(mistake, digits):
    place, _, names = SIGNATURES[mistake]
    marks, verdicts = marked(HW3, worked(mistake), digits)
    assert marks.first_error.quantity == place
    assert ids(marks.first_error)[: len(names)] == names
    assert {m.at for m in marks.first_error.mistakes} == {place}
    wrong = [v.quantity for v in marks.verdicts if v.verdict not in ("correct", "carried")]
    # Ascent is made anew with each parameter; nothing else is wrong by itself.
    assert wrong == ([q for q in verdicts if q.startswith("updated")] if mistake == "ascent" else [place])
    key = worked()
    for verdict in marks.verdicts:
        if verdict.verdict == "carried":
            assert np.abs(worked(mistake)[verdict.quantity] - key[verdict.quantity]).max() > 5e-6
            assert verdict.message.startswith("right, given your ")


@mistakes
@pytest.mark.parametrize("labels", [FINAL, GRADIENTS, [*GRADIENTS, *FINAL]], ids=["final", "gradients", "both"])
def test_with_final_answers_only_it_is_found_upstream(mistake, labels):
    place, _, names = SIGNATURES[mistake]
    if mistake == "ascent" and labels is GRADIENTS:
        pytest.skip("no update is asked for")
    answers = only(labels, worked(mistake))
    key = worked()
    marks, _ = marked(HW3, answers)
    order = sorted(answers, key=lambda label: labels is FINAL and turn(label))
    first = next(label for label in order if np.abs(answers[label] - key[label]).max() > 1e-4)
    assert marks.first_error.quantity == first
    assert set(names) <= set(ids(marks.first_error))
    # With a learning rate of ½, to double the gradient and to leave the rate out are the same.
    same = ["learning-rate-left-out"] if mistake == "half" and labels is FINAL else []
    assert ids(marks.first_error)[: len(same) + 1] == [*same, names[0]]
    made_at = first if mistake == "ascent" else place
    assert next(m.at for m in marks.first_error.mistakes if m.id == names[0]) == made_at


@mistakes
@pytest.mark.parametrize("labels", [FINAL, GRADIENTS], ids=["final", "gradients"])
def test_final_answers_after_the_first_wrong_one_are_carried(mistake, labels):
    marks, _ = marked(HW3, only(labels, worked(mistake)))
    words = [v.verdict for v in marks.verdicts]
    every_step = labels is FINAL and mistake in ("ascent", "half")
    assert words.count("wrong") == (4 if every_step else 0 if mistake == "ascent" else 1)
    assert not {"imprecise", "missing"} & set(words)


@mistakes
@pytest.mark.parametrize("which", ["all", "final"])
def test_with_other_numbers_it_is_found_as_well(mistake, which):
    """The same network with 20 random sets of numbers, by hand."""
    names = SIGNATURES[mistake][2][:1]
    missed = []
    for seed in range(20):
        random = np.random.default_rng([seed, len(mistake)])
        given = {name: np.round(random.uniform(-2, 2, np.shape(value)), 1) for name, value in GIVEN.items()}
        solution = solve(loads(FILE.format(**{name: value.tolist() for name, value in given.items()})), check=False)
        answers, key = worked(mistake, given), worked(None, given)
        if which == "final":
            answers = only([*GRADIENTS, *FINAL], answers)
        wrong = [label for label in answers if np.abs(answers[label] - key[label]).max() > 2e-4]
        if not wrong:
            continue
        marks, _ = marked(solution, answers)
        if marks.first_error is None or not set(names) <= set(ids(marks.first_error)):
            missed.append(seed)
    assert len(missed) <= 1, missed


def test_one_number_alone_names_the_mistake():
    for mistake, (_, numbers, names) in SIGNATURES.items():
        marks, _ = marked(HW3, {label: np.array(value, dtype=float) for label, value in numbers.items()})
        assert set(names) <= set(ids(marks.first_error)), mistake


def test_where_numbers_cannot_tell_it_says_so():
    marks, _ = marked(HW3, {"gradients.b2": [0.1466, -0.1466]})
    assert "can't tell" in marks.first_error.message
    marks, _ = marked(HW3, {"gradients.h1": [-0.5865, 0.0]})
    assert "can't tell" not in marks.first_error.message


# Mistakes that are made more than once.

DEEP = """
inputs: [1, -0.5]
targets: [0.2, 0.9]
layers:
  - {weights: [[0.3, -0.8], [0.5, 0.4]], biases: [0.1, 0.2], activation: sigmoid}
  - {weights: [[0.7, -0.6], [-0.2, 0.9]], biases: [0.3, -0.1], activation: sigmoid}
  - {weights: [[1.1, 0.4], [-0.9, 0.6]], biases: [0.2, 0.5], activation: sigmoid}
loss: half_squared_error
lr: 0.5
"""


def deep(slopes=True, double=()):
    """The three-layer network by hand; without slopes no σ′ is taken, `double` has gradients that are doubled."""
    x, y = np.array([1, -0.5]), np.array([0.2, 0.9])
    weights = [np.array(w) for w in ([[0.3, -0.8], [0.5, 0.4]], [[0.7, -0.6], [-0.2, 0.9]], [[1.1, 0.4], [-0.9, 0.6]])]
    biases = [np.array(b) for b in ([0.1, 0.2], [0.3, -0.1], [0.2, 0.5])]
    outputs = [x]
    for w, b in zip(weights, biases, strict=True):
        outputs.append(1 / (1 + np.exp(-(w.T @ outputs[-1] + b))))
    g, found = outputs[-1] - y, {}
    for k in (3, 2, 1):
        h = outputs[k]
        g = g * h * (1 - h) if slopes else g
        g = 2 * g if f"a{k}" in double else g
        found |= {f"gradients.a{k}": g, f"gradients.W{k}": np.outer(outputs[k - 1], g), f"gradients.b{k}": g}
        g = weights[k - 1] @ g
        found[f"gradients.{'x' if k == 1 else f'h{k - 1}'}"] = g
    for k in (1, 2, 3):
        found[f"updated.W{k}"] = weights[k - 1] - 0.5 * found[f"gradients.W{k}"]
    return found


def test_a_mistake_made_in_every_layer_is_found_from_the_end():
    solution = solve(loads(DEEP), check=False)
    marks, verdicts = marked(solution, only(["updated.W1", "updated.W2"], deep(slopes=False)))
    first = marks.first_error
    assert first.quantity == "updated.W2"
    assert ids(first)[0] == "missing-activation-derivative"
    assert "∇a3" in first.message
    assert "∇a2" in first.message
    assert ids(verdicts["updated.W1"])[0] == "missing-activation-derivative"
    assert "∇a1" in verdicts["updated.W1"].message


def test_a_mistake_made_in_every_layer_is_found_in_each_where_all_is_answered():
    solution = solve(loads(DEEP), check=False)
    _, verdicts = marked(solution, deep(slopes=False))
    wrong = {q: ids(v) for q, v in verdicts.items() if v.verdict == "wrong"}
    assert list(wrong) == ["gradients.a3", "gradients.a2", "gradients.a1"]
    assert all(found[0] == "missing-activation-derivative" for found in wrong.values())


def test_two_mistakes_in_one_sheet_are_both_found():
    solution = solve(loads(DEEP), check=False)
    _, verdicts = marked(solution, deep(double=("a3", "a1")))
    wrong = {q: ids(v) for q, v in verdicts.items() if v.verdict == "wrong"}
    assert list(wrong) == ["gradients.a3", "gradients.a1"]
    assert all("factor-of-two" in found for found in wrong.values())


def test_two_mistakes_are_found_behind_final_answers():
    solution = solve(loads(DEEP), check=False)
    labels = [f"gradients.{name}" for name in ("W3", "W2", "W1")]
    _, verdicts = marked(solution, only(labels, deep(double=("a3", "a1"))))
    assert [v.verdict for v in verdicts.values()] == ["wrong", "carried", "wrong"]
    assert "factor-of-two" in ids(verdicts["gradients.W1"])


def test_a_zero_has_no_digits_to_be_in_the_wrong_place() -> None:
    """The sheet with (7) of the course's first solution: the fourth unit's gradient is left 0."""
    problem = load("hw3-problem1")
    solution = solve(problem)
    data = {"gradients": {"b1": [0.06852, 0, -0.27255, 0]}}
    (verdict,) = mark(solution, sheet_from_data(data, solution)).verdicts
    assert verdict.verdict == "wrong"
    assert "decimal-point-misplaced" not in {mistake.id for mistake in verdict.mistakes}
    shifted = {"gradients": {"b1": [0.06852, 0, -0.27255, -10.9021]}}
    (verdict,) = mark(solution, sheet_from_data(shifted, solution)).verdicts
    assert [mistake.id for mistake in verdict.mistakes] == ["decimal-point-misplaced"]


def test_zeros_are_not_two_answers_exchanged() -> None:
    solution = solve(load("hw3"))
    sheet = sheet_from_data({"gradients": {"h1": [0, 0], "a1": [0, 0]}}, solution)
    for verdict in mark(solution, sheet).verdicts:
        assert verdict.verdict == "wrong"
        assert "swapped" not in {mistake.id for mistake in verdict.mistakes}


@pytest.mark.parametrize(
    ("loss", "digits", "counts"), [(0.3927, 4, 0), (0.39, 2, 0), (0.3929, 4, SLIGHT), (0.44, 2, WHOLE)]
)
def test_an_answer_speaks_for_an_explanation_with_the_digits_that_it_has(loss, digits, counts):
    """0.39 is what 0.39266 is to two digits: it speaks against nothing."""
    agreement = Agreement(Ledger(HW3), {"loss": written(loss, digits)}, Tolerance(4))
    assert agreement.against("loss", np.array(0.39266))[0] == counts


def candidates(name):
    """Every mistake of one equation, as if each explained an answer to it."""
    equation, known = HW3.by_name[name], Mutants(HW3)
    every = [Candidate(each, name, {name: HW3.values[name]}, 0, {name: each}) for each in known.of(equation)]
    search = Search(
        Ledger(HW3), known, Tolerance(4), equation, written(HW3.values[name]), np.zeros((2, 1), dtype=np.bool_)
    )
    return every, search


def test_mistakes_are_counted_up_to_those_as_likely():
    """The likeliest is one of at least one that were tried, and the least likely one of all."""
    every, search = candidates("da1")
    counts = [search.tried(each) for each in every]
    assert counts == sorted(counts)
    assert counts[0] >= 1
    assert counts[-1] == len(every)


def test_a_few_mistakes_are_named_each_once():
    every, _ = candidates("da1")
    assert len({each.mutation.id for each in every}) > MOST_NAMED
    known = {quantity.equation: quantity for quantity in quantities(HW3)}
    named = Diagnoser(Ledger(HW3), known, {}, Tolerance(4), Mutants(HW3)).named(every)
    assert [mistake.id for mistake in named] == list(dict.fromkeys(each.mutation.id for each in every))[:MOST_NAMED]
