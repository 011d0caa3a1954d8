"""The check of gradients: it catches what is planted, and takes nothing right for wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradcalc.formula.shapes import broadcast, same
from gradcalc.formula.table import Axis, Function, Pair
from gradcalc.program.solve import solve
from gradcalc.program.verify import ENTRIES, find_kinks
from problems import column, matrix, problem, row

RANDOM = np.random.default_rng(0)


def planted(table, rule: str, name="planted"):
    """The square, with a gradient rule of one's own."""
    table(
        Function(
            name=name,
            args=("a",),
            value=lambda a: a * a,
            summary="",
            shape=same,
            elementwise=True,
            gradient={"a": rule},
        )
    )


def small(**more):
    lines = {"a": "W @ x", "h": "planted(a)", "loss": "sum(h ** 2)"}
    return problem(lines, inputs={"x": column(0.5, -1)}, parameters={"W": matrix([[1, 2], [-3, 0.5]])}, **more)


def test_a_right_rule_passes(table):
    planted(table, "2 * g * a")
    assert solve(small()).verification.max_relative_error < 1e-9


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ("g * a", 0.5),
        ("-2 * g * a", 2.0),
        ("2 * g * a * 1.0001", 1e-4),
        ("2 * g * a + 0.001", 1e-6),
        ("2 * g", 0.1),
        ("0 * g", 1.0),
        ("2 * g * abs(a)", 1.0),
        ("2 * g * maximum(a, 0)", 0.5),
    ],
)
def test_a_planted_rule_is_caught(table, rule, error):
    planted(table, rule)
    verification = solve(small()).verification
    assert verification.max_relative_error > error * 0.99
    assert verification.worst in ("a", "W", "x")
    assert (verification.moved, verification.finite_only) == ("every entry", False)


def wide(entries: int, **more):
    """A problem with so many gradient entries that they can't be moved one by one."""
    rows = entries // 20 + 1
    lines = {"a": "W @ x", "h": "planted(a)", "loss": "sum(h)"}
    W, x = np.random.default_rng(1).normal(size=(rows, 20)), np.random.default_rng(2).normal(size=(20, 1))
    return problem(lines, inputs={"x": x}, parameters={"W": W}, **more)


@pytest.mark.parametrize("entries", [ENTRIES, 20 * ENTRIES])
@pytest.mark.parametrize(
    ("rule", "caught"), [("2 * g * a", False), ("2 * g * a * 1.001", True), ("2 * g * abs(a)", True)]
)
def test_random_directions(table, rule, caught, entries):
    planted(table, rule)
    verification = solve(wide(entries)).verification
    assert (verification.moved, verification.finite_only) == ("random directions", False)
    assert (verification.max_relative_error > 1e-4) == caught
    assert caught or verification.max_relative_error < 1e-8


def test_many_quantities(table):
    """In groups, so that a large graph takes no minutes; the one wrong link among 300 is found."""
    planted(table, "2.1 * g * a")
    for wrong in (None, 1, 150, 293):
        lines = {f"h{i}": f"sin(h{i - 1} + w{i})" if i else "sin(w0)" for i in range(300)}
        if wrong is not None:
            lines[f"h{wrong}"] = f"planted(h{wrong - 1} + w{wrong})"
        lines["loss"] = " + ".join(f"h{i}" for i in range(0, 300, 7))
        weights = {f"w{i}": 0.4 + 0.001 * i for i in range(300)}
        verification = solve(problem(lines, parameters=weights)).verification
        assert (verification.max_relative_error > 1e-5) == (wrong is not None), wrong


def test_a_large_gradient_elsewhere_excuses_nothing(table):
    planted(table, "3 * g * a")
    lines = {"h": "planted(w)", "loss": "h + 1e9 * (v - 2)"}
    verification = solve(problem(lines, parameters={"w": 0.5, "v": 2.0})).verification
    assert verification.max_relative_error > 0.3
    assert verification.worst == "w"


@pytest.mark.parametrize("loss", ["h + 1000", "h + 0 * v"])
def test_large_values_excuse_nothing(table, loss):
    """The gradient is 0.04, and half of that is given: an error of one half, whatever stands beside it."""
    planted(table, "g * a")
    given = problem({"h": "planted(w)", "loss": loss}, parameters={"w": 0.02}, inputs={"v": 1e9})
    verification = solve(given).verification
    assert verification.max_relative_error == pytest.approx(0.5, rel=1e-4)
    assert verification.worst == "w"


def test_steps_are_short_enough_for_the_smallest_entry():
    """Moved together with entries of 10⁹, one of a thousandth must not leave the logarithm's domain."""
    w = np.full((2 * ENTRIES, 1), 1e9)
    w[7] = 1e-3
    assert solve(problem({"loss": "sum(log(w))"}, parameters={"w": w})).verification.max_relative_error < 1e-5


@pytest.mark.parametrize("parameters", [{"w": 0.0, "v": 2.0}, {"v": 2.0, "w": 0.0}])
def test_what_cannot_be_compared_is_the_worst(parameters):
    """At 0 the gradient of w√w is 0, and no step to the left has a value: nothing is known of it, so nothing passes."""
    verification = solve(problem({"loss": "w ** 1.5 + v ** 2"}, parameters=parameters)).verification
    assert math.isnan(verification.max_relative_error)
    assert verification.worst == "w"


def test_a_value_that_is_not_defined_excuses_nothing(table):
    """The gradient on a saturated sigmoid is 0 / 0; that doesn't hide the wrong rule of another quantity."""
    planted(table, "3 * g * a")
    lines = {"yhat": "sigmoid(u)", "h": "planted(w)", "loss": "binary_cross_entropy(yhat, 1) + h"}
    for parameters in ({"w": 0.5, "u": 50.0}, {"u": 50.0, "w": 0.5}):
        verification = solve(problem(lines, parameters=parameters)).verification
        assert verification.max_relative_error > 0.3


def test_a_planted_pair_is_caught(table):
    table(
        Function(
            name="out_", args=("a",), value=np.exp, summary="", shape=same, elementwise=True, gradient={"a": "g * out"}
        )
    )
    table(
        Function(
            name="loss_", args=("p",), value=np.log, summary="", shape=same, elementwise=True, gradient={"p": "g / p"}
        )
    )
    table(Pair(outer="loss_", inner="out_", through="p", rule="2 * g", value=lambda a, axis: a, summary=""))
    lines = {"p": "out_(w)", "loss": "sum(loss_(p))"}
    verification = solve(problem(lines, parameters={"w": column(1, 2)})).verification
    assert verification.max_relative_error > 0.4
    assert verification.worst == "w"


def test_a_forgotten_argument_is_caught(table):
    table(
        Function(
            name="lopsided",
            args=("a", "b"),
            value=np.multiply,
            summary="",
            shape=broadcast,
            elementwise=True,
            gradient={"a": "g * b", "b": "0 * g * a"},
        )
    )
    assert solve(problem({"loss": "lopsided(w, v)"}, parameters={"w": 2, "v": 3})).verification.worst == "v"


# Where differences are hard.


@pytest.mark.parametrize(
    ("loss", "w"),
    [
        ("log(w)", 1e-8),
        ("log(w)", 1e-3),
        ("w * log(w)", 1e-6),
        ("sqrt(w)", 1e-9),
        ("1 / w", 1e-6),
        ("-1 / w ** 2", -1e-5),
        ("log(1 - w)", 0.999999),
        ("relu(w)", 1e-6),
        ("relu(w) + w", -1e-6),
        ("abs(w)", 1e-8),
        ("exp(w)", 20.0),
        ("exp(100 * w)", 1.0),
        ("sin(1000 * w)", 0.3),
        ("w ** 2", 1e6),
        ("w ** 2", 1e-12),
        ("w ** 3", 0.0),
        ("w + 1e6", 1.0),
        ("sigmoid(w)", 30.0),
        ("softplus(w)", -30.0),
        ("tanh(w)", 20.0),
        ("binary_cross_entropy(w, 0.5)", 1e-6),
        ("huber(w, 0)", 1.0000001),
        ("elu(w)", 0.0),
    ],
)
def test_right_gradients_pass(loss, w):
    verification = solve(problem({"loss": loss}, parameters={"w": w})).verification
    assert verification.max_relative_error < 1e-6
    assert verification.kinks == ()


@pytest.mark.parametrize("logits", [column(1000, 0, -1000), column(-50, 0, 3), column(700, 700, 0), column(30, -30, 0)])
def test_large_logits_pass(logits):
    for target in np.eye(3)[:, :, None]:
        lines = {"yhat": "softmax(a)", "loss": "cross_entropy(yhat, y)"}
        given = problem(lines, parameters={"a": logits}, targets={"y": target}, assumed=frozenset({"y"}))
        solution = solve(given)
        np.testing.assert_allclose(solution.gradients["a"], solution.forward["yhat"] - target)
        assert solution.verification.max_relative_error < 1e-6


def test_the_check_is_the_same_each_time():
    given = problem(
        {"h": "sin(W @ x)", "loss": "sum(h ** 2)"},
        inputs={"x": RANDOM.normal(size=(30, 1))},
        parameters={"W": RANDOM.normal(size=(40, 30))},
    )
    assert solve(given).verification == solve(given).verification


def test_a_1x1_objective():
    for lines in ({"loss": "x.T @ x"}, {"loss": "(x.T @ x) * 2"}):
        verification = solve(problem(lines, inputs={"x": column(1, 2)})).verification
        assert verification.max_relative_error < 1e-9


def test_what_is_not_finite_is_said_and_checked_no_further():
    for loss, w in (
        ("log(w)", -1.0),
        ("exp(w)", 1000.0),
        ("1 / w", 0.0),
        ("(w - w) / (w - w)", 1.0),
        ("w ** 0.5", -1.0),
    ):
        solution = solve(problem({"h": "w + 0", "loss": loss.replace("w", "h")}, parameters={"w": w}))
        assert math.isnan(solution.verification.max_relative_error)
        assert any("loss is not finite" in warning for warning in solution.warnings), loss


def test_at_the_end_of_a_domain():
    """At 0 the square root is defined, and its gradient isn't."""
    solution = solve(problem({"loss": "sqrt(w)"}, parameters={"w": 0.0}))
    assert any("dw is not finite" in warning for warning in solution.warnings)
    assert math.isnan(solution.verification.max_relative_error)


def test_what_is_left_out_is_said():
    """Of two gradients, one is infinite: the other is checked, and the method says so."""
    solution = solve(problem({"loss": "sqrt(w) + v"}, parameters={"w": 0.0, "v": 1.0}))
    assert (solution.verification.moved, solution.verification.finite_only) == ("every entry", True)
    assert solution.verification.max_relative_error < 1e-8
    alone = solve(problem({"loss": "v * v"}, parameters={"v": 1.0}))
    assert (alone.verification.moved, alone.verification.finite_only) == ("every entry", False)


# Kinks.


@pytest.mark.parametrize(
    ("lines", "w", "kinks"),
    [
        ({"h": "relu(w)"}, column(1, 0, -1), ("relu in h[2]",)),
        ({"h": "relu(w)"}, row(1, 0, -1), ("relu in h[2]",)),
        ({"h": "relu(w)"}, matrix([[1, 0], [2, -1]]), ("relu in h[1,2]",)),
        ({"h": "relu(w)"}, matrix([[1, 0], [0, -1]]), ("relu in h[1,2], [2,1]",)),
        ({"h": "relu(w)"}, np.array(0.0), ("relu in h",)),
        ({"h": "relu(w)"}, matrix([[0]]), ("relu in h",)),
        ({"h": "relu(w)"}, column(1, 2), ()),
        ({"h": "relu(w)"}, np.zeros((8, 1)), ("relu in h[1], [2], [3], [4], [5] and 3 more",)),
        ({"h": "relu(w)"}, np.zeros((5, 1)), ("relu in h[1], [2], [3], [4], [5]",)),
        ({"h": "2 * abs(w - 1)"}, column(1, 0), ("abs in h[1]",)),
        ({"h": "maximum(w, 0.5)"}, column(1, 0.5), ("maximum in h[2]",)),
        ({"h": "maximum(w, 0.5)", "k": "minimum(h, 1)"}, column(1, 0.5), ("maximum in h[2]", "minimum in k[1]")),
        ({"h": "absolute_error(w, 1)"}, column(1, 0.5), ("absolute_error in h[1]",)),
        ({"h": "leaky_relu(w, alpha=0.3)"}, column(0, 0.5), ("leaky_relu in h[1]",)),
        ({"h": "elu(w)"}, column(0, 0.5), ()),
        ({"h": "elu(w, alpha=0.5)"}, column(0, 0.5), ("elu in h[1]",)),
        ({"h": "huber(w, 0)"}, column(1, -1), ()),
        ({"h": "relu(w) + relu(w)"}, column(0, 1), ("relu in h[1]",)),
        ({"h": "max(w)"}, column(2, 2, 1), ("max in h",)),
    ],
)
def test_kinks(lines, w, kinks):
    last = list(lines)[-1]
    given = problem({**lines, "loss": f"sum({last})"}, parameters={"w": w})
    assert solve(given).verification.kinks == kinks


def test_kinks_of_a_batch_in_rows():
    given = problem(
        {"a": "x @ W", "h": "relu(a)", "loss": "sum(h)"},
        inputs={"x": matrix([[1, 0], [1, 1]])},
        parameters={"W": matrix([[1, 0], [-1, 2]])},
        axis=Axis.ROWS,
    )
    assert solve(given).verification.kinks == ("relu in h[1,2], [2,1]",)


def test_near_a_kink_is_not_on_it():
    given = problem({"h": "relu(w)", "loss": "sum(h)"}, parameters={"w": column(1e-8, -1e-8, 1)})
    assert find_kinks(given.forward, given.given, Axis.COLUMNS) == ()
    assert solve(given).verification.max_relative_error < 1e-6
