"""What an author is told of a problem: mistakes that its numbers hide or can't tell apart, kinks, zeros."""

import pytest
from clock import within

from gradcalc.check.author.lint import KINDS, Finding, lint
from gradcalc.problem.load import load, loads
from gradcalc.program.solve import solve


def findings(text, kind=None):
    found = lint(solve(loads(text), check=False))
    return [f for f in found if kind is None or f.kind == kind]


def said(found):
    return {f.quantity: f.message for f in found}


NETWORK = """
inputs: {inputs}
targets: [0.2, 0.9]
layers:
  - {{weights: [[0.3, -0.8], [0.5, 0.4]], biases: {biases}, activation: {activation}}}
  - {{weights: {weights}, biases: [0.3, -0.1], activation: sigmoid}}
loss: half_squared_error
lr: {lr}
"""
GOOD = {
    "inputs": "[1.3, -0.7]",
    "biases": "[0.1, 0.2]",
    "activation": "sigmoid",
    "weights": "[[0.7, -0.6], [-0.2, 0.9]]",
    "lr": "0.3",
}


def network(**changed):
    return NETWORK.format(**(GOOD | changed))


def test_of_a_good_problem_there_is_nothing_to_say():
    assert findings(network()) == []


def test_the_worked_example_cannot_tell_the_diagonal_from_a_lost_factor_of_two():
    found = within(1.0, lambda: lint(solve(load("hw3"), check=False)))
    alike = said(f for f in found if f.kind == "alike")
    assert "softmax-jacobian-diagonal and factor-of-two" in alike["gradients.a2"]
    assert "∇a2" in alike["gradients.a2"]
    zeros = said(f for f in found if f.kind == "zeros")
    assert zeros["gradients.W1"].startswith("∇W1 is 0 at [2,1] and [2,2]")


def test_a_symmetric_matrix_hides_a_transpose():
    found = findings(network(weights="[[0.7, -0.6], [-0.6, 0.9]]"), "hidden")
    assert "weights-transposed" in said(found)["gradients.h1"]
    assert "gradients.h1" not in said(findings(network(), "hidden"))


def test_a_learning_rate_of_one_hides_that_it_is_left_out():
    found = said(findings(network(lr="1"), "hidden"))
    assert all("learning-rate-left-out" in found[f"updated.{name}"] for name in ("W1", "b1", "W2", "b2"))
    assert not [q for q in said(findings(network(), "hidden")) if q.startswith("updated")]


def test_a_learning_rate_of_a_half_makes_it_a_factor_of_two():
    assert "learning-rate-left-out and factor-of-two" in said(findings(network(lr="0.5"), "alike"))["updated.W2"]


def test_a_step_too_small_for_the_digits_hides_everything():
    assert "not-updated" in said(findings(network(lr="0.00001"), "hidden"))["updated.W1"]


def test_biases_of_zero_hide_that_they_are_left_out():
    assert "bias-left-out" in said(findings(network(biases="[0, 0]"), "hidden"))["forward.a1"]


def test_units_that_are_on_hide_a_missing_derivative():
    found = findings(network(activation="relu", inputs="[1.3, 0.9]", biases="[0.1, 2.2]"), "hidden")
    assert "missing-activation-derivative" in said(found)["gradients.a1"]


def test_zeros_are_named():
    found = said(findings(network(inputs="[1.3, 0]"), "zeros"))
    assert found["gradients.W1"] == "∇W1 is 0 at [2,1] and [2,2]: mistakes hide there"
    dead = said(findings(network(activation="relu", biases="[-5, -5]"), "zeros"))
    assert dead["forward.h1"] == "h1 is 0: mistakes before it don't show"
    assert dead["gradients.a1"] == "∇a1 is 0: mistakes before it don't show"


def test_values_that_round_to_zero_are_named():
    found = said(findings(network(biases="[14, 15]"), "zeros"))
    assert found["gradients.a1"] == "∇a1 is 0 to 4 decimals: mistakes before it don't show"


def test_gradients_with_too_few_digits_are_named_with_how_many_would_do():
    found = said(findings(network(biases="[6, 7]"), "few-digits"))
    assert found["gradients.a1"].startswith("∇a1 is so small that 4 decimals tell little: digits: ")
    digits = int(found["gradients.a1"].split("digits: ")[1].split()[0])
    assert not [
        f for f in findings(network(biases="[6, 7]") + f"digits: {digits}\n", "few-digits") if "a1" in f.quantity
    ]


def test_a_value_on_a_kink_is_named():
    found = said(findings(network(activation="relu", inputs="[1, 1]", biases="[-0.8, 0.7]"), "kink"))
    assert found["forward.h1"].startswith("relu is on its kink at [1], where it has no derivative")
    near = said(findings(network(activation="relu", inputs="[1, 1]", biases="[-0.79998, 0.7]"), "kink"))
    assert near["forward.h1"].startswith("relu is within rounding of its kink at [1]")
    assert not findings(network(activation="relu"), "kink")


def test_expected_that_disagrees_is_named():
    found = said(findings(network() + "expected: {loss: 0.5, forward: {h1: [0.5, 0.5]}}\n", "expected"))
    assert set(found) == {"loss", "forward.h1"}
    assert found["loss"].startswith("`expected` disagrees: ")


def test_a_misprint_that_is_none_is_named():
    solution = solve(loads(network()), check=False)
    right = float(solution.values["loss"])
    text = network() + f"misprints: [{{quantity: loss, printed: {right:.6f}}}, {{quantity: after.loss, printed: 7}}]\n"
    assert list(said(findings(text, "expected"))) == ["loss"]


def test_values_that_are_not_finite_are_named():
    text = "inputs: {x: 1, y: 0}\nequations: {q: x / y, f: q + 1}\nof: f\n"
    found = said(findings(text, "not-finite"))
    assert {"forward.q", "forward.f"} <= set(found)


def test_findings_come_gravest_first():
    text = network(inputs="[1.3, 0]", lr="1") + "expected: {loss: 0.5}\n"
    kinds = [f.kind for f in findings(text)]
    assert kinds == sorted(kinds, key=KINDS.index)
    assert kinds[0] == "expected"


@pytest.mark.parametrize("name", ["hw3", "cross-entropy-batch", "ttic-graph-mixed", "micrograd", "ng-regularized"])
def test_every_kind_of_problem_can_be_looked_at(name):
    for finding in lint(solve(load(name), check=False)):
        assert isinstance(finding, Finding)
        assert finding.message.strip() == finding.message
        assert finding.kind != "expected"


def test_a_kink_after_the_update_is_told_as_well():
    """The gradient of relu(w) at 1 is 1: with a learning rate of 1 the weight lands on the kink."""
    text = "inputs: {x: 1}\nparameters: {w: 1}\nequations: {a: w * x, h: relu(a), loss: h + 0}\nof: loss\nlr: 1"
    assert list(said(findings(text, "kink"))) == ["after.h"]


def test_a_sign_that_rounding_takes_away_is_hidden():
    """0.00002 and -0.00002 are both 0 to four decimals."""
    text = "inputs: {x: 2}\nparameters: {w: 0.00001}\nequations: {f: w * x}\nof: f"
    assert "sign-flipped" in said(findings(text, "hidden"))["forward.f"]
