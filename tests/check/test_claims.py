"""Claims: true ones hold, false ones are answered with a small round counterexample, what can't be tried says why."""

import math

import numpy as np
import pytest

from gradcalc.check.claims.try_out import check_claim
from gradcalc.check.claims.values import random_value, round_values, shape_of_kind, size_choices
from gradcalc.problem.claims import ValueKind
from gradcalc.problem.load import loads

VECTOR = {"v": "vector"}


def claim(text, where, holds=True):
    listed = ", ".join(f"{name}: '{kind}'" for name, kind in where.items())
    problem = loads(f"claims:\n  - claim: '{text}'\n    where: {{{listed}}}\n    holds: {str(holds).lower()}\n")
    return problem.claims[0]


def tried(text, holds=True, **where):
    return check_claim(claim(text, where, holds))


TRUE = [
    ("softmax(v + c) == softmax(v)", {"v": "vector", "c": "scalar"}),
    ("grad(sigmoid(t), t) == sigmoid(t) * (1 - sigmoid(t))", {"t": "scalar"}),
    ("grad(t ** 3, t) == 3 * t ** 2", {"t": "scalar"}),
    ("grad(grad(t ** 3, t), t) == 6 * t", {"t": "scalar"}),
    ("grad(log(t), t) == 1 / t", {"t": "positive"}),
    ("grad(norm(v), v) == v / norm(v)", VECTOR),
    ("grad(dot(x, A @ x), x) == (A + A.T) @ x", {"x": "vector(n)", "A": "matrix(n, n)"}),
    ("jacobian(grad(dot(x, A @ x), x), x) == A + A.T", {"x": "vector(n)", "A": "matrix(n, n)"}),
    ("grad(trace(A @ X), X) == A.T", {"A": "matrix(n, m)", "X": "matrix(m, n)"}),
    (
        "grad(sum((W @ x - y) ** 2), W) == 2 * (W @ x - y) @ x.T",
        {"W": "matrix(n, m)", "x": "vector(m)", "y": "vector(n)"},
    ),
    ("jacobian(W @ x, x) == W", {"W": "matrix(n, m)", "x": "vector(m)"}),
    ("jacobian(W @ x, W) == kron(x.T, diag(x0 ** 0))", {"W": "matrix(n, m)", "x": "vector(m)", "x0": "vector(n)"}),
    ("jacobian(A @ X @ B, X) == kron(B.T, A)", {"A": "matrix(k, n)", "X": "matrix(n, m)", "B": "matrix(m, l)"}),
    ("jacobian(softmax(v), v) == diag(softmax(v)) - softmax(v) @ softmax(v).T", VECTOR),
    ("jacobian(sigmoid(v), v) == diag(sigmoid(v) * (1 - sigmoid(v)))", VECTOR),
    ("jacobian(s * v, s) == v", {"s": "scalar", "v": "vector"}),
    ("grad(cross_entropy(softmax(v), y), v) == softmax(v) - y", {"v": "vector(n)", "y": "one_hot(n)"}),
    ("grad(cross_entropy(softmax(v), y), v) == softmax(v) - y", {"v": "vector(n)", "y": "probability(n)"}),
    ("sum(p) == 1", {"p": "probability"}),
    ("dot(y, y) == 1", {"y": "one_hot"}),
    ("s ** 2 == 1", {"s": "sign"}),
    ("S * S == S ** 0", {"S": "sign(n, m)"}),
    ("sqrt(p) ** 2 == p", {"p": "positive(n)"}),
    ("grad(relu(t), t) == step(t)", {"t": "scalar"}),
    ("grad(dx * x, x) == dx", {"x": "scalar", "dx": "scalar"}),
    ("sum(y) == 1", {"y": "one_hot(3)"}),
    ("size(A) == 6", {"A": "matrix(2, 3)"}),
    ("v - v == 0", VECTOR),
    ("u.T @ v == dot(u, v)", {"u": "vector(n)", "v": "vector(n)"}),
]


@pytest.mark.parametrize(("text", "where"), TRUE)
def test_true_claims_hold(text, where):
    result = tried(text, **where)
    assert result.problem == ""
    assert result.holds
    assert result.passes
    assert result.tried >= 100
    assert not check_claim(claim(text, where, holds=False)).passes


FALSE = [
    ("grad(sigmoid(t), t) == sigmoid(t) * sigmoid(1 - t)", {"t": "scalar"}),
    ("softmax(2 * v) == softmax(v)", VECTOR),
    ("A @ B == B @ A", {"A": "matrix(n, n)", "B": "matrix(n, n)"}),
    ("trace(A * B) == trace(A) * trace(B)", {"A": "matrix(n, n)", "B": "matrix(n, n)"}),
    ("norm(u + v) == norm(u) + norm(v)", {"u": "vector(n)", "v": "vector(n)"}),
    ("grad(cross_entropy(softmax(v), y), v) == softmax(v) - y", {"v": "vector(n)", "y": "vector(n)"}),
    ("grad(sum(softmax(v) * y), v) == softmax(v) * y", {"v": "vector(n)", "y": "vector(n)"}),
    ("jacobian(softmax(v), v) == diag(softmax(v))", VECTOR),
    ("grad(relu(t), t) == t ** 0", {"t": "scalar"}),
    ("x == 1.001 * x", {"x": "scalar"}),
    ("p == 0.5", {"p": "probability"}),
    ("s == 1", {"s": "sign"}),
    ("sum(A) == dot(A, A)", {"A": "matrix"}),
]


@pytest.mark.parametrize(("text", "where"), FALSE)
def test_false_claims_are_answered_with_a_counterexample(text, where):
    result = tried(text, **where)
    assert not result.holds
    assert not result.passes
    assert result.counterexample is not None
    assert result.counterexample.keys() == where.keys()
    assert not np.allclose(*np.broadcast_arrays(result.left, result.right), rtol=1e-9, atol=1e-9)
    assert check_claim(claim(text, where, holds=False)).passes


def test_the_printed_slope_of_the_sigmoid():
    result = tried("grad(sigmoid(t), t) == sigmoid(t) * sigmoid(1 - t)", holds=False, t="scalar")
    assert result.passes
    assert result.counterexample == {"t": 0.0}
    assert result.left == pytest.approx(0.25)
    assert result.right == pytest.approx(0.5 / (1 + math.exp(-1)))


def test_counterexamples_are_small_and_round():
    result = tried("A @ B == B @ A", A="matrix(n, n)", B="matrix(n, n)")
    assert result.counterexample["A"].shape == (2, 2)
    entries = np.concatenate([value.ravel() for value in result.counterexample.values()])
    assert np.isin(entries, (-1.0, 0.0, 1.0)).all()
    assert np.count_nonzero(entries) == 2  # no fewer will do
    first = tried("t * t == t", t="scalar").counterexample["t"]
    assert first == -1.0  # at 0 and at 1 it is true


def test_the_sides_are_what_they_come_to_at_the_counterexample():
    result = tried("exp(a + b) == exp(a) + exp(b)", a="scalar", b="scalar")
    a, b = (float(result.counterexample[name]) for name in "ab")
    assert result.left == pytest.approx(math.exp(a + b))
    assert result.right == pytest.approx(math.exp(a) + math.exp(b))


def test_the_same_instances_every_time():
    first, second = (tried("softmax(2 * v) == softmax(v)", v="vector") for _ in range(2))
    assert first.counterexample["v"].tolist() == second.counterexample["v"].tolist()
    assert first.tried == second.tried


def test_points_on_a_kink_do_not_count():
    """relu has no slope at 0, where step(0) alone would decide."""
    assert tried("grad(relu(t), t) == (1 + sign(t)) / 2", t="scalar").holds
    assert tried("grad(abs(t), t) == t / abs(t)", t="scalar").holds
    assert not tried("relu(t) == abs(t)", t="scalar").holds


def test_points_where_a_side_is_not_finite_do_not_count():
    assert tried("log(x * y) == log(x) + log(y)", x="scalar", y="scalar").holds
    assert tried("x / x == 1", x="scalar").holds
    nowhere = tried("log(-x) == 1", x="positive")
    assert not nowhere.passes
    assert "finite nowhere" in nowhere.problem


@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("v == v.T", {"v": "vector"}, ("the left side is", "the right side 1×")),
        ("u == v", {"u": "vector(n)", "v": "vector(m)"}, ("the left side is 2×1, the right side 3×1",)),
        ("A @ B == A", {"A": "matrix(n, m)", "B": "matrix(n, m)"}, ("2×3 @ 2×3 doesn't fit", "A @ B")),
        ("grad(softmax(v), v) == v", {"v": "vector"}, ("grad is of one number", "use jacobian", "softmax(v)")),
        ("grad(sign(t), t) == 0", {"t": "scalar"}, ("sign has no gradient",)),
        ("v + w == w", {"v": "vector(2)", "w": "vector(3)"}, ("2×1 and 3×1 don't fit together", "v + w")),
        ("grad(" * 30 + "tanh(t)" + ", t)" * 30 + " == 0", {"t": "scalar"}, ("very long formulas",)),
        ("kron(A, A) == 0 * kron(A, A)", {"A": "matrix(50, 50)"}, ("too large for a claim", "smaller sizes")),
        ("t * sum(ones(rows=900, columns=900) @ ones(rows=900, columns=900)) == t", {"t": "scalar"}, ("too large",)),
    ],
)
def test_what_cannot_be_tried_says_why(text, where, words, holds):
    result = check_claim(claim(text, where, holds))
    assert not result.passes
    assert result.counterexample is None
    for word in words:
        assert word in result.problem
    assert "·" not in result.problem


def test_a_number_equals_a_matrix_only_where_every_entry_does():
    assert tried("v ** 0 == 1", v="vector").holds
    assert not tried("y == 1", y="one_hot(2)").holds


def test_sizes_to_try_are_small_and_different():
    kinds = {"A": ValueKind("matrix", ("n", "m")), "v": ValueKind("vector", ("k",)), "y": ValueKind("one_hot", (3,))}
    choices = size_choices(kinds)
    assert all(choice.keys() == {"k", "m", "n"} for choice in choices)
    assert len(set(choices[0].values())) == 3
    assert {"k": 1, "m": 1, "n": 1} in choices
    assert all(1 <= size <= 5 for choice in choices for size in choice.values())
    assert shape_of_kind(kinds["A"], choices[0]) == (choices[0]["n"], choices[0]["m"])
    assert shape_of_kind(kinds["y"], choices[0]) == (3, 1)


@pytest.mark.parametrize(
    ("kind", "right"),
    [
        (ValueKind("one_hot", (4,)), lambda v: sorted(v.ravel()) == [0, 0, 0, 1]),
        (ValueKind("probability", (4,)), lambda v: math.isclose(v.sum(), 1.0) and (v >= 0).all()),
        (ValueKind("sign", (2, 3)), lambda v: np.isin(v, (-1, 1)).all() and v.shape == (2, 3)),
        (ValueKind("positive", (4,)), lambda v: (v > 0).all()),
        (ValueKind("scalar"), lambda v: v.shape == ()),
    ],
)
def test_values_are_of_their_kind(kind, right):
    shape = shape_of_kind(kind, {})
    random = np.random.default_rng(5)
    assert all(right(random_value(kind, shape, random)) for _ in range(50))
    assert all(right(values["v"]) for values in round_values({"v": kind}, {"v": shape}, 50))


def test_two_scalars_are_tried_at_all_pairs_of_round_numbers():
    kinds = {"a": ValueKind("scalar"), "b": ValueKind("scalar")}
    pairs = {(float(v["a"]), float(v["b"])) for v in round_values(kinds, {"a": (), "b": ()}, 100)}
    assert {(0.0, 0.0), (1.0, -1.0), (-1.0, 1.0), (2.0, 0.5), (0.5, 2.0)} <= pairs
