"""Letters for sizes in claims, for how far an index counts, and for the class of a one-hot vector."""

import numpy as np
import pytest

from gradcalc.check.author.own import check_problem
from gradcalc.check.claims.try_out import check_claim
from gradcalc.errors import InputError, UsageError
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve


def claim(text, where):
    listed = ", ".join(f"{name}: '{kind}'" for name, kind in where.items())
    return check_claim(loads(f"claims:\n  - claim: '{text}'\n    where: {{{listed}}}\n").claims[0])


@pytest.mark.parametrize(
    ("text", "where", "holds"),
    [
        ("A @ eye(m) == A", {"A": "matrix(n, m)"}, True),
        ("eye(n) @ A == A @ eye(m)", {"A": "matrix(n, m)"}, True),
        ("trace(eye(m)) == m", {"z": "vector(m)"}, True),
        ("zeros(n, m) + A == A * ones(n, m)", {"A": "matrix(n, m)"}, True),
        ("mean(z) == sum(z) / m", {"z": "vector(m)"}, True),
        ("sum(z[j], j, 1, m) == sum(z)", {"z": "vector(m)"}, True),
        ("ones(m).T @ z == sum(z)", {"z": "vector(m)"}, True),
        ("ones(m, m) @ z == z", {"z": "vector(m)"}, False),
        ("sum(eye(m) @ softmax(z)) == m", {"z": "vector(m)"}, False),
        ("m == 2", {"z": "vector(m)"}, False),
        # Of a name that stands for something, nothing is a size.
        ("sum(m) == m[1]", {"m": "vector(1)", "z": "vector(m)"}, True),
    ],
)
def test_letters_for_sizes_are_numbers_in_formulas(text, where, holds):
    found = claim(text, where)
    assert not found.problem
    assert found.holds is holds


@pytest.mark.parametrize(
    ("text", "where", "holds"),
    [
        ("z[c] == dot(u, z)", {"z": "vector(m)", "u": "one_hot(m, at=c)"}, True),
        ("(c == j) == u[j]", {"u": "one_hot(m, at=c)"}, True),
        ("A[c,:] == (A.T @ u).T", {"A": "matrix(m, n)", "u": "one_hot(m, at=c)"}, True),
        ("A[:,c] == A @ u", {"A": "matrix(n, m)", "u": "one_hot(m, at=c)"}, True),
        ("A[1,c] == (A @ u)[1]", {"A": "matrix(n, m)", "u": "one_hot(m, at=c)"}, True),
        ("A[c,c] == u.T @ A @ u", {"A": "matrix(m, m)", "u": "one_hot(m, at=c)"}, True),
        ("z[c] == z[1]", {"z": "vector(m)", "u": "one_hot(m, at=c)"}, False),
        ("c == 1", {"u": "one_hot(m, at=c)"}, False),
        ("sum(where(c == j, z[j], 0), j) == z[c]", {"z": "vector(m)", "u": "one_hot(m, at=c)"}, True),
    ],
)
def test_a_letter_for_the_class_is_an_index_and_a_number(text, where, holds):
    found = claim(text, where)
    assert not found.problem
    assert found.holds is holds


def test_the_class_is_an_index_in_rows_too():
    text = (
        "notation: x @ W + b\nclaims:\n  - {claim: 'z[c] == dot(u, z)', where: {z: vector(m), u: 'one_hot(m, at=c)'}}\n"
    )
    assert check_claim(loads(text).claims[0]).holds


SINGLE = """
inputs: {theta: vector(K)}
targets: {y: "one_hot(K, at=k)"}
equations: {yhat: softmax(theta), L: "-log(yhat[k])"}
of: L
claims:
  - {claim: "L == -theta[k] + log(sum(exp(theta)))"}
  - {claim: "L == -theta[1] + log(sum(exp(theta)))", holds: false}
"""


def test_the_loss_of_a_class_has_the_gradient_of_softmax_with_cross_entropy():
    solution = solve(loads(SINGLE, at={"K": 5}, seed=3))
    theta, y = (solution.values[name].ravel() for name in ("theta", "y"))
    p = np.exp(theta) / np.exp(theta).sum()
    assert solution.values["L"] == pytest.approx(-np.log(p[np.argmax(y)]))
    assert solution.values["dtheta"].ravel() == pytest.approx(p - y)
    assert check_problem(loads(SINGLE)).passes


@pytest.mark.parametrize(
    ("targets", "said", "place"),
    [
        ("one_hot(K, at=K)", "must be a letter of its own", (3, 14)),
        ("one_hot(K, at=yhat)", "'yhat' is a quantity already", (3, 14)),
        ("vector(K, at=k)", "only the place of one vector's 1 has a letter", (3, 14)),
        ("one_hot(K, N, at=k)", "only the place of one vector's 1 has a letter", (3, 14)),
    ],
)
def test_a_letter_for_the_class_is_nothing_else(targets, said, place):
    with pytest.raises(InputError) as error:
        loads(SINGLE.split("claims")[0].replace("one_hot(K, at=k)", targets).replace("[k]", "[1]"))
    fault = next(each for each in error.value.faults if said in each.message)
    assert (fault.span.line, fault.span.column) == place


VERTEX = """
over: {u: U, c: C}
inputs: {"o[u]": scalar}
parameters: {"w[u]": vector(n), "k[c]": vector(n)}
equations:
  a: sum(w[u] * o[u], u)
  s: sigmoid(a)
  z[c]: dot(k[c], s)
upstream: {"z[c]": scalar}
symbols: {"w[u][i]": 'w(i, u)'}
"""


@pytest.mark.parametrize(("U", "C"), [(1, 1), (4, 2), (3, 5)])
def test_an_index_counts_to_a_letter(U, C):
    values = solve(loads(VERTEX, at={"U": U, "C": C, "n": 3}, seed=1)).values
    o = np.array([float(values[f"o[{u}]"]) for u in range(1, U + 1)])
    w = np.hstack([values[f"w[{u}]"] for u in range(1, U + 1)])
    k = np.hstack([values[f"k[{c}]"] for c in range(1, C + 1)])
    dz = np.array([float(values[f"dz[{c}]"]) for c in range(1, C + 1)])
    s = 1 / (1 + np.exp(-(w @ o)))
    da = (k @ dz) * s * (1 - s)
    assert f"w[{U + 1}]" not in values
    for u in range(U):
        assert values[f"dw[{u + 1}]"].ravel() == pytest.approx(da * o[u])


def test_a_problem_whose_index_counts_to_a_letter_is_checked_at_several_counts():
    problem = loads(VERTEX)
    assert {*problem.letters.sizes} == {"U", "C", "n"}
    assert {*problem.letters.marks} == {"n"}
    with pytest.raises(UsageError, match="no letter 'V'"):
        loads(VERTEX, at={"V": 2})


def test_a_letter_to_which_an_index_counts_is_no_quantity():
    with pytest.raises(InputError, match="'U' is a size already"):
        loads(VERTEX.replace("  s: sigmoid(a)", "  U: sum(a)\n  s: sigmoid(a)"))


@pytest.mark.parametrize(
    ("text", "holds", "ties"),
    [
        ("where(x > 0, 1, -1) == sign(x)", True, True),
        ("sign(x) * x == abs(x)", True, False),
        ("sign(0) == 0", True, False),
        # Where a condition changes is no matter of taste.
        ("(x > 0) == (x >= 0)", False, False),
        ("sign(x) == 1", False, True),
    ],
)
def test_books_differ_about_the_sign_of_0(text, holds, ties):
    found = claim(text, {"x": "scalar"})
    assert found.holds is holds
    assert found.but_for_ties is (ties and holds)
    if not holds and "sign" in text:
        assert found.counterexample["x"] != 0


def test_a_gradient_by_an_entry_is_an_entry_of_the_gradient():
    """d/dz[i] of the sum of z[j] exp(z[j]): exp(z) (1 + z)."""
    assert claim("grad(sum(z * exp(z)), z[i]) == exp(z[i]) * (1 + z[i])", {"z": "vector(n)"}).holds
    assert not claim("grad(sum(z * exp(z)), z[i]) == exp(z[i])", {"z": "vector(n)"}).holds
    assert claim("jacobian(A @ z, z[j]) == A[:,j]", {"A": "matrix(m, n)", "z": "vector(n)"}).holds
    assert claim("jacobian(A @ z, A[:,j]) == z[j] * eye(m)", {"A": "matrix(m, n)", "z": "vector(n)"}).holds
