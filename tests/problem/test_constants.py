"""Values that are written as constant formulas, against Python's and NumPy's own arithmetic."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from clock import within
from hypothesis import given
from hypothesis import strategies as st

from gradcalc.check.author.own import check_problem
from gradcalc.errors import InputError
from gradcalc.formula.table import Axis
from gradcalc.problem.constants import Constants, NotConstant
from gradcalc.problem.load import loads
from gradcalc.program.problem import Problem
from gradcalc.program.solve import solve


def problem(value: str, notation: str = "W @ x + b") -> Problem:
    return loads(f"notation: {notation}\ninputs:\n  x: {value}\nequations: {{q: 2 * x}}")


def read(value: str, notation: str = "W @ x + b") -> np.ndarray:
    return problem(value, notation).inputs["x"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/3", 1 / 3),
        ("-2/3", -2 / 3),
        ("1 / 3", 1 / 3),
        ("+1.5/2e1", 0.075),
        ("cos(1)", math.cos(1)),
        ("2 * pi", 2 * math.pi),
        ("pi", math.pi),
        ("sqrt(2) / 2", math.sqrt(2) / 2),
        ("exp(-1) ** 2", math.exp(-1) ** 2),
        ("-log(0.6)", -math.log(0.6)),
        ("linspace(-1, 1, 5)", [[-1], [-0.5], [0], [0.5], [1]]),
        ("linspace(-pi, pi / 2, 3)", [[-math.pi], [-math.pi / 4], [math.pi / 2]]),
        ("linspace(3, 4, 1)", [[3]]),
        ("zeros(2)", [[0], [0]]),
        ("zeros(2, 3)", [[0, 0, 0], [0, 0, 0]]),
        ("0.1 * ones(3, 1)", [[0.1], [0.1], [0.1]]),
        ("ones(1, 2).T", [[1], [1]]),
        ("2 * eye(2) @ ones(2)", [[2], [2]]),
        ("linspace(1, 3, 3) ** 2", [[1], [4], [9]]),
        ("[1/3, -2/3, cos(1), 4]", [[1 / 3], [-2 / 3], [math.cos(1)], [4]]),
        ("[[1/3, 1], [exp(0), 'sum(ones(3))']]", [[1 / 3, 1], [1, 3]]),
    ],
)
def test_a_value_may_be_a_constant_formula(text: str, value: Any) -> None:
    found = read(text)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, value, rtol=1e-15)
    assert found.shape == np.shape(value)


def test_a_list_that_is_made_lies_as_one_that_is_written() -> None:
    assert read("linspace(0, 1, 3)", "x @ W + b").tolist() == read("[0, 0.5, 1]", "x @ W + b").tolist() == [[0, 0.5, 1]]
    assert read("linspace(0, 1, 3)", "x @ W.T + b").shape == (1, 3)
    assert read("zeros(3)").shape == read("[0, 0, 0]").shape == (3, 1)


NUMBERS = st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-6)


@given(NUMBERS, NUMBERS)
def test_a_fraction_is_its_quotient(above: float, below: float) -> None:
    found = Constants().value(f"{above!r}/{abs(below)!r}", Axis.COLUMNS)
    assert float(found) == above / abs(below)


@given(st.integers(-999, 999), st.integers(1, 999), st.lists(st.integers(1, 999), min_size=1, max_size=5))
def test_arithmetic_of_fractions(a: int, b: int, rest: list[int]) -> None:
    text = " + ".join([f"{a}/{b}", *(f"1/{c}" for c in rest)])
    exact = Fraction(a, b) + sum(Fraction(1, c) for c in rest)
    assert float(Constants().value(text, Axis.COLUMNS)) == pytest.approx(float(exact), rel=1e-13, abs=1e-13)


@given(NUMBERS, NUMBERS, st.integers(1, 50), st.sampled_from(Axis))
def test_linspace_is_numpys(first: float, last: float, count: int, axis: Axis) -> None:
    found = Constants().value(f"linspace({first!r}, {last!r}, {count})", axis)
    assert found.ravel().tolist() == np.linspace(first, last, count).tolist()
    assert found.shape[axis] == count


@given(st.text(alphabet="0123456789.+-*/()e, pixcosT@_onezrl'", max_size=30))
def test_any_text_is_finite_numbers_or_refused(text: str) -> None:
    try:
        found, why = Constants().value(text, Axis.COLUMNS), None
    except NotConstant as error:
        found, why = np.zeros(()), error
    assert np.isfinite(found).all()
    assert why is None or (why.message and 0 <= why.at <= len(text))


def test_in_every_place_for_numbers() -> None:
    layers = loads(
        "inputs: [1/2, cos(0)]\ntargets: [1/4, 3/4]\nloss: cross_entropy\nlr: 1\n"
        "layers: [{weights: 'ones(2, 2) / 4', biases: zeros(2), activation: softmax}]"
    )
    assert layers.inputs["x"].tolist() == [[0.5], [1]]
    assert layers.targets["y"].tolist() == [[0.25], [0.75]]
    assert layers.parameters["W1"].tolist() == [[0.25, 0.25], [0.25, 0.25]]
    graph = loads(
        "inputs: {x1: 1/4}\ntargets: {h: 1/8}\nloss: half_squared_error\n"
        "vertices: {h: {weights: {x1: -1/2}, bias: exp(0)}}"
    )
    assert [*map(float, (*graph.inputs.values(), *graph.targets.values(), *graph.parameters.values()))] == [
        0.25,
        0.125,
        -0.5,
        1,
    ]
    given_above = loads("inputs: {x: [1, 2]}\nequations: {q: 2 * x}\nupstream: {q: ones(2)}")
    assert given_above.upstream["q"].tolist() == [[1], [1]]
    given_above = loads("inputs: [1, 2]\nlayers: [{weights: eye(2)}]\nupstream: ones(2)")
    assert given_above.upstream["yhat"].tolist() == [[1], [1]]


def test_in_what_an_update_starts_from() -> None:
    text = "parameters: {w: [1/2, 1/4]}\nlr: 0.1\n"
    loss = "equations: {L: sum(w * w)}\nof: L\noptimizer: momentum\nstart: {v: {w: ones(2) / 4}}"
    assert loads(text + loss).start["v"]["w"].tolist() == [[0.25], [0.25]]
    assert solve(loads(text + "gradients: {w: [1/3, 2/3]}")).gradients["w"].tolist() == [[1 / 3], [2 / 3]]


def test_a_vertex_has_no_matrix_of_weights() -> None:
    with pytest.raises(InputError, match="is a matrix: it must be a number, or a list of numbers"):
        loads("inputs: {x: 1}\nvertices: {h: {weights: {x: 'zeros(2, 2)'}}}")


def test_one_output_has_a_target_for_each_sample() -> None:
    found = loads(
        "inputs: [[1, 2, 3]]\ntargets: linspace(0, 1, 3)\nlayers: [{weights: [[1]]}]\n"
        "loss: half_squared_error\nreduction: sum"
    )
    assert found.targets["y"].tolist() == [[0, 0.5, 1]]


def test_expected_lists_may_have_fractions_and_formulas() -> None:
    text = "inputs: {x: [1/3, cos(1)]}\nequations: {q: 2 * x}\nexpected: {forward: {q: [%s]}}"
    assert check_problem(loads(text % "2/3, 2 * cos(1)")).passes
    assert not check_problem(loads(text % "2/3, 2 * cos(2)")).passes
    assert not check_problem(loads(text % "1/3, 2 * cos(1)")).passes


def test_a_file_makes_no_more_than_it_may() -> None:
    many = "\n".join(f"  x{i}: zeros(1000, 900)" for i in range(3))
    with pytest.raises(InputError) as told:
        loads(f"inputs:\n{many}\nequations: {{q: sum(x0 + x1 + x2)}}")
    assert ["too large" in fault.message for fault in told.value.faults] == [True, True]
    assert [fault.span.line for fault in told.value.faults] == [3, 4]


@pytest.mark.parametrize(
    "text",
    [
        "zeros(1e5, 1e5)",
        "linspace(0, 1, 1e300)",
        "eye(100000)",
        "ones(900000) @ ones(900000).T",
        "sum(ones(1000000) + ones(1000000))",
        "(" * 90 + "1" + ")" * 90 + " * zeros(1e18)",
        "9 ** 9 ** 9 ** 9",
        "zeros(zeros(zeros(2)))",
        "1" * 3000 + " + 1",
    ],
)
def test_what_is_too_much_is_refused_at_once(text: str) -> None:
    def refused() -> None:
        with pytest.raises(NotConstant):
            Constants().value(text, Axis.COLUMNS)

    within(0.5, refused)


def test_very_many_formulas_are_refused_soon() -> None:
    def refused() -> None:
        entries = [f"cos({i})" for i in range(100_000)]
        with pytest.raises(InputError, match="too large"):
            loads(json.dumps({"inputs": {"x": entries}, "equations": {"q": "sum(x)"}}))

    within(10, refused)
