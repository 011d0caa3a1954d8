"""Compiled formulas give what plain NumPy gives, once each, and reach nothing else."""

from __future__ import annotations

import ast
import math
import warnings

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st
from shaped import SHAPES, shaped, values

from gradcalc.formula.compile import compile_formulas
from gradcalc.formula.expr import Apply, Name, Num, add, neg
from gradcalc.formula.parse import parse
from gradcalc.formula.shapes import same
from gradcalc.formula.table import Axis, Function


def run(text, **given):
    arrays = {
        name: np.float64(value) if np.ndim(value) == 0 else np.array(value, float) for name, value in given.items()
    }
    return compile_formulas([("f", parse(text))], arrays)(arrays)["f"]


@given(st.data(), st.sampled_from(sorted(set(SHAPES.values()))), st.sampled_from([0, 1]), st.integers(0, 3))
def test_against_plain_numpy(data, shape, axis, depth):
    expr = data.draw(shaped(shape, depth, axis))
    given_values = values(2)
    seen = [1.0]
    true = reference.evaluate(expr, given_values, axis, seen)
    value = compile_formulas([("f", expr)], SHAPES, Axis(axis))(given_values)["f"]
    assert np.shape(value) == np.shape(true)
    np.testing.assert_allclose(value, true, rtol=1e-9, atol=1e-12 * max(seen) ** 2)


@given(
    st.data(), st.lists(st.sampled_from([(), (2, 1), (1, 3), (2, 3)]), min_size=2, max_size=5), st.sampled_from([0, 1])
)
def test_equations_after_one_another(data, shapes, axis):
    """Later equations use earlier ones, and parts of them once more."""
    equations = []
    for position, shape in enumerate(shapes):
        expr = data.draw(shaped(shape, 2, axis))
        earlier = [n for n, s in zip(equations, shapes, strict=False) if s == shape]
        if earlier:
            name, repeated = data.draw(st.sampled_from(earlier))
            expr = add(expr, Name(name), neg(repeated))
        equations.append((f"f{position}", expr))
    given_values = values(3)
    true = reference.run(equations, given_values, axis)
    found = compile_formulas(equations, SHAPES, Axis(axis))(given_values)
    for name, _ in equations:
        np.testing.assert_allclose(found[name], true[name], rtol=1e-8, atol=1e-8)


@pytest.fixture
def counted(table):
    """A function `counted` that notes how often it is called."""
    calls = []

    def value(a):
        calls.append(1)
        return a * 2.0

    table(Function(name="counted", args=("a",), value=value, summary="twice a", shape=same, elementwise=True))
    return calls


@pytest.mark.parametrize(
    ("lines", "times"),
    [
        (["counted(x) + counted(x)"], 1),
        (["counted(x) * counted(x + 0)"], 2),
        (["exp(counted(x)) / (1 + exp(counted(x)))"], 1),
        (["counted(x)", "counted(x)"], 1),
        (["counted(x) + 1", "2 * counted(x)"], 1),
        (["counted(x)", "f0 + counted(x)"], 1),
        (["x", "counted(x) + counted(f0)"], 1),  # another name for the same value
        (["counted(counted(x)) + counted(x)"], 2),
        (["counted(-x) + counted(-x)"], 1),
        (["counted(x.T) + counted(x.T)"], 1),
    ],
)
def test_what_occurs_twice_is_computed_once(counted, lines, times):
    formulas = [(f"f{position}", parse(text)) for position, text in enumerate(lines)]
    compiled = compile_formulas(formulas, ["x"])
    assert len(counted) == 0
    compiled({"x": np.ones((2, 2))})
    assert len(counted) == times


def test_parameters_tell_calls_apart():
    assert run("leaky_relu(x, alpha=0.5) + leaky_relu(x, alpha=0.25) + leaky_relu(x)", x=-1.0) == -0.76


def test_constants_are_computed_before_running(counted):
    compiled = compile_formulas([("f", parse("x + counted(3)"))], ["x"])
    assert len(counted) == 1
    assert compiled({"x": np.float64(1)})["f"] == 7
    assert len(counted) == 1


def test_what_nobody_asks_for_is_not_computed(counted):
    compiled = compile_formulas([("f", parse("counted(x)")), ("g", parse("x + 1"))], ["x"], outputs=["g"])
    assert compiled({"x": np.float64(1)}) == {"g": 2}
    assert counted == []


NAMES = [
    "lambda",
    "class",
    "None",
    "True",
    "λ",
    "ŷ",
    "_",
    "__builtins__",
    "_0",
    "_n0",
    "_1",
    "run",
    "shift of x",
    "x-1",
    "",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_will_do(name):
    compiled = compile_formulas([("f", add(Name(name), Name("x"))), (name + "2", Name("f"))], [name, "x"])
    assert compiled({name: np.float64(1), "x": np.float64(2)}) == {"f": 3, name + "2": 3}
    compiled = compile_formulas([(name, parse("x + 1")), ("f", Apply("mul", (Name(name), Name(name))))], ["x"])
    assert compiled({"x": np.float64(2)}) == {name: 3, "f": 9}


def test_names_of_every_kind_at_once():
    terms = [Name(name) for name in NAMES]
    compiled = compile_formulas([("f", add(*terms)), ("_2", Num(5.0)), ("g", add(Name("f"), Name("_2")))], NAMES)
    found = compiled({name: np.float64(2.0**position) for position, name in enumerate(NAMES)})
    assert found == {"f": 2 ** len(NAMES) - 1, "_2": 5, "g": 2 ** len(NAMES) + 4}


def test_names_of_functions_are_free():
    assert run("sigmoid + exp(exp) + _exp", sigmoid=1.0, exp=0.0, _exp=3.0) == 5


@pytest.mark.parametrize("count", [1, 99, 100, 101, 250, 20_000])
def test_long_sums(count):
    terms = [Name(f"x{i}") if i % 3 else neg(Name(f"x{i}")) for i in range(count)]
    names = [f"x{i}" for i in range(count)]
    compiled = compile_formulas([("f", add(*terms))], names)
    found = compiled({name: np.float64(i) for i, name in enumerate(names)})["f"]
    assert found == sum(i if i % 3 else -i for i in range(count))


@pytest.mark.parametrize(
    "nest", ["exp({})", "-({})", "1 - {}", "x * ({})", "gelu({})", "x / ({})", "leaky_relu({})", "({}).T"]
)
def test_deep_nesting(nest):
    text = "x"
    for _ in range(99):
        text = nest.format(text)
    given = {"x": np.full((2, 2), 0.25)}
    expr = parse(text)
    found = compile_formulas([("f", expr), ("g", add(expr, expr))], given)(given)
    with np.errstate(all="ignore"):
        true = reference.evaluate(expr, given)
    np.testing.assert_allclose(found["f"], true)
    np.testing.assert_allclose(found["g"], true + true)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 / 0", math.inf),
        ("-1 / 0", -math.inf),
        ("1 / -0", -math.inf),
        ("1 / 0 + x * 1 / -0", math.nan),
        ("0 / 0", math.nan),
        ("0 ** -1", math.inf),
        ("9 ** 9 ** 9", math.inf),
        ("(-8) ** (1 / 3)", math.nan),
        ("log(0)", -math.inf),
        ("log(-1)", math.nan),
        ("exp(1000)", math.inf),
        ("2 ** 10 + x", 1025.0),
        ("(-2) ** (2 * x)", 4.0),
        ("-2 ** (2 * x)", -4.0),
        ("x - -2 * x", 3.0),
        ("x / 0", math.inf),
        ("0 * (x / 0)", math.nan),
        ("(x - x) ** -1", math.inf),
        ("2 ** (10000 * x)", math.inf),
        ("exp(1000 * x)", math.inf),
        ("1 / (x - x)", math.inf),
        ("sigmoid(-1000 * x)", 0.0),
        ("softmax(3)", 1.0),
        ("sum(3, axis=1) + ones_like(2) + size(5) + features(5) + inner(2, 3) + mean(4)", 16.0),
        ("(3).T + identity(2)", 5.0),
        ("cross_entropy(softmax(3), 1)", 0.0),
    ],
)
def test_constants_and_overflow_are_silent(text, value):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = run(text, x=1.0)
    np.testing.assert_equal(float(found), value)


def test_both_zeros_in_one_program():
    """0.0 and -0.0 are equal, but their reciprocals aren't."""
    found = compile_formulas([("f", parse("x / 0")), ("g", parse("x / -0"))], ["x"])({"x": np.float64(1)})
    assert found == {"f": math.inf, "g": -math.inf}


def test_nothing_is_within_reach():
    text = "sigmoid(a) + softmax(W @ a) * cross_entropy(softmax(W @ a), a) + leaky_relu(a, alpha=0.5) - 1 / 0"
    compiled = compile_formulas([("f", parse(text))], ["a", "W"])
    reached = compiled.run.__globals__
    assert reached["__builtins__"] == {}
    entries = {name: value for name, value in reached.items() if name not in ("__builtins__", "run")}
    assert all(callable(value) or isinstance(value, np.float64) for value in entries.values())
    tree = ast.parse(compiled.source)
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert called <= set(entries)
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert attributes <= {"T"}


def test_hostile_names_stay_names():
    name = "x\n    import os"
    compiled = compile_formulas([("f", Name(name)), ("a; b = 1", Name(name))], [name])
    assert compiled({name: np.float64(3)}) == {"f": 3, "a; b = 1": 3}
    assert "import" not in compiled.source


# Pairs: computed stably from the inner function's argument.


def test_cross_entropy_of_softmax_of_large_logits():
    logits, y = [[1000.0], [0.0], [-1000.0]], [[0.0], [0.0], [1.0]]
    assert run("cross_entropy(softmax(a), y)", a=logits, y=y) == 2000.0
    assert run("cross_entropy(softmax(a), y)", a=logits, y=[[1.0], [0.0], [0.0]]) == 0.0
    assert run("cross_entropy(softmax(a), y)", a=[[0.0]] * 4, y=[[0.25]] * 4) == pytest.approx(math.log(4), rel=1e-15)


def test_pairs_are_found_through_names():
    formulas = [("p", parse("softmax(a)")), ("same", parse("p")), ("f", parse("cross_entropy(same, y)"))]
    given = {"a": np.array([[1000.0], [0.0]]), "y": np.array([[0.0], [1.0]])}
    assert compile_formulas(formulas, given)(given)["f"] == 1000.0


def test_binary_cross_entropy_of_sigmoid_of_large_logits():
    a, y = [[1000.0], [-1000.0], [1000.0], [-1000.0]], [[0.0], [1.0], [1.0], [0.0]]
    assert run("binary_cross_entropy(sigmoid(a), y)", a=a, y=y) == 2000.0


def test_entropy_of_a_softmax():
    """The same value may be both the prediction and the target."""
    p = np.exp([[1.0], [2.0]]) / np.sum(np.exp([1.0, 2.0]))
    found = run("cross_entropy(softmax(a), softmax(a))", a=[[1.0], [2.0]])
    assert found == pytest.approx(-np.sum(p * np.log(p)), rel=1e-14)
    q = 1 / (1 + np.exp(-1.0))
    found = run("binary_cross_entropy(sigmoid(a), sigmoid(a))", a=1.0)
    assert found == pytest.approx(-q * np.log(q) - (1 - q) * np.log(1 - q), rel=1e-14)
