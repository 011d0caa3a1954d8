"""Claims: true ones hold, false ones are answered with a small round counterexample, what can't be tried says why."""

import math

import numpy as np
import pytest

from gradcalc.check.author.own import check_problem
from gradcalc.check.claims.try_out import check_claim
from gradcalc.check.claims.values import round_values, size_choices, whole_choices
from gradcalc.errors import InputError
from gradcalc.formula.table import Axis
from gradcalc.problem.load import loads
from gradcalc.program.kinds import ValueKind, random_value, shape_of_kind

VECTOR = {"v": "vector"}
FEW = ("sign", "bit", "binary", "one_hot")
"""Kinds with so few values of a size that all are tried."""


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
    assert bool(result.whole) == all(kind.split("(")[0] in FEW for kind in where.values())
    assert result.tried >= 100 or result.whole
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


def test_a_counterexample_can_be_seen_in_the_first_digits():
    """t - sin(t) is about t³/6: of 1/8 that is 0.0003, of 2/8 it is 0.0026."""
    assert abs(tried("sin(t / 8) == t / 8", t="scalar").counterexample["t"]) == 2


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


def test_a_kink_behind_a_quantity_of_the_problem_does_not_count():
    slope = "{claim: 'grad(h, x) == y * (1 + sign(x)) / 2'}"
    problem = loads(f"inputs: {{x: 0, y: 1}}\nequations: {{h: relu(x) * y}}\nof: h\nclaims: [{slope}]\n")
    assert check_claim(problem.claims[0], problem=problem).holds


def test_the_gradient_of_a_cross_entropy_is_tried_where_a_softmax_is_0():
    """By softmax and loss together; one after the other they are 0/0 there, and such points don't count."""
    where = {"v": "vector(n)", "y": "probability(n)"}
    found = tried("grad(cross_entropy(softmax(900 * v), y), v) == 900 * (softmax(900 * v) - y)", **where)
    assert found.holds
    assert found.tried == tried("v + y == y + v", **where).tried


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
        ("jacobian(kron(v, v), v) == v", {"v": "vector(21)"}, ("a Jacobian with 441 rows", "at most 400")),
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


def chain(text, notation="", let="", **where):
    listed = ", ".join(f"{name}: '{kind}'" for name, kind in where.items())
    head = f"notation: {notation}\n" if notation else ""
    problem = loads(f"{head}claims:\n  - claim: '{text}'\n    where: {{{listed}}}\n    let: {{{let}}}\n")
    return check_claim(problem.claims[0])


def test_a_vector_lies_as_the_notation_has_samples():
    assert chain("softmax(x @ W) == softmax(x @ W + 1)", "x @ W + b", x="vector(n)", W="n×m").holds
    assert "doesn't fit" in chain("x @ W == x @ W", x="vector(n)", W="n×m").problem
    assert chain("W @ x == (x.T @ W.T).T", x="vector(n)", W="m x n").holds


@pytest.mark.parametrize("notation", ["x @ W + b", "x @ W.T + b"])
def test_a_softmax_of_a_row_is_one_of_all_its_entries(notation):
    """It was that of each column, 1 everywhere, so that this was called true."""
    for kind in ("vector(n)", "1×n", "matrix(k, n)"):
        found = chain("softmax(3 * v) == softmax(v)", notation, v=kind)
        assert not found.holds
        assert found.problem == ""
    assert chain("softmax(v) == exp(v) / sum(exp(v))", notation, v="vector(n)").holds
    assert chain(
        "grad(cross_entropy(softmax(v), y), v) == softmax(v) - y", notation, v="vector(n)", y="one_hot(n)"
    ).holds


def test_a_softmax_of_single_entries_is_refused():
    found = chain("softmax(3 * v) == softmax(v)", v="1×n")
    assert not found.passes
    assert "softmax goes over each column, which has one entry here (notation: x @ W + b" in found.problem
    assert "goes over each row" in chain("softmax(v) == 1 + 0 * v", "x @ W + b", v="n×1").problem
    assert chain("softmax(v) == 1", v="1×1").problem == ""
    assert "has one entry" in chain("grad(sum(softmax(v)), v) == 0 * v", v="1×n").problem


def test_of_a_chain_the_first_sign_that_is_wrong_is_told():
    found = chain(
        "(a + b) ** 2 == a ** 2 + 2 * a * b + b ** 2 == a ** 2 + b ** 2 == b ** 2 + a ** 2", a="scalar", b="scalar"
    )
    assert (found.holds, found.link) == (False, 1)
    a, b = (float(found.counterexample[name]) for name in "ab")
    assert (found.left, found.right) == (pytest.approx((a + b) ** 2), pytest.approx(a * a + b * b))
    assert chain("sin(t) ** 2 == 1 - cos(t) ** 2 == (1 - cos(t)) * (1 + cos(t))", t="scalar").holds


def test_a_sign_is_wrong_even_where_others_are_wrong_at_other_values_first():
    """At 0 the second sign is wrong, and at 2 the first: it comes first in the chain."""
    found = chain("relu(t - 1) == 0 == cos(t)", t="scalar")
    assert found.link == 0


def test_inequalities():
    assert chain("norm(u) + norm(v) >= norm(u + v) >= 0", u="vector(n)", v="vector(n)").holds
    assert chain("dot(u, v) <= norm(u) * norm(v)", u="vector(n)", v="vector(n)").holds
    found = chain("t ** 2 >= t", t="scalar")
    assert not found.holds
    assert 0 < float(found.counterexample["t"]) < 1
    assert chain("t ** 2 ≥ 0", t="scalar").holds


def test_a_kind_with_few_values_is_tried_whole():
    """Parity of x over the subset that s marks, by the sign of a product, for all 2^d inputs and all subsets."""
    found = chain(
        "cos(3.141592653589793 * dot(s, x)) == 1 - 2 * (dot(s, x) - 2 * floor(dot(s, x) / 2))",
        s="binary(d)",
        x="binary(d)",
    )
    assert found.holds
    assert found.tried >= sum(4**d for d in range(1, 6))
    assert [sizes["d"] for sizes in found.whole] == [1, 2, 3, 4, 5]
    one = chain(
        "dot(s, x) * (dot(s, x) - 1) * (dot(s, x) - 2) * (dot(s, x) - 3) * (dot(s, x) - 4) == 0",
        s="binary(d)",
        x="binary(d)",
    )
    assert not one.holds
    assert [value.sum() for value in one.counterexample.values()] == [5, 5]


def test_so_many_instances_are_tried_together():
    """Of n×m signs there are 2^(nm): 3338 of all sizes with up to 10 entries, and 4096 more of those with 12."""
    whole = whole_choices({"S": ValueKind("sign", ("n", "m"))}, Axis.COLUMNS)
    assert sum(2 ** (sizes["n"] * sizes["m"]) for sizes in whole) == 3338
    assert whole_choices({"S": ValueKind("sign", ("n", "m")), "t": ValueKind("scalar")}, Axis.COLUMNS) == []


def test_bits_symmetric_matrices_and_one_hot_samples():
    assert chain("b ** 2 == b", b="bit").tried == 2
    assert chain("S == S.T", S="symmetric(n)").holds
    assert not chain("S == diag(S @ ones(rows=2, columns=1))", S="symmetric(2)").holds
    assert chain("ones(rows=1, columns=3) @ Y == ones(rows=1, columns=5)", Y="one_hot(3, 5)").holds
    assert chain("Y @ ones(rows=3, columns=1) == ones(rows=5, columns=1)", "x @ W + b", Y="one_hot(3, 5)").holds
    assert chain("P @ ones(rows=3, columns=1) == ones(rows=5, columns=1)", "x @ W + b", P="probability(3, 5)").holds


def test_abbreviations():
    assert chain("grad(s, t) == 2 * exp(w)", let="w: 2 * t, s: exp(w)", t="scalar").holds
    assert not chain("grad(s, t) == exp(w)", let="w: 2 * t, s: exp(w)", t="scalar").holds


@pytest.mark.parametrize(
    ("text", "let", "words"),
    [
        ("v == w", "w: u + 1", "2:1"),
        ("v == w", "v: u + 1", "stands in 'where' already"),
        ("v == w", "grad: v", "this can't be a name"),
        ("v == w", "w: 'v +'", "let"),
        ("v = w", "", "has the form LEFT == RIGHT"),
        (" == ".join(["v"] * 60), "", "at most 50 sides"),
        ("v == w20", ", ".join(f"w{i + 1}: w{i} + w{i}" for i in range(20)).replace("w0", "v"), "more than 10,000"),
        ("v == ", "", "a formula is missing"),
    ],
)
def test_bad_claims_say_what_is_wrong(text, let, words):
    with pytest.raises(InputError) as error:
        chain(text, let=let, v="vector(n)")
    assert words in str(error.value) or "unknown name 'u'" in str(error.value)


NETWORK = """
notation: x @ W + b
inputs: [[1, -0.5, 0.3], [0.2, 0.8, -1]]
targets: [1, 0]
layers:
  - {weights: [[0.5, -1], [0.25, 0.75], [-0.3, 0.6]], biases: [0.1, -0.2], activation: sigmoid}
  - {weights: [[0.4, -0.6, 0.9], [0.7, 0.2, -0.8]], biases: [0.3, 0.1, -0.4], activation: softmax}
loss: cross_entropy
reduction: sum
"""
LETTERS = """
notation: x @ W + b
inputs: N×D
targets: one_hot(K, N)
layers:
  - {weights: D×H, biases: 1×H, activation: sigmoid}
  - {weights: H×K, biases: 1×K, activation: softmax}
loss: cross_entropy
reduction: mean
"""


def of_problem(text, problem=NETWORK, **where):
    listed = ", ".join(f"{name}: '{kind}'" for name, kind in where.items())
    made = loads(f"{problem}claims: [{{claim: '{text}', where: {{{listed}}}}}]\n")
    (result,) = check_problem(made).claims
    return result


@pytest.mark.parametrize(
    "text",
    [
        "dW2 == h1.T @ da2 == h1.T @ (yhat - y)",
        "grad(loss, W2) == dW2",
        "grad(loss, h1) == da2 @ W2.T",
        "grad(loss, W1) == x.T @ (dh1 * h1 * (1 - h1))",
        "jacobian(loss, yhat) == vec(-y / yhat).T",
        "loss >= 0",
        "a1 == x @ W1 + b1",
    ],
)
def test_true_claims_about_quantities_of_the_problem(text):
    result = of_problem(text)
    assert result.problem == ""
    assert result.holds
    assert result.tried > 20


@pytest.mark.parametrize(
    "text", ["dW2 == h1.T @ yhat", "grad(loss, h1) == da2 @ W2.T * h1", "da1 == dh1 * h1 * (1 + h1)", "loss == 0"]
)
def test_false_claims_about_quantities_are_told_at_the_problems_own_numbers(text):
    result = of_problem(text)
    assert not result.holds
    assert result.at_own
    assert result.problem == ""


def test_what_is_true_at_the_problems_own_numbers_alone_is_false():
    result = of_problem("sum(x) == 0.8")
    assert not result.holds
    assert not result.at_own


def test_quantities_and_letters_of_its_own():
    assert of_problem("grad(s * loss, W1) == s * dW1", s="scalar").holds
    assert not of_problem("grad(s * loss, W1) == dW1", s="scalar").holds
    assert not of_problem("s * loss == loss", s="sign").holds  # of which 1 is tried first
    assert of_problem("jacobian(x @ W1 @ v, v) == x @ W1", v="matrix(2, 1)").holds


def test_claims_of_a_problem_in_letters_hold_at_all_its_sizes():
    assert of_problem("da2 == (yhat - y) / N", LETTERS).holds
    assert of_problem("dW2 == h1.T @ da2", LETTERS).holds
    assert of_problem("jacobian(W1 @ v, v) == W1", LETTERS, v="matrix(H, 1)").holds
    assert not of_problem("da2 == (yhat - y) / 2", LETTERS).holds
    assert not of_problem("dW2 == da2.T @ h1", LETTERS).holds


def test_a_false_claim_of_a_problem_in_letters_says_at_which_sizes():
    result = of_problem("da2 == yhat - y", LETTERS)
    assert result.counterexample.keys() == {"N", "D", "K", "H", "x", "y", "W1", "b1", "W2", "b2"}
    assert not result.at_own


def test_unknown_names_are_still_refused():
    with pytest.raises(InputError, match="unknown name 'foo'"):
        of_problem("foo == yhat")


INDEXED = [
    ("softmax(z)[i] == exp(z[i]) / sum(exp(z[j]), j)", {"z": "vector(m)"}, True),
    ("softmax(z)[i] == exp(z[i]) / sum(exp(z[j]), j != i)", {"z": "vector(m)"}, False),
    ("jacobian(softmax(z), z)[i,j] == softmax(z)[i] * ((i == j) - softmax(z)[j])", {"z": "vector(m)"}, True),
    ("jacobian(softmax(z), z)[i,j] == softmax(z)[i] * (1 - softmax(z)[j])", {"z": "vector(m)"}, False),
    ("jacobian(softmax(z), z)[i,j] == where(i == j, 1, 0) * softmax(z)[i]", {"z": "vector(m)"}, False),
    ("(A @ B)[i,j] == sum(A[i,k] * B[k,j], k)", {"A": "n×m", "B": "m×p"}, True),
    ("(A @ B)[i,j] == sum(A[i,k] * B[j,k], k)", {"A": "n×n", "B": "n×n"}, False),
    ("dot(s, x) == sum(where(s[i] == 1, x[i], 0), i)", {"s": "binary(d)", "x": "binary(d)"}, True),
    ("grad(x.T @ A @ x, x)[k] == sum(A[k,j] * x[j], j) + sum(A[i,k] * x[i], i)", {"x": "n×1", "A": "n×n"}, True),
    ("sum(x[j], j != 1) == sum(x) - x[1]", {"x": "vector(n)"}, True),
]


@pytest.mark.parametrize(("text", "where", "holds"), INDEXED)
@pytest.mark.parametrize("notation", ["W @ x + b", "x @ W + b"])
def test_letters_of_indices_are_tried_at_every_entry(text, where, holds, notation):
    result = chain(text, notation, **where)
    assert result.problem == ""
    assert result.holds == holds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A[i,k] == B[k,j]", "the index 'k' counts to 3 elsewhere, and to 4 here"),
        ("v[i] == u[i]", "unknown name 'u'"),
        ("sum(v, q) == 1", "how far does 'q' count?"),
        ("v[i] == exp(v[i]) / sum(exp(v[i]), j)", "how far does 'j' count?"),
    ],
)
def test_letters_that_count_to_nothing_that_is_known(text, words):
    with pytest.raises(InputError) as error:
        chain(text, A="n×m", B="p×p", v="vector(n)")
    assert words in str(error.value)


def test_letters_in_claims_about_quantities():
    assert of_problem("dW2[i,j] == sum(h1[n,i] * (yhat[n,j] - y[n,j]), n)").holds
    assert of_problem("dW2[i,j] == sum(h1[n,i] * (yhat[n,j] - y[n,j]), n) / N", LETTERS).holds
    assert not of_problem("dW2[i,j] == sum(h1[n,i] * (yhat[n,j] + y[n,j]), n) / N", LETTERS).holds
    assert of_problem("db1[1,j] == sum(da1[n,j], n)", LETTERS).holds


@pytest.mark.parametrize(
    ("text", "where", "holds"),
    [
        ("hessian(x.T @ A @ x, x) == A + A.T", {"x": "vector(n)", "A": "matrix(n, n)"}, True),
        ("hessian(sum(log(1 + exp(X @ w))), w) == X.T @ (X * sigmoid'(X @ w))", {"w": "vector(d)", "X": "n×d"}, True),
        ("hessian(x ** 3, x) == 3 * x", {"x": "scalar"}, False),
    ],
)
def test_second_derivatives_in_claims(text, where, holds):
    written = ", ".join(f'{name}: "{kind}"' for name, kind in where.items())
    checked = check_problem(loads(f'claims: [{{claim: "{text}", where: {{{written}}}}}]\n'))
    (found,) = checked.claims
    assert found.holds is holds
