r"""Books tell the deltas of two layers apart by the letter below: `\delta_k` of outputs, `\delta_j` of hidden units."""

from __future__ import annotations

import pytest
from handed_in import verdicts

NETWORK = r"""
inputs: {x: vector(D)}
targets: {t: vector(K)}
parameters: {W1: M×D, W2: K×M}
equations:
  a: W1 @ x
  z: tanh(a)
  y: W2 @ z
  E: half_squared_error(y, t)
of: E
symbols: {W1: 'w^{(1)}', W2: 'w^{(2)}', E: E_n}
"""
HIDDEN = r"\delta_j = (1 - z_j^2) \sum_{k=1}^K w_{kj}^{(2)} \delta_k"
FORMULAS = rf"\delta_k = y_k - t_k \\ {HIDDEN}"
DERIVATIVES = r"\delta_k \equiv \frac{\partial E_n}{\partial y_k} \\ \delta_j \equiv \frac{\partial E_n}{\partial a_j}"
UPWARDS = r"\delta_j = \frac{\partial E_n}{\partial a_j} \\ \delta_k = \frac{\partial E_n}{\partial y_k}"


@pytest.mark.parametrize("said", [FORMULAS, DERIVATIVES, UPWARDS])
@pytest.mark.parametrize(
    ("right", "spoilt"),
    [
        (r"\frac{\partial E_n}{\partial w_{ji}^{(1)}} = \delta_j x_i", (r"\delta_j", r"-\delta_j")),
        (r"\frac{\partial E_n}{\partial w_{kj}^{(2)}} = \delta_k z_j", ("z_j", "a_j")),
        (r"\frac{\partial E_n}{\partial x_i} = \sum_j w_{ji}^{(1)} \delta_j", ("w_{ji}", "w_{ij}")),
        (r"\frac{\partial E_n}{\partial z_j} = \sum_k w_{kj}^{(2)} \delta_k", (r"\delta_k", r"y_k")),
    ],
)
def test_each_letter_has_its_own(said, right, spoilt, tmp_path):
    assert verdicts(NETWORK, rf"{said} \\ {right}", tmp_path) == ["correct"]
    assert verdicts(NETWORK, rf"{said} \\ {right.replace(*spoilt)}", tmp_path) == ["wrong"]


@pytest.mark.parametrize("said", [DERIVATIVES, UPWARDS])
@pytest.mark.parametrize(
    ("right", "spoilt"),
    [
        (HIDDEN, ("z_j^2", "z_j")),
        (HIDDEN, (r" \delta_k", " y_k")),
        (HIDDEN, ("_{kj}", "_{jk}")),
        (r"\delta_k = y_k - t_k", ("- t", "+ t")),
    ],
)
def test_what_is_said_of_a_derivative_is_an_equation(said, right, spoilt, tmp_path):
    assert verdicts(NETWORK, rf"{said} \\ {right}", tmp_path) == ["correct"]
    assert verdicts(NETWORK, rf"{said} \\ {right.replace(*spoilt)}", tmp_path) == ["wrong"]


def test_with_a_sign_and_the_derivative_in_one_chain(tmp_path):
    text = rf"""\delta_k = -\frac{{\partial E_n}}{{\partial y_k}} = t_k - y_k \\
        \delta_j = -\frac{{\partial E_n}}{{\partial a_j}} = {HIDDEN.partition("=")[2]} \\
        \frac{{\partial E_n}}{{\partial w_{{ji}}^{{(1)}}}} = -\delta_j x_i \\
        \frac{{\partial E_n}}{{\partial w_{{kj}}^{{(2)}}}} = -\delta_k z_j"""
    assert verdicts(NETWORK, text, tmp_path) == ["correct"] * 4
    assert verdicts(NETWORK, text.replace("= -\\delta_j", "= \\delta_j"), tmp_path).count("wrong") == 1
