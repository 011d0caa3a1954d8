"""What sheets say of claims: equations between quantities, differentials, true or false by number, chains."""

import numpy as np
import pytest

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.claims.try_out import check_claim
from gradcalc.check.marking.mark import mark
from gradcalc.errors import InputError
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

NETWORK = """
notation: x @ W + b
inputs: [[1, 2]]
targets: [[0, 1, 0]]
layers:
  - {weights: [[0.1, 0.2, 0.3, -0.4], [0.4, -0.5, 0.6, 0.1]], biases: [[0.1, 0, -0.1, 0.2]], activation: sigmoid}
  - weights: [[0.3, -0.2, 0.1], [0.5, 0.4, -0.3], [0.2, 0.1, 0.6], [-0.1, 0.7, 0.2]]
    biases: [[0, 0.1, 0.2]]
    activation: softmax
loss: cross_entropy
claims:
  - {claim: "dh1 == (yhat - y) @ W2.T"}
  - {claim: "dW2 == (yhat - y).T @ h1", holds: false}
  - {claim: "softmax(v + c) == softmax(v)", where: {v: vector(n), c: scalar}}
  - {claim: "sigmoid(-t) == -sigmoid(t)", where: {t: scalar}, holds: false}
"""
BY_CLASS = """
notation: W @ x + b
inputs: vector(n)
targets: one_hot(K, at=k)
layers: [{weights: K×n, activation: softmax}]
loss: cross_entropy
"""


@pytest.fixture(scope="module")
def network():
    return solve(loads(NETWORK))


def verdicts(solution, claims):
    return mark(solution, sheet_from_data({"claims": claims}, solution)).verdicts


def verdict(solution, claim):
    (found,) = verdicts(solution, [claim])
    return found


@pytest.mark.parametrize(
    "text",
    [
        "dW2 == h1.T @ da2 == h1.T @ (yhat - y)",
        "loss == cross_entropy(softmax(h1 @ W2 + b2), y)",
        "grad(loss, W2[i,j]) == h1[i] * (yhat - y)[j]",
        "jacobian(a2, h1) == W2.T",
        "jacobian(h1, a1)[i,j] == where(i == j, h1[i] * (1 - h1[i]), 0)",
        "d(h1 @ W2 + b2) == d(h1) @ W2 + h1 @ d(W2) + d(b2)",
        "d(loss) == trace((yhat - y).T @ d(h1 @ W2 + b2))",
        # x doesn't vary where W1 and b1 do.
        "d(h1) == sigmoid'(a1) * (x @ d(W1) + d(b1))",
        "d(loss) == sum(dW1 * d(W1))",
        "vec(h1 @ d(W2)) == kron(eye(3), h1) @ vec(d(W2))",
        "sum(yhat) = 1",
    ],
)
def test_a_true_equation_is_right(network, text):
    found = verdict(network, text)
    assert found.verdict == "correct", found.said
    assert found.quantity == "claims.1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dW2 == da2.T @ h1", "the left side is 4×3, the right side 3×4"),
        ("loss == -y @ log(h1 @ W2 + b2).T", "the left side is"),
        ("d(h1 @ W2) == 2 * d(h1) @ W2 + h1 @ d(W2)", "the left side"),
        ("d(loss) == (yhat - y).T @ d(h1 @ W2 + b2)", ""),
        ("d(h1) == h1 * (x @ d(W1) + d(b1))", ""),
        ("d(loss) == sum(dW1.T * d(W1).T) / 2", ""),
        ("jacobian(h1, a1) == h1 * (1 - h1)", "the left side is 4×4, the right side 1×4"),
    ],
)
def test_a_false_equation_is_wrong(network, text, said):
    found = verdict(network, text)
    assert found.verdict == "wrong"
    assert said in found.said


def test_a_false_equation_is_answered_with_numbers(network):
    """The problem's own: the sum of yhat is 1, and 1 isn't twice itself."""
    said = verdict(network, "sum(yhat) == 2 * sum(yhat)").said
    assert said == "at the problem's own numbers the left side is 1, the right 2"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dW2", "a claim has two sides"),
        ("dW2 == h1.T @ da9", "unknown name 'da9'"),
        ("dW2[i,j] == h1[i] * da2[k, 1]", "how far does 'k' count"),
        ("grad(loss) == 1", "write grad(formula, name)"),
        (3, "a claim is an equation"),
    ],
)
def test_what_is_no_equation_cannot_be_read(network, text, said):
    found = verdict(network, text)
    if "[k" in str(text):
        assert found.verdict in ("unreadable", "wrong")
    else:
        assert found.verdict == "unreadable"
        assert said in found.said


def test_true_and_false_by_number(network):
    found = verdicts(network, {1: True, 2: False, 3: False, 4: True})
    assert [each.verdict for each in found] == ["correct", "correct", "wrong", "wrong"]
    assert "the claim is true" in found[2].said
    assert "the claim is false: at t = 0 the left side is 0.5, the right -0.5" in found[3].said
    (none,) = verdicts(network, {7: True})
    assert (none.verdict, none.said) == (
        "unreadable",
        "the problem has claims 1 to 4; equations of your own stand in a list",
    )


def test_a_chain_goes_from_one_side_of_a_claim_to_the_other(network):
    chains = {
        "= dh1\n= da2 @ W2.T\n= (yhat - y) @ W2.T": ("correct", ["correct"] * 3),
        "= da2 @ W2.T\n= (yhat - y) @ W2.T": ("correct", ["correct"] * 3),
        "= da2 @ W2.T\n= (y - yhat) @ W2.T\n= (yhat - y) @ W2.T": ("wrong", ["correct", "correct", "wrong", "wrong"]),
        "= dh1\n= da2 @ W2.T": ("imprecise", ["correct"] * 2),
    }
    for text, (word, lines) in chains.items():
        (found,) = verdicts(network, {1: text})
        assert found.verdict == word
        assert [line.verdict for line in found.lines] == lines
    (one,) = verdicts(network, {1: "= dh1"})
    assert (one.verdict, one.said) == ("unreadable", "a chain has two sides at least, with = between them")


def test_claims_earn_no_points_by_themselves(network):
    sheet = sheet_from_data({"claims": ["sum(yhat) == 1"], "gradients": {"b2": "yhat - y"}}, network)
    assert mark(network, sheet).points == 1


def test_a_differential_is_the_change_of_first_order():
    """Against (f(x + ε δ) - f(x)) / ε, worked out with NumPy: no claim with another factor holds."""
    where = {"x": "vector(n)", "A": "matrix(n, n)"}

    def holds(text):
        listed = ", ".join(f"{name}: '{kind}'" for name, kind in where.items())
        return check_claim(loads(f'claims: [{{claim: "{text}", where: {{{listed}}}}}]').claims[0]).holds

    assert holds("d(dot(x, A @ x)) == x.T @ (A + A.T) @ d(x) + dot(x, d(A) @ x)")
    assert not holds("d(dot(x, A @ x)) == x.T @ (A + A.T) @ d(x) + dot(d(A) @ x, d(A) @ x)")
    assert holds("d(x * x) == 2 * x * d(x)")
    assert not holds("d(x * x) == x * d(x)")
    random = np.random.default_rng(0)
    x, change, small = random.standard_normal(4), random.standard_normal(4), 1e-6
    moved = ((x + small * change) ** 2 - x**2) / small
    assert moved == pytest.approx(2 * x * change, abs=1e-4)


def test_a_letter_d_may_be_a_name():
    text = "claims: [{claim: 'd * (d + 1) == d ** 2 + d', where: {d: scalar}}]"
    assert check_claim(loads(text).claims[0]).holds


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("-sum(y[j] * log(yhat[j]), j) == -log(yhat[k])", "correct"),
        ("-y[k] * log(yhat[k]) == -log(yhat[k])", "correct"),
        ("-sum(y[j] * log(yhat[j]), j) == -log(1 - yhat[k])", "wrong"),
    ],
)
def test_a_letter_for_a_class_is_that_of_the_targets(text, verdict):
    found = verdicts(solve(loads(BY_CLASS)), [text])
    assert [each.verdict for each in found] == [verdict]


POINTS = """
inputs: {x: [1, 2]}
parameters: {w: [0.5, -1]}
equations: {s: w.T @ x, L: s * s}
of: L
claims:
  - {claim: "dw == 2 * s * x"}
  - {claim: "sigmoid(-t) == 1 - sigmoid(t)", where: {t: scalar}}
points: {gradients.w: 1, claims.1: 2, claims.2: 3}
"""


@pytest.mark.parametrize(
    ("sheet", "points"),
    [
        ({"claims": {1: True, 2: True}}, 5),
        ({"claims": {1: True, 2: False}}, 2),
        ({"claims": {2: True}, "gradients": {"w": [-3, -6]}}, 4),
        # Equations of the student's own are counted too, and are no claims of the problem.
        ({"claims": ["dw == 2 * s * x", "s == w.T @ x"]}, 0),
    ],
)
def test_claims_have_the_points_that_the_problem_gives_them(sheet, points):
    solution = solve(loads(POINTS))
    marks = mark(solution, sheet_from_data(sheet, solution))
    assert (sum(each.points for each in marks.verdicts), marks.points) == (points, 6)


def test_points_for_a_claim_that_there_is_not_are_refused():
    with pytest.raises(InputError, match=r"unknown quantity 'claims\.3'"):
        loads(POINTS.replace("claims.2: 3", "claims.3: 3"))


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        ("A @ (B + C) == A @ B + A @ C", "correct"),
        ("A @ (B + C) == A @ B - A @ C", "wrong"),
        ("sigmoid(u) == 1 - sigmoid(-u)", "correct"),
        ("sigmoid(u) == 1 + sigmoid(-u)", "wrong"),
        ("grad(sigmoid(u), u) == sigmoid(u) * (1 - sigmoid(u))", "correct"),
        ("grad(sigmoid(u), u) == sigmoid(u) * (1 + sigmoid(u))", "wrong"),
        ("A @ B == B @ A", "unreadable"),
        ("softmax(v + c) == softmax(v)", "correct"),
        ("softmax(v + c) == softmax(v) + c", "wrong"),
    ],
)
def test_claims_in_letters_of_ones_own_are_tried(network, claim, word):
    assert verdict(network, claim).verdict == word


def test_a_gradient_by_a_row_or_a_column_may_lie_otherwise(network):
    assert verdict(network, "grad(loss, a2) == (yhat - y).T").verdict == "imprecise"
    assert verdict(network, "grad(loss, a2) == (yhat + y).T").verdict == "wrong"
    assert verdict(network, "grad(loss, W2) == (yhat - y).T @ h1").verdict == "wrong"
