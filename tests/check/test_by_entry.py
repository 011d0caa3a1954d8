"""Sheets that say entries by letters, with sums over indices, conditions, derivatives and limits."""

import numpy as np
import pytest

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

BATCH = """
notation: x @ W + b
inputs: [[1, 2], [0.5, -1], [2, 0.25]]
targets: [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
layers:
  - {weights: [[0.1, 0.2, 0.3, -0.4], [0.4, -0.5, 0.6, 0.1]], biases: [[0.1, 0, -0.1, 0.2]], activation: sigmoid}
  - weights: [[0.3, -0.2, 0.1], [0.5, 0.4, -0.3], [0.2, 0.1, 0.6], [-0.1, 0.7, 0.2]]
    biases: [[0, 0.1, 0.2]]
    activation: softmax
loss: cross_entropy
reduction: mean
"""


@pytest.fixture(scope="module")
def batch():
    return solve(loads(BATCH))


def verdict(solution, section, key, answer, **more):
    sheet = sheet_from_data({section: {key: answer}, **more}, solution)
    (found,) = mark(solution, sheet).verdicts
    return found


def lines(solution, section, key, answer, **more):
    return [line.verdict for line in verdict(solution, section, key, answer, **more).lines]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("W2[i,j]", "sum(h1[n,i] * (yhat[n,j] - y[n,j]) / 3, n)"),
        ("W2[a,b]", "sum(h1[n,a] * da2[n,b], n)"),
        ("W2[:,j]", "h1.T @ da2[:,j]"),
        ("W2[i,:]", "sum(h1[n,i] * da2[n,:], n)"),
        ("W2[i,j]", "sum(sum(da2[n,m] * grad(a2[n,m], W2[i,j]), m), n)"),
        ("W2[i,j]", "(h1.T @ da2)[i,j]"),
        ("b2[j]", "sum(da2[n,j], n, 1, 3)"),
        ("b2[j]", "sum(sum(where(m == j, da2[n,m], 0), m), n)"),
        ("a2[n,j]", "where(y[n,j] == 1, softmax(a2)[n,j] - 1, softmax(a2)[n,j]) / 3"),
        ("a2[n,j]", "(exp(a2[n,j]) / sum(exp(a2[n,m]), m) - y[n,j]) / 3"),
        ("h1[n,i]", "sum(da2[n,j] * W2.T[j,i], j)"),
        ("a1[n,i]", "dh1[n,i] * sigmoid'(a1[n,i])"),
        ("a1[n,i]", "sum(dh1[n,m] * grad(h1[n,m], a1[n,i]), m)"),
        ("W1[i,j]", "grad(sum(cross_entropy(softmax(h1 @ W2 + b2), y)) / 3, W1[i,j])"),
    ],
)
def test_a_right_formula_by_entry_is_right(batch, key, text):
    found = verdict(batch, "gradients", key, text)
    assert found.verdict == "correct", found.said
    assert found.quantity == f"gradients.{key.partition('[')[0]}"


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("W2[i,j]", "sum(h1[n,j] * da2[n,i], n)", "the index i counts to 4, and here there are 3 entries"),
        ("W2[i,j]", "sum(h1[n,i], n) * sum(da2[n,j], n)", ""),
        ("W2[i,j]", "sum(h1[n,i] * da2[n,j], n, 1, 2)", "the sum over n stops at 2, and what n is an index of has 3"),
        ("h1[n,i]", "sum(da2[n,j] * W2[i,j], j, 1, 4)", "the sum over j stops at 4, and what j is an index of has 3"),
        ("b2[j]", "da2[1,j]", ""),
        ("a2[n,j]", "where(y[n,j] == 1, softmax(a2)[n,j], softmax(a2)[n,j] - 1) / 3", ""),
        # Right at the entries of the diagonal alone.
        ("W2[i,j]", "sum(h1[n,i] * da2[n,j], n) + (i != j)", ""),
    ],
)
def test_a_wrong_formula_by_entry_is_wrong_at_every_layout(batch, key, text, said):
    found = verdict(batch, "gradients", key, text)
    assert found.verdict == "wrong"
    assert said in found.said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("h1[n,i] * da2[n,j]", "the index 'n' stands for no number here"),
        ("sum(h1[n,i] * da2[n,j], k)", "how far does 'k' count"),
        ("sum(h1[n,i] * da3[n,j], n)", "da3"),
    ],
)
def test_an_index_that_stands_for_nothing_cannot_be_read(batch, text, said):
    found = verdict(batch, "gradients", "W2[i,j]", text)
    assert found.verdict == "unreadable"
    assert said in found.said


def test_of_a_chain_by_entry_the_first_wrong_line_is_told(batch):
    chain = """
      = sum(da2[n,j] * grad(a2[n,j], W2[i,j]), n)
      = sum(da2[n,j] * h1[n,i], n)
      = sum(da2[n,i] * h1[n,j], n)
      = sum(h1.T[j,n] * da2[n,i], n)
    """
    found = verdict(batch, "gradients", "W2[i,j]", chain)
    assert [line.verdict for line in found.lines] == ["correct", "correct", "wrong", "carried"]
    assert (found.verdict, found.line) == ("wrong", 3)


def test_an_entry_by_letters_stands_beside_the_whole(batch):
    """Each has its verdict; the whole alone counts."""
    typed = {"gradients": {"b2[j]": "sum(da2[n,j], n)", "b2": "sum(da2[1,:], axis=0)"}}
    marks = mark(batch, sheet_from_data(typed, batch))
    assert {each.quantity: each.verdict for each in marks.verdicts} == {
        "gradients.b2": "wrong",
        "gradients.b2[j]": "correct",
    }
    assert marks.points == 1


def test_functions_of_ones_own_stand_for_what_is_put_in(batch):
    right = {"let": {"sg(a)": "sigmoid(a) * (1 - sigmoid(a))", "k(u)": "sg(u) * 1"}}
    assert verdict(batch, "gradients", "a1", "dh1 * sg(a1)", **right).verdict == "correct"
    assert verdict(batch, "gradients", "a1[n,i]", "dh1[n,i] * sg(a1[n,i])", **right).verdict == "correct"
    assert verdict(batch, "gradients", "a1", "dh1 * sg(h1)", **right).verdict == "wrong"


def test_what_is_asked_is_no_answer(batch):
    assert verdict(batch, "gradients", "W2", "grad(loss, W2)").verdict == "imprecise"
    assert verdict(batch, "gradients", "W2[i,j]", "grad(loss, W2[i,j])").verdict == "imprecise"
    chain = "= h1.T @ da2\n= grad(loss, W2)"
    assert "stops before the answer" in verdict(batch, "gradients", "W2", chain).said
    assert verdict(batch, "gradients", "W2", "= grad(loss, W2)\n= h1.T @ da2").verdict == "correct"
    assert verdict(batch, "gradients", "W2", "grad(loss, a2) * 1").verdict == "wrong"


def test_the_derivatives_in_an_answer_are_those_of_the_problem(batch):
    """Against the Jacobian worked out with NumPy: of a softmax, diag(p) - p pᵀ for each sample."""
    yhat, dyhat = batch.values["yhat"], batch.values["dyhat"]
    wanted = np.vstack([(np.diag(p) - np.outer(p, p)) @ g for p, g in zip(yhat, dyhat, strict=True)])
    assert batch.values["da2"] == pytest.approx(wanted)
    text = "unvec(jacobian(yhat, a2).T @ vec(dyhat), a2)"
    assert verdict(batch, "gradients", "a2", text).verdict == "correct"
    assert verdict(batch, "gradients", "h1", "da2 @ grad(sum(h1 @ W2), h1)").verdict == "wrong"
    assert verdict(batch, "gradients", "h1", "unvec(jacobian(a2, h1).T @ vec(da2), h1)").verdict == "correct"


LETTERS = """
inputs: vector(N)
layers:
  - {weights: N×H, biases: vector(H), activation: relu}
  - {weights: H×K, biases: vector(K), activation: softmax}
upstream: vector(K)
"""


def test_a_sum_whose_limits_do_not_fit_is_wrong_in_letters(tmp_path):
    from typer.testing import CliRunner

    from gradcalc.cli import app

    (tmp_path / "p.yaml").write_text(LETTERS)
    (tmp_path / "a.yaml").write_text(
        "gradients:\n"
        '  "b1": sum(grad(h1[k], b1) * dh1[k], k, 1, K)\n'
        '  "W1[i,j]": |\n    = sum(grad(h1[k], W1[i,j]) * dh1[k], k)\n    = x[i] * dh1[j] * (a1[j] > 0)\n'
    )
    result = CliRunner().invoke(app, ["check", str(tmp_path / "p.yaml"), str(tmp_path / "a.yaml"), "--format", "plain"])
    assert result.exit_code == 1
    flat = " ".join(result.output.split())
    assert "the sum over k stops at K, and what k is an index of has H entries" in flat
    assert "1 correct, 1 wrong" in flat


FAMILY = """
over: {u: 3, c: 2}
inputs: {"o[u]": [1, 2, 3]}
parameters: {"w[u]": [0.1, -0.2, 0.3], "k[c]": [0.5, -1]}
equations:
  a: sum(w[u] * o[u], u)
  s: sigmoid(a)
  z[c]: k[c] * s
  L: sum(z[c] ** 2, c)
of: L
"""


def test_one_formula_answers_for_every_member():
    solution = solve(loads(FAMILY))
    typed = {"gradients": {"w[u]": "sum(dz[c] * k[c] * sigmoid'(a), c) * o[u]", "k[c]": "dz[c] * s + (c == 2)"}}
    marks = mark(solution, sheet_from_data(typed, solution))
    found = {each.quantity: each.verdict for each in marks.verdicts}
    assert [found[f"gradients.w[{u}]"] for u in (1, 2, 3)] == ["correct"] * 3
    assert (found["gradients.k[1]"], found["gradients.k[2]"]) == ("correct", "wrong")


def test_letters_never_run_for_long(batch):
    many = "sum(" * 6 + "da2[a,b]" + "".join(f", {letter}, 1, 50)" for letter in "abcdef")
    assert verdict(batch, "gradients", "W2[i,j]", many).verdict == "unreadable"
