"""What the numbers of a problem hide, on problems made to hide it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import gradcalc
from gradcalc.check.lint import Finding, lint

NETWORK = """
inputs: [1, {x2}]
targets: [0, 1]
layers:
  - {{weights: [[0.3, -0.6], [0.4, 0.5]], biases: [{b1}, 0.2], activation: {activation}}}
  - {{weights: {W2}, biases: [-0.1, 0.3], activation: sigmoid}}
loss: half_squared_error
lr: {lr}
"""


def findings(
    x2: float = 0.5, b1: float = 0.1, activation: str = "tanh", W2: str = "[[0.2, 0.7], [-0.4, 0.9]]", **more: object
) -> tuple[Finding, ...]:
    text = NETWORK.format(x2=x2, b1=b1, activation=activation, W2=W2, lr=more.get("lr", 0.3))
    return lint(gradcalc.solve(gradcalc.loads(text + str(more.get("tail", "")))))


def of_kind(found: tuple[Finding, ...], kind: str, quantity: str) -> str:
    return " | ".join(f.message for f in found if (f.kind, f.quantity) == (kind, quantity))


def test_numbers_without_an_accident_hide_no_kind_of_mistake() -> None:
    assert [f for f in findings() if f.kind != "alike"] == []


def test_the_example_cannot_tell_the_diagonal_from_a_lost_two() -> None:
    """The issue says so: half of ∇a2 comes out with both."""
    found = lint(gradcalc.solve(gradcalc.load("hw3")))
    assert "softmax-jacobian-diagonal and factor-of-two" in of_kind(found, "alike", "gradients.a2")
    assert "[2,1] and [2,2]" in of_kind(found, "zero", "gradients.W1")


def test_symmetric_weights_hide_a_lost_transpose() -> None:
    assert "weights-transposed" in of_kind(findings(W2="[[0.2, 0.7], [0.7, 0.9]]"), "hides", "gradients.h1")
    assert "weights-transposed" not in of_kind(findings(), "hides", "gradients.h1")


def test_a_learning_rate_of_one_hides_that_it_was_left_out() -> None:
    assert "learning-rate-left-out" in of_kind(findings(lr=1), "hides", "updated.W1")


def test_a_bias_of_zero_hides_that_it_was_left_out() -> None:
    found = lint(gradcalc.solve(gradcalc.loads("inputs: [2]\nlayers: [{weights: [[3]], biases: [0]}]\nof: yhat")))
    assert "bias-left-out" in of_kind(found, "hides", "forward.a1")


def test_an_input_of_zero_hides_behind_zeros() -> None:
    assert "[2,1] and [2,2]" in of_kind(findings(x2=0), "zero", "gradients.W1")


def test_a_value_on_a_kink_is_told() -> None:
    """a1[1] = 0.3 + 0.4 · 0.5 - 0.5 is 0."""
    found = findings(b1=-0.5, activation="relu")
    assert "relu" in of_kind(found, "kink", "forward.h1")
    assert [f for f in findings(activation="relu") if f.kind == "kink"] == []


def test_a_stale_expected_value_comes_first() -> None:
    found = findings(tail="expected: {loss: 9.99}")
    assert (found[0].kind, found[0].quantity) == ("expected", "loss")


@pytest.mark.parametrize(("tail", "code"), [("", 0), ("expected: {loss: 9.99}", 1)])
def test_only_a_stale_value_ends_the_command_with_1(tail: str, code: int) -> None:
    text = NETWORK.format(x2=0, b1=0.1, activation="tanh", W2="[[0.2, 0.7], [-0.4, 0.9]]", lr=0.3) + tail
    command = [sys.executable, "-m", "gradcalc", "lint", "-", "--format", "plain"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == code
    assert "Zeros, behind which errors hide" in done.stdout
