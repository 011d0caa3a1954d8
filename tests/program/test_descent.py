"""Many steps: against loops written by hand, published counts, and what must follow whatever the numbers are."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gradcalc
from gradcalc.errors import InputError, UsageError
from gradcalc.program import walk
from gradcalc.program.batches import Batches
from gradcalc.program.course import MAX_STEPS, Keep
from gradcalc.program.descent import take_steps

ERROR_SURFACE = """
# Learning From Data, homework 5, problems 5 and 6: 10 iterations, and (0.045, 0.024).
inputs: {}
parameters: {u: 1, v: 1}
equations: {E: (u * exp(v) - 2 * v * exp(-u)) ** 2}
of: E
lr: 0.1
until: E < 1e-14
"""
LINE = """
inputs: {x: [[1, 2, 3, 4, 5]]}
targets: {t: [[2, 3, 5, 4, 6]]}
parameters: {w: 0.5, b: 0}
equations: {yhat: w * x + b}
samples: [x, t]
loss: mean((yhat - t) ** 2)
lr: 0.01
"""
X, T = np.array([1.0, 2, 3, 4, 5]), np.array([2.0, 3, 5, 4, 6])


def line(**keys) -> gradcalc.Problem:
    return gradcalc.loads(LINE + "".join(f"{key}: {value}\n" for key, value in keys.items()))


def by_hand(batches) -> tuple[float, float]:
    """Least squares by gradient descent, a batch of indices from 0 each step."""
    w, b = 0.5, 0.0
    for batch in batches:
        x, error = X[batch], w * X[batch] + b - T[batch]
        w, b = w - 0.01 * np.mean(2 * error * x), b - 0.01 * np.mean(2 * error)
    return w, b


def test_the_published_count_of_steps_to_a_threshold():
    descent = take_steps(gradcalc.loads(ERROR_SURFACE))
    assert (descent.made, descent.ended) == (10, "reached")
    assert [round(float(descent.parameters[name]), 3) for name in "uv"] == [0.045, 0.024]
    assert descent.curve.columns["E"][-1] < 1e-14 <= descent.curve.columns["E"][-2]


def test_a_condition_that_holds_at_the_start_takes_no_step():
    descent = take_steps(line(), until="loss < 1000")
    assert (descent.made, descent.ended, descent.steps) == (0, "reached", ())
    np.testing.assert_array_equal(descent.parameters["w"], 0.5)


def test_a_condition_reached_with_the_last_step_is_reached():
    count = take_steps(line(), until="loss < 1").made
    assert take_steps(line(steps=count, until="loss < 1")).ended == "reached"
    assert take_steps(line(steps=count - 1, until="loss < 1")).ended == "count"


def test_a_condition_may_compare_formulas_of_gradients():
    descent = take_steps(line(), until="dw ** 2 + db ** 2 <= 0.05")
    dw, db = (float(descent.next.parameters[name]) for name in ("w", "b"))
    error = dw * X + db - T
    assert np.mean(2 * error * X) ** 2 + np.mean(2 * error) ** 2 <= 0.05
    before = take_steps(line(), descent.made - 1).parameters
    error = before["w"] * X + before["b"] - T
    assert np.mean(2 * error * X) ** 2 + np.mean(2 * error) ** 2 > 0.05


@pytest.mark.parametrize(
    ("keys", "batches"),
    [
        ({"steps": 3}, [[0, 1, 2, 3, 4]] * 3),
        ({"epochs": 2, "batch_size": 2}, [[0, 1], [2, 3], [4]] * 2),
        ({"steps": 4, "batch_size": 2}, [[0, 1], [2, 3], [4], [0, 1]]),
        ({"epochs": 2, "batch_size": 1}, [[i] for i in range(5)] * 2),
        ({"epochs": 2}, [[0, 1, 2, 3, 4]] * 2),
    ],
)
def test_batches_follow_the_order_of_the_file(keys, batches):
    descent = take_steps(line(**keys))
    assert descent.made == len(batches)
    w, b = by_hand(batches)
    np.testing.assert_allclose([descent.parameters["w"], descent.parameters["b"]], [w, b], rtol=1e-13)
    if "batch_size" in keys:
        assert [step.samples for step in descent.steps] == [tuple(i + 1 for i in batch) for batch in batches]


def test_shuffled_batches_are_those_that_the_documentation_says():
    descent = take_steps(line(epochs=3, batch_size=2, shuffle=7))
    orders = [np.random.RandomState([7, epoch]).permutation(5) for epoch in (1, 2, 3)]
    w, b = by_hand([order[i : i + 2] for order in orders for i in (0, 2, 4)])
    np.testing.assert_allclose([descent.parameters["w"], descent.parameters["b"]], [w, b], rtol=1e-13)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_each_epoch_uses_each_sample_once(samples, size, seed):
    batches = Batches(samples, min(size, samples), seed)
    for epoch in range(3):
        steps = range(epoch * batches.in_epoch + 1, (epoch + 1) * batches.in_epoch + 1)
        assert sorted(number for k in steps for number in batches.of_step(k)) == list(range(1, samples + 1))


def test_epochs_differ_in_their_order_and_seeds_do_too():
    orders = {Batches(8, 8, seed).of_step(epoch) for seed in (1, 2) for epoch in (1, 2, 3)}
    assert len(orders) == 6


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 6),
    st.integers(1, 6),
    st.sampled_from([{}, {"batch_size": 2}, {"batch_size": 2, "shuffle": 3}, {"lr": "[0.1, 0.2, 0.3] * 4"}]),
)
def test_going_on_is_the_same_as_not_having_stopped(first, more, keys):
    text = LINE
    if "lr" in keys:
        keys, text = {}, LINE.replace("lr: 0.01", f"lr: {[0.01 * n for n in range(1, 13)]}")
    problem = gradcalc.loads(text + "".join(f"{key}: {value}\n" for key, value in keys.items()))
    whole = take_steps(problem, first + more)
    rest = take_steps(take_steps(problem, first).next, more)
    for name in ("w", "b"):
        assert whole.parameters[name].tobytes() == rest.parameters[name].tobytes()
    assert [step.number for step in rest.steps] == list(range(first + 1, first + more + 1))


@pytest.mark.parametrize("name", ["hw3", "mazur", "cross-entropy-batch", "schiendorfer-batch", "ttic-graph-mixed"])
def test_the_short_function_of_a_step_gives_the_same_bits_as_the_whole(name):
    problem = gradcalc.load(name)
    problem = problem if problem.lr else replace(problem, lr=0.1)
    descent = take_steps(problem, 20)
    current = problem
    for step in descent.steps:
        solved = gradcalc.solve(current)
        for parameter, value in descent.updated(step).items():
            assert value.tobytes() == solved.updated[parameter].tobytes()
        current = replace(current, parameters=solved.updated)
    for parameter, value in descent.parameters.items():
        assert value.tobytes() == current.parameters[parameter].tobytes()


@pytest.fixture
def counted(monkeypatch):
    """How often equations are compiled, and values of a whole step are worked out."""
    counts = {"compiled": 0, "whole": 0}
    compile_formulas, whole = walk.compile_formulas, walk.Walk.whole

    def compiling(*args):
        counts["compiled"] += 1
        return compile_formulas(*args)

    def working_out(*args):
        counts["whole"] += 1
        return whole(*args)

    monkeypatch.setattr(walk, "compile_formulas", compiling)
    monkeypatch.setattr(walk.Walk, "whole", working_out)
    return counts


@pytest.mark.parametrize("count", [30, 300, 3000])
def test_however_many_steps_one_function_and_few_values_are_kept(counted, count):
    descent = take_steps(gradcalc.load("hw3"), count, watch=None, keep=Keep(first=2, last=2))
    assert counted == {"compiled": 1, "whole": 0}
    assert [step.number for step in descent.steps] == [1, 2, count - 1, count]
    assert (len(descent.states), descent.curve.steps, counted["whole"]) == (4, (), 3)


def test_one_function_for_each_number_of_samples(counted):
    take_steps(line(epochs=50, batch_size=2), watch=None)
    assert counted["compiled"] == 2


def test_which_steps_are_kept():
    def numbers(keep):
        return [step.number for step in take_steps(line(), 11, keep=keep).steps]

    assert numbers(Keep(every=4)) == [4, 8, 11]
    assert numbers(Keep(first=2)) == [1, 2, 11]
    assert numbers(Keep(first=2, last=3)) == [1, 2, 9, 10, 11]
    assert numbers(Keep(every=1)) == list(range(1, 12))


def test_what_is_watched_is_written_down_from_the_start_on():
    curve = take_steps(line(batch_size=2), 4, watch=["w", "loss", "yhat[2]"]).curve
    assert curve.steps == (0, 1, 2, 3, 4)
    assert [*curve.columns] == ["loss", "w", "yhat[2]"]
    for made in range(5):
        w, b = by_hand([[0, 1], [2, 3], [4], [0, 1]][:made])
        expected = (np.mean((w * X + b - T) ** 2), w, 2 * w + b)
        np.testing.assert_allclose([column[made] for column in curve.columns.values()], expected, rtol=1e-13)


def test_quantities_beside_a_solution_are_watched_too():
    watch = ["changes.w", "losses[2]", "Δb"]
    curve = take_steps(line(), 3, watch=watch).curve
    for made in range(4):
        w, b = by_hand([[0, 1, 2, 3, 4]] * made)
        error = w * X + b - T
        expected = (-0.01 * np.mean(2 * error * X), error[1] ** 2, -0.01 * np.mean(2 * error))
        np.testing.assert_allclose([column[made] for column in [*curve.columns.values()][1:]], expected, rtol=1e-12)


def test_the_number_of_the_step_and_its_learning_rate_are_watched():
    problem = gradcalc.loads(LINE.replace("lr: 0.01", "lr: [0.01, 0.02, 0.03]"))
    assert take_steps(problem, 2, watch=["lr"]).curve.columns["lr"] == (0.01, 0.02, 0.03)
    assert take_steps(problem, 3, watch=["lr"]).curve.columns["lr"] == (0.01, 0.02, 0.03, 0.03)


def test_a_matrix_is_watched_entry_by_entry():
    curve = take_steps(gradcalc.load("hw3"), 3, watch=["W1", "b2[1]"]).curve
    assert [*curve.columns] == ["loss", "W1[1,1]", "W1[1,2]", "W1[2,1]", "W1[2,2]", "b2[1]"]
    assert [column[0] for column in curve.columns.values()][1:] == [3, 6, 4, 5, -1]


def test_divergence_is_said_at_the_step_where_a_value_overflows():
    # w goes from w to w - 2·10·w = -19w, and 19^241 is the first power of 19 above 2^1024.
    problem = gradcalc.loads("inputs: {}\nparameters: {w: 1}\nequations: {f: w * w}\nof: f\nlr: 10\n")
    descent = take_steps(problem, 1000)
    square = next(n for n in range(1, 1000) if 19 ** (2 * (n - 1)) > 2**1024)
    assert (descent.made, descent.ended) == (square, "overflow")
    assert descent.overflowed == "f"
    assert take_steps(problem, square - 2).overflowed is None


def test_a_schedule_shorter_than_the_steps_is_refused():
    problem = gradcalc.loads(LINE.replace("lr: 0.01", "lr: [0.1, 0.05]"))
    with pytest.raises(UsageError, match="lr is given for 2 steps, and has no value for step 3"):
        take_steps(problem, 3)


def test_how_far_to_go_is_asked_in_one_way():
    assert take_steps(line(steps=3)).made == 3
    assert take_steps(line(steps=3), 2).made == 2, "what is asked for comes before the file"
    assert take_steps(line(steps=3), until="loss < 2").made > 0
    with pytest.raises(UsageError, match="steps and epochs both say"):
        take_steps(line(), 2, epochs=3)
    for count in (0, -1, MAX_STEPS + 1):
        with pytest.raises(UsageError, match="must be from 1 to 100,000"):
            take_steps(line(), count)
        with pytest.raises(UsageError, match="number of epochs must be from 1 to 100,000"):
            take_steps(line(), epochs=count)


@pytest.mark.parametrize(
    ("until", "message"),
    [
        ("loss", "a condition compares two numbers"),
        ("1 < loss < 2", "a condition compares two numbers"),
        ("lss < 1", "until: there is no quantity 'lss'; did you mean 'loss'"),
        ("yhat < 1", "a side, yhat, is 1×5"),
        ("loss_new < 1", "until: it is looked at before each step: write loss, not loss_new"),
        ("loss < ", "a formula is missing here"),
        ("losses < 1", "a side, losses, is 1×5"),
    ],
)
def test_a_condition_that_is_none(until, message):
    with pytest.raises(UsageError, match=message):
        take_steps(line(), until=until)


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ({"batch_size": 6}, "9:13: batch_size is 6, but there are 5 samples"),
        ({"batch_size": 0}, "9:13: batch_size is 0: it must be a whole number from 1"),
        ({"steps": 0}, "9:8: steps is 0: it must be a whole number from 1"),
        ({"epochs": 1.5}, "9:9: epochs is 1.5: it must be a whole number from 1"),
        ({"steps": 2, "epochs": 3}, "10:1: epochs: the file has 'steps' already; give one of the two"),
        ({"until": "loss"}, "9:8: until: a condition compares two numbers: loss < 0.01"),
        ({"until": "lss < 1"}, "9:8: until: unknown name 'lss'; did you mean 'loss'?"),
        ({"until": "loss < log(0.5"}, "9:18: until: '(' was never closed"),
        ({"until": 3}, "9:8: until: a condition compares two numbers: loss < 0.01"),
        ({"shuffle": -1}, "9:10: shuffle is -1: it must be a whole number from 0"),
    ],
)
def test_a_key_that_cannot_be_used_is_a_fault_with_its_place(keys, fault):
    with pytest.raises(InputError) as caught:
        line(**keys)
    assert [str(each).removeprefix("<string>:")[: len(fault)] for each in caught.value.faults] == [fault]


@pytest.mark.parametrize(
    ("samples", "more", "fault"),
    [
        ("[x, tt]", "", "6:14: samples[2]: unknown input 'tt'; did you mean 't'?"),
        ("[x, w]", "", "6:14: samples[2]: unknown input 'w'"),
        ("x2", "", "6:10: samples: unknown input 'x2'"),
        (None, "epochs: 2", "8:1: epochs: the samples aren't known: name what holds these"),
        (None, "batch_size: 2", "8:1: batch_size: the samples aren't known: name what holds these"),
    ],
)
def test_samples_that_are_not_known(samples, more, fault):
    text = LINE.replace("samples: [x, t]\n", "" if samples is None else f"samples: {samples}\n") + more
    with pytest.raises(InputError) as caught:
        gradcalc.loads(text)
    assert [str(each).removeprefix("<string>:")[: len(fault)] for each in caught.value.faults] == [fault]


def test_samples_of_different_number_are_a_fault():
    with pytest.raises(InputError, match=r"samples\[2\]: 't' has 1 columns, but 'x' has 5"):
        gradcalc.loads(LINE.replace("[[2, 3, 5, 4, 6]]", "[[2]]"))


def test_a_layered_network_knows_its_samples():
    text = "notation: x @ W + b\ninputs: [[0, 0], [0, 1], [1, 0], [1, 1]]\ntargets: [[0], [1], [1], [1]]\n"
    text += "layers: [{weights: [[0.1], [0.2]], biases: 0.0}]\nloss: half_squared_error\nreduction: sum\nlr: 0.1\n"
    problem = gradcalc.loads(text + "batch_size: 1\nepochs: 1\n")
    descent = take_steps(problem)
    assert descent.made == 4
    w, b = np.array([0.1, 0.2]), 0.0
    for x, t in [((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 1)]:
        error = w @ x + b - t
        w, b = w - 0.1 * error * np.array(x), b - 0.1 * error
    np.testing.assert_allclose(descent.parameters["W1"][:, 0], w, rtol=1e-13)
    assert gradcalc.solve(problem).forward["yhat"].shape == (1, 1), "the first step has the first sample alone"
