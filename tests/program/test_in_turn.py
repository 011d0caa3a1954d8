"""Parameters updated one after the other: on the way back, or each in a step of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from programs import outputs

import gradcalc
from gradcalc.errors import InputError, UsageError
from gradcalc.problem.load import loads, override
from gradcalc.program.descent import take_steps
from gradcalc.program.solve import solve
from gradcalc.report.code import jax_program, numpy_program, torch_program

TWO_LAYERS = """
inputs: [0.5, -1, 2]
targets: [0.2, 0.9]
layers:
  - {weights: [[0.1, 0.4], [-0.3, 0.2], [0.5, -0.6]], biases: [0.1, -0.2], activation: tanh}
  - {weights: [[0.7, -0.2], [0.3, 0.8]], biases: [0.05, 0.1], activation: sigmoid}
loss: half_squared_error
lr: 0.5
order: sequential
"""
ERROR = """
parameters: {u: 1, v: 1}
equations: {p: u * exp(v), q: 2 * v * exp(-u), E: (p - q) ** 2}
of: E
lr: 0.1
"""


def test_the_published_loss_of_an_update_on_the_way_back() -> None:
    """Mazur's article prints the loss that comes out when the hidden layer's gradients take the new weights."""
    problem = replace(gradcalc.load("mazur"), order="sequential")
    assert solve(problem).loss_after == pytest.approx(0.291027924, abs=5e-10)


def sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def test_each_layer_is_passed_by_its_new_weights() -> None:
    found = take_steps(loads(TWO_LAYERS), 4)
    p = {name: value.copy() for name, value in found.problem.parameters.items()}
    x, y = (found.problem.data[name] for name in "xy")
    for step in found.steps:
        h = np.tanh(p["W1"].T @ x + p["b1"])
        out = sigmoid(p["W2"].T @ h + p["b2"])
        d2 = (out - y) * out * (1 - out)
        p["W2"], p["b2"] = p["W2"] - 0.5 * h @ d2.T, p["b2"] - 0.5 * d2
        d1 = (p["W2"] @ d2) * (1 - h**2)
        p["W1"], p["b1"] = p["W1"] - 0.5 * x @ d1.T, p["b1"] - 0.5 * d1
        for name, value in found.updated(step).items():
            np.testing.assert_allclose(value, p[name], rtol=1e-12, err_msg=name)


def test_no_claim_is_made_about_differences() -> None:
    assert solve(loads(TWO_LAYERS)).verification is None


def test_coordinate_descent_has_a_step_of_its_own_for_each() -> None:
    """Learning From Data (Caltech), homework 5, problem 7: 15 iterations from (1, 1) leave an error of about 0.14."""
    found = take_steps(loads(ERROR + "order: [u, v]"), 15)
    u, v = 1.0, 1.0
    for step in found.steps:
        e = u * np.exp(v) - 2 * v * np.exp(-u)
        u -= 0.1 * 2 * e * (np.exp(v) + 2 * v * np.exp(-u))
        e = u * np.exp(v) - 2 * v * np.exp(-u)
        v -= 0.1 * 2 * e * (u * np.exp(v) - 2 * np.exp(-u))
        np.testing.assert_allclose([step.values["u_new"], step.values["v_new"]], [u, v], rtol=1e-11)
    assert found.steps[-1].loss_after == pytest.approx(0.1398, abs=5e-5)


def test_the_gradients_of_all_turns_are_checked() -> None:
    solution = solve(loads(ERROR + "order: [v, u]"))
    assert solution.verification is not None
    assert solution.verification.max_relative_error < 1e-8
    # That of u is taken with the new v.
    v = float(solution.values["v_new"])
    e = np.exp(v) - 2 * v * np.exp(-1)
    assert float(solution.gradients["u"]) == pytest.approx(2 * e * (np.exp(v) + 2 * v * np.exp(-1)))


def test_a_frozen_parameter_has_no_turn() -> None:
    solution = solve(override(loads(ERROR + "order: [u, v]"), freeze=["u"]))
    assert [eq.name for eq in solution.equations if eq.kind == "new value" and eq.section == "update"] == [
        "v_new",
        "u_new",
    ]
    assert float(solution.updated["u"]) == 1
    assert solution.gradients.keys() >= {"u", "v"}
    assert solution.verification is not None
    assert solution.verification.max_relative_error < 1e-8


@pytest.mark.parametrize("text", [TWO_LAYERS, ERROR + "order: [u, v]"])
def test_a_program_of_equations_is_written_and_no_other(text: str) -> None:
    solution = solve(loads(text))
    found = outputs(numpy_program.render(solution, None), "numpy")
    for name, value in solution.updated.items():
        np.testing.assert_allclose(found[f"{name}_new"], value, rtol=1e-12)
    for module in (torch_program, jax_program):
        with pytest.raises(UsageError, match="one parameter after the other: --format numpy"):
            module.render(solution, None)


def test_each_has_its_momentum() -> None:
    slow = ERROR.replace("0.1", "0.01")
    found = take_steps(loads(slow + "order: [u, v]\noptimizer: momentum(beta=0.5)"), 3)
    u, v, mu, mv = 1.0, 1.0, 0.0, 0.0
    for _ in range(3):
        e = u * np.exp(v) - 2 * v * np.exp(-u)
        mu = 0.5 * mu + 2 * e * (np.exp(v) + 2 * v * np.exp(-u))
        u -= 0.01 * mu
        e = u * np.exp(v) - 2 * v * np.exp(-u)
        mv = 0.5 * mv + 2 * e * (u * np.exp(v) - 2 * np.exp(-u))
        v -= 0.01 * mv
    np.testing.assert_allclose([found.parameters["u"], found.parameters["v"]], [u, v], rtol=1e-11)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("order: sequential", "order: u is used more than once, so no one place on the way back is its own"),
        ("order: [u]", "order: v has no turn: add it to the list, or freeze it"),
        ("order: [u, w, v]", r"order\[2\]: unknown parameter 'w'; known are u, v"),
        ("order: [u, v, u]", r"order\[3\]: u has its turn already"),
        ("order: [u, v]\nfreeze: u", r"order\[1\]: u is frozen"),
        ("order: last", "order is last: it must be simultaneous, sequential or a list of parameters"),
        ("order: [u, v]\noptimizer: sgd(global_clip_norm=1)", "order: the length of all gradients isn't known"),
    ],
)
def test_an_order_that_cannot_be_is_refused(keys: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        loads(ERROR + keys)
