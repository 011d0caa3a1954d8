"""Compiled formulas give what plain NumPy gives, once each, and reach nothing else."""

from __future__ import annotations

import ast
import itertools
import math
import tracemalloc
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
        (["counted(x).T + counted(x).T"], 1),  # a transpose is written twice, what is transposed isn't
        (["counted(x).T * exp(-counted(x).T)"], 1),
        (["-counted(x) * exp(-counted(x))"], 1),
        (["exp(counted(x)) + 2 * exp(counted(x))", "counted(x)", "exp(f1)"], 1),
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


# Memory: a value is held as long as something needs it, and no longer.

LARGE = np.full((500, 500), 0.5)


def peak(run):
    """The largest memory that `run` takes at a time, in matrices as large as LARGE."""
    run()
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1] / LARGE.nbytes
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("rule", ["exp(-{0})", "{0} * {0}", "{0} + x", "1 - tanh({0} @ x)", "tanh(-{0}.T) - {0}"])
def test_a_value_is_forgotten_after_its_last_use(rule):
    formulas = [("f0", parse(rule.format("x")))]
    formulas += [(f"f{i}", parse(rule.format(f"f{i - 1}"))) for i in range(1, 30)]
    compiled = compile_formulas(formulas, ["x"], outputs=["f29"])
    assert peak(lambda: compiled({"x": LARGE})) < 5
    plain = reference.run(formulas, {"x": LARGE})["f29"]
    np.testing.assert_allclose(compiled({"x": LARGE})["f29"], plain)


def test_what_is_asked_for_is_kept():
    lines = ["x + 1", "f0 * 2", "f1.T", "f0", "f1 - f0", "-f4", "-f4 + f1"]
    formulas = [(f"f{i}", parse(text)) for i, text in enumerate(lines)]
    given = {"x": np.array([[1.0, 2.0], [3.0, 4.0]])}
    true = reference.run(formulas, given)
    for count in range(1, len(lines) + 1):
        for wanted in itertools.combinations(true, count):
            found = compile_formulas(formulas, ["x"], outputs=wanted)(given)
            assert tuple(found) == wanted
            for name in wanted:
                np.testing.assert_array_equal(found[name], true[name])


def test_as_little_memory_as_by_hand():
    """The gradient of a ReLU-softmax classifier, of which the hidden layer is the largest part."""
    random = np.random.default_rng(1)
    x, W1, W2 = random.normal(size=(1000, 20)), random.normal(size=(20, 400)), random.normal(size=(400, 10))
    given = {"x": x, "W1": W1, "W2": W2, "y": np.eye(10)[random.integers(10, size=1000)]}
    texts = {
        "a1": "x @ W1",
        "h1": "relu(a1)",
        "a2": "h1 @ W2",
        "yhat": "softmax(a2)",
        "loss": "mean(cross_entropy(yhat, y))",
        "da2": "(yhat - y) / 1000",
        "dW2": "h1.T @ da2",
        "dh1": "da2 @ W2.T",
        "da1": "dh1 * step(a1)",
        "dW1": "x.T @ da1",
    }
    formulas = [(name, parse(text)) for name, text in texts.items()]
    compiled = compile_formulas(formulas, given, Axis.ROWS, ["loss", "dW1", "dW2"])

    def by_hand():
        a1 = x @ W1
        h1 = np.maximum(a1, 0.0)
        e = np.exp(h1 @ W2)
        yhat = e / e.sum(axis=1, keepdims=True)
        loss = -np.mean(np.sum(given["y"] * np.log(yhat), axis=1))
        da2 = (yhat - given["y"]) / 1000
        dW2 = h1.T @ da2
        da1 = (da2 @ W2.T) * (a1 > 0)
        return {"loss": loss, "dW1": x.T @ da1, "dW2": dW2}

    found, true = compiled(given), by_hand()
    for name, value in true.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-9, atol=1e-12)
    assert peak(lambda: compiled(given)) <= 1.05 * peak(by_hand)


# A step multiplies as booleans do, and is a number everywhere else.


@pytest.mark.parametrize("a", [3.0, 0.0, -2.0, math.nan, math.inf, [[1.0, -1.0], [0.0, 2.0]], [[-1.0], [math.nan]]])
@pytest.mark.parametrize(
    "text",
    [
        "step(a)",
        "2 * step(a)",
        "step(a) * 2",
        "step(a) * step(a)",
        "step(a) * step(-a)",
        "step(a + 1) * step(a)",
        "(step(a) * step(-a)) * step(a + 1)",
        "(step(a) + step(a + 1)) * step(a + 2)",
        "x * step(a) + step(a)",
        "-x * step(a)",
        "x * -step(a)",
        "x * (1 - step(a))",
        "x * step(a).T.T",
        "(x * step(a)) / step(a)",
        "step(step(a)) * step(a)",
        "x * (0.1 + 0.9 * step(a))",
    ],
)
def test_step_is_one_or_zero(text, a):
    given = {"a": np.array(a)[()], "x": np.float64(-3)}
    found = compile_formulas([("f", parse(text))], given)(given)["f"]
    with np.errstate(all="ignore"):
        true = reference.evaluate(parse(text), given)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, true)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(true))


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


@pytest.mark.parametrize("count", [1, 99, 100, 101, 199, 200, 250, 20_000])
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
    "nest", ["exp(-{})", "-{}", "1 - {}", "x * {}", "{} * x", "x / {}", "{}.T", "{} + x", "x - {}"]
)
@pytest.mark.parametrize("name", ["f{}", "a_rather_long_name_that_takes_more_than_half_of_the_limit_{}", "σ{}"])
def test_values_used_once_nest_no_deeper_than_python_reads(nest, name):
    """Each of 3,000 equations uses only the one before it."""
    names = ["x", *(name.format(i) for i in range(3000))]
    formulas = [(new, parse(nest.format(old))) for old, new in itertools.pairwise(names)]
    given = {"x": np.array([[1.5, 0.75], [-2.0, 1.0]])}
    compiled = compile_formulas(formulas, ["x"], outputs=names[-1:])
    true = given["x"]
    with np.errstate(all="ignore"):
        for _ in range(3000):
            true = reference.evaluate(parse(nest.format("f")), {**given, "f": true})
    np.testing.assert_allclose(compiled(given)[names[-1]], true, rtol=1e-12)
    depths = itertools.accumulate({"(": 1, ")": -1}.get(c, 0) for c in compiled.source)
    assert max(depths) < 100


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


@pytest.mark.parametrize("offset", [0.0, 1e8, -1e8, 2.0**52])
def test_cross_entropy_of_softmax_keeps_its_digits_however_large_the_logits(offset):
    found = run("cross_entropy(softmax(a), y)", a=[[offset], [offset]], y=[[1.0], [0.0]])
    assert found == pytest.approx(math.log(2), rel=1e-15)


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
