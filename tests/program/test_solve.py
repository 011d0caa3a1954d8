"""Solving: the sections, what is in them, steps, and what is said where something doesn't fit."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from gradcalc.errors import GradcalcError
from gradcalc.formula.faults import ShapeError
from gradcalc.program.build import build
from gradcalc.program.solve import solve
from gradcalc.program.walk import Walk
from problems import column, matrix, problem, texts

LINES = {"a": "W @ x + b", "h": "tanh(a)", "yhat": "V @ h", "loss": "half_squared_error(yhat, y)"}
GIVEN = {
    "inputs": {"x": column(1, -2)},
    "targets": {"y": column(0.5)},
    "parameters": {"W": matrix([[0.1, 0.2], [-0.3, 0.4], [0.5, 0.6]]), "b": 0.1, "V": matrix([[1, -1, 0.5]])},
}
PROBLEM = problem(LINES, lr=0.1, **GIVEN)


def descend(problem, steps):
    """The value of every name at each of so many steps."""
    walk = Walk(problem)
    state = walk.start
    for _ in range(steps):
        yield walk.whole(state)
        state = walk.take(state).state


def test_sections_in_order():
    equations = solve(PROBLEM).equations
    order = [eq.section for eq in equations]
    assert order == sorted(order, key=["forward", "backward", "update", "after"].index)
    names = [eq.name for eq in equations]
    assert len(set(names)) == len(names)
    assert [eq.name for eq in equations if eq.section == "forward"] == list(LINES)
    assert [eq.name for eq in equations if eq.section == "update"] == ["W_new", "b_new", "V_new"]
    assert [eq.name for eq in equations if eq.section == "after"] == [f"{name}_new" for name in LINES]


def test_every_name_has_a_value_of_its_shape():
    s = solve(PROBLEM)
    assert s.values.keys() == {*PROBLEM.given, *(eq.name for eq in s.equations)}
    for name, value in s.values.items():
        assert value.dtype == np.float64, name
        assert value.shape == s.shapes[name], name
        assert value.ndim in (0, 2), name


def test_mappings():
    s = solve(PROBLEM)
    assert set(s.forward) == set(LINES)
    assert set(s.gradients) == {"W", "b", "V", "x", "a", "h", "yhat"}
    assert set(s.updated) == {"W", "b", "V"}
    assert set(s.after) == set(LINES)
    assert s.loss == float(s.forward["loss"])
    assert s.loss_after == float(s.after["loss"]) < s.loss
    for name in s.updated:
        np.testing.assert_allclose(s.updated[name], s.values[name] - 0.1 * s.gradients[name], rtol=1e-15)
    fresh = solve(replace(PROBLEM, parameters=s.updated))
    for name in LINES:
        np.testing.assert_allclose(s.after[name], fresh.forward[name], rtol=1e-14)


def test_what_is_given_stays_as_it_is():
    before = {name: value.copy() for name, value in PROBLEM.given.items()}
    solve(PROBLEM)
    list(descend(PROBLEM, 3))
    for name, value in PROBLEM.given.items():
        np.testing.assert_array_equal(value, before[name])


def test_without_a_learning_rate_there_is_no_update():
    s = solve(replace(PROBLEM, lr=None))
    assert {eq.section for eq in s.equations} == {"forward", "backward"}
    assert (s.updated, s.after, s.loss_after) == ({}, {}, None)
    assert s.loss is not None


def test_without_parameters_there_is_no_update():
    s = solve(problem({"loss": "sum(x ** 2)"}, inputs={"x": column(1, 2)}, lr=0.1))
    assert {eq.section for eq in s.equations} == {"forward", "backward"}
    np.testing.assert_array_equal(s.gradients["x"], column(2, 4))


def test_without_an_objective_there_is_only_a_forward_pass():
    s = solve(replace(PROBLEM, objective=None))
    assert {eq.section for eq in s.equations} == {"forward"}
    assert s.verification is None
    assert s.loss is None
    assert s.gradients == {}


def test_the_check_can_be_left_out():
    assert solve(PROBLEM, check=False).verification is None


def test_frozen_parameters():
    s = solve(replace(PROBLEM, frozen=frozenset({"W"})))
    np.testing.assert_array_equal(s.updated["W"], s.values["W"])
    assert texts(s.problem, "update")["W_new"] == "W"
    np.testing.assert_array_equal(s.gradients["W"], solve(PROBLEM).gradients["W"])
    np.testing.assert_array_equal(s.after["a"], s.values["W"] @ s.values["x"] + s.updated["b"])


@pytest.mark.parametrize("frozen", [(), ("W",), ("b", "V")])
def test_a_walk_is_repeated_solving(frozen):
    current = replace(PROBLEM, frozen=frozenset(frozen))
    for values in descend(current, 5):
        s = solve(current, check=False)
        assert values.keys() == s.values.keys()
        for name, value in values.items():
            np.testing.assert_array_equal(value, s.values[name], err_msg=name)
        current = replace(current, parameters=s.updated)


def test_a_walk_goes_down():
    losses = [float(values["loss"]) for values in descend(PROBLEM, 200)]
    assert all(after < before or before < 1e-20 for before, after in pairwise(losses))
    assert losses[-1] < 1e-20


def test_a_shared_bias_stays_one_number():
    s = solve(PROBLEM)
    assert s.updated["b"].shape == ()
    np.testing.assert_allclose(s.gradients["b"], s.gradients["a"].sum())


def test_the_equation_that_does_not_fit_is_named():
    for lines, equation, part in [
        ({**LINES, "a": "W.T @ x + b"}, "a", "W.T @ x"),
        ({**LINES, "yhat": "V.T @ h"}, "yhat", "V.T @ h"),
        ({**LINES, "h": "tanh(a) * x"}, "h", "tanh(a) * x"),
    ]:
        with pytest.raises(ShapeError) as caught:
            solve(problem(lines, lr=0.1, **GIVEN))
        assert (caught.value.equation, caught.value.part) == (equation, part)
        assert str(caught.value).startswith(f"{equation}: ")


def test_upstream_of_two_quantities():
    lines = {"h": "tanh(w * x)", "f": "h ** 2", "k": "3 * h"}
    given = {"inputs": {"x": 2}, "parameters": {"w": 0.3}}
    s = solve(problem(lines, upstream={"f": 2.0, "k": 1.0}, **given))
    h = s.forward["h"]
    np.testing.assert_allclose(s.gradients["h"], 2 * 2 * h + 3)
    assert s.verification.max_relative_error < 1e-9
    with pytest.raises(GradcalcError, match="f depends on h"):
        build(problem(lines, upstream={"h": 2.0, "f": 1.0}, **given))


def test_of_several_upstream_of_upstream_the_first_is_told():
    lines = {"a": "x * 2", "b": "a + 1", "c": "a * 3", "d": "b + c", "e": "d * 2"}
    with pytest.raises(GradcalcError, match=r"^upstream: e depends on a, "):
        build(problem(lines, upstream=dict.fromkeys("aedcb", 1.0), inputs={"x": 1.0}))


def test_upstream_with_an_update():
    s = solve(
        problem(
            {"h": "w * x"}, inputs={"x": column(2, 1)}, parameters={"w": 0.5}, upstream={"h": column(1, -1)}, lr=0.1
        )
    )
    assert s.gradients["w"] == 1
    assert s.updated["w"] == 0.4
    np.testing.assert_allclose(s.after["h"], 0.4 * column(2, 1))
    assert (s.loss, s.loss_after) == (None, None)


def test_warnings_name_what_is_not_finite():
    s = solve(problem({"a": "exp(w)", "b": "a - a", "loss": "sum(b)"}, parameters={"w": column(1, 1000)}))
    assert "a is not finite: it overflows float64" in s.warnings
    assert "b is not finite: it is not defined here" in s.warnings
    assert not any(warning.startswith("w ") for warning in s.warnings)


def test_warnings_of_the_problem_come_first():
    s = solve(replace(PROBLEM, warnings=("look here",)))
    assert s.warnings == ("look here",)


def test_a_problem_of_constants():
    s = solve(problem({"c": "2 * 3", "A": "ones(rows=2, columns=2)", "loss": "c * sum(A) + w"}, parameters={"w": 1.0}))
    assert s.loss == 25
    assert s.gradients["w"] == 1
    assert s.values["A"].shape == (2, 2)


def test_what_is_differentiated_has_gradient_1():
    """For a loss it goes without saying; a quantity that the problem names says it, in its own shape."""
    assert "dloss" not in solve(PROBLEM).values
    for formula, shape in (("sum(x)", ()), ("x.T @ x", (1, 1))):
        s = solve(problem({"f": formula}, inputs={"x": column(1, 2)}, objective="f"))
        assert texts(s.problem)["df"] == "1"
        assert s.shapes["df"] == s.values["df"].shape == s.gradients["f"].shape == shape
        assert s.gradients["f"] == 1


def test_a_given_quantity_as_objective():
    s = solve(problem({"f": "2 * w"}, parameters={"w": 1.0}, objective="w"))
    assert s.loss == 1


def test_names_in_other_alphabets():
    s = solve(
        problem({"ζ": "θ * χ", "loss": "sum(ζ ** 2)"}, inputs={"χ": column(1, 2)}, parameters={"θ": 3.0}, lr=0.01)
    )
    assert s.gradients["θ"] == 2 * 3 * 5
    assert set(texts(s.problem)) == {"dζ", "dθ", "dχ"}
