"""The layers form: names, layouts, targets and losses, against what the design says of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gradcalc.errors import InputError
from gradcalc.formula.table import Axis
from gradcalc.formula.write import code
from gradcalc.problem.load import load, loads
from gradcalc.program.problem import Problem
from gradcalc.program.solve import solve


def forward(problem: Problem) -> list[str]:
    return [f"{equation.name} = {code(equation.expr)}" for equation in problem.forward]


def test_the_worked_example_has_the_names_and_equations_of_the_design() -> None:
    problem = load("hw3")
    assert forward(problem) == [
        "a1 = W1.T @ x + b1",
        "h1 = sigmoid(a1)",
        "a2 = W2.T @ h1 + b2",
        "yhat = softmax(a2)",
        "loss = half_squared_error(yhat, y)",
    ]
    assert {name: value.tolist() for name, value in problem.given.items()} == {
        "x": [[1], [0]],
        "y": [[0], [1]],
        "W1": [[3, 6], [4, 5]],
        "b1": [[1], [-6]],
        "W2": [[2, 3], [4, 3]],
        "b2": [[-1], [-2]],
        "lr": 0.5,
    }
    assert list(problem.parameters) == ["W1", "b1", "W2", "b2"]
    assert (problem.objective, problem.lr, problem.digits, problem.form) == ("loss", 0.5, 4, "layers")
    assert problem.warnings == ()


def test_the_worked_example_gives_the_published_numbers() -> None:
    solution = solve(load("hw3"))
    assert solution.loss == pytest.approx(0.3927, abs=5e-5)  # (31)
    assert solution.gradients["W2"] == pytest.approx(np.array([[0.2880, -0.2880], [0.1466, -0.1466]]), abs=5e-5)  # (19)
    assert solution.after["loss"] == pytest.approx(0.2146, abs=5e-5)  # (32)


def test_expected_keeps_its_digits_and_every_key_its_place() -> None:
    problem = load("hw3")
    path = ("expected", "gradients", "W2", 0, 0)
    assert problem.expected["gradients"]["W2"][0][0] == 0.288
    assert problem.written[path] == "0.2880"
    place = problem.places[path]
    line = Path(problem.path).read_text("utf-8").splitlines()[place.line - 1]
    assert line[place.column - 1 :].startswith("0.2880")
    assert problem.place(*problem.origins["W2"]).line == problem.place("layers", 1, "weights").line
    assert problem.origins["h1"] == ("layers", 0, "activation")


NOTATIONS = {
    "W.T @ x + b": (["a1 = W1.T @ x + b1", "yhat = tanh(a1)"], "[[1, 2, 3], [4, 5, 6]]", (3, 1)),
    "W @ x + b": (["a1 = W1 @ x + b1", "yhat = tanh(a1)"], "[[1, 4], [2, 5], [3, 6]]", (3, 1)),
    "x @ W + b": (["a1 = x @ W1 + b1", "yhat = tanh(a1)"], "[[1, 2, 3], [4, 5, 6]]", (1, 3)),
    "x @ W.T + b": (["a1 = x @ W1.T + b1", "yhat = tanh(a1)"], "[[1, 4], [2, 5], [3, 6]]", (1, 3)),
}


@pytest.mark.parametrize("notation", NOTATIONS)
def test_each_notation_has_its_equations_and_layout(notation: str) -> None:
    equations, weights, shape = NOTATIONS[notation]
    layer = f"{{weights: {weights}, biases: [7, 8, 9], activation: tanh}}"
    problem = loads(f"notation: {notation}\ninputs: [0.1, 0.2]\nlayers: [{layer}]")
    assert forward(problem) == equations
    assert problem.inputs["x"].shape == ((1, 2) if notation.startswith("x") else (2, 1))
    assert problem.parameters["b1"].shape == shape
    assert problem.axis == (Axis.ROWS if notation.startswith("x") else Axis.COLUMNS)
    expected = np.tanh([0.1 * a + 0.2 * b + c for a, b, c in ((1, 4, 7), (2, 5, 8), (3, 6, 9))])
    assert solve(problem).forward["yhat"].ravel() == pytest.approx(expected)


@pytest.mark.parametrize("spelling", ["x@W+b", "'x @ W + b'", "x  @  W + b"])
def test_a_notation_can_be_spaced_freely(spelling: str) -> None:
    assert loads(f"inputs: [1]\nnotation: {spelling}\nlayers: [{{weights: 2}}]").axis is Axis.ROWS


def test_biases_may_be_shared_or_left_out() -> None:
    problem = loads("inputs: [1, 2]\nlayers:\n- {weights: [[1, 2], [3, 4]], biases: 0.35}\n- {weights: [[1], [1]]}")
    assert forward(problem) == ["a1 = W1.T @ x + b1", "h1 = a1", "a2 = W2.T @ h1", "yhat = a2"]
    assert problem.parameters["b1"].shape == ()
    assert float(solve(problem).forward["yhat"].item()) == pytest.approx(1 + 6 + 0.35 + 2 + 8 + 0.35)


@pytest.mark.parametrize("activation", ["", ", activation: identity"])
def test_no_activation_is_the_identity(activation: str) -> None:
    assert forward(loads(f"inputs: [1]\nlayers: [{{weights: 2{activation}}}]")) == ["a1 = W1.T @ x", "yhat = a1"]


def test_activations_and_losses_take_parameters() -> None:
    text = "inputs: [1]\ntargets: [1]\nlayers: [{weights: 2, activation: leaky_relu(alpha=0.1)}]\nloss: huber(delta=2)"
    assert forward(loads(text))[1:] == ["yhat = leaky_relu(a1, alpha=0.1)", "loss = huber(yhat, y, delta=2)"]


def test_a_loss_may_be_any_formula() -> None:
    text = "inputs: [1]\ntargets: [1]\nlayers: [{weights: 2}]\nloss: sum((yhat - y) ** 2) / 2 + 0.1 * sum(W1 ** 2)"
    assert forward(loads(text))[-1] == "loss = sum((yhat - y) ** 2) / 2 + 0.1 * sum(W1 ** 2)"


COLUMNS = "inputs: [[1, 0, 2], [2, 1, 3]]\nlayers: [{weights: [[1, 2], [3, 4]], activation: softmax}]\n"
ROWS = COLUMNS.replace("[[1, 0, 2], [2, 1, 3]]", "[[1, 2], [0, 1], [2, 3]]") + "notation: x @ W + b\n"
ONE = "inputs: [1, 2]\nlayers: [{weights: [[1, 2, 3], [3, 4, 5]], activation: softmax}]\n"


@pytest.mark.parametrize(
    ("network", "targets", "y"),
    [
        (ONE, "2", [[0], [0], [1]]),
        (ONE, "[0]", [[1], [0], [0]]),
        (ONE, "[0.2, 0.3, 0.5]", [[0.2], [0.3], [0.5]]),
        (COLUMNS, "[1, 0, 1]", [[0, 1, 0], [1, 0, 1]]),
        (ROWS, "[1, 0, 1]", [[0, 1], [1, 0], [0, 1]]),
        (ROWS, "[[0, 1], [1, 0], [0, 1]]", [[0, 1], [1, 0], [0, 1]]),
    ],
)
def test_targets_may_be_classes_counted_from_zero(network: str, targets: str, y: list[list[float]]) -> None:
    reduction = "" if network is ONE else "reduction: mean\n"
    problem = loads(f"{network}{reduction}targets: {targets}\nloss: cross_entropy")
    assert problem.targets["y"].tolist() == y
    assert problem.assumed == {"y"}


def test_a_batch_of_single_outputs_takes_a_flat_list_of_targets() -> None:
    network = "inputs: [[1, 2, 3]]\nlayers: [{weights: 2, activation: sigmoid}]\nreduction: sum\n"
    assert loads(network + "targets: [0, 1, 1]\nloss: binary_cross_entropy").targets["y"].tolist() == [[0, 1, 1]]
    rows = "notation: x @ W + b\ninputs: [[1], [2], [3]]\nlayers: [{weights: 2}]\nreduction: sum\n"
    assert loads(rows + "targets: [0, 1, 1]\nloss: squared_error").targets["y"].tolist() == [[0], [1], [1]]


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_a_batch_says_how_its_losses_become_one(reduction: str) -> None:
    problem = loads(f"{COLUMNS}targets: [1, 0, 1]\nloss: cross_entropy\nreduction: {reduction}")
    assert forward(problem)[-1] == f"loss = {reduction}(cross_entropy(yhat, y))"
    scores = np.array([[1, 3], [2, 4]]) @ np.array([[1, 0, 2], [2, 1, 3]])
    losses = np.log(np.exp(scores).sum(axis=0)) - scores[[1, 0, 1], [0, 1, 2]]
    assert solve(problem).loss == pytest.approx(getattr(np, reduction)(losses))


def test_one_sample_needs_no_reduction() -> None:
    assert (
        forward(loads(ONE + "targets: 1\nloss: cross_entropy\nreduction: mean"))[-1] == "loss = cross_entropy(yhat, y)"
    )


def test_a_penalty_is_an_equation_of_its_own() -> None:
    problem = loads(ONE + "targets: 1\nloss: cross_entropy\npenalty: 0.05 * sum(W1 ** 2)")
    assert forward(problem)[-3:] == [
        "data_loss = cross_entropy(yhat, y)",
        "penalty = 0.05 * sum(W1 ** 2)",
        "loss = data_loss + penalty",
    ]
    assert solve(problem).forward["penalty"] == pytest.approx(0.05 * (1 + 4 + 9 + 9 + 16 + 25))


def test_an_output_may_be_differentiated_in_place_of_a_loss() -> None:
    problem = loads("inputs: [1, 2]\nlayers: [{weights: [[1], [3]]}]\nof: yhat")
    assert (problem.objective, forward(problem)) == ("yhat", ["a1 = W1.T @ x", "yhat = a1"])


@pytest.mark.parametrize("upstream", ["[1, -2, 0.5]", "{yhat: [1, -2, 0.5]}"])
def test_a_gradient_may_be_given_to_start_from(upstream: str) -> None:
    problem = loads(f"{ONE}upstream: {upstream}")
    assert problem.objective is None
    assert problem.given["dyhat"].tolist() == [[1], [-2], [0.5]]


def test_without_loss_there_is_only_a_forward_pass() -> None:
    problem = loads(ONE + "targets: [0, 0, 1]")
    assert (problem.objective, dict(problem.upstream)) == (None, {})
    assert problem.warnings == ("targets are given, but no loss uses them",)


@pytest.mark.parametrize(("freeze", "frozen"), [("W1", {"W1"}), ("[W1]", {"W1"}), ("W¹", {"W1"}), ("[]", set())])
def test_freeze_takes_one_name_or_many(freeze: str, frozen: set[str]) -> None:
    assert loads(f"{ONE}freeze: {freeze}").frozen == frozen


def test_numbers_are_read_as_yaml_1_2_has_them() -> None:
    problem = loads("lr: 1e-3\ninputs: [1e-3, .5]\nlayers: [{weights: [[0x10], [1.]]}]")
    assert problem.lr == 0.001
    assert problem.inputs["x"].tolist() == [[0.001], [0.5]]
    assert problem.parameters["W1"].tolist() == [[16], [1]]


def test_a_problem_in_json_is_the_same_problem() -> None:
    layers = [{"weights": [[3, 6], [4, 5]], "biases": [1, -6], "activation": "sigmoid"}]
    data = {"title": 'é " \\ 1', "inputs": [1, 0], "targets": [0, 1], "layers": layers, "loss": "squared_error"}
    problem = loads(json.dumps(data))
    assert problem.title == data["title"]
    assert forward(problem) == ["a1 = W1.T @ x + b1", "yhat = sigmoid(a1)", "loss = squared_error(yhat, y)"]


def test_misprints_points_and_tolerance_are_kept() -> None:
    text = (
        ONE
        + "points: {gradients.W1: 2}\ntolerance: 0.01\nmisprints: [{quantity: forward.a1, printed: [1, 2, 3], note: n}]"
    )
    problem = loads(text)
    assert dict(problem.points) == {"gradients.W1": 2}
    assert dict(problem.tolerance) == {"atol": 0.01}
    assert (problem.misprints[0].quantity, problem.misprints[0].printed) == ("forward.a1", [1, 2, 3])


def test_one_output_has_numbers_as_targets_and_no_classes() -> None:
    """Of one class there is nothing to choose: 1 is the probability, and the loss is -log ŷ."""
    layer = "{weights: [[2], [-1]], biases: [0.5], activation: sigmoid}"
    solution = solve(loads(f"inputs: [1, 3]\ntargets: 1\nlayers: [{layer}]\nloss: cross_entropy"))
    assert solution.loss == pytest.approx(np.log(1 + np.exp(0.5)))


@pytest.mark.parametrize(("loss", "value"), [("multiclass_hinge", 2.5), ("multiclass_hinge_sum", 4.0)])
def test_a_hinge_over_classes_takes_the_class(loss: str, value: float) -> None:
    """Scores 1, 2 and 0.5, the last one right: margins of 1.5 and 2.5, the largest or all (Weston & Watkins)."""
    text = f"inputs: [1]\ntargets: TARGETS\nlayers: [{{weights: [[1, 2, 0.5]]}}]\nloss: {loss}"
    for targets in ("2", "[0, 0, 1]"):
        solution = solve(loads(text.replace("TARGETS", targets)))
        assert solution.problem.targets["y"].ravel().tolist() == [0, 0, 1]
        assert solution.loss == pytest.approx(value)


@pytest.mark.parametrize("function", ["ones_like", "features", "neg", "norm"])
def test_what_is_no_activation(function: str) -> None:
    with pytest.raises(InputError, match=f"'{function}' is no activation"):
        loads(f"inputs: [1]\nlayers: [{{weights: [[1, 2]], activation: {function}}}]\nof: yhat")


def test_a_list_of_biases_has_one_for_each_unit() -> None:
    """One number alone is for all units; a list of one number is for one."""
    layers = "inputs: [1]\nlayers: [{weights: [[1, 2]], biases: BIASES}]"
    assert loads(layers.replace("BIASES", "0.5")).parameters["b1"].shape == ()
    with pytest.raises(InputError, match="biases has 1 number, but the layer has 2 units"):
        loads(layers.replace("BIASES", "[0.5]"))
