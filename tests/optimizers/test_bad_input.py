"""What is wrong with the keys of an update: each with its place, and what would be right."""

from __future__ import annotations

import pytest

from gradcalc.errors import InputError, UsageError
from gradcalc.problem.load import loads
from gradcalc.program.descent import take_steps

NETWORK = """\
inputs: [1, 0]
targets: [0]
layers: [{weights: [[1], [2]], biases: 0.5}]
loss: half_squared_error
"""
HAND = """\
parameters: {w: [1, 2], b: 3}
gradients: {w: [0.1, 0.2], b: 1}
lr: 0.1
"""


def fault(text: str) -> str:
    with pytest.raises(InputError) as caught:
        loads(text, "f")
    return str(caught.value)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        # The rule.
        ("optimizer: adm", "f:5:12: optimizer: unknown optimizer 'adm'; did you mean 'adam'?"),
        ("optimizer: lbfgs", "f:5:12: optimizer: unknown optimizer 'lbfgs'; known are sgd, momentum, "),
        ("optimizer: adam(beta3=0.9)", "f:5:17: optimizer: adam has no parameter 'beta3'; did you mean 'beta2'?"),
        ("optimizer: sgd(nu=1)", "f:5:16: optimizer: sgd has no parameter 'nu'; it has no parameters of its own, and "),
        ("optimizer: adam(beta1=9)", "f:5:17: optimizer: beta1 is 9: it must be from 0 to below 1"),
        ("optimizer: adam(epsilon=-1)", "f:5:17: optimizer: epsilon is -1: it must be a number from 0"),
        ("optimizer: sgd(clip_norm=0)", "f:5:16: optimizer: clip_norm is 0: it must be a positive number"),
        ("optimizer: adam(0.9)", "f:5:17: optimizer: write parameters by name, such as beta1=0.9"),
        ("optimizer: adam(beta1=x)", "f:5:23: optimizer: beta1: 'x' is a name, and a value is of numbers"),
        ("optimizer: adam(beta1=0.9, beta1=0.8)", "f:5:28: optimizer: beta1 is given twice"),
        ("optimizer: adam(", "f:5:12: optimizer: write the name of an optimizer, such as adam or momentum(beta=0.9)"),
        ("optimizer: 3", "f:5:12: optimizer is 3: it must be the name of an optimizer such as adam"),
        ("optimizer: momentum", "f:5:12: optimizer: momentum needs a learning rate: give 'lr', such as lr: 0.1"),
        (
            "optimizer: sgd(clip_value=1, clip_norm=1)",
            "f:5:30: optimizer: clip_value clips the gradient already: give one of the two",
        ),
        (
            "optimizer: adamw(decoupled_weight_decay=1)",
            "f:5:18: optimizer: adamw has no parameter 'decoupled_weight_decay'; did you mean 'weight_decay'?",
        ),
        # The learning rate.
        ("lr: []", "f:5:5: lr is an empty list: it must be a positive number, a list of one for each step, or a"),
        ("lr: [0.1, 0]", "f:5:11: lr[2] is 0: it must be a positive number"),
        ("lr: [0.1, x]", "f:5:11: lr[2] is 'x', which is text, not a number"),
        ("lr: 0.1 / j", "f:5:5: lr is 0.1 / j: it must be a positive number, a list of one for each step, or a"),
        ("lr: 0.1 / sqrt(k) + j", "f:5:21: lr: unknown name 'j'; known are k"),
        ("lr: 0.1 / sqr(k)", "f:5:11: lr: unknown function 'sqr'; did you mean 'sqrt'?"),
        ("lr: 0.1 / (k", "f:5:11: lr: '(' was never closed"),
        ("lr: 0 * 3", "f:5:5: lr is 0 * 3: it must be a positive number"),
        ("lr: [0.1, 0.2]\nsteps: 3", "f:5:5: lr has 2 entries, the first for k = 1, and the last step is k = 3"),
        ("lr: [0.1]\nstart: {k: 2}", "f:5:5: lr has 1 entry, the first for k = 1, and the last step is k = 2"),
        # A rule of one's own.
        (
            "lr: 1\nupdate: {v: 0.9 * v + g}",
            "f:6:9: update: no line sets theta, so nothing is updated: add one such as",
        ),
        (
            "lr: 1\nupdate: {theta: theta - lr * h}",
            "f:6:30: update.theta: unknown name 'h'; known are theta, g, lr, k, x, y, W1, ",
        ),
        ("update: {theta: theta - lr * g}", "f:5:9: update: it uses the learning rate, and there is none: give 'lr'"),
        ("lr: 1\nupdate: {lr: 0.5, theta: theta - g}", "f:6:10: update.lr: 'lr' is the learning rate: write a formula"),
        ("lr: 1\nupdate: {k: 2, theta: theta - g}", "f:6:10: update.k: 'k' is the number of the step; choose another"),
        ("lr: 1\nupdate: {2v: g, theta: theta - g}", "f:6:10: update.2v: this can't be a name: a name has letters"),
        ("lr: 1\nupdate: {theta: theta - g @ g}", "f:6:25: update.theta: for W1, 2×1 @ 2×1 doesn't fit: 1 column on"),
        ("lr: 1\nfreeze: b1\nupdate: {theta: theta.T}", "f:7:17: update.theta: W1 is 2×1, and this makes it 1×2"),
        ("lr: 1\nupdate: {theta: theta @ theta.T}", "f:6:17: update.theta: W1 is 2×1, and this makes it 2×2"),
        (
            "lr: 1\nupdate: {}",
            "f:6:9: update: write a mapping of lines, such as {v: 0.9 * v + g, theta: theta - lr * v}",
        ),
        ("lr: 1\nupdate: theta - g", "f:6:9: update: write a mapping of lines, such as {v: 0.9 * v + g,"),
        ("lr: 1\noptimizer: adam\nupdate: {theta: g}", "f:7:1: update: the problem has 'optimizer' already; give one"),
        (
            "lr: 1\nupdate: {theta: g}\ndirection: ascent",
            "f:7:12: direction: a rule of one's own says itself which way",
        ),
        # The start.
        ("optimizer: adam\nstart: {k: 0}", "f:6:12: start.k is 0: it must be a whole number from 1"),
        ("optimizer: adam\nstart: {k: 1.5}", "f:6:12: start.k is 1.5: it must be a whole number from 1"),
        ("optimizer: adam\nstart: {w: {W1: 1}}", "f:6:9: start.w: adam keeps no 'w'; known are m, v"),
        ("optimizer: adam\nstart: {m_hat: {W1: 1}}", "f:6:9: start.m_hat: adam keeps no 'm_hat'; known are m, v"),
        ("optimizer: adam\nstart: {m: {W2: 1}}", "f:6:13: start.m.W2: unknown parameter 'W2'; known are W1, b1"),
        ("optimizer: adam\nstart: {m: {W1: [1, 2, 3]}}", "f:6:17: start.m.W1 is 3×1, but it is 2×1 here"),
        ("optimizer: adam\nstart: {m: {W1: [1, x]}}", "f:6:21: start.m.W1[2]"),
        ("optimizer: adam\nstart: {m: 1}", "f:6:12: start.m: write a mapping from a line's name to parameters"),
        ("optimizer: adam\nstart: 1", "f:6:8: start: write a mapping from a line's name to parameters"),
        ("lr: 1\nstart: {v: {W1: 1}}", "f:6:9: start.v: sgd keeps no 'v'; there are none"),
    ],
)
def test_what_is_wrong_has_its_place(keys: str, message: str) -> None:
    assert message in fault(NETWORK + keys)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("b: 1}", "c: 1}", "f:2:28: gradients.c: unknown parameter 'c'; known are w, b"),
        (", b: 1}", "}", "f:2:1: gradients: there is none for b: give one, or freeze it"),
        ("[0.1, 0.2]", "[0.1, 0.2, 3]", "f:2:16: gradients.w is 3×1, but w is 2×1"),
        ("b: 1}", "'b[k]': 1}", "f:2:36: gradients.b[k]: write a list with a gradient for each step"),
        ("b: 1}", "'b[k]': [1, [1, 2]]}", "f:2:40: gradients.b[k][2] is 2×1, but b is a number"),
        ("b: 1}", "'b[k]': [1, 2]}\nsteps: 3", "f:2:36: gradients.b[k] has 2 entries, the first for k = 1, and"),
        ("lr: 0.1", "lr: 0.1\norder: sequential", "f:4:1: order: the gradients are given, so all are known at once"),
        ("lr: 0.1", "lr: 0.1\nof: w", "f:2:1: gradients: the problem has 'of' already; give one of loss, of, upstream"),
        (
            "{w: [1, 2], b: 3}",
            "{w: [1, 2], b: 3}\nequations: {v_w: w.T @ w}\noptimizer: momentum",
            "f:2:13: equations.v_w",
        ),
    ],
)
def test_what_is_wrong_with_given_gradients_has_its_place(old: str, new: str, message: str) -> None:
    assert message in fault(HAND.replace(old, new))


def test_a_rule_of_very_many_lines_is_refused_before_it_is_worked_out() -> None:
    lines = "".join(f"  v{i}: v{i + 1} + g\n" for i in range(5_000))
    said = fault(f"{NETWORK}lr: 1\nupdate:\n{lines}  v5000: g\n  theta: theta - v0\n")
    assert said == "f:7:3: update has 5,002 lines: for so many parameters it may have 100"


def test_a_schedule_shorter_than_the_steps_that_are_asked_for_is_refused() -> None:
    problem = loads(NETWORK + "lr: [0.1, 0.2]")
    assert len(take_steps(problem, 2).steps) == 2
    with pytest.raises(UsageError, match="lr is given for 2 steps, and has no value for step 3"):
        take_steps(problem, 3)


def test_everything_wrong_is_said_at_once() -> None:
    said = fault(NETWORK + "optimizer: adm\nlr: [0.1, x]\nstart: {k: 0}\ndirection: up").splitlines()
    assert [line.split(": ")[1].split()[0] for line in said] == ["optimizer", "lr[2]", "start.k", "direction"]


def test_parameters_without_a_gradient_are_told_in_their_order() -> None:
    message = fault("parameters: {u: 1, v: 2, w: 3, z: 4, q: 5}\ngradients: {u: 0.5}\nlr: 0.1\n")
    assert [line.partition(" for ")[2][0] for line in message.splitlines()] == [*"vwzq"]
