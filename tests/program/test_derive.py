"""Backward equations: right for any formula, small, quick, and in the words of textbooks."""

from __future__ import annotations

import numpy as np
import pytest
import reference
from hypothesis import given as examples
from hypothesis import strategies as st
from shaped import SHAPES, shaped, values

from gradcalc.formula.compile import compile_formulas
from gradcalc.formula.expr import ONE, Name, add, call, mul, names, walk
from gradcalc.formula.faults import NoGradientError, ShapeError
from gradcalc.formula.parse import parse
from gradcalc.formula.shapes import same, shape_of
from gradcalc.formula.table import Axis, Function
from gradcalc.formula.write import code
from gradcalc.program.build import build
from gradcalc.program.derive import backward
from gradcalc.program.large import DEEP
from gradcalc.program.problem import Equation
from gradcalc.program.solve import solve
from problems import column, matrix, problem, row, texts


def gradients(lines, given_values, wrt, axis=Axis.COLUMNS, assumed=()):
    """The value of every gradient of the last equation, by compiling what backward gives."""
    forward = [Equation("forward", name, expr) for name, expr in lines]
    shapes = {name: np.shape(value) for name, value in reference.run(lines, given_values, axis).items()}
    equations = backward(forward, {lines[-1][0]: ONE}, wrt, shapes, axis, frozenset(assumed))
    everything = [*lines, *((eq.name, eq.expr) for eq in equations)]
    found = compile_formulas(everything, given_values, axis)(given_values)
    return {name: found["d" + name] for name in wrt}


def check(lines, given_values, wrt, axis=Axis.COLUMNS, assumed=(), rtol=1e-6):
    found = gradients(lines, given_values, wrt, axis, assumed)

    def objective(moved):
        return reference.run(lines, moved, axis)[lines[-1][0]]

    for name in wrt:
        true = reference.differences(objective, given_values, name)
        assert np.shape(found[name]) == np.shape(true), name
        np.testing.assert_allclose(
            found[name], true, rtol=rtol, atol=rtol * max(1.0, np.max(np.abs(true))), err_msg=name
        )


WRT = tuple(SHAPES)
TARGETS = sorted(set(SHAPES.values()))


LOSSES = ["sum(f)", "mean(f)", "sum(weights * tanh(f))", "sum(sum(f, axis=0) ** 2)", "sum(sin(sum(f, axis=1)))"]


@examples(st.data(), st.sampled_from(TARGETS), st.sampled_from(LOSSES), st.sampled_from([0, 1]), st.integers(1, 3))
def test_gradients_of_any_formula(data, shape, loss, axis, depth):
    """One nested formula; its own gradient is a number, the same along an axis, or different everywhere."""
    expr = data.draw(shaped(shape, depth, axis))
    seed = data.draw(st.integers(0, 9))
    weights = np.random.default_rng(seed + 100).uniform(0.5, 1.5, shape)
    lines = [("f", expr), ("loss", parse(loss))]
    check(lines, {**values(seed), "weights": np.asarray(weights)}, WRT, Axis(axis))


@examples(
    st.data(), st.lists(st.sampled_from(TARGETS), min_size=1, max_size=4), st.sampled_from([0, 1]), st.integers(0, 9)
)
def test_gradients_through_equations(data, shapes, axis, seed):
    """Equations that use the names before them, several times."""
    given_values = values(seed)
    lines = []
    for position, shape in enumerate(shapes):
        expr = data.draw(shaped(shape, 2, axis))
        earlier = [name for (name, _), known in zip(lines, shapes, strict=False) if known == shape]
        if earlier:
            name = Name(data.draw(st.sampled_from(earlier)))
            expr = add(mul(expr, call("tanh", name)), name)
        lines.append((f"f{position}", expr))
    losses = st.sampled_from(["sum({})", "sum(sin({}))", "mean({})", "sum(sum({}, axis=0) ** 2)"])
    total = add(*(parse(data.draw(losses).format(name)) for name, _ in lines))
    lines.append(("loss", total))
    check(lines, given_values, WRT, Axis(axis), rtol=1e-5)


# The equations themselves: what a textbook prints.


def network(notation: str, samples: int, activation: str, loss: str, shared=False, assumed=("y",), output="softmax"):
    """Two layers of three and two units in a notation."""
    layer = {"W.T @ x": "{W}.T @ {x} + {b}", "W @ x": "{W} @ {x} + {b}", "x @ W": "{x} @ {W} + {b}"}[notation]
    rows = notation == "x @ W"
    random = np.random.default_rng(0)

    def turned(value):
        return value.T if rows else value

    def weights(inputs, outputs):
        value = random.normal(size=(inputs, outputs))
        return value.T if notation == "W @ x" else value

    y = np.zeros((2, samples))
    y[0] = 1
    return problem(
        {
            "a1": layer.format(W="W1", x="x", b="b1"),
            "h1": f"{activation}(a1)",
            "a2": layer.format(W="W2", x="h1", b="b2"),
            "yhat": f"{output}(a2)",
            "loss": loss,
        },
        inputs={"x": turned(random.normal(size=(4, samples)))},
        targets={"y": turned(y)},
        parameters={
            "W1": weights(4, 3),
            "b1": 0.5 if shared else turned(random.normal(size=(3, 1))),
            "W2": weights(3, 2),
            "b2": turned(random.normal(size=(2, 1))),
        },
        axis=Axis.ROWS if rows else Axis.COLUMNS,
        assumed=frozenset(assumed),
    )


@pytest.mark.parametrize(
    ("notation", "rules"),
    [
        ("W.T @ x", {"dW2": "h1 @ da2.T", "dh1": "W2 @ da2", "dW1": "x @ da1.T", "dx": "W1 @ da1"}),
        ("W @ x", {"dW2": "da2 @ h1.T", "dh1": "W2.T @ da2", "dW1": "da1 @ x.T", "dx": "W1.T @ da1"}),
        ("x @ W", {"dW2": "h1.T @ da2", "dh1": "da2 @ W2.T", "dW1": "x.T @ da1", "dx": "da1 @ W1.T"}),
    ],
)
@pytest.mark.parametrize("samples", [1, 5])
def test_rules_of_a_layer(notation, rules, samples):
    found = texts(network(notation, samples, "tanh", "mean(cross_entropy(yhat, y))"))
    assert {name: found[name] for name in rules} == rules
    across = 0 if notation == "x @ W" else 1
    assert found["db2"] == ("da2" if samples == 1 else f"sum(da2, axis={across})")
    assert found["db1"] == ("da1" if samples == 1 else f"sum(da1, axis={across})")
    assert found["da2"] == ("yhat - y" if samples == 1 else "(yhat - y) / 5")
    assert list(found) == ["dyhat", "da2", "dW2", "db2", "dh1", "da1", "dW1", "db1", "dx"]


@pytest.mark.parametrize("notation", ["W.T @ x", "W @ x", "x @ W"])
@pytest.mark.parametrize("samples", [1, 5])
def test_a_bias_shared_by_all_units(notation, samples):
    assert texts(network(notation, samples, "tanh", "sum(cross_entropy(yhat, y))", shared=True))["db1"] == "sum(da1)"


@pytest.mark.parametrize(
    ("activation", "rule"),
    [
        ("identity", "dh1"),
        ("sigmoid", "dh1 * h1 * (1 - h1)"),
        ("tanh", "dh1 * (1 - h1 ** 2)"),
        ("relu", "dh1 * step(a1)"),
        ("leaky_relu", "dh1 * (0.01 + 0.99 * step(a1))"),
        ("softplus", "dh1 * sigmoid(a1)"),
        ("softmax", "h1 * (dh1 - inner(dh1, h1))"),
        ("log_softmax", "dh1 - softmax(a1) * inner(dh1, 1)"),
        ("exp", "dh1 * h1"),
        ("sin", "dh1 * cos(a1)"),
    ],
)
def test_rules_of_activations(activation, rule):
    assert texts(network("W.T @ x", 1, activation, "cross_entropy(yhat, y)"))["da1"] == rule


@pytest.mark.parametrize(
    ("loss", "output", "rule", "next_rule"),
    [
        ("half_squared_error(yhat, y)", "sigmoid", "yhat - y", "dyhat * yhat * (1 - yhat)"),
        ("half_squared_error(yhat, y)", "identity", "yhat - y", "dyhat"),
        ("squared_error(yhat, y)", "identity", "2 * (yhat - y)", "dyhat"),
        ("mean_squared_error(yhat, y)", "identity", "yhat - y", "dyhat"),
        ("absolute_error(yhat, y)", "identity", "sign(yhat - y)", "dyhat"),
        ("cross_entropy(yhat, y)", "softmax", "-y / yhat", "yhat - y"),
        (
            "binary_cross_entropy(yhat, y)",
            "sigmoid",
            "(yhat - y) / (yhat * (1 - yhat))",
            "yhat - y",
        ),
        ("sum((yhat - y) ** 2) / 2", "identity", "yhat - y", "dyhat"),
        ("0.5 * sum((y - yhat) ** 2)", "identity", "yhat - y", "dyhat"),
        ("mean((yhat - y) ** 2)", "identity", "yhat - y", "dyhat"),
        ("-sum(y * log(yhat))", "softmax", "-y / yhat", "yhat * (dyhat - inner(dyhat, yhat))"),
    ],
)
def test_rules_of_losses(loss, output, rule, next_rule):
    found = texts(network("W.T @ x", 1, "tanh", loss, output=output))
    assert (found["dyhat"], found["da2"]) == (rule, next_rule)


def test_a_penalty():
    loss = "mean(cross_entropy(yhat, y)) + 0.05 * sum(W1 ** 2) + 0.1 * sum(abs(W2))"
    found = texts(network("W.T @ x", 5, "tanh", loss))
    assert found["dW1"] == "0.1 * W1 + x @ da1.T"
    assert found["dW2"] == "0.1 * sign(W2) + h1 @ da2.T"


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        ({"q": "x + y", "f": "q * z"}, {"dz": "q", "dq": "z", "dx": "dq", "dy": "dq"}),
        ({"f": "x * y + x"}, {"dx": "1 + y", "dy": "x"}),
        ({"f": "x * x"}, {"dx": "2 * x"}),
        ({"f": "x ** 3"}, {"dx": "3 * x ** 2"}),
        ({"f": "x - y"}, {"dx": "1", "dy": "-1"}),
        ({"f": "maximum(x, y)"}, {"dx": "step(x - y)", "dy": "1 - step(x - y)"}),
        ({"f": "x / y"}, {"dx": "1 / y", "dy": "-x / y ** 2"}),
        ({"f": "x * y * z"}, {"dx": "z * y", "dz": "x * y"}),
        ({"q": "x * y", "f": "q * q * z"}, {"dq": "2 * z * q", "dx": "dq * y", "dz": "q * q"}),
        ({"q": "x * (y * z)", "f": "q * q"}, {"dx": "dq * y * z", "dy": "dq * x * z"}),
        ({"f": "1 / (1 + exp(-(x * y)))"}, {"dx": "exp(-x * y) * y / (1 + exp(-x * y)) ** 2"}),
        ({"f": "exp(x)"}, {"dx": "f"}),
        ({"f": "2 * exp(x)"}, {"dx": "2 * exp(x)"}),
        ({"f": "1 / (1 + exp(-x))"}, {"dx": "exp(-x) / (1 + exp(-x)) ** 2"}),
    ],
)
def test_circuits(lines, rules):
    given = problem(lines, inputs={"x": 2, "y": 3, "z": 4}, objective="f")
    found = texts(given)
    assert {name: found[name] for name in rules} == rules
    assert solve(given).verification.max_relative_error < 1e-8


# Broadcasting undone, by hand.


def test_gradients_of_what_is_stretched():
    X, b, r = matrix([[1, 2, 3], [4, 5, 6]]), column(1, 2), matrix([[1, 2, 4]])
    for text, gradient in {
        "sum(X + b)": column(3, 3),
        "sum(X * b)": column(6, 15),
        "mean(X - b)": column(-0.5, -0.5),
        "sum(sum(X + b, axis=1))": column(3, 3),
        "sum(sum(X + b, axis=0) * r)": column(7, 7),
        "sum(2 * b + 0 * X)": column(6, 6),
    }.items():
        lines = [("f", parse(text))]
        np.testing.assert_array_equal(gradients(lines, {"X": X, "b": b, "r": r}, ("b",))["b"], gradient, err_msg=text)
    for text, gradient in {
        "sum(X + s)": 6,
        "sum(s * X)": 21,
        "sum(s + b)": 2,
        "sum(s ** 2 + X)": 24,
        "mean(X + s)": 1,
    }.items():
        lines = [("f", parse(text))]
        found = gradients(lines, {"X": X, "b": b, "s": np.array(2.0)}, ("s",))["s"]
        assert np.shape(found) == ()
        assert found == gradient, text
    one = gradients([("f", parse("sum(X * q)"))], {"X": X, "q": matrix([[2]])}, ("q", "X"))
    assert one["q"].tolist() == [[21]]
    assert one["X"].tolist() == [[2] * 3] * 2


def test_one_target_for_all_rows():
    """Under the row notation as well a sample has as many entries as it has columns, however many samples there are."""
    lines = {"yhat": "softmax(a)", "loss": "sum(cross_entropy(yhat, y))"}
    given = {"parameters": {"a": matrix([[1, 2], [0, -1], [3, 3]])}, "targets": {"y": row(0.25, 0.75)}}
    rows = problem(lines, assumed=frozenset({"y"}), axis=Axis.ROWS, **given)
    assert texts(rows)["da"] == "yhat - y"
    solution = solve(rows)
    np.testing.assert_allclose(solution.gradients["a"], solution.forward["yhat"] - [0.25, 0.75])


def test_it_is_the_upstream_gradient_that_is_stretched():
    """By hand 2·s_j·u_i and 2·r_i, with the sums s of columns and r of rows; w and u stand there as they are."""
    w, u = matrix([[1, 2, 3], [4, 5, 7]]), column(2, -1)
    columns = problem({"loss": "sum(sum(w * u, axis=0) ** 2)"}, parameters={"w": w, "u": u})
    assert texts(columns)["dw"] == "2 * sum(w * u, axis=0) * ones(rows=2, columns=3) * u"
    np.testing.assert_allclose(solve(columns).gradients["w"], 2 * (w * u).sum(axis=0) * u)
    rows = problem({"loss": "sum(sum(w.T, axis=0) ** 2)"}, parameters={"w": w})
    assert texts(rows)["dw"] == "2 * sum(w.T, axis=0).T * ones_like(w)"
    np.testing.assert_allclose(solve(rows).gradients["w"], 2 * w.sum(axis=1, keepdims=True) + 0 * w)


def test_gradients_of_a_kronecker_product():
    """Every entry of A meets every one of B: of the sum, the gradient on A is the sum of B everywhere."""
    a, b = matrix([[1, 2, 3], [4, 5, 7]]), matrix([[1, -2], [3, 5], [0.5, 1], [2, 2]])
    solution = solve(problem({"loss": "sum(kron(a, b))"}, parameters={"a": a, "b": b}))
    np.testing.assert_allclose(solution.gradients["a"], np.full((2, 3), 12.5))
    np.testing.assert_allclose(solution.gradients["b"], np.full((4, 2), 22.0))
    assert shape_of(parse("block_inner(kron(a, b), b)"), {"a": (2, 3), "b": (4, 2)}) == (2, 3)
    assert shape_of(parse("block_sum(kron(a, b), a)"), {"a": (2, 3), "b": (4, 2)}) == (4, 2)


def test_a_column_s_and_a_row_s_contribution():
    """Each is the same along the other's axis, and together they fill the matrix."""
    given = {"X": np.ones((2, 3)), "b": column(1, 2), "r": matrix([[1, 2, 4]])}
    lines = [("f", parse("sum(sum(X, axis=1) * b) + sum(sum(X, axis=0) * r)"))]
    assert gradients(lines, given, ("X",))["X"].tolist() == [[2, 3, 5], [3, 4, 6]]


def test_a_matrix_between_a_column_and_a_row():
    given = {"X": np.ones((2, 3)), "b": column(1, 2), "r": matrix([[1, 2, 4]])}
    for text in ("sum(b * (r * X))", "sum(b * X * r)", "sum(X * b * r)"):
        assert gradients([("f", parse(text))], given, ("X",))["X"].tolist() == [[1, 2, 4], [2, 4, 8]], text


# What is used, and what isn't.


def test_a_name_used_several_times():
    lines = {"h": "sigmoid(x)", "u": "h * x + h", "f": "u * h + u + x"}
    check([(name, parse(text)) for name, text in lines.items()], {"x": np.array(0.3)}, ("x",))


def test_unused_leaves_have_zero_gradients():
    given = problem(
        {"dead": "U @ x", "f": "sum(x)"}, inputs={"x": column(1, 2)}, parameters={"U": np.ones((3, 2))}, objective="f"
    )
    s = solve(given)
    np.testing.assert_array_equal(s.gradients["U"], np.zeros((3, 2)))
    assert "dead" not in s.gradients
    assert s.verification.max_relative_error < 1e-9


def test_counts_pass_no_gradient():
    X = matrix([[1, 2, 3], [4, 5, 6]])
    for text in ("sum(X) / size(X)", "sum(X) / features(X) / 3", "sum(X * ones_like(X)) / 6"):
        np.testing.assert_allclose(gradients([("f", parse(text))], {"X": X}, ("X",))["X"], X * 0 + 1 / 6)
    only = gradients([("f", parse("size(X) + sum(ones_like(X))"))], {"X": X}, ("X",))
    np.testing.assert_array_equal(only["X"], 0 * X)


def test_targets_have_no_gradient():
    assert not {"dy", "dlr"} & set(texts(network("W.T @ x", 1, "tanh", "cross_entropy(yhat, y)")))


def test_quantities_after_the_objective_are_left_out():
    lines = {"h": "x ** 2", "f": "sum(h)", "later": "f * sum(h) * x"}
    given = problem(lines, inputs={"x": column(1, 2)}, objective="f")
    assert set(texts(given)) == {"df", "dh", "dx"}
    np.testing.assert_array_equal(solve(given).gradients["x"], column(2, 4))


def test_an_upstream_gradient():
    lines = {"a": "W @ x", "yhat": "softmax(a)"}
    given = problem(
        lines, inputs={"x": column(1, 2)}, parameters={"W": matrix([[1, 0], [0, 1]])}, upstream={"yhat": column(1, 3)}
    )
    assert texts(given) == {"da": "yhat * (dyhat - inner(dyhat, yhat))", "dW": "da @ x.T", "dx": "W.T @ da"}
    s = solve(given)
    p = s.forward["yhat"]
    jacobian = np.diagflat(p) - p @ p.T
    np.testing.assert_allclose(s.gradients["a"], jacobian @ column(1, 3), rtol=1e-13)
    np.testing.assert_array_equal(s.gradients["yhat"], column(1, 3))
    assert s.verification.max_relative_error < 1e-9
    assert s.loss is None


@pytest.mark.parametrize("function", ["sign", "step", "argmax"])
def test_no_gradient(function):
    lines = {"a": "W @ x", "h": f"2 * {function}(a)", "f": "sum(h)"}
    with pytest.raises(NoGradientError) as caught:
        build(problem(lines, inputs={"x": column(1, 2)}, parameters={"W": np.ones((2, 2))}, objective="f"))
    assert (caught.value.function, caught.value.equation) == (function, "h")
    assert function in str(caught.value)


def test_no_gradient_is_needed_through_constants():
    given = problem(
        {"mask": "step(m)", "f": "sum(mask * x)"},
        inputs={"x": column(1, 2)},
        targets={"m": column(1, -1)},
        objective="f",
    )
    np.testing.assert_array_equal(solve(given).gradients["x"], column(1, 0))


# Shortcuts: used where they hold, and nowhere else.

GENERAL = "yhat * (dyhat - inner(dyhat, yhat))"


def test_a_shortcut_needs_targets_that_sum_to_1():
    assert texts(network("W.T @ x", 1, "tanh", "cross_entropy(yhat, y)", assumed=()))["da2"] == GENERAL
    assert texts(network("W.T @ x", 1, "tanh", "cross_entropy(yhat, 2 * y)"))["da2"] == GENERAL
    assert texts(network("W.T @ x", 1, "tanh", "cross_entropy(yhat, y)"))["da2"] == "yhat - y"


def test_binary_targets_may_be_anything():
    loss = "binary_cross_entropy(yhat, y)"
    assert texts(network("W.T @ x", 1, "tanh", loss, assumed=(), output="sigmoid"))["da2"] == "yhat - y"


def test_no_shortcut_where_the_output_is_used_elsewhere():
    for loss in (
        "cross_entropy(yhat, y) + sum(yhat ** 2)",
        "cross_entropy(yhat, y) * yhat.T @ yhat * 0 + 1",
        "inner(yhat, y) * cross_entropy(yhat, y)",
    ):
        given = network("W.T @ x", 1, "tanh", loss)
        assert texts(given)["da2"] == GENERAL, loss
        assert solve(given).verification.max_relative_error < 1e-7
    twice = network("W.T @ x", 1, "tanh", "cross_entropy(yhat, y) + cross_entropy(yhat, y)")
    assert texts(twice)["da2"] == GENERAL


def test_no_shortcut_where_the_output_s_gradient_is_given():
    lines = {"yhat": "softmax(a)", "loss": "cross_entropy(yhat, y)"}
    given = problem(
        lines,
        inputs={"a": column(1, 2)},
        targets={"y": column(0, 1)},
        upstream={"yhat": column(1, 2)},
        assumed=frozenset({"y"}),
    )
    assert texts(given) == {"da": GENERAL}


def test_no_shortcut_past_a_gradient_that_is_given_beside_the_loss():
    """What is given for ŷ holds all that reaches it, and nothing may go past it."""
    lines = {"yhat": "softmax(a)", "loss": "cross_entropy(yhat, y)"}
    forward = [Equation("forward", name, parse(text)) for name, text in lines.items()]
    shapes = dict.fromkeys(("a", "y", "yhat", "dyhat"), (2, 1)) | {"loss": ()}
    found = backward(forward, {"loss": ONE, "yhat": Name("dyhat")}, ("a",), shapes, assumed=frozenset({"y"}))
    assert {equation.name: code(equation.expr) for equation in found} == {"da": GENERAL}


def test_an_output_that_is_used_beside_the_path_leaves_the_shortcut():
    """The accuracy, or whatever else looks at ŷ, has no part in the gradient."""
    lines = {"yhat": "softmax(a)", "guess": "argmax(yhat)", "loss": "cross_entropy(yhat, y)"}
    given = problem(lines, inputs={"a": column(1, 2)}, targets={"y": column(0, 1)}, assumed=frozenset({"y"}))
    assert texts(given) == {"dyhat": "-y / yhat", "da": "yhat - y"}


def test_shortcuts_inside_one_formula():
    given = problem(
        {"loss": "cross_entropy(softmax(W @ x), y)"},
        inputs={"x": column(1, 2)},
        parameters={"W": np.eye(2)},
        targets={"y": column(0, 1)},
        assumed=frozenset({"y"}),
    )
    assert texts(given)["dW"] == "(softmax(W @ x) - y) @ x.T"
    given = problem(
        {"loss": "binary_cross_entropy(sigmoid(w * x), y)"}, inputs={"x": 2}, parameters={"w": 3}, targets={"y": 1}
    )
    assert texts(given)["dw"] == "(sigmoid(w * x) - y) * x"


def test_targets_with_other_entries_than_the_softmax_are_refused():
    """A softmax along one entry is 1 whatever goes in; targets along two are no distribution over it."""
    lines = {"p": "softmax(a)", "loss": "sum(cross_entropy(p, y))"}
    given = problem(
        lines,
        inputs={"a": matrix([[1, 2, 3]])},
        targets={"y": matrix([[0, 1, 0.5], [1, 0, 0.5]])},
        assumed=frozenset({"y"}),
    )
    with pytest.raises(ShapeError, match="2×3 for outputs that are 1×3"):
        solve(given)


def test_one_target_for_all_samples():
    lines = {"p": "softmax(a)", "loss": "sum(cross_entropy(p, y))"}
    given = problem(
        lines, inputs={"a": matrix([[1, 2, 3], [3, 1, 0]])}, targets={"y": column(0.25, 0.75)}, assumed=frozenset({"y"})
    )
    assert texts(given)["da"] == "p - y"
    assert solve(given).verification.max_relative_error < 1e-8


# Size and depth.


def nodes(equations) -> int:
    return sum(1 for eq in equations for _ in walk(eq.expr))


def nested(function: str, levels: int) -> str:
    return f"{function}(" * levels + "x" + ")" * levels


@pytest.mark.parametrize(
    "function", ["softmax", "sigmoid", "tanh", "silu", "elu", "gelu", "log_softmax", "exp", "sqrt"]
)
def test_nested_formulas_stay_small(function):
    """Without names for what is inside, the rules write it out a few times a level, not twice as often at each."""
    sizes = []
    for levels in (15, 30, 60):
        given = problem({"f": f"sum({nested(function, levels)})"}, inputs={"x": column(0.3, 0.7)}, objective="f")
        backward_equations = [eq for eq in build(given).equations if eq.section == "backward"]
        assert all(sum(1 for _ in walk(eq.expr)) < 40 * levels for eq in backward_equations)
        sizes.append(nodes(backward_equations))
    assert sizes[2] < 5 * sizes[1] < 25 * sizes[0]  # quadratic at most


def test_no_gradient_is_nested_deep():
    """Each diag adds one level and one node: long before there are many nodes, the gradient gets a name."""
    text = "w"
    for _ in range(40):
        text = f"diag({text})"
    for equation in build(problem({"loss": f"sum({text})"}, parameters={"w": column(1, 2)})).equations:
        if equation.section == "backward":
            assert code(equation.expr).count("(") <= DEEP + 1


def test_nested_formulas_are_right():
    for function in ("softmax", "sigmoid", "tanh", "silu"):
        check([("f", parse(f"sum(x * {nested(function, 5)})"))], {"x": column(0.3, 0.7, -0.2)}, ("x",))


def test_a_long_product_and_a_long_sum_stay_small():
    factors = " * ".join(f"x{i}" for i in range(90))
    given = problem({"f": factors}, inputs={f"x{i}": 1.01 for i in range(90)}, objective="f")
    equations = [eq for eq in build(given).equations if eq.section == "backward"]
    assert nodes(equations) < 90 * 120
    terms = " + ".join(f"x{i}" for i in range(90))
    given = problem({"f": f"({terms}) * ({terms})"}, inputs={f"x{i}": 1.01 for i in range(90)}, objective="f")
    equations = [eq for eq in build(given).equations if eq.section == "backward"]
    assert nodes(equations) < 90 * 30
    np.testing.assert_allclose(solve(given, check=False).gradients["x7"], 2 * 90 * 1.01)


def chain(length: int):
    lines = [Equation("forward", "h0", parse("tanh(w * x)"))]
    lines += [Equation("forward", f"h{i}", parse(f"tanh(h{i - 1} + w)")) for i in range(1, length)]
    shapes = {"x": (), "w": (), **{eq.name: () for eq in lines}}
    return lines, shapes


def test_a_chain_of_5000_equations():
    """No recursion along the chain, and as many equations and nodes a link in a long chain as in a short one."""
    sizes = {}
    for length in (500, 5000):
        lines, shapes = chain(length)
        equations = backward(lines, {lines[-1].name: ONE}, ("w", "x"), shapes)
        gradients_of = {eq.name for eq in equations}
        assert gradients_of == {"dw", "dx", *(f"dh{i}" for i in range(length - 1))}
        sizes[length] = nodes(equations)
    assert sizes[5000] < 10.5 * sizes[500]


def test_a_chain_is_compiled_and_run():
    lines, shapes = chain(5000)
    equations = (*lines, *backward(lines, {lines[-1].name: ONE}, ("w", "x"), shapes))
    compiled = compile_formulas([(eq.name, eq.expr) for eq in equations], ["w", "x"], outputs=["dw", "h4999"])
    assert compiled.source.count("\n") < 5000 * 3
    found = compiled({"w": np.float64(0.5), "x": np.float64(0.5)})
    h = found["h4999"]
    np.testing.assert_allclose(h, np.tanh(h + 0.5), rtol=1e-14)
    # At the fixed point h = tanh(h + w): dh/dw = (1 - h²) (dh/dw + 1).
    np.testing.assert_allclose(found["dw"], (1 - h**2) / h**2, rtol=1e-12)


def test_a_name_of_20000_uses():
    total = add(*(mul(Name("x"), Name(f"w{i}")) for i in range(20_000)))
    shapes = {"x": (), "f": (), **{f"w{i}": () for i in range(20_000)}}
    equations = backward([Equation("forward", "f", total)], {"f": ONE}, ("x", "w7"), shapes)
    assert {eq.name for eq in equations} == {"dx", "dw7"}
    assert {eq.name: eq.expr for eq in equations}["dw7"] == Name("x")


def test_helpers_take_free_names():
    """The names g1, g2, … may be the problem's own."""
    given = problem(
        {"f": "sum(softmax(softmax(g1 * g2)))"}, inputs={"g1": column(1, 2), "g2": column(3, 1)}, objective="f"
    )
    found = texts(given)
    assert set(found) == {"df", "g3", "dg1", "dg2"}
    check(
        [("f", parse("sum(g1 * softmax(softmax(g1 * g2)))"))],
        {"g1": column(0.1, 0.2), "g2": column(0.3, 0.1)},
        ("g1", "g2"),
    )


def test_names_that_rules_use():
    """`g`, `out`, `a` and `b` are the table's words; a problem may have them as names."""
    values_ = {"g": column(0.1, 0.2), "out": column(0.3, 0.4), "a": column(0.5, 0.6), "b": column(0.7, 0.8)}
    lines = [
        ("yhat", parse("sigmoid(g * out + a) * b")),
        ("f", parse("half_squared_error(yhat * g, a * out) * sum(b / a)")),
    ]
    check(lines, values_, ("g", "out", "a", "b"))


# A function of one's own.


def test_parameters_of_functions_go_into_their_rules(table):
    table(
        Function(
            name="scaled",
            args=("a",),
            params={"alpha": 2.0},
            value=lambda a, alpha: alpha * a * a,
            summary="",
            shape=same,
            elementwise=True,
            gradient={"a": "2 * g * alpha * a"},
        )
    )
    lines = {"f": "sum(scaled(x) + scaled(y, alpha=0.5))"}
    given = problem(lines, inputs={"x": column(1, 2), "y": column(3, 4)}, objective="f")
    assert texts(given)["dx"] == "4 * x"
    assert texts(given)["dy"] == "y"


def test_a_mistaken_rule_can_be_put_in():
    lines = [("h", parse("sigmoid(x)")), ("f", parse("sum(h)"))]
    forward = [Equation("forward", name, expr) for name, expr in lines]
    shapes = {"x": (2, 1), "h": (2, 1), "f": ()}
    wrong = backward(forward, {"f": ONE}, ("x",), shapes, rules={("sigmoid", "a"): "g"})
    assert {eq.name: code(eq.expr) for eq in wrong} == {"dh": "ones_like(h)", "dx": "dh"}


def test_rules_use_only_known_names():
    given = network("W.T @ x", 5, "tanh", "mean(cross_entropy(yhat, y))")
    known = set(given.given)
    for eq in build(given).equations:
        assert set(names(eq.expr)) <= known, eq.name
        known.add(eq.name)
