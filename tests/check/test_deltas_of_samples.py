r"""Deltas of samples, `\delta_{ki} z_{mi}`, with the number of the sample last: δ isn't Kronecker's there."""

from __future__ import annotations

import pytest
from handed_in import verdicts

NETWORK = r"""
over: {i: N}
inputs: {"x[i]": vector(p)}
targets: {"y[i]": vector(K)}
parameters: {alpha: p×M, beta: M×K}
equations:
  z[i]: sigmoid(alpha.T @ x[i])
  f[i]: beta.T @ z[i]
  R[i]: sum((y[i] - f[i])**2)
  loss: sum(R[i], i)
of: loss
symbols: {loss: 'R(\theta)', sigmoid: '\sigma'}
"""
SAID = r"""\delta_{ki} = -2 (y_{ik} - f_{ik}) \\
s_{mi} = \sigma'(\alpha_m^T x_i) \sum_{k=1}^K \beta_{mk} \delta_{ki} \\ """


@pytest.mark.parametrize(
    ("right", "spoilt"),
    [
        (r"z_{mi} = \sigma(\alpha_m^T x_i)", ("(", "(-")),
        (r"R_i = \sum_{k=1}^K (y_{ki} - f_{ik})^2", (" - f", " + f")),
        (r"\frac{\partial R_i}{\partial \beta_{mk}} = -2 (y_{ki} - f_{ik}) z_{mi}", ("-2 ", "")),
        (r"\frac{\partial R_i}{\partial \beta_{mk}} = \delta_{ki} z_{mi}", (r"= \delta", r"= -\delta")),
        (r"\frac{\partial R_i}{\partial \alpha_{\ell m}} = s_{mi} x_{i\ell}", ("= s", "= 2 s")),
    ],
)
def test_the_letter_of_the_sample_may_stand_last(right, spoilt, tmp_path):
    assert verdicts(NETWORK, SAID + right, tmp_path) == ["correct"]
    assert verdicts(NETWORK, SAID + right.replace(*spoilt), tmp_path) == ["wrong"]


SOFTMAX = "inputs: {a: vector(N)}\nequations: {S: softmax(a)}\n"
SLOPE = r"\frac{\partial S_i}{\partial a_j} = S_i (\delta_{ij} - S_j)"


def test_kronecker_s_stays_what_it_is(tmp_path):
    text = rf"\delta_{{ij}} = \begin{{cases}} 1 & i = j \\ 0 & i \neq j \end{{cases}} $$ $$ {SLOPE}"
    assert verdicts(SOFTMAX, text, tmp_path)[-1:] == ["correct"]
    assert verdicts(SOFTMAX, text.replace("- S_j", "+ S_j"), tmp_path)[-1:] == ["wrong"]


BATCH = r"""
notation: x @ W + b
inputs: {X: N×d, lam: scalar}
targets: {Y: "one_hot(K, N)"}
parameters: {W: d×K}
equations:
  P: softmax(X @ W)
  L: mean(cross_entropy(P, Y)) + lam * sum(W**2)
of: L
symbols: {cross_entropy: CE, lam: '\lambda'}
"""
PLAIN = BATCH.replace(" + lam * sum(W**2)", "").replace(", lam: scalar", "").replace(", lam: '\\lambda'", "")


@pytest.mark.parametrize(
    ("problem", "right", "spoilt"),
    [
        (PLAIN, "L = CE(Y, P)", ("CE", "2 CE")),
        (PLAIN, r"L = 1 \cdot CE(Y, P)", ("1", "2")),
        (PLAIN, r"L = 1 \cdot (CE(Y, P))", ("1", "-1")),
        (BATCH, r"L = CE(Y, P) + \lambda \|W\|^2", (r"\lambda", r"\frac{\lambda}{2}")),
        (BATCH, r"L = CE(Y, P) + \lambda \sum_{i,j} W_{ij}^2", ("W_{ij}^2", "W_{ij}")),
    ],
)
def test_the_loss_of_a_batch_may_be_a_term_or_have_a_factor(problem, right, spoilt, tmp_path):
    assert verdicts(problem, right, tmp_path) == ["correct"]
    assert verdicts(problem, right.replace(*spoilt), tmp_path) == ["wrong"]


ARGUMENTS = r"""
inputs: {x: vector(n)}
targets: {y: vector(K)}
parameters: {W: K×n, b: vector(K)}
equations:
  z: W @ x + b
  J: half_squared_error(z, y)
of: J
"""


def test_the_arguments_of_a_loss_may_have_a_semicolon(tmp_path):
    right = r"\frac{\partial}{\partial W_{ij}} J(W, b; x, y) = (z_i - y_i) x_j \\ \nabla_{b} J(W,b;x,y) = z - y"
    assert verdicts(ARGUMENTS, right, tmp_path) == ["correct", "correct"]
    assert verdicts(ARGUMENTS, right.replace("- y", "+ y"), tmp_path) == ["wrong", "wrong"]


CLASSES = r"""
over: {n: N}
inputs: {"phi[n]": vector(M)}
targets: {"t[n]": one_hot(K)}
parameters: {W: M×K}
equations:
  a[n]: W.T @ phi[n]
  y[n]: softmax(a[n])
  E: -sum(t[n].T @ log(y[n]), n)
of: E
symbols: {"phi[n]": '\boldsymbol{\phi}_n', W: '\mathbf{w}'}
"""


@pytest.mark.parametrize(
    ("right", "spoilt"),
    [
        (r"y_k = \frac{\exp(a_k)}{\sum_j \exp(a_j)}", ("(a_j)", "(-a_j)")),
        (r"\frac{\partial E}{\partial a_k} = y_k - t_k", ("- t", "+ t")),
        (r"\frac{\partial E}{\partial \mathbf{w}} = \sum_j \boldsymbol{\phi}_j (y_j - t_j)^T", ("- t", "+ t")),
    ],
)
def test_another_letter_than_the_sample_s_may_be_that_of_an_entry(right, spoilt, tmp_path):
    assert verdicts(CLASSES, right, tmp_path) == ["correct"]
    assert verdicts(CLASSES, right.replace(*spoilt), tmp_path) == ["wrong"]


def test_what_fits_as_the_entry_of_a_sample_alone_is_right(tmp_path):
    slope = r"\frac{\partial y_k}{\partial a_j} = y_k (\delta_{kj} - y_j)"
    assert verdicts(CLASSES, slope, tmp_path) == ["correct"]
    assert "correct" not in verdicts(CLASSES, slope.replace("- y", "+ y"), tmp_path)


def test_a_delta_of_a_sample_that_nothing_has_said_is_not_wrong(tmp_path):
    line = r"\frac{\partial R_i}{\partial \beta_{mk}} = \delta_{ki} z_{mi}"
    assert verdicts(NETWORK, line, tmp_path) == []
